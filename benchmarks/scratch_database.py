"""A database of the benchmark's own with the schema in it, dropped afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from thermaliq.migrate import connected, migrate


@contextmanager
def scratch_database() -> Iterator[str]:
    """The URL of an empty, migrated database on the running services' server."""
    server = os.environ["THERMALIQ_DATABASE_URL"]
    name = f"bench_{secrets.token_hex(8)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = urlsplit(server)._replace(path=f"/{name}").geturl()
            with connected(url) as connection:
                migrate(connection)
            yield url
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
