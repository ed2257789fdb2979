"""Callers of the service: keys of every role, an issuer of tokens, the applications behind a gate."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from prometheus_client import CollectorRegistry
from redis import Redis
from redis.exceptions import RedisError

from tests.fix_api import BOILER, plant
from thermaliq.access.keys import ROLES, hash_of
from thermaliq.access.opening import Rules
from thermaliq.api.app import create_admin_app, create_app, create_live_app
from thermaliq.api.database import Database
from thermaliq.api.standing import Standing
from thermaliq.serving import Service, parts_of
from thermaliq.settings import Jwt

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
ISSUER, AUDIENCE = "https://login.example", "thermaliq"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def entry(name: str, role: str = "viewer", assets: Sequence[str] = ("*",), **more: str) -> str:
    """A `[[key]]` whose key is `secret-<name>`."""
    fields = {"name": name, "sha256": hash_of(f"secret-{name}"), "role": role, **more}
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join(["[[key]]", *lines, f"assets = {json.dumps(list(assets))}", ""])


def key_file(folder: Path, *entries: str) -> Path:
    """A file of keys: one of each role for every asset, and `entries`."""
    path = folder / "keys.toml"
    path.write_text("\n".join([*(entry(role, role) for role in ROLES), *entries]))
    return path


def shown(name: str) -> dict[str, str]:
    """The headers of the key of that name."""
    return {"X-API-Key": f"secret-{name}"}


@cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Made once for all tests, one for each number."""
    del number
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """Made once."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Issuer:
    """Signs tokens and publishes its keys as a file."""

    path: Path
    keys: dict[str, PrivateKey] = field(default_factory=lambda: {"one": rsa_key(), "two": ec_key()})

    def publish(self, *extra: Mapping[str, Any]) -> None:
        """Write the JWKS."""
        entries = [json.loads(_jwk(key)) | {"kid": kid, "use": "sig"} for kid, key in self.keys.items()]
        self.path.write_text(json.dumps({"keys": [*entries, *extra]}))

    def claims(self, **other: Any) -> dict[str, Any]:
        """Those of an engineer of the mill; None leaves one out."""
        now = int(time.time())
        made = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 600}
        made |= {"role": "engineer", "assets": ["mill/*"], **other}
        return {name: value for name, value in made.items() if value is not None}

    def token(self, kid: str = "one", header: Mapping[str, Any] | None = None, **other: Any) -> str:
        """A token signed by the key `kid`."""
        key = self.keys[kid]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(self.claims(**other), key, algorithm, headers={"kid": kid, **(header or {})})

    @property
    def rules(self) -> Jwt:
        """As the settings name it."""
        return Jwt(ISSUER, AUDIENCE, str(self.path))


def _jwk(key: PrivateKey) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return str(RSAAlgorithm.to_jwk(key.public_key()))
    return str(ECAlgorithm.to_jwk(key.public_key()))


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    made = Issuer(tmp_path / "jwks.json")
    made.publish()
    return made


def apps(rules: Rules, **more: Any) -> dict[str, FastAPI]:
    """The applications behind a gate, on a database that is away."""
    service = replace(Service([plant()], NOWHERE, "app", "topic"), access=rules, **more)
    pools = Database("query", NOWHERE, 1), Database("live", NOWHERE, 1)
    parts = parts_of(service, CollectorRegistry(), Standing(service.peers), *pools)
    return {"http": create_app(parts), "admin": create_admin_app(parts), "live": create_live_app(parts)}


def caller(app: FastAPI, peer: str = "127.0.0.1", **more: Any) -> httpx.AsyncClient:
    """Someone at `peer`."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30, **more)


def filled(template: str, asset: str = BOILER) -> str:
    """A path of a route."""
    for name in ("asset", "asset:path"):
        template = template.replace(f"{{{name}}}", asset)
    parts = template.split("/")
    return "/".join("none" if part.startswith("{") else part for part in parts)


@dataclass
class OwnRedis:
    """A Redis of the test's own, which it may kill."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        server = shutil.which("redis-server") or pytest.fail("redis-server is not installed: run make services")
        options = ("--save", "", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder))
        self.process = subprocess.Popen([server, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < deadline, "Redis does not come up"
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def _answers(self) -> bool:
        try:
            with Redis(port=self.port) as client:
                return bool(client.ping())
        except RedisError:
            return False


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        made = OwnRedis(int(listener.getsockname()[1]), tmp_path)
    made.start()
    yield made
    made.kill()
