"""The store: what is committed comes back bit for bit, once, and under the fence alone."""

import numpy as np
import psycopg
import pytest

from schemas.alarm import Alert
from schemas.dead_letter import DeadLetter
from schemas.errors import RefusedError
from schemas.gap import Gap
from streams.changes import AlarmMemory, Changes, Columns, OutboxRow, Pane, Progress, Watermark
from streams.load import AssetNeeds
from streams.statements import statements
from streams.store import FencedError, Store
from tests.fix_database import MINUTE_US, T0_US, TOPIC, changes, columns, dump, login_of, point, site
from thermaliq.migrate import connected, migrate

NEEDS = [AssetNeeds(1, (1, 2), 60 * MINUTE_US, 30_000_000)]


def pane(end_us: int, length: int = 12, reasons: tuple[str, ...] = ()) -> Pane:
    numbers = np.random.default_rng(end_us % 1000).normal(size=length + 4) * 1e9
    return Pane(1, end_us, MINUTE_US, 59_999_999, 5, 4, 3, 2, 7, "a,b", numbers[:length], numbers[length:], reasons)


def alarm(judged_us: int, state: str = "normal", pending_us: int | None = None) -> AlarmMemory:
    return AlarmMemory(1, "low", state, "high", 0, T0_US, None, 0.82, pending_us, judged_us, 0)  # type: ignore[arg-type]


def alert(transition_us: int) -> Alert:
    return Alert(
        "mill/boiler1", "low", T0_US, "unacknowledged", "high", 0.8, 0.82, T0_US, transition_us, "condition", 0
    )


def everything(next_offset: int = 10) -> Changes:
    """A pass that writes to every table."""
    return changes(
        next_offset,
        columns((1, T0_US, 3.41, 0, 0), (2, T0_US, float("nan"), 0x800A_0000, 0), (1, T0_US + 1, -0.1, 0, 1)),
        next_seq=3,
        panes=[pane(T0_US), pane(T0_US + MINUTE_US, reasons=("not_running", "bad_input:steam_flow"))],
        points=[(1, point(T0_US)), (1, point(T0_US + MINUTE_US, eta=None))],
        watermarks=[Watermark(1, "dcs", T0_US + 7, T0_US + 8)],
        progress=[Progress(1, T0_US - 5, T0_US + MINUTE_US)],
        alarms=[alarm(T0_US, pending_us=T0_US - 1)],
        transitions=[(1, alert(T0_US)), (1, alert(T0_US + 1))],
        gaps=[(1, Gap("mill/boiler1", "dcs", T0_US, T0_US + 5, "link_lost"))],
        dead_letters=[DeadLetter(None, b"\x00\xff", "decode.not_json", "decode", TOPIC, 0, 9, (0, 4), "a\0b\ud800")],
        recompute=[(1, T0_US - MINUTE_US, T0_US)],
        provenance={"sha256:00": b'{"site": "mill"}'},
        outbox=[
            OutboxRow(1, "points", b"mill/boiler1", b"{}", (("schema", b"point/1"),)),
            OutboxRow(2, "dead_letters", None, b"\x00", (("traceparent", b"\xff\x00"),)),
        ],
    )


@pytest.fixture
def taken(store: Store) -> tuple[Store, int]:
    store.register([site()])
    return store, store.take(0, NEEDS).epoch


def same_readings(left: Columns, right: Columns) -> bool:
    pairs = [(getattr(left, name), getattr(right, name)) for name in ("series", "ts_us", "value", "status", "flag")]
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


def test_a_partition_that_was_never_read_has_no_offset(store: Store) -> None:
    loaded = store.take(3, [])
    assert (loaded.epoch, loaded.next_offset, loaded.next_seq, loaded.append_us) == (1, None, 1, 0)
    assert (len(loaded.readings), loaded.panes, loaded.watermarks, loaded.progress) == (0, [], [], [])


def test_all_that_was_committed_is_loaded_again_bit_for_bit(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    written = everything()
    assert store.commit(0, epoch, written) == 0
    loaded = store.take(0, NEEDS)
    assert (loaded.epoch, loaded.next_offset, loaded.next_seq, loaded.append_us) == (epoch + 1, 10, 3, T0_US)
    assert loaded.watermarks == written.watermarks
    assert loaded.progress == written.progress
    assert loaded.alarms == written.alarms
    assert loaded.provenance == {"sha256:00"}
    for found, given in zip(loaded.panes, written.panes, strict=True):
        assert found.integrals.tobytes() == given.integrals.tobytes()
        assert found.sensitivities.tobytes() == given.sensitivities.tobytes()
        assert [getattr(found, name) for name in PLAIN] == [getattr(given, name) for name in PLAIN]
    closed_less_reach = T0_US + MINUTE_US - 30_000_000
    assert closed_less_reach > T0_US + 1
    assert len(loaded.readings) == 0
    assert store.history.points(1, "5min", T0_US - 1, T0_US + MINUTE_US) == [given for _, given in written.points]


PLAIN = [
    "asset",
    "end_us",
    "length_us",
    "covered_us",
    "integrated_us",
    "steady_us",
    "off_us",
    "excluded_us",
    "samples",
    "layout",
    "reasons",
]


def test_readings_are_loaded_from_the_last_closed_pane_less_the_reach(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    from_us = T0_US + 5 * MINUTE_US - 30_000_000
    kept = [(1, from_us, 1.5, 0, 0), (1, from_us + 2, float("nan"), 0x8000_0000, 4), (2, from_us + 1, 2.5, 0, 2)]
    older = [(1, from_us - 1, 9.0, 0, 0), (2, T0_US, 9.0, 0, 0)]
    foreign = [(3, from_us + 1, 9.0, 0, 0)]
    progress = [Progress(1, T0_US, T0_US + 5 * MINUTE_US)]
    store.commit(0, epoch, changes(5, columns(*kept[::-1], *older, *foreign), progress=progress))
    assert same_readings(store.take(0, NEEDS).readings, columns(*kept))


def test_an_asset_that_has_closed_nothing_yet_loads_every_reading(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    rows = [(1, -62_000_000_000_000_000, 1.0, 0, 0), (1, T0_US, 2.0, 0, 0), (2, 250_000_000_000_000_000, 3.0, 0, 0)]
    store.commit(0, epoch, changes(5, columns(*rows)))
    assert same_readings(store.take(0, NEEDS).readings, columns(*rows))


def test_panes_are_loaded_for_the_longest_window(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    ends = [T0_US + minute * MINUTE_US for minute in range(100)]
    progress = [Progress(1, T0_US, ends[-1])]
    store.commit(0, epoch, changes(5, panes=[pane(end) for end in ends], progress=progress))
    assert [found.end_us for found in store.take(0, NEEDS).panes] == ends[-60:]


def test_a_worker_whose_partition_was_taken_writes_nothing(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    other = Store(migrated_url, "app", "cluster", TOPIC)
    newer = other.take(0, NEEDS).epoch
    before = dump(migrated_url)
    with pytest.raises(FencedError) as caught:
        store.commit(0, epoch, everything())
    assert caught.value.code == "store.fenced"
    assert dump(migrated_url) == before
    other.commit(0, newer, everything())
    other.close()


def test_partitions_have_fences_of_their_own(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    store.take(1, [])
    store.take(1, [])
    assert store.commit(0, epoch, everything()) == 0


def test_the_same_pass_twice_changes_nothing(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, everything())
    before = dump(migrated_url)
    assert store.commit(0, epoch, everything()) == 0
    assert dump(migrated_url) == before


def test_the_later_value_of_a_reading_wins_and_is_counted(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, changes(1, columns(*((1, T0_US + i, float(i), 0, 0) for i in range(5)))))
    again = columns(
        (1, T0_US, 0.0, 0, 0),  # the same
        (1, T0_US + 1, 9.0, 0, 0),  # another value
        (1, T0_US + 2, 2.0, 0x4000_0000, 0),  # another status
        (1, T0_US + 3, 3.0, 0, 2),  # another flag: overwritten, no conflict
        (1, T0_US + 4, float("nan"), 0x8000_0000, 0),  # gone
        (2, T0_US, 1.0, 0, 0),  # new
    )
    assert store.commit(0, epoch, changes(2, again)) == 3
    assert same_readings(store.history.readings([1, 2], T0_US, T0_US + 5), again)
    assert store.commit(0, epoch, changes(3, again)) == 0
    assert store.commit(0, epoch, changes(4, columns((2, T0_US + 9, 1.0, 0, 0)))) == 0


def test_a_higher_revision_moves_the_point_that_stood(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, changes(1, points=[(1, point(T0_US)), (1, point(T0_US, window="1h"))]))
    revised = changes(2, points=[(1, point(T0_US, 1, 0.7))])
    store.commit(0, epoch, revised)
    store.commit(0, epoch, revised)
    assert store.history.points(1, "5min", T0_US - 1, T0_US) == [point(T0_US, 1, 0.7)]
    assert store.history.points(1, "1h", T0_US - 1, T0_US) == [point(T0_US, window="1h")]
    assert replaced(migrated_url) == [(0, 0.86)]


def test_two_revisions_of_one_point_in_one_pass(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    made = [(1, point(T0_US)), (1, point(T0_US + 1)), (1, point(T0_US, 1, None)), (1, point(T0_US, 2, 0.5))]
    store.commit(0, epoch, changes(1, points=made))
    assert store.history.points(1, "5min", T0_US - 1, T0_US + 1) == [point(T0_US, 2, 0.5), point(T0_US + 1)]
    assert replaced(migrated_url) == [(0, 0.86), (1, None)]


def replaced(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT revision, eta FROM thermaliq.point_revision ORDER BY revision").fetchall()


def test_an_older_revision_never_replaces_a_newer_one(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    store.commit(0, epoch, changes(1, points=[(1, point(T0_US, 3, 0.7))]))
    store.commit(0, epoch, changes(2, points=[(1, point(T0_US, 0, 0.86))]))
    assert store.history.points(1, "5min", T0_US - 1, T0_US) == [point(T0_US, 3, 0.7)]


def test_state_rows_move_on(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    store.commit(0, epoch, everything())
    marks = [Watermark(1, "dcs", T0_US + 9, T0_US + 9), Watermark(1, "plc\0", T0_US, T0_US)]
    moved = changes(
        11,
        panes=[pane(T0_US, length=3), pane(T0_US, length=5)],
        watermarks=marks,
        progress=[Progress(1, T0_US - 6, T0_US + 2 * MINUTE_US)],
        alarms=[alarm(T0_US + 1, "unacknowledged")],
        gaps=[(1, Gap("mill/boiler1", "dcs", T0_US, T0_US + 9, "link_lost", backfilled=True))],
    )
    store.commit(0, epoch, moved)
    loaded = store.take(0, NEEDS)
    assert loaded.watermarks == [marks[0], Watermark(1, "plc\ufffd", T0_US, T0_US)]
    assert (loaded.progress, loaded.alarms) == (moved.progress, moved.alarms)
    assert [len(found.integrals) for found in loaded.panes] == [5, 12]


def test_late_readings_of_many_days_are_stored_whatever_their_order(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    order = np.random.default_rng(5).permutation(2000)
    rows = [(1 + i % 2, T0_US + (i // 2) * 1_700_000_000, float(i), 0, 0) for i in range(2000)]
    store.commit(0, epoch, changes(1, columns(*(rows[i] for i in order))))
    assert same_readings(store.history.readings([2, 1], T0_US, T0_US + 10**13), columns(*sorted(rows)))


def test_history_is_cut_at_its_bounds(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    store.commit(0, epoch, changes(1, columns(*((1, T0_US + i, 0.0, 0, 0) for i in range(4)))))
    assert store.history.readings([1], T0_US + 1, T0_US + 3).ts_us.tolist() == [T0_US + 1, T0_US + 2]
    store.commit(0, epoch, changes(2, panes=[pane(T0_US + i) for i in range(4)]))
    assert [found.end_us for found in store.history.panes(1, T0_US, T0_US + 2)] == [T0_US + 1, T0_US + 2]
    store.commit(0, epoch, changes(3, points=[(1, point(T0_US + i)) for i in range(4)]))
    assert [found.window_end_us for found in store.history.points(1, "5min", T0_US, T0_US + 2)] == [
        T0_US + 1,
        T0_US + 2,
    ]


def test_the_views_say_it_in_the_plants_words(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, everything())
    with psycopg.connect(migrated_url) as connection:
        readings = connection.execute(
            "SELECT tag, value, unit, value_si, status, flag FROM thermaliq.v_reading ORDER BY 1, 4"
        )
        flow, unit = 3.41 * 3.6, "t/h"
        assert [row[:1] + row[2:] for row in readings] == [  # series are numbered by name
            ("fuel_flow", unit, -0.1, 0, "out_of_range"),
            ("fuel_flow", unit, 3.41, 0, None),
            ("steam_flow", unit, None, 0x800A_0000, None),
        ]
        (value,) = connection.execute("SELECT max(value) FROM thermaliq.v_reading").fetchone() or ()
        assert value == pytest.approx(flow, rel=1e-15)
        found = connection.execute(
            """SELECT asset, eta, losses_j, "values", reasons FROM thermaliq.v_point ORDER BY time"""
        ).fetchall()
        assert found[0][:2] == ("mill/boiler1", 0.86)
        assert found[1][1:] == (None, point(0).losses_j, {"steam_to_fuel": 14.1}, ["no_fuel", "bad_input:steam_flow"])
        assert connection.execute("SELECT asset, state, episode FROM thermaliq.v_alarm").fetchall() == [
            ("mill/boiler1", "normal", None)
        ]
        assert connection.execute("SELECT count(*) FROM thermaliq.v_alarm_transition").fetchone() == (2,)
        assert connection.execute("SELECT source, reason FROM thermaliq.v_gap").fetchall() == [("dcs", "link_lost")]
        letters = connection.execute("SELECT code, stage, kafka_partition, kafka_offset FROM thermaliq.v_dead_letter")
        assert letters.fetchall() == [("decode.not_json", "decode", 0, 9)]


def test_another_cluster_is_refused_until_a_person_accepts_it(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, everything())
    moved = Store(migrated_url, "app", "new-cluster", TOPIC)
    with pytest.raises(RefusedError, match="--cluster new-cluster") as caught:
        moved.take(0, NEEDS)
    assert caught.value.code == "store.other_cluster"
    accepted = {"app": "app", "topic": TOPIC, "partition": 0, "next_offset": 4, "cluster_id": "new-cluster"}
    with psycopg.connect(migrated_url) as connection:
        connection.execute(statements("checkpoints")["accept_gap"], accepted)
    loaded = moved.take(0, NEEDS)
    assert (loaded.next_offset, loaded.next_seq) == (4, 3), "the outbox numbers rise on"
    moved.close()


def test_accepting_a_gap_fences_the_worker_that_still_runs(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, everything())
    accepted = {"app": "app", "topic": TOPIC, "partition": 0, "next_offset": None, "cluster_id": None}
    with psycopg.connect(migrated_url) as connection:
        connection.execute(statements("checkpoints")["accept_gap"], accepted)
    with pytest.raises(FencedError):
        store.commit(0, epoch, everything(11))
    assert store.take(0, NEEDS).next_offset is None


def test_plain_postgresql_keeps_the_same_state(plain_postgres_url: str) -> None:
    with connected(plain_postgres_url) as connection:
        migrate(connection)
    store = Store(plain_postgres_url, "app", "cluster", TOPIC)
    store.register([site()])
    epoch = store.take(0, NEEDS).epoch
    for _ in range(2):
        assert store.commit(0, epoch, everything()) == 0
    loaded = store.take(0, NEEDS)
    assert (loaded.next_offset, loaded.alarms) == (10, everything().alarms)
    assert [found.integrals.tolist() for found in loaded.panes] == [p.integrals.tolist() for p in everything().panes]
    assert same_readings(store.history.readings([1], T0_US, T0_US + 1), columns((1, T0_US, 3.41, 0, 0)))
    store.close()


def test_a_writer_needs_no_other_right(migrated_url: str) -> None:
    with login_of(migrated_url, "thermaliq_writer") as url:
        store = Store(url, "app", "cluster", TOPIC)
        store.register([site()])
        epoch = store.take(0, NEEDS).epoch
        for _ in range(2):
            assert store.commit(0, epoch, everything()) == 0
        assert store.take(0, NEEDS).next_offset == 10
        store.close()
