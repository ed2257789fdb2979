"""What pushed readings are checked with: the sites' push sources, and the units of `calc`."""

from __future__ import annotations

from collections.abc import Iterable

from calc.units import parse_unit, same_dimension
from connectors.push.router import Router
from schemas.site import Conversion, Site


def conversion_of(unit: str, unit_si: str, barometer_pa: float) -> Conversion | None:
    """What makes SI of a value in `unit`; None where that is no unit, or not one of the tag's dimension."""
    try:
        given = parse_unit(unit)
        fits = same_dimension(given.si, unit_si)
    except ValueError:
        return None
    return Conversion(factor=given.factor, shift=given.shift_si(barometer_pa)) if fits else None


def make_router(sites: Iterable[Site]) -> Router:
    """The router of pushed readings of `sites`."""
    return Router(sites, conversion_of)
