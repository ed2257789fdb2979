"""Primary elements in pipes: coefficients, expansibility, flow and pressure loss, onto `calc.flow`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from calc import flow
from tests.standards.cases import Case

TAPS: Mapping[str, flow.Taps] = {"flange": "flange", "corner": "corner", "d": "D and D/2", "d and d/2": "D and D/2"}
ELEMENTS: tuple[tuple[str, flow.Primary], ...] = (
    ("isa 1932", "ISA 1932 nozzle"),
    ("long radius", "long radius nozzle"),
    ("venturi nozzle", "venturi nozzle"),
    ("venturi", "venturi tube"),
    ("nozzle", "ISA 1932 nozzle"),
)


def answer(case: Case) -> Mapping[str, object]:
    """What the geometry and the flow, or the pressures, tell."""
    given = case.given
    D = case.number("D")
    beta = case.number("beta", default=0.0) or case.number("d", "Do", "D2") / D
    d, primary = beta * D, _primary(case)
    taps = TAPS[str(given.get("taps", "flange")).lower()]
    found: dict[str, object] = {"beta": beta, "approach_factor": flow.approach_factor(beta)}
    if case.has("m", "mu") or case.has("Re"):
        Re = np.asarray(case.number("Re")) if case.has("Re") else flow.reynolds(case.number("m"), D, case.number("mu"))
        orifice = primary == "orifice"
        found["C"] = flow.discharge_coefficient(beta, Re, D, taps) if orifice else _nozzle(beta, Re, primary)
    if case.has("p1", "p2"):
        found |= _of_pressures(case, D, d, primary, taps)
    elif case.has("dp") and case.has("rho", "C"):
        parts = (D, d, case.number("dp"), case.number("rho"), case.number("C"), case.number("epsilon", default=1.0))
        found["m"] = flow.mass_flow(*parts)
    return found | _compensated(case)


def _of_pressures(case: Case, D: float, d: float, primary: flow.Primary, taps: flow.Taps) -> dict[str, object]:
    p1, p2, beta = case.number("p1"), case.number("p2"), d / D
    found: dict[str, object] = {}
    epsilon: object = case.number("epsilon", default=1.0)
    if case.has("k") and not case.has("epsilon"):
        epsilon = found["epsilon"] = flow.expansibility(beta, p1, p2, case.number("k"), primary)
    if case.has("C"):
        C = case.number("C")
        found["dp_loss"] = found["pressure_loss"] = flow.pressure_loss(beta, C, p1 - p2)
        found["K"] = flow.loss_coefficient(beta, C)
        if case.has("rho"):
            found["m"] = flow.mass_flow(D, d, p1 - p2, case.number("rho"), C, cast("float", epsilon))
    elif case.has("rho", "mu"):
        k = case.number("k") if case.has("k") else None
        found["m"] = flow.meter_mass_flow(D, d, p1, p2, case.number("rho"), case.number("mu"), k, primary, taps)
    return found


def _compensated(case: Case) -> dict[str, object]:
    if not case.has("rho", "rho_design"):
        return {}
    by = flow.compensated_dp_flow if case.says("differential", "orifice", "dp") else flow.compensated_volume_flow
    return {"m": by(case.number("m_indicated"), case.number("rho"), case.number("rho_design"))}


def _primary(case: Case) -> flow.Primary:
    text = f"{case.asset_type} {case.method}".lower()
    return next((primary for word, primary in ELEMENTS if word in text), "orifice")


def _nozzle(beta: float, Re: object, primary: flow.Primary) -> object:
    if primary == "venturi tube":
        return flow.VENTURI_C["machined"]
    return flow.nozzle_coefficient(beta, cast("float", Re), primary)
