"""The judge outside: the same verdicts as inside, and nothing that a kernel sends changes them or stops the grading."""

import ast
import contextlib
import functools
import json
import socket
import struct
import sys
import threading
import time
from dataclasses import replace

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder import sample_class
from autograder.building.notebooks import JUDGE_IMPORT
from autograder.judging import interview as interview_module
from autograder.judging.exercise import Case, Mistake, exercises
from autograder.judging.interview import Interview, interview, printable
from autograder.judging.judged_cells import write_verdicts
from autograder.judging.judged_run import execute_and_judge
from autograder.judging.probe import judge as probe
from autograder.judging.probe import protocol
from autograder.judging.probe.protocol import Misbehaved, decode, encode, receive, send
from autograder.judging.proxy import FunctionProxy, local
from autograder.judging.referee import PROBE, Referee
from autograder.judging.reference import reference
from autograder.judging.verdict import Verdict, assess, conclude, student_seed
from autograder.running.execute import Job
from kws_helpers.check.calling import CallFailed
from tests.conftest import NETWORKS

EXERCISES = exercises()
SEED = student_seed(0, "ada", "somewhere")
ANSWERS = {name: exercise.right_answers[-1] for name, exercise in EXERCISES.items()}
OF_EACH_KIND = ["softmax", "dense_parameters", "dropout", "build_ffnn", "residual_block", "multiply_adds"]
"""Of arrays, of numbers, with a generator, giving a model, from a symbolic tensor, of a model."""
MISTAKES = [pytest.param(name, exercise.mistakes[0], id=name) for name, exercise in EXERCISES.items()]


@contextlib.contextmanager
def at_the_other_end(serve, *args):
    """A connection whose other end is served by a thread."""
    here, there = socket.socketpair()

    def work():
        with there, contextlib.suppress(OSError):
            serve(there, *args)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        with here:
            yield here
    finally:
        thread.join(30)


def verdict_from_outside(name, function):
    with at_the_other_end(probe.serve, name, function) as connection:
        assert receive(connection) == {"exercise": name}
        return conclude(EXERCISES[name], SEED, interview(connection, EXERCISES[name], SEED))


# Honest probes

@pytest.mark.parametrize("name", EXERCISES)
def test_right_answers_get_everything_from_outside(name):
    verdict = verdict_from_outside(name, ANSWERS[name])
    assert (verdict.share, verdict.status) == (1.0, "passed"), verdict.message


@pytest.mark.parametrize("name, mistake", MISTAKES)
def test_mistakes_get_the_same_verdict_from_outside_as_inside(name, mistake):
    outside = verdict_from_outside(name, mistake.answer)
    assert outside.share < 1.0
    assert outside.mistake == mistake.name
    assert outside.message.startswith(mistake.hint)
    if name not in NETWORKS:  # where the mistake itself was tried inside, to be recognised
        inside = assess(EXERCISES[name], mistake.answer, SEED)
        assert replace(outside, message="") == replace(inside, message="")


def unwritten(*args, **kwargs):
    raise NotImplementedError


def returns_nothing(*args, **kwargs):
    for one in args:
        if isinstance(one, np.ndarray):
            one[...] = 0


def itself():
    result = []
    result.append(result)
    return result


ODD_RESULTS = {
    "an object": threading.Lock, "itself": itself, "a huge number": lambda: 10**5000,
    "a deep list": lambda: functools.reduce(lambda inner, _: [inner], range(100), []),
    "a huge text": lambda: "x" * (protocol.MAX_HEADER + 1), "ragged lists": lambda: [[1], [1, 2]],
    "a huge array": lambda: np.zeros(protocol.MAX_BODY // 8 + 1), "bytes": lambda: np.array([b"\xff\x00a", b"b"])}


@pytest.mark.parametrize("name", OF_EACH_KIND)
@pytest.mark.parametrize("make", ODD_RESULTS.values(), ids=ODD_RESULTS)
def test_odd_results_are_wrong_answers_and_nothing_else(name, make):
    verdict = verdict_from_outside(name, lambda *args, **kwargs: make())
    assert (verdict.share, verdict.status) == (0.0, "failed")
    assert verdict.message


@pytest.mark.parametrize("name", OF_EACH_KIND)
@pytest.mark.parametrize("function, status", [(unwritten, "untouched"), (returns_nothing, "failed")])
def test_who_wrote_nothing_gets_nothing(name, function, status):
    verdict = verdict_from_outside(name, function)
    assert (verdict.share, verdict.status) == (0.0, status)
    assert verdict.message


def test_a_mistake_that_changes_arguments_is_recognised(monkeypatch):
    def shifted_in_place(z):
        z -= z.max(axis=-1, keepdims=True)
        return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)

    mistakes = [*EXERCISES["softmax"].mistakes, Mistake(shifted_in_place, "!")]
    monkeypatch.setattr(EXERCISES["softmax"], "mistakes", mistakes)
    assert assess(EXERCISES["softmax"], shifted_in_place, SEED).mistake == "shifted_in_place"


def test_arguments_that_are_changed_cost_their_aspect():
    def changing(z):
        z -= z.max(axis=-1, keepdims=True)
        return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)

    verdict = verdict_from_outside("softmax", changing)
    assert verdict == assess(EXERCISES["softmax"], changing, SEED)
    assert verdict.status == "partial" and "changed" in verdict.message


# Stand-ins, for a function here and for one elsewhere

@contextlib.contextmanager
def in_this_process(function):
    yield local(function)


@contextlib.contextmanager
def elsewhere(function):
    with at_the_other_end(probe.serve, "any", function) as connection:
        receive(connection)
        yield FunctionProxy(Interview(connection))


stand_ins = pytest.mark.parametrize("stand_in", [in_this_process, elsewhere])


@stand_ins
def test_a_generator_is_in_the_same_state_every_time(stand_in):
    rng = np.random.default_rng(3)
    with stand_in(lambda x, rng: x + rng.normal(size=3)) as function:
        first, second = function(1.0, rng), function(1.0, rng=rng)
    assert np.array_equal(first, second) and np.array_equal(first, 1.0 + rng.normal(size=3))
    assert not function.complaint


@stand_ins
def test_a_model_can_be_an_argument(stand_in):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(5)])
    with stand_in(lambda model: sum(layer.units * layer.input.shape[-1] for layer in model.layers)) as function:
        assert function(model) == 16
    assert not function.complaint


@stand_ins
def test_types_of_results_are_kept(stand_in):
    with stand_in(lambda: ([np.float32([1]), np.arange(2), True, 1, 1.5, "a", None], {"b": (1, 2)})) as function:
        values, mapping = function()
    assert [one.dtype for one in values[:2]] == [np.float32, np.int64]
    assert values[2:] == [True, 1, 1.5, "a", None] and type(values[2]) is bool
    assert mapping == {"b": [1, 2]}


@stand_ins
def test_changed_arguments_are_noticed_and_the_result_is_there_all_the_same(stand_in):
    with stand_in(lambda x: x.sort() or x) as function:
        assert list(function(np.array([2, 1]))) == [1, 2]
        assert "changed" in function.complaint


@stand_ins
def test_a_function_of_a_symbolic_tensor_can_be_looked_at(stand_in):
    def block(x, channels):
        from keras import layers, regularizers

        x = layers.Conv1D(channels, 3, padding="same", kernel_regularizer=regularizers.L2(1.0))(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    with stand_in(block) as function:
        model = function.build_from((6, 2), 4)
        assert [(weight.name, weight.shape) for weight in model.weights if weight.trainable] == [
            ("kernel", (3, 2, 4)), ("bias", (4,)), ("gamma", (4,)), ("beta", (4,))]
        assert [weight.name for weight in model.weights if not weight.trainable] == ["moving_mean", "moving_variance"]
        model.weights[0].assign(np.full((3, 2, 4), 2.0))
        assert np.sum(model.weights[0]) == 48
        assert [float(term) for term in model.losses] == [96]
        assert model.count_params() == 24 + 5 * 4
        described = {layer["classes"][0]: layer for layer in model.layers()}
        assert "Layer" in described["ReLU"]["classes"] and described["ReLU"]["built"]
        assert described["Conv1D"]["config"]["filters"] == 4
        assert described["Conv1D"]["output"] == [None, 6, 4]
        assert model(np.ones((5, 6, 2), np.float32)).shape == (5, 6, 4)
        model.set_weights([np.zeros(weight.shape) for weight in model.weights])
        assert not model(np.ones((5, 6, 2), np.float32)).any()


@stand_ins
@pytest.mark.parametrize("result, words", [(None, "is there a `return`"), (3, "an object of type int")])
def test_what_is_no_model_says_so(stand_in, result, words):
    with stand_in(lambda *args: result) as function:
        with pytest.raises(CallFailed, match=f"keras.Model.*{words}"):
            function.build()
        with pytest.raises(CallFailed, match=f"KerasTensor.*{words}"):
            function.build_from((3,))


@stand_ins
def test_layers_inside_layers_are_described(stand_in):
    import keras

    def build():
        inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        return keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(4)])

    with stand_in(build) as function:
        dense = [layer for layer in function.build().layers() if "Dense" in layer["classes"]]
    assert [layer["config"]["units"] for layer in dense] == [2, 4]


def test_seeds_differ_between_students_and_not_between_runs():
    seeds = {student_seed(seed, student, lesson) for seed in (0, 1) for student in ("ada", "ben", "\udcff")
             for lesson in ("01_dataset", "02_ffnn")}
    assert len(seeds) == 12
    assert student_seed(0, "ada", "01_dataset") == 3268136980355607481
    one, other = (EXERCISES["softmax"].secret_cases(student_seed(0, student, "02_ffnn")) for student in ("ada", "ben"))
    assert not np.array_equal(one[0].args[0], other[0].args[0])


# Messages

plain_arrays = arrays.arrays(st.one_of(arrays.floating_dtypes(), arrays.integer_dtypes(), arrays.boolean_dtypes(),
                                       arrays.complex_number_dtypes(), arrays.unicode_string_dtypes(max_len=5)),
                             arrays.array_shapes(min_dims=0, min_side=0, max_side=4)).filter(lambda a: a.dtype.itemsize)
plain_values = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), plain_arrays),
                            lambda inner: st.one_of(st.lists(inner, max_size=4), st.tuples(inner, inner),
                                                    st.dictionaries(st.text(), inner, max_size=3)), max_leaves=8)


def same(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and (one == other or one != one)


def sent(value, trusted=False):
    data = encode(value)
    header, _ = struct.unpack("!II", data[:8])
    return decode(data[8:8 + header], data[8 + header:], trusted)


@given(plain_values)
def test_values_arrive_as_they_were_sent(value):
    assert same(value, sent(value))


def test_numpy_numbers_keep_their_type():
    assert [type(one) for one in sent([np.float32(1), np.float64(1), np.int8(1), np.bool_(True), 1.0])] == [
        np.float32, np.float64, np.int8, np.bool_, float]


def test_a_generator_goes_in_with_its_state_and_never_comes_out():
    rng = np.random.default_rng(5)
    rng.normal(size=3)
    assert sent([rng], trusted=True)[0].normal() == rng.normal()
    with pytest.raises(Misbehaved):
        sent([rng])


def test_a_model_goes_in_as_its_description_and_never_comes_out():
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    assert [layer.units for layer in sent([model], trusted=True)[0].layers] == [2]
    with pytest.raises(Misbehaved):
        sent([model])


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_bytes_are_a_message_or_misbehaviour(header, body):
    with contextlib.suppress(Misbehaved):
        decode(header, body)


trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 2**40), st.floats(),
              st.sampled_from(["<f8", "|b1", "<U2", "|O", ""]), st.lists(st.integers(-1, 2**33), max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(
        st.sampled_from(["array", "scalar", "tuple", "dict", "generator", "model", "pickle", ""]), inner, max_size=2),
        st.tuples(st.just("<f8"), st.lists(st.integers(0, 3), max_size=2)).map(lambda pair: {"array": list(pair)})),
    max_leaves=12)


@given(trees, st.binary(max_size=80))
def test_any_tree_is_a_message_or_misbehaviour(tree, body):
    with contextlib.suppress(Misbehaved):
        decode(json.dumps(tree).encode(), body)


@pytest.mark.parametrize("header, body", [
    (b"[" * 100_000, b""), (b'{"tuple":' * 10_000 + b"[]" + b"}" * 10_000, b""), (b"9" * 5000, b""),
    (b'{"array": ["<f8", [1]]}', b""), (b'{"array": ["<f8", [1]]}', bytes(9)), (b'{"array": ["|O", [1]]}', bytes(8)),
    (b'{"array": ["<f8", [0, -1]]}', b""), (b'{"array": ["<U900000", [0]]}', b""), (b'{"array": ["<U0", [1]]}', b""),
    (b'{"array": ["<U1", [1]]}', b"\xff\xff\xff\xff"), (b'{"array": ["<f8", [0, 99999999999]]}', b""),
    (b'{"array": ["<f8", [true]]}', bytes(8)), (b'{"dict": [[[1], 2]]}', b""), (b'{"dict": [], "tuple": []}', b""),
    (b'{"dict": [[1, 2]]}', b""),
    (b"\xff\xfe", b""), (b"", b"")])
def test_what_cannot_be_is_misbehaviour(header, body):
    with pytest.raises(Misbehaved):
        decode(header, body)


def test_odd_truth_values_become_ordinary_ones():
    array = decode(b'{"array": ["|b1", [2]]}', b"\x07\x00")
    assert array.tobytes() == b"\x01\x00"


# Hostile probes

def answering(*answers):
    """A probe that reads every question and gives these answers, whatever they were."""
    def serve(connection):
        for answer in answers:
            number = receive(connection, trusted=True)["number"]
            send(connection, answer(number) if callable(answer) else answer)
        while connection.recv(1000):
            pass
    return serve


def garbage(connection):
    connection.recv(1)
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n" * 100)


def closes(connection):
    receive(connection, trusted=True)


def silent(connection):
    while connection.recv(1000):
        pass


def drips(connection):
    receive(connection, trusted=True)
    with contextlib.suppress(OSError):
        for _ in range(100):
            connection.sendall(b"\x00")
            time.sleep(0.2)


def too_much(connection):
    receive(connection, trusted=True)
    connection.sendall(struct.pack("!II", protocol.MAX_HEADER, protocol.MAX_BODY + 1) + bytes(1000))


def twice(connection):
    number = receive(connection, trusted=True)["number"]
    for _ in range(2):
        send(connection, {"number": number, "value": 1.0})
    silent(connection)


def one_too_many(connection):
    """Answers rightly, and then says something more."""
    with contextlib.suppress(Misbehaved):
        while True:
            question = receive(connection, trusted=True)
            send(connection, {"number": question["number"],
                              "value": reference("dense_parameters")(*question["with"][0])})
    connection.sendall(b"!")


@pytest.mark.parametrize("serve, words", [
    (garbage, "far too large"), (closes, "closed"), (silent, "in time"), (drips, "in time"), (too_much, "too large"),
    (twice, "no question"), (one_too_many, "without a question"), (answering("hello"), "no question"),
    (answering({"value": 1}), "no question"), (answering(lambda number: {"number": True, "value": 1}), "no question"),
    (answering(lambda number: {"number": number, "failure": "excused"}), "not understood"),
    (answering(lambda number: {"number": number, "failure": ["raised"]}), "not understood"),
    (answering(lambda number: {"number": number, "failure": np.array(["raised", "slow"])}), "not understood"),
    (answering(lambda number: {"number": np.array([1, 1]), "value": 1}), "no question"),
    (answering(lambda number: {"number": number}), "not understood")])
def test_a_probe_that_does_not_keep_to_the_rules_is_found_out(serve, words, monkeypatch):
    monkeypatch.setattr(interview_module, "ANSWER_SECONDS", 1.0)
    start = time.monotonic()
    with (at_the_other_end(serve) as connection, pytest.raises(Misbehaved, match=words)):
        interview(connection, EXERCISES["dense_parameters"], SEED)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("name", EXERCISES)
@given(value=plain_values)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_any_answer_leads_to_a_verdict(name, value):
    """Whatever comes back, for every question the same; `conclude` says what is wrong with it."""
    def ask(connection):
        with contextlib.suppress(Misbehaved):
            while True:
                send(connection, {"number": receive(connection, trusted=True)["number"], "value": value})

    with at_the_other_end(ask) as connection:
        verdict = conclude(EXERCISES[name], SEED, interview(connection, EXERCISES[name], SEED))
    assert verdict.share < 1.0
    assert verdict.message


@pytest.mark.parametrize("shapes", [[[10**9, 10**9]], [[-1]], [["a"]], [1], "many", [[]] * 20_000, [[1.5]], None])
def test_a_model_that_lies_about_its_weights_is_a_wrong_answer(shapes):
    described = [{"name": "kernel", "shape": shape, "trainable": True} for shape in shapes or ()] or shapes

    def lie(connection):
        with contextlib.suppress(Misbehaved):
            while True:
                question = receive(connection, trusted=True)
                send(connection, {"number": question["number"],
                                  "value": described if question["do"] == "weights" else np.zeros((5, 12))})

    with at_the_other_end(lie) as connection:
        verdict = conclude(EXERCISES["build_ffnn"], SEED, interview(connection, EXERCISES["build_ffnn"], SEED))
    assert (verdict.share, verdict.status) == (0.0, "failed")


@given(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text())))
def test_texts_from_a_kernel_are_harmless(text):
    found = printable(text)
    found.encode()
    assert found.isprintable() and len(found) <= 500


# The referee beside a notebook

def test_cell(name, source="pass"):
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": name, "points": 1, "locked": True}
    return cell


test_cell.__test__ = False


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell
                                           for cell in cells])


@contextlib.contextmanager
def refereed(folder, name):
    """A referee beside a notebook with one exercise; yields it, the cell, and a function that connects."""
    cell = test_cell(name)
    with Referee(folder, notebook_of(cell), SEED) as referee:
        def connect():
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(folder / "judge.sock"))
            return connection

        yield referee, cell, connect


def verdicts_of(referee):
    return {verdict.exercise: verdict for verdict in referee.verdicts}


def test_the_referee_judges_while_the_test_cell_runs_and_only_then(tmp_path):
    with refereed(tmp_path, "softmax") as (referee, cell, connect):
        with connect() as early:
            probe.serve(early, "softmax", unwritten)
        with referee.during(notebook_of("x = 1").cells[0]), connect() as other:
            probe.serve(other, "softmax", unwritten)
        with referee.during(cell), connect() as good:
            probe.serve(good, "softmax", reference("softmax"))
        with connect() as late:
            probe.serve(late, "softmax", unwritten)
    assert verdicts_of(referee)["softmax"].status == "passed"


def test_the_last_judgement_that_came_to_its_end_counts(tmp_path):
    with refereed(tmp_path, "softmax") as (referee, cell, connect), referee.during(cell):
        for function in (reference("softmax"), returns_nothing):
            with connect() as connection:
                probe.serve(connection, "softmax", function)
        with connect() as connection:
            connection.sendall(b"nonsense")
    assert verdicts_of(referee)["softmax"].status == "failed"


@pytest.mark.parametrize("name", ["cross_entropy", "no exercise", "\ud800", 7, ["softmax"], None,
                                  np.array(["softmax", "softmax"])])
def test_an_answer_for_another_exercise_is_refused(tmp_path, name):
    with (refereed(tmp_path, "softmax") as (referee, cell, connect), referee.during(cell), connect() as connection):
        probe.serve(connection, name, reference("softmax"))
    verdict = verdicts_of(referee)["softmax"]
    assert (verdict.status, verdict.share) == ("error", 0.0)
    assert "in the cell of 'softmax'" in verdict.message


def test_a_session_that_hangs_ends_with_its_cell_and_does_not_hold_up_the_next(tmp_path):
    start = time.monotonic()
    with refereed(tmp_path, "softmax") as (referee, cell, connect):
        with referee.during(cell):
            hanging = connect()
            send(hanging, {"exercise": "softmax"})
            receive(hanging, trusted=True)
        with referee.during(cell), connect() as good:
            probe.serve(good, "softmax", reference("softmax"))
    hanging.close()
    assert verdicts_of(referee)["softmax"].status == "passed"
    assert time.monotonic() - start < 10


@given(st.lists(st.binary(max_size=60), max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_at_the_door_leave_the_referee_at_work(tmp_path_factory, pieces):
    folder = tmp_path_factory.mktemp("door")
    with refereed(folder, "dense_parameters") as (referee, cell, connect), referee.during(cell):
        for piece in pieces:
            with connect() as connection, contextlib.suppress(OSError):
                connection.sendall(piece)
        with connect() as good:
            probe.serve(good, "dense_parameters", reference("dense_parameters"))
    assert verdicts_of(referee)["dense_parameters"].status == "passed"


def test_a_failure_of_the_judge_itself_is_a_record_and_no_crash(tmp_path, monkeypatch):
    def no_cases(rng):
        raise RuntimeError("no cases today")

    monkeypatch.setattr(EXERCISES["softmax"], "_make_cases", no_cases)
    monkeypatch.setattr("autograder.judging.verdict._cases", lambda exercise, seed: exercise.secret_cases(seed))
    with refereed(tmp_path, "softmax") as (referee, cell, connect), referee.during(cell), connect() as connection:
        probe.serve(connection, "softmax", reference("softmax"))
    assert "The judge failed" in verdicts_of(referee)["softmax"].message


# Verdicts in the notebook

def test_verdicts_replace_what_a_test_cell_printed():
    faked = test_cell("softmax")
    faked.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "3.0"})]
    by_hand = nbformat.v4.new_code_cell("plot()", outputs=[nbformat.v4.new_output("stream", text="kept")])
    notebook = notebook_of(faked, by_hand)
    write_verdicts(notebook, [Verdict("softmax", 0.5, "partial", "m")])
    assert faked.outputs[-1].data["text/plain"] == "1.5"
    assert by_hand.outputs[0].text == "kept"
    write_verdicts(notebook, [])
    assert [output.ename for output in faked.outputs] == ["NotJudged"]


# The probe in a real kernel

FAKED_JUDGE = """
import sys, types, autograder.judge
real, faked = autograder.judge, types.ModuleType("autograder.judge")
def judge(function):
    from IPython.display import display
    display({"application/vnd.kws.verdict+json": {"exercise": "frame_count", "share": 1.0, "status": "passed",
                                                  "message": "", "mistake": ""}, "text/plain": "passed"}, raw=True)
    return 2.0
faked.judge = judge
sys.modules["autograder.judge"] = faked
"""


def judging(name):
    return test_cell(name, f"{JUDGE_IMPORT}\njudge({name})")


def test_the_verdicts_on_a_real_kernel_are_what_counts(tmp_path):
    answers = sample_class.solutions("01_dataset")
    judged = execute_and_judge(Job(nbformat.writes(notebook_of(
        "import numpy as np",
        answers["class_counts"], judging("class_counts"),
        sample_class.mistake("one_hot"), judging("one_hot"),
        FAKED_JUDGE + "frame_count = None", judging("frame_count"),
        "sys.modules['autograder.judge'] = real\nsorted(name for name in sys.modules if name.startswith('autograder'))",
        "def standardise(*args):\n    import os; os._exit(0)", judging("standardise"))), str(tmp_path)), SEED)
    verdicts = verdicts_of(judged)
    assert verdicts.keys() == {"class_counts", "one_hot", "standardise"}
    assert verdicts["class_counts"].status == "passed"
    mistake = EXERCISES["one_hot"].mistakes[0]
    assert verdicts["one_hot"] == assess(EXERCISES["one_hot"], mistake.answer, SEED)
    assert verdicts["standardise"].status == "error"

    notebook = nbformat.reads(judged.executed.notebook, as_version=4)
    assert "'autograder.judge', 'autograder.operations', 'autograder.plain_data', 'autograder.protocol']" in (
        notebook.cells[7].outputs[0].data["text/plain"].replace("\n", ""))
    write_verdicts(notebook, judged.verdicts)
    last = {cell.metadata.nbgrader.grade_id: cell.outputs[-1] for cell in notebook.cells if "nbgrader" in cell.metadata}
    assert last["class_counts"].data["text/plain"] == "1.0"
    assert last["one_hot"].data["text/plain"] == repr(round(2 * verdicts["one_hot"].share, 2))
    assert (last["frame_count"].ename, last["standardise"].ename) == ("NotJudged", "NotFinished")


def test_cases_can_be_sent():
    for exercise in EXERCISES.values():
        for case in exercise.secret_cases(SEED):
            assert isinstance(case, Case)
            encode([case.args, case.kwargs])


def test_the_probe_needs_nothing_that_the_kernel_does_not_have():
    for path in PROBE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module] if isinstance(node, ast.ImportFrom) and not node.level else [])
            roots = {name.partition(".")[0] for name in names}
            assert roots <= sys.stdlib_module_names | {"numpy", "keras", "kws_helpers"}, path
