"""Vapour-compression cycles on the refrigerant's side, from measured or from ideal states; scalars in SI.

    Q_cold = m (h_1 − h_4)   W = m (h_2 − h_1)   Q_hot = m (h_2 − h_3)   COP = Q_cold / W, heating: Q_hot / W
    eta_s = (h_2s − h_1) / (h_2 − h_1)          expansion at constant enthalpy: h_4 = h_3

Properties: `calc.fluids` (CoolProp). 1 compressor inlet, 2 its outlet, 3 liquid before the valve, 4 behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from calc import fluids
from calc.brayton import Gas, Machine, compress, expand
from calc.errors import CalcError

State = tuple[float, float]
"""(p in Pa, T in K)."""


@dataclass(frozen=True)
class Cycle:
    """A cycle for a kilogram of refrigerant: enthalpies, J/kg, and the compressor's isentropic efficiency."""

    h_1: float
    h_2: float
    h_3: float
    h_4: float
    isentropic_efficiency: float

    @property
    def q_cold(self) -> float:
        """Heat taken, J/kg."""
        return self.h_1 - self.h_4

    @property
    def q_hot(self) -> float:
        """Heat given, J/kg."""
        return self.h_2 - self.h_3

    @property
    def work(self) -> float:
        """Compressor work, J/kg."""
        return self.h_2 - self.h_1

    @property
    def cop_cooling(self) -> float:
        """Heat taken over work."""
        return self.q_cold / self.work

    @property
    def cop_heating(self) -> float:
        """Heat given over work."""
        return self.q_hot / self.work


def measured_cycle(fluid: str, suction: State, discharge: State, liquid: State) -> Cycle:
    """The cycle of measured pressures and temperatures at suction, discharge and in the liquid line.

    Raises
    ------
    CalcError `impossible_state` where the compressor does no work; the codes of `calc.fluids` for states without one.
    """
    h_1, h_2, h_3 = (fluids.h_pT(fluid, *state) for state in (suction, discharge, liquid))
    if h_2 <= h_1:
        raise CalcError("impossible_state", "the discharge has no more enthalpy than the suction", "T_discharge")
    ideal = fluids.h_ps(fluid, discharge[0], fluids.s_pT(fluid, *suction)) - h_1
    return Cycle(h_1, h_2, h_3, h_3, ideal / (h_2 - h_1))


def ideal_cycle(
    fluid: str,
    p_evaporator: float,
    p_condenser: float,
    *,
    superheat: float = 0.0,
    subcooling: float = 0.0,
    efficiency: float = 1.0,
) -> Cycle:
    """The cycle between two pressures (Pa): saturated vapour and liquid, but for superheat and subcooling (K).

    Raises CalcError `impossible_state` for pressures out of order or an efficiency not in (0, 1].
    """
    if not (0.0 < p_evaporator < p_condenser and 0.0 < efficiency <= 1.0):
        raise CalcError("impossible_state", "the condenser's pressure is above the evaporator's", "p_condenser")
    h_1, s_1 = _end(fluid, p_evaporator, 1.0, superheat)
    h_3, _s = _end(fluid, p_condenser, 0.0, -subcooling)
    h_2 = h_1 + (fluids.h_ps(fluid, p_condenser, s_1) - h_1) / efficiency
    return Cycle(h_1, h_2, h_3, h_3, efficiency)


def p_saturation(fluid: str, T: float, x: float = 0.0) -> float:
    """Pressure, Pa, of saturation at T (K); of a blend at its bubble (x = 0) or dew (x = 1) line."""
    return fluids.p_Tx(fluid, T, x)


def cascade_flow_ratio(low: Cycle, high: Cycle) -> float:
    """Refrigerant of the upper cycle a kilogram of the lower's, whose heat boils it."""
    return low.q_hot / high.q_cold


def cascade_cop(low: Cycle, high: Cycle) -> float:
    """COP of two cycles in cascade: cooling of the lower over the work of both."""
    return low.q_cold / (low.work + cascade_flow_ratio(low, high) * high.work)


def flash_cycle(fluid: str, p_evaporator: float, p_flash: float, p_condenser: float) -> tuple[float, float, float]:
    """Two ideal stages with a flash chamber between them, for a kilogram in the condenser.

    Returns
    -------
    share that is flashed (1), heat taken (J/kg), work (J/kg).
    """
    h_1, s_1 = _end(fluid, p_evaporator, 1.0, 0.0)
    h_liquid, h_vapour = fluids.h_px(fluid, p_flash, 0.0), fluids.h_px(fluid, p_flash, 1.0)
    h_condensed = fluids.h_px(fluid, p_condenser, 0.0)
    share = (h_condensed - h_liquid) / (h_vapour - h_liquid)
    h_2 = fluids.h_ps(fluid, p_flash, s_1)
    h_mixed = share * h_vapour + (1.0 - share) * h_2
    h_4 = fluids.h_ps(fluid, p_condenser, fluids.s_ph(fluid, p_flash, h_mixed))
    return share, (1.0 - share) * (h_1 - h_liquid), (h_4 - h_mixed) + (1.0 - share) * (h_2 - h_1)


def gas_cycle(gas: Gas, compressor: Machine, turbine: Machine) -> tuple[float, float]:
    """Gas refrigeration (reversed Brayton): heat taken and net work, J/kg."""
    _T_2, w_compressor = compress(gas, compressor)
    T_4, w_turbine = expand(gas, turbine)
    return gas.h_T(compressor.T_in) - gas.h_T(T_4), w_compressor - w_turbine


def _end(fluid: str, p: float, x: float, away: float) -> State:
    """h and s of the saturated end x at p, or `away` K from it."""
    if away == 0.0:
        return fluids.h_px(fluid, p, x), fluids.s_px(fluid, p, x)
    T = fluids.T_px(fluid, p, x) + away
    return fluids.h_pT(fluid, p, T), fluids.s_pT(fluid, p, T)
