"""What a calculation answers, and what is told of one that is on its way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from thermaliq.calculations.canonical import Canonical
from thermaliq.calculations.refusal import Refusal

Status = Literal["queued", "running", "done", "failed"]
_BASIS = re.compile(r"(?:^|[/_])(lhv|hhv)(?:$|/)")


class WarningItem(msgspec.Struct, frozen=True):
    """What deserves a look; `field` as `inputs.p_steam`, empty where it is about the whole."""

    code: str
    field: str
    detail: str


class Contribution(msgspec.Struct, frozen=True):
    """One input's part in eta's uncertainty: ∂eta/∂x per SI unit, and its share of the variance."""

    name: str
    sensitivity: float
    limit_si: float
    share: float


class Computed(msgspec.Struct, frozen=True):
    """What a worker process brings back."""

    eta: float | None
    eta_u95: float | None
    energy_in_w: float | None
    energy_out_w: float | None
    losses_w: dict[str, float]
    residual_w: float | None
    values: dict[str, float]
    contributions: list[Contribution]
    warnings: list[WarningItem]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A calculation: result, energy balance, what it stands on, and where it could not be kept."""

    id: str
    status: Literal["done"] = "done"
    type: str
    method: str
    basis: str | None
    eta: float | None
    eta_u95: float | None
    energy_in_w: float | None
    energy_out_w: float | None
    losses_w: dict[str, float]
    residual_w: float | None
    values: dict[str, float]
    inputs_si: dict[str, float]
    parameters_si: dict[str, float | str]
    defaults: dict[str, float | str]
    contributions: list[Contribution]
    warnings: list[WarningItem]
    not_stored: list[str]
    provenance: str
    cached: bool


class Job(msgspec.Struct, frozen=True):
    """A calculation that has no answer yet, or none at all: then `errors` say why."""

    id: str
    status: Literal["queued", "running", "done", "failed"]
    errors: list[Refusal] = msgspec.field(default_factory=list)


def answer_of(canonical: Canonical, computed: Computed, warnings: Sequence[WarningItem]) -> Answer:
    """The answer to a body; `warnings` are those of its reading."""
    basis = _BASIS.search(canonical.method)
    return Answer(
        id=canonical.id,
        type=canonical.type,
        method=canonical.method,
        basis=basis[1] if basis else None,
        eta=computed.eta,
        eta_u95=computed.eta_u95,
        energy_in_w=computed.energy_in_w,
        energy_out_w=computed.energy_out_w,
        losses_w=computed.losses_w,
        residual_w=computed.residual_w,
        values=computed.values,
        inputs_si=canonical.inputs_si,
        parameters_si=canonical.parameters_si,
        defaults={name: canonical.parameters_si[name] for name in canonical.defaults},
        contributions=computed.contributions,
        warnings=[*warnings, *computed.warnings],
        not_stored=[],
        provenance=canonical.provenance,
        cached=False,
    )
