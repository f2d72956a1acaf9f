"""The overview: what passed its check stays noted, and a check that fails takes it back."""

import pytest

from autograder.building.lesson import graded_cells, lesson_names, points_by_exercise
from kws_helpers import overview
from kws_helpers.check import CheckFailed, check, ladders, passed

GRADED = list(points_by_exercise())


@pytest.fixture(autouse=True)
def beside_the_notebooks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def frame_count(n_samples, window, hop):
    return 0 if n_samples < window else 1 + (n_samples - window) // hop


def lesson_01():
    return overview.lessons()[0]


def test_at_first_it_says_where_to_begin():
    assert overview.Overview().word() == "First: class_counts in 01_dataset."
    assert all(lesson.done == 0 for lesson in overview.lessons())


def test_it_knows_every_exercise_that_has_a_check():
    listed = [exercise for lesson in overview.lessons() for exercise in lesson.exercises]
    assert sorted(listed) == sorted(GRADED) and set(listed) < set(ladders())
    assert [lesson.name for lesson in overview.lessons()] == lesson_names()
    for lesson in overview.lessons():
        assert set(lesson.exercises) <= {cell["grade_id"] for cell in graded_cells(lesson.name)}


def test_a_check_that_passes_is_noted_until_one_fails():
    check(frame_count)
    assert lesson_01().exercises["frame_count"] and lesson_01().done == 1
    page = overview.Overview()
    assert "✔ <code>frame_count</code>" in page._repr_html_() and "1 of 6" in repr(page)

    def broken(n_samples, window, hop):
        return 7

    broken.__name__ = "frame_count"
    with pytest.raises(CheckFailed):
        check(broken)
    assert lesson_01().done == 0


def test_in_the_end_it_says_so():
    for exercise in GRADED:
        passed.note(exercise, True)
    assert overview.Overview().word() == f"All {len(GRADED)} exercises pass their checks. The course is yours."


def test_where_nothing_can_be_written_checks_work_all_the_same(tmp_path):
    (tmp_path / "my_results").write_text("a file where the folder should be")
    check(frame_count)
    assert lesson_01().done == 0


def test_while_grading_nothing_is_noted(monkeypatch, tmp_path):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check(frame_count)
    assert not list(tmp_path.iterdir())
