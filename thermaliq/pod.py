"""What this process, or the container that it is alone in, takes of the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CGROUP: Final = Path("/sys/fs/cgroup")
PROC: Final = Path("/proc")
SHORTEST_S: Final = 0.5
Read = Callable[[Path], str]


def read_text(file: Path) -> str:
    """The file's text, empty where it cannot be read."""
    try:
        return file.read_text(encoding="ascii")
    except OSError:
        return ""


def memory_usage_bytes(read: Read) -> int:
    """Of the container where there is one (its cgroup), else of the process."""
    used = read(CGROUP / "memory.current").strip()
    if used.isdigit():
        return int(used)
    pages = read(PROC / "self/statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if len(pages) > 1 else 0


def memory_limit_bytes(read: Read) -> int:
    """The container's limit, else the machine's memory."""
    limit = read(CGROUP / "memory.max").strip()
    if limit.isdigit():
        return int(limit)
    facts = dict(line.split(":", 1) for line in read(PROC / "meminfo").splitlines() if ":" in line)
    total = facts.get("MemTotal", "0 kB").split()
    return int(total[0]) * 1024


def cpu_s(read: Read) -> float:
    """CPU time taken so far, by the container where there is one."""
    if read(CGROUP / "memory.current"):
        for line in read(CGROUP / "cpu.stat").splitlines():
            name, _, value = line.partition(" ")
            if name == "usage_usec":
                return int(value) / 1e6
    return time.process_time()


class PodMetrics(Collector):
    """`pod_cpu_usage` (cores, since the scrape before), `pod_memory_usage` and its limit (bytes)."""

    def __init__(self, registry: CollectorRegistry, read: Read = read_text) -> None:
        self._read = read
        self._since_s, self._spent_s, self._cores = time.monotonic(), cpu_s(read), 0.0
        registry.register(self)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """At each scrape."""
        yield GaugeMetricFamily("pod_cpu_usage", "Cores in use", value=self._cores_now())
        yield GaugeMetricFamily("pod_memory_usage", "Bytes in use", value=memory_usage_bytes(self._read))
        yield GaugeMetricFamily("thermaliq_memory_limit_bytes", "Bytes allowed", value=memory_limit_bytes(self._read))

    def _cores_now(self) -> float:
        now_s, spent_s = time.monotonic(), cpu_s(self._read)
        if now_s - self._since_s >= SHORTEST_S:
            self._cores = max(0.0, spent_s - self._spent_s) / (now_s - self._since_s)
            self._since_s, self._spent_s = now_s, spent_s
        return self._cores
