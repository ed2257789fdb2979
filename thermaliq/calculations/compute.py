"""A canonical calculation → its result: rates at one state, first-order uncertainty, the bound, the warnings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan
from typing import Final

import msgspec
import numpy as np

from calc import custom
from calc.asset_type import AssetType, Bound, Floats, Integrals, ParameterValue, Rates
from calc.asset_types import ASSET_TYPES
from calc.errors import CalcError
from calc.uncertainty import propagate
from thermaliq.calculations.answer import Computed, Contribution, WarningItem
from thermaliq.calculations.canonical import Canonical
from thermaliq.calculations.refusal import Refusal, refuse

_HELD_S: Final = 1.0
"""The state stands for a second: joules are watts."""
_SAID: Final[Mapping[str, str]] = {
    "near_saturation": "within 0.05 K of saturation: taken as the saturated vapour or liquid",
    "stack_loss_undefined": "oxygen and temperatures make no flue gas: the stack loss stays in the residual",
    "flue_loss_undefined": "oxygen and temperatures make no flue gas: the flue loss stays in the residual",
    "no_fuel": "no fuel is fired: the efficiency is undefined",
    "not_running": "the machine does not run: the efficiency is undefined",
    "undefined": "no energy goes in: the efficiency is undefined",
    "above_unity": "more useful energy leaves than enters: an input or the heating value is wrong",
    "above_carnot": "better than a Carnot machine between these temperatures: an input is wrong",
    "uncertainty_undefined": "within an input's accuracy there are states without an answer",
}


class Refused(msgspec.Struct, frozen=True):
    """No answer, and why."""

    refusals: tuple[Refusal, ...]


def compute(canonical: Canonical) -> Computed | Refused:
    """The result of one calculation; the same canonical form gives the same bits in every process."""
    try:
        with np.errstate(all="ignore"):
            return _Calculation(canonical).result()
    except CalcError as error:
        return Refused((refuse(error.code, _place(error.field, canonical), error.detail),))
    except ArithmeticError as error:  # a parameter of 0 that the method divides by
        return Refused((refuse("no_answer", "parameters", f"this state has no answer: {error}"),))


class _Calculation:
    """An asset type at one state; `values` are its inputs and numeric parameters by name."""

    def __init__(self, canonical: Canonical) -> None:
        self._canonical = canonical
        self._kind = _fitted(canonical)
        names = (item.name for item in self._kind.parameters)
        self._parameters: dict[str, ParameterValue] = {name: canonical.parameters_si.get(name) for name in names}
        numbers = {name: value for name, value in canonical.parameters_si.items() if isinstance(value, float)}
        self._values: dict[str, float] = {**numbers, **canonical.inputs_si}

    def result(self) -> Computed | Refused:
        """The answer, or the inputs at fault."""
        rates = self._rates(self._values)
        faults = [name for name, mask in rates.faults.items() if bool(mask[0])]
        if faults:
            return Refused(tuple(self._impossible(name) for name in faults))
        running = not self._is_off()
        if running and not (isfinite(rates.energy_in_w[0]) and isfinite(rates.energy_out_w[0])):
            detail = "the state has no answer: a flow, temperature or pressure lies outside what the method covers"
            return Refused((refuse("no_answer", "inputs", detail),))
        return self._computed(rates, running=running)

    def _computed(self, rates: Rates, *, running: bool) -> Computed:
        integrals = _integrals(rates)
        warnings = [name for name, mask in rates.notes.items() if bool(mask[0])]
        eta = _eta(rates) if running else None
        if eta is None:
            warnings.append("undefined" if running else self._kind.off_reason)
        u95, contributions = self._uncertainty(eta, warnings)
        bound = self._kind.bound(integrals, self._parameters) if eta is not None else None
        if bound is not None and _is_beyond(bound, eta, u95):
            warnings.append(bound.reason)
        values = self._kind.values(integrals, self._parameters) if running else {}
        return Computed(
            eta=eta,
            eta_u95=u95,
            energy_in_w=_known(integrals.energy_in_j),
            energy_out_w=_known(integrals.energy_out_j),
            losses_w={name: loss for name, loss in integrals.losses_j.items() if loss != 0.0 and isfinite(loss)},
            residual_w=_known(integrals.residual_j),
            values={name: float(value) for name, value in values.items() if isfinite(value)},
            contributions=contributions,
            warnings=[WarningItem(code, "", _SAID.get(code, code.replace("_", " "))) for code in warnings],
        )

    def _uncertainty(self, eta: float | None, warnings: list[str]) -> tuple[float | None, list[Contribution]]:
        """95 % uncertainty of eta and who makes it; None where no accuracy is given."""
        limits = self._canonical.limits_si
        if eta is None or not limits:
            return None, []
        found = propagate(self._eta_at, self._values, {name: limit / 2.0 for name, limit in limits.items()})
        if not isfinite(found.u95):
            warnings.append("uncertainty_undefined")
            return None, []
        parts = [Contribution(part.name, part.sensitivity, 2.0 * part.u, part.share) for part in found.contributions]
        return found.u95, parts

    def _eta_at(self, values: Mapping[str, float]) -> float:
        eta = _eta(self._rates(values))
        return nan if eta is None else eta

    def _rates(self, values: Mapping[str, float]) -> Rates:
        states: dict[str, Floats] = {name: np.array([value], np.float64) for name, value in values.items()}
        return self._kind.rates(states, self._parameters)

    def _is_off(self) -> bool:
        """Whether the driver, or the sum of what stands in its place, is at or below its cutoff."""
        inputs, driver = self._canonical.inputs_si, self._kind.input(self._kind.driver)
        names = (self._kind.driver,) if self._kind.driver in inputs else driver.alternatives if driver else ()
        drive = [inputs[name] for name in names if name in inputs]
        cutoff = self._parameters.get(self._kind.cutoff)
        return bool(drive) and isinstance(cutoff, float) and sum(drive) <= cutoff

    def _impossible(self, name: str) -> Refusal:
        value = self._values.get(name)
        item = self._kind.input(name) or self._kind.parameter(name)
        unit = f" {item.unit}" if item is not None and item.unit else ""
        detail = "makes a state that does not exist" + ("" if value is None else f" ({value:.6g}{unit})")
        fix = "mind gauge and absolute, degC and K, the flow's sign, and which side of saturation it lies on"
        return refuse("impossible_state", _place(name, self._canonical), detail, fix, value)


def _fitted(canonical: Canonical) -> AssetType:
    if canonical.type != custom.CUSTOM.name:
        return ASSET_TYPES[canonical.type]
    return custom.specialise(canonical.parameters_si, canonical.units_si)


def _integrals(rates: Rates) -> Integrals:
    return Integrals(
        _HELD_S,
        float(rates.energy_in_w[0]),
        float(rates.energy_out_w[0]),
        {name: float(loss[0]) for name, loss in rates.losses_w.items()},
        None if rates.residual_w is None else float(rates.residual_w[0]),
        {name: float(rate[0]) for name, rate in rates.sums.items()},
    )


def _is_beyond(bound: Bound, eta: float | None, u95: float | None) -> bool:
    return eta is not None and eta - (u95 or 0.0 if bound.beyond_uncertainty else 0.0) > bound.eta


def _eta(rates: Rates) -> float | None:
    energy_in = float(rates.energy_in_w[0])
    eta = float(rates.energy_out_w[0]) / energy_in if energy_in else nan
    return eta if isfinite(eta) else None


def _known(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _place(name: str, canonical: Canonical) -> str:
    if not name:
        return "inputs"
    return f"parameters.{name}" if name in canonical.parameters_si else f"inputs.{name}"
