"""Time-shifted copies of the measured boiler as one site, each with a replay source of its own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

TAGS = {
    "feedwater_temperature": (3, "K"),
    "part_load": (4, "1"),
    "steam_flow": (6, "kg/s"),
    "fuel_flow": (10, "kg/s"),
    "steam_pressure": (12, "Pa(a)"),
}
ROWS = 9121
SHIFT_S = 137
"""Copies stand this far apart, so that no two have a reading at the same time."""


def dataset() -> Path:
    """The table as published."""
    file = resources.files("connectors.simulator") / "datasets/steam_boiler/BoilerClosedLoopCase23328000.mos"
    return Path(str(file))


def site_toml(copies: int) -> str:
    """The site file of `copies` boilers, `copy/b0` and so on."""
    head = '[site]\nid = "copy"\nlateness = "0s"\nidle_after = "1h"\n'
    return head + "".join(_boiler(number) for number in range(copies))


def _boiler(number: int) -> str:
    shift_s = SHIFT_S * number
    origin = f"2024-01-01T00:{shift_s // 60:02}:{shift_s % 60:02}Z"
    tags = "".join(
        f'\n  [[source.tag]]\n  id = "copy/b{number}/{name}"\n  column = {column}\n  unit = "{unit}"\n'
        f'  hold_limit_s = 900\n  accuracy = "1 %"\n'
        for name, (column, unit) in TAGS.items()
    )
    return f"""
[[source]]
name = "history_{number}"
protocol = "replay"
format = "mos"
time = {{ column = 1, unit = "s", origin = "{origin}" }}
{tags}
[[asset]]
id = "copy/b{number}"
type = "boiler_direct"
windows = [ {{ length = "15min", advance = "15min" }}, {{ length = "2h", advance = "15min" }} ]
parameters = {{ LHV = "50.0 MJ/kg", steam = "saturated", fuel_cutoff = "0.04 kg/s" }}
  [asset.inputs]
  steam_flow = "steam_flow"
  fuel_flow = "fuel_flow"
  p_steam = "steam_pressure"
  T_feedwater = "feedwater_temperature"

[[alarm]]
asset = "copy/b{number}"
name = "efficiency_low"
when = "eta < 0.93"
window = "15min"
hysteresis = 0.005
on_delay = "30min"
off_delay = "30min"
priority = "high"
"""
