"""Every path of a TOML document has its place, whatever way the document is written."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.site_text import Path, TextError, dotted, parse

keys = st.text(alphabet="ab_-9", min_size=1, max_size=3) | st.just("dotted.name") | st.just('quo"te')
scalars = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.text(alphabet="a \"'\\#]},\n=[{", max_size=6),
    st.floats(-9, 9),
    st.just(math.pi),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
documents = st.dictionaries(
    keys, values | st.lists(st.dictionaries(keys, values, max_size=3), min_size=1, max_size=3), max_size=4
)


@given(documents)
def test_every_path_of_a_document_has_the_value_written_there(document: dict[str, Any]) -> None:
    text = "\n".join(_tables(document, ()))

    parsed = parse(text)

    assert parsed.tables == document == tomllib.loads(text)
    for path, value in _paths(document):
        span = parsed.spans[path]
        if span.written:
            assert tomllib.loads(f"key = {span.written}")["key"] == value
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        assert _key(name) in text.split("\n")[span.line - 1] or isinstance(path[-1], int)


@given(documents, documents)
def test_a_line_is_counted_from_the_start_of_the_text(first: dict[str, Any], second: dict[str, Any]) -> None:
    upper = "\n".join(_tables({"upper": first}, ()))
    lower = "\n".join(_tables({"lower": second}, ()))

    place = parse(f"{upper}\n[marker]\n{lower}").spans["marker",]

    assert place.line == upper.count("\n") + 2


@pytest.mark.parametrize(
    ("text", "path", "line", "written"),
    [
        ("a.b.c = 1", ("a", "b", "c"), 1, "1"),
        ("[[s]]\n[[s.t]]\nid = 'x'\n[[s]]\n[[s.t]]\n[[s.t]]\nid = 'y' # why", ("s", 1, "t", 1, "id"), 7, "'y'"),
        ("[[s]]\n[s.clock]\nid = 2024-01-01 00:00:00Z", ("s", 0, "clock", "id"), 3, "2024-01-01 00:00:00Z"),
        ('w = [ { length = "5min" },\n # note ]\n { length = "1h" } ]', ("w", 1, "length"), 3, '"1h"'),
        ('a = """x\n"quoted\\"""""\nb = 2', ("b",), 3, "2"),
        ("a = '''x\n''''\nb = 2\r\nc = 3", ("c",), 4, "3"),
        ("\ufeff[site]\nid = 1", ("site", "id"), 2, "1"),
    ],
)
def test_each_way_of_writing_a_key_is_found(text: str, path: Path, line: int, written: str) -> None:
    document = parse(text)

    assert (document.line(path), document.written(path)) == (line, written)


def test_an_absent_key_stands_at_its_table() -> None:
    assert parse("\n[[s]]\n[[s.t]]\nid = 1").line(("s", 0, "t", 0, "unit")) == 3


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = = 2\n", 2), ("a = 1\na = 2\n", 2), ("x = 1\ny = [1,\n", 2)])
def test_text_that_is_no_toml_names_its_line(text: str, line: int) -> None:
    with pytest.raises(TextError) as raised:
        parse(text)

    assert raised.value.line == line


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted(("source", 0, "tag", 12, "unit")) == "source[0].tag[12].unit"


def _paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from _paths(inner, (*path, step))


def _tables(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """TOML by the longest way: headers for tables and for lists of tables, inline for what stands in lists."""
    for name, value in table.items():
        if not _is_tables(value) and not isinstance(value, dict):
            yield f"{_key(name)} = {_inline(value)}"
    for name, value in table.items():
        header = ".".join(_key(step) for step in (*path, name))
        if isinstance(value, dict):
            yield f"[{header}]"
            yield from _tables(value, (*path, name))
        elif _is_tables(value):
            for element in value:
                yield f"[[{header}]]"
                yield from _tables(element, (*path, name))


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(element, dict) for element in value)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else _text(name)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n ".join(_inline(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{escaped}"""' if "\n" in value else f'"{escaped}"'
