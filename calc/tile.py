"""One tile of a property: a bicubic patch over a small rectangle of its two inputs, with its measured error.

The rectangle's sides are fixed: in the fourth root of p by 1/4 (some 4 % of p), in T by 1 K, in h by 2048 J/kg, in s by
4 J/(kg K). Only + − × ÷ and √ are used, in a fixed order, so a state has the same bits in any array and on any host.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from calc.asset_type import Floats

ERROR_BOUND = 1e-5
"""Stated bound on the relative error within a tile."""
_ACCEPTED = ERROR_BOUND / 4
"""What the check points may show: between them the error is somewhat larger."""
FLOORS = {"h": 1e5, "s": 1e3}
"""Errors of h and s are relative to at least this: their zero is a convention."""
_FOURTH_ROOT_SCALE = 4.0
_SCALES = {"T": 1.0, "h": 1.0 / 2048.0, "s": 0.25}
_NODES = (-1.0, -0.5, 0.5, 1.0)  # Chebyshev-Lobatto
_CHECKS = (-0.95, -0.75, 0.0, 0.75, 0.95)
N_NODES, N_CHECKS = 16, 25
_POWERS = 4
_FORMAT = struct.Struct("<4sd16d")
_MAGIC = b"TIL1"
_INVERSE = (
    (-1 / 6, 2 / 3, 2 / 3, -1 / 6),
    (1 / 6, -4 / 3, 4 / 3, -1 / 6),
    (2 / 3, -2 / 3, -2 / 3, 2 / 3),
    (-2 / 3, 4 / 3, -4 / 3, 2 / 3),
)
"""Values at the nodes → coefficients of 1, ξ, ξ², ξ³."""
Cell = tuple[int, int]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Tile:
    """`coefficients` of ξ^i η^j in the order i · 4 + j, or None where the property is evaluated directly instead."""

    coefficients: tuple[float, ...] | None
    error: float


DIRECT = Tile(None, nan)


def coordinates(second: str, p: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Where states lie, in tiles: whole part the cell, fraction the place within it."""
    return np.sqrt(np.sqrt(p)) * _FOURTH_ROOT_SCALE, b * _SCALES[second]


def box(second: str, cell: Cell) -> tuple[float, float, float, float]:
    """Least and largest p and second input of a cell."""
    (p_low, b_low), (p_high, b_high) = _state(second, cell, -1.0, -1.0), _state(second, cell, 1.0, 1.0)
    return p_low, p_high, b_low, b_high


def samples(second: str, cell: Cell) -> list[tuple[float, float]]:
    """The states at which a tile needs the property: 16 nodes, then 25 check points."""
    places = [(xi, eta) for points in (_NODES, _CHECKS) for xi in points for eta in points]
    return [_state(second, cell, xi, eta) for xi, eta in places]


def build(values: list[float], floor: float) -> Tile:
    """The tile of the values at its samples; DIRECT where one is missing or the error is larger than may be."""
    nodes, checks = values[:N_NODES], values[N_NODES:]
    coefficients = _fit(nodes)
    places = [(xi, eta) for xi in _CHECKS for eta in _CHECKS]
    error = 0.0
    for (xi, eta), value in zip(places, checks, strict=True):
        size = max(abs(value), floor)
        miss = abs(_patch(coefficients, xi, eta) - value) / size if size > 0 else inf
        if not miss <= _ACCEPTED:  # NaN too
            return DIRECT
        error = max(error, miss)
    return Tile(coefficients, error)


def evaluate(table: Floats, slots: Places, xi: Floats, eta: Floats) -> Floats:
    """Values of the tiles in columns `slots` of the table (16, m) at their places in [−1, 1]."""
    total = _row(table, 3, slots, eta)
    for i in (2, 1, 0):
        total *= xi
        total += _row(table, i, slots, eta)
    return total


def _row(table: Floats, i: int, slots: Places, eta: Floats) -> Floats:
    row: Floats = table[i * _POWERS + 3].take(slots)
    for j in (2, 1, 0):
        row *= eta
        row += table[i * _POWERS + j].take(slots)
    return row


def encode(tile: Tile) -> bytes:
    """The tile as bytes, with a checksum."""
    body = _FORMAT.pack(_MAGIC, tile.error, *(tile.coefficients or (nan,) * N_NODES))
    return body + zlib.crc32(body).to_bytes(4, "little")


def decode(data: bytes) -> Tile | None:
    """The tile in bytes that `encode` wrote; None for any other bytes."""
    body, check = data[:-4], data[-4:]
    if len(body) != _FORMAT.size or body[:4] != _MAGIC or zlib.crc32(body).to_bytes(4, "little") != check:
        return None
    _, error, *coefficients = _FORMAT.unpack(body)
    return DIRECT if isnan(error) else Tile(tuple(coefficients), error)


def _state(second: str, cell: Cell, xi: float, eta: float) -> tuple[float, float]:
    root = (cell[0] + 0.5 * (xi + 1.0)) / _FOURTH_ROOT_SCALE
    return root * root * (root * root), (cell[1] + 0.5 * (eta + 1.0)) / _SCALES[second]


def _fit(nodes: list[float]) -> tuple[float, ...]:
    along_eta = [
        [sum(_INVERSE[j][k] * nodes[i * _POWERS + k] for k in range(_POWERS)) for j in range(_POWERS)]
        for i in range(_POWERS)
    ]
    return tuple(
        sum(_INVERSE[i][k] * along_eta[k][j] for k in range(_POWERS)) for i in range(_POWERS) for j in range(_POWERS)
    )


def _patch(coefficients: tuple[float, ...], xi: float, eta: float) -> float:
    rows = (coefficients[i : i + _POWERS] for i in (12, 8, 4, 0))
    total = 0.0
    for c0, c1, c2, c3 in rows:
        total = total * xi + (((c3 * eta + c2) * eta + c1) * eta + c0)
    return total
