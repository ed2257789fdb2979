"""A property of state as a function: floats in, float out; arrays in, an array of the same shape out.

Every element is computed by itself, so a result never depends on the length of an array, on its place or on its
neighbours: any slicing gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from calc.asset_type import Floats, Mask
from calc.errors import CalcError

Reasons = NDArray[np.uint8]
REASONS = ("", "not_finite", "outside_range", "on_saturation", "single_phase")
"""Why an element is NaN; a reason mask holds the place in this list, 0 where there is a value."""
NOT_FINITE, OUTSIDE_RANGE, ON_SATURATION, SINGLE_PHASE = 1, 2, 3, 4
_CHUNK = 4096  # stays in cache


@dataclass(frozen=True)
class Property:
    """One property; `kernel` maps 1-D arrays of its inputs to values, NaN where there is none.

    name : as `h_pT`. inputs : names of the inputs in their order. description : what it is, with its unit.
    special, special_reason : marks the states of a reason of their own among those without a value.
    """

    name: str
    inputs: tuple[str, ...]
    description: str
    kernel: Callable[..., Floats]
    special: Callable[..., Mask] | None = None
    special_reason: int = OUTSIDE_RANGE

    def reasons(self, *states: Floats | float) -> Reasons:
        """Why elements are NaN, as places in `REASONS`; same shape as the broadcast inputs."""
        flat, shape = _flat(states)
        return self._reasons(self._values(flat), flat).reshape(shape)

    def _array(self, *states: Floats | float) -> Floats:
        flat, shape = _flat(states)
        return self._values(flat).reshape(shape)

    def _scalar(self, *states: float) -> float:
        flat = [np.array([state], np.float64) for state in states]
        values = self._values(flat)
        if np.isnan(values[0]):
            reason = REASONS[int(self._reasons(values, flat)[0])]
            at = ", ".join(f"{name} = {state!r}" for name, state in zip(self.inputs, states, strict=True))
            raise CalcError(reason, f"{self.name} has no value at {at}: {reason}", ",".join(self.inputs))
        return float(values[0])

    def _values(self, flat: list[Floats]) -> Floats:
        n = flat[0].size
        values = np.empty(n)
        with np.errstate(all="ignore"):
            for start in range(0, n, _CHUNK):
                values[start : start + _CHUNK] = self.kernel(*(array[start : start + _CHUNK] for array in flat))
        return values

    def _reasons(self, values: Floats, flat: list[Floats]) -> Reasons:
        missing = np.isnan(values)
        reasons = np.where(missing, np.uint8(OUTSIDE_RANGE), np.uint8(0))
        if self.special is not None and missing.any():
            with np.errstate(all="ignore"):
                special = self.special(*(array[missing] for array in flat))
            reasons[missing] = np.where(special, self.special_reason, OUTSIDE_RANGE)
        for array in flat:
            reasons[~np.isfinite(array)] = NOT_FINITE
        return reasons


def _flat(states: tuple[Floats | float, ...]) -> tuple[list[Floats], tuple[int, ...]]:
    """The inputs as contiguous 1-D arrays of one length, and the shape of the answer."""
    arrays = [np.asarray(state, np.float64) for state in states]
    if any(array.shape != arrays[0].shape for array in arrays):
        arrays = list(np.broadcast_arrays(*arrays))
    return [np.ascontiguousarray(array).reshape(-1) for array in arrays], arrays[0].shape


class OfOne(Property):
    """A property of one input, as T_sat_p."""

    @overload
    def __call__(self, a: float, /) -> float: ...
    @overload
    def __call__(self, a: Floats, /) -> Floats: ...
    def __call__(self, a: Floats | float, /) -> Floats | float:
        """The value, or CalcError; of an array: values, NaN where there is none."""
        return self._scalar(a) if isinstance(a, float | int) else self._array(a)


class OfTwo(Property):
    """A property of two inputs, as h_pT."""

    @overload
    def __call__(self, a: float, b: float, /) -> float: ...
    @overload
    def __call__(self, a: Floats, b: Floats | float, /) -> Floats: ...
    @overload
    def __call__(self, a: float, b: Floats, /) -> Floats: ...
    def __call__(self, a: Floats | float, b: Floats | float, /) -> Floats | float:
        """The value, or CalcError; of arrays: values, NaN where there is none."""
        if isinstance(a, float | int) and isinstance(b, float | int):
            return self._scalar(a, b)
        return self._array(a, b)
