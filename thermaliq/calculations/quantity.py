"""One value of a body, as `"40 bar(g)"` or `{value, unit, accuracy}`, in SI rounded to 12 significant digits."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

import msgspec

from calc.units import (
    ABSOLUTE_PRESSURE,
    PRESSURE_DIFFERENCE,
    TEMPERATURE,
    TEMPERATURE_DIFFERENCE,
    Unit,
    UnitError,
    dimension_of,
    parse_quantity,
    parse_unit,
    parse_unit_of_difference,
    same_dimension,
)
from thermaliq.calculations.refusal import CalculationRefused, refuse

GAUGE_ZERO_PA: Final = 101_325.0
"""What a gauge pressure counts from where no site says otherwise."""
_DIFFERENCES: Final = (PRESSURE_DIFFERENCE, TEMPERATURE_DIFFERENCE)


class QuantityForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value with its unit; `accuracy` is its 95 % limit, of the value (`"1 %"`) or absolute (`"0.5 K"`)."""

    value: float
    unit: str = "1"
    accuracy: str | None = None


Value = str | float | QuantityForm
"""How a value may be written; a bare number has no unit."""


@dataclass(frozen=True)
class Quantity:
    """A value as it is calculated with; `limit_si` is its 95 % limit, None where none is given."""

    si: float
    unit_si: str
    gauge: bool = False
    limit_si: float | None = None


def rounded(value: float) -> float:
    """To 12 significant digits, without a negative zero: what is equal in two units is the same number."""
    return float(f"{value:.11e}") + 0.0


def read_quantity(written: Value, wanted_si: str | None, field: str) -> Quantity:
    """The SI value; `wanted_si` None takes any dimension. CalculationRefused says what is wrong with it."""
    difference = wanted_si is not None and dimension_of(wanted_si) in _DIFFERENCES
    try:
        value, unit = _read(written, difference=difference)
        if wanted_si is not None and not same_dimension(unit.si, wanted_si):
            wanted = "a number without unit, or in %" if wanted_si == "1" else f"a value in {wanted_si} or the like"
            raise _refused("wrong_dimension", field, f"{unit.text} is a unit of {unit.dimension.name}", wanted, written)
        _check_absolute(value, unit, field, written)
        limit = _limit(written, value, unit, field)
    except UnitError as error:
        detail = error.detail.removesuffix(f": {error.fix}")
        raise _refused(error.code, field, detail, error.fix, written) from error
    return Quantity(rounded(value), unit.si, unit.gauge, None if limit is None else rounded(limit))


def _read(written: Value, *, difference: bool) -> tuple[float, Unit]:
    if isinstance(written, str):
        return parse_quantity(written, GAUGE_ZERO_PA, difference=difference)
    form = written if isinstance(written, QuantityForm) else QuantityForm(float(written))
    unit = parse_unit_of_difference(form.unit) if difference else parse_unit(form.unit)
    value = unit.to_si(form.value, GAUGE_ZERO_PA)
    if not isfinite(value):
        raise UnitError("bad_quantity", f"{form.value} {form.unit} is not finite in SI", "write a smaller number")
    return value, unit


def _check_absolute(value: float, unit: Unit, field: str, written: Value) -> None:
    """Below absolute zero or absolute vacuum there is no state."""
    if value < 0 and unit.dimension in (ABSOLUTE_PRESSURE, TEMPERATURE):
        fix = (
            "(g) counts from the barometer, (a) from vacuum" if unit.dimension == ABSOLUTE_PRESSURE else "mind the unit"
        )
        raise _refused("below_absolute_zero", field, f"is {value:g} {unit.si}, and there is none below 0", fix, written)


def _limit(written: Value, value: float, unit: Unit, field: str) -> float | None:
    """The 95 % limit in SI; `1 %` is of the value."""
    accuracy = written.accuracy if isinstance(written, QuantityForm) else None
    if accuracy is None:
        return None
    size, found = parse_quantity(accuracy, difference=True)
    relative = accuracy.rstrip().endswith("%")
    place = f"{field}.accuracy"
    if not relative and found.si.removesuffix("(d)") != unit.si.removesuffix("(d)"):
        wanted = f'of the value, as "1 %", or absolute in a unit like {unit.si}'
        raise _refused("wrong_dimension", place, f"{found.text} does not measure this", wanted, accuracy)
    if size < 0:
        raise _refused("bad_accuracy", place, "an accuracy is a size", "write it without a sign", accuracy)
    return size * abs(value) if relative else size


def _refused(code: str, field: str, detail: str, fix: str, written: Value) -> CalculationRefused:
    return CalculationRefused([refuse(code, field, detail, fix, msgspec.to_builtins(written))])
