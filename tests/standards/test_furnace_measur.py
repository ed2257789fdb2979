"""Furnace heats against the published unit tests of MEASUR (ORNL-AMO/AMO-Tools-Suite), in its units."""

from __future__ import annotations

import numpy as np
import pytest

from calc import arc_furnace, available_heat, furnace_loss, gas_fuel, view_factor
from calc.combustion import Ultimate
from calc.furnace_loss import LiquidCharge, SolidCharge

BTU = 1055.05585262
BTU_H = BTU / 3600.0
LB = 0.45359237
LB_H = LB / 3600.0
BTU_LB = BTU / LB
BTU_LB_F = BTU_LB * 1.8
FT2 = 0.3048**2
INCH = 0.0254
GPM = 231.0 * INCH**3 / 60.0


def F(degrees: float) -> float:
    return (degrees + 459.67) / 1.8


ALUMINIUM = {"cp_solid": 0.247910198232625, "latent_fusion": 169.0, "cp_liquid": 0.260090757105326, "T_melt": 1214.996}
GOLD = {"cp_solid": 0.032959159, "latent_fusion": 28.5, "cp_liquid": 0.0339144972534403, "T_melt": 1945.004}
SINTER = {"cp_solid": 0.139957009792214, "latent_fusion": 117.15, "cp_liquid": 0.16, "T_melt": 2550.0}


@pytest.mark.parametrize(
    ("metal", "feed", "water", "ends", "T_vapour", "melted", "reacted", "endothermic", "expected"),
    [
        (SINTER, 20000.0, (1.0, 0.0), (70.0, 1500.0), 212.0, 0.0, (0.0, 100.0), True, 4185142.775),
        (ALUMINIUM, 10000.0, (2.0, 1.0), (70.0, 1500.0), 250.0, 10.0, (10.0, 100.0), True, 3872263.396),
        (ALUMINIUM, 10000.0, (2.0, 1.0), (70.0, 1500.0), 250.0, 10.0, (10.0, 100.0), False, 3774263.396),
        (GOLD, 100.0, (10.0, 0.0), (70.0, 1500.0), 212.0, 0.0, (100.0, 200.0), True, 33361.8438),
        (GOLD, 100.0, (10.0, 0.0), (70.0, 1500.0), 212.0, 0.0, (100.0, 200.0), False, 15361.8438),
        (ALUMINIUM, 10000.0, (0.0, 0.0), (100.0, 1300.0), 220.0, 100.0, (0.0, 100.0), False, 4675276.0),
        (ALUMINIUM, 10000.0, (0.0, 0.0), (100.0, 1215.0), 220.0, 10.0, (0.0, 100.0), False, 2933199.0),
    ],
)
def test_solid_charge(
    metal: dict[str, float],
    feed: float,
    water: tuple[float, float],
    ends: tuple[float, float],
    T_vapour: float,
    melted: float,
    reacted: tuple[float, float],
    endothermic: bool,
    expected: float,
) -> None:
    charge = SolidCharge(
        cp_solid=metal["cp_solid"] * BTU_LB_F,
        cp_liquid=metal["cp_liquid"] * BTU_LB_F,
        latent_fusion=metal["latent_fusion"] * BTU_LB,
        T_melt=F(metal["T_melt"]),
        melted=melted / 100.0,
        water_in=water[0] / 100.0,
        water_out=water[1] / 100.0,
        T_vapour=F(T_vapour),
    )
    flow = feed * LB_H
    heat = furnace_loss.charge_solid(flow, charge, F(ends[0]), F(ends[1]))
    share, specific = reacted[0] / 100.0, reacted[1] * BTU_LB
    heat = heat + furnace_loss.reaction(flow * (1.0 - charge.water_in), share, specific, endothermic=endothermic)
    assert heat / BTU_H == pytest.approx(expected, rel=2e-6)


@pytest.mark.parametrize(
    ("charge", "T_vaporise", "feed", "ends", "reaction", "expected"),
    [
        ((0.48, 0.25, 250.0, 100.0), 240.0, 1000.0, (70.0, 320.0), (25.0, 50.0), 364100.0),
        ((0.347026510628135, 0.40004776689754, 239.0, 100.0), 129.992, 10000.0, (50.0, 135.0), (0.0, 0.0), 2687628.0),
        ((0.347026510628135, 0.40004776689754, 239.0, 10.0), 129.992, 10000.0, (50.0, 130.0), (0.0, 0.0), 516622.0),
    ],
)
def test_liquid_charge(
    charge: tuple[float, float, float, float],
    T_vaporise: float,
    feed: float,
    ends: tuple[float, float],
    reaction: tuple[float, float],
    expected: float,
) -> None:
    cp_liquid, cp_vapour, latent, vaporised = charge
    liquid = LiquidCharge(cp_liquid * BTU_LB_F, cp_vapour * BTU_LB_F, latent * BTU_LB, F(T_vaporise), vaporised / 100.0)
    heat = furnace_loss.charge_liquid(feed * LB_H, liquid, F(ends[0]), F(ends[1]))
    heat = heat + furnace_loss.reaction(feed * LB_H, reaction[0] / 100.0, reaction[1] * BTU_LB)
    assert heat / BTU_H == pytest.approx(expected, rel=2e-6)


def test_fixtures() -> None:
    heat = furnace_loss.sensible(1250.0 * LB_H, 0.122 * BTU_LB_F, F(300.0), F(1800.0))
    assert heat / BTU_H == pytest.approx(228750.0, rel=1e-9)


def test_water_cooling() -> None:
    heat = furnace_loss.water_cooling(100.0 * GPM, F(80.0), F(120.0))
    assert heat / BTU_H == pytest.approx(1989032.0, rel=2e-4)


@pytest.mark.parametrize(
    ("volts", "amperes", "factor", "running", "expected"),
    [(460.0, 19.0, 0.85, 1.0, 43905.34), (510.0, 25.0, 0.55, 1.0, 41443.83), (510.0, 25.0, 0.55, 0.75, 31082.87)],
)
def test_electrics(volts: float, amperes: float, factor: float, running: float, expected: float) -> None:
    assert furnace_loss.electric_power(3, volts, amperes, factor, running) / BTU_H == pytest.approx(expected, rel=1e-4)


def test_openings() -> None:
    circle = furnace_loss.opening(0.25 * np.pi * (12.0 * INCH) ** 2, F(1600.0), F(75.0), 0.95, 0.70)
    assert circle / BTU_H == pytest.approx(16038.27, rel=2e-3)
    rectangle = furnace_loss.opening(48.0 * 15.0 * INCH**2, F(1600.0), F(75.0), 0.95, 0.64, 0.2)
    assert rectangle / BTU_H == pytest.approx(18670.23, rel=2e-3)


@pytest.mark.parametrize(
    ("thickness", "diameter", "expected"),
    [(3, 5, 0.62451989), (1, 5, 0.835), (0, 5, 0.86), (10, 5, 0.35084375), (50, 5, 0.09825446), (50, 19, 0.28927196)],
)
def test_view_factor_of_a_round_opening(thickness: float, diameter: float, expected: float) -> None:
    assert view_factor.view_factor_round(diameter, thickness) == pytest.approx(expected, rel=1e-6)


def test_view_factor_of_a_very_thick_wall_falls_in_proportion() -> None:
    at_limit = view_factor.view_factor_round(1.0, 10.0)
    assert view_factor.view_factor_round(0.5, 10.0) == pytest.approx(0.5 * at_limit)


@pytest.mark.parametrize(
    ("thickness", "length", "height", "expected"),
    [
        (5, 5, 10, 0.60),
        (5, 10, 5, 0.60),
        (1, 10, 5, 0.88),
        (2, 10, 5, 0.78693359),
        (27, 50, 55, 0.67864642),
        (0.5, 3, 4, 0.87666667),
        (14.05, 3, 3, 0.20449913),
    ],
)
def test_view_factor_of_a_rectangular_opening(thickness: float, length: float, height: float, expected: float) -> None:
    assert view_factor.view_factor_rectangular(length, height, thickness) == pytest.approx(expected, rel=1e-6)


def test_view_factor_of_a_slot() -> None:
    assert view_factor.view_factor_rectangular(50.0, 1.0, 1.0) == pytest.approx(0.68, abs=0.01)


def test_wall_with_absolute_temperatures_lies_below_the_published_figure() -> None:
    """MEASUR prints 404 628 Btu/h with degF in a correlation for degR; its radiation part agrees."""
    heat = furnace_loss.wall(500.0 * FT2, F(225.0), F(80.0), 0.9, 10.0 * furnace_loss.MPH_M_S)
    radiation = furnace_loss.radiation_flux(F(225.0), F(80.0), 0.9) * 500.0 * FT2
    in_degF = ((225.0 + 80.0) / 2.0) ** -0.181 / ((225.0 + 80.0) / 2.0 + 459.67) ** -0.181
    published = (heat - radiation) * in_degF + radiation
    assert published / BTU_H == pytest.approx(404627.55, rel=2e-3)


def test_a_wall_colder_than_its_surroundings_has_no_answer() -> None:
    assert np.isnan(furnace_loss.wall(1.0, 280.0, 300.0, 0.9))


def test_exhaust_gas_of_a_furnace() -> None:
    available = available_heat.available_heat_natural_gas(F(550.0), F(300.0), 0.65)
    assert available == pytest.approx(0.82727942398, rel=1e-6)


@pytest.mark.parametrize(
    ("flue", "O2", "air", "oxygen", "expected"),
    [
        (1800.0, 0.05, 900.0, 0.21, 61.97),
        (1900.0, 0.01, 80.0, 1.0, 74.2210855231),
        (2200.0, 0.08, 900.0, 0.21, 42.6248055296),
        (2300.0, 0.03, 80.0, 1.0, 65.7672982588),
    ],
)
def test_oxygen_enrichment(flue: float, O2: float, air: float, oxygen: float, expected: float) -> None:
    excess = available_heat.excess_air_natural_gas(O2)
    heat = available_heat.available_heat_natural_gas(F(flue), F(air), excess)
    heat = heat + available_heat.oxygen_enrichment_gain(F(flue), oxygen)
    assert 100.0 * heat == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize(
    ("excess", "expected"), [(0.0229427817, 0.8297708724), (0.1536865757, 0.8151987637), (0.4475000362, 0.7824331922)]
)
def test_available_heat_of_a_solid_fuel(excess: float, expected: float) -> None:
    total = 75.0 + 5.0 + 1.0 + 9.0 + 7.0 + 0.0 + 1.5
    fuel = Ultimate(C=75.0 / total, H=5.0 / total, S=1.0 / total, O=7.0 / total, N=1.5 / total, ash=9.0 / total)
    residue = available_heat.Residue(carbon=0.015, T=F(212.0))
    found = available_heat.available_heat_solid(fuel, F(700.0), F(125.0), excess, F(70.0), residue, 0.01)
    assert found == pytest.approx(expected, abs=2e-3)


def test_no_excess_air_beyond_the_oxygen_of_air() -> None:
    assert np.isnan(available_heat.excess_air_natural_gas(0.22))
    assert np.isnan(available_heat.excess_air_natural_gas(-0.01))


def test_arc_furnace_chemical_energy() -> None:
    coal, electrode = 3300.0 * LB_H, 500.0 * LB_H
    found = arc_furnace.chemical_energy(50e6 * BTU_H, coal, 9000.0 * BTU_LB, electrode, 12000.0 * BTU_LB, 20e6 * BTU_H)
    assert found / BTU_H == pytest.approx(105.7e6, rel=1e-9)


def test_arc_furnace_exhaust() -> None:
    flow, dust = 8000.0 * 0.3048**3 / 60.0, 0.001 * arc_furnace.LB_SCF_KG_M3
    found = arc_furnace.exhaust_heat(F(2800.0), flow, 0.12, 0.10, 0.03, dust)
    assert found / BTU_H == pytest.approx(12553119.02, rel=1e-3)


@pytest.mark.parametrize(
    ("composition", "expected"),
    [
        ({"CH4": 87.0, "C2H6": 8.5, "N2": 3.6, "H2": 0.4, "CO2": 0.4, "O2": 0.1}, 1032.445),
        ({"CH4": 0.1, "N2": 56.4, "H2": 2.4, "H2O": 3.4, "CO": 23.3, "CO2": 14.4}, 83.605),
        ({"CH4": 45, "C2H6": 45, "N2": 1, "H2": 1, "C3H8": 3, "C4H10": 2, "CO": 1, "O2": 2}, 1400.8),
    ],
)
def test_gas_heating_value_by_volume(composition: dict[str, float], expected: float) -> None:
    found = gas_fuel.heating_value(composition, gas_fuel.HHV_MEASUR_J_M3)
    assert found / gas_fuel.BTU_SCF_J_M3 == pytest.approx(expected, rel=1e-6)


def test_gas_leaks_out_with_the_root_of_the_draft() -> None:
    one, four = (
        furnace_loss.exfiltration(0.1, draft, 0.25, 1200.0, 1300.0, 300.0, coefficient=0.8) for draft in (5.0, 20.0)
    )
    assert one == pytest.approx(0.8 * 0.1 * np.sqrt(2.0 * 5.0 * 0.25) * 1200.0 * 1000.0)
    assert four == pytest.approx(2.0 * one)
    assert np.isnan(furnace_loss.exfiltration(0.1, -5.0, 0.25, 1200.0, 1300.0, 300.0))
