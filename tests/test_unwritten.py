"""What needs an exercise that is not written says so in a line; nothing else stops."""

import io
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbconvert.filters import strip_ansi

from kws_helpers.desk import advice
from kws_helpers.widgets import does_not_work

SOFTMAX = "def softmax(z):\n    '''Scores.'''\n    raise NotImplementedError()"
ENTROPY = "def cross_entropy(probabilities, one_hot):\n    raise NotImplementedError()"
HALF = "def softmax(z):\n    largest = max(z)\n    raise NotImplementedError"
IN_A_LOOP = "def softmax(z):\n    p = []\n    for one in z:\n        raise NotImplementedError()\n    return p"
WRITTEN = "def softmax(z):\n    return z"
METHOD = "class ChangedClips:\n    def __len__(self):\n        raise NotImplementedError()"
BY_HAND = "network = [1]\nraise NotImplementedError()"
NEEDS_SOFTMAX = "This cell needs `softmax`, which is not written yet. Write that exercise first.\n"
NEEDS_BOTH = "This cell needs `softmax` and `cross_entropy`, which are not written yet. Write those exercises first.\n"
NEEDS_NETWORK = ("This cell needs the exercise that makes `network`, which is not written yet. Write that exercise "
                 "first.\n")
UNMADE = "Choose Run > Run All Above Selected Cell in the menu, then run this cell again."


@pytest.fixture
def run():
    shell = InteractiveShell()
    advice.load_ipython_extension(shell)

    def run_cells(*cells):
        """What the last cell prints, and whether "Run All" goes on after it."""
        for cell in cells:
            with redirect_stdout(io.StringIO()) as text:
                result = shell.run_cell(cell, store_history=True)
        return strip_ansi(text.getvalue()), result.success

    run_cells.shell = shell
    return run_cells


@pytest.mark.parametrize("cells, line", [
    ([SOFTMAX, "p = softmax([1])"], NEEDS_SOFTMAX),
    ([HALF, "p = softmax([1])"], NEEDS_SOFTMAX),
    ([IN_A_LOOP, "p = softmax([1])"], NEEDS_SOFTMAX),
    ([SOFTMAX, ENTROPY, "cross_entropy(softmax([1]), [1])"], NEEDS_BOTH),
    ([SOFTMAX, ENTROPY, "def loss(p):\n    return cross_entropy(p, 1)", "p = softmax([1])\nloss(p)"], NEEDS_BOTH),
    ([SOFTMAX, "p = softmax([1])", "q = p + 1", "for r in q:\n    pass", "r"], NEEDS_SOFTMAX),
    ([SOFTMAX, "softmax([1])\nimport math as m", "m.pi"], NEEDS_SOFTMAX),
    ([SOFTMAX, "softmax([1])\ndef f(): pass", "f()"], NEEDS_SOFTMAX),
    ([SOFTMAX, "p = softmax([1])", ENTROPY, "cross_entropy(p, 1)"], NEEDS_BOTH),
    (["p = 1", SOFTMAX, "p = softmax([1])", "p"], NEEDS_SOFTMAX),  # not what another cell has called so
    ([SOFTMAX, "import numpy as np\nnp.vectorize(softmax)([1])"], NEEDS_SOFTMAX),
    ([SOFTMAX, "try:\n    softmax(1)\nexcept NotImplementedError:\n    raise ValueError('in a layer') from None"],
     NEEDS_SOFTMAX),
    ([METHOD, "len(ChangedClips())"], NEEDS_SOFTMAX.replace("softmax", "ChangedClips")),
    ([BY_HAND], "This cell is not written yet.\n"),
    ([BY_HAND, "loss = network[0]"], NEEDS_NETWORK),
    ([BY_HAND, "loss = network[0]", "loss"], NEEDS_NETWORK),
    (["p = 1", SOFTMAX, "%%time\nq = 2\np = softmax([1])", "p"], NEEDS_SOFTMAX),
    ([SOFTMAX, "%time p = softmax([1])\nr = p", "r"], NEEDS_SOFTMAX),
    ([SOFTMAX, "%%timeit\nsoftmax([1])"], NEEDS_SOFTMAX),
    ([SOFTMAX, "%%capture\np = softmax([1])"], NEEDS_SOFTMAX),
    ([SOFTMAX, "%%capture shown\np = softmax([1])", "p"], NEEDS_SOFTMAX),
    ([f"%%time\n{BY_HAND}", "network"], NEEDS_NETWORK),
    ([SOFTMAX, "network = softmax([1])\nraise NotImplementedError()"], NEEDS_SOFTMAX)])
def test_a_cell_that_needs_an_unwritten_exercise_says_so_and_does_not_stop(run, cells, line):
    assert run(*cells) == (line, True)


def test_a_name_waits_for_every_exercise_that_its_cell_needs(run):
    run(SOFTMAX, "network = softmax([1])\nraise NotImplementedError()")
    assert run("network")[0].startswith("This cell needs `softmax` and the exercise that makes `network`, which are ")
    assert run(WRITTEN, "network") == (NEEDS_NETWORK, True)


@pytest.mark.parametrize("cells, words", [
    ([SOFTMAX, "p = softmax([1])", WRITTEN, "p"], UNMADE),
    ([BY_HAND, "loss = network[0]", "network = [1]", "loss"], UNMADE),
    ([SOFTMAX, "q = softmax([1])", "p"], UNMADE),
    ([SOFTMAX, "p = softmax([1])", "def f():\n    p += 1\nf()"], "UnboundLocalError"),
    (["def mine():\n    raise NotImplementedError()\nmine()"], "in mine"),
    ([SOFTMAX.replace("Error()", "Error('for lists')"), "softmax(1)"], "for lists"),
    (["import keras\nkeras.layers.Layer().compute_output_shape((1,))"], "compute_output_shape"),
    ([SOFTMAX, "p = softmax(1)", "1 / 0"], "ZeroDivisionError"), (["x = ("], "SyntaxError"),
    (["%no_such_command"], "UsageError")])
def test_all_other_errors_are_shown_and_stop(run, cells, words, capsys):
    text, goes_on = run(*cells)
    assert words in text + capsys.readouterr().err and not goes_on
    assert "not written" not in text


def test_what_a_cell_made_before_it_stopped_stays_and_what_it_needs_itself(run):
    assert run(SOFTMAX, "p = [1]", "q = 2\np = softmax(p)", "print(p, q)") == ("[1] 2\n", True)


@pytest.mark.parametrize("cells", [["%%time\nq = 2\np = softmax([1])", "print(q)"],
                                   ["%%time\nq = 2\n\nif q:\n    p = softmax([1])", "print(q)"]])
def test_what_a_magic_ran_before_it_stopped_stays(run, cells):
    assert run(SOFTMAX, *cells) == ("2\n", True)


@pytest.mark.parametrize("cell, line", [
    *((f"%%{magic}\n{body}", line) for magic in ("time", "timeit", "capture")
      for body, line in [(BY_HAND, "This cell is not written yet.\n"), ("softmax(1)", NEEDS_SOFTMAX)]),
    ("for one in [1]:\n    %time softmax(one)", NEEDS_SOFTMAX),
    ("get_ipython().run_line_magic('time', 'soft' + 'max(1)')", NEEDS_SOFTMAX)])
def test_under_a_magic_the_line_stands_in_place_of_a_traceback(run, cell, line, capsys):
    text, goes_on = run(SOFTMAX, cell)
    assert goes_on and text.endswith(line) and "Traceback" not in text + capsys.readouterr().err


def test_once_it_is_written_and_run_nothing_is_said(run):
    assert run(SOFTMAX, "p = softmax(3)", "q = p", WRITTEN, "p = softmax(3)", "q = p", "print(q)") == ("3\n", True)


def test_a_check_says_that_nothing_is_written_and_does_not_stop(run):
    text, goes_on = run("from kws_helpers.check import check", SOFTMAX, "check(softmax)")
    assert "it is not written yet" in text and goes_on
    text, goes_on = run(WRITTEN, "check(softmax)")
    assert "CheckFailed" not in text and not goes_on


def test_a_check_says_which_other_exercise_is_not_written(run):
    text, goes_on = run("from kws_helpers.check import check", SOFTMAX.replace("softmax", "dense_parameters"),
                        "def softmax(z):\n    return dense_parameters(z)", "check(softmax)")
    assert "It needs `dense_parameters`, which is not written yet." in text and goes_on


def test_while_validating_the_same_words_are_an_error(run, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    text, goes_on = run(SOFTMAX, "p = softmax([1])")
    assert text == NEEDS_SOFTMAX and not goes_on
    assert run("p") == (NEEDS_SOFTMAX, False)
    text, goes_on = run("from kws_helpers.check import check", "check(softmax)")
    assert "it is not written yet" in text and not goes_on


def test_a_control_that_needs_an_unwritten_exercise_says_so_as_well(run):
    run(SOFTMAX)
    with pytest.raises(NotImplementedError) as error:
        run.shell.user_ns["softmax"]([1])
    assert does_not_work(error.value) == ("<p>This needs `softmax`, which is not written yet. Write that exercise "
                                          "first.</p>")


def test_a_variable_that_hides_a_module_of_the_course_is_named(run):
    cells = "from kws_helpers import features", "features = [[1.0]]"
    text, goes_on = run(*cells, "features.mfcc_of(1)")
    assert "`features` is a variable of yours now, and hides what the course imports" in text and not goes_on
    assert "variable of yours" not in run(*cells, "features.no_such_thing")[0]
