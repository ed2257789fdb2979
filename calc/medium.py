"""Media of exchangers by name: water, steam, gases, glycols; their default pressure, enthalpy and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc import fluids, water
from calc.asset_type import Floats, Mask
from calc.steam_state import SATURATION_BAND_K

P_LIQUID_PA = 1e6
P_GAS_PA = 101325.0
WATER = ("water", "steam")


@dataclass(frozen=True)
class Medium:
    """A medium: its name in `calc.fluids` and the absolute pressure that stands in where none is measured."""

    fluid: str
    p_default_pa: float
    needs_fraction: bool = False


MEDIA = {
    "water": Medium("water", P_LIQUID_PA),
    "steam": Medium("water", P_GAS_PA),
    "air": Medium("GAS::N2[0.78084]&O2[0.20946]&Ar[0.00934]&CO2[0.00036]", P_GAS_PA),
    "flue_gas": Medium("flue_gas", P_GAS_PA),
    "nitrogen": Medium("GAS::N2", P_GAS_PA),
    "hydrogen": Medium("GAS::H2", P_GAS_PA),
    "carbon_dioxide": Medium("GAS::CO2", P_GAS_PA),
    "methane": Medium("GAS::CH4", P_GAS_PA),
    "ammonia": Medium("Ammonia", P_LIQUID_PA),
    "therminol_66": Medium("INCOMP::T66", P_LIQUID_PA),
    "therminol_vp1": Medium("INCOMP::TVP1", P_LIQUID_PA),
    "dowtherm_q": Medium("INCOMP::DowQ", P_LIQUID_PA),
    "ethylene_glycol": Medium("INCOMP::MEG", P_LIQUID_PA, needs_fraction=True),
    "propylene_glycol": Medium("INCOMP::MPG", P_LIQUID_PA, needs_fraction=True),
}


@dataclass(frozen=True)
class Stream:
    """One side of an exchanger at n states: the medium, its pressure (n,) Pa and whether that was measured."""

    medium: str
    p: Floats
    measured: Mask
    fraction: Floats | float | None = None


def stream(medium: str, p: Floats | None, fraction: Floats | float | None, n: int) -> Stream:
    """A side with its pressure: the measured one where it is known, else the medium's default."""
    given = np.full(n, np.nan) if p is None else p
    known = ~np.isnan(given)
    return Stream(medium, np.where(known, given, MEDIA[medium].p_default_pa), known, fraction)


def enthalpy(side: Stream, T: Floats, *, vapour: bool) -> tuple[Floats, Mask, Mask]:
    """Specific enthalpy of a side's medium.

    Parameters
    ----------
    side : the stream.
    T : (n,) K.
    vapour : within 0.05 K of saturation steam counts as dry saturated vapour, else as saturated liquid; water always
        counts as liquid there.

    Returns
    -------
    h (n,) J/kg; the mask of temperatures that cannot be, where h is NaN: outside the medium's range, or water above
    saturation at a pressure that nobody measured; the mask of states within the band about saturation.
    """
    if side.medium not in WATER:
        h = _fluid_enthalpy(side, T)
        undescribed = MEDIA[side.medium].needs_fraction and np.isnan(_fractions(side, T))
        return h, np.isnan(h) & ~np.isnan(T) & ~np.asarray(undescribed), np.zeros(T.shape, dtype=np.bool_)
    above = T - water.T_sat_p(side.p)
    near = np.abs(above) <= SATURATION_BAND_K
    at_saturation = water.h_vapour_p if vapour and side.medium == "steam" else water.h_liquid_p
    h = np.where(near, at_saturation(side.p), water.h_pT(side.p, T))
    other_phase = above > SATURATION_BAND_K if side.medium == "water" else above < -SATURATION_BAND_K
    wrong = (np.isnan(h) & ~np.isnan(T)) | (other_phase & ~side.measured)
    return np.where(wrong, np.nan, h), wrong, near


def _fractions(side: Stream, T: Floats) -> Floats:
    given = np.nan if side.fraction is None else side.fraction
    return np.broadcast_to(np.asarray(given, dtype=np.float64), T.shape)


def _fluid_enthalpy(side: Stream, T: Floats) -> Floats:
    medium = MEDIA[side.medium]
    if not medium.needs_fraction:
        return fluids.h_pT(medium.fluid, side.p, T)
    fractions = _fractions(side, T)
    h = np.full(T.shape, np.nan)
    for mass_fraction in np.unique(fractions[np.isfinite(fractions)]):  # each distinct one is a fluid of its own
        here = fractions == mass_fraction
        h[here] = fluids.h_pT(f"{medium.fluid}[{float(mass_fraction)!r}]", side.p[here], T[here])
    return h
