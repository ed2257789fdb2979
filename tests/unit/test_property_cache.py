"""Tiles: the same bits whichever way a tile came, a bound that holds, and never across the saturation line."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calc import fluids, property_cache, tile
from calc.errors import CalcError
from calc.fluids.saturation import crosses
from calc.property_cache import PropertyCache

Floats = NDArray[np.float64]


@dataclass
class Tally:
    """Counters as a test reads them."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    error: float = 0.0

    def hits(self, _name: str, points: int, /) -> None:
        self.counts["hits"] += points

    def misses(self, _name: str, points: int, /) -> None:
        self.counts["misses"] += points

    def direct(self, _name: str, points: int, /) -> None:
        self.counts["direct"] += points

    def fetched(self, _name: str, tiles: int, /) -> None:
        self.counts["fetched"] += tiles

    def evicted(self, _name: str, tiles: int, /) -> None:
        self.counts["evicted"] += tiles

    def built(self, _name: str, tiles: int, seconds: float, error: float, /) -> None:
        self.counts["built"] += tiles
        self.seconds += seconds
        self.error = max(self.error, error)


@dataclass
class Shelf:
    """A second level in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def get_many(self, keys: Sequence[str], /) -> Mapping[str, bytes]:
        self.asked.append(len(keys))
        return {key: self.kept[key] for key in keys if key in self.kept}

    def put_many(self, values: Mapping[str, bytes], /) -> None:
        self.kept.update(values)


class Away:
    """A second level that cannot be reached."""

    def get_many(self, _keys: Sequence[str], /) -> Mapping[str, bytes]:
        return {}

    def put_many(self, _values: Mapping[str, bytes], /) -> None:
        return


def ticks() -> float:
    """A clock that moves a second at each look."""
    TICK[0] += 1.0
    return TICK[0]


TICK = [0.0]


def cache(second_level: Shelf | Away | None = None) -> tuple[PropertyCache, Tally]:
    tally = Tally()
    return PropertyCache(tally, ticks, second_level), tally


def suction_gas(n: int, seed: int = 0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    p = rng.uniform(3.3e5, 3.6e5, n)
    return p, fluids.T_px("R134a", p, 1.0) + rng.uniform(0.0, 12.0, n)


def test_hit_miss_and_second_level_away_give_the_same_bits() -> None:
    p, T = suction_gas(2000)
    shelf = Shelf()
    first, first_tally = cache(shelf)
    cold = first.evaluate("h_pT", "R134a", p, T)
    warm = first.evaluate("h_pT", "R134a", p, T)
    second, second_tally = cache(shelf)
    fetched = second.evaluate("h_pT", "R134a", p, T)
    away, away_tally = cache(Away())
    alone, _ = cache()
    answers = [cold, warm, fetched, away.evaluate("h_pT", "R134a", p, T), alone.evaluate("h_pT", "R134a", p, T)]
    assert len({answer.tobytes() for answer in answers}) == 1
    assert second_tally.counts["built"] == 0
    assert second_tally.counts["fetched"] == first_tally.counts["built"] == away_tally.counts["built"] > 0
    assert first_tally.counts["hits"] == first_tally.counts["misses"] > 1000
    assert first_tally.seconds == 1.0
    assert len(shelf.asked) == 2  # one batch for all that was missing, each time


@pytest.mark.parametrize("damage", [b"", b"x", b"TIL1" + bytes(140), "flip"])
def test_bytes_that_are_no_tile_are_built_again(damage: bytes | str) -> None:
    p, T = suction_gas(100)
    shelf = Shelf()
    good = cache(shelf)[0].evaluate("cp_pT", "R134a", p, T)
    for key, data in shelf.kept.items():
        shelf.kept[key] = damage if isinstance(damage, bytes) else data[:20] + bytes([data[20] ^ 1]) + data[21:]
    again, tally = cache(shelf)
    assert again.evaluate("cp_pT", "R134a", p, T).tobytes() == good.tobytes()
    assert tally.counts["fetched"] == 0
    assert tally.counts["built"] == len(shelf.kept)
    assert cache(shelf)[0].evaluate("cp_pT", "R134a", p, T).tobytes() == good.tobytes()


@pytest.mark.parametrize("fluid", ["R134a", "Ammonia", "R410A"])
@pytest.mark.parametrize("name", ["h_pT", "rho_pT", "cp_pT", "T_ph", "rho_ph", "h_ps"])
def test_the_bound_holds_everywhere(fluid: str, name: str) -> None:
    rng = np.random.default_rng(1)
    critical = PropsSI("PCRIT", fluid)
    p, T = rng.uniform(0.02, 1.2, 60) * critical, rng.uniform(230.0, 440.0, 60)
    b = T if name.endswith("T") else getattr(fluids, f"{name[-1]}_pT")(fluid, p, T)
    dense = np.clip(rng.normal(1.0, 1e-3, (40, 60)), 0.9, 1.1)
    p, b = (p * dense).ravel(), (b * np.roll(dense, 1, axis=0)).ravel()
    ours, tally = cache()
    found, expected = ours.evaluate(name, fluid, p, b), getattr(fluids, name)(fluid, p, b)
    floor = tile.FLOORS.get(name[0], 0.0)
    assert not (np.isnan(found) & np.isfinite(expected)).any()
    assert (np.isfinite(found) & np.isnan(expected)).sum() <= 2  # CoolProp's solver gives up on a valid state
    assert np.nanmax(np.abs(found - expected) / np.maximum(np.abs(expected), floor)) < tile.ERROR_BOUND
    assert tally.error <= tile.ERROR_BOUND
    assert tally.counts["hits"] + tally.counts["misses"] > p.size / 2


@pytest.mark.parametrize("second", ["T", "h", "s"])
@pytest.mark.parametrize("fluid", ["R134a", "R407C.mix"])
def test_no_tile_crosses_the_saturation_line(fluid: str, second: str) -> None:
    rng = np.random.default_rng(2)
    for p in rng.uniform(1e5, 25e5, 20 if fluid == "R134a" else 1).tolist():
        for x in (0.0, 1.0):
            b = getattr(fluids, f"{second}_px")(fluid, p, x)
            places = (np.array([column]) for column in (p, b))
            i, j = (int(np.floor(place[0])) for place in tile.coordinates(second, *places))
            assert crosses(fluid, second, tile.box(second, (i, j)))
    away = tile.coordinates(second, np.array([5e5]), np.array([{"T": 400.0, "h": 5.5e5, "s": 2.1e3}[second]]))
    assert not crosses(fluid, second, tile.box(second, (int(away[0][0]), int(away[1][0]))))


def test_above_the_critical_point_there_is_no_line_to_cross() -> None:
    assert not crosses("R134a", "T", (5e6, 5.1e6, 380.0, 381.0))
    assert not crosses("R134a", "h", (5e6, 5.1e6, 3.9e5, 3.92e5))
    assert crosses("R134a", "T", (4.0e6, 4.1e6, 373.9, 374.9))
    assert crosses("R134a", "h", (4.0e6, 4.1e6, 3.9e5, 3.92e5))


def test_next_to_saturation_the_value_is_the_direct_one() -> None:
    p = np.full(50, 3.5e5)
    T = fluids.T_px("R134a", 3.5e5, 1.0) + np.linspace(1e-4, 0.2, 50)
    ours, tally = cache()
    assert ours.evaluate("h_pT", "R134a", p, T).tobytes() == fluids.h_pT("R134a", p, T).tobytes()
    assert tally.counts["direct"] == 50


def chiller_hour() -> dict[str, tuple[Floats, Floats]]:
    """An hour of a water chiller at 1 Hz on R134a: load swings, hunting expansion valve, sensor noise."""
    rng, t = np.random.default_rng(3), np.arange(3600.0)
    load = 0.7 + 0.2 * np.sin(2 * np.pi * t / 2400) + 0.02 * np.sin(2 * np.pi * t / 90)
    noise = rng.normal(0.0, 1.0, (6, 3600))
    p_low, p_high = 3.6e5 - 0.25e5 * load + 300 * noise[0], 8.2e5 + 1.5e5 * load + 800 * noise[1]
    T_low, T_high = fluids.T_px("R134a", p_low, 1.0), fluids.T_px("R134a", p_high, 0.0)
    suction = T_low + 6.0 + 0.8 * np.sin(2 * np.pi * t / 90) + 0.05 * noise[2]
    return {
        "suction": (p_low, suction),
        "discharge": (p_high, T_high + 22.0 + 3.0 * load + 0.05 * noise[3]),
        "liquid": (p_high, T_high - 5.0 - load + 0.05 * noise[4]),
    }


def test_a_chiller_hour_hits_its_tiles() -> None:
    ours, tally = cache()
    hour = chiller_hour()
    for start in range(0, 3600, 10):
        for p, T in hour.values():
            pane = slice(start, start + 10)
            ours.evaluate("h_pT", "R134a", p[pane], T[pane])
    points = 3 * 3600
    assert tally.counts["hits"] + tally.counts["misses"] + tally.counts["direct"] == points
    assert tally.counts["hits"] / points >= 0.99
    assert tally.error < tile.ERROR_BOUND


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_any_slicing_gives_the_same_bits(data: st.DataObject) -> None:
    wide = st.tuples(st.floats(1e3, 6e6), st.floats(150.0, 470.0))
    near = st.tuples(st.floats(3.4e5, 3.6e5), st.floats(275.0, 285.0))
    states = np.array(data.draw(st.lists(st.one_of(wide, near), min_size=2, max_size=15)))
    order = list(data.draw(st.permutations(range(len(states)))))
    whole = cache()[0].evaluate("rho_pT", "R134a", *states.T)
    shared, _ = cache()
    shuffled = shared.evaluate("rho_pT", "R134a", *states[order].T)
    assert shuffled.tobytes() == whole[order].tobytes()
    single = np.concatenate([shared.evaluate("rho_pT", "R134a", *states[k : k + 1].T) for k in range(len(states))])
    assert single.tobytes() == whole.tobytes()


def test_states_far_apart_are_told_apart() -> None:
    p, T = np.array([1e3, 6e7, 1e3, 3.5e5]), np.array([450.0, 180.0, 450.0, 300.0])
    whole = cache()[0].evaluate("rho_pT", "R134a", p, T)
    assert whole[0] == whole[2]
    assert whole == pytest.approx(fluids.rho_pT("R134a", p, T), rel=tile.ERROR_BOUND)
    for k in range(4):
        alone = cache()[0].evaluate("rho_pT", "R134a", p[k : k + 1], T[k : k + 1])
        assert alone.tobytes() == whole[k : k + 1].tobytes()


def test_states_that_are_none_are_nan_and_shapes_are_kept() -> None:
    ours, _ = cache()
    p = np.array([[3.5e5, np.nan, -1.0], [np.inf, 1e300, 3.5e5]])
    T = np.array([[290.0, 290.0, 290.0], [290.0, 290.0, -np.inf]])
    found = ours.evaluate("h_pT", "R134a", p, T)
    assert np.isfinite(found).tolist() == [[True, False, False], [False, False, False]]
    assert ours.evaluate("h_pT", "R134a", np.empty(0), np.empty(0)).shape == (0,)


def test_water_solutions_gases_and_other_pairs_pass_through() -> None:
    shelf = Shelf()
    ours, tally = cache(shelf)
    p, T = np.array([5e5]), np.array([320.0])
    for fluid in ("water", "MEG-30%", "flue_gas"):
        assert ours.evaluate("h_pT", fluid, p, T)[0] == fluids.h_pT(fluid, 5e5, 320.0)
    assert ours.evaluate("h_px", "R134a", p, np.array([1.0]))[0] == fluids.h_px("R134a", 5e5, 1.0)
    assert not shelf.kept
    assert not tally.counts
    for name in ("h_xy", "GASES", "parse_fluid"):
        with pytest.raises(CalcError) as raised:
            ours.evaluate(name, "R134a", p, T)
        assert raised.value.code == "not_available"


def test_tiles_and_tables_are_bounded_and_what_goes_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(property_cache, "_MOST_TILES", 30)
    monkeypatch.setattr(property_cache, "_MOST_TABLES", 2)
    ours, tally = cache()
    p, T = suction_gas(200)
    whole = cache()[0].evaluate("h_pT", "R134a", p, T + 40)
    parts = [ours.evaluate("h_pT", "R134a", p[k : k + 10], T[k : k + 10] + 40) for k in range(0, 200, 10)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
    assert tally.counts["evicted"] > 0
    before = tally.counts["evicted"]
    ours.evaluate("s_pT", "R134a", p[:5], T[:5])
    ours.evaluate("cp_pT", "R134a", p[:5], T[:5])
    assert tally.counts["evicted"] > before
    assert ours.evaluate("h_pT", "R134a", p[:10], T[:10] + 40).tobytes() == whole[:10].tobytes()


def test_threads_share_a_cache() -> None:
    ours, _ = cache(Shelf())
    p, T = suction_gas(3000)
    expected = cache()[0].evaluate("h_pT", "R134a", p, T).tobytes()
    found: list[bytes] = []

    def look() -> None:
        found.append(b"".join(ours.evaluate("h_pT", "R134a", p[k::7], T[k::7]).tobytes() for k in range(7)))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    in_order = np.concatenate([np.frombuffer(expected)[k::7] for k in range(7)]).tobytes()
    assert found == [in_order] * 4


def test_a_tile_is_its_bytes() -> None:
    fitted = tile.build([float(k % 3) * 0 + 2.0 for k in range(tile.N_NODES + tile.N_CHECKS)], 0.0)
    assert fitted.coefficients is not None
    assert tile.decode(tile.encode(fitted)) == fitted
    assert tile.decode(tile.encode(tile.DIRECT)) is tile.DIRECT


def test_a_kink_or_a_hole_is_no_tile() -> None:
    states = tile.samples("T", (24, 290))
    kinked = [abs(T - 290.5) * 1e3 + 4e5 for _, T in states]
    assert tile.build(kinked, 1e5) is tile.DIRECT
    smooth = [4e5 + 1e3 * T + p * 1e-3 for p, T in states]
    assert tile.build(smooth, 1e5).error < 1e-9
    assert tile.build([*smooth[:-1], float("nan")], 1e5) is tile.DIRECT
    assert tile.build([0.0] * len(smooth), 0.0) is tile.DIRECT
