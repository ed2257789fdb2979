"""What the tests have worker processes do; light, for every process imports it anew."""

from __future__ import annotations

import os
import signal
import time


def die() -> None:
    """Killed, as by the kernel when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def slow_pid(seconds: float) -> int:
    """Busy for a while, so that another call needs another process."""
    time.sleep(seconds)
    return os.getpid()


def divide() -> float:
    """Raises what nobody foresaw."""
    return 1 / int("0")
