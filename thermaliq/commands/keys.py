"""`thermaliq keys`: make, list and revoke API keys."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from schemas.duration import parse_duration_us
from schemas.errors import ConfigError, RefusedError
from schemas.site_findings import nearest
from thermaliq.access.key_file import change_file, read_keys
from thermaliq.access.keys import ROLES, Key, hash_of, parse_keys, with_field, written
from thermaliq.access.patterns import MEANING, is_pattern
from thermaliq.printing import print_json, print_rows
from thermaliq.process import begin

COLUMNS = ("id", "name", "role", "assets", "state", "created", "expires", "revoked")
SECRET_BYTES = 32
ID_BYTES = 5

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

command = typer.Typer(no_args_is_help=True)


@command.command("create")
def create(
    name: Annotated[str, typer.Option(help="Whose it is; the audit names it. Two keys may share it.")],
    role: Annotated[str, typer.Option(help=f"{', '.join(ROLES[:-1])} or {ROLES[-1]}.")],
    assets: Annotated[list[str], typer.Option(help="Assets that it may know of, as 'mill/*'; may repeat.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[PATTERN]…", help="More of --assets.")] = None,
    *,
    expires: Annotated[str | None, typer.Option(help="When it ends, from now, as 90d; else never.")] = None,
    show: Annotated[bool, typer.Option("--print", help="Print the entry too and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once, on standard output; the file keeps its hash."""
    path = None if show else _file()
    number, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    shown = f"tiq_{number}_{secret}"
    patterns = [part for word in (*assets, *(more or ())) for part in word.split(",") if part]
    entry = written(_key(number, name, role, patterns, expires, hash_of(shown)))
    parse_keys(entry, "the new key")
    if path is not None:
        change_file(path, lambda text: f"{text.rstrip()}\n\n{entry}".lstrip())
    if as_json:
        print_json({"id": number, "key": shown, "entry": entry})
        return
    typer.echo(shown)
    if show:
        typer.echo(f"\n{entry}", nl=False)
    else:
        typer.echo(f"{number} is in {path}; the key above is not shown again", err=True)


@command.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """Every key of the file, and whether it lets in."""
    now = _now()
    print_rows([_row(key, now) for key in read_keys(_file()).all], COLUMNS, as_json=as_json)


@command.command("revoke")
def revoke(number: Annotated[str, typer.Argument(metavar="ID", help="As `thermaliq keys list` shows it.")]) -> None:
    """Have a key let nobody in any more, within ten seconds."""
    path, now = _file(), _now()
    known = read_keys(path).by_id
    if number not in known:
        raise RefusedError("access.key_unknown", f"{path} has no key of the id {number}{nearest(number, list(known))}")
    if known[number].revoked is None:
        change_file(path, lambda text: with_field(text, number, "revoked", now))
    typer.echo(f"{number} is revoked", err=True)


def _key(number: str, name: str, role: str, assets: list[str], expires: str | None, digest: str) -> Key:
    if role not in ROLES:
        raise ConfigError("keys.role", f"--role {role}: write one of {', '.join(ROLES)}{nearest(role, ROLES)}")
    for asset in assets:
        if not is_pattern(asset):
            raise ConfigError("keys.assets", f"--assets {asset}: {MEANING}")
    now = _now()
    return Key(number, name, digest, role, tuple(assets), now, _end(now, expires))


def _end(now: datetime, expires: str | None) -> datetime | None:
    if expires is None:
        return None
    try:
        return now + timedelta(microseconds=parse_duration_us(expires))
    except (ValueError, OverflowError) as error:
        raise ConfigError("keys.expires", f"--expires {expires}: {error}") from error


def _row(key: Key, now: datetime) -> dict[str, str | None]:
    moments = {field: getattr(key, field) for field in ("created", "expires", "revoked")}
    told = {field: None if moment is None else moment.isoformat() for field, moment in moments.items()}
    assets = " ".join(key.assets)
    return {"id": key.id, "name": key.name, "role": key.role, "assets": assets, "state": key.state(now), **told}


def _file() -> Path:
    path = begin().api_keys_file
    if path is None:
        fix = "missing: set it to the path of a file, which `keys create` makes"
        raise ConfigError("config.setting", f"THERMALIQ_API_KEYS_FILE {fix}, or use --print")
    return path


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0)
