"""What the site file must know of physics, handed in: `schemas` and `calc` never meet.

`calc.units` and `calc.asset_type` fit these faces as they are; `thermaliq.site_files` joins them.
See `docs/decisions/0001-units-and-asset-types-are-handed-to-the-site-file.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Unit(Protocol):
    """SI = value · factor + shift."""

    @property
    def si(self) -> str:
        """Text of the SI unit of the same dimension."""
        ...

    @property
    def factor(self) -> float:
        """SI units of one of this unit."""
        ...

    @property
    def gauge(self) -> bool:
        """Whether it counts from the barometer."""
        ...

    def shift_si(self, gauge_zero_pa: float | None = None) -> float:
        """What is added after the factor, the barometer in it."""
        ...


class Quantity(Protocol):
    """A named number with its SI unit."""

    @property
    def name(self) -> str:
        """Its name in the site file."""
        ...

    @property
    def unit(self) -> str:
        """SI."""
        ...


class Input(Quantity, Protocol):
    """A measured input of an asset type."""

    @property
    def required(self) -> bool:
        """Whether the type computes nothing without it."""
        ...

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Inputs that may stand in its place, all of them together."""
        ...


class Parameter(Protocol):
    """A constant of an asset."""

    @property
    def name(self) -> str:
        """Its name in the site file."""
        ...

    @property
    def unit(self) -> str | None:
        """SI, or None for one of `choices`."""
        ...

    @property
    def default(self) -> float | str | None:
        """SI number or choice where the file says nothing."""
        ...

    @property
    def choices(self) -> tuple[str, ...]:
        """The words allowed; empty for a number."""
        ...

    @property
    def required(self) -> bool:
        """Whether the file must say it."""
        ...

    @property
    def may_be_input(self) -> bool:
        """Whether a tag may stand for it."""
        ...

    @property
    def lower(self) -> float | None:
        """Smallest SI number allowed."""
        ...

    @property
    def upper(self) -> float | None:
        """Largest SI number allowed."""
        ...


class AssetType(Protocol):
    """A kind of plant equipment, as far as the site file names it."""

    @property
    def inputs(self) -> Sequence[Input]:
        """What is measured."""
        ...

    @property
    def parameters(self) -> Sequence[Parameter]:
        """What is constant."""
        ...

    @property
    def values_out(self) -> Sequence[Quantity]:
        """What an alarm may watch beside eta, residual, coverage and quality."""
        ...

    @property
    def check(self) -> Rules:
        """(key, fix) of every rule over several keys that is broken."""
        ...


class Rules(Protocol):
    """The rules of a type over several keys."""

    def __call__(
        self, parameters: Mapping[str, float | str | None], measured: frozenset[str], /
    ) -> tuple[tuple[str, str], ...]:
        """(key, fix) of every broken one."""
        ...


class Vocabulary(Protocol):
    """Units and asset types. What is wrong with a text is a `ValueError` that says what to write instead."""

    @property
    def asset_types(self) -> Mapping[str, AssetType]:
        """Name → type."""
        ...

    def fitted(
        self, name: str, parameters: Mapping[str, float | str], units: Mapping[str, str]
    ) -> tuple[AssetType, tuple[tuple[str, str], ...]]:
        """The type as one asset uses it, and (parameter, fix) of expressions that are wrong.

        A type of the catalogue is itself; `custom` takes its inputs from the asset's expressions. `units`: input → SI.
        """
        ...

    def unit(self, text: str) -> Unit:
        """The unit that `text` names."""
        ...

    def quantity(self, text: str, gauge_zero_pa: float, *, difference: bool = False) -> tuple[float, Unit]:
        """SI value and unit of `40 bar(g)`; `difference`: of a span, which has no zero."""
        ...

    def same_dimension(self, given: str, wanted: str) -> bool:
        """Whether a value in unit `given` may stand where SI unit `wanted` is asked for."""
        ...
