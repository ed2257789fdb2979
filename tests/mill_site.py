"""A small site that others push to: one boiler, four tags, a minute's window."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

BOILER, GROUP = "mill/boiler1", "mill/powerhouse"
STEADY: Mapping[str, float] = {
    "steam_flow": 5.0,
    "fuel_flow": 0.26,
    "steam_pressure": 9e5,
    "feedwater_temperature": 378.15,
}
STEP_S = 10
SITE = """
[site]
id = "mill"
lateness = "1s"
idle_after = "1h"

[[source]]
name = "gateways"
protocol = "push"

  [[source.tag]]
  id = "mill/boiler1/steam_flow"
  unit = "t/h"

  [[source.tag]]
  id = "mill/boiler1/fuel_flow"
  unit = "kg/s"

  [[source.tag]]
  id = "mill/boiler1/steam_pressure"
  unit = "bar(a)"

  [[source.tag]]
  id = "mill/boiler1/feedwater_temperature"
  unit = "degC"

[[asset]]
id = "mill/boiler1"
group = "mill/powerhouse"
type = "boiler_direct"
parameters = { LHV = "50.0 MJ/kg", steam = "saturated" }
windows = [ { length = "1min", advance = "1min" } ]

  [asset.inputs]
  steam_flow = "steam_flow"
  fuel_flow = "fuel_flow"
  p_steam = "steam_pressure"
  T_feedwater = "feedwater_temperature"

[[alarm]]
asset = "mill/boiler1"
name = "efficiency_low"
when = "eta < 0.82"
window = "1min"
hysteresis = 0.005
on_delay = "1min"
off_delay = "1min"
priority = "high"
"""


def start_s() -> int:
    """A whole minute, an hour ago."""
    return int(time.time()) // 60 * 60 - 3600


def reading(tag: str, at_s: float, value: object, status: int = 0) -> dict[str, Any]:
    """One reading of a batch."""
    return {"tag": tag, "ts_us": round(at_s * 1_000_000), "value": value, "status": status}


def batch(at_s: float, values: Mapping[str, object] = STEADY, **other: object) -> bytes:
    """A batch with all `values` at one time; `other` fields replace or join its own."""
    fields: dict[str, object] = {
        "asset": BOILER,
        "source": "gateways",
        "session": "hand",
        "sequence": 0,
        "readings": [reading(tag, at_s, value) for tag, value in values.items()],
    }
    return json.dumps(fields | other).encode()
