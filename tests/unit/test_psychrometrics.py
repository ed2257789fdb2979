"""Laws of humid air."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.HumidAirProp import HAPropsSI

from calc import psychrometrics as air
from calc import water

P = 101325.0


def test_saturation_meets_the_steam_tables_and_continues_over_ice() -> None:
    T = np.array([274.15, 300.0, 350.0, 400.0])
    assert air.p_sat_T(T) == pytest.approx(water.p_sat_T(T), rel=5e-4)
    assert air.p_sat_T(253.15) == pytest.approx(103.2, rel=2e-3)
    assert np.isnan(air.p_sat_T(np.array([100.0, 500.0, np.nan]))).all()


@pytest.mark.parametrize(("T", "RH"), [(298.15, 0.5), (308.15, 0.9), (278.15, 0.3), (262.15, 0.7)])
def test_real_humid_air_is_met_within_the_enhancement_factor(T: float, RH: float) -> None:
    W = air.W_RH(T, RH, P)
    assert float(W) == pytest.approx(HAPropsSI("W", "T", T, "R", RH, "P", P), rel=6e-3)
    assert float(air.wet_bulb(T, W, P)) == pytest.approx(HAPropsSI("B", "T", T, "R", RH, "P", P), abs=0.06)
    assert float(air.dew_point(W, P)) == pytest.approx(HAPropsSI("D", "T", T, "R", RH, "P", P), abs=0.02)
    assert float(air.v_TW(T, W, P)) == pytest.approx(HAPropsSI("V", "T", T, "R", RH, "P", P), rel=1e-3)
    assert float(air.h_TW(T, W)) == pytest.approx(HAPropsSI("H", "T", T, "R", RH, "P", P), abs=500.0)


def test_the_ways_to_a_humidity_ratio_return() -> None:
    T = np.array([260.0, 280.0, 300.0, 320.0])
    W = air.W_RH(T, 0.6, P)
    assert air.RH_W(T, W, P) == pytest.approx(np.full(4, 0.6), rel=1e-12)
    assert air.W_wet_bulb(T, air.wet_bulb(T, W, P), P) == pytest.approx(W, rel=1e-6)
    assert air.W_pw(air.p_sat_T(air.dew_point(W, P)), P) == pytest.approx(W, rel=1e-9)
    assert air.W_pw(air.pw_W(W, P), P) == pytest.approx(W, rel=1e-12)
    assert air.rho_TW(T, W, P) * air.v_TW(T, W, P) == pytest.approx(1.0 + W)


def test_a_humidity_that_cannot_be_has_no_value() -> None:
    assert np.isnan(air.W_RH(300.0, np.array([-0.1, 1.1]), P)).all()
    assert np.isnan(air.W_wet_bulb(300.0, 301.0, P))
    assert np.isnan(air.W_wet_bulb(300.0, 270.0, P))
    assert np.isnan(air.W_pw(P, P))
    assert np.isnan(air.pw_W(-0.01, P))
    assert np.isnan(air.wet_bulb(300.0, 0.1, P))
    assert np.isnan(air.dew_point(0.0, P))


def test_saturated_air_has_its_own_temperature_as_wet_bulb_and_dew_point() -> None:
    W = air.W_RH(300.0, 1.0, P)
    assert air.wet_bulb(300.0, W, P) == pytest.approx(300.0, abs=1e-9)
    assert air.dew_point(W, P) == pytest.approx(300.0, abs=1e-9)
    assert air.h_saturated(300.0, P) == pytest.approx(float(air.h_TW(300.0, W)))
