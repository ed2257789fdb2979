"""Real services for tests. A test that needs one fails where it is absent; it never skips."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from psycopg import sql


def reachable_setting(name: str) -> str:
    """The service's address from the environment, once something listens there."""
    value = os.environ.get(name) or pytest.fail(f'{name} is not set: eval "$(make services)", or use make test')
    address = urlsplit(value if "://" in value else f"//{value}")
    try:
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5).close()
    except OSError as error:
        pytest.fail(f"{name}={value} does not answer ({error}): run make services")
    return value


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    return reachable_setting("THERMALIQ_KAFKA")


@pytest.fixture(scope="session")
def database_admin_url() -> str:
    """A role that may create databases and roles, and is no superuser."""
    return reachable_setting("THERMALIQ_DATABASE_URL")


@pytest.fixture(scope="session")
def redis_url() -> str:
    return reachable_setting("THERMALIQ_REDIS_URL")


@pytest.fixture(scope="session")
def mqtt_url() -> str:
    return reachable_setting("THERMALIQ_MQTT_URL")


@contextmanager
def empty_database(admin_url: str) -> Iterator[str]:
    """A new database, dropped afterwards with whoever is still connected; its URL."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(admin_url)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(database_admin_url: str) -> Iterator[str]:
    """An empty database of the test's own."""
    with empty_database(database_admin_url) as url:
        yield url


@pytest.fixture
async def topic_prefix(kafka_bootstrap: str) -> AsyncIterator[str]:
    """A prefix of the test's own; topics under it are deleted afterwards."""
    prefix = f"test-{secrets.token_hex(8)}."
    yield prefix
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        mine = [topic for topic in await admin.list_topics() if topic.startswith(prefix)]
        if mine:
            await admin.delete_topics(mine)
    finally:
        await admin.close()
