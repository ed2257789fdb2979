"""The log: its forms, its silence about secrets, its measure."""

from __future__ import annotations

import io
import json
import logging

import pytest

from schemas.redact import redact
from thermaliq import log
from thermaliq.settings import LogFormat, LogLevel

pytestmark = pytest.mark.usefixtures("logging_restored")


def said(log_format: LogFormat = "json", level: LogLevel = "info") -> io.StringIO:
    stream = io.StringIO()
    log.set_up(level, log_format, stream)
    return stream


def test_a_json_line_carries_level_logger_message_and_facts() -> None:
    stream = said()

    logging.getLogger("thermaliq.connectors").warning("%s: lost", "plc", extra={"source": "plc", "away_s": 1.5})

    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "thermaliq.connectors",
        "message": "plc: lost",
        "source": "plc",
        "away_s": 1.5,
    }


def test_a_stack_stands_in_the_line_of_its_error() -> None:
    stream = said()

    try:
        int("password=hunter2")
    except ValueError:
        logging.getLogger("streams.guard").exception("failed")

    line = json.loads(stream.getvalue())
    assert "ValueError: invalid literal" in line["stack"]
    assert "hunter2" not in line["stack"]


def test_a_console_line_is_plain_where_no_terminal_is() -> None:
    stream = said("console")

    logging.getLogger("streams").info("points %d", 3)

    assert stream.getvalue()[8:] == " INFO    points 3\n"


def test_other_libraries_are_heard_from_warning_on() -> None:
    stream = said(level="debug")

    logging.getLogger("uvicorn.error").info("started")
    logging.getLogger("uvicorn.error").warning("lost the broker")
    logging.getLogger("aiokafka.consumer").error("what our own events tell once")
    logging.getLogger("thermaliq").debug("ours")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["lost the broker", "ours"]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("postgresql://me:hunter2@db/x down", "postgresql://me:…@db/x down"),
        ("postgresql://me@db/x down", "postgresql://me@db/x down"),
        ("password=hunter2, user=me", "password=…, user=me"),
        ('{"sasl_plain_password": "hunter2"}', '{"sasl_plain_password": "…"}'),
        ("Authorization: Bearer eyJ0.x.y", "Authorization: Bearer …"),
        ('password_file = "secrets/mqtt"', 'password_file = "secrets/mqtt"'),
    ],
)
def test_secrets_are_left_out(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_repeats_are_left_out_and_counted() -> None:
    now_s = 0.0
    repeats = log.RepeatFilter(lambda: now_s, repeats_max=2, period_s=60.0)

    def passes(source: str) -> tuple[bool, int]:
        record = logging.LogRecord("thermaliq", logging.WARNING, "", 0, "%s: lost", (source,), None)
        return repeats.filter(record), getattr(record, "left_out", 0)

    assert [passes("a") for _ in range(5)] == [(True, 0), (True, 0), (False, 0), (False, 0), (False, 0)]
    assert passes("b") == (True, 0)
    now_s = 61.0
    assert passes("a") == (True, 3)


def test_the_kinds_that_are_remembered_are_bounded() -> None:
    repeats = log.RepeatFilter(lambda: 0.0, repeats_max=1, kinds_max=3)

    for number in range(100):
        repeats.filter(logging.LogRecord("thermaliq", logging.INFO, "", 0, "%s", (str(number),), None))

    assert len(repeats._kinds) == 3
