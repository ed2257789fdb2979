"""A calculation's id and numbers follow from the state alone: not from units, order of keys, or the process."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.units import parse_unit
from tests.fix_calculations import asked, boiler, example
from thermaliq.calculations.compute import compute

UNITS = {
    "steam_flow": ("kg/s", "t/h", "kg/h", "g/s"),
    "fuel_flow": ("kg/s", "t/h", "kg/h"),
    "p_steam": ("bar(a)", "MPa(a)", "kPa(a)", "Pa", "psi(a)", "bar(g)"),
    "T_feedwater": ("degC", "K", "degF"),
}
STATE = st.fixed_dictionaries(
    {
        "steam_flow": st.integers(1000, 99_999).map(lambda n: n / 1000),
        "fuel_flow": st.integers(100, 9_999).map(lambda n: n / 10_000),
        "p_steam": st.integers(200, 15_000).map(lambda n: n * 1000.0),
        "T_feedwater": st.integers(28_000, 39_000).map(lambda n: n / 100),
    }
)


def spelt(state: dict[str, float], draw: random.Random) -> dict[str, Any]:
    """The state in other units, as text or as a form, its keys in another order."""
    written: list[tuple[str, Any]] = []
    for name, value in state.items():
        unit = draw.choice(UNITS[name])
        number = parse_unit(unit).from_si(value, 101_325.0)
        written.append((name, f"{number!r} {unit}" if draw.random() < 0.5 else {"unit": unit, "value": number}))
    draw.shuffle(written)
    body = boiler(**dict.fromkeys(boiler()["inputs"]))
    return {
        "parameters": {"LHV": draw.choice(["50 MJ/kg", "50000 kJ/kg", "5e7 J/kg"])},
        "inputs": dict(written),
        "type": body["type"],
    }


@given(STATE, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_id_and_the_numbers_do_not_depend_on_the_spelling(state: dict[str, float], draw: random.Random) -> None:
    one, two = asked(spelt(state, draw)), asked(spelt(state, draw))
    assert one.canonical == two.canonical
    assert one.id == two.id
    assert msgspec.json.encode(compute(one.canonical)) == msgspec.json.encode(compute(two.canonical))


@given(STATE, st.sampled_from(sorted(UNITS)))
@settings(max_examples=100, deadline=None)
def test_another_state_has_another_id(state: dict[str, float], name: str) -> None:
    texts = {
        key: {"value": value, "unit": UNITS[key][0] if key.endswith("flow") else ""} for key, value in state.items()
    }
    texts["p_steam"]["unit"], texts["T_feedwater"]["unit"] = "Pa", "K"
    other = {**texts, name: {**texts[name], "value": state[name] * (1 + 1e-10)}}
    assert asked(boiler(**texts)).id != asked(boiler(**other)).id


def test_the_pairs_that_the_interface_names_are_one_state() -> None:
    assert asked(boiler(p_steam="4.1 MPa(a)")).id == asked(boiler(p_steam="41 bar(a)")).id
    assert asked(boiler(T_feedwater="231.4 degC")).id == asked(boiler(T_feedwater="504.55 K")).id
    assert len(asked(boiler()).id) == 32


def test_minus_nothing_is_nothing() -> None:
    blown = [asked(boiler(blowdown_flow=text)).id for text in ("0 kg/s", "-0 t/h", "-0.0 g/s")]
    assert len(set(blown)) == 1


SCRIPT = """
import sys, msgspec
from thermaliq.calculations.request import read_request
from thermaliq.calculations.compute import compute
request = read_request(sys.stdin.buffer.read(), {"thermaliq": "test"})
sys.stdout.buffer.write(request.id.encode() + msgspec.json.encode(compute(request.canonical)))
"""


def test_every_process_gives_the_same_bytes() -> None:
    for name in ("boiler_direct", "heat_pump", "custom"):
        body = msgspec.json.encode(example(name))
        told = {
            subprocess.run(
                [sys.executable, "-c", SCRIPT],
                input=body,
                capture_output=True,
                check=True,
                env={"PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        }
        request = asked(example(name))
        assert told == {request.id.encode() + msgspec.json.encode(compute(request.canonical))}
