"""API keys: what the file may say, which key lets in, what a change of the file does."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.errors import ConfigError
from tests.fix_access import entry, key_file
from thermaliq.access.key_file import LOOK_EVERY_S, KeyFile, change_file, read_keys
from thermaliq.access.keys import hash_of, parse_keys, with_field, written

NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Steps:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_key_is_found_by_its_hash_alone() -> None:
    keys = parse_keys(entry("ada", "operator", ["mill/*"]), "keys.toml")
    found = keys.find("secret-ada")
    assert found is not None
    assert (found.id, found.role, found.assets) == ("ada", "operator", ("mill/*",))
    assert keys.find(hash_of("secret-ada")) is None
    assert keys.find("") is None
    assert keys.find("secret-ada ") is None
    assert keys.find("s" * 100_000) is None


def test_two_keys_of_one_name_are_live_at_once() -> None:
    second = entry("ada").replace(hash_of("secret-ada"), hash_of("secret-new"))
    text = entry("ada", id="a1") + second.replace('name = "ada"', 'id = "a2"\nname = "ada"')
    keys = parse_keys(text, "keys.toml")
    found = [keys.find(secret) for secret in ("secret-ada", "secret-new")]
    assert [key and (key.id, key.name, key.state(NOW)) for key in found] == [
        ("a1", "ada", "live"),
        ("a2", "ada", "live"),
    ]


@pytest.mark.parametrize(
    ("field", "moment", "state"),
    [
        ("expires", "2026-11-24T23:59:59Z", "expired"),
        ("expires", "2026-11-25T00:00:00Z", "expired"),
        ("expires", "2026-11-25T01:00:01+01:00", "live"),
        ("revoked", "2026-11-25T00:00:00Z", "revoked"),
        ("revoked", "2027-01-01T00:00:00Z", "live"),
    ],
)
def test_a_key_lets_in_until_its_time(field: str, moment: str, state: str) -> None:
    (key,) = parse_keys(entry("ada", **{field: moment}), "keys.toml").all
    assert key.state(NOW) == state


def test_a_time_may_be_toml_s_own() -> None:
    (key,) = parse_keys(entry("ada") + "expires = 2026-11-25T00:00:00Z\n", "keys.toml").all
    assert key.expires == NOW


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[[key]", ""),
        ("[[kee]]\n", "kee"),
        ("[key]\n", "key"),
        (entry("ada", role="boss"), "role"),
        (entry("ada", sha256="abc"), "sha256"),
        (entry("ada").replace('name = "ada"\n', ""), "name"),
        (entry("ada", assets=[]), "assets"),
        (entry("ada", assets=["mill/**"]), "assets"),
        (entry("ada", assets=["Mill/*"]), "assets"),
        (entry("ada", assets=["*/boiler1"]), "assets"),
        (entry("ada", expirs="2027-01-01T00:00:00Z"), "expirs"),
        (entry("ada", expires="tomorrow"), "expires"),
        (entry("ada", expires="2027-01-01T00:00:00"), "expires"),
        (entry("ada", expires=""), "expires"),
        (entry("ada") + entry("ada"), "id"),
        (entry("ada", id="a1") + entry("ada", id="a2"), "sha256"),
        (entry("a\x7fda"), "name"),
    ],
)
def test_a_wrong_file_names_what_is_wrong(text: str, field: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_keys(text, "keys.toml")
    assert field in {finding.key for finding in raised.value.findings}


def test_a_finding_has_the_line_of_its_entry_and_no_hash() -> None:
    with pytest.raises(ConfigError) as raised:
        parse_keys(entry("ada") + "\n" + entry("bob", sha256="secret-bob"), "keys.toml")
    (finding,) = raised.value.findings
    assert finding.line == 7
    assert "secret-bob" not in str(raised.value)


def test_what_is_written_is_read_again() -> None:
    (key,) = parse_keys(entry('a "b" é', expires="2027-01-01T00:00:00Z"), "keys.toml").all
    assert parse_keys(written(key), "").all == (key,)


def test_a_field_is_added_to_its_own_entry_and_all_else_stays() -> None:
    text = "# ours\n" + entry("ada") + "# theirs\n" + entry("bob")
    changed = with_field(text, "bob", "revoked", NOW)
    assert changed.replace('revoked = "2026-11-25T00:00:00Z"\n', "") == text
    assert {key.id: key.state(NOW) for key in parse_keys(changed, "").all} == {"ada": "live", "bob": "revoked"}


def test_an_entry_that_is_no_table_of_its_own_is_left_to_people() -> None:
    text = f'key = [{{ name = "ada", sha256 = "{hash_of("x")}", role = "admin", assets = ["*"] }}]\n'
    with pytest.raises(ConfigError, match="by hand"):
        with_field(text, "ada", "revoked", NOW)


def test_a_changed_file_is_in_force_within_ten_seconds(tmp_path: Path) -> None:
    clock = Steps()
    file = KeyFile(key_file(tmp_path), clock)
    key_file(tmp_path, entry("new"))
    assert file.keys().find("secret-new") is None
    clock.now_s += LOOK_EVERY_S
    assert LOOK_EVERY_S <= 10
    assert file.keys().find("secret-new") is not None


@pytest.mark.parametrize("damage", ["wrong", "gone", "open"])
def test_a_file_that_turns_wrong_changes_nothing_and_is_told_once(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Steps()
    path = key_file(tmp_path)
    file = KeyFile(path, clock)
    if damage == "wrong":
        path.write_text("[[key]]\nname = 3\n")
    elif damage == "gone":
        path.unlink()
    else:
        path.chmod(0o666)
    for _ in range(3):
        clock.now_s += LOOK_EVERY_S
        assert file.keys().find("secret-viewer") is not None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "stay in force" in caplog.text


def test_a_file_that_is_right_again_is_read(tmp_path: Path) -> None:
    clock = Steps()
    path = key_file(tmp_path)
    file = KeyFile(path, clock)
    path.write_text("[[key")
    clock.now_s += LOOK_EVERY_S
    file.keys()
    path.write_text(entry("other"))
    clock.now_s += LOOK_EVERY_S
    assert (file.keys().find("secret-viewer"), file.keys().find("secret-other") is None) == (None, False)


@pytest.mark.parametrize("damage", ["missing", "folder", "binary", "world"])
def test_a_file_that_cannot_be_trusted_refuses_the_start(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "keys.toml"
    if damage == "folder":
        path.mkdir()
    elif damage == "binary":
        path.write_bytes(b"\xff\xfe")
    elif damage == "world":
        path.write_text("")
        path.chmod(0o602)
    with pytest.raises(ConfigError):
        KeyFile(path, Steps())


def test_a_changed_file_keeps_its_mode_and_a_new_one_is_its_owner_s(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    change_file(path, lambda text: text + entry("ada"))
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    change_file(path, lambda text: text + entry("bob"))
    assert path.stat().st_mode & 0o777 == 0o640
    assert set(read_keys(path).by_id) == {"ada", "bob"}
    assert os.listdir(tmp_path) == ["keys.toml"]  # noqa: PTH208 - no file is left behind


def test_a_change_that_would_make_the_file_wrong_is_not_made(tmp_path: Path) -> None:
    path = key_file(tmp_path)
    before = path.read_text()
    with pytest.raises(ConfigError):
        change_file(path, lambda text: text + entry("viewer"))
    assert path.read_text() == before


def test_a_key_ends_its_stay_when_it_expires_or_is_revoked() -> None:
    soon = (NOW + timedelta(hours=1)).isoformat()
    late = (NOW + timedelta(hours=2)).isoformat()
    (key,) = parse_keys(entry("ada", expires=late, revoked=soon), "").all
    assert key.principal().expires_us == round((NOW + timedelta(hours=1)).timestamp() * 1e6)
