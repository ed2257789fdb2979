"""The gate: a credential → who calls. Without keys and tokens it stands open, to callers on this machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from thermaliq.access.key_file import KeyFile
from thermaliq.access.limiter import Limiter
from thermaliq.access.principal import LOCAL, Denied, Principal
from thermaliq.access.tokens import Tokens, looks_like_token

MISSING = ("auth.missing", "a key is needed: X-API-Key, or Authorization: Bearer")
UNKNOWN = ("auth.unknown", "this key is not known")


class Gate:
    """Lets callers in, and tells whether those who are in may stay."""

    def __init__(
        self,
        limiter: Limiter,
        now_us: Callable[[], int],
        key_file: KeyFile | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self.limiter = limiter
        self._now_us = now_us
        self._key_file = key_file
        self._tokens = tokens

    @property
    def is_open(self) -> bool:
        """Whether there are neither keys nor tokens."""
        return self._key_file is None and self._tokens is None

    async def admit(self, credential: str | None) -> Principal:
        """Who calls; Denied where nobody is let in with this. UnavailableError: it cannot be told yet."""
        if self.is_open:
            return LOCAL
        if credential is None:
            raise Denied(*MISSING)
        principal = self._of_key(credential)
        if principal is None and self._tokens is not None and looks_like_token(credential):
            principal = await self._tokens.principal(credential)
        if principal is None:
            raise Denied(*UNKNOWN)
        return principal

    def may_stay(self, principal: Principal) -> bool:
        """Whether a caller that was let in is so still: neither expired nor, its key, revoked, changed or taken out."""
        if principal.expires_us is not None and principal.expires_us <= self._now_us():
            return False
        if self._key_file is None or not principal.id.startswith("key:"):
            return True
        key = self._key_file.keys().by_id.get(principal.id.removeprefix("key:"))
        return key is not None and key.state(self._now()) == "live" and key.principal() == principal

    async def close(self) -> None:
        """Hang up everywhere."""
        await self.limiter.close()
        if self._tokens is not None:
            await self._tokens.close()

    def _of_key(self, credential: str) -> Principal | None:
        key = self._key_file.keys().find(credential) if self._key_file is not None else None
        if key is None:
            return None
        state = key.state(self._now())
        if state != "live":
            raise Denied(f"auth.{state}", f"this key is {state}")
        return key.principal()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._now_us() / 1e6, UTC)
