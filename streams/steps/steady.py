"""The slope test: is the machine at rest, or on its way from one load to another?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DRIFT_MAX = 0.05
"""The driver may drift by 5 % of its mean from one end of a pane to the other."""


def steady(
    pane: NDArray[np.int64],
    time_s: NDArray[np.float64],
    duration_s: NDArray[np.float64],
    driver: NDArray[np.float64],
    pane_s: float,
    panes: int,
) -> NDArray[np.bool_]:
    """Which panes pass: |least-squares slope of the driver| × pane length ≤ `DRIFT_MAX` × |mean|.

    pane, time_s, duration_s, driver : (K,) pane's number, middle of the interval in it (s), duration (s), value.
    Returns (panes,). A pane with one state has no slope and passes.
    """
    weight = np.bincount(pane, duration_s, panes)
    with np.errstate(all="ignore"):
        t_mean = np.bincount(pane, duration_s * time_s, panes) / weight
        x_mean = np.bincount(pane, duration_s * driver, panes) / weight
        t_off, x_off = time_s - t_mean[pane], driver - x_mean[pane]
        t_variance = np.bincount(pane, duration_s * t_off * t_off, panes)
        covariance = np.bincount(pane, duration_s * t_off * x_off, panes)
        slope = np.where(t_variance > 0, covariance / t_variance, 0.0)
        return (weight > 0) & (np.abs(slope) * pane_s <= DRIFT_MAX * np.abs(x_mean))
