"""A point of the pipeline against the oracle's."""

from __future__ import annotations

from math import isclose

from schemas.point import Point
from tests.oracle.windows import PlainPoint

Key = tuple[str, int]


def differences(point: Point, plain: PlainPoint) -> list[str]:
    """What the pipeline says otherwise; sums may differ by the rounding of another order of adding."""
    pairs: list[tuple[str, object, object]] = [
        ("coverage", point.coverage, plain.coverage),
        ("quality", point.quality, plain.quality),
        ("reasons", {reason for reason in point.reasons if reason != "unsteady"}, plain.reasons),
        ("losses", set(point.losses_j), set(plain.losses_j)),
    ]
    numbers = [
        ("eta", point.eta, plain.eta),
        ("energy_in_j", point.energy_in_j, plain.energy_in_j),
        ("energy_out_j", point.energy_out_j, plain.energy_out_j),
        ("residual_j", point.residual_j, plain.residual_j),
        *((name, point.losses_j.get(name), plain.losses_j.get(name)) for name in plain.losses_j),
    ]
    scale = max(abs(plain.energy_in_j or 0.0), abs(plain.energy_out_j or 0.0))
    found = [f"{name}: {ours!r}, expected {theirs!r}" for name, ours, theirs in pairs if ours != theirs]
    unlike = [item for item in numbers if not same(item[1], item[2], scale)]
    return found + [f"{name}: {ours!r}, expected {theirs!r}" for name, ours, theirs in unlike]


def same(ours: float | None, theirs: float | None, scale: float) -> bool:
    """Equal but for rounding, or both null."""
    if ours is None or theirs is None:
        return ours is theirs
    return isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9 * scale)


def by_key(points: list[Point]) -> dict[Key, Point]:
    """Points by window and end."""
    return {(point.window, point.window_end_us): point for point in points}


def complaints(points: list[Point], plain: list[PlainPoint]) -> list[str]:
    """Every disagreement between the two lists of points; none twice, none missing, none too many."""
    ours, theirs = by_key(points), {(point.window, point.end_us): point for point in plain}
    found = [f"missing {key}" for key in theirs.keys() - ours.keys()]
    found += [f"too many {key}: {ours[key]}" for key in ours.keys() - theirs.keys()]
    for key in sorted(ours.keys() & theirs.keys(), key=lambda key: (key[1], key[0])):
        found += [f"{key}: {difference}" for difference in differences(ours[key], theirs[key])]
    return found
