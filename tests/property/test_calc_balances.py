"""Laws of balances on random states: planted faults show, energies scale with flows, methods agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.asset_type import Floats, ParameterValue
from calc.boiler_direct import BOILER_DIRECT
from calc.effectiveness_ntu import ARRANGEMENTS, effectiveness, ntu
from calc.exchanger import HEAT_EXCHANGER
from calc.lmtd import correction_factor, lmtd

BOILER: dict[str, ParameterValue] = {item.name: item.default for item in BOILER_DIRECT.parameters} | {"LHV": 50e6}
EXCHANGER: dict[str, ParameterValue] = {item.name: item.default for item in HEAT_EXCHANGER.parameters}
PLANT = st.fixed_dictionaries(
    {
        "steam_flow": st.floats(0.1, 100.0),
        "fuel_flow": st.floats(0.01, 10.0),
        "p_steam": st.floats(2e5, 15e6),
        "T_feedwater": st.floats(280.0, 390.0),
        "blowdown_flow": st.floats(0.0, 2.0),
        "O2_dry": st.floats(0.0, 0.15),
        "T_stack": st.floats(350.0, 600.0),
    }
)


def arrays(state: dict[str, float]) -> dict[str, Floats]:
    return {name: np.array([value]) for name, value in state.items()}


@given(PLANT)
@settings(max_examples=60, deadline=None)
def test_a_steam_flow_five_per_cent_too_high_shows_in_the_residual(state: dict[str, float]) -> None:
    right = BOILER_DIRECT.rates(arrays(state), BOILER)
    wrong = BOILER_DIRECT.rates(arrays(state | {"steam_flow": 1.05 * state["steam_flow"]}), BOILER)
    assert right.residual_w is not None
    assert wrong.residual_w is not None
    planted = 0.05 * right.energy_out_w[0]
    assert right.residual_w[0] - wrong.residual_w[0] == pytest.approx(planted, rel=1e-6)


@given(PLANT, st.floats(0.1, 10.0))
@settings(max_examples=60, deadline=None)
def test_all_energies_of_a_boiler_scale_with_its_flows(state: dict[str, float], factor: float) -> None:
    flows = {name: factor * state[name] for name in ("steam_flow", "fuel_flow", "blowdown_flow")}
    one, more = (BOILER_DIRECT.rates(arrays(s), BOILER) for s in (state, state | flows))
    assert more.energy_in_w[0] == pytest.approx(factor * one.energy_in_w[0], rel=1e-12)
    assert more.energy_out_w[0] == pytest.approx(factor * one.energy_out_w[0], rel=1e-12)
    for name, loss in one.losses_w.items():
        assert more.losses_w[name][0] == pytest.approx(factor * loss[0], rel=1e-12)


@given(PLANT)
@settings(max_examples=60, deadline=None)
def test_energy_in_is_out_and_losses_and_residual(state: dict[str, float]) -> None:
    found = BOILER_DIRECT.rates(arrays(state), BOILER)
    assert found.residual_w is not None
    whole = found.energy_out_w[0] + sum(loss[0] for loss in found.losses_w.values()) + found.residual_w[0]
    assert whole == pytest.approx(found.energy_in_w[0], rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@given(st.floats(0.01, 2.0), st.floats(0.01, 1.0), st.booleans())
@settings(max_examples=40, deadline=None)
def test_lmtd_and_ntu_agree(arrangement: str, NTU: float, Cr: float, hot_is_smaller: bool) -> None:
    """Temperatures made by ε-NTU, analysed by F · LMTD, give the size back."""
    eps = float(effectiveness(NTU, Cr, arrangement))
    smaller, larger = eps * 100.0, eps * 100.0 * Cr
    cooled, warmed = (smaller, larger) if hot_is_smaller else (larger, smaller)
    mean = lmtd(400.0, 400.0 - cooled, 300.0, 300.0 + warmed)
    factor = correction_factor(warmed / 100.0, cooled / warmed, arrangement)
    assert smaller / (factor * mean) == pytest.approx(NTU, rel=1e-8)
    assert ntu(eps, Cr, arrangement) == pytest.approx(NTU, rel=1e-8)


@given(st.floats(0.1, 10.0), st.floats(0.05, 3.0))
@settings(max_examples=60, deadline=None)
def test_an_exchanger_that_loses_nothing_has_eta_one(flow: float, NTU: float) -> None:
    """Equal flows of the same water: what one side cools the other warms, but for the change of cp."""
    share = NTU / (1.0 + NTU)
    state = {"hot_flow": flow, "cold_flow": flow, "T_hot_in": 360.0, "T_cold_in": 300.0}
    state |= {"T_hot_out": 360.0 - 60.0 * share, "T_cold_out": 300.0 + 60.0 * share}
    found = HEAT_EXCHANGER.rates(arrays(state), EXCHANGER)
    assert found.energy_out_w[0] == pytest.approx(found.energy_in_w[0], rel=5e-3)
    assert found.sums["F_LMTD"][0] == pytest.approx(60.0 * (1.0 - share), rel=1e-9)
