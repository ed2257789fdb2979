"""The whole pass (decode, compute, store) beside a bare binary COPY of the same rows into the same table."""

from __future__ import annotations

import time
from itertools import islice
from statistics import median

import psycopg

from benchmarks import plant
from benchmarks.result import Result
from benchmarks.scratch_database import scratch_database
from streams.pipeline import Pipeline
from streams.store import Store
from streams.write import copy_readings
from thermaliq.wiring import make_plan
from thermaliq.working import partition_of, spare_collector

READINGS_A_RECORD = 40
RECORDS_A_PASS = 400
ASSETS = 250
ROUND_S = 300
"""Event time of one round: five panes and five short windows an asset, and one long window."""
ROUNDS = 7
FLOOR = 0.5
TOPIC = "thermaliq.readings"


class Worker:
    """Pipeline and store over one database, as `thermaliq work` has them."""

    def __init__(self, url: str) -> None:
        site = plant.boilers(ASSETS)
        self.store = Store(url, "bench", "bench", TOPIC)
        self.pipeline = Pipeline(
            make_plan([site], self.store.register([site])), TOPIC, self.store.history, partition_of(1)
        )
        loaded = self.store.take(0, [])
        self.epoch = loaded.epoch
        self.pipeline.assign(0, loaded)
        spare_collector()


def run() -> list[Result]:
    """One line: rows a second, each side in a database of its own on one server, pass by pass in turns."""
    with scratch_database() as ours, scratch_database() as bare, psycopg.connect(bare) as connection:
        worker = Worker(ours)
        try:
            rounds = [_round(worker, connection, number) for number in range(ROUNDS + 1)][1:]
        finally:
            worker.store.close()
    mine, theirs = (median(each) for each in zip(*rounds, strict=True))
    ratio = median(own / rival for own, rival in rounds)
    what = f"whole pass, {ASSETS} assets, {READINGS_A_RECORD} readings a record, beside bare binary COPY"
    return [Result("whole_pass", what, mine, theirs, "rows/s", ratio, "≥", FLOOR)]


def _round(worker: Worker, bare: psycopg.Connection, number: int) -> tuple[float, float]:
    """(ours, rival) rows a second; the rival starts from the finished columns, and packs and sends them."""
    start_s, first = number * ROUND_S, worker.pipeline.partitions[0].next_offset
    records = plant.records(ASSETS, READINGS_A_RECORD, start_s, start_s + ROUND_S, first)
    ours_s = rival_s = 0.0
    rows = 0
    while batch := list(islice(records, RECORDS_A_PASS)):
        began = time.perf_counter()
        changes = worker.pipeline.process(0, batch)
        worker.store.commit(0, worker.epoch, changes)
        ours_s += time.perf_counter() - began
        began = time.perf_counter()
        copy_readings(bare, changes.readings)
        bare.commit()
        rival_s += time.perf_counter() - began
        rows += len(changes.readings)
    return rows / ours_s, rows / rival_s
