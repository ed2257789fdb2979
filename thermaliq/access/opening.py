"""Makes the gate that the settings ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from thermaliq.access.gate import Gate
from thermaliq.access.jwks_source import open_jwks
from thermaliq.access.key_file import KeyFile
from thermaliq.access.limiter import Limiter
from thermaliq.access.shared_log import SharedLog
from thermaliq.access.tokens import Tokens
from thermaliq.calculations.redis_client import client_of
from thermaliq.settings import Jwt, Settings


@dataclass(frozen=True)
class Rules:
    """What the settings say of access; nothing said: no keys, callers on this machine alone."""

    keys_file: Path | None = None
    jwt: Jwt | None = None
    rate_limit: int = 0
    processes: int = 1
    redis_url: str | None = field(default=None, repr=False)
    trusted_proxies: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there are neither keys nor tokens."""
        return self.keys_file is None and self.jwt is None


def rules_of(settings: Settings) -> Rules:
    """What the settings say of access."""
    return Rules(
        keys_file=settings.api_keys_file,
        jwt=settings.jwt,
        rate_limit=settings.rate_limit,
        processes=settings.api_processes,
        redis_url=settings.redis_url,
        trusted_proxies=settings.trusted_proxies,
    )


def open_gate(rules: Rules, redis_failed: Callable[[], None] = lambda: None) -> Gate:
    """The gate; ConfigError where the file of the keys or the JWKS is wrong. Redis and a JWKS's URL may be away."""
    clock_s = time.monotonic
    key_file = KeyFile(rules.keys_file, clock_s) if rules.keys_file is not None else None
    tokens = Tokens(rules.jwt, open_jwks(rules.jwt.jwks, clock_s)) if rules.jwt is not None else None
    counted = rules.rate_limit > 0 and not rules.is_open and rules.redis_url is not None
    shared = SharedLog(client_of(rules.redis_url), clock_s, redis_failed) if counted and rules.redis_url else None
    limiter = Limiter(rules.rate_limit, rules.processes, clock_s, shared)
    return Gate(limiter, lambda: time.time_ns() // 1000, key_file, tokens)
