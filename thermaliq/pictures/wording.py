"""What the streams of a balance are called, by asset type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Words:
    """Names of what goes in, of the machine, of what comes out, and of eta."""

    energy_in: str
    machine: str
    energy_out: str
    eta: str = "η"


WORDS: Final[Mapping[str, Words]] = {
    "boiler_direct": Words("Fuel", "Boiler", "Heat to steam"),
    "boiler_indirect": Words("Fuel", "Boiler", "Useful heat"),
    "economiser": Words("Flue gas", "Economiser", "Heat to feedwater"),
    "air_preheater": Words("Flue gas", "Air preheater", "Heat to air"),
    "heat_exchanger": Words("Hot side", "Exchanger", "Heat to cold side"),
    "condenser": Words("Steam", "Condenser", "Heat to cooling water"),
    "feedwater_heater": Words("Extraction steam", "Heater", "Heat to feedwater"),
    "steam_turbine": Words("Available power", "Turbine", "Power"),
    "gas_turbine": Words("Fuel", "Gas turbine", "Electricity"),
    "combined_cycle": Words("Fuel", "Combined cycle", "Electricity"),
    "chiller": Words("Electricity", "Chiller", "Cooling", "COP"),
    "heat_pump": Words("Electricity", "Heat pump", "Heat to hot loop", "COP"),
    "furnace": Words("Energy in", "Furnace", "Heat in the load"),
    "cooling_tower": Words("Available above wet bulb", "Cooling tower", "Heat rejected"),
    "pump": Words("Electricity", "Pump", "Hydraulic power"),
    "fan": Words("Electricity", "Fan", "Air power"),
    "compressor": Words("Electricity", "Compressor", "Ideal work"),
    "motor": Words("Electricity", "Motor", "Shaft power"),
}
OTHER: Final = Words("Energy in", "Process", "Energy out")


def words_of(kind: str) -> Words:
    """The words of a type."""
    return WORDS.get(kind, OTHER)


def loss_label(name: str) -> str:
    """`Stack loss` of `stack`."""
    said = name.replace("_", " ")
    return f"{said[:1].upper()}{said[1:]}" + ("" if said.endswith(("loss", "credit")) else " loss")
