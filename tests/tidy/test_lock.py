"""The lock file: every dependency by hash, from whatever index the machine uses, and as pyproject.toml asks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PINNED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+).* --hash=sha256:[0-9a-f]{64}")


def asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(line) for lines in (project["dependencies"], *extras) for line in lines]


def entries(lock: str) -> list[str]:
    plain = re.sub(r"(?m)#.*$", "", lock).replace("\\\n", " ")
    return [line.strip() for line in plain.splitlines() if line.strip()]


def breaches(lock: str, asked: list[Requirement]) -> Iterator[str]:
    versions: dict[str, str] = {}
    for entry in entries(lock):
        if "://" in entry or entry.startswith("-"):
            yield f"says where packages come from: {entry}"
        elif pin := PINNED.match(entry):
            versions[canonicalize_name(pin["name"])] = pin["version"]
        else:
            yield f"not pinned by hash: {entry}"
    for wish in asked:
        version = versions.get(canonicalize_name(wish.name))
        if version is None or version not in wish.specifier:
            yield f"asked for {wish}, locked {version}: run make lock"


def test_the_lock_answers_pyproject() -> None:
    assert list(breaches(LOCK, asked_for())) == []


@pytest.mark.parametrize(
    ("lock", "breach"),
    [
        (LOCK + "left-pad==1.0\n", "not pinned by hash: left-pad==1.0"),
        ("--index-url https://somewhere/simple\n" + LOCK, "says where packages come from"),
        (LOCK + "left-pad @ https://somewhere/left-pad.whl\n", "says where packages come from"),
        (LOCK.replace("faust-streaming==0.15.3", "faust-streaming==0.15.2"), "locked 0.15.2"),
        (LOCK.replace("\nmsgspec==", "\nmsgspec-like=="), "locked None"),
    ],
)
def test_a_breach_of_the_lock_is_found(lock: str, breach: str) -> None:
    found = list(breaches(lock, asked_for()))
    assert len(found) == 1
    assert breach in found[0]
