"""Replayed files: their form and their time column."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime, timedelta

from schemas import site_form as form
from schemas.site import ReplayOptions, ReplayTime
from schemas.site_context import Context
from schemas.site_text import Path

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_replay(source: form.ReplayForm, path: Path, context: Context) -> ReplayOptions:
    """The form of a replay source's file, checked."""
    _check_columns(source, path, context)
    _check_signs(source, path, context)
    return ReplayOptions(
        format=source.format,
        time=_time(source, (*path, "time"), context),
        delimiter=source.delimiter,
        decimal=source.decimal,
        thousands=source.thousands,
        encoding=source.encoding,
        header_row=source.header_row,
        skip_rows=source.skip_rows,
    )


def _time(source: form.ReplayForm, path: Path, context: Context) -> ReplayTime:
    time = source.time
    if time.unit == "iso" and time.origin is not None:
        context.found.error((*path, "origin"), 'an origin is added to numbers: write unit = "s", "ms", "us" or "ns"')
    if time.unit != "iso" and time.format is not None:
        context.found.error((*path, "format"), "only a time that is written as text has a format")
    if source.format == "mos" and time.unit == "iso" and not context.found.has((*path, "unit")):
        context.found.error((*path, "unit"), 'a .mos table has numbers alone: write unit = "s"')
    context.zone(time.zone, (*path, "zone"))
    origin_us = (time.origin - _EPOCH) // timedelta(microseconds=1) if time.origin else 0
    return ReplayTime(time.column, time.unit, origin_us, time.format, time.zone)


def _check_columns(source: form.ReplayForm, path: Path, context: Context) -> None:
    """A `.mos` table and a file without header row have no names."""
    if source.format != "mos" and (source.header_row or source.format == "parquet"):
        return
    columns: list[tuple[Path, int | str]] = [(("time", "column"), source.time.column)]
    columns += [(("tag", index, "column"), tag.column) for index, tag in enumerate(source.tag)]
    for place, column in columns:
        if isinstance(column, str):
            context.found.error((*path, *place), "the file has no column names: write the column's number, from 1")


def _check_signs(source: form.ReplayForm, path: Path, context: Context) -> None:
    try:
        codecs.lookup(source.encoding)
    except (LookupError, ValueError):
        context.found.error((*path, "encoding"), 'unknown encoding: write one as "utf-8" or "cp1252"')
    signs = [source.delimiter, source.decimal, *([source.thousands] if source.thousands else [])]
    if source.format == "csv" and len(set(signs)) < len(signs):
        context.found.error((*path, "delimiter"), "delimiter, decimal and thousands are three different signs")
