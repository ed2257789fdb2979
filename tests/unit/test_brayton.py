"""Laws of gas cycles and of air."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI

from calc import air
from calc.brayton import AIR, Machine, brayton, compress, constant_cp, mass_flow
from calc.errors import CalcError
from calc.hrsg import supplementary_fired, unfired
from calc.rankine import rankine


def test_the_cold_air_cycle_depends_on_its_pressure_ratio_alone() -> None:
    gas = constant_cp(1005.0, 1.4)
    for T_hot in (1200.0, 1500.0):
        cycle = brayton(gas, [Machine(10.0, 288.0)], [Machine(10.0, T_hot)])
        assert cycle.efficiency == pytest.approx(1.0 - 10.0 ** (-0.4 / 1.4), rel=1e-12)


def test_heat_in_less_heat_out_is_the_net_work() -> None:
    machines = [Machine(8.0, 300.0, 0.8)], [Machine(8.0, 1300.0, 0.85)]
    cycle = brayton(AIR, *machines)
    q_out = AIR.h_T(cycle.T[3]) - AIR.h_T(300.0)
    assert cycle.w_net == pytest.approx(cycle.q_in - q_out, rel=1e-9)
    assert cycle.back_work_ratio == pytest.approx(cycle.w_compressor / cycle.w_turbine)


def test_regeneration_saves_heat_and_no_work() -> None:
    machines = [Machine(4.0, 300.0, 0.85)], [Machine(4.0, 1300.0, 0.88)]
    plain, regenerated = brayton(AIR, *machines), brayton(AIR, *machines, 0.8)
    assert regenerated.w_net == plain.w_net
    assert regenerated.q_in == pytest.approx(plain.q_in - 0.8 * (AIR.h_T(plain.T[3]) - AIR.h_T(plain.T[1])), rel=1e-9)


@pytest.mark.parametrize("machine", [Machine(1.0, 300.0), Machine(8.0, -3.0), Machine(8.0, 300.0, 0.0)])
def test_a_machine_that_cannot_be_is_refused(machine: Machine) -> None:
    with pytest.raises(CalcError):
        compress(AIR, machine)


def test_a_cycle_without_machines_or_outside_the_gas_is_refused() -> None:
    for compressors, turbines in (([], [Machine(8.0, 1300.0)]), ([Machine(8.0, 300.0)], [Machine(8.0, 7000.0)])):
        with pytest.raises(CalcError):
            brayton(AIR, compressors, turbines)
    with pytest.raises(CalcError):
        constant_cp(1005.0, 1.0)
    with pytest.raises(CalcError):
        mass_flow(AIR, 5.0, 0.0, 300.0)
    assert mass_flow(AIR, 5.0, 1e5, 300.0) == pytest.approx(5.0 * 1e5 / (287.05 * 300.0), rel=1e-4)


@pytest.mark.parametrize("T", [250.0, 300.0, 700.0, 999.0, 1001.0, 1500.0])
def test_air_has_the_ideal_gas_properties_of_coolprop(T: float) -> None:
    def rise(name: str) -> float:
        return float(PropsSI(name, "T", T, "P", 1.0, "Air") - PropsSI(name, "T", 300.0, "P", 1.0, "Air"))

    assert float(air.cp_T(T)) == pytest.approx(PropsSI("CP0MASS", "T", T, "P", 1e3, "Air"), rel=3e-4)
    assert float(air.h_T(T) - air.h_T(300.0)) == pytest.approx(rise("HMASS"), rel=3e-4, abs=1.0)
    assert float(air.s0_T(T) - air.s0_T(300.0)) == pytest.approx(rise("SMASS"), rel=3e-4, abs=0.01)


def test_the_inverses_of_air_return() -> None:
    T = np.array([220.0, 300.0, 999.9, 1000.1, 2500.0])
    assert air.T_h(air.h_T(T)) == pytest.approx(T, rel=1e-9)
    assert air.T_isentropic(air.T_isentropic(T, 3.0), 1.0 / 3.0) == pytest.approx(T, rel=1e-9)
    assert np.isnan(air.h_T(np.array([150.0, np.nan]))).all()
    assert np.isnan(air.T_isentropic(300.0, -2.0))


def test_a_combined_cycle_meets_a_published_one() -> None:
    """Moran and Shapiro, Fundamentals of Engineering Thermodynamics, example 9.13."""
    steam = rankine(8e6, 8e3, T=673.15, turbine_efficiency=0.9, pump_efficiency=0.8)
    plant = unfired(45e6, AIR, Machine(12.0, 300.0, 0.84), Machine(12.0, 1400.0, 0.88), 400.0, steam)
    assert plant.air_flow == pytest.approx(100.87, rel=2e-3)
    assert plant.steam_flow == pytest.approx(15.6, rel=5e-3)
    assert plant.gas_power == pytest.approx(29.03e6, rel=2e-3)
    assert plant.efficiency == pytest.approx(0.528, abs=1e-3)


def test_supplementary_firing_counts_the_fuel_of_both_fires() -> None:
    gas, hot = constant_cp(1005.0, 1.4), constant_cp(1110.0, 1.33)
    machines = (gas, Machine(7.5, 288.0)), (hot, Machine(7.5, 1023.0))
    plant = supplementary_fired(200e6, *machines, 373.0, (3670e3, 2305e3, 192e3), 43.3e6)
    assert plant.gas_power + plant.steam_power == pytest.approx(200e6)
    assert plant.fuel_flow * 43.3e6 == pytest.approx(plant.heat)
    assert plant.air_fuel_ratio == pytest.approx(42.711415, rel=1e-6)
