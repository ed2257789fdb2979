"""The house rules hold for every file of the project, and each rule can fail."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.tidy import rules

ROOT = Path(__file__).resolve().parents[2]


def project_files() -> list[Path]:
    """What git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()})


FILES = project_files()
# what protoc wrote is not ours to shape
PRODUCTION = [f for f in FILES if f.parts[0] in rules.PACKAGES and f.suffix == ".py" and not f.stem.endswith("_pb2")]

Rule = Callable[[Path, Iterable[Path]], Iterable[str]]


def names(_root: Path, files: Iterable[Path]) -> Iterable[str]:
    return rules.empty_names(files)


@pytest.mark.parametrize(
    "rule",
    [
        rules.too_long,
        rules.long_functions,
        rules.broad_excepts,
        rules.unfinished,
        rules.silent_packages,
    ],
)
def test_production_code_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT, PRODUCTION)) == []


@pytest.mark.parametrize("rule", [names, rules.outside_names])
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT, FILES)) == []


def test_all_packages_are_looked_at() -> None:
    assert {file.parts[0] for file in PRODUCTION} == set(rules.PACKAGES)


@pytest.mark.parametrize(
    ("rule", "file", "text", "breach"),
    [
        (rules.too_long, "streams/store.py", "x = 1\n" * 351, "351 lines"),
        (rules.long_functions, "calc/boiler.py", "def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
        (names, "calc/utils.py", "", "says nothing"),
        (rules.broad_excepts, "calc/water.py", "try:\n    x = 1\nexcept Exception:\n    x = 2\n", "water.py:3"),
        (rules.broad_excepts, "calc/water.py", "try:\n    x = 1\nexcept (OSError, BaseException):\n    x = 2\n", ":3"),
        (rules.broad_excepts, "calc/water.py", "try:\n    x = 1\nexcept:\n    x = 2\n", "catches everything"),
        (rules.unfinished, "calc/water.py", "x = 1  # TODO\n", "water.py:1"),
        (rules.unfinished, "calc/water.py", "raise NotImplementedError\n", "unfinished"),
        (rules.outside_names, "requirements.lock", "--index-url https://" + "pypi" + ".org/simple\n", "registry"),
        (rules.outside_names, "deploy/setup.sh", "curl https://" + "repo" + ".maven/x.jar\n", "registry"),
        (rules.outside_names, "README.md", "cd /" + "work/main\n", "path of one machine"),
        (rules.silent_packages, "calc/water.py", "", "calc: its __init__.py"),
    ],
)
def test_the_rule_finds_a_breach(rule: Rule, file: str, text: str, breach: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    found = list(rule(tmp_path, [Path(file)]))
    assert len(found) == 1
    assert breach in found[0]


def test_the_guard_and_the_supervisor_may_catch_everything(tmp_path: Path) -> None:
    for file in rules.MAY_CATCH_ALL:
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text("try:\n    x = 1\nexcept Exception:\n    x = 2\n")
    assert list(rules.broad_excepts(tmp_path, rules.MAY_CATCH_ALL)) == []
