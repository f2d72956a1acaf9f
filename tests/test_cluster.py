"""The same work on a Dask cluster: the same results, and a lost machine costs nothing but time."""

import os
import signal
from pathlib import Path

import pytest
from distributed import LocalCluster

from autograder.building.notebooks import write_notebook
from autograder.grading import grade
from autograder.running.cluster import ClusterExecutor
from autograder.running.execute import Executed, Job
from autograder.sample_class import filled, mistake, solutions

LESSON = "01_dataset"


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


def lose_the_first_machine(job, number):
    """Ends its worker where the job's folder says so, the first time; otherwise tells what it was given."""
    mark = Path(job.environment["MARK"])
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    names = sorted(path.name for path in Path(job.folder).iterdir())
    return Executed(job.notebook, " ".join(names), float(number))


def test_what_was_handed_in_travels_along_and_a_lost_machine_is_replaced(cluster, tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"sound")
    job = Job("a notebook", str(tmp_path), {"MARK": str(tmp_path.parent / f"{tmp_path.name}-lost")})
    with ClusterExecutor(cluster.scheduler_address) as pool:
        futures = [pool.submit(lose_the_first_machine, job, number) for number in range(6)]
        results = [future.result(timeout=60) for future in futures]
    assert results == [Executed(job.notebook, "clip.wav", float(number)) for number in range(6)]


def test_a_class_gets_the_same_grades_as_here(cluster, tmp_path):
    right = solutions(LESSON)
    for student, answers in {"ada": right, "ben": right | {"one_hot": mistake("one_hot")}}.items():
        write_notebook(filled(LESSON, answers), tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    there = grade.grade_class(tmp_path / "submitted", tmp_path / "there", scheduler=cluster.scheduler_address)
    here = grade.grade_class(tmp_path / "submitted", tmp_path / "here")
    assert there.rows == here.rows
    assert {row.score for row in here.rows if row.student == "ada"} != {0.0}


def test_no_scheduler_is_a_sentence(monkeypatch):
    monkeypatch.setattr("autograder.running.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(ValueError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        ClusterExecutor("tcp://127.0.0.1:9")


