"""The one table of rights: route and method → who may, which assets it is about, what it counts as.

Nothing is served without a row here: an application with a route that has none is not even built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from thermaliq.access.principal import Principal, Role

API: Final = "/api/v1"
WEBSOCKET: Final = "WEBSOCKET"
"""Stands in the place of a method."""

About = Literal["nothing", "asset", "alert", "list", "body"]
"""Which assets a route is about. `asset`, `alert`: the one of its path, judged before the route is reached.
`list`: the route itself leaves out what the caller may not know of. `body`: it refuses that item by item."""

Counted = Literal["request", "volume", "not"]
"""What the limit counts: requests, or the readings and bytes of a push."""


@dataclass(frozen=True)
class Right:
    """Who may use a route; no roles: everybody, without a key."""

    roles: frozenset[Role] | None
    about: About = "nothing"
    counted: Counted = "request"

    def allows(self, principal: Principal) -> bool:
        """Whether the caller's role is one of those."""
        return self.roles is None or principal.role in self.roles


READERS: Final[frozenset[Role]] = frozenset({"viewer", "operator", "engineer", "admin"})
OPERATORS: Final[frozenset[Role]] = frozenset({"operator", "engineer", "admin"})
ENGINEERS: Final[frozenset[Role]] = frozenset({"engineer", "admin"})
PUSHERS: Final[frozenset[Role]] = frozenset({"gateway", "admin"})
ADMINS: Final[frozenset[Role]] = frozenset({"admin"})

PUBLIC: Final = Right(None, counted="not")
READ: Final = Right(READERS)
READ_ASSET: Final = Right(READERS, "asset")
READ_LIST: Final = Right(READERS, "list")
ACT_ON_ALERT: Final = Right(OPERATORS, "alert")
COMPUTE: Final = Right(ENGINEERS)
ADMINISTER: Final = Right(ADMINS)

RIGHTS: Final[Mapping[tuple[str, str], Right]] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/web/{}"): PUBLIC,
    **{("GET", f"{prefix}/{name}"): PUBLIC for prefix in ("", API) for name in ("health", "ready", "metrics", "info")},
    ("GET", f"{API}/openapi.json"): PUBLIC,
    ("GET", f"{API}/assets"): READ_LIST,
    ("GET", f"{API}/assets/{{}}"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/points"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/points/latest"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/readings"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/sankey"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/waterfall"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/trend"): READ_ASSET,
    ("GET", f"{API}/assets/{{}}/load_scatter"): READ_ASSET,
    ("GET", f"{API}/alerts"): READ_LIST,
    ("POST", f"{API}/alerts/{{}}/acknowledge"): ACT_ON_ALERT,
    ("POST", f"{API}/alerts/{{}}/shelve"): ACT_ON_ALERT,
    ("POST", f"{API}/alerts/{{}}/unshelve"): ACT_ON_ALERT,
    (WEBSOCKET, f"{API}/live"): READ_LIST,
    ("POST", f"{API}/readings"): Right(PUSHERS, "body", "volume"),
    ("POST", f"{API}/calculations"): COMPUTE,
    ("GET", f"{API}/calculations/{{}}"): READ,
    ("GET", f"{API}/calculations/{{}}/sankey"): READ,
    ("GET", f"{API}/calculations/{{}}/waterfall"): READ,
    ("GET", f"{API}/calculations/{{}}/states"): READ,
    ("GET", f"{API}/calculations/{{}}/report"): READ,
    ("POST", f"{API}/optimizations"): COMPUTE,
    ("GET", f"{API}/provenance/{{}}"): READ,
    ("GET", f"{API}/fluids"): READ,
    ("GET", f"{API}/fluids/{{}}/properties"): READ,
    ("GET", f"{API}/asset-types"): READ,
    ("GET", "/admin/config"): ADMINISTER,
    ("GET", "/admin/log-level"): ADMINISTER,
    ("PUT", "/admin/log-level"): ADMINISTER,
    ("GET", "/admin/dead-letters"): ADMINISTER,
    ("GET", "/admin/cache"): ADMINISTER,
    ("DELETE", "/admin/cache"): ADMINISTER,
    ("GET", "/admin/checkpoints"): ADMINISTER,
    ("POST", "/admin/recompute"): ADMINISTER,
}

_PARAMETER: Final = re.compile(r"\{[^}]*\}")


def right_of(method: str, template: str) -> Right:
    """The row of a route, whatever its parameters are called; LookupError where there is none."""
    path = _PARAMETER.sub("{}", template)
    right = RIGHTS.get(("GET" if method == "HEAD" else method, path))
    if right is None:
        raise LookupError(f"{method} {path} has no row in thermaliq.access.rights")
    if right.about in {"asset", "alert"} and path.count("{}") != 1:
        raise LookupError(f"{method} {path}: the one parameter of this route has to be its {right.about}")
    return right
