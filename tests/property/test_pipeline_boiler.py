"""A real asset type through the whole machinery against the plain computation with CoolProp's IF97."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import windows
from tests.oracle.bench import Bench, arrived, plan_of
from tests.oracle.boiler import boiler_formula
from tests.oracle.compare import complaints
from tests.oracle.plant import SECOND_US, Feed, Machine, Parcel, Plant, Sample, Signal, Span
from tests.oracle.random_plants import BAD, T0_US, UNCERTAIN, Said, last_words, parcels_of, reached_us

BOILER = "mill/boiler"
USUAL = {"steam_flow": 20.0, "fuel_flow": 1.1, "p_steam": 9e5, "T_feedwater": 376.0}
RARE = {
    "steam_flow": (0.0, -0.5, 24.0, 19.2),
    "fuel_flow": (0.0, 0.02, 0.9, 1.3),
    "p_steam": (0.0, -1e5, 8e5, 1.2e6),
    "T_feedwater": (300.0, 460.0, 448.0, 500.0),
}
"""Off, start-up, and states that cannot be: steam that flows back, no pressure, feedwater that boils."""


def plant() -> Plant:
    """Four inputs on two feeds, sampled as they like."""
    feeds = (Feed("plc", 3 * SECOND_US), Feed("lab", 9 * SECOND_US))
    signals = tuple(
        Signal(f"{BOILER}/{name}", feeds[index % 2].name, (4 + index) * SECOND_US, low=-1e9, high=1e9)
        for index, name in enumerate(USUAL)
    )
    boiler = Machine(
        id=BOILER,
        type="boiler_direct",
        inputs={signal.measurand: signal.id for signal in signals},
        required=tuple(USUAL),
        drivers=("fuel_flow",),
        formula=boiler_formula(48e6),
        windows=(Span("10s", 10 * SECOND_US, 5 * SECOND_US), Span("20s", 20 * SECOND_US, 20 * SECOND_US)),
        parameters={"LHV": 48e6, "HHV": None, "steam": "saturated", "fuel_cutoff": 0.02},
        cutoff=0.02,
        bound=1.0,
    )
    return Plant(feeds, signals, (boiler,))


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=25, deadline=None)
def test_a_boilers_points_are_those_of_the_plain_computation(seed: int, trouble: float) -> None:
    chance, site = Random(seed), plant()
    said = []
    for signal in site.signals:
        for second in range(0, 60, chance.choice([1, 2, 3, 5])):
            ts_us = T0_US + second * SECOND_US + chance.choice([0, 1, 333_333])
            value = chance.choice(RARE[signal.measurand]) if chance.random() < trouble else USUAL[signal.measurand]
            status = chance.choice([BAD, UNCERTAIN]) if chance.random() < trouble / 4 else 0
            said.append(Said(Sample(signal.id, ts_us, value, status), chance.randrange(3 * SECOND_US)))
    parcels: list[Parcel] = parcels_of(site, said)
    bench = Bench(plan_of(site)).run(parcels, cuts=range(0, len(parcels), 5))
    (boiler,) = site.machines
    expected = windows.points(site, boiler, arrived(parcels), reached_us(site, boiler))
    assert complaints(bench.points(BOILER), expected) == []
    assert len(bench.points(BOILER)) > len(last_words(site))
