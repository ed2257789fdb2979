"""Effectiveness and NTU: published values, limits, and each relation against its inverse."""

from __future__ import annotations

import numpy as np
import pytest

from calc.effectiveness_ntu import ARRANGEMENTS, effectiveness, ntu
from calc.errors import CalcError
from calc.lmtd import correction_factor, lmtd, log_mean

NTUS = np.array([[0.01], [0.3], [1.0], [1.5]])
RATIOS = np.array([[0.0, 0.1, 0.5, 0.999999, 1.0]])


@pytest.mark.parametrize(
    ("arrangement", "shells", "expected"),
    [
        ("counterflow", 1, 0.9206703686051108),
        ("parallel", 1, 0.5881156068417585),
        ("crossflow_unmixed", 1, 0.8444821799748551),
        ("crossflow_unmixed_approximate", 1, 0.8444804481910532),
        ("crossflow_cmin_mixed", 1, 0.7497843941508544),
        ("crossflow_cmax_mixed", 1, 0.7158099831204696),
        ("shell_and_tube", 1, 0.6834977044311439),
        ("shell_and_tube", 50, 0.9205058702789254),
    ],
)
def test_published_effectiveness(arrangement: str, shells: int, expected: float) -> None:
    """Values of CalebBell/ht at NTU = 5, Cr = 0.7."""
    assert effectiveness(5.0, 0.7, arrangement, shells) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shells", [1, 2, 4])
@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_ntu_is_the_inverse_of_effectiveness(arrangement: str, shells: int) -> None:
    there = effectiveness(NTUS, RATIOS, arrangement, shells)
    assert ntu(there, RATIOS, arrangement, shells) == pytest.approx(np.broadcast_to(NTUS, there.shape), rel=1e-9)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_no_arrangement_beats_counterflow(arrangement: str) -> None:
    best = effectiveness(NTUS, RATIOS, "counterflow")
    assert np.all(effectiveness(NTUS, RATIOS, arrangement) <= best + 1e-12)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_a_change_of_phase_makes_all_arrangements_alike(arrangement: str) -> None:
    assert effectiveness(1.2, 0.0, arrangement) == pytest.approx(1.0 - np.exp(-1.2), rel=1e-12)
    assert ntu(1.0 - np.exp(-1.2), 0.0, arrangement) == pytest.approx(1.2, rel=1e-12)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_nothing_is_transferred_without_area(arrangement: str) -> None:
    assert effectiveness(0.0, 0.5, arrangement) == 0.0
    assert ntu(0.0, 0.5, arrangement) == 0.0


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize(("number", "Cr"), [(-1.0, 0.5), (1.0, -0.1), (1.0, 1.1), (np.nan, 0.5), (1.0, np.nan)])
def test_outside_its_range_a_relation_has_no_answer(arrangement: str, number: float, Cr: float) -> None:
    assert np.isnan(effectiveness(number, Cr, arrangement))


@pytest.mark.parametrize(
    ("arrangement", "unreachable"),
    [("parallel", 0.6), ("shell_and_tube", 0.7), ("crossflow_cmax_mixed", 0.8), ("crossflow_mixed", 0.7)],
)
def test_beyond_its_limit_an_arrangement_has_no_size(arrangement: str, unreachable: float) -> None:
    assert np.isnan(ntu(unreachable, 1.0, arrangement))


def test_an_unknown_arrangement_is_refused() -> None:
    with pytest.raises(CalcError) as refused:
        effectiveness(1.0, 0.5, "spiral")
    assert refused.value.code == "unknown_arrangement"


def test_published_lmtd() -> None:
    """CalebBell/ht, counterflow and parallel."""
    ends = (100.0, 60.0, 30.0, 40.2)
    assert lmtd(*ends) == pytest.approx(43.200409294131525, rel=1e-12)
    assert lmtd(*ends, parallel=True) == pytest.approx(39.75251118049003, rel=1e-12)


def test_published_correction_factor() -> None:
    """CalebBell/ht, one shell: 130 → 110, 15 → 85 °C."""
    factor = correction_factor(70.0 / 115.0, 20.0 / 70.0, "shell_and_tube")
    assert factor == pytest.approx(0.9438358829645933, rel=1e-12)


def test_equal_ends_have_their_own_mean() -> None:
    assert log_mean(7.0, 7.0) == 7.0
    assert log_mean(7.0, 7.0 + 1e-9) == pytest.approx(7.0, rel=1e-9)


def test_an_end_without_difference_has_mean_zero_and_a_crossed_one_none() -> None:
    assert log_mean(0.0, 5.0) == 0.0
    assert log_mean(5.0, 0.0) == 0.0
    assert log_mean(0.0, 0.0) == 0.0
    assert np.isnan(log_mean(-1.0, 5.0))
    assert np.isnan(log_mean(np.nan, 5.0))


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_lmtd_and_ntu_find_the_same_ua(arrangement: str) -> None:
    """A rated exchanger (ε-NTU) analysed by LMTD and F gives back its UA to 1e-9."""
    UA, C_hot, C_cold, T_hot_in, T_cold_in = 5000.0, 6000.0, 4500.0, 370.0, 290.0
    Q = effectiveness(UA / C_cold, C_cold / C_hot, arrangement) * C_cold * (T_hot_in - T_cold_in)
    T_hot_out, T_cold_out = T_hot_in - Q / C_hot, T_cold_in + Q / C_cold
    P, R = (T_cold_out - T_cold_in) / (T_hot_in - T_cold_in), (T_hot_in - T_hot_out) / (T_cold_out - T_cold_in)
    mean = lmtd(T_hot_in, T_hot_out, T_cold_in, T_cold_out)
    assert Q / (correction_factor(P, R, arrangement) * mean) == pytest.approx(UA, rel=1e-9)


def test_a_mean_with_a_crossed_end_is_none_even_where_the_other_is_zero() -> None:
    assert np.isnan(log_mean(0.0, -1.0))
    assert np.isnan(log_mean(-1.0, 0.0))
    assert np.isnan(log_mean(-2.0, -1.0))


@pytest.mark.parametrize(("P", "R"), [(0.3, 0.5), (0.2, 1.0), (0.4, 0.8)])
def test_the_factor_of_a_shell_is_the_same_seen_from_either_stream(P: float, R: float) -> None:
    one, other = correction_factor(P, R, "shell_and_tube"), correction_factor(P * R, 1.0 / R, "shell_and_tube")
    assert one == pytest.approx(float(other), rel=1e-12)
    assert 0.0 < one < 1.0


def test_nothing_exchanged_needs_no_correction() -> None:
    assert correction_factor(0.0, 0.5, "shell_and_tube") == 1.0


def test_a_limit_is_reached_with_an_infinite_size() -> None:
    assert ntu(1.0, 0.5, "counterflow") == np.inf
    assert np.isnan(ntu(0.5, -0.1, "counterflow"))
    assert np.isnan(ntu(-0.1, 0.5, "counterflow"))
    assert np.isnan(ntu(1.1, 0.5, "counterflow"))
