"""JSON Web Tokens → principals: signed by a key that is known, with that key's one algorithm, for us, in time."""

from __future__ import annotations

import base64
import json
from typing import Any, Final, get_args

import jwt
from jwt.exceptions import InvalidSubjectError

from thermaliq.access.jwks import KeySet
from thermaliq.access.jwks_source import JwksSource
from thermaliq.access.patterns import is_pattern
from thermaliq.access.principal import Denied, Principal, Role
from thermaliq.settings import Jwt

LEEWAY_S: Final = 30
REQUIRED: Final = ("exp", "aud", "iss", "sub")
TYPES: Final = ("jwt", "at+jwt")
CHARACTERS_MAX: Final = 16_384
NAME_CHARACTERS_MAX: Final = 200
ASSETS_MAX: Final = 1_000
LAST_S: Final = 253_402_300_799
"""The end of the year 9999."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)

CODES: Final[dict[type[Exception], tuple[str, str]]] = {
    jwt.ExpiredSignatureError: ("auth.token_expired", "the token's time is over"),
    jwt.ImmatureSignatureError: ("auth.token_early", "the token is of a time that is yet to come"),
    jwt.InvalidAudienceError: ("auth.token_audience", "the token is for somebody else"),
    jwt.InvalidIssuerError: ("auth.token_issuer", "the token is not from the issuer that is trusted"),
    jwt.MissingRequiredClaimError: ("auth.token_claim", "the token lacks one of exp, aud, iss, sub"),
    InvalidSubjectError: ("auth.token_claim", "the token's sub is no text"),
    jwt.InvalidAlgorithmError: ("auth.token_algorithm", "the token's algorithm is not its key's"),
}
WRONG: Final = ("auth.token", "the token is not valid")


class Tokens:
    """Verifies the tokens of one issuer."""

    def __init__(self, rules: Jwt, source: JwksSource) -> None:
        self._rules = rules
        self._source = source

    async def principal(self, token: str) -> Principal:
        """Who a token speaks for; Denied where it is not valid, UnavailableError where no keys could be read yet."""
        kid = kid_of(token)
        return principal_of_token(token, kid, await self._source.keys(kid), self._rules)

    async def close(self) -> None:
        """Read no more keys."""
        await self._source.close()


def looks_like_token(credential: str) -> bool:
    """Whether it has a token's three parts."""
    return credential.count(".") == 2 and len(credential) <= CHARACTERS_MAX


def kid_of(token: str) -> str | None:
    """The name of the key that is said to have signed."""
    head, body, _ = token.split(".")
    header, claims = _document(head), _document(body)
    if header is None or claims is None:
        raise Denied(*WRONG)
    kid = header.get("kid")
    if not isinstance(kid, str | None) or str(header.get("typ", "jwt")).lower() not in TYPES:
        raise Denied(*WRONG)
    return kid


def principal_of_token(token: str, kid: str | None, keys: KeySet, rules: Jwt) -> Principal:
    """Who a token speaks for."""
    key = keys.find(kid)
    if key is None:
        raise Denied("auth.token_key", "the token's key is not one of the issuer's")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=rules.audience,
            issuer=rules.issuer,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED)},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Denied(*CODES.get(type(error), WRONG)) from error
    return _principal(claims, rules)


def _principal(claims: dict[str, Any], rules: Jwt) -> Principal:
    subject = claims["sub"]
    if not 0 < len(subject) <= NAME_CHARACTERS_MAX or not subject.isprintable():
        raise Denied("auth.token_claim", f"the token's sub has to be 1 to {NAME_CHARACTERS_MAX} printable characters")
    role = claims.get(rules.role_claim)
    assets = claims.get(rules.assets_claim, [])
    if not isinstance(assets, list) or len(assets) > ASSETS_MAX or not all(map(_is_asset, assets)):
        raise Denied("auth.token_assets", f"the token's {rules.assets_claim} is no list of patterns as mill/*")
    expires_us = (min(int(claims["exp"]), LAST_S) + LEEWAY_S) * 1_000_000
    return Principal(f"jwt:{subject}", subject, role if role in ROLES else None, tuple(assets), expires_us)


def _is_asset(value: object) -> bool:
    return isinstance(value, str) and is_pattern(value)


def _document(part: str) -> dict[str, Any] | None:
    """An object in base64url in which no name stands twice; None for anything else."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found
