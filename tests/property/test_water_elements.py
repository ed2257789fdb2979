"""An element's bits never depend on the length of its array, on its place or on its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calc import water
from calc.property import OfOne, OfTwo

Floats = NDArray[np.float64]
LETTERS = {
    "p": st.one_of(st.floats(600.0, 101e6), st.floats(16e6, 24e6)),
    "T": st.one_of(st.floats(270.0, 2300.0), st.floats(620.0, 660.0)),
    "h": st.floats(-1e5, 8e6),
    "s": st.floats(-1e3, 14e3),
    "x": st.floats(-0.1, 1.1),
    "rho": st.floats(50.0, 800.0),
}
NAMES = [name for name in water.__all__ if isinstance(getattr(water, name), OfOne | OfTwo)]


def bits(values: Floats) -> list[bytes]:
    return [value.tobytes() for value in values]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_slicing_gives_the_same_bits(name: str, data: st.DataObject) -> None:
    inputs, face = getattr(water, name).inputs, cast("Callable[..., Floats]", getattr(water, name))
    row = st.tuples(*(LETTERS[letter] for letter in inputs))
    states = np.array(data.draw(st.lists(row, min_size=2, max_size=40)))
    whole = bits(face(*states.T))
    step, start = data.draw(st.integers(1, 5)), data.draw(st.integers(0, len(states) - 1))
    order = data.draw(st.permutations(range(len(states))))
    assert bits(face(*states[start::step].T)) == whole[start::step]
    assert bits(face(*states[::-1].T)) == whole[::-1]
    assert bits(face(*states[order].T)) == [whole[place] for place in order]
    assert [bits(face(*(np.array([value]) for value in state)))[0] for state in states] == whole


def test_chunks_leave_no_seam() -> None:
    rng = np.random.default_rng(1)
    p, T = rng.uniform(1e5, 60e6, 20_000), rng.uniform(274.0, 1070.0, 20_000)
    for face in (water.h_pT, water.cp_pT, water.mu_pT, water.lambda_pT):
        whole = face(p, T)
        parts = np.concatenate([face(p[i : i + 777], T[i : i + 777]) for i in range(0, 20_000, 777)])
        assert whole.tobytes() == parts.tobytes()
