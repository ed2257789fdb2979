"""Logging: one line a record, for people or for machines, without secrets and without floods."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TextIO

from schemas.redact import redact
from thermaliq.settings import LogFormat, LogLevel

OURS: Final = ("thermaliq", "connectors", "streams", "schemas", "calc")
"""Loggers that speak at the level that is set; all others are heard from WARNING on."""
NOISY: Final = ("aiokafka", "pymodbus", "amqtt", "transitions", "asyncua", "mode", "faust", "streams.transport")
"""Libraries that tell at every attempt what our own events tell once; heard when they are CRITICAL. Our transport is
one of Faust's services and speaks like one."""
_COLOURS = {logging.DEBUG: "2", logging.INFO: "36", logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "31"}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "left_out"}


def set_up(level: LogLevel, log_format: LogFormat, stream: TextIO | None = None) -> None:
    """Send every logger of this process to `stream` (standard error), once."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if log_format == "json" else ConsoleFormatter(colour=stream.isatty()))
    handler.addFilter(RepeatFilter(time.monotonic))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    set_level(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)


def set_level(level: LogLevel) -> None:
    """The level of our own loggers."""
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())


class ConsoleFormatter(logging.Formatter):
    """`12:00:03 WARNING boiler_plc: lost` for people."""

    def __init__(self, *, colour: bool) -> None:
        super().__init__()
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the stack of an error below it."""
        moment = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = f"{record.levelname:<7}"
        if self._colour:
            level = f"\033[{_COLOURS.get(record.levelno, '0')}m{level}\033[0m"
        return redact(f"{moment} {level} {_said(record)}{_stack(self, record)}")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, what `extra` adds, `stack`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(_said(record)),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD:
                facts[name] = value if isinstance(value, int | float | None) else redact(str(value))
        if stack := _stack(self, record):
            facts["stack"] = redact(stack.strip())
        return json.dumps(facts, ensure_ascii=False, default=str)


def _said(record: logging.LogRecord) -> str:
    left_out = getattr(record, "left_out", 0)
    return f"{record.getMessage()} ({left_out} like it left out)" if left_out else record.getMessage()


def _stack(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return f"\n{formatter.formatException(record.exc_info)}" if record.exc_info else ""


class RepeatFilter(logging.Filter):
    """Lets `repeats_max` records of one kind through in `period_s`; the next one after it says how many were left out.

    A kind is logger, level, template and the template's first argument (the source, the topic).
    """

    def __init__(
        self, monotonic_s: Callable[[], float], repeats_max: int = 10, period_s: float = 60.0, kinds_max: int = 1000
    ) -> None:
        super().__init__()
        self._monotonic_s = monotonic_s
        self._repeats_max = repeats_max
        self._period_s = period_s
        self._kinds_max = kinds_max
        self._kinds: OrderedDict[tuple[str, int, str, str], tuple[float, int]] = OrderedDict()
        """Kind → start of its period and records in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is said."""
        now_s = self._monotonic_s()
        first = str(record.args[0]) if isinstance(record.args, tuple) and record.args else ""
        kind = (record.name, record.levelno, str(record.msg), first)
        since_s, count = self._kinds.get(kind, (now_s, 0))
        if now_s - since_s >= self._period_s:
            record.left_out = max(0, count - self._repeats_max)
            since_s, count = now_s, 0
        self._kinds[kind] = (since_s, count + 1)
        self._kinds.move_to_end(kind)
        if len(self._kinds) > self._kinds_max:
            self._kinds.popitem(last=False)
        return count < self._repeats_max
