"""Tokens: only what the issuer signed, for us, now, with its key's own algorithm; whatever else comes is a 401."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import ConfigError, MalformedError, UnavailableError
from tests.fix_access import Issuer, rsa_key
from tests.unit.test_api_keys import Steps
from thermaliq.access.jwks import parse_key_set
from thermaliq.access.jwks_source import AGAIN_AFTER_S, FRESH_S, JwksSource, open_jwks
from thermaliq.access.principal import Denied, Principal
from thermaliq.access.tokens import LAST_S, LEEWAY_S, Tokens

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


async def principal(issuer: Issuer, token: str) -> Principal:
    return await Tokens(issuer.rules, open_jwks(str(issuer.path), Steps())).principal(token)


async def refusal(issuer: Issuer, token: str) -> str:
    with pytest.raises(Denied) as raised:
        await principal(issuer, token)
    return raised.value.code


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def put_together(header: Mapping[str, Any], claims: object, signature: bytes = b"") -> str:
    """A token by hand."""
    return ".".join((b64(json.dumps(header).encode()), b64(json.dumps(claims).encode()), b64(signature)))


@pytest.mark.parametrize("kid", ["one", "two"])
async def test_a_token_of_the_issuer_speaks_for_its_subject(issuer: Issuer, kid: str) -> None:
    found = await principal(issuer, issuer.token(kid))
    assert (found.id, found.name, found.role, found.assets) == ("jwt:ada", "ada", "engineer", ("mill/*",))
    assert found.expires_us is not None
    assert found.expires_us > time.time() * 1e6


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
async def test_an_unsigned_token_is_refused(issuer: Issuer, algorithm: str) -> None:
    for kid in ("one", "two", None):
        header = {"alg": algorithm, "typ": "JWT"} | ({"kid": kid} if kid else {})
        assert (await refusal(issuer, put_together(header, issuer.claims()))).startswith("auth.token")


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
@pytest.mark.parametrize("ending", [b"", b"\n"])
async def test_a_public_key_is_no_shared_secret(issuer: Issuer, form: PublicFormat, ending: bytes) -> None:
    secret = rsa_key().public_key().public_bytes(Encoding.PEM, form).rstrip(b"\n") + ending
    signed = put_together({"alg": "HS256", "typ": "JWT", "kid": "one"}, issuer.claims()).rpartition(".")[0]
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    assert await refusal(issuer, f"{signed}.{b64(signature)}") == "auth.token_algorithm"


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256", "ES256", "HS256", "EdDSA"])
async def test_the_algorithm_is_the_key_s(issuer: Issuer, algorithm: str) -> None:
    head, body, signature = issuer.token("one").split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "==")) | {"alg": algorithm}
    assert await refusal(issuer, f"{b64(json.dumps(header).encode())}.{body}.{signature}") == "auth.token_algorithm"


async def test_a_strong_signature_by_an_algorithm_that_is_not_the_key_s_is_refused(issuer: Issuer) -> None:
    for algorithm in ("RS512", "PS256"):
        token = jwt.encode(issuer.claims(), rsa_key(), algorithm, headers={"kid": "one"})
        assert await refusal(issuer, token) == "auth.token_algorithm"


@pytest.mark.parametrize(
    "kid",
    ["three", "../../../dev/null", "/dev/null", "one' OR '1'='1", "one\x00", "ONE", "", "https://evil.example/jwks"],
)
async def test_a_kid_only_selects_among_the_keys_that_are_known(issuer: Issuer, kid: str) -> None:
    token = jwt.encode(issuer.claims(), rsa_key(), "RS256", headers={"kid": kid})
    assert await refusal(issuer, token) == "auth.token_key"


async def test_a_key_that_the_token_brings_along_is_not_used(issuer: Issuer) -> None:
    foreign = rsa_key(9)
    brought = json.loads(str(jwt.algorithms.RSAAlgorithm.to_jwk(foreign.public_key())))
    for extra in ({"jwk": brought}, {"jku": "https://evil.example"}, {"x5u": "https://evil.example"}):
        token = jwt.encode(issuer.claims(), foreign, "RS256", headers={"kid": "one", **extra})
        assert await refusal(issuer, token) == "auth.token"


async def test_without_a_kid_the_only_key_is_meant_and_none_of_several(issuer: Issuer) -> None:
    token = jwt.encode(issuer.claims(), rsa_key(), "RS256")
    assert await refusal(issuer, token) == "auth.token_key"
    issuer.keys.pop("two")
    issuer.publish()
    assert (await principal(issuer, token)).name == "ada"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": 1}, "auth.token_expired"),
        ({"exp": None}, "auth.token_claim"),
        ({"sub": None}, "auth.token_claim"),
        ({"aud": None}, "auth.token_claim"),
        ({"iss": None}, "auth.token_claim"),
        ({"aud": "others"}, "auth.token_audience"),
        ({"aud": ["others", "else"]}, "auth.token_audience"),
        ({"aud": ""}, "auth.token_claim"),
        ({"aud": []}, "auth.token_claim"),
        ({"iss": "https://login.example.evil.example"}, "auth.token_issuer"),
        ({"iss": "https://login.example/"}, "auth.token_issuer"),
        ({"iat": 99_999_999_999}, "auth.token_early"),
        ({"nbf": 99_999_999_999}, "auth.token_early"),
        ({"sub": ""}, "auth.token_claim"),
        ({"sub": "a\nb"}, "auth.token_claim"),
        ({"sub": "x" * 201}, "auth.token_claim"),
        ({"sub": 7}, "auth.token_claim"),
        ({"assets": "mill/*"}, "auth.token_assets"),
        ({"assets": ["mill/*", 3]}, "auth.token_assets"),
        ({"assets": ["**"]}, "auth.token_assets"),
        ({"exp": float("inf")}, "auth.token"),
        ({"exp": float("nan")}, "auth.token"),
        ({"exp": "soon"}, "auth.token"),
    ],
)
async def test_a_wrong_claim_is_named(issuer: Issuer, claims: dict[str, Any], code: str) -> None:
    assert await refusal(issuer, issuer.token(**claims)) == code


async def test_the_clocks_of_issuer_and_service_may_differ_a_little(issuer: Issuer) -> None:
    now = int(time.time())
    assert (await principal(issuer, issuer.token(exp=now - LEEWAY_S + 10))).name == "ada"
    assert (await principal(issuer, issuer.token(iat=now + LEEWAY_S - 10))).name == "ada"
    assert await refusal(issuer, issuer.token(exp=now - LEEWAY_S - 1)) == "auth.token_expired"
    assert await refusal(issuer, issuer.token(iat=now + LEEWAY_S + 10)) == "auth.token_early"


@pytest.mark.parametrize("exp", [1e308, 10**400, 1e300])
async def test_a_token_for_ever_ends_with_the_calendar(issuer: Issuer, exp: float) -> None:
    assert (await principal(issuer, issuer.token(exp=exp))).expires_us == (LAST_S + LEEWAY_S) * 1_000_000


async def test_one_of_several_audiences_is_enough(issuer: Issuer) -> None:
    assert (await principal(issuer, issuer.token(aud=["others", "thermaliq"]))).name == "ada"


@pytest.mark.parametrize("role", ["boss", None, ["admin"], {"admin": True}, "Admin", 1])
async def test_a_token_without_a_role_of_ours_may_do_nothing(issuer: Issuer, role: object) -> None:
    assert (await principal(issuer, issuer.token(role=role))).role is None


async def test_a_token_without_assets_may_know_of_none(issuer: Issuer) -> None:
    assert not (await principal(issuer, issuer.token(assets=None))).may_know("mill/boiler1")


async def test_no_claim_stands_twice(issuer: Issuer) -> None:
    raw = json.dumps(issuer.claims())[:-1] + ', "role": "admin"}'
    token = jwt.PyJWS().encode(raw.encode(), rsa_key(), "RS256", headers={"kid": "one", "typ": "JWT"})
    assert await refusal(issuer, token) == "auth.token"


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "jwt"])
async def test_an_access_token_s_type_is_known_and_another_s_is_not(issuer: Issuer, kind: str) -> None:
    assert (await principal(issuer, issuer.token(header={"typ": kind}))).name == "ada"
    assert await refusal(issuer, issuer.token(header={"typ": "logout+jwt"})) == "auth.token"


async def test_a_critical_header_that_is_not_understood_is_refused(issuer: Issuer) -> None:
    assert await refusal(issuer, issuer.token(header={"crit": ["x"], "x": 1})) == "auth.token"


@SHARED
@given(position=st.integers(0, 10_000), replacement=st.sampled_from("AQgw_-09.="))
async def test_a_changed_character_never_makes_another_claim(issuer: Issuer, position: int, replacement: str) -> None:
    token = issuer.token()
    position %= len(token)
    changed = token[:position] + replacement + token[position + 1 :]
    if changed.count(".") != 2:
        return
    try:
        found = await principal(issuer, changed)
    except Denied:
        return
    assert (found.name, found.role, found.assets) == ("ada", "engineer", ("mill/*",))


@SHARED
@given(claims=st.dictionaries(st.sampled_from(["exp", "iat", "nbf", "sub", "aud", "iss", "role", "assets"]), JSON))
async def test_whatever_the_issuer_signs_is_a_principal_or_a_refusal(issuer: Issuer, claims: dict[str, Any]) -> None:
    signed = jwt.PyJWS().encode(
        json.dumps(issuer.claims() | claims).encode(), rsa_key(), "RS256", headers={"kid": "one", "typ": "JWT"}
    )
    try:
        found = await principal(issuer, signed)
    except Denied:
        return
    assert all(isinstance(pattern, str) for pattern in found.assets)


@SHARED
@given(parts=st.lists(st.text(max_size=60) | st.binary(max_size=60).map(b64), min_size=3, max_size=3))
async def test_whatever_is_no_token_is_refused(issuer: Issuer, parts: list[str]) -> None:
    token = ".".join(part.replace(".", "") for part in parts)
    assert (await refusal(issuer, token)).startswith("auth.token")


@given(header=JSON, claims=JSON, signature=st.binary(max_size=300))
@SHARED
async def test_whatever_stands_in_header_and_claims_unsigned_is_refused(
    issuer: Issuer, header: Any, claims: Any, signature: bytes
) -> None:
    assert (await refusal(issuer, put_together(header, claims, signature))).startswith("auth.token")


@given(raw=st.binary(max_size=200) | JSON.map(lambda value: json.dumps({"keys": [value]}).encode()))
def test_whatever_is_no_key_set_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_key_set(raw)


def test_a_weak_private_or_foreign_key_is_left_out(issuer: Issuer) -> None:
    weak = json.loads(str(jwt.algorithms.RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key())))
    private = json.loads(str(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(1))))
    curve = json.loads(str(jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key())))
    secret = {"kty": "oct", "k": "c2VjcmV0"}
    issuer.publish(*(key | {"kid": f"bad{n}"} for n, key in enumerate((weak, private, curve, secret))))
    keys = parse_key_set(issuer.path.read_bytes())
    assert [keys.find(kid) is not None for kid in ("one", "two", "bad0", "bad1", "bad2", "bad3")] == [
        *[True, True],
        *[False] * 4,
    ]


async def test_a_rotated_key_is_known_at_its_first_token(issuer: Issuer) -> None:
    clock = Steps()
    tokens = Tokens(issuer.rules, open_jwks(str(issuer.path), clock))
    issuer.keys = {"new": rsa_key(5)}
    issuer.publish()
    clock.now_s += AGAIN_AFTER_S
    assert (await tokens.principal(issuer.token("new"))).name == "ada"


async def test_a_key_that_was_withdrawn_is_forgotten(issuer: Issuer) -> None:
    clock = Steps()
    source = open_jwks(str(issuer.path), clock)
    issuer.keys = {"two": issuer.keys["two"]}
    issuer.publish()
    clock.now_s += FRESH_S + 1
    await source.keys("one")
    await source.close()
    source.load()
    assert (await source.keys("one")).find("one") is None


async def test_unknown_kids_do_not_have_the_keys_read_at_will(issuer: Issuer) -> None:
    clock, reads = Steps(), 0

    def fetch() -> bytes:
        nonlocal reads
        reads += 1
        return issuer.path.read_bytes()

    source = JwksSource("test", fetch, clock)
    for _ in range(100):
        await source.keys("unknown")
        clock.now_s += 0.5
    assert reads == pytest.approx(50 / AGAIN_AFTER_S, abs=1)


async def test_keys_stay_in_force_while_their_source_is_away(issuer: Issuer) -> None:
    clock = Steps()
    source = open_jwks(str(issuer.path), clock)
    issuer.path.unlink()
    for _ in range(3):
        clock.now_s += FRESH_S + 1
        assert (await source.keys("one")).find("one") is not None
        assert (await source.keys("other")).find("other") is None


async def test_before_the_first_keys_nobody_can_tell(issuer: Issuer) -> None:
    url = "http://127.0.0.1:1/jwks"
    with pytest.raises(UnavailableError):
        await Tokens(issuer.rules, open_jwks(url, Steps())).principal(issuer.token())


@pytest.mark.parametrize("where", ["none.json", "http://login.example/jwks", "ftp://127.0.0.1/jwks", "file:///etc/x"])
def test_keys_from_nowhere_or_in_the_clear_refuse_the_start(where: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        open_jwks(where if "://" in where else str(tmp_path / where), Steps())
