"""Water and steam from measured pressure and temperature: which phase is meant, what cannot be, what nobody can tell.

Within 0.05 K of saturation steam is the dry saturated vapour and liquid the saturated liquid; further off on the wrong
side is an impossible state.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calc import water
from calc.asset_type import Floats, Mask

SATURATION_BAND_K = 0.05
P_LIMIT_PA = 100e6
State = tuple[Floats, Mask, Mask]
"""(h, impossible, near_saturation), each (n,)."""


def steam(p: Floats, T: Floats) -> State:
    """Enthalpy of steam.

    Parameters
    ----------
    p, T : (n,) Pa absolute and K.

    Returns
    -------
    h (n,) J/kg, dry saturated within the band about saturation; the mask of states that T makes impossible (below the
    band, or outside IF97), where h is NaN; the mask of states within the band.
    """
    above = T - water.T_sat_p(p)
    near = np.abs(above) <= SATURATION_BAND_K
    h = _saturated_where(near, water.h_vapour_p, p, water.h_pT(p, T))
    wrong = (above < -SATURATION_BAND_K) | unanswered(h, p, T)
    return np.where(wrong, np.nan, h), wrong, near


def liquid(p: Floats, T: Floats) -> State:
    """Enthalpy of liquid water.

    Parameters
    ----------
    p, T : (n,) Pa absolute and K.

    Returns
    -------
    h (n,) J/kg, saturated liquid within the band about saturation; the mask of states that T makes impossible (above
    the band, or outside IF97), where h is NaN; the mask of states within the band.
    """
    above = T - water.T_sat_p(p)
    near = np.abs(above) <= SATURATION_BAND_K
    h = _saturated_where(near, water.h_liquid_p, p, water.h_pT(p, T))
    wrong = (above > SATURATION_BAND_K) | unanswered(h, p, T)
    return np.where(wrong, np.nan, h), wrong, near


def _saturated_where(near: Mask, saturated: Callable[[Floats], Floats], p: Floats, h: Floats) -> Floats:
    """Saturation is asked for only where it is near: on most states nowhere."""
    if near.any():
        h = h.copy()
        h[near] = saturated(p[near])
    return h


def unanswered(h: Floats, p: Floats, T: Floats) -> Mask:
    """Where known pressure and temperature have no enthalpy."""
    return np.isnan(h) & ~np.isnan(p) & ~np.isnan(T)


def not_a_pressure(p: Floats) -> Mask:
    """Where a known pressure is not above zero or beyond IF97."""
    return (p <= 0.0) | (p > P_LIMIT_PA)
