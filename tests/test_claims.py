"""What the lessons claim is checked where they are solved."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.building import claims, lesson, solution
from autograder.building.claims import Claim, plain_words, sentences
from autograder.building.lesson import is_claim, lesson_names, read_lesson, read_with_claims
from autograder.building.notebooks import BuildError
from autograder.building.paths import SOLUTIONS

LESSON = '''# %% [markdown]
# The mean of these numbers is
# **above two**, and all are small.

# %%
numbers = [1, 2, 6]

# %% tags=["claim"]
mean = sum(numbers) / len(numbers)
claim("is above two", mean > 2, mean)
claim("all are small", max(numbers) < LIMIT, max(numbers))

# %%
print(numbers)
'''


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Return what writes a lesson `09_numbers`, and solves it into `tmp_path`."""
    monkeypatch.setattr(lesson, "LESSONS", tmp_path)
    monkeypatch.setattr(solution, "SOLVED", tmp_path)

    def solve(text):
        (tmp_path / "09_numbers.py").write_text(text)
        solution.build_solution("09_numbers", tmp_path)

    return solve


def found_in(source, **variables):
    notebook = new_notebook(cells=[new_code_cell(source, metadata={"tags": ["claim"]})])
    claims.to_run(notebook.cells[0])
    assert "claim" not in variables
    exec(f"import builtins, io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    "
         f"{notebook.cells[0].source}", variables)
    printed = variables["out"].getvalue()
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in (
        ("stdout", printed[:9]), ("stderr", "a warning"), ("stdout", printed[9:-1]), ("stdout", printed[-1:]))]
    found = claims.taken_from(notebook)
    assert not notebook.cells
    return found


def test_a_claim_says_whether_it_holds_and_changes_nothing():
    numbers = [1, 2]
    assert found_in("n = 3\nclaim('two', len(numbers) == 2, 2 / 3)", numbers=numbers) == [Claim("two", True, "0.6667")]
    assert found_in("claim('a', False)\nclaim('b', gone, 1)") == [
        Claim("a", False, ""), Claim("b", False, "NameError: name 'gone' is not defined")]


def test_a_print_that_comes_in_two_outputs_is_read_as_one():
    parts = ['[{"sentence": "a", "holds": true, "value": "1"}]', "\n"]
    cell = new_code_cell("", metadata={"tags": ["claim"]}, outputs=[
        nbformat.v4.new_output("stream", text=part) for part in parts])
    assert claims.taken_from(new_notebook(cells=[cell])) == [Claim("a", True, "1")]


def test_a_wrong_claim_ends_the_build_with_its_words(written, tmp_path):
    with pytest.raises(BuildError, match="“all are small” .value: 6."):
        written(LESSON.replace("LIMIT", "5"))
    assert [one.holds for one in solution.committed_claims("09_numbers", tmp_path)] == [True, False]
    written(LESSON.replace("LIMIT", "7"))
    kept = nbformat.read(tmp_path / "09_numbers.ipynb", as_version=4)
    assert [cell.source for cell in kept.cells[1:]] == ["numbers = [1, 2, 6]", "print(numbers)"]
    assert "claim" not in "".join(cell.source for cell in read_lesson("09_numbers").cells)
    assert [cell.id for cell in kept.cells] == [cell.id for cell in read_with_claims("09_numbers").cells
                                                if not is_claim(cell)]
    assert solution.renew_texts("09_numbers", tmp_path)
    (tmp_path / "09_numbers.py").write_text(LESSON.replace("LIMIT", "8"))
    assert not solution.renew_texts("09_numbers", tmp_path), "another claim has to be tried"


@pytest.mark.parametrize("name", lesson_names())
def test_claims_are_the_words_of_the_lesson_and_were_tried(name):
    cells = read_with_claims(name).cells
    said = plain_words("\n".join(cell.source for cell in cells if not is_claim(cell)))
    claimed = [sentence for cell in cells if is_claim(cell) for sentence in sentences(cell.source)]
    assert [sentence for sentence in claimed if plain_words(sentence) not in said] == []
    kept = solution.committed_claims(name)
    assert {one.sentence for one in kept} == set(claimed) and all(one.holds for one in kept)


def test_the_same_seeds_give_the_same_networks_in_lessons_02_and_03():
    printed = {name: "".join(output.get("text", "") for cell in nbformat.read(SOLUTIONS / f"{name}.ipynb", 4).cells
                             for output in cell.get("outputs", [])) for name in ("02_ffnn", "03_evaluation")}
    three = r": *(\d+\.\d%, \d+\.\d%, \d+\.\d%)"
    assert (re.search("unheard voices" + three, printed["02_ffnn"])[1]
            == re.search("FFNN, three seeds" + three, printed["03_evaluation"])[1])
