"""What pictures hold, read back from their bytes."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from typing import Any

import msgspec
from PIL import Image

from calc.example_states import EXAMPLES
from tests.fix_calculations import asked, example
from thermaliq.calculations.answer import Answer, answer_of
from thermaliq.calculations.compute import Refused, compute

DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"


def answered(kind: str, **inputs: Any) -> Answer:
    """A worked example, calculated; `inputs` as a body has them."""
    body = example(kind)
    body["inputs"] |= inputs
    request = asked(body)
    computed = compute(request.canonical)
    assert not isinstance(computed, Refused), computed
    return answer_of(request.canonical, computed, request.warnings)


def all_answers() -> list[Answer]:
    return [answered(kind) for kind in EXAMPLES]


def in_svg(content: bytes) -> Any:
    """The numbers that an SVG carries."""
    found = ET.fromstring(content).find(f".//{DESCRIPTION}")
    assert found is not None
    return msgspec.json.decode(found.text or "")


def in_png(content: bytes) -> Any:
    """The numbers that a PNG carries."""
    with Image.open(io.BytesIO(content)) as image:
        return msgspec.json.decode(str(image.info["Description"]))


def in_page(content: bytes, element: str = "description") -> Any:
    """JSON that lies in an element of a page."""
    found = re.search(rf'<script type="application/json" id="{element}">(.*?)</script>'.encode(), content)
    assert found is not None
    return msgspec.json.decode(found[1])


def scripts(content: bytes) -> list[bytes]:
    """What a page runs."""
    return re.findall(rb"<script>(.*?)</script>", content, re.DOTALL)
