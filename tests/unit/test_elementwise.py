"""Laws of element-wise functions and of balances."""

from __future__ import annotations

import numpy as np
import pytest

from calc import balance, elementwise


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p"])
def test_an_element_has_its_bits_wherever_it_stands(name: str) -> None:
    function = getattr(elementwise, name)
    x = np.random.default_rng(3).uniform(0.01, 5.0, 101)
    together = function(x)
    assert all(function(x[i : i + 1])[0] == together[i] for i in range(101))
    assert together == pytest.approx(getattr(np, name)(x), rel=1e-14)


def test_what_has_no_value_is_no_number_and_shapes_are_kept() -> None:
    assert np.isnan(elementwise.log(np.array([0.0, -1.0, np.nan]))).all()
    assert np.isnan(elementwise.exp(1e6))
    assert elementwise.log(np.ones((2, 3))).shape == (2, 3)
    assert elementwise.power(4.0, 0.5) == pytest.approx(2.0)
    assert np.isnan(elementwise.power(-1.0, 0.5))


def test_a_loss_that_is_not_known_stays_in_the_residual() -> None:
    left = balance.residual(np.array([10.0, 10.0]), np.array([6.0, 6.0]), {"a": np.array([1.0, np.nan])})
    assert left.tolist() == [3.0, 4.0]


def test_ratios_and_faults_make_no_infinite_numbers() -> None:
    assert np.isnan(balance.ratio(1.0, 0.0))
    assert balance.known({"a": np.nan, "b": np.inf, "c": 1.0}) == {"c": 1.0}
    masks = {"a": np.array([True, False]), "b": np.array([False, False])}
    assert np.isnan(balance.unless(masks, np.array([1.0, 2.0]))).tolist() == [True, False]
