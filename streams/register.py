"""Assets and series of the loaded sites get their database numbers, which stay theirs for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import Connection

from schemas import rows
from schemas.ids import site_of
from schemas.site import Site
from streams.statements import statements


@dataclass(frozen=True)
class Registry:
    """Asset id → number, and tag id → series number, of the loaded sites."""

    assets: Mapping[str, int]
    series: Mapping[str, int]


def register(connection: Connection, sites: Sequence[Site]) -> Registry:
    """Add what is new, update what a site file says otherwise now. Workers that start together take turns."""
    sql = statements("register")
    assets, series = _asset_columns(sites), _series_columns(sites)
    connection.execute(sql["lock"])
    for name, columns in (("assets", assets), ("series", series)):
        connection.execute(sql[f"add_{name}"], columns)
        connection.execute(sql[f"update_{name}"], columns)
    tags = {tag_id for site in sites for tag_id in site.tags()}
    numbered = connection.execute(sql["list_series"], {"asset": assets["asset"]}).fetchall()
    return Registry(
        assets=dict(connection.execute(sql["list_assets"], {"asset": assets["asset"]}).fetchall()),
        series={tag: number for tag, number in numbered if tag in tags},
    )


def _asset_columns(sites: Sequence[Site]) -> rows.Columns:
    assets = [asset for site in sites for asset in site.assets]
    return {
        "asset": [asset.id for asset in assets],
        "site": [site_of(asset.id) for asset in assets],
        "type": [asset.type for asset in assets],
        "group_key": [asset.group for asset in assets],
    }


def _series_columns(sites: Sequence[Site]) -> rows.Columns:
    carried = [(tag, source) for site in sites for tag, source in site.tags().values()]
    tags = [tag for tag, _ in carried]
    return {
        "asset": [tag.asset for tag in tags],
        "tag": [tag.measurand for tag in tags],
        "unit_si": [tag.unit_si for tag in tags],
        "unit": [tag.unit for tag in tags],
        "factor": rows.floats(tag.conversion.factor for tag in tags),
        "shift": rows.floats(tag.conversion.shift for tag in tags),
        "source": [source.name for _, source in carried],
        "name": [rows.text(tag.name) for tag in tags],
        "description": [rows.text(tag.description) for tag in tags],
    }
