"""Dry air as an ideal gas with its real heat capacity (`calc.fluids`), as gas turbines and compressors reckon with it.

h is 0 at 298.15 K, s° stands at 1 bar; 200 to 6000 K, dissociation apart. Mole fractions 0.78084 N2, 0.20946 O2,
0.00934 Ar, 0.00036 CO2.
"""

from __future__ import annotations

import numpy as np

from calc import fluids
from calc.asset_type import Floats

AIR = "GAS::N2[0.78084]&O2[0.20946]&Ar[0.00934]&CO2[0.00036]"
R_AIR = 8.314462618 / 28.96541e-3
"""J/(kg K)."""
T_RANGE_K = (200.0, 6000.0)
P_REFERENCE_PA = 1e5
Number = Floats | float


def cp_T(T: Number) -> Floats:
    """Isobaric heat capacity, (n,) J/(kg K), at T (n,) K; NaN outside 200…6000 K."""
    return fluids.cp_pT(AIR, P_REFERENCE_PA, np.asarray(T, dtype=np.float64))


def h_T(T: Number) -> Floats:
    """Enthalpy, (n,) J/kg, at T (n,) K; NaN outside 200…6000 K."""
    return fluids.h_pT(AIR, P_REFERENCE_PA, np.asarray(T, dtype=np.float64))


def s0_T(T: Number) -> Floats:
    """Entropy at 1 bar, (n,) J/(kg K), at T (n,) K; s(p, T) = s° − R ln(p / 1 bar)."""
    return fluids.s_pT(AIR, P_REFERENCE_PA, np.asarray(T, dtype=np.float64))


def T_h(h: Number) -> Floats:
    """Temperature, (n,) K, of an enthalpy (n,) J/kg; NaN where none in 200…6000 K has it."""
    return fluids.T_ph(AIR, P_REFERENCE_PA, np.asarray(h, dtype=np.float64))


def T_isentropic(T: Number, pressure_ratio: Number) -> Floats:
    """Temperature, (n,) K, after an isentropic change from T (n,) K by p_out/p_in = pressure_ratio (n,)."""
    p_out = P_REFERENCE_PA * np.asarray(pressure_ratio, dtype=np.float64)
    return fluids.T_ps(AIR, p_out, s0_T(T))
