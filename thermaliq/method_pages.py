"""The method pages `docs/methods/`: one of each asset type, from its metadata, its module's docstring and its example.

Formula, source and validity stand in the docstring of the module that holds the type's rates; symbols and units in the
type itself; the worked example is computed. The pages are committed: a test compares them, `make docs` writes them.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from types import ModuleType

from calc.asset_type import AssetType, Input, Parameter
from calc.asset_types import ASSET_TYPES
from calc.example_states import EXAMPLES
from calc.worked_example import HELD_S, Worked, example_type, work

MADE = "<!-- made by `make docs`; change the code, not this file -->"


def method_pages() -> dict[str, str]:
    """File name below `docs/methods/` → text."""
    pages = {f"{name}.md": method_page(kind) for name, kind in ASSET_TYPES.items()}
    pages["README.md"] = _index(ASSET_TYPES.values())
    return pages


def method_page(kind: AssetType) -> str:
    """The page of one type."""
    module = inspect.getmodule(kind.rates)
    assert module is not None  # noqa: S101
    sections = [
        f"# {kind.name}",
        MADE,
        kind.description,
        "## Method",
        _docstring(module),
        *_inputs(kind),
        *_parameters(kind.parameters),
        *_results(kind),
        *_example(kind.name),
        *_functions(module),
    ]
    return "\n\n".join(sections) + "\n"


def write(folder: Path) -> list[str]:
    """Write the pages that differ, take away those of no type; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = method_pages()
    changed = [name for name, text in pages.items() if _read(folder / name) != text]
    for name in changed:
        (folder / name).write_text(pages[name], encoding="utf-8")
    stale = [path for path in folder.glob("*.md") if path.name not in pages]
    for path in stale:
        path.unlink()
    return changed + [path.name for path in stale]


def _index(kinds: Iterable[AssetType]) -> str:
    rows = [(f"[{kind.name}]({kind.name}.md)", kind.description) for kind in kinds]
    text = "One page of each asset type: formula, symbols, source, validity, inputs, a worked example."
    return "\n\n".join(["# Methods", MADE, text, _table(("type", "what it is"), rows)]) + "\n"


def _docstring(module: ModuleType) -> str:
    """The module's docstring; its formulas become code blocks."""
    paragraphs = re.split(r"\n{2,}", inspect.cleandoc(module.__doc__ or ""))
    return "\n\n".join(f"```text\n{inspect.cleandoc(part)}\n```" if _is_formula(part) else part for part in paragraphs)


def _is_formula(paragraph: str) -> bool:
    """Indented, or equations alone: a formatter takes the indent away where nothing follows them."""
    return paragraph.startswith("    ") or all(" = " in line for line in paragraph.splitlines())


def _inputs(kind: AssetType) -> list[str]:
    rows = [(f"`{item.name}`", _unit(item.unit), _need(item), item.description) for item in kind.inputs]
    if not rows:
        return ["## Inputs", "Those that its expressions name."]
    text = (
        f"Where `{kind.driver}` is at or below `{kind.cutoff}` the machine is off: that time is covered but not "
        f"integrated, and a window without other time has no eta, reason `{kind.off_reason}`."
    )
    return ["## Inputs", _table(("input", "unit", "", "what it is"), rows), text]


def _need(item: Input) -> str:
    if not item.required:
        return "optional"
    instead = " and ".join(f"`{name}`" for name in item.alternatives)
    return f"required, or {instead}" if instead else "required"


def _parameters(parameters: Sequence[Parameter]) -> list[str]:
    rows = [(f"`{item.name}`", _kind_of(item), _default(item), _limits(item), item.description) for item in parameters]
    return ["## Parameters", _table(("parameter", "unit or words", "default", "limits", "what it is"), rows)]


def _kind_of(item: Parameter) -> str:
    if item.unit is not None:
        return item.unit + (", also a tag" if item.may_be_input else "")
    return " ".join(f"`{word}`" for word in item.choices) or "text"


def _default(item: Parameter) -> str:
    if item.default is None:
        return "required" if item.required else ""
    return f"`{item.default}`" if isinstance(item.default, str) else f"{item.default:g}"


def _limits(item: Parameter) -> str:
    lower, upper = ("" if limit is None else f"{limit:g}" for limit in (item.lower, item.upper))
    return f"{lower} … {upper}".strip() if lower or upper else ""


def _results(kind: AssetType) -> list[str]:
    parts = ["## Results"]
    for title, quantities in (("Losses, J in a point:", kind.losses), ("`values` of a point:", kind.values_out)):
        rows = [(f"`{item.name}`", _unit(item.unit), item.description) for item in quantities]
        if rows:
            parts += [title, _table(("name", "unit", "what it is"), rows)]
    return parts


def _example(name: str) -> list[str]:
    """The example's state, parameters and what comes of it."""
    example, worked = EXAMPLES[name], work(name)
    units = {item.name: item.unit for item in example_type(name).inputs}
    units |= {item.name: item.unit or "" for item in ASSET_TYPES[name].parameters}
    given = {**example.inputs, **example.parameters}
    rows = [(f"`{key}`", _value(value), _unit(units[key])) for key, value in given.items()]
    text = f"The state below, held for {HELD_S:g} s; method `{worked.method}`."
    outcome = _table(("result", "value", "unit"), _outcome(name, worked))
    return ["## Worked example", text, _table(("given", "value", "unit"), rows), outcome]


def _outcome(name: str, worked: Worked) -> list[tuple[str, str, str]]:
    kind = ASSET_TYPES[name]
    units = {item.name: item.unit for item in kind.values_out}
    rows = [
        ("**eta**", _value(worked.eta), "1"),
        ("energy in", _value(worked.energy_in_w), "W"),
        ("energy out", _value(worked.energy_out_w), "W"),
    ]
    rows += [(f"loss `{key}`", _value(loss), "W") for key, loss in worked.losses_w.items() if isfinite(loss)]
    rows.append(("residual", "not known" if worked.residual_w is None else _value(worked.residual_w), "W"))
    rows += [(f"`{key}`", _value(value), _unit(units[key])) for key, value in worked.values.items()]
    if worked.bound is not None:
        rows.append((f"bound `{worked.bound[0]}`", _value(worked.bound[1]), "1"))
    return rows


def _functions(module: ModuleType) -> list[str]:
    """The public functions beside the type's own, by their first lines."""
    own = {"rates", "values", "bound", "check", "method"}
    members: Mapping[str, object] = vars(module)
    rows = [
        (f"`{module.__name__}.{name}`", inspect.cleandoc(member.__doc__ or "").split("\n")[0])
        for name, member in members.items()
        if inspect.isfunction(member)
        and member.__module__ == module.__name__
        and not name.startswith("_")
        and name not in own
    ]
    return ["## Functions", _table(("function", "what it gives"), rows)] if rows else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _value(value: float | str | None) -> str:
    return f"`{value}`" if isinstance(value, str) else f"{value:.6g}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> int:
    """Write the pages of this checkout."""
    for name in write(Path(__file__).parents[1] / "docs" / "methods"):
        sys.stdout.write(f"docs/methods/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
