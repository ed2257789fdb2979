"""What a calculation's method is and where it comes from: the words of the code that computes it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import msgspec

from calc import water
from calc.asset_types import ASSET_TYPES

_SOURCE = re.compile(r"Source: (.*?)(?=\sValid for|\n\n|\Z)", re.DOTALL)


class Method(msgspec.Struct, frozen=True):
    """`name` as in a point; `text` with its formulas; `sources` of it and of what it stands on."""

    name: str
    description: str
    text: str
    sources: tuple[str, ...]


def method_of(kind: str, name: str) -> Method:
    """The method of an asset type."""
    rates = ASSET_TYPES[kind].rates
    module = sys.modules[rates.__module__]
    texts = [inspect.cleandoc(found.__doc__ or "") for found in (module, *_stands_on(module))]
    sources = [" ".join(source.split()) for text in texts for source in _SOURCE.findall(text)]
    if vars(module).get("water") is water:
        sources.append((water.__doc__ or "").split(",", maxsplit=1)[0])
    return Method(name, ASSET_TYPES[kind].description, texts[0], tuple(dict.fromkeys(sources)))


def _stands_on(module: ModuleType) -> Iterator[ModuleType]:
    """The calculation's other modules whose functions this one uses."""
    names = dict.fromkeys(getattr(member, "__module__", "") or "" for member in vars(module).values())
    for name in names:
        if name.startswith("calc.") and name != module.__name__ and name in sys.modules:
            yield sys.modules[name]
