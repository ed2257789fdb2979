"""Gas turbine cycles of an ideal gas: compressor, turbine, intercooler, reheat, regenerator, and their figures.

    w_c = (h_2s − h_1) / eta_c          w_t = (h_3 − h_4s) eta_t          efficiency = (w_t − w_c) / q_in

The gas is air with its real heat capacity (`AIR`), or one of constant heat capacity (`constant_cp`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calc import air
from calc.errors import CalcError


@dataclass(frozen=True)
class Gas:
    """A working gas: h(T), T(h), T after an isentropic change of pressure, and R; SI, scalars."""

    h_T: Callable[[float], float]
    T_h: Callable[[float], float]
    T_isentropic: Callable[[float, float], float]
    R: float


AIR = Gas(
    lambda T: float(air.h_T(T)),
    lambda h: float(air.T_h(h)),
    lambda T, ratio: float(air.T_isentropic(T, ratio)),
    air.R_AIR,
)


def constant_cp(cp: float, k: float) -> Gas:
    """An ideal gas of constant heat capacity cp, J/(kg K), and isentropic exponent k; cold air-standard."""
    if not (cp > 0.0 and k > 1.0):
        raise CalcError("impossible_state", "cp is above 0 and k above 1", "k")
    exponent = (k - 1.0) / k
    return Gas(lambda T: cp * T, lambda h: h / cp, lambda T, ratio: T * ratio**exponent, cp * exponent)


@dataclass(frozen=True)
class Cycle:
    """Figures for a kilogram of gas: J/kg; T holds the temperatures in the order of the flow, K."""

    w_compressor: float
    w_turbine: float
    q_in: float
    T: tuple[float, ...]

    @property
    def w_net(self) -> float:
        """Net work, J/kg."""
        return self.w_turbine - self.w_compressor

    @property
    def efficiency(self) -> float:
        """Net work over heat in."""
        return self.w_net / self.q_in

    @property
    def back_work_ratio(self) -> float:
        """Compressor work over turbine work."""
        return self.w_compressor / self.w_turbine


@dataclass(frozen=True)
class Machine:
    """One compressor or turbine: pressure ratio above 1, inlet temperature K, isentropic efficiency."""

    pressure_ratio: float
    T_in: float
    efficiency: float = 1.0


def brayton(
    gas: Gas, compressors: Sequence[Machine], turbines: Sequence[Machine], regenerator_effectiveness: float = 0.0
) -> Cycle:
    """The cycle of machines in a row: intercooling before each compressor but the first, heating before each turbine.

    Parameters
    ----------
    gas : `AIR` or `constant_cp(…)`.
    compressors, turbines : in the order of the flow; their inlet temperatures say how far they are cooled or heated.
    regenerator_effectiveness : (h_x − h_2) / (h_4 − h_2) of the exhaust's heat to the compressed gas.

    Raises
    ------
    CalcError `impossible_state`: a ratio not above 1, an efficiency not in (0, 1], no machine, outside the gas's range.
    """
    if not compressors or not turbines:
        raise CalcError("missing_parameter", "a cycle has a compressor and a turbine", "pressure_ratio")
    compressed = [compress(gas, machine) for machine in compressors]
    expanded = [expand(gas, machine) for machine in turbines]
    h_2, h_4 = gas.h_T(compressed[-1][0]), gas.h_T(expanded[-1][0])
    h_x = h_2 + regenerator_effectiveness * (h_4 - h_2)
    q_in = gas.h_T(turbines[0].T_in) - h_x
    for machine, before in zip(turbines[1:], expanded, strict=False):
        q_in += gas.h_T(machine.T_in) - gas.h_T(before[0])
    passed = zip((*compressors, *turbines), (*compressed, *expanded), strict=True)
    temperatures = [T for machine, (T_out, _work) in passed for T in (machine.T_in, T_out)]
    return Cycle(
        w_compressor=sum(work for _T, work in compressed),
        w_turbine=sum(work for _T, work in expanded),
        q_in=q_in,
        T=tuple(temperatures),
    )


def compress(gas: Gas, machine: Machine) -> tuple[float, float]:
    """Outlet temperature, K, and work, J/kg, of a compressor."""
    _possible(machine)
    h_in = gas.h_T(machine.T_in)
    work = (gas.h_T(gas.T_isentropic(machine.T_in, machine.pressure_ratio)) - h_in) / machine.efficiency
    return _answer(gas.T_h(h_in + work)), work


def expand(gas: Gas, machine: Machine) -> tuple[float, float]:
    """Outlet temperature, K, and work, J/kg, of a turbine."""
    _possible(machine)
    h_in = gas.h_T(machine.T_in)
    work = (h_in - gas.h_T(gas.T_isentropic(machine.T_in, 1.0 / machine.pressure_ratio))) * machine.efficiency
    return _answer(gas.T_h(h_in - work)), work


def mass_flow(gas: Gas, volume_flow: float, p: float, T: float) -> float:
    """Mass flow, kg/s, of volume_flow (m3/s) at p (Pa) and T (K)."""
    if not (p > 0.0 and T > 0.0):
        raise CalcError("impossible_state", "pressure and temperature are absolute and above zero", "p")
    return volume_flow * p / (gas.R * T)


def _possible(machine: Machine) -> None:
    if not (machine.pressure_ratio > 1.0 and machine.T_in > 0.0 and 0.0 < machine.efficiency <= 1.0):
        raise CalcError("impossible_state", f"no machine is like {machine}", "pressure_ratio")


def _answer(T: float) -> float:
    if not T > 0.0:
        raise CalcError("outside_range", "the gas has no state there", "T")
    return T
