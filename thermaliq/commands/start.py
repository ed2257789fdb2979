"""`thermaliq start COMMAND…`: the container's entry. Checks what the command needs, then runs it in this place."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from schemas.errors import ConfigError, UnavailableError
from schemas.site import Site
from thermaliq.access.opening import open_gate, rules_of
from thermaliq.api.access import require_loopback
from thermaliq.http_server import GRACE_S, MESSAGE_BYTES_MAX, bind_socket
from thermaliq.migrate import connected, require_schema
from thermaliq.process import begin
from thermaliq.settings import Settings
from thermaliq.site_files import read_sites

SERVICE: Final = ("uvicorn", "serve")
NEED_SCHEMA: Final = (*SERVICE, "work")
LONG: Final = (*NEED_SCHEMA, "connect")
"""Commands that read the site files, write to DATA_DIR and listen."""
CONTEXT: Final = {"allow_interspersed_args": False, "ignore_unknown_options": True}


def command(
    arguments: Annotated[list[str], typer.Argument(metavar="COMMAND…", help="uvicorn …, or a command of thermaliq.")],
) -> None:
    """Check what COMMAND needs (78 and one line where it is wrong), then run it in this process's place."""
    words = arguments[1:] if arguments[0] == "thermaliq" else arguments
    name = words[0] if words else "--help"
    if not {"--help", "--version"} & set(words):
        try:
            check(name, words[1:])
        except ConfigError as error:
            raise ConfigError(error.code, _one_line(error)) from error
    _become(name, words)


def check(name: str, words: Sequence[str]) -> None:
    """ConfigError with what `name` lacks; a peer that is away is none of it: the command waits for it."""
    settings = begin()
    for file in _secret_files(settings):
        _check_secret(file)
    if name not in LONG:
        return
    _check_folder(settings.data_dir)
    given = () if name == "uvicorn" else tuple(Path(word) for word in words if word.endswith(".toml"))
    sites, _ = read_sites(settings.need_sites(given))
    for file in _key_files(sites):
        _check_secret(file)
    if name in SERVICE:
        rules = rules_of(settings)
        if rules.is_open:
            require_loopback(settings.bind)
        open_gate(rules)
    if name in NEED_SCHEMA:
        with suppress(UnavailableError), connected(settings.need_database_url()) as connection:
            require_schema(connection)
    for setting, port in _ports(name, settings):
        bind_socket(settings.bind, port, setting).close()


def _one_line(error: ConfigError) -> str:
    found = next((finding for finding in error.findings if not finding.warning), None)
    text = str(found).removeprefix("environment:0: ") if found else error.detail
    return " ".join(text.split())


def _ports(name: str, settings: Settings) -> Iterator[tuple[str, int]]:
    """The ports that a command will bind; 0 is any free one."""
    metrics = settings.metrics_port
    wanted = {"METRICS_PORT": (8001 if name in SERVICE else 0) if metrics is None else metrics}
    if name in SERVICE:
        wanted |= {"HTTP_PORT": settings.http_port, "ADMIN_PORT": settings.admin_port, "LIVE_PORT": settings.live_port}
    yield from ((setting, port) for setting, port in wanted.items() if port)


def _secret_files(settings: Settings) -> Iterator[Path]:
    """Files with keys that the settings name."""
    for file in (settings.api_keys_file, settings.kafka_security.private_key):
        if file is not None:
            yield file


def _key_files(sites: Sequence[Site]) -> Iterator[Path]:
    """Private keys and passwords that the site files name."""
    for site in sites:
        for source in site.sources:
            for option in ("private_key", "password_file"):
                file = getattr(source.options, option, None)
                if file is not None:
                    yield Path(file)


def _check_secret(file: Path) -> None:
    try:
        mode = file.stat().st_mode
        with file.open("rb"):
            pass
    except OSError as error:
        raise ConfigError("start.secret", f"{file} cannot be read: {error.strerror}") from error
    if mode & stat.S_IROTH:
        raise ConfigError("start.secret", f"{file} may be read by everybody: chmod o-r {file}")


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError("start.folder", f"THERMALIQ_DATA_DIR={folder} cannot be written: {error.strerror}") from error


def _become(name: str, words: Sequence[str]) -> None:
    if name != "uvicorn":
        os.execv(sys.executable, [sys.executable, "-m", "thermaliq.cli", *words])  # noqa: S606 - the words are the operator's
    os.execve(sys.executable, [sys.executable, "-m", *words], {**os.environ, **_uvicorn_settings()})  # noqa: S606


def _uvicorn_settings() -> dict[str, str]:
    """What uvicorn and prometheus_client read of the environment."""
    folder = Path(tempfile.gettempdir()) / f"thermaliq-metrics-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    host, port = os.environ.get("THERMALIQ_BIND", ""), os.environ.get("THERMALIQ_HTTP_PORT", "")
    return {
        "UVICORN_HOST": host or "127.0.0.1",
        "UVICORN_PORT": port or "8000",
        "UVICORN_PROXY_HEADERS": "false",  # ours are believed of TRUSTED_PROXIES alone
        "UVICORN_SERVER_HEADER": "false",
        "UVICORN_ACCESS_LOG": "false",
        "UVICORN_WS": "websockets-sansio",
        "UVICORN_WS_MAX_SIZE": str(MESSAGE_BYTES_MAX),
        "UVICORN_WS_PER_MESSAGE_DEFLATE": "false",
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": str(GRACE_S),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
