"""The house rules as functions: given files, they return one line for each breach."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("connectors", "streams", "calc", "schemas", "thermaliq")
MAX_FILE_LINES = 350
MAX_FUNCTION_LINES = 60
EMPTY_NAMES = {"utils", "helpers", "common", "base", "manager", "core", "misc"}
MAY_CATCH_ALL = {Path("streams/guard.py"), Path("connectors/supervisor.py")}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
# the names of hosts are never spelled here either
REGISTRY = re.compile(
    r"\b(pypi|pythonhosted|npmjs|debian|golang|crates)\.(org|com|io)/|\brepo1?\.maven|\b(proxy|static)\.(golang|crates)"
    r"|\b(deb|security|snapshot)\.debian|\b(files|upload|test)\.(pypi|pythonhosted)|\bregistry\.npmjs"
)
MACHINE_PATH = re.compile(r"(?<![\w.$}-])/(work|root)/")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        lines = len((root / file).read_text().splitlines())
        if lines > MAX_FILE_LINES:
            yield f"{file}: {lines} lines, {MAX_FILE_LINES} at most"


def long_functions(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for file, node in nodes(root, files):
        if isinstance(node, Function) and (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES:
            yield f"{file}:{node.lineno}: {node.name} has {lines} lines, {MAX_FUNCTION_LINES} at most"


def empty_names(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        if file.suffix == ".py" and file.stem in EMPTY_NAMES:
            yield f"{file}: a name that says nothing"


def broad_excepts(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for file, node in nodes(root, files):
        if isinstance(node, ast.ExceptHandler) and file not in MAY_CATCH_ALL and catches_all(node.type):
            yield f"{file}:{node.lineno}: catches everything"


def catches_all(caught: ast.expr | None) -> bool:
    match caught:
        case None:
            return True
        case ast.Tuple(elts=kinds):
            return any(catches_all(kind) for kind in kinds)
        case ast.Name(id=name):
            return name in {"Exception", "BaseException"}
    return False


def unfinished(root: Path, files: Iterable[Path]) -> Iterator[str]:
    yield from matches(root, files, UNFINISHED, "unfinished")


def outside_names(root: Path, files: Iterable[Path]) -> Iterator[str]:
    yield from matches(root, files, REGISTRY, "names a registry host")
    yield from matches(root, files, MACHINE_PATH, "names a path of one machine")


def silent_packages(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for folder in sorted({file.parent for file in files}):
        init = root / folder / "__init__.py"
        if not init.exists() or not ast.get_docstring(ast.parse(init.read_text())):
            yield f"{folder}: its __init__.py does not say what it is"


def nodes(root: Path, files: Iterable[Path]) -> Iterator[tuple[Path, ast.AST]]:
    for file in files:
        for node in ast.walk(ast.parse((root / file).read_text())):
            yield file, node


def matches(root: Path, files: Iterable[Path], pattern: re.Pattern[str], breach: str) -> Iterator[str]:
    for file in files:
        for number, line in enumerate((root / file).read_text(errors="replace").splitlines(), start=1):
            if found := pattern.search(line):
                yield f"{file}:{number}: {breach}: {found[0]}"
