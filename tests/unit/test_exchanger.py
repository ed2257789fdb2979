"""Heat exchanger and economiser: balance, UA and effectiveness from integrals, and what bad input gets."""

from __future__ import annotations

import numpy as np
import pytest

from calc import water
from calc.asset_type import AssetType, Floats, Integrals, ParameterValue, Rates
from calc.effectiveness_ntu import effectiveness
from calc.exchanger import ECONOMISER, HEAT_EXCHANGER, heat_capacity_rate
from calc.mean_difference import ARRANGEMENTS

STATE = {
    "hot_flow": 2.0,
    "T_hot_in": 360.0,
    "T_hot_out": 339.0,
    "cold_flow": 3.0,
    "T_cold_in": 300.0,
    "T_cold_out": 314.0,
}


def given(kind: AssetType = HEAT_EXCHANGER, **changes: ParameterValue) -> dict[str, ParameterValue]:
    return {item.name: item.default for item in kind.parameters} | changes


def states(**changes: float | list[float]) -> dict[str, Floats]:
    return {name: np.atleast_1d(np.asarray(value, dtype=np.float64)) for name, value in (STATE | changes).items()}


def rates(parameters: dict[str, ParameterValue] | None = None, /, **changes: float | list[float]) -> Rates:
    return HEAT_EXCHANGER.rates(states(**changes), given() if parameters is None else parameters)


def faulty(found: Rates) -> set[str]:
    return {name for name, mask in found.faults.items() if mask.any()}


def integrals(found: Rates, seconds: float = 60.0) -> Integrals:
    n = found.energy_in_w.size
    return Integrals(
        seconds * n,
        float(found.energy_in_w.sum()) * seconds,
        float(found.energy_out_w.sum()) * seconds,
        sums={name: float(rate.sum()) * seconds for name, rate in found.sums.items()},
    )


def h(T: float, p: float = 1e6) -> float:
    return float(water.h_pT(p, T))


def test_each_side_has_its_own_heat_and_the_residual_is_the_difference() -> None:
    found = rates()
    assert found.energy_in_w[0] == pytest.approx(2.0 * (h(360.0) - h(339.0)), rel=1e-12)
    assert found.energy_out_w[0] == pytest.approx(3.0 * (h(314.0) - h(300.0)), rel=1e-12)
    assert found.residual_w is not None
    assert found.residual_w[0] == pytest.approx(found.energy_in_w[0] - found.energy_out_w[0], rel=1e-9)


def test_a_measured_pressure_is_used() -> None:
    found = rates(p_hot=8e6, p_cold=np.nan)
    assert found.energy_in_w[0] == pytest.approx(2.0 * (h(360.0, 8e6) - h(339.0, 8e6)), rel=1e-12)
    assert found.energy_out_w[0] == pytest.approx(3.0 * (h(314.0) - h(300.0)), rel=1e-12)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_a_rated_exchanger_gives_back_its_ua(arrangement: str) -> None:
    """Temperatures made by ε-NTU, analysed by the type: heats, C, effectiveness, NTU and UA must return."""
    C_hot, C_cold, UA = 2.0 * 4196.0, 3.0 * 4180.0, 9000.0
    names = {"crossflow_hot_mixed": "crossflow_cmin_mixed", "crossflow_cold_mixed": "crossflow_cmax_mixed"}
    eps = float(effectiveness(UA / C_hot, C_hot / C_cold, names.get(arrangement, arrangement)))
    Q = eps * C_hot * 60.0
    found = rates(given(arrangement=arrangement), T_hot_out=360.0 - Q / C_hot, T_cold_out=300.0 + Q / C_cold)
    values = HEAT_EXCHANGER.values(integrals(found), given(arrangement=arrangement))
    assert faulty(found) == set()
    assert values["effectiveness"] == pytest.approx(eps, rel=1e-3)
    assert values["UA"] == pytest.approx(UA, rel=5e-3)
    assert values["NTU"] == pytest.approx(UA / C_hot, rel=5e-3)


def test_values_come_from_integrals_and_not_from_a_mean_of_ratios() -> None:
    """A short strong state beside a long weak one: UA is ∫Q / ∫LMTD."""
    both = rates(
        hot_flow=[2.0, 20.0],
        T_hot_in=[360.0, 360.0],
        T_hot_out=[339.0, 356.0],
        cold_flow=[3.0, 3.0],
        T_cold_in=[300.0, 300.0],
        T_cold_out=[314.0, 326.0],
    )
    values = HEAT_EXCHANGER.values(integrals(both), given())
    assert values["UA"] == pytest.approx(both.energy_in_w.sum() / both.sums["F_LMTD"].sum(), rel=1e-12)
    assert values["effectiveness"] == pytest.approx(both.energy_in_w.sum() / both.sums["Q_max"].sum(), rel=1e-12)


def test_equal_heat_capacity_rates_have_an_answer() -> None:
    found = rates(cold_flow=2.0, T_hot_out=340.0, T_cold_out=320.0)
    values = HEAT_EXCHANGER.values(integrals(found), given())
    assert values["LMTD"] == pytest.approx(40.0, rel=1e-12)
    assert values["NTU"] == pytest.approx(0.5, rel=5e-3)


@pytest.mark.parametrize(
    ("arrangement", "changes", "name"),
    [
        ("counterflow", {"T_cold_out": 361.0}, "T_cold_out"),
        ("counterflow", {"T_hot_out": 299.0}, "T_hot_out"),
        ("counterflow", {"T_hot_in": 299.0, "T_hot_out": 305.0, "T_cold_out": 298.0}, "T_hot_in"),
        ("parallel", {"T_hot_out": 313.0}, "T_hot_out"),
        ("shell_and_tube", {"T_hot_out": 318.0, "T_cold_out": 345.0}, "T_cold_out"),
        ("counterflow", {"T_hot_in": 87.0}, "T_hot_in"),
        ("counterflow", {"T_hot_in": 500.0}, "T_hot_in"),
        ("counterflow", {"p_hot": -1.0}, "p_hot"),
        ("counterflow", {"p_cold": 2e8}, "p_cold"),
        ("counterflow", {"hot_flow": -2.0}, "hot_flow"),
        ("counterflow", {"cold_flow": -2.0}, "cold_flow"),
    ],
    ids=[
        "cold out above hot in",
        "hot out below cold in",
        "hot side is the colder",
        "parallel cross",
        "beyond one shell",
        "°C for K",
        "boils at an unmeasured pressure",
        "negative pressure",
        "beyond IF97",
        "hot backwards",
        "cold backwards",
    ],
)
def test_an_impossible_state_names_its_input(arrangement: str, changes: dict[str, float], name: str) -> None:
    found = rates(given(arrangement=arrangement), **changes)
    assert name in faulty(found)
    assert np.isnan(found.energy_in_w[0])
    assert np.isnan(found.energy_out_w[0])


def test_a_missing_value_gives_no_number_and_blames_nobody() -> None:
    found = rates(T_hot_in=np.nan)
    assert faulty(found) == set()
    assert np.isnan(found.energy_in_w[0])


def test_a_still_exchanger_has_heats_of_zero_and_no_values() -> None:
    found = rates(T_hot_in=300.0, T_hot_out=300.0, T_cold_out=300.0)
    assert (found.energy_in_w[0], found.energy_out_w[0]) == (0.0, 0.0)
    assert HEAT_EXCHANGER.values(integrals(found), given()) == {"LMTD": 0.0}


def test_condensing_steam_enters_as_vapour_and_leaves_as_liquid() -> None:
    T_sat = float(water.T_sat_p(2e5))
    parameters = given(hot_fluid="steam")
    found = rates(parameters, p_hot=2e5, T_hot_in=T_sat + 0.02, T_hot_out=T_sat - 0.02, hot_flow=0.1)
    latent = float(water.h_vapour_p(2e5)) - float(water.h_liquid_p(2e5))
    assert found.energy_in_w[0] == pytest.approx(0.1 * latent, rel=1e-12)
    assert bool(found.notes["near_saturation"][0])
    values = HEAT_EXCHANGER.values(integrals(found), parameters)
    assert values["effectiveness"] > 0.0


def test_heat_without_a_change_of_temperature_is_a_change_of_phase() -> None:
    C = heat_capacity_rate(np.array([5e5, 0.0, 100.0]), np.array([0.0, 0.0, 2.0]), np.array([400.0, 400.0, 400.0]))
    assert C.tolist() == [np.inf, 400.0, 50.0]


def test_exchangers_are_bounded_by_unity_beyond_their_uncertainty() -> None:
    bound = HEAT_EXCHANGER.bound(integrals(rates()), given())
    assert bound is not None
    assert (bound.reason, bound.eta, bound.beyond_uncertainty) == ("above_unity", 1.0, True)


def test_rules_over_several_keys_are_told() -> None:
    broken = HEAT_EXCHANGER.check(given(hot_fluid="steam", cold_fluid="ethylene_glycol"), frozenset())
    assert [key for key, _ in broken] == ["p_hot", "cold_fraction"]
    assert HEAT_EXCHANGER.check(given(), frozenset()) == ()


def test_the_method_names_the_arrangement() -> None:
    assert HEAT_EXCHANGER.method(given(arrangement="parallel"), frozenset()) == "heat_exchanger/parallel"


def test_the_driver_is_the_hot_flow_or_what_stands_in_for_it() -> None:
    flow = ECONOMISER.input("hot_flow")
    assert flow is not None
    assert (ECONOMISER.driver, flow.alternatives, ECONOMISER.off_reason) == (
        "hot_flow",
        ("fuel_flow", "air_flow"),
        "not_running",
    )


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_an_element_never_depends_on_its_neighbours(arrangement: str) -> None:
    rng = np.random.default_rng(11)
    n = 23
    inputs = {
        "hot_flow": rng.uniform(0, 5, n),
        "cold_flow": rng.uniform(0, 5, n),
        "T_hot_in": rng.uniform(340, 400, n),
        "T_hot_out": rng.uniform(310, 360, n),
        "T_cold_in": rng.uniform(275, 330, n),
        "T_cold_out": rng.uniform(280, 350, n),
        "p_hot": rng.uniform(5e5, 2e6, n),
    }
    parameters = given(arrangement=arrangement)
    whole = HEAT_EXCHANGER.rates(inputs, parameters)
    for i in range(n):
        alone = HEAT_EXCHANGER.rates({name: values[i : i + 1] for name, values in inputs.items()}, parameters)
        assert alone.energy_in_w.tobytes() == whole.energy_in_w[i : i + 1].tobytes()
        for name, rate in alone.sums.items():
            assert rate.tobytes() == whole.sums[name][i : i + 1].tobytes(), name


def test_condensing_steam_has_the_mean_difference_of_its_zones() -> None:
    """Superheated steam in, subcooled condensate out: three zones, computed by hand here."""
    p, T_sat = 2e5, float(water.T_sat_p(2e5))
    h_in, h_g, h_f, h_out = h(453.15, p), float(water.h_vapour_p(p)), float(water.h_liquid_p(p)), h(373.15, p)
    q = [(h_in - x) / (h_in - h_out) for x in (h_in, h_g, h_f, h_out)]
    cold = [330.0 - share * 20.0 for share in q]
    gaps = [a - b for a, b in zip((453.15, T_sat, T_sat, 373.15), cold, strict=True)]
    zones = [(gaps[i] - gaps[i + 1]) / np.log(gaps[i] / gaps[i + 1]) for i in range(3)]
    expected = 1.0 / sum((q[i + 1] - q[i]) / zones[i] for i in range(3))
    state = {"p_hot": p, "T_hot_in": 453.15, "T_hot_out": 373.15, "hot_flow": 0.1}
    found = rates(given(hot_fluid="steam"), **state, T_cold_in=310.0, T_cold_out=330.0)
    assert found.sums["F_LMTD"][0] == pytest.approx(expected, rel=1e-9)
    assert faulty(found) == set()


def test_boiling_water_has_the_mean_difference_of_its_zones() -> None:
    """Hot water gives to an evaporator that preheats and boils: the pinch is inside."""
    state = {"p_cold": 2e5, "T_cold_in": 350.0, "T_cold_out": float(water.T_sat_p(2e5)) + 10.0, "cold_flow": 0.1}
    found = rates(given(cold_fluid="steam"), **state, p_hot=2e6, T_hot_in=430.0, T_hot_out=400.0)
    at_ends = rates(given(), p_hot=2e6, T_hot_in=430.0, T_hot_out=400.0, T_cold_in=350.0, T_cold_out=403.0)
    assert faulty(found) == set()
    assert found.sums["F_LMTD"][0] < at_ends.sums["F_LMTD"][0]


def test_a_pinch_inside_is_a_cross() -> None:
    """The ends are 30 and 8 K apart, but the boiling water is hotter than the hot side in between."""
    state = {"p_cold": 2e5, "T_cold_in": 350.0, "T_cold_out": float(water.T_sat_p(2e5)) + 10.0, "cold_flow": 0.1}
    found = rates(given(cold_fluid="steam"), **state, p_hot=2e6, T_hot_in=411.0, T_hot_out=380.0)
    assert faulty(found) == {"T_cold_out"}


def test_fouling_is_told_against_the_clean_exchanger_at_this_flow() -> None:
    parameters = given(UA_clean=5000.0)
    plain = HEAT_EXCHANGER.values(integrals(rates()), parameters)
    assert plain["cleanliness"] == pytest.approx(plain["UA"] / 5000.0)
    assert plain["fouling"] == pytest.approx(1.0 / plain["UA"] - 1.0 / 5000.0)
    moved = HEAT_EXCHANGER.values(integrals(rates()), given(UA_clean=5000.0, hot_flow_clean=4.0))
    assert moved["cleanliness"] == pytest.approx(plain["UA"] / (5000.0 * 0.5**0.8))


@pytest.mark.parametrize(
    ("changes", "name"), [({"T_hot_out": 362.5}, "T_hot_out"), ({"T_cold_out": 297.5}, "T_cold_out")]
)
def test_a_stream_that_runs_the_wrong_way_is_impossible(changes: dict[str, float], name: str) -> None:
    assert faulty(rates(**changes)) == {name}


def test_a_stream_that_hardly_runs_the_wrong_way_is_noise() -> None:
    found = rates(T_hot_out=361.0)
    assert faulty(found) == set()
    assert found.energy_in_w[0] < 0.0


@pytest.mark.parametrize("changes", [{"T_hot_out": 361.0}, {"T_cold_out": 299.0}])
def test_where_nothing_is_transferred_no_factor_is_asked_for(changes: dict[str, float]) -> None:
    found = rates(given(arrangement="shell_and_tube"), **changes)
    assert faulty(found) == set()
    assert found.sums["F_LMTD"][0] == found.sums["LMTD"][0]
