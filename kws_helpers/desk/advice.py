"""A sentence for a learner whose cell needs what another cell defines, and that one has not run.

An IPython extension, which every kernel of the course loads (`.jupyter/ipython_kernel_config.py`): after a restart
nothing else of the course is there yet.
"""

from types import TracebackType
from typing import Any

from kws_helpers import mode


def load_ipython_extension(shell: Any) -> None:
    """Add the advice to every NameError. While grading, errors stay as they are."""
    if not mode.grading():
        shell.set_custom_exc((NameError,), _show_with_advice)


def _show_with_advice(shell: Any, kind: type, error: NameError, trace: TracebackType, tb_offset: int | None = None):
    if not isinstance(error, UnboundLocalError):
        error.add_note(f"If a cell further up defines {error.name or 'it'}, that cell has not run since the kernel was "
                       "started.\nChoose Run > Run All Above Selected Cell in the menu, then run this cell again.")
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
