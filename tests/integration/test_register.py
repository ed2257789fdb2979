"""Assets and series keep their numbers, whoever registers them and however often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg

from schemas.site import Asset
from streams.register import Registry
from streams.store import Store
from tests.fix_database import TOPIC, site


def test_numbers_are_stable_and_new_ones_follow(store: Store) -> None:
    first = store.register([site()])
    assert set(first.assets) == {"mill/boiler1"}
    assert set(first.series) == {"mill/boiler1/steam_flow", "mill/boiler1/fuel_flow"}
    assert sorted(first.series.values()) == [1, 2]
    for _ in range(3):
        assert store.register([site()]) == first
    more = store.register([site(assets=("mill/boiler1", "mill/boiler2"))])
    assert more.assets == {**first.assets, "mill/boiler2": 2}, "no number is burnt"
    assert {tag: number for tag, number in more.series.items() if tag in first.series} == first.series


def test_what_the_site_file_says_otherwise_is_updated(store: Store, migrated_url: str) -> None:
    first = store.register([site()])
    changed = site("kg/s", 1.0)
    moved = replace(changed, assets=(Asset("mill/boiler1", "mill/powerhouse", "boiler_indirect"),))
    assert store.register([moved]) == first
    with psycopg.connect(migrated_url) as connection:
        series = connection.execute("SELECT DISTINCT unit, factor, source FROM thermaliq.series").fetchall()
        asset = connection.execute("SELECT type, group_key, site FROM thermaliq.asset").fetchall()
    assert series == [("kg/s", 1.0, "dcs")]
    assert asset == [("boiler_indirect", "mill/powerhouse", "mill")]


def test_workers_that_start_together_agree(migrated_url: str) -> None:
    plants = [site(assets=tuple(f"mill/boiler{number}" for number in range(first, 40))) for first in range(8)]

    def register(number: int) -> Registry:
        store = Store(migrated_url, "app", "cluster", TOPIC)
        try:
            return store.register([plants[number]])
        finally:
            store.close()

    with ThreadPoolExecutor(8) as pool:
        registries = list(pool.map(register, range(8)))
    whole = registries[0]
    for registry in registries:
        assert registry.assets.items() <= whole.assets.items()
        assert registry.series.items() <= whole.series.items()
    assert len(set(whole.series.values())) == 80


def test_a_registry_holds_the_loaded_sites_alone(store: Store) -> None:
    store.register([site(assets=("mill/boiler1", "mill/boiler2"))])
    assert set(store.register([site()]).assets) == {"mill/boiler1"}
