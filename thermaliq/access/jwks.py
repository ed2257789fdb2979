"""A JSON Web Key Set as keys that verify: each with the one algorithm that its type allows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from schemas.errors import MalformedError

RSA_BITS_MIN: Final = 2048
ALGORITHMS: Final = {"RSA": "RS256", "EC": "ES256"}
SECRET_MEMBERS: Final = ("d", "k", "p", "q")


class KeySet:
    """Keys by their `kid`; it only ever selects among these."""

    def __init__(self, keys: Mapping[str | None, jwt.PyJWK]) -> None:
        self._keys = dict(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, kid: str | None) -> jwt.PyJWK | None:
        """The key of that name; without a name the only one there is."""
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)


def parse_key_set(raw: bytes) -> KeySet:
    """The keys of a document that are ours to use; MalformedError where there are none."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise MalformedError("access.jwks", "not JSON") from error
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise MalformedError("access.jwks", "no list of keys in it")
    found = {entry.get("kid"): key for entry in entries if (key := _usable(entry)) is not None}
    if not found:
        raise MalformedError("access.jwks", "no RSA key of 2048 bits or more and no P-256 key for signatures in it")
    return KeySet(found)


def _usable(entry: Any) -> jwt.PyJWK | None:
    """A public key for RS256 or ES256; None for every other."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str | None):
        return None
    algorithm = ALGORITHMS.get(str(entry.get("kty")))
    if algorithm is None or entry.get("alg", algorithm) != algorithm or entry.get("use", "sig") != "sig":
        return None
    if any(member in entry for member in SECRET_MEMBERS):
        return None
    try:
        key = jwt.PyJWK(entry, algorithm=algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if _strong(key.key) else None


def _strong(key: object) -> bool:
    if isinstance(key, RSAPublicKey):
        return key.key_size >= RSA_BITS_MIN
    return isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1"
