"""A calculation in its canonical form: the same state is the same bytes, whatever units and order it was written in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Final

import msgspec

from thermaliq.calculations.quantity import GAUGE_ZERO_PA

ID_DIGITS: Final = 32
LIBRARIES: Final = ("thermaliq", "numpy", "scipy", "CoolProp", "seuif97")
"""What a number depends on."""


class Canonical(msgspec.Struct, frozen=True):
    """What is calculated, and nothing else: SI values, rounded; choices; the method; the versions.

    inputs_si : also those parameters that are given as inputs. limits_si : 95 % limit of those that have one.
    parameters_si : every one that is in force. defaults : names of those that were not given.
    units_si : of a custom type's inputs, whose expressions need them.
    """

    type: str
    method: str
    inputs_si: dict[str, float]
    limits_si: dict[str, float]
    parameters_si: dict[str, float | str]
    defaults: tuple[str, ...]
    units_si: dict[str, str]
    versions: Mapping[str, str]

    @property
    def id(self) -> str:
        """32 hex digits over all of it; no clock."""
        return hashlib.sha256(canonical_json(self)).hexdigest()[:ID_DIGITS]

    @property
    def provenance_document(self) -> dict[str, object]:
        """What stands behind the answer besides its inputs, in the words of a point's provenance."""
        known = {**self.parameters_si, **self.inputs_si}
        heating_value = {name: known[name] for name in ("LHV", "HHV") if name in known}
        return {
            "type": self.type,
            "method": self.method,
            "parameters": self.parameters_si,
            "defaults": self.defaults,
            "heating_value": heating_value,
            "atmospheric_pressure_pa": GAUGE_ZERO_PA,
            "versions": self.versions,
        }

    @property
    def provenance(self) -> str:
        """The hash of that document."""
        return "sha256:" + hashlib.sha256(canonical_json(self.provenance_document)).hexdigest()


def canonical_json(document: object) -> bytes:
    """The same document is always the same bytes."""
    return msgspec.json.encode(document, order="sorted")


@cache
def library_versions() -> Mapping[str, str]:
    """Versions of what is installed here."""
    return {library: version(library) for library in LIBRARIES}
