"""The examples in the docstrings of what students call are true."""

import doctest
from importlib import import_module

import pytest

from autograder.building.paths import ROOT

MODULES = sorted(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                 for path in (ROOT / "kws_helpers").rglob("*.py") if ">>> " in path.read_text())


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_say(module, shared_cache, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = doctest.testmod(import_module(module), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert done.attempted and not done.failed
