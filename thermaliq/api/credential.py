"""What a caller shows: a key or a token, in `X-API-Key` or as `Authorization: Bearer`. Never in the URL."""

from __future__ import annotations

from starlette.datastructures import Headers

from thermaliq.access.principal import Denied

AMBIGUOUS = ("auth.ambiguous", "two different keys are shown: send one")


def credential_of(headers: Headers) -> str | None:
    """The one credential; Denied where there are two different ones."""
    shown = {value.strip() for value in headers.getlist("x-api-key")}
    for value in headers.getlist("authorization"):
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() == "bearer":
            shown.add(rest.strip())
    if len(shown) > 1:
        raise Denied(*AMBIGUOUS)
    return next(iter(shown), None) or None
