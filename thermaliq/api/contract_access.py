"""What OpenAPI says of access: the ways to show a key, and the answers of those who are not let in; from the table."""

from __future__ import annotations

from typing import Any, Final

from thermaliq.access.rights import Right, right_of

SCHEMES: Final = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, or a JWT signed with RS256 or ES256"},
}
REFUSALS: Final = {
    "401": "no key, or one that is wrong, expired or revoked; `WWW-Authenticate`",
    "403": "not for this role; without keys: not from this machine",
    "429": "too many requests, readings or bytes; `Retry-After`",
    "503": "what a token is checked with, or the database, is away or too slow; `Retry-After`",
}
LIMIT_HEADERS: Final = {
    name: {"schema": {"type": "string"}} for name in ("RateLimit-Policy", "RateLimit", "Retry-After")
}


def describe_access(document: dict[str, Any]) -> None:
    """Add it to every operation."""
    document.setdefault("components", {})["securitySchemes"] = SCHEMES
    document["security"] = [{name: []} for name in SCHEMES]
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            _describe(operation, right_of(method.upper(), path))


def _describe(operation: dict[str, Any], right: Right) -> None:
    if right.roles is None:
        operation["security"] = []
        return
    operation["x-roles"] = sorted(right.roles)
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, said in REFUSALS.items():
        operation.setdefault("responses", {}).setdefault(status, {"description": said, "content": problem})
    operation["responses"]["429"] = {"description": REFUSALS["429"], "content": problem, "headers": LIMIT_HEADERS}
