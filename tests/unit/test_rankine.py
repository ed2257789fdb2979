"""Laws of Rankine cycles."""

from __future__ import annotations

import pytest

from calc import water
from calc.errors import CalcError
from calc.rankine import Heater, Reheat, rankine

HEATERS = [Heater(2e6, "closed", ttd=3.0), Heater(0.7e6, "closed"), Heater(0.3e6), Heater(0.05e6, "closed")]


def test_efficiency_and_back_work_follow_from_the_works() -> None:
    cycle = rankine(8e6, 8e3, x=1.0)
    assert cycle.q_in - cycle.q_out == pytest.approx(cycle.w_net, rel=1e-12)
    assert cycle.efficiency == pytest.approx(1.0 - cycle.q_out / cycle.q_in, rel=1e-12)
    assert cycle.q_out == pytest.approx(cycle.h_exhaust - water.h_liquid_p(8e3), rel=1e-9)
    assert cycle.steam_flow(1e8) * cycle.w_net == pytest.approx(1e8)


def test_heaters_close_the_condensers_balance() -> None:
    """What the condenser takes up, counted there, is what the cycle's first law leaves for it."""
    cycle = rankine(
        8e6, 8e3, T=753.15, turbine_efficiency=0.86, pump_efficiency=0.8, reheats=[Reheat(2e6, 713.15)], heaters=HEATERS
    )
    upper = sum(cycle.bled[:3])
    exhaust = 1.0 - sum(cycle.bled)
    drained = cycle.bled[3]
    condensate = 1.0 - upper
    taken = exhaust * cycle.h_exhaust + drained * water.h_liquid_p(0.05e6) - condensate * water.h_liquid_p(8e3)
    assert taken == pytest.approx(cycle.q_out, rel=1e-9)


def test_regeneration_and_reheat_raise_the_efficiency() -> None:
    plain = rankine(8e6, 8e3, T=753.15)
    assert rankine(8e6, 8e3, T=753.15, heaters=[Heater(0.7e6)]).efficiency > plain.efficiency
    assert rankine(8e6, 8e3, T=753.15, reheats=[Reheat(0.7e6, 713.15)]).efficiency > plain.efficiency
    assert rankine(8e6, 8e3, T=753.15, turbine_efficiency=0.8).efficiency < plain.efficiency


def test_one_open_heater_bleeds_what_its_balance_asks() -> None:
    cycle = rankine(15e6, 10e3, T=873.15, heaters=[Heater(1.2e6)])
    assert cycle.bled[0] == pytest.approx(0.227, abs=0.001)
    assert cycle.efficiency == pytest.approx(0.463, abs=0.001)


def test_a_reheat_may_lose_pressure() -> None:
    lossless, lossy = (rankine(15e6, 10e3, T=873.15, reheats=[Reheat(4e6, 873.15, loss)]) for loss in (0.0, 0.4e6))
    assert lossy.efficiency < lossless.efficiency


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"p_boiler": 8e3, "p_condenser": 8e6, "x": 1.0}, "impossible_state"),
        ({"p_boiler": 8e6, "p_condenser": 8e3, "T": 500.0}, "impossible_state"),
        ({"p_boiler": 8e6, "p_condenser": 8e3}, "missing_parameter"),
        ({"p_boiler": 8e6, "p_condenser": 8e3, "x": 1.0, "T": 800.0}, "missing_parameter"),
        ({"p_boiler": 8e6, "p_condenser": 8e3, "x": 1.0, "heaters": [Heater(9e6)]}, "impossible_state"),
    ],
)
def test_a_cycle_that_cannot_be_is_refused(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(CalcError) as caught:
        rankine(**arguments)  # type: ignore[arg-type]
    assert caught.value.code == code
