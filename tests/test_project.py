"""The files around the code agree with each other and speak of nothing but the project."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from autograder.building.lesson import points_by_exercise
from autograder.building.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK, LOWEST = ROOT / "requirements.txt", ROOT / ".ci/lowest.txt"


def pins(path: Path) -> dict[str, str]:
    """Return the exact version of each package in a list that `make lock` wrote."""
    lines = [line.partition(" ;")[0].partition("==") for line in path.read_text().splitlines()]
    return {name: version for name, _, version in lines}


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()


DEPENDENCIES = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]


@pytest.mark.parametrize("path", [LOCK, LOWEST], ids=lambda path: path.name)
def test_requirements_hold_every_dependency_and_nothing_but_exact_versions(path):
    assert {name_of(one) for one in DEPENDENCIES} <= set(pins(path))
    for line in path.read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ;]+( ; .+)?", line), line


@pytest.mark.parametrize("requirement", DEPENDENCIES)
def test_the_lowest_version_allowed_is_the_one_that_is_tested(requirement):
    bound = re.search(r">=([\d.]+)", requirement)[1]
    tested = pins(LOWEST)[name_of(requirement)]
    assert re.fullmatch(re.escape(bound) + r"(\.0)*(\.post\d+)?", tested), "run `make lock` and commit"


def test_the_conda_environment_is_made_from_the_same_files():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, through_pip = environment["dependencies"]
    version = tuple(map(int, python.removeprefix("python=").split(".")))
    low, high = re.findall(r"\d+\.\d+", PROJECT["requires-python"])
    assert tuple(map(int, low.split("."))) <= version < tuple(map(int, high.split(".")))
    assert (pip, through_pip) == ("pip", {"pip": ["-r requirements.txt", "-e ."]})


def test_binder_prepares_with_commands_that_exist():
    script = (ROOT / "postBuild").read_text()
    assert (ROOT / "postBuild").stat().st_mode & 0o111
    for module in re.findall(r"python -m (\w+)", script):
        assert (ROOT / module / "__main__.py").exists()
    assert "python -m kws_helpers data" in script


def test_the_version_is_the_same_everywhere():
    from kws_helpers import __version__

    assert PROJECT["version"] == __version__
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == __version__


def test_the_readme_names_only_targets_and_files_that_exist():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([\w-]+)", readme)) <= targets
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", readme):
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize("page", ["README.md", "docs/students.md", "docs/instructors.md", "docs/authors.md",
                                  "docs/instant-grades.md"])
def test_pages_with_commands_of_the_environment_say_how_a_shell_finds_them(page):
    text = (ROOT / page).read_text()
    assert "source .venv/bin/activate" in text[:text.index("python -m")]


def test_links_in_docs_lead_somewhere():
    for page in (ROOT / "docs").rglob("*.md"):
        for link in re.findall(r"\]\((?!https?:|#|expected:)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), (page.name, link)


@pytest.mark.parametrize("pattern", [r"index.url", r"(?<![\w.~-])/(work|root|home)/[a-z.]"])
def test_no_file_names_a_package_index_or_a_folder_of_somebodys_machine(pattern):
    found = subprocess.run(["git", "grep", "-nIP", pattern, "--", ".", ":!tests/test_project.py"],
                           cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert not found, found


def test_helpers_hold_no_solution():
    exercises = set(points_by_exercise())
    for path in (ROOT / "kws_helpers").rglob("*.py"):
        if path.parent.name == "check":
            continue  # ladders are called like their exercises and hold steps
        defined = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
        assert not defined & exercises, path


def test_importing_the_helpers_loads_nothing_heavy():
    code = ("import sys, kws_helpers, kws_helpers.data, kws_helpers.features, kws_helpers.plotting, kws_helpers.check\n"
            "print([name for name in ('tensorflow', 'keras', 'numba', 'librosa', 'matplotlib', 'sklearn', 'pandas') "
            "if name in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tensorflow_says_nothing_after_the_helpers_were_imported():
    code = ("import kws_helpers, keras, numpy\n"
            "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
            "model.compile(loss='mse'); model.fit(numpy.zeros((4, 3)), numpy.zeros((4, 2)), verbose=0)")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


STAGES = ["building", "intake", "similarity", "running", "judging", "judge", "nbgrader_config", "grading", "reporting",
          "adapters"]
"""The parts of `autograder` in the order in which they may import one another; others may import them all."""


def stage_of(module):
    name = (*module.split("."), "")[1].replace("exercises", "judging")  # which loads them, and which they use
    return STAGES.index(name) if name in STAGES else len(STAGES)


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_stage_imports_a_later_one():
    for path in sorted((ROOT / "autograder").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for imported in imported_modules(path):
            if imported.startswith("autograder.") and "lessons" not in path.parts:
                assert stage_of(imported) <= stage_of(module), (module, imported)


def test_every_module_says_what_it_is():
    for folder in ("kws_helpers", "autograder", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.parent.name != "lessons" and path.read_text().strip():
                assert ast.get_docstring(ast.parse(path.read_text())), path


def test_no_stray_files():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {Path(one).parts[0] for one in tracked} >= {"notebooks", "solutions", "kws_helpers", "autograder", "docs"}
    assert not [one for one in tracked if one.endswith((".pyc", ".db")) or ".ipynb_checkpoints" in one]
