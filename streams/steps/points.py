"""A folded window → a point: eta, its uncertainty, its quality and the reasons for it."""

from __future__ import annotations

from math import isfinite, nan

from calc.asset_type import Bound, Integrals
from schemas.point import Point, PointQuality
from schemas.site import Window
from streams.plan import AssetPlan
from streams.steps.panes import MOMENTS, Layout
from streams.steps.uncertainty import eta_u95

FULL_COVERAGE = 0.9
STEADY_ENOUGH = 0.5
DOUBTFUL = ("uncertain_input:", "out_of_range:", "impossible_state:", "substituted_input:")


def make_point(
    plan: AssetPlan, layout: Layout, window: Window, end_us: int, row: list[float], bits: int, revision: int = 0
) -> Point:
    """The point of one window; `row` are the folded columns in the order of `layout`."""
    sums = dict(
        zip(
            ("covered_us", "integrated_us", "steady_us", "off_us", "excluded_us", "samples", *layout.rates, *MOMENTS),
            row,
            strict=False,
        )
    )
    integrals = _integrals(layout, sums)
    coverage = sums["covered_us"] / window.length_us
    found = layout.reasons(bits, plan.labels)
    reasons, eta = _judge_existence(plan, sums, coverage, integrals, found)
    finite = "not_finite" not in reasons
    uncertainty = _uncertainty(plan, layout, eta, integrals, sums, row) if eta is not None else None
    bound = plan.model.bound(integrals) if eta is not None else None
    if bound is not None and _is_beyond(bound, eta, uncertainty):
        reasons.append(bound.reason)
    if sums["integrated_us"] > 0 and sums["steady_us"] < STEADY_ENOUGH * sums["integrated_us"]:
        reasons.append("unsteady")
    return Point(
        asset=plan.asset.id,
        type=plan.asset.type,
        window=window.name,
        length_s=window.length_us / 1e6,
        window_start_us=end_us - window.length_us,
        window_end_us=end_us,
        revision=revision,
        eta=eta,
        eta_u95=uncertainty,
        energy_in_j=integrals.energy_in_j if finite else None,
        energy_out_j=integrals.energy_out_j if finite else None,
        losses_j={name: joules for name, joules in integrals.losses_j.items() if joules != 0.0 and isfinite(joules)},
        residual_j=integrals.residual_j if finite else None,
        values=plan.model.values(integrals) if sums["integrated_us"] > 0 and finite else {},
        coverage=coverage,
        steady_fraction=sums["steady_us"] / sums["integrated_us"] if sums["integrated_us"] > 0 else None,
        quality=_quality(eta, coverage, reasons, bound),
        reasons=reasons,
        method=plan.model.method,
        provenance=plan.provenance,
    )


def _integrals(layout: Layout, sums: dict[str, float]) -> Integrals:
    residual = sums["residual"]
    return Integrals(
        duration_s=sums["integrated_us"] / 1e6,
        energy_in_j=sums["energy_in"],
        energy_out_j=sums["energy_out"],
        losses_j={name[5:]: sums[name] for name in layout.rates if name.startswith("loss:")},
        residual_j=residual if isfinite(residual) else None,
        sums={name[4:]: sums[name] for name in layout.rates if name.startswith("sum:")},
    )


def _judge_existence(
    plan: AssetPlan, sums: dict[str, float], coverage: float, integrals: Integrals, found: list[str]
) -> tuple[list[str], float | None]:
    """The reasons so far, and eta where there is one."""
    reasons: list[str] = []
    absent = sums["integrated_us"] <= 0
    if absent and sums["off_us"] > 0:
        reasons.append(plan.model.type.off_reason)
    if absent and sums["excluded_us"] > 0:
        reasons.append("excluded")
    if absent and "not_running" in found and "not_running" not in reasons:
        reasons.append("not_running")
    if coverage < plan.asset.min_coverage:
        reasons.append("coverage")
    energies = (integrals.energy_in_j, integrals.energy_out_j)
    eta = integrals.energy_out_j / integrals.energy_in_j if integrals.energy_in_j else nan
    undefined = not all(isfinite(joules) for joules in energies) or (not absent and not isfinite(eta))
    if undefined or (absent and "not_finite" in found):
        reasons.append("not_finite")
    if "internal_error" in found:
        reasons.append("internal_error")
    null = absent or bool(reasons)
    reasons += [reason for reason in found if ":" in reason]
    return reasons, None if null else eta


def _uncertainty(
    plan: AssetPlan, layout: Layout, eta: float, integrals: Integrals, sums: dict[str, float], row: list[float]
) -> float | None:
    limits = []
    for position, name in enumerate(plan.model.names):
        if name in layout.sensitive:
            at = layout.sensitivity(name)
            limits.append((row[at], row[at + 1], plan.calibration_groups[position] or f"input:{name}"))
    moments = {name: sums[name] for name in MOMENTS}
    return eta_u95(eta, integrals.energy_in_j, limits, moments, integrals.duration_s, sums["samples"])


def _is_beyond(bound: Bound, eta: float | None, uncertainty: float | None) -> bool:
    if eta is None:
        return False
    return eta - (uncertainty or 0.0 if bound.beyond_uncertainty else 0.0) > bound.eta


def _quality(eta: float | None, coverage: float, reasons: list[str], bound: Bound | None) -> PointQuality:
    if eta is None:
        return "BAD"
    doubtful = any(reason.startswith(DOUBTFUL) for reason in reasons) or (bound is not None and bound.reason in reasons)
    return "UNCERTAIN" if doubtful or coverage < FULL_COVERAGE else "GOOD"
