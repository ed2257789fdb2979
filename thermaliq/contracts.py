"""The contracts that others build against, made from the code: JSON Schemas, the asset types, the AsyncAPI document.

They are committed under `schemas/`; a test compares them, `make docs` writes them anew.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final, get_args

import msgspec

from calc.asset_type import AssetType
from calc.asset_types import ASSET_TYPES
from schemas import codec
from schemas.alarm import Alert
from schemas.command import Command
from schemas.dead_letter import Stage
from schemas.gap import Gap
from schemas.point import PLAIN_REASONS, TAGGED_REASONS, Point
from schemas.reading import READINGS_MAX, ReadingBatch
from schemas.site_form import SiteFileForm
from thermaliq.asyncapi import asyncapi
from thermaliq.yaml_text import yaml_text

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
RECORDS: Final[Mapping[str, tuple[Any, str]]] = {
    "reading_batch": (ReadingBatch, codec.READING_BATCH),
    "command": (Command, codec.COMMAND),
    "point": (Point, codec.POINT),
    "alert": (Alert, codec.ALERT),
    "gap": (Gap, codec.GAP),
    "site": (SiteFileForm, "site/1"),
}
"""File → type and the schema's name in the record's header."""


def contracts() -> dict[str, str]:
    """Path below `schemas/` → text of every generated file."""
    files = {f"json/{name}.json": _json(record_schema(kind, title)) for name, (kind, title) in RECORDS.items()}
    files["json/dead_letter.json"] = _json(dead_letter_headers())
    files["json/asset_types.json"] = _json({"items": asset_types(ASSET_TYPES.values())})
    files["asyncapi.yaml"] = "# made by `make docs`; change the code, not this file\n" + yaml_text(asyncapi())
    return files


def record_schema(kind: Any, title: str) -> dict[str, Any]:
    """The JSON Schema of one record."""
    schema = {"$schema": DIALECT, "title": title, **msgspec.json.schema(kind)}
    definitions = schema["$defs"]
    for definition in definitions.values():
        definition["description"] = inspect.cleandoc(definition["description"])
    if "ReadingBatch" in definitions:
        definitions["ReadingBatch"]["properties"]["readings"]["maxItems"] = READINGS_MAX
    if "Point" in definitions:
        definitions["Point"]["properties"]["reasons"]["items"] = {"type": "string", "pattern": reason_pattern()}
    return schema


def reason_pattern() -> str:
    """The closed list of a point's reasons."""
    return f"^({'|'.join(PLAIN_REASONS)}|({'|'.join(TAGGED_REASONS)}):[A-Za-z0-9_]+)$"


def dead_letter_headers() -> dict[str, Any]:
    """The headers of a dead letter; its key and value are those of the record that failed, byte for byte."""
    number = {"type": "string", "pattern": "^[0-9]+$"}
    properties: dict[str, Any] = {
        "code": {"type": "string", "description": "Why, from a bounded list."},
        "stage": {"enum": list(get_args(Stage))},
        "topic": {"type": "string", "description": "Where the record stood; of a connector, the payload's topic."},
        "partition": number,
        "offset": number,
        "failures": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "description": "Indices of the readings that failed; absent: the whole record.",
        },
        "detail": {"type": "string", "description": "The reason in words."},
    }
    required = ["code", "stage", "topic", "partition", "offset"]
    description = inspect.cleandoc(dead_letter_headers.__doc__ or "")
    return {
        "$schema": DIALECT,
        "title": "dead_letter/1",
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
    }


def asset_types(types: Iterable[AssetType]) -> list[dict[str, Any]]:
    """What each asset type takes and gives; also the answer of `GET /asset-types`."""
    return [
        {
            "type": kind.name,
            "description": kind.description,
            "inputs": [asdict(item) for item in kind.inputs],
            "parameters": [asdict(item) for item in kind.parameters],
            "losses": [asdict(item) for item in kind.losses],
            "values": [asdict(item) for item in kind.values_out],
            "driver": kind.driver,
            "cutoff": kind.cutoff,
            "off_reason": kind.off_reason,
        }
        for kind in types
    ]


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
