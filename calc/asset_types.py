"""The catalogue: every kind of plant equipment that a site file may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from calc.asset_type import AssetType
from calc.boiler_direct import BOILER_DIRECT
from calc.chiller import CHILLER
from calc.exchanger import ECONOMISER, HEAT_EXCHANGER

_ALL = (
    BOILER_DIRECT,
    ECONOMISER,
    HEAT_EXCHANGER,
    CHILLER,
)

ASSET_TYPES: Mapping[str, AssetType] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Name → asset type, in the order in which the documents list them."""
