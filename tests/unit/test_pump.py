"""Laws of pump, fan, compressor and motor."""

from __future__ import annotations

import numpy as np
import pytest

from calc import air, compressor, fan, motor, pump, water
from calc.asset_type import AssetType, Floats, Rates
from calc.example_states import EXAMPLES
from calc.worked_example import example_parameters, example_type, work


def rates(
    name: str, changes: dict[str, float] | None = None, parameters: dict[str, float | str] | None = None
) -> Rates:
    kind: AssetType = example_type(name)
    inputs: dict[str, Floats] = {
        key: np.array([value]) for key, value in {**EXAMPLES[name].inputs, **(changes or {})}.items()
    }
    return kind.rates(inputs, dict(example_parameters(name)) | dict(parameters or {}))


def test_hydraulic_power_has_the_density_of_the_measured_water() -> None:
    rho = water.rho_pT(180e3, 333.15)
    assert rates("pump").energy_out_w[0] == pytest.approx(60.0 * 850e3 / rho, rel=1e-12)
    assert work("pump").method == "pump/measured_density"
    assert work("pump").values["head"] == pytest.approx(850e3 / (rho * pump.G), rel=1e-12)


def test_without_a_temperature_the_given_density_counts() -> None:
    inputs = {key: np.array([value]) for key, value in EXAMPLES["pump"].inputs.items() if key != "T_in"}
    found = pump.PUMP.rates(inputs, dict(example_parameters("pump")) | {"rho": 850.0, "fluid": "other"})
    assert found.energy_out_w[0] == pytest.approx(60.0 * 850e3 / 850.0)
    assert pump.PUMP.method({}, frozenset()) == "pump/given_density"


def test_the_heat_in_the_water_closes_the_pumps_balance() -> None:
    found = rates("pump", {"T_out": 333.22})
    gained = 60.0 * (water.h_pT(1.03e6, 333.22) - water.h_pT(180e3, 333.15))
    assert found.losses_w["hydraulic"][0] == pytest.approx(gained - found.energy_out_w[0], rel=1e-9)
    assert found.residual_w is not None
    assert found.residual_w[0] == pytest.approx(75e3 - 4500.0 - gained, rel=1e-9)


def test_a_pump_can_be_judged_by_its_temperature_rise() -> None:
    p_in, T_in, p_out = 180e3, 333.15, 1.03e6
    h_out = water.h_pT(p_in, T_in) + (water.h_ps(p_out, water.s_pT(p_in, T_in)) - water.h_pT(p_in, T_in)) / 0.75
    assert pump.thermodynamic_efficiency(p_in, T_in, p_out, water.T_ph(p_out, h_out)) == pytest.approx(0.75, abs=0.01)
    assert np.isnan(pump.thermodynamic_efficiency(p_in, T_in, p_out, T_in - 1.0))


def test_boiling_or_frozen_suction_is_impossible() -> None:
    assert rates("pump", {"T_in": 400.0}).faults["T_in"][0]
    assert rates("pump", {"T_in": 60.0}).faults["T_in"][0]
    assert not rates("pump", {"T_in": 400.0}, {"fluid": "other"}).faults.get("T_in", np.zeros(1, np.bool_))[0]


def test_the_affinity_laws() -> None:
    assert pump.affinity(100.0, 40.0, 50.0, 3) == pytest.approx(51.2)
    assert np.isnan(pump.affinity(100.0, 40.0, 0.0, 1))
    assert pump.head(98066.5, 1000.0) == pytest.approx(10.0)
    assert np.isnan(pump.hydraulic_power(1.0, 1e5, 0.0))


def test_a_fan_is_isentropic_where_its_inlet_is_measured() -> None:
    flow, rise, p_in = 12.0, 3.2e3, 101.0e3
    exact = flow * p_in * 3.5 * ((1.0 + rise / p_in) ** (0.4 / 1.4) - 1.0)
    assert rates("fan").energy_out_w[0] == pytest.approx(exact, rel=1e-10)
    plain = fan.FAN.rates(
        {key: np.array([value]) for key, value in EXAMPLES["fan"].inputs.items() if key != "p_in"},
        example_parameters("fan"),
    )
    assert plain.energy_out_w[0] == pytest.approx(flow * rise)
    assert fan.FAN.method({}, frozenset()) == "fan/incompressible"


def test_a_fan_without_pressure_has_no_answer() -> None:
    assert np.isnan(fan.isentropic_air_power(1.0, 100.0, 0.0))
    assert np.isnan(fan.isentropic_air_power(1.0, -2e5, 1e5))
    assert rates("fan", {"pressure_rise": -2e5}).faults["pressure_rise"][0]


def test_fan_losses_and_residual_add_up() -> None:
    found = rates("fan")
    assert found.residual_w is not None
    total = found.energy_out_w[0] + found.losses_w["drive"][0] + found.residual_w[0]
    assert total == pytest.approx(55e3, rel=1e-12)
    assert work("fan").values["fan_efficiency"] == pytest.approx(found.energy_out_w[0] / (55e3 * 0.94 * 0.97))


def test_a_compressor_is_measured_by_its_ideal_work() -> None:
    ideal = float(air.h_T(air.T_isentropic(293.15, 8.0)) - air.h_T(293.15))
    assert rates("compressor").energy_out_w[0] == pytest.approx(0.72 * ideal, rel=1e-12)
    isothermal = rates("compressor", None, {"reference": "isothermal"})
    assert isothermal.energy_out_w[0] == pytest.approx(0.72 * air.R_AIR * 293.15 * np.log(8.0), rel=1e-12)
    assert compressor.COMPRESSOR.method({"reference": "isothermal"}, frozenset()) == "compressor/isothermal"


def test_another_gas_is_ideal_with_its_k_and_molar_mass() -> None:
    gas: dict[str, float | str] = {"gas": "other", "k": 1.3, "molar_mass": 0.0440095}
    found = rates("compressor", None, gas)
    R = 8.31446261815324 / 0.0440095
    ideal = 1.3 / 0.3 * R * 293.15 * (8.0 ** (0.3 / 1.3) - 1.0)
    assert found.energy_out_w[0] == pytest.approx(0.72 * ideal, rel=1e-12)
    assert found.sums["rise"][0] == pytest.approx(0.72 * R * 1.3 / 0.3 * (580.0 - 293.15), rel=1e-12)
    keys = compressor.COMPRESSOR.check({"gas": "other", "k": None, "molar_mass": None}, frozenset({"cooling_flow"}))
    assert [key for key, _fix in keys] == ["k", "molar_mass", "T_cooling_in", "T_cooling_out"]


def test_the_compressors_heat_is_where_it_is_measured() -> None:
    cooling = {"cooling_flow": 1.5, "T_cooling_in": 293.15, "T_cooling_out": 296.0}
    found = rates("compressor", cooling)
    heat = 1.5 * (water.h_pT(400e3, 296.0) - water.h_pT(400e3, 293.15))
    assert found.losses_w["cooling"][0] == pytest.approx(heat, rel=1e-12)
    assert found.residual_w is not None
    known = found.energy_out_w[0] + sum(loss[0] for loss in found.losses_w.values())
    assert found.residual_w[0] == pytest.approx(250e3 - known, rel=1e-12)


def test_ideal_compressions_agree_at_their_limit() -> None:
    near_one = compressor.isentropic_work(300.0, 8.0, 1.0000001, 287.0)
    assert near_one == pytest.approx(float(compressor.isothermal_work(300.0, 8.0, 287.0)), rel=1e-6)
    assert compressor.polytropic_exponent(300.0, 300.0 * 8.0 ** (0.4 / 1.4), 8.0) == pytest.approx(1.4)
    assert np.isnan(compressor.isentropic_work(300.0, 0.0, 1.4, 287.0))
    assert np.isnan(compressor.isothermal_work(300.0, -1.0, 287.0))
    assert np.isnan(compressor.polytropic_exponent(300.0, 2400.0, 8.0))


def test_a_motor_gives_torque_times_speed() -> None:
    assert work("motor").energy_out_w == pytest.approx(2.0 * np.pi * 24.7 * 480.0)
    assert work("motor").values["load"] == pytest.approx(2.0 * np.pi * 24.7 * 480.0 / 90e3)
    assert rates("motor", {"speed": -1.0}).faults["speed"][0]


def test_motor_estimates() -> None:
    assert motor.three_phase_power(400.0, 100.0, 0.86) == pytest.approx(400.0 * 100.0 * 0.86 * np.sqrt(3.0))
    assert motor.load_by_slip(24.75, 24.5, 25.0) == pytest.approx(0.5)
    assert np.isnan(motor.load_by_slip(24.75, 25.0, 25.0))
    assert motor.load_by_current(80.0, 100.0, 400.0, 400.0) == pytest.approx(0.8)
    assert np.isnan(motor.load_by_current(80.0, 0.0, 400.0, 400.0))
    assert np.isnan(motor.drive_loss({}, {}, np.array([1.0]))[0])


def test_suction_on_saturation_is_saturated_liquid() -> None:
    T = water.T_sat_p(180e3)
    found = rates("pump", {"T_in": T})
    assert not found.faults["T_in"][0]
    assert found.energy_out_w[0] == pytest.approx(60.0 * 850e3 * water.v_liquid_p(180e3), rel=1e-12)
