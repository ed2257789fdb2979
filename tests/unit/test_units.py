"""Units of the plant: what is known, what is refused, and with which fix."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.unit_table import ATOMS
from calc.units import (
    UnitError,
    dimension_of,
    parse_quantity,
    parse_unit,
    parse_unit_of_difference,
    same_dimension,
)

BAROMETER_PA = 101325.0

KNOWN = (  # text, dimension, SI unit, 1 of it in SI (gauge at 101.325 kPa)
    ("kg/s", "mass flow", "kg/s", 1.0),
    ("t/h", "mass flow", "kg/s", 1 / 3.6),
    ("kg/h", "mass flow", "kg/s", 1 / 3600),
    ("lb/h", "mass flow", "kg/s", 0.45359237 / 3600),
    ("m3/h", "volume flow", "m3/s", 1 / 3600),
    ("l/s", "volume flow", "m3/s", 1e-3),
    ("gpm", "volume flow", "m3/s", 3.785411784e-3 / 60),
    ("Nm3/h(0 degC, 101.325 kPa)", "normal volume flow", "Nm3/s(0 degC, 101.325 kPa)", 1 / 3600),
    ("Nm3/h(15 degC, 1 bar(a))", "normal volume flow", "Nm3/s(0 degC, 101.325 kPa)", 2.5987438e-4),
    ("scfm(60 degF, 14.696 psi)", "normal volume flow", "Nm3/s(0 degC, 101.325 kPa)", 4.465203e-4),
    ("Pa", "absolute pressure", "Pa", 1.0),
    ("bar(a)", "absolute pressure", "Pa", 1e5),
    ("bar(g)", "absolute pressure", "Pa", 201325.0),
    ("barg", "absolute pressure", "Pa", 201325.0),
    ("psi (g)", "absolute pressure", "Pa", 6894.757293 + 101325.0),
    ("mmHg(a)", "absolute pressure", "Pa", 133.322387),
    ("inH2O(d)", "pressure difference", "Pa(d)", 249.08891),
    ("mbar(d)", "pressure difference", "Pa(d)", 100.0),
    ("kgf/cm2(g)", "absolute pressure", "Pa", 98066.5 + 101325.0),
    ("K", "temperature", "K", 1.0),
    ("degC", "temperature", "K", 274.15),
    ("°C", "temperature", "K", 274.15),
    ("degF", "temperature", "K", 255.927777777),
    ("degF(d)", "temperature difference", "K(d)", 5 / 9),
    ("kJ/kg", "specific energy", "J/kg", 1e3),
    ("kcal/kg", "specific energy", "J/kg", 4186.8),
    ("Btu/lb", "specific energy", "J/kg", 2326.0),
    ("MJ/m3", "energy per volume", "J/m3", 1e6),
    ("MJ/Nm3(0 degC, 101.325 kPa)", "energy per normal volume", "J/Nm3(0 degC, 101.325 kPa)", 1e6),
    ("kJ/(kg K)", "specific heat capacity", "J/(kg K)", 1e3),
    ("kJ/(kg·K)", "specific heat capacity", "J/(kg K)", 1e3),
    ("kJ/kg/degC", "specific heat capacity", "J/(kg K)", 1e3),
    ("kW", "power", "W", 1e3),
    ("Btu/h", "power", "W", 0.29307107017),
    ("MMBtu/h", "power", "W", 293071.07017),
    ("TR", "power", "W", 3516.85284207),
    ("kWh", "energy", "J", 3.6e6),
    ("GJ", "energy", "J", 1e9),
    ("%", "fraction", "1", 0.01),
    ("1", "fraction", "1", 1.0),
    ("ppm", "fraction", "1", 1e-6),
    ("kW/TR", "fraction", "1", 0.2843451361),
    ("rpm", "frequency", "Hz", 1 / 60),
    ("W/(m2 K)", "heat transfer coefficient", "W/(m2 K)", 1.0),
    ("m²", "area", "m2", 1.0),
    ("m/s", "velocity", "m/s", 1.0),
    ("Pa s", "dynamic viscosity", "Pa s", 1.0),
    ("cP", "dynamic viscosity", "Pa s", 1e-3),
    ("kg/m3", "density", "kg/m3", 1.0),
    ("m3 kg^-1", "specific volume", "m3/kg", 1.0),
    ("kg m", "kg m", "kg m", 1.0),
    ("kJ/kmol", "molar energy", "J/mol", 1.0),
    ("kmol/h", "molar flow", "mol/s", 1 / 3.6),
    ("kV A", "power", "W", 1e3),
    ("kA", "electric current", "A", 1e3),
    ("m9", "m9", "m9", 1.0),
    ("kg/Nm3(0 degC, 101.325 kPa)", "normal concentration", "kg/Nm3(0 degC, 101.325 kPa)", 1.0),
)
REFUSED = (  # text, code, what the fix says
    ("bar", "ambiguous_pressure", "bar(a) or bar(g)"),
    ("kPa", "ambiguous_pressure", "kPa(a) or kPa(g)"),
    ("inH2O", "ambiguous_pressure", "inH2O(a) or inH2O(g)"),
    ("Nm3/h", "missing_reference", "(0 degC, 101.325 kPa)"),
    ("scfm", "missing_reference", "(0 degC, 101.325 kPa)"),
    ("Nm3(1 kg, 1 bar)", "missing_reference", "(0 degC"),
    ("Nm3(0 K, 1 bar)", "missing_reference", "(0 degC"),
    ("Nm3(0 degC, bar)", "bad_quantity", "40 bar(g)"),
    ("kg/h(0 degC, 1 bar)", "unknown_unit", "write kg/h"),
    ("kpa", "unknown_unit", "kPa"),
    ("kwh", "unknown_unit", "kWh"),
    ("t/hh", "unknown_unit", "h"),
    ("", "unknown_unit", "kg/s"),
    ("kg/", "unknown_unit", "kg"),
    ("kg//s", "unknown_unit", ""),
    ("(kg", "unknown_unit", "kg"),
    ("kg)", "unknown_unit", "kg"),
    ("()", "unknown_unit", ""),
    ("(kg/)", "unknown_unit", "kg"),
    ("/s", "unknown_unit", "s"),
    ("m10", "unknown_unit", ""),
    ("m9 m9", "unknown_unit", ""),
    ("€", "unknown_unit", ""),
    ("k" * 81, "unknown_unit", "shorter"),
    ("kg,/s", "unknown_unit", "s"),
)


@pytest.mark.parametrize(("text", "dimension", "si", "one"), KNOWN)
def test_a_known_unit_has_its_dimension_and_factor(text: str, dimension: str, si: str, one: float) -> None:
    unit = parse_unit(text)
    assert (unit.dimension.name, unit.si, unit.text) == (dimension, si, text)
    assert unit.to_si(1.0, BAROMETER_PA) == pytest.approx(one, rel=1e-7)
    assert unit.from_si(unit.to_si(37.5, BAROMETER_PA), BAROMETER_PA) == pytest.approx(37.5, rel=1e-12)


@pytest.mark.parametrize(("text", "code", "fix"), REFUSED)
def test_what_is_no_unit_is_refused_with_a_fix(text: str, code: str, fix: str) -> None:
    with pytest.raises(UnitError) as raised:
        parse_unit(text)
    assert raised.value.code == code
    assert fix in raised.value.fix
    assert raised.value.fix in str(raised.value)


@pytest.mark.parametrize("text", [known[0] for known in KNOWN])
def test_the_si_unit_of_a_unit_is_one_of_the_same_dimension(text: str) -> None:
    unit = parse_unit(text)
    own = parse_unit(unit.si)
    assert (own.dimension, own.factor, own.shift, own.gauge) == (unit.dimension, 1.0, 0.0, False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("40 bar(g)", 4101325.0),
        ("40bar(g)", 4101325.0),
        ("  40  barg ", 4101325.0),
        ("1e5Pa", 1e5),
        ("-5 degC", 268.15),
        ("−5 degC", 268.15),
        ("+.5 kg/s", 0.5),
        ("1.5e-3 kg/s", 0.0015),
        ("50.0 MJ/kg", 50e6),
        ("1 %", 0.01),
        ("5", 5.0),
    ],
)
def test_a_quantity_is_a_number_and_a_unit(text: str, value: float) -> None:
    assert parse_quantity(text, BAROMETER_PA)[0] == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("text", ["", "bar(g)", "nan Pa", "inf Pa", "1e999 kg", "1e308 t", "0x10 Pa"])
def test_what_is_no_finite_quantity_is_refused(text: str) -> None:
    with pytest.raises(UnitError) as raised:
        parse_quantity(text, BAROMETER_PA)
    assert raised.value.code in ("bad_quantity", "unknown_unit")


def test_a_comma_is_no_decimal_point() -> None:
    with pytest.raises(UnitError, match="no known unit"):
        parse_quantity("1,5 K")


def test_a_gauge_pressure_needs_the_barometer() -> None:
    with pytest.raises(UnitError) as raised:
        parse_quantity("40 bar(g)")
    assert raised.value.code == "missing_barometer"
    assert parse_quantity("40 bar(a)")[0] == 4e6
    assert parse_unit("bar(g)").gauge


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("0.5 K", 0.5, "temperature difference"),
        ("0.5 degC", 0.5, "temperature difference"),
        ("0.9 degF", 0.5, "temperature difference"),
        ("0.1 bar", 1e4, "pressure difference"),
        ("0.1 bar(g)", 1e4, "pressure difference"),
        ("0.1 bar(d)", 1e4, "pressure difference"),
        ("1 %", 0.01, "fraction"),
        ("2 t/h", 2 / 3.6, "mass flow"),
        ("3", 3.0, "fraction"),
    ],
)
def test_a_difference_has_no_zero_of_its_own(text: str, value: float, dimension: str) -> None:
    found, unit = parse_quantity(text, difference=True)
    assert found == pytest.approx(value, rel=1e-14)
    assert unit.dimension.name == dimension
    assert parse_unit(unit.si).dimension == unit.dimension


@pytest.mark.parametrize(
    ("given", "wanted", "same"),
    [
        ("t/h", "kg/s", True),
        ("%", "1", True),
        ("bar(g)", "Pa", True),
        ("degC", "K", True),
        ("K", "K(d)", True),
        ("Pa", "Pa(d)", True),
        ("degC", "K(d)", False),
        ("bar(a)", "Pa(d)", False),
        ("bar(d)", "Pa", False),
        ("K(d)", "K", False),
        ("MJ/m3", "Pa", False),
        ("Pa", "J/m3", False),
        ("m3/h", "Nm3/s(0 degC, 101.325 kPa)", False),
        ("kg/s", "m3/s", False),
        ("kJ/(kg K)", "J/(kg K)", True),
    ],
)
def test_units_serve_for_their_own_dimension_alone(given: str, wanted: str, same: bool) -> None:
    assert same_dimension(given, wanted) is same


def test_a_unit_may_have_eighty_characters() -> None:
    assert parse_unit("kg/s" + " " * 76).dimension.name == "mass flow"


def test_dimensions_of_the_same_exponents_stay_apart() -> None:
    assert dimension_of("Pa") != dimension_of("J/m3")
    assert dimension_of("Pa").exponents == dimension_of("J/m3").exponents
    assert dimension_of("K") != dimension_of("K(d)")
    assert parse_unit_of_difference("") == parse_unit("1")


@given(st.sampled_from(sorted(ATOMS)), st.floats(-1e6, 1e6), st.floats(5e4, 1.1e5))
def test_every_atom_converts_there_and_back(name: str, value: float, barometer: float) -> None:
    is_normal_volume = ATOMS[name].exponents[-1] != 0
    unit = parse_unit_of_difference(f"{name}(0 degC, 101.325 kPa)" if is_normal_volume else name)
    assert unit.from_si(unit.to_si(value, barometer), barometer) == pytest.approx(value, rel=1e-12, abs=1e-12)


@given(st.text(max_size=20))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(UnitError):
        assert parse_unit(text).factor > 0
