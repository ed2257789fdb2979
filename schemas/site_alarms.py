"""Alarms: what each watches, on which window, with which delays."""

from __future__ import annotations

from collections.abc import Mapping

from schemas import ids
from schemas import site_form as form
from schemas.duration import parse_duration_us
from schemas.site import AlarmRule, Asset, Window
from schemas.site_conditions import Watch, read_watch
from schemas.site_context import Context
from schemas.site_findings import nearest
from schemas.site_text import Path


def read_alarm(alarm: form.AlarmForm, path: Path, context: Context, assets: Mapping[str, Asset]) -> AlarmRule | None:
    """One alarm, checked against its asset, its asset's windows and its asset's type; None where it watches nothing."""
    if not ids.is_alarm_name(alarm.name):
        context.found.error((*path, "name"), "a name is of a-z, 0-9 and _")
    asset = assets.get(alarm.asset)
    if asset is None:
        context.found.error((*path, "asset"), f"no such asset{nearest(alarm.asset, assets)}")
        return None
    kind = context.vocabulary.asset_types.get(asset.type)
    if kind is None:
        context.found.error((*path, "asset"), f"{asset.id} computes nothing that an alarm may watch")
        return None
    window = _window(alarm, asset, (*path, "window"), context)
    watch = read_watch(alarm.when, kind, (*path, "when"), context)
    if watch is None or window is None:
        return None
    if alarm.beyond_uncertainty and watch.quantity != "eta":
        context.found.error((*path, "beyond_uncertainty"), "only eta has an uncertainty: leave this key out")
    return AlarmRule(
        asset=asset.id,
        name=alarm.name,
        window=window.name,
        quantity=watch.quantity,
        operator=watch.operator,
        limit=watch.limit,
        relative_to_baseline=watch.relative_to_baseline,
        hysteresis=_hysteresis(alarm, watch, (*path, "hysteresis"), context),
        on_delay_us=context.duration_us(alarm.on_delay, 0),
        off_delay_us=context.duration_us(alarm.off_delay, 0),
        beyond_uncertainty=alarm.beyond_uncertainty,
        priority=alarm.priority,
        latched=alarm.latched,
    )


def _window(alarm: form.AlarmForm, asset: Asset, path: Path, context: Context) -> Window | None:
    """The window that the alarm names; the asset's first where it names none."""
    if context.found.has(path) or not asset.windows:
        return None
    if alarm.window is None:
        return asset.windows[0]
    length_us = parse_duration_us(alarm.window)
    window = next((window for window in asset.windows if window.length_us == length_us), None)
    if window is None:
        names = ", ".join(window.name for window in asset.windows if window.name)
        context.found.error(path, f"{asset.id} has no such window: write one of {names}")
    return window


def _hysteresis(alarm: form.AlarmForm, watch: Watch, path: Path, context: Context) -> float:
    """In the SI unit of the quantity: a number, or a text with a unit."""
    if not isinstance(alarm.hysteresis, str):
        return alarm.hysteresis
    if not watch.unit:
        context.found.error(path, "quality has no hysteresis: leave this key out")
        return 0.0
    size = context.quantity(alarm.hysteresis, watch.unit, path, difference=True)
    if size is not None and size < 0:
        context.found.error(path, "a hysteresis is a size: write it without a sign")
    return size or 0.0
