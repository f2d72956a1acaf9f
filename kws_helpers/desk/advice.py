"""What a learner reads when a cell needs what another cell should have made.

An IPython extension, which every kernel of the course loads (`.jupyter/ipython_kernel_config.py`): after a restart
nothing else of the course is there yet.

A cell that needs an exercise that is not written says so in a line, and "Run All" goes on. What the cell would have
made waits for that exercise, and each later cell that misses it says the same. All other errors are IPython's own.
"""

import ast
import linecache
import sys
import traceback
from types import TracebackType
from typing import Any

from kws_helpers import mode
from kws_helpers.check import ladders
from kws_helpers.check.missing import why_missing
from kws_helpers.check.stub import (
    frame_of_stub,
    is_cell,
    is_unwritten,
    needs,
    raises_by_itself,
    unwritten_in,
    with_causes,
)
from kws_helpers.desk.cell_names import bound_by, needed_first, read_by


def load_ipython_extension(shell: Any) -> None:
    """Look at every error first. While grading, errors stay as they are."""
    if not mode.grading():
        advice = _Advice(shell)
        shell.set_custom_exc((Exception,), advice.show)
        shell.events.register("post_run_cell", advice.go_on)


class _Advice:
    """Remembers what waits for which exercises.

    Attributes:
        waiting: names that a cell could not make, each with the exercises that kept it from that.
        cells: exercises that are cells, not functions, each with the names that it makes.
        said: the error of which all has been said in a line.
    """

    def __init__(self, shell: Any) -> None:
        self.names: dict[str, Any] = shell.user_ns
        self.waiting: dict[str, list[str]] = {}
        self.cells: dict[str, set[str]] = {}
        self.said: BaseException | None = None

    def show(self, shell: Any, kind: type, error: Exception, trace: TracebackType, tb_offset: int | None = None):
        """Say in a line what is not written, or show the traceback, under which a NameError has advice."""
        line = self._line(error, trace)
        if line and not mode.validating():
            print(line)
            self.said = error
            return
        if line:
            error._render_traceback_ = lambda: [line]  # what IPython shows instead of a traceback
        elif _lacks_a_name(error):
            if error.name in ladders():
                error.add_note(why_missing(error.name, self.names["In"][:-1]))
            error.add_note(f"If a cell further up defines {error.name or 'it'}, that cell has not run since the kernel "
                           "was started.\n"
                           "Choose Run > Run All Above Selected Cell in the menu, then run this cell again.")
        elif name := self._hidden_module(error):
            error.add_note(f"`{name}` is a variable of yours now, and hides what the course imports under that "
                           "name.\nCall yours something else, then run the cell with the imports and this one again.")
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def go_on(self, result: Any) -> None:
        """Let the kernel answer that the cell has ended well, which is what "Run All" asks for."""
        if result is not None and result.error_in_exec is self.said:
            result.error_in_exec = None
        self.said = None

    def _hidden_module(self, error: Exception) -> str:
        """Return the name of the course's module that was meant where a variable of that name lacks something."""
        if not isinstance(error, AttributeError):
            return ""
        return next((name for name, value in self.names.items() if value is error.obj
                     and hasattr(sys.modules.get(f"kws_helpers.{name}"), error.name)), "")

    def _line(self, error: Exception, trace: TracebackType) -> str:
        """Return what to say of an error that comes from an unwritten exercise, "" of any other."""
        missing = self._missing(error)
        stub = frame_of_stub(error)
        if not missing and not (stub and is_cell(stub.f_code)):
            return ""
        ran = next(((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace)
                    if is_cell(frame.f_code)), None)
        if ran:
            statements = ast.parse("".join(linecache.getlines(ran[0]))).body
            if missing:
                missing += self._missing_in(statements)
            self._let_wait(statements, ran[1], missing)
        return needs("This cell", missing) if missing else "This cell is not written yet."

    def _missing(self, error: Exception) -> list[str]:
        """Return the exercises that an error comes from."""
        for one in with_causes(error):
            if _lacks_a_name(one) and (found := self._open(one.name)):
                return found
        return list(filter(None, [unwritten_in(error)]))

    def _missing_in(self, statements: list[ast.stmt]) -> list[str]:
        """Return all exercises that a cell needs and that are not written."""
        found: list[str] = []
        for name in read_by(statements, self.names):
            found += [name] if name in ladders() and is_unwritten(self.names.get(name)) else self._open(name)
        return found

    def _open(self, name: str) -> list[str]:
        """Return the exercises that a name waits for: those that are still not written."""
        if name in self.names:
            return []
        return [one for one in self.waiting.get(name, [])
                if (self.cells[one] - self.names.keys() if one in self.cells else is_unwritten(self.names.get(one)))]

    def _let_wait(self, statements: list[ast.stmt], line: int, exercises: list[str]) -> None:
        """Let wait what a cell did not make because it stopped in a line, or nothing of it counts.

        What has such a name from an earlier cell goes, too: it is not what the cells below mean.
        """
        is_exercise = raises_by_itself(statements)
        unmade = bound_by(statements if is_exercise else [one for one in statements if (one.end_lineno or 0) >= line])
        if is_exercise and unmade:
            cell = f"the exercise that makes {' and '.join(f'`{one}`' for one in sorted(unmade))}"
            self.cells[cell] = unmade
            exercises = [*exercises, cell]
        self.waiting |= dict.fromkeys(unmade, exercises)
        for name in unmade - needed_first(statements):
            self.names.pop(name, None)


def _lacks_a_name(error: BaseException) -> bool:
    """Return whether an error says that no cell has made a name."""
    return isinstance(error, NameError) and not isinstance(error, UnboundLocalError)
