"""Laws of vapour-compression cycles."""

from __future__ import annotations

import pytest

from calc import fluids
from calc.brayton import AIR, Machine
from calc.errors import CalcError
from calc.refrigeration import (
    cascade_cop,
    cascade_flow_ratio,
    flash_cycle,
    gas_cycle,
    ideal_cycle,
    measured_cycle,
    p_saturation,
)


def test_heat_given_is_heat_taken_and_work() -> None:
    cycle = ideal_cycle("R134a", 140e3, 800e3, superheat=5.0, subcooling=3.0, efficiency=0.8)
    assert cycle.q_hot == pytest.approx(cycle.q_cold + cycle.work, rel=1e-12)
    assert cycle.cop_heating == pytest.approx(cycle.cop_cooling + 1.0, rel=1e-12)


def test_the_ideal_cycle_meets_a_published_one() -> None:
    """Cengel and Boles, Thermodynamics, example 11-1: R-134a, 0.14 and 0.8 MPa, COP 3.97."""
    assert ideal_cycle("R134a", 140e3, 800e3).cop_cooling == pytest.approx(3.97, abs=0.03)


def test_a_measured_cycle_finds_the_efficiency_that_made_it() -> None:
    made = ideal_cycle("R134a", 140e3, 800e3, superheat=8.0, subcooling=4.0, efficiency=0.85)
    suction = (140e3, fluids.T_px("R134a", 140e3, 1.0) + 8.0)
    discharge = (800e3, fluids.T_ph("R134a", 800e3, made.h_2))
    liquid = (800e3, fluids.T_px("R134a", 800e3, 0.0) - 4.0)
    found = measured_cycle("R134a", suction, discharge, liquid)
    assert found.isentropic_efficiency == pytest.approx(0.85, rel=1e-6)
    assert found.cop_cooling == pytest.approx(made.cop_cooling, rel=1e-6)


def test_a_compressor_without_work_and_pressures_out_of_order_are_refused() -> None:
    with pytest.raises(CalcError):
        measured_cycle("R134a", (140e3, 300.0), (800e3, 310.0), (800e3, 300.0))
    for pressures, efficiency in (((800e3, 140e3), 1.0), ((140e3, 800e3), 0.0), ((-1.0, 800e3), 1.0)):
        with pytest.raises(CalcError) as caught:
            ideal_cycle("R134a", *pressures, efficiency=efficiency)
        assert caught.value.code == "impossible_state"


def test_two_stages_need_less_work_than_one() -> None:
    one = ideal_cycle("R134a", 140e3, 800e3)
    low, high = ideal_cycle("R134a", 140e3, 320e3), ideal_cycle("R134a", 320e3, 800e3)
    share, cold, work = flash_cycle("R134a", 140e3, 320e3, 800e3)
    assert cascade_cop(low, high) > one.cop_cooling
    assert cold / work > one.cop_cooling
    assert 0.0 < share < 1.0
    assert cascade_flow_ratio(low, high) * high.q_cold == pytest.approx(low.q_hot)


def test_saturation_pressure_of_a_refrigerant() -> None:
    assert p_saturation("R134a", 273.15) == pytest.approx(292.8e3, rel=2e-3)


def test_a_reversed_gas_cycle_needs_the_work_that_its_heats_differ_by() -> None:
    cold, work = gas_cycle(AIR, Machine(4.0, 280.0, 0.85), Machine(4.0, 300.0, 0.9))
    assert cold > 0.0
    assert work > 0.0
    ideal_cold, ideal_work = gas_cycle(AIR, Machine(4.0, 280.0), Machine(4.0, 300.0))
    assert ideal_cold / ideal_work > cold / work
