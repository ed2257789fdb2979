"""First-order propagation with covariance, its contributors, the combination of PTC 19.1, and sampling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from calc.asset_type import Floats
from calc.errors import CalcError
from calc.uncertainty import combine, propagate, sample, standard_of_mean


def ratio(x: Mapping[str, float]) -> float:
    return x["out"] / x["in"]


def test_relative_uncertainties_of_a_ratio_add_in_squares() -> None:
    found = propagate(ratio, {"out": 86.0, "in": 100.0}, {"out": 0.86, "in": 2.0})
    assert found.value == pytest.approx(0.86)
    assert found.u == pytest.approx(0.86 * np.hypot(0.01, 0.02), rel=1e-4)
    assert found.u95 == pytest.approx(2.0 * found.u)


def test_contributors_stand_in_order_and_add_up_to_one() -> None:
    found = propagate(ratio, {"out": 86.0, "in": 100.0}, {"out": 0.86, "in": 2.0})
    assert [part.name for part in found.contributions] == ["in", "out"]
    assert [part.share for part in found.contributions] == pytest.approx([0.8, 0.2], abs=1e-3)
    assert found.top(1) == found.contributions[:1]
    assert found.contributions[1].sensitivity == pytest.approx(0.01, rel=1e-6)


@pytest.mark.parametrize(("coefficient", "expected"), [(1.0, 0.0), (0.0, 0.01 * np.sqrt(2.0)), (-1.0, 0.02)])
def test_common_errors_of_a_ratio_cancel_and_opposed_ones_add(coefficient: float, expected: float) -> None:
    found = propagate(ratio, {"out": 1.0, "in": 1.0}, {"out": 0.01, "in": 0.01}, {("out", "in"): coefficient})
    assert found.u == pytest.approx(expected, abs=1e-6)


def test_exact_inputs_contribute_nothing() -> None:
    found = propagate(ratio, {"out": 1.0, "in": 1.0}, {"out": 0.0})
    assert (found.u, found.contributions) == (0.0, ())


@pytest.mark.parametrize(
    ("u", "correlation", "code"),
    [
        ({"out": -0.1}, {}, "bad_uncertainty"),
        ({"out": np.nan}, {}, "bad_uncertainty"),
        ({"out": 0.1, "in": 0.1}, {("out", "in"): 1.5}, "bad_correlation"),
    ],
)
def test_what_is_no_uncertainty_is_refused(
    u: dict[str, float], correlation: dict[tuple[str, str], float], code: str
) -> None:
    with pytest.raises(CalcError) as refused:
        propagate(ratio, {"out": 1.0, "in": 1.0}, u, correlation)
    assert refused.value.code == code


def test_a_set_of_correlations_that_cannot_be_is_refused() -> None:
    pairs = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(CalcError) as refused:
        propagate(lambda x: sum(x.values()), dict.fromkeys("abc", 1.0), dict.fromkeys("abc", 0.1), pairs)
    assert refused.value.code == "bad_correlation"


def test_systematic_and_random_parts_combine_as_in_ptc_19_1() -> None:
    assert combine(0.02, 0.0) == pytest.approx(0.02)
    assert combine(0.0, 0.01) == pytest.approx(0.02)
    assert combine(0.06, 0.04) == pytest.approx(0.1)


def test_the_mean_of_samples_is_surer_than_one() -> None:
    assert standard_of_mean(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(np.sqrt(5.0 / 3.0) / 2.0)
    assert np.isnan(standard_of_mean(np.array([1.0])))


def test_sampling_agrees_with_first_order_where_it_is_linear() -> None:
    rng = np.random.default_rng(5)
    inputs = {"a": rng.normal(10.0, 0.3, 200_000), "b": rng.normal(4.0, 0.4, 200_000)}

    def difference(x: Mapping[str, Floats]) -> Floats:
        return x["a"] - x["b"]

    found = sample(difference, inputs)
    assert (found.value, found.u) == pytest.approx((6.0, 0.5), abs=0.01)
    assert (found.low95, found.high95) == pytest.approx((5.02, 6.98), abs=0.02)


def test_sampling_needs_samples_and_finite_results() -> None:
    with pytest.raises(CalcError) as few:
        sample(lambda x: x["a"], {"a": np.ones(10)})
    with pytest.raises(CalcError) as infinite:
        sample(lambda x: x["a"], {"a": np.full(2000, np.inf)})
    assert (few.value.code, infinite.value.code) == ("too_few_samples", "not_finite")
