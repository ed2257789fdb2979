"""The catalogue: every kind of plant equipment that a site file may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from calc.asset_type import AssetType
from calc.boiler_direct import BOILER_DIRECT
from calc.chiller import CHILLER
from calc.combined_cycle import COMBINED_CYCLE
from calc.compressor import COMPRESSOR
from calc.cooling_tower import COOLING_TOWER
from calc.custom import CUSTOM
from calc.exchanger import ECONOMISER, HEAT_EXCHANGER
from calc.fan import FAN
from calc.gas_turbine import GAS_TURBINE
from calc.heat_pump import HEAT_PUMP
from calc.motor import MOTOR
from calc.pump import PUMP
from calc.turbine import STEAM_TURBINE

_ALL = (
    BOILER_DIRECT,
    ECONOMISER,
    HEAT_EXCHANGER,
    STEAM_TURBINE,
    GAS_TURBINE,
    COMBINED_CYCLE,
    CHILLER,
    HEAT_PUMP,
    COOLING_TOWER,
    PUMP,
    FAN,
    COMPRESSOR,
    MOTOR,
    CUSTOM,
)

ASSET_TYPES: Mapping[str, AssetType] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Name → asset type, in the order in which the documents list them."""
