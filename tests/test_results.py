"""Results: whatever a network is called, what was kept comes back; a damaged file costs no other."""

from types import SimpleNamespace

import keras
import pytest

from kws_helpers import results

DATASET = SimpleNamespace(name="some voices")
NETWORK = keras.Sequential([keras.Input((4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])


@pytest.fixture(autouse=True)
def beside_the_notebooks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def keep(name, accuracy=0.5, parameters=10, dataset=DATASET):
    network = SimpleNamespace(count_params=lambda: parameters, to_json=lambda: NETWORK.to_json())
    results.remember(name, network, [accuracy], dataset)


def names():
    return [result.name for result in results.recall(DATASET)]


def test_results_on_these_recordings_come_back_smallest_network_first():
    assert results.recall(DATASET) == []
    keep("large", parameters=20)
    keep("small", accuracy=0.1)
    keep("small", accuracy=0.7)
    keep("elsewhere", dataset=SimpleNamespace(name="other voices"))
    small, large = results.recall(DATASET)
    assert (small.name, small.parameters, small.accuracies.tolist()) == ("small", 10, [0.7]) and large.name == "large"
    assert large.build().count_params() == 26


@pytest.mark.parametrize("name", ["CNN 3/4", "../up", "/tmp/x", "..", "", "a\\b", "c:d?*", "größer", "0\0", "\ud800",
                                  "long " * 100, "TC-ResNet8, augmented"])
def test_any_name_can_be_kept_once_and_nothing_lies_elsewhere(name, tmp_path):
    keep(name)
    keep(name)
    assert names() == [name]
    (file,) = (tmp_path / "my_results").iterdir()
    assert list(tmp_path.iterdir()) == [tmp_path / "my_results"] and file.suffix == ".json"


def test_names_that_look_alike_are_several_results():
    for name in ("3/4", "3_4", "3:4"):
        keep(name)
    assert sorted(names()) == ["3/4", "3:4", "3_4"]


def test_what_is_written_is_whole_or_not_there(monkeypatch, tmp_path):
    keep("net", accuracy=0.5)
    monkeypatch.setattr(results.Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        keep("net", accuracy=0.9)
    assert results.recall(DATASET)[0].accuracies.tolist() == [0.5]


@pytest.mark.parametrize("content", [b"", b'{"name": "x", "accur', b"[]", b"{}", b"\xff", b'{"accuracies": ["a"]}',
                                     b'{"accuracies": [1], "surprise": 1}', b"[" * 100_000])
def test_a_damaged_file_is_named_once_and_the_others_come_back(content, tmp_path):
    keep("whole")
    (tmp_path / "my_results" / "half.json").write_bytes(content)
    with pytest.warns(UserWarning, match=r"half\.json") as caught:
        assert names() == ["whole"]
    assert len(caught) == 1 and caught[0].filename == __file__


def test_while_grading_nothing_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    keep("net")
    assert not list(tmp_path.iterdir())
