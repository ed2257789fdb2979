"""Interpolation tiles over (fluid, property, pair of inputs): a refrigerant's property at the cost of a polynomial.

A tile never crosses the saturation line, and its error was measured when it was built (`calc.tile.ERROR_BOUND`); where
there is no such tile, the property is evaluated directly. So a state's bits depend on the state alone: the same whether
its tile was here, came from the second level, or was built just now because the second level was away.

Water, solutions and ideal gases pass through: they are as fast as a tile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from calc import fluids, tile
from calc.asset_type import Floats
from calc.errors import CalcError
from calc.fluids.face import FluidProperty
from calc.fluids.name import parse_fluid
from calc.fluids.saturation import crosses
from calc.tile import Cell, Tile

_CHUNK = 4096
_MOST_TILES = 8192
_MOST_TABLES = 128
_LIMIT = 2.0**20
"""Cells beyond it do not exist; NaN and infinite states go there too."""
_DENSE_AREA = 65536
_DIRECT_SLOT = 0
TILED = ("pT", "ph", "ps")
Keys = NDArray[np.int64]


class SecondLevel(Protocol):
    """A store shared by processes. It never raises: what it has not, or cannot reach, is not in the answer."""

    def get_many(self, keys: Sequence[str], /) -> Mapping[str, bytes]:
        """The values it has, fetched in one batch whatever the keys' slots."""

    def put_many(self, values: Mapping[str, bytes], /) -> None:
        """Keep values as long as it pleases."""


class Counters(Protocol):
    """What the cache tells; `name` is the property, as `h_pT`."""

    def hits(self, name: str, points: int, /) -> None:
        """Points whose tile was in process."""

    def misses(self, name: str, points: int, /) -> None:
        """Points whose tile had to be fetched or built."""

    def direct(self, name: str, points: int, /) -> None:
        """Points without a tile: next to saturation, or no state at all."""

    def fetched(self, name: str, tiles: int, /) -> None:
        """Tiles that came from the second level."""

    def built(self, name: str, tiles: int, seconds: float, error: float, /) -> None:
        """Tiles built, the time it took, and the largest measured error among them."""

    def evicted(self, name: str, tiles: int, /) -> None:
        """Tiles dropped because there were too many."""


class PropertyCache:
    """Tiles of every fluid and property, at most 8192 of each of 128; safe to share between threads."""

    def __init__(self, counters: Counters, clock: Callable[[], float], second_level: SecondLevel | None = None) -> None:
        self._counters = counters
        self._clock = clock
        self._second_level = second_level
        self._tables: dict[tuple[str, str], _Table] = {}
        self._lock = Lock()

    def evaluate(self, name: str, fluid: str, p: Floats, b: Floats) -> Floats:
        """The property `name` (`h_pT`) of the fluid at states (n,) Pa and (n,) K, J/kg or J/(kg K), in SI.

        Returns
        -------
        (n,); NaN where there is none (`fluids.<name>.reasons` says why). CalcError for a fluid or property unknown.
        """
        face: FluidProperty | None = getattr(fluids, name, None)
        if not isinstance(face, FluidProperty):
            raise CalcError("not_available", f"no property {name!r}", "property")
        if parse_fluid(fluid).kind != "real" or name.partition("_")[2] not in TILED:
            return face(fluid, p, b)
        return self._table(face, fluid).evaluate(p, b)

    def _table(self, face: FluidProperty, fluid: str) -> _Table:
        with self._lock:
            key = (fluid, face.name)
            table = self._tables.get(key)
            if table is None:
                if len(self._tables) >= _MOST_TABLES:
                    oldest = self._tables.pop(next(iter(self._tables)))
                    self._counters.evicted(oldest.name, oldest.tiles)
                table = self._tables[key] = _Table(face, fluid, self._counters, self._clock, self._second_level)
            return table


class _Table:
    """The tiles of one property of one fluid: a column each, column 0 NaN for the cells without a tile."""

    def __init__(
        self,
        face: FluidProperty,
        fluid: str,
        counters: Counters,
        clock: Callable[[], float],
        second_level: SecondLevel | None,
    ) -> None:
        self.name = face.name
        self._face, self._fluid = face, fluid
        letter, pair = face.name.split("_")
        self._second = pair[1]
        self._floor = tile.FLOORS.get(letter, 0.0)
        self._prefix = f"tile/1/{version('coolprop')}/{fluid}/{face.name}"
        self._counters, self._clock, self._second_level = counters, clock, second_level
        self._lock = Lock()
        self._slots: dict[Cell, int] = {}
        self._columns = _no_tiles()

    @property
    def tiles(self) -> int:
        """How many there are."""
        return len(self._slots)

    def evaluate(self, p: Floats, b: Floats) -> Floats:
        """Values of states in any shape."""
        p, b = np.broadcast_arrays(np.asarray(p, np.float64), np.asarray(b, np.float64))
        flat_p, flat_b = (np.ascontiguousarray(array).reshape(-1) for array in (p, b))
        values = np.empty(flat_p.size)
        with np.errstate(all="ignore"):
            for start in range(0, values.size, _CHUNK):
                chunk = slice(start, start + _CHUNK)
                values[chunk] = self._chunk(flat_p[chunk], flat_b[chunk])
        return values.reshape(p.shape)

    def _chunk(self, p: Floats, b: Floats) -> Floats:
        x, y = tile.coordinates(self._second, p, b)
        outside = ~((np.abs(x) < _LIMIT) & (np.abs(y) < _LIMIT))
        if outside.any():
            x, y = np.where(outside, 0.0, x), np.where(outside, 0.0, y)
        i, j = np.floor(x), np.floor(y)
        cells, places = _distinct(i, j)
        table, slots = self._slots_of(cells, places)
        values = tile.evaluate(table, slots, 2.0 * (x - i) - 1.0, 2.0 * (y - j) - 1.0)
        values[outside] = np.nan
        direct = np.isnan(values)
        if direct.any():
            values[direct] = self._face(self._fluid, p[direct], b[direct])
            self._counters.direct(self.name, int(direct.sum()))
        return values

    def _slots_of(self, cells: list[Cell], places: tile.Places) -> tuple[Floats, tile.Places]:
        """The table as it stands and each state's column; fetches or builds the tiles that are missing."""
        with self._lock:
            missing = [cell for cell in cells if cell not in self._slots]
            if missing:
                self._add(missing, cells)
            slots = np.array([self._slots[cell] for cell in cells], np.intp)
            table = self._columns
        self._count(cells, set(missing), slots, places)
        return table, slots[places]

    def _count(self, cells: list[Cell], missing: set[Cell], slots: tile.Places, places: tile.Places) -> None:
        tiled = slots != _DIRECT_SLOT
        if missing:
            new = np.array([cell in missing for cell in cells])
            misses = int((new & tiled)[places].sum())
            self._counters.misses(self.name, misses)
            self._counters.hits(self.name, int(tiled[places].sum()) - misses)
        else:
            self._counters.hits(self.name, places.size if tiled.all() else int(tiled[places].sum()))

    def _add(self, missing: list[Cell], wanted: list[Cell]) -> None:
        if len(self._slots) + len(missing) > _MOST_TILES:
            self._counters.evicted(self.name, len(self._slots))
            self._slots, self._columns = {}, _no_tiles()
            missing = wanted
        tiles = self._fetch(missing)
        unknown = [cell for cell in missing if cell not in tiles]
        if unknown:
            built = self._build(unknown)
            tiles.update(built)
            if self._second_level is not None:
                self._second_level.put_many({self._key(cell): tile.encode(item) for cell, item in built.items()})
        self._append({cell: tiles[cell] for cell in missing})

    def _fetch(self, cells: list[Cell]) -> dict[Cell, Tile]:
        """The tiles that the second level has; bytes that are none count as not there."""
        if self._second_level is None:
            return {}
        keys = {self._key(cell): cell for cell in cells}
        found = self._second_level.get_many(list(keys)).items()
        tiles = {keys[key]: item for key, data in found if key in keys and (item := tile.decode(data)) is not None}
        self._counters.fetched(self.name, len(tiles))
        return tiles

    def _build(self, cells: list[Cell]) -> dict[Cell, Tile]:
        began = self._clock()
        states = np.array([tile.samples(self._second, cell) for cell in cells])
        values = self._face(self._fluid, states[:, :, 0].ravel(), states[:, :, 1].ravel()).reshape(states.shape[:2])
        tiles = {}
        for cell, row in zip(cells, values, strict=True):
            built = tile.build(row.tolist(), self._floor)
            across = built.coefficients and crosses(self._fluid, self._second, tile.box(self._second, cell))
            tiles[cell] = tile.DIRECT if across else built
        errors = [item.error for item in tiles.values() if item.coefficients]
        self._counters.built(self.name, len(tiles), self._clock() - began, max(errors, default=0.0))
        return tiles

    def _append(self, tiles: dict[Cell, Tile]) -> None:
        rows = [item.coefficients for item in tiles.values() if item.coefficients]
        next_slot = self._columns.shape[1]
        for cell, item in tiles.items():
            self._slots[cell] = next_slot if item.coefficients else _DIRECT_SLOT
            next_slot += item.coefficients is not None
        if rows:
            self._columns = np.ascontiguousarray(np.concatenate([self._columns, np.array(rows).T], axis=1))

    def _key(self, cell: Cell) -> str:
        return f"{self._prefix}/{cell[0]}/{cell[1]}"


def _no_tiles() -> Floats:
    """Column 0 alone."""
    return np.full((tile.N_NODES, 1), np.nan)


def _distinct(i: Floats, j: Floats) -> tuple[list[Cell], tile.Places]:
    """The distinct cells of states, and the place of each state's cell among them."""
    if i.size == 0:
        return [], np.empty(0, np.intp)
    i_least, j_least = i.min(), j.min()
    width = j.max() - j_least + 1.0
    area = (i.max() - i_least + 1.0) * width
    key: Keys = ((i - i_least) * width + (j - j_least)).astype(np.int64)
    keys: Keys
    if area <= _DENSE_AREA:
        occupied = np.zeros(int(area), np.bool_)
        occupied[key] = True
        keys = np.flatnonzero(occupied)
        order = np.empty(int(area), np.intp)
        order[keys] = np.arange(keys.size)
        places = order[key]
    else:
        keys, places = np.unique(key, return_inverse=True)
    first, left, across = int(i_least), int(j_least), int(width)
    return [(k // across + first, k % across + left) for k in keys.tolist()], places
