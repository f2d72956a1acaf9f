"""Run a notebook while a referee judges its exercises from outside."""

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.judging.referee import Referee
from autograder.judging.verdict import Verdict
from autograder.running.execute import Executed, Job, execute


@dataclass(frozen=True)
class Judged:
    """An executed notebook, and the verdicts on its exercises."""

    executed: Executed
    verdicts: tuple[Verdict, ...]


def execute_and_judge(job: Job, seed: int) -> Judged:
    """Execute the notebook of `job` and judge its exercises on the secret cases of `seed`.

    Raises:
        Exception: no kernel could be started, which is not the notebook's fault.
    """
    referees: list[Referee] = []

    def accompany(folder: Path, notebook: NotebookNode) -> Referee:
        referees.append(Referee(folder, notebook, seed))
        return referees[0]

    executed = execute(job, accompany)
    return Judged(executed, referees[0].verdicts)
