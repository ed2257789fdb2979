"""Units of the plant to SI and back; strict: a pressure says (a), (g) or (d), a normal volume its reference.

The registry is a table of our own: a general library accepts `bar` for a pressure and knows no normal cubic metre.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite

from calc import unit_table as table
from calc.errors import CalcError

NORMAL_T_K = 273.15
NORMAL_P_PA = 101325.0
_LONGEST = 80
_MOST_POWER = 9
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$", re.DOTALL)
_NAMES = sorted(table.ATOMS, key=len, reverse=True)
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[/()*·])|(?P<name>" + "|".join(map(re.escape, _NAMES)) + r")(?![A-Za-z%])(?:\^?(?P<power>-?\d))?)"
)
_PRESSURE = re.compile(
    "(" + "|".join(map(re.escape, sorted(table.PRESSURES, key=len, reverse=True))) + r")\s*(?:\(([agd])\)|([agd]))?"
)
_TEMPERATURE = re.compile("(" + "|".join(table.TEMPERATURES) + r")\s*(\(d\))?")
_REFERENCE = re.compile(r"(.*[^\s])\s*\(([^(),]+),((?:[^(),]|\([ag]\))+)\)", re.DOTALL)


class UnitError(CalcError):
    """A unit or quantity that cannot be read; `fix` says what to write instead."""

    def __init__(self, code: str, detail: str, fix: str) -> None:
        super().__init__(code, f"{detail}: {fix}")
        self.fix = fix


@dataclass(frozen=True)
class Dimension:
    """What a unit measures; `name` keeps apart what exponents cannot (temperature and its difference)."""

    name: str
    exponents: table.Exponents


@dataclass(frozen=True)
class Unit:
    """SI = value · factor + shift (+ the barometer, where `gauge`).

    text : as written. si : text of the SI unit of the same dimension.
    """

    text: str
    dimension: Dimension
    si: str
    factor: float
    shift: float = 0.0
    gauge: bool = False

    def shift_si(self, gauge_zero_pa: float | None = None) -> float:
        """What is added after the factor, the barometer `gauge_zero_pa` in it; UnitError where that is missing."""
        if not self.gauge:
            return self.shift
        if gauge_zero_pa is None:
            raise UnitError("missing_barometer", f"{self.text} needs the barometer", "state the atmospheric pressure")
        return self.shift + gauge_zero_pa

    def to_si(self, value: float, gauge_zero_pa: float | None = None) -> float:
        """The SI value of `value` in this unit."""
        return value * self.factor + self.shift_si(gauge_zero_pa)

    def from_si(self, value_si: float, gauge_zero_pa: float | None = None) -> float:
        """The value in this unit of an SI value."""
        return (value_si - self.shift_si(gauge_zero_pa)) / self.factor


ABSOLUTE_PRESSURE = Dimension("absolute pressure", table.PRESSURE)
PRESSURE_DIFFERENCE = Dimension("pressure difference", table.PRESSURE)
TEMPERATURE = Dimension("temperature", table.TEMPERATURE)
TEMPERATURE_DIFFERENCE = Dimension("temperature difference", table.TEMPERATURE)


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """The unit that `text` names; UnitError with the nearest known one where there is none."""
    plain = _plain(text)
    return _pressure(text, plain) or _temperature(text, plain) or _compound(text, plain)


def parse_quantity(text: str, gauge_zero_pa: float | None = None, *, difference: bool = False) -> tuple[float, Unit]:
    """SI value and unit of `40 bar(g)`; `difference`: of a span or an accuracy, as `2 K`, `2 degC` and `0.1 bar`.

    Raises UnitError for what is no finite number with a unit, and for a gauge pressure without `gauge_zero_pa`.
    """
    match = _NUMBER.fullmatch(text.replace("−", "-"))
    if match is None or not isfinite(number := float(match[1])):
        raise UnitError("bad_quantity", f"{text!r} is no quantity", "write a number and a unit, as 40 bar(g)")
    unit = parse_unit_of_difference(match[2]) if difference else parse_unit(match[2] or "1")
    value = unit.to_si(number, gauge_zero_pa)
    if not isfinite(value):
        raise UnitError("bad_quantity", f"{text!r} is not finite in SI", "write a smaller number")
    return value, unit


def parse_unit_of_difference(text: str) -> Unit:
    """The unit of a difference: a temperature without its zero, a pressure without (a) or (g)."""
    plain = _plain(text) if text else "1"
    if plain in table.TEMPERATURES or plain in table.PRESSURES:
        return parse_unit(plain + "(d)")
    unit = parse_unit(plain)
    if unit.dimension in (ABSOLUTE_PRESSURE, TEMPERATURE):
        dimension, si = (
            (PRESSURE_DIFFERENCE, "Pa(d)") if unit.dimension == ABSOLUTE_PRESSURE else (TEMPERATURE_DIFFERENCE, "K(d)")
        )
        return Unit(text, dimension, si, unit.factor)
    return unit


def dimension_of(unit_si: str) -> Dimension:
    """The dimension of a unit's text: `kg/s` → mass flow, `Pa` → absolute pressure, `K` → temperature."""
    return parse_unit(unit_si).dimension


def same_dimension(given: str, wanted: str) -> bool:
    """Whether `given` may stand where `wanted` (an SI unit) is asked for; K and Pa serve for their differences too."""
    dimension = dimension_of(wanted)
    if given in ("K", "Pa"):
        return dimension.exponents == dimension_of(given).exponents and dimension.name != "energy per volume"
    return dimension_of(given) == dimension


def _plain(text: str) -> str:
    """Trimmed, in the table's own spelling."""
    if len(text) > _LONGEST:
        raise UnitError("unknown_unit", f"unit of {len(text)} characters", "write a shorter one")
    plain = text.strip()
    for alias, name in table.ALIASES.items():
        plain = plain.replace(alias, name)
    return plain


def _pressure(text: str, plain: str) -> Unit | None:
    """A pressure that stands alone, with its (a), (g) or (d)."""
    match = _PRESSURE.fullmatch(plain)
    if match is None:
        return None
    name, kind = match[1], match[2] or match[3]
    if kind is None and name != "Pa":
        raise UnitError("ambiguous_pressure", f"{text} may be absolute or gauge", f"write {name}(a) or {name}(g)")
    factor = table.PRESSURES[name].factor
    if kind == "d":
        return Unit(text, PRESSURE_DIFFERENCE, "Pa(d)", factor)
    return Unit(text, ABSOLUTE_PRESSURE, "Pa", factor, gauge=kind == "g")


def _temperature(text: str, plain: str) -> Unit | None:
    """A temperature that stands alone, or its difference, as `degC(d)`."""
    match = _TEMPERATURE.fullmatch(plain)
    if match is None:
        return None
    atom = table.TEMPERATURES[match[1]]
    if match[2]:
        return Unit(text, TEMPERATURE_DIFFERENCE, "K(d)", atom.factor)
    return Unit(text, TEMPERATURE, "K", atom.factor, atom.shift)


def _compound(text: str, plain: str) -> Unit:
    """Products and quotients of atoms, as `kJ/(kg K)`; a normal volume takes its reference from the end."""
    reference = _REFERENCE.fullmatch(plain)
    body = reference[1] if reference else plain
    factor, exponents = _Product(text, body).read()
    if exponents[-1]:
        if reference is None:
            fix = f"write {body}(0 degC, 101.325 kPa), or the reference that the meter has"
            raise UnitError("missing_reference", f"{text} is a normal volume without its reference", fix)
        factor *= _normal(text, reference[2], reference[3]) ** exponents[-1]
    elif reference:
        raise UnitError("unknown_unit", f"{text} has a reference, but no normal volume", f"write {body}")
    name, si = table.DIMENSIONS.get(exponents, ("", ""))
    return Unit(text, Dimension(name or _si(exponents), exponents), si or _si(exponents), factor)


def _normal(text: str, temperature: str, pressure: str) -> float:
    """Normal cubic metres (0 degC, 101.325 kPa) of one cubic metre at the reference, as an ideal gas."""
    T_K, T_unit = parse_quantity(temperature)
    bare = pressure.strip()
    p_pa, p_unit = parse_quantity(bare if bare.endswith(")") else bare + "(a)", NORMAL_P_PA)
    if T_unit.dimension != TEMPERATURE or p_unit.dimension != ABSOLUTE_PRESSURE or T_K <= 0 or p_pa <= 0:
        raise UnitError("missing_reference", f"{text} has no reference", "write it as (0 degC, 101.325 kPa)")
    return NORMAL_T_K / T_K * (p_pa / NORMAL_P_PA)


def _si(exponents: table.Exponents) -> str:
    """Base units of a dimension without a name, as `kg m-2 s-1`."""
    parts = [base if n == 1 else f"{base}{n}" for base, n in zip(table.BASES, exponents, strict=True) if n]
    return " ".join(parts)


class _Product:
    """Reads `a b/(c d)` from left to right; `/` holds for the next atom or bracket alone."""

    def __init__(self, text: str, body: str) -> None:
        self._text = text
        self._tokens = self._split(body)
        self._next = 0

    def read(self) -> tuple[float, table.Exponents]:
        """Factor and exponents of the whole text."""
        factor, exponents = self._group(closed=False)
        if any(abs(n) > _MOST_POWER for n in exponents):
            raise self._unknown(self._text)
        return factor, exponents

    def _group(self, *, closed: bool) -> tuple[float, table.Exponents]:
        factor, exponents, sign, empty = 1.0, table.NONE, 1, True
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            if token["sign"] == ")":
                if not closed or empty or sign < 0:
                    raise self._unknown(self._text)
                return factor, exponents
            if token["sign"] in ("/", "*", "·"):
                if empty or sign < 0:
                    raise self._unknown(self._text)
                sign = -1 if token["sign"] == "/" else 1
                continue
            one, powers = self._group(closed=True) if token["sign"] else self._atom(token)
            factor = factor * one if sign > 0 else factor / one
            exponents = _add(exponents, powers, sign)
            sign, empty = 1, False
        if closed or empty or sign < 0:
            raise self._unknown(self._text)
        return factor, exponents

    def _atom(self, token: re.Match[str]) -> tuple[float, table.Exponents]:
        atom = table.ATOMS[token["name"]]
        power = int(token["power"] or 1)
        return atom.factor**power, _add(table.NONE, atom.exponents, power)

    def _split(self, body: str) -> list[re.Match[str]]:
        tokens: list[re.Match[str]] = []
        at = 0
        while at < len(body):
            match = _TOKEN.match(body, at)
            if match is None:
                raise self._unknown(body[at:].strip() if tokens else body)
            tokens.append(match)
            at = match.end()
        return tokens

    def _unknown(self, part: str) -> UnitError:
        near = get_close_matches(part, table.ATOMS, 1, 0.5) or get_close_matches(part.lower(), table.ATOMS, 1, 0.4)
        meant = table.MEANT.get(part) or table.MEANT.get(part.lower()) or (near[0] if near else None)
        fix = f"nearest known unit: {meant}" if meant else "write it as kg/s, bar(g), degC or kJ/(kg K)"
        return UnitError("unknown_unit", f"{self._text!r} is no known unit", fix)


def _add(exponents: table.Exponents, powers: table.Exponents, times: int) -> table.Exponents:
    a, b = exponents, powers
    return (
        a[0] + times * b[0],
        a[1] + times * b[1],
        a[2] + times * b[2],
        a[3] + times * b[3],
        a[4] + times * b[4],
        a[5] + times * b[5],
        a[6] + times * b[6],
    )
