"""Energies → the streams of one machine, signed, so that what goes in is what comes out.

    inputs = outputs + losses + residual

A chiller's cooling and the heat that a heat pump takes from its source enter the machine; the heat that the chiller
rejects follows from the residual. Where a residual is of another kind than in − out − losses (a loss-method boiler
against its measured steam, a cooling tower against its air), the output is what was measured: out − residual.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from thermaliq.pictures.energies import Energies, Unit
from thermaliq.pictures.wording import Words, loss_label, words_of

POTENTIAL: Final = frozenset({"cooling_tower"})
"""What goes in there is what could be had; what was not had is no residual."""
Kind = Literal["input", "output", "loss", "residual"]
CLOSED: Final = 1e-9
"""A balance is closed where what is left over is less than this share of it."""


class Stream(msgspec.Struct, frozen=True):
    """Energy that crosses the machine's boundary in the direction of its kind; below zero: in the other one."""

    id: str
    label: str
    value: float
    kind: Kind

    @property
    def enters(self) -> bool:
        """Whether energy flows into the machine."""
        return (self.kind == "input") == (self.value >= 0.0)


class Balance(msgspec.Struct, frozen=True):
    """A machine's streams: inputs, outputs, losses in the order of their type, the residual last."""

    title: str
    caption: str
    machine: str
    unit: Unit
    streams: tuple[Stream, ...]
    fact: str
    note: str

    @property
    def total(self) -> float:
        """All that enters."""
        return sum(abs(stream.value) for stream in self.streams if stream.enters)


def balance_of(energies: Energies) -> Balance:
    """The streams; none where the energies are not known."""
    words = words_of(energies.type)
    return Balance(
        title=energies.title,
        caption=energies.caption,
        machine=words.machine,
        unit=energies.unit,
        streams=tuple(_streams(energies, words)),
        fact=_efficiency(energies, words),
        note=energies.note,
    )


def _streams(energies: Energies, words: Words) -> list[Stream]:
    given, taken, residual = energies.energy_in, energies.energy_out, energies.residual
    if given is None or taken is None:
        return []
    entering = Stream("energy_in", words.energy_in, given, "input")
    match energies.type:
        case "chiller":
            cooling = Stream("energy_out", words.energy_out, taken, "input")
            rejected = 0.0 if residual is None else given + taken - residual
            leaving = Stream("heat_rejected", "Heat rejected", rejected, "output")
            rest = _residual(given + taken if residual is None else residual, residual, "Heat rejected")
            return [entering, cooling, *_where(leaving), rest]
        case "heat_pump":
            drawn = 0.0 if residual is None else residual + taken - given
            source = Stream("heat_source", "Heat from source", drawn, "input")
            useful = Stream("energy_out", words.energy_out, taken, "output")
            rest = _residual(given - taken if residual is None else residual, residual, "Heat from source")
            return [entering, *_where(source), useful, rest]
    return [entering, *_fed(energies, words, given, taken)]


def _fed(energies: Energies, words: Words, given: float, taken: float) -> list[Stream]:
    """What becomes of the energy that goes into a machine of one input."""
    losses = [Stream(f"loss_{name}", loss_label(name), loss, "loss") for name, loss in energies.losses.items() if loss]
    left = given - taken - sum(loss.value for loss in losses)
    unmeasured = 0.0 if energies.type in POTENTIAL else left
    residual = unmeasured if energies.residual is None else energies.residual
    label = words.energy_out
    if not _same(left, residual, given):
        label = label if energies.residual is None else f"{label}, measured"
        taken -= residual
        losses += _where(Stream("loss_unused", "Not used", 0.0 if _same(left, 0.0, given) else left, "loss"))
    rest = _residual(residual, energies.residual, "Residual")
    return [*_where(Stream("energy_out", label, taken, "output")), *losses, rest]


def _residual(value: float, known: float | None, what: str) -> Stream:
    return Stream("residual", "Residual" if known is not None else f"{what} not measured", value, "residual")


def _where(stream: Stream) -> list[Stream]:
    return [stream] if stream.value else []


def _same(left: float, right: float, of: float) -> bool:
    return abs(left - right) <= CLOSED * max(abs(left), abs(right), abs(of))


def _efficiency(energies: Energies, words: Words) -> str:
    """`η = 86.1 % ± 0.9 %`."""
    eta, u95 = energies.eta, energies.eta_u95
    if eta is None:
        return f"{words.eta} undefined"
    if words.eta == "COP":
        return f"COP = {eta:.3f}" + ("" if u95 is None else f" ± {u95:.3f}")
    return f"{words.eta} = {100.0 * eta:.2f} %" + ("" if u95 is None else f" ± {100.0 * u95:.2f} %")
