"""Where the gradebook is kept: a file by default, any database by one setting."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.building.course_folder import SETTINGS_FILE, nbgrader_api, settings
from autograder.building.notebooks import write_notebook
from autograder.grading.grade import grade_class
from autograder.reporting.report import write_results
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import filled
from tests.desk import free_port

LESSON, QUESTION = "01_dataset", "why-silence-is-not-zeros"
SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(found).parent for found in
                                                                [shutil.which("postgres")] if found]
needs_postgresql = pytest.mark.skipif(not SERVERS and "KWS_REQUIRE_POSTGRESQL" not in os.environ,
                                      reason="no PostgreSQL here: on Debian and Ubuntu, apt install postgresql")


def as_nobody(command):
    """PostgreSQL does not run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command] if os.getuid() == 0 else command


@contextmanager
def postgresql(folder):
    """A server of its own, with its files in `folder`; gives the address of its database."""
    if os.getuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    programs, files = SERVERS[-1], folder / "files"
    port = free_port()
    subprocess.run(as_nobody([programs / "initdb", "-D", files, "-U", "teacher", "--auth=trust", "--encoding=UTF8",
                              "--locale=C", "--no-sync"]), check=True, capture_output=True, cwd=folder)
    server = as_nobody([programs / "pg_ctl", "-D", files, "-w", "-l", folder / "log", "-o",
                        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"])
    subprocess.run([*server, "start"], check=True, capture_output=True, cwd=folder)
    try:
        yield f"postgresql+psycopg://teacher:secret@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*server, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=folder)


@pytest.fixture
def database():
    # pytest's own folders are closed to other users
    folder = Path("/tmp") / f"kws-postgresql-{os.getpid()}"
    folder.mkdir()
    try:
        with postgresql(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def submitted(tmp_path):
    for student in ("Ada", "Jörg Müller"):
        notebook = filled(LESSON, {}, {QUESTION: "Rooms hum."})
        write_notebook(notebook, tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    return tmp_path / "submitted"


@needs_postgresql
def test_a_class_in_postgresql(tmp_path, submitted, pretended, database):
    out = tmp_path / "out"
    in_a_file = grade_class(submitted, tmp_path / "file", protection=LIMITS)
    result = grade_class(submitted, out, database=database, protection=LIMITS)
    write_results(result, out)
    assert result.rows == in_a_file.rows and sum(row.score or 0 for row in result.rows) > 0
    assert not (out / "gradebook.db").exists()
    assert len((out / "exports" / "nbgrader.csv").read_text("utf-8").splitlines()) == 3
    assert {student.id for student in nbgrader_api(out).gradebook.students} == {"Ada", "Jörg Müller"}

    with Gradebook(database) as gradebook:
        grade = gradebook.find_grade(QUESTION, LESSON, LESSON, "Ada")
        grade.manual_score, grade.needs_manual_grade = 0.5, False
        gradebook.db.commit()
    again = grade_class(submitted, out, force=True, protection=LIMITS)
    scores = {(row.student, row.exercise): row.score for row in again.rows}
    assert scores["Ada", QUESTION] == 0.5, "the folder remembers where its gradebook is"


@pytest.mark.parametrize("address", ["postgresql+psycopg://teacher:secret@127.0.0.1:1/class", "nosuchsql://host/class",
                                     "nonsense"])
def test_a_gradebook_that_cannot_be_opened_is_said_in_one_sentence(tmp_path, submitted, pretended, address):
    with pytest.raises(ValueError, match="cannot be opened") as error:
        grade_class(submitted, tmp_path / "out", database=address)
    assert "secret" not in str(error.value) and "\n" not in str(error.value)
    assert "gradebook" not in settings(tmp_path / "out"), "what cannot be opened is not kept"


def test_damaged_settings_are_named(tmp_path):
    (tmp_path / SETTINGS_FILE).write_text("{")
    with pytest.raises(ValueError, match="grading.json is damaged"):
        settings(tmp_path)
