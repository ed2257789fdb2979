"""`thermaliq keys` and what it makes: shown once, in force while the service runs, and refused where it must be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from schemas.errors import ConfigError
from tests.fix_access import NOWHERE, apps, caller, entry, key_file, shown
from tests.fix_api import FREE_PORTS, plant
from tests.fix_product import Product
from thermaliq.access import key_file as key_files
from thermaliq.access.key_file import read_keys
from thermaliq.access.keys import hash_of
from thermaliq.access.opening import Rules
from thermaliq.serving import Service, serving


@pytest.fixture
def product(tmp_path: Path) -> Product:
    """Needs nothing but a folder."""
    return Product(tmp_path, {"PATH": "/usr/bin:/bin", "THERMALIQ_API_KEYS_FILE": str(tmp_path / "keys.toml")})


def create(product: Product, *more: str) -> str:
    return product.run("keys", "create", "--name", "ada", "--role", "viewer", "--assets", "mill/*", *more).strip()


def test_a_key_is_shown_once_and_only_its_hash_is_kept(product: Product, tmp_path: Path) -> None:
    shown_key = create(product, "other/*", "--expires", "90d")
    assert shown_key.startswith("tiq_")
    assert len(shown_key) > 50
    text = (tmp_path / "keys.toml").read_text()
    assert shown_key not in text
    (key,) = read_keys(tmp_path / "keys.toml").all
    assert (key.sha256, key.name, key.role, key.assets) == (hash_of(shown_key), "ada", "viewer", ("mill/*", "other/*"))
    assert key.created is not None
    assert key.expires is not None
    assert (key.expires - key.created).days == 90


def test_two_keys_of_one_name_live_until_one_is_revoked(product: Product) -> None:
    create(product)
    create(product)
    listed = json.loads(product.run("keys", "list", "--json"))
    assert [(row["name"], row["state"]) for row in listed] == [("ada", "live")] * 2
    product.run("keys", "revoke", listed[0]["id"])
    product.run("keys", "revoke", listed[0]["id"])
    assert [row["state"] for row in json.loads(product.run("keys", "list", "--json"))] == ["revoked", "live"]
    assert listed[0]["id"] in product.run("keys", "list")
    product.run("keys", "revoke", "nobody", expect=1)


def test_print_writes_nothing_and_needs_no_file(product: Product, tmp_path: Path) -> None:
    bare = replace(product, environment={"PATH": "/usr/bin:/bin"})
    first, _, text = create(bare, "--print").partition("\n\n")
    (tmp_path / "copied.toml").write_text(text)
    assert read_keys(tmp_path / "copied.toml").find(first) is not None
    assert not (tmp_path / "keys.toml").exists()


@pytest.mark.parametrize(
    "more",
    [
        ("--role", "boss"),
        ("--assets", "Mill"),
        ("--expires", "soon"),
    ],
)
def test_what_is_wrong_is_78_and_nothing_is_written(product: Product, tmp_path: Path, more: tuple[str, str]) -> None:
    given = {"--name": "ada", "--role": "viewer", "--assets": "mill/*"} | {more[0]: more[1]}
    product.run("keys", "create", *(word for pair in given.items() for word in pair), expect=78)
    assert not (tmp_path / "keys.toml").exists()


def test_without_the_setting_it_is_78(product: Product) -> None:
    bare = replace(product, environment={"PATH": "/usr/bin:/bin"})
    bare.run("keys", "list", expect=78)
    bare.run("keys", "create", "--name", "a", "--role", "viewer", "--assets", "*", expect=78)


async def test_a_key_made_while_the_service_runs_lets_in_and_a_revoked_one_no_more(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_files, "LOOK_EVERY_S", 0.0)
    app = apps(Rules(key_file(tmp_path)))["http"]
    secret = create(product)
    async with caller(app) as client:
        assert (await client.get("/api/v1/assets", headers={"X-API-Key": secret})).status_code == 200
        product.run("keys", "revoke", secret.split("_")[1])
        answer = await client.get("/api/v1/assets", headers={"X-API-Key": secret})
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.revoked")
        assert (await client.get("/api/v1/assets", headers=shown("viewer"))).status_code == 200


async def test_off_loopback_the_service_needs_keys() -> None:
    service = Service([plant()], NOWHERE, "app", "topic", bind="0.0.0.0", ports=FREE_PORTS)
    with pytest.raises(ConfigError, match="THERMALIQ_API_KEYS_FILE"):
        async with serving(service, CollectorRegistry()):
            pytest.fail("it listens")


async def test_with_keys_it_listens_off_loopback(tmp_path: Path) -> None:
    rules = Rules(key_file(tmp_path))
    service = Service([plant()], NOWHERE, "app", "topic", bind="0.0.0.0", ports=FREE_PORTS, access=rules)
    async with serving(service, CollectorRegistry()) as served, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{served.ports.http}/api/v1/assets"
        assert (await client.get(url)).status_code == 401
        assert (await client.get(url, headers=shown("viewer"))).status_code == 200
        admin = f"http://127.0.0.1:{served.ports.admin}"
        assert (await client.get(f"{admin}/health")).status_code == 200


@pytest.mark.parametrize("text", ["[[key]]\n", entry("ada", "boss"), None])
def test_a_wrong_key_file_refuses_the_start(product: Product, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "keys.toml").write_text(text)
    site = tmp_path / "mill.toml"
    site.write_text('[site]\nid = "mill"\n')
    ports = {f"{name}_PORT": "0" for name in ("HTTP", "METRICS", "ADMIN", "LIVE")}
    started = product.with_settings(DATABASE_URL=NOWHERE, **ports)
    started.run("serve", str(site), expect=78)
