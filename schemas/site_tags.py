"""Tags: id, unit, conversion to SI, and what may be believed of the values."""

from __future__ import annotations

from schemas import ids
from schemas import site_form as form
from schemas.site import Accuracy, Conversion, Tag
from schemas.site_addresses import read_address
from schemas.site_context import Context
from schemas.site_findings import nearest
from schemas.site_text import Path
from schemas.site_vocabulary import Unit


def read_tag(tag: form.AnyTag, path: Path, context: Context, assets: frozenset[str]) -> Tag:
    """One tag of a source, checked; `assets` are the ids of the declared ones."""
    _check_id(tag.id, (*path, "id"), context, assets)
    asset, measurand = ids.split_tag(tag.id)
    unit = context.unit(tag.unit, (*path, "unit"))
    if tag.scale == 0:
        context.found.error((*path, "scale"), "a scale of 0 makes every value the same")
    if tag.rollover is not None and tag.kind != "counter":
        context.found.error((*path, "rollover"), 'only a counter rolls over: write kind = "counter"')
    return Tag(
        id=tag.id,
        asset=asset,
        measurand=measurand,
        unit=tag.unit,
        unit_si=unit.si if unit else "",
        address=read_address(tag, path, context),
        conversion=_conversion(tag, unit, context),
        valid_range=_valid_range(tag, unit, (*path, "valid_range"), context),
        accuracy=_accuracy(tag, unit, (*path, "accuracy"), context),
        calibration_group=tag.calibration_group,
        hold_limit_us=round(tag.hold_limit_s * 1e6),
        states={text: float(number) for text, number in tag.states.items()},
        kind=tag.kind,
        rollover=tag.rollover,
        name=tag.name,
        description=tag.description,
        alias=tag.alias,
    )


def _check_id(tag: str, path: Path, context: Context, assets: frozenset[str]) -> None:
    asset, measurand = ids.split_tag(tag)
    if not ids.is_tag(tag):
        fix = "an id is site/segment/…/measurand, two to seven parts after the site, of a-z, 0-9 and _"
        context.found.error(path, fix)
    elif ids.site_of(tag) != context.site_id and context.site_id:
        context.found.error(path, f"belongs to another site; ids of this file start with {context.site_id}/")
    elif measurand in ids.RESERVED_LAST_SEGMENTS:
        context.found.error(path, f"{measurand} is a word of the HTTP routes; choose another measurand")
    elif asset not in assets:
        fix = f'declare [[asset]] id = "{asset}"; type = "none" where nothing is computed{nearest(asset, assets)}'
        context.found.error(path, f"its asset is not declared: {fix}")


def _conversion(tag: form.AnyTag, unit: Unit | None, context: Context) -> Conversion:
    if unit is None:
        return Conversion(tag.scale, tag.offset)
    return Conversion(tag.scale, tag.offset, unit.factor, unit.shift_si(context.barometer_pa))


def _valid_range(tag: form.AnyTag, unit: Unit | None, path: Path, context: Context) -> tuple[float, float] | None:
    if tag.valid_range is None or unit is None:
        return None
    lower, upper = (context.quantity(text, unit.si, (*path, index)) for index, text in enumerate(tag.valid_range))
    if lower is None or upper is None:
        return None
    if lower >= upper:
        context.found.error(path, "write the lower end first")
    return lower, upper


def _accuracy(tag: form.AnyTag, unit: Unit | None, path: Path, context: Context) -> Accuracy | None:
    """`1 %` is of the reading; anything else is absolute, in a unit of the tag's dimension."""
    if tag.accuracy is None or unit is None:
        return None
    relative = tag.accuracy.rstrip().endswith("%")
    size = context.quantity(tag.accuracy, "1" if relative else unit.si, path, difference=True)
    if size is None:
        return None
    if size < 0:
        context.found.error(path, "an accuracy is a size: write it without a sign")
    return Accuracy(relative=size) if relative else Accuracy(absolute=size)
