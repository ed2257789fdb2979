"""`/fluids`, their properties and `/asset-types`: what can be named in a body."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from calc import fluids
from calc.asset_types import ASSET_TYPES

FLUIDS = "/api/v1/fluids"


async def properties(client: httpx.AsyncClient, fluid: str, status: int = 200, **pair: Any) -> dict[str, Any]:
    answer = await client.get(f"{FLUIDS}/{fluid}/properties", params=pair)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_every_asset_type_is_listed_with_its_inputs(calculator: httpx.AsyncClient) -> None:
    items = (await calculator.get("/api/v1/asset-types")).json()["items"]
    assert [item["type"] for item in items] == list(ASSET_TYPES)
    boiler = items[0]
    assert {"name": "p_steam", "unit": "Pa"}.items() <= boiler["inputs"][4].items()


async def test_fluids_are_listed_and_every_kind_has_properties(calculator: httpx.AsyncClient) -> None:
    items = (await calculator.get(FLUIDS)).json()["items"]
    kinds = {item["kind"]: item["name"] for item in items}
    assert set(kinds) == {"water", "gas", "real", "incompressible", "solution"}
    for name in ("water", "flue_gas", "R134a", kinds["incompressible"], "MEG-30%25"):
        found = await properties(calculator, name, p="2 bar(a)", T="40 degC")
        assert found["properties"]["cp"]["value"] > 0, name


async def test_properties_are_those_of_calc_with_their_units(calculator: httpx.AsyncClient) -> None:
    found = await properties(calculator, "R134a", p="10 bar(a)", T="80 degC")
    assert found["inputs_si"] == {"p": 1e6, "T": 353.15}
    assert found["properties"]["h"] == {"value": fluids.h_pT("R134a", 1e6, 353.15), "unit": "J/kg"}


@pytest.mark.parametrize(
    "pair",
    [
        {"p": "40 bar(a)", "h": "3000 kJ/kg"},
        {"p": "40 bar(a)", "s": "6.5 kJ/(kg K)"},
        {"h": "3000 kJ/kg", "s": "6.5 kJ/(kg K)"},
        {"p": "40 bar(g)", "x": "90 %"},
        {"T": "250 degC", "x": "0.9"},
    ],
)
async def test_any_valid_pair_names_a_state(calculator: httpx.AsyncClient, pair: dict[str, Any]) -> None:
    found = await properties(calculator, "water", **pair)
    state = found["properties"]
    assert set(pair) < set(state)
    assert {"p", "T", "h"} <= set(state)
    assert ("x" in state) != ("cp" in state)


@pytest.mark.parametrize(
    ("fluid", "pair", "status", "code"),
    [
        ("unobtainium", {"p": "1 bar(a)", "T": "20 degC"}, 404, "calculation.unknown_fluid"),
        ("water", {"p": "40 bar(a)"}, 422, "fluids.pair"),
        ("water", {"p": "40 bar(a)", "T": "400 degC", "x": "1"}, 422, "fluids.pair"),
        ("water", {"T": "400 degC", "h": "3 MJ/kg"}, 422, "fluids.pair"),
        ("water", {"p": "40 bar", "T": "400 degC"}, 422, "calculation.ambiguous_pressure"),
        ("water", {"p": "40 bar(a)", "T": "4000 degC"}, 422, "calculation.outside_range"),
        ("R134a", {"p": "5 bar(a)", "x": "1.2"}, 422, "calculation.outside_range"),
    ],
)
async def test_what_is_no_state_is_refused(
    calculator: httpx.AsyncClient, fluid: str, pair: dict[str, Any], status: int, code: str
) -> None:
    assert (await properties(calculator, fluid, status, **pair))["code"] == code
