"""Why a calculation is refused: what was wrong, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from schemas.errors import RefusedError

VALUE_CHARACTERS_MAX: Final = 200


class Refusal(msgspec.Struct, frozen=True):
    """One thing that is wrong with a body; `value` as it was given, `field` as `inputs.p_steam`."""

    code: str
    field: str
    detail: str
    fix: str = ""
    value: Any = None


class CalculationRefused(RefusedError):  # noqa: N818 - a refusal is no failure of ours
    """The body has no answer; carries everything that is wrong with it, not just the first."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals[0].code, "; ".join(_said(refusal) for refusal in refusals))
        self.refusals = tuple(refusals)


def refuse(code: str, field: str, detail: str, fix: str = "", value: object = None) -> Refusal:
    """A refusal under the calculation's codes, a long value cut short."""
    shown = value[:VALUE_CHARACTERS_MAX] if isinstance(value, str) else value
    return Refusal(f"calculation.{code}", field, detail, fix, shown)


def _said(refusal: Refusal) -> str:
    place = f"{refusal.field}: " if refusal.field else ""
    fix = f": {refusal.fix}" if refusal.fix else ""
    return f"{place}{refusal.detail}{fix}"
