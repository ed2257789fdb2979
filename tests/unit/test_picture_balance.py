"""A balance closes, whatever the machine, and its residual is never hidden."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.example_states import EXAMPLES
from tests.fix_database import point
from tests.pictured import answered
from thermaliq.pictures.amount import scale_of
from thermaliq.pictures.balance import Balance, balance_of
from thermaliq.pictures.drawn.spread import spread
from thermaliq.pictures.energies import Energies, of_answer, of_nothing, of_point
from thermaliq.pictures.sankey import MACHINE, Link, Sankey, sankey_of
from thermaliq.pictures.waterfall import waterfall_of

amounts = st.floats(-1e12, 1e12)


def energies(kind: str = "boiler_direct", **changes: object) -> Energies:
    """100 W in, 80 W out, 12 W of stack loss, 8 W of residual."""
    made: dict[str, object] = {
        "title": "t",
        "caption": "c",
        "type": kind,
        "unit": "W",
        "eta": 0.8,
        "eta_u95": None,
        "energy_in": 100.0,
        "energy_out": 80.0,
        "losses": {"stack": 12.0},
        "residual": 8.0,
    }
    return Energies(**(made | changes))  # type: ignore[arg-type]


def sankey(kind: str = "boiler_direct", **changes: object) -> Sankey:
    return sankey_of(balance_of(energies(kind, **changes)))


def link(picture: Sankey, node: str) -> Link:
    (found,) = [item for item in picture.links if node in {item.source, item.target}]
    return found


def sums(picture: Sankey) -> tuple[float, float]:
    """What enters and what leaves the machine."""
    entering = sum(item.value for item in picture.links if item.target == MACHINE)
    return entering, sum(item.value for item in picture.links if item.source == MACHINE)


def signed(balance: Balance) -> tuple[float, float]:
    inputs = sum(stream.value for stream in balance.streams if stream.kind == "input")
    return inputs, sum(stream.value for stream in balance.streams if stream.kind != "input")


@pytest.mark.parametrize("kind", EXAMPLES)
def test_in_is_out_and_losses_and_residual_for_every_asset_type(kind: str) -> None:
    answer = answered(kind)
    balance = balance_of(of_answer(answer))
    inputs, rest = signed(balance)
    assert inputs == pytest.approx(rest, rel=1e-9)
    entering, leaving = sums(sankey_of(balance))
    assert entering == pytest.approx(leaving, rel=1e-9)
    residual = next(stream for stream in balance.streams if stream.kind == "residual")
    assert answer.residual_w is None or residual.value == answer.residual_w


@given(
    st.sampled_from(sorted({*EXAMPLES, "unheard_of"})),
    amounts,
    amounts,
    st.dictionaries(st.sampled_from(["stack", "wall", "air_credit"]), amounts),
    st.none() | amounts,
)
def test_any_energies_close(
    kind: str, given_: float, taken: float, losses: dict[str, float], residual: float | None
) -> None:
    balance = balance_of(energies(kind, energy_in=given_, energy_out=taken, losses=losses, residual=residual))
    inputs, rest = signed(balance)
    scale = sum(abs(stream.value) for stream in balance.streams)
    assert abs(inputs - rest) <= 1e-9 * max(scale, 1.0)
    assert [stream.kind for stream in balance.streams].count("residual") == 1
    assert all(item.value >= 0.0 for item in sankey_of(balance).links)


def test_a_positive_residual_leaves_and_a_negative_one_enters() -> None:
    assert link(sankey(), "residual") == Link(MACHINE, "residual", 8.0, "residual")
    over = sankey(energy_out=95.0, residual=-7.0)
    assert link(over, "residual") == Link("residual", MACHINE, 7.0, "residual")


def test_a_residual_of_nothing_is_still_shown() -> None:
    assert link(sankey(energy_out=88.0, residual=0.0), "residual").value == 0.0


def test_a_residual_that_is_not_known_is_shown_as_not_measured() -> None:
    picture = sankey("condenser", losses={}, residual=None)
    assert link(picture, "residual").value == 20.0
    assert any(node.id == "residual" and "not measured" in node.label for node in picture.nodes)


def test_a_loss_below_zero_enters() -> None:
    picture = sankey("boiler_indirect", losses={"stack": 25.0, "air_credit": -5.0}, residual=None)
    assert link(picture, "loss_air_credit") == Link("loss_air_credit", MACHINE, 5.0, "loss")


def test_a_chillers_cooling_enters_and_the_heat_of_both_leaves() -> None:
    picture = sankey("chiller", energy_in=100.0, energy_out=500.0, losses={}, residual=3.0)
    assert (link(picture, "energy_out").kind, link(picture, "energy_out").target) == ("input", MACHINE)
    assert link(picture, "heat_rejected") == Link(MACHINE, "heat_rejected", 597.0, "output")


def test_a_heat_pump_takes_what_its_output_is_short_of() -> None:
    picture = sankey("heat_pump", energy_in=100.0, energy_out=400.0, losses={}, residual=5.0)
    assert link(picture, "heat_source") == Link("heat_source", MACHINE, 305.0, "input")
    assert link(picture, "energy_out") == Link(MACHINE, "energy_out", 400.0, "output")


def test_a_boiler_by_its_losses_is_shown_with_its_measured_steam() -> None:
    picture = sankey("boiler_indirect", energy_out=88.0, residual=6.0)
    assert link(picture, "energy_out").value == 82.0
    assert link(picture, "residual").value == 6.0


def test_what_a_cooling_tower_did_not_use_is_no_residual() -> None:
    picture = sankey("cooling_tower", losses={}, residual=None)
    assert link(picture, "loss_unused") == Link(MACHINE, "loss_unused", 20.0, "loss")
    assert link(picture, "residual").value == 0.0


def test_streams_stand_in_a_stable_order_with_the_residual_last() -> None:
    losses = {"flue": 3.0, "wall": 9.0}
    made = sankey(losses=losses)
    assert [item.source for item in made.links][:1] == ["energy_in"]
    assert [item.target for item in made.links][1:] == ["energy_out", "loss_flue", "loss_wall", "residual"]


def test_labels_say_amount_unit_and_share() -> None:
    labels = {node.id: node.label for node in sankey(energy_in=8e6, energy_out=7e6, residual=1e6 - 12.0).nodes}
    assert labels["energy_in"] == "Fuel\n8.000 MW (100.0 %)"
    assert labels["energy_out"] == "Heat to steam\n7.000 MW (87.5 %)"
    assert labels["loss_stack"] == "Stack loss\n<0.001 MW (0.0 %)"


def test_a_window_without_energies_has_no_links_and_says_why() -> None:
    made = of_point(point(300_000_000, window="5min"))
    empty = sankey(energy_in=None, energy_out=None, residual=None, eta=None, note="quality BAD: no_fuel")
    assert (empty.links, empty.nodes, empty.note, empty.fact) == ((), (), "quality BAD: no_fuel", "η undefined")
    assert made.unit == "J"
    assert "window 5min, 1970-01-01 00:00:00 … 00:05:00Z" in made.caption
    assert sankey_of(balance_of(of_nothing("a/b", "chiller", "5min"))).fact == "COP undefined"


def test_a_waterfall_leads_from_what_enters_to_what_leaves() -> None:
    bars = waterfall_of(balance_of(energies())).bars
    assert [(bar.start, bar.end) for bar in bars] == [(0.0, 100.0), (100.0, 88.0), (88.0, 80.0), (0.0, 80.0)]
    assert [bar.kind for bar in bars] == ["input", "loss", "residual", "output"]
    over = waterfall_of(balance_of(energies(energy_out=95.0, residual=-7.0))).bars
    assert (over[2].start, over[2].end) == (88.0, 95.0)


def test_a_picture_has_one_unit_with_four_digits_of_its_largest_amount() -> None:
    scale = scale_of([12_345.0, 3.0], "W")
    assert (scale.text(12_345.0), scale.text(-3.0), scale.text(0.0)) == ("12.35 kW", "−<0.01 kW", "0.00 kW")
    assert scale_of([], "J").unit == "J"


@given(st.lists(st.floats(0.0, 1.0), max_size=8))
def test_labels_keep_their_distance_and_their_order(places: list[float]) -> None:
    made = spread(sorted(places, reverse=True), 0.1, 0.05, 0.95)
    assert all(upper - lower >= 0.1 - 1e-9 for upper, lower in pairwise(made))
    assert all(place >= 0.05 - 1e-9 for place in made)
