"""The catalogue: every kind of plant equipment that a site file may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from calc.air_preheater import AIR_PREHEATER
from calc.asset_type import AssetType
from calc.boiler_direct import BOILER_DIRECT
from calc.boiler_indirect import BOILER_INDIRECT
from calc.chiller import CHILLER
from calc.combined_cycle import COMBINED_CYCLE
from calc.compressor import COMPRESSOR
from calc.condenser import CONDENSER
from calc.cooling_tower import COOLING_TOWER
from calc.custom import CUSTOM
from calc.exchanger import ECONOMISER, HEAT_EXCHANGER
from calc.fan import FAN
from calc.feedwater_heater import FEEDWATER_HEATER
from calc.furnace_type import FURNACE
from calc.gas_turbine import GAS_TURBINE
from calc.heat_leak import STEAM_TRAP, WALL
from calc.heat_pump import HEAT_PUMP
from calc.motor import MOTOR
from calc.pump import PUMP
from calc.steam_valve import DESUPERHEATER, PRV, STEAM_PIPE
from calc.steam_vessel import DEAERATOR, FLASH_TANK, STEAM_HEADER
from calc.turbine import STEAM_TURBINE

_ALL = (
    BOILER_DIRECT,
    BOILER_INDIRECT,
    ECONOMISER,
    AIR_PREHEATER,
    HEAT_EXCHANGER,
    CONDENSER,
    FEEDWATER_HEATER,
    DEAERATOR,
    FLASH_TANK,
    STEAM_HEADER,
    PRV,
    DESUPERHEATER,
    STEAM_PIPE,
    STEAM_TRAP,
    WALL,
    FURNACE,
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
