"""Combustion of solid and gaseous fuels, heating values, dew points, and what a gas analysis tells."""

from __future__ import annotations

import numpy as np
import pytest

from calc import combustion, gas_fuel, stack
from calc.combustion import Ultimate
from calc.errors import CalcError

COAL = Ultimate(C=0.78, H=0.05, O=0.08, N=0.01, S=0.01, moisture=0.02, ash=0.05)
AIR = {"O2": 0.21, "N2": 0.79}


def test_mass_is_kept_in_combustion() -> None:
    gas = combustion.flue_gas(COAL, 0.3, humidity=0.01)
    air = combustion.stoichiometric_air(COAL) * 1.3
    assert gas.wet == pytest.approx(air * 1.01 + 1.0 - COAL.ash, rel=1e-12)
    assert gas.dry == pytest.approx(gas.wet - gas.H2O, rel=1e-12)


def test_shares_of_the_flue_gas_add_up_to_one() -> None:
    gas = combustion.flue_gas(COAL, 0.3)
    for dry in (True, False):
        assert sum(gas.mass_fractions(dry=dry).values()) == pytest.approx(1.0)
        assert sum(gas.mole_fractions(dry=dry).values()) == pytest.approx(1.0)


def test_carbon_in_stoichiometric_air_gives_its_published_air_and_no_oxygen() -> None:
    carbon = Ultimate(C=1.0, H=0.0)
    assert combustion.stoichiometric_air(carbon) == pytest.approx(11.59, abs=0.01)
    assert combustion.stoichiometric_air_bee(carbon) == pytest.approx(11.6)
    assert combustion.flue_gas(carbon, 0.0).O2 == 0.0


def test_masses_and_moles_are_inverse() -> None:
    moles = {"CO2": 0.12, "O2": 0.05, "N2": 0.83}
    back = combustion.mass_to_mole(combustion.mole_to_mass(moles))
    assert back == {name: pytest.approx(share) for name, share in moles.items()}


@pytest.mark.parametrize(("O2", "excess"), [(0.0, 0.0), (0.035, 0.2), (0.105, 1.0)])
def test_excess_air_from_oxygen(O2: float, excess: float) -> None:
    assert combustion.excess_air_from_O2(O2) == pytest.approx(excess)


@pytest.mark.parametrize("O2", [-0.01, 0.21, 0.3, np.nan])
def test_no_flame_no_excess_air(O2: float) -> None:
    assert np.isnan(combustion.excess_air_from_O2(O2))


def test_excess_air_from_carbon_dioxide_agrees_with_that_from_oxygen() -> None:
    carbon = Ultimate(C=1.0, H=0.0)
    gas = combustion.flue_gas(carbon, 0.4, O2_in_air=0.2331)
    shares = gas.mole_fractions(dry=True)
    greatest = combustion.CO2_stoichiometric(carbon, combustion.stoichiometric_air(carbon, 0.2331))
    assert combustion.excess_air_from_CO2(shares["CO2"], greatest) == pytest.approx(0.4, rel=2e-2)
    assert combustion.excess_air_from_O2(shares["O2"]) == pytest.approx(0.4, rel=5e-3)
    assert np.isnan(combustion.excess_air_from_CO2(0.0, greatest))


def test_air_and_gas_from_an_orsat_analysis_agree_with_the_balance() -> None:
    fuel = Ultimate(C=0.85, H=0.05)
    gas = combustion.flue_gas(fuel, 0.5)
    shares = gas.mole_fractions(dry=True)
    air = combustion.air_from_flue_gas(fuel.C, shares["CO2"], 0.0, shares["N2"])
    dry = combustion.dry_gas_from_flue_gas(fuel.C, shares["CO2"], 0.0, shares["O2"], shares["N2"])
    assert air == pytest.approx(1.5 * combustion.stoichiometric_air(fuel), rel=1e-9)
    assert dry == pytest.approx(gas.dry, rel=1e-9)


def test_heating_values_of_a_coal() -> None:
    assert combustion.hhv_dulong(COAL) == pytest.approx(33.8e6 * 0.78 + 142.8e6 * 0.04 + 9.5e4, rel=1e-12)
    assert combustion.hhv_boie(COAL) == pytest.approx(combustion.hhv_dulong(COAL), rel=0.03)
    assert combustion.lhv_from_hhv(32e6, 0.05, 0.02) == pytest.approx(32e6 - 2.442e6 * 0.47)


def test_dew_points() -> None:
    assert combustion.water_dew_point(0.10, 101325.0) == pytest.approx(319.1, abs=0.5)
    assert combustion.acid_dew_point(0.10, 10e-6, 101325.0) == pytest.approx(411.0, abs=2.0)
    assert np.isnan(combustion.acid_dew_point(0.10, 0.0, 101325.0))


def test_methane_in_air() -> None:
    burnt = gas_fuel.burn({"CH4": 1.0}, AIR, 0.0)
    assert burnt.air == pytest.approx(2.0 / 0.21)
    assert burnt.air_by_mass == pytest.approx(17.1, abs=0.1)
    assert burnt.fraction("CO2", dry=True) == pytest.approx(1.0 / (1.0 + 2.0 * 0.79 / 0.21))
    assert burnt.fraction("O2", dry=False) == pytest.approx(0.0, abs=1e-15)


def test_atoms_are_kept_in_a_gas_flame() -> None:
    fuel = {"CH4": 0.85, "C2H6": 0.06, "H2S": 0.01, "N2": 0.03, "O2": 0.02, "CO2": 0.02, "CO": 0.01}
    air = {"O2": 0.205, "N2": 0.77, "Ar": 0.009, "H2O": 0.015, "CO2": 0.001}
    burnt = gas_fuel.burn(fuel, air, 0.2)
    before = sum(share * gas_fuel.MOLAR_MASS_KG[name] for name, share in fuel.items())
    before += burnt.air * sum(share * gas_fuel.MOLAR_MASS_KG[name] for name, share in air.items())
    after = sum(amount * gas_fuel.MOLAR_MASS_KG[name] for name, amount in burnt.products.items())
    assert after == pytest.approx(before, rel=1e-4)


def test_oxygen_in_the_fuel_is_credited_before_or_after_the_excess() -> None:
    fuel = {"CH4": 0.9, "O2": 0.1}
    before, after = (gas_fuel.burn(fuel, AIR, 0.3, credit_oxygen=credit).air for credit in (True, False))
    assert before == pytest.approx((1.8 - 0.1) * 1.3 / 0.21)
    assert after == pytest.approx((1.8 * 1.3 - 0.1) / 0.21)


def test_heating_values_of_methane() -> None:
    assert gas_fuel.hhv_mass({"CH4": 1.0}) == pytest.approx(55.51e6, rel=1e-3)
    assert gas_fuel.lhv_mass({"CH4": 1.0}) == pytest.approx(50.03e6, rel=1e-3)
    assert gas_fuel.molar_mass({"CH4": 50.0, "H2": 50.0}) == pytest.approx(9.0292e-3, rel=1e-4)


@pytest.mark.parametrize("composition", [{}, {"CH4": 0.0}])
def test_an_empty_gas_is_refused(composition: dict[str, float]) -> None:
    with pytest.raises(CalcError) as refused:
        gas_fuel.heating_value(composition, gas_fuel.HHV_J_MOL)
    assert refused.value.code == "no_composition"
    with pytest.raises(CalcError):
        gas_fuel.burn(composition, AIR, 0.0)


def test_air_without_oxygen_is_refused() -> None:
    with pytest.raises(CalcError) as refused:
        gas_fuel.burn({"CH4": 1.0}, {"N2": 1.0}, 0.0)
    assert refused.value.code == "no_oxygen"


def test_stack_losses_have_no_answer_without_carbon_dioxide() -> None:
    assert np.isnan(stack.siegert_loss_co2(450.0, 300.0, 0.0, 0.37))
    assert stack.siegert_loss_co2(453.15, 293.15, 0.10, 0.5) == pytest.approx(0.08)


def test_bs845_dry_gas_loss() -> None:
    """K1 = 255 · 85 / 43 000 kJ/kg = 0.504."""
    found = stack.bs845_dry_gas_loss(473.15, 293.15, 0.12, 0.85, 43e6)
    assert found == pytest.approx(255.0 * 85.0 / 43000.0 * 180.0 / 12.0 / 100.0, rel=1e-12)
