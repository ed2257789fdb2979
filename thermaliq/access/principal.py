"""Who calls: a name for the audit, a role, the assets that it may know of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from thermaliq.access.patterns import covers

Role = Literal["viewer", "operator", "engineer", "gateway", "admin"]


class Denied(Exception):  # noqa: N818 - an answer to who asks, no error of ours
    """Nobody is let in with this; `code` is bounded."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that was let in.

    id : what limits count by, of its own for each key and each token's subject. name : what people know it by.
    role : None where a token names none of ours; it may do nothing then. expires_us : when it is to be turned out.
    """

    id: str
    name: str
    role: Role | None
    assets: tuple[str, ...]
    expires_us: int | None = None
    limited: bool = True

    def may_know(self, asset: str) -> bool:
        """Whether an asset is one of its own; of any other it must not learn that it exists."""
        return any(covers(pattern, asset) for pattern in self.assets)

    def known(self, assets: frozenset[str]) -> frozenset[str]:
        """Those of `assets` that are its own."""
        return frozenset(asset for asset in assets if self.may_know(asset))


LOCAL: Final = Principal("local", "local", "admin", ("*",), limited=False)
"""Every caller on this machine, where there are no keys."""
