"""What a server's notifications tell, over several sessions."""

from connectors.opcua.report import Report
from connectors.opcua.values import NodeValue
from connectors.source import GapSeen, Sample, Scan
from schemas.quality import BAD_NO_COMMUNICATION
from schemas.site import OpcuaAddress, Tag

T = 1_500_000_000_000_000
OVERFLOW = 0x0000_0480


def tag(name: str) -> Tag:
    return Tag(f"m/b/{name}", "m/b", name, "1", "1", OpcuaAddress(f"ns=2;s={name}"), hold_limit_us=10_000_000)


A, B = tag("a"), tag("b")


def report() -> Report:
    return Report((A, B), "source")


def value(raw: object, ts_us: int | None, status: int = 0) -> NodeValue:
    return NodeValue(raw, status, ts_us, None)


def test_readings_of_one_origin_are_one_scan() -> None:
    scans = report().scans([(A, value(1.0, T)), (B, value(2.0, None))], 77, 100.0)
    assert scans == [Scan([Sample("m/b/a", T, 1.0)], "source"), Scan([Sample("m/b/b", 77, 2.0)], "connector")]


def test_a_loss_and_what_ends_it_are_a_gap_on_the_sources_clock() -> None:
    told = report()
    told.scans([(A, value(1.0, T)), (B, value(2.0, T))], T, 100.0)
    assert told.loss(103.0) == [
        Scan(
            [
                Sample("m/b/a", T + 3_000_000, None, BAD_NO_COMMUNICATION),
                Sample("m/b/b", T + 3_000_000, None, BAD_NO_COMMUNICATION),
            ],
            "connector",
        )
    ]
    assert told.gap([], 103.0) is not None
    told.loss(104.0)
    back = told.scans([(A, value(1.5, T + 9_000_000))], T, 110.0)
    assert told.gap(back, 110.0) == GapSeen(("m/b",), T + 4_000_000, T + 9_000_000, "link_lost")
    assert told.gap(back, 111.0) is None


def test_a_source_that_never_spoke_has_no_loss_and_no_gap() -> None:
    told = report()
    assert told.loss(100.0) == []
    assert told.gap([], 100.0) is None


def test_an_overflow_is_a_gap_from_the_tags_reading_before() -> None:
    told = report()
    assert told.overflows([(A, value(1.0, T, OVERFLOW))], T) == []
    told.scans([(A, value(1.0, T))], T, 100.0)
    assert told.overflows([(A, value(2.0, T + 5, OVERFLOW)), (B, value(2.0, T + 5, OVERFLOW))], T) == [
        GapSeen(("m/b",), T, T + 5, "queue_overflow")
    ]


def test_a_clock_is_judged_by_a_newer_time_and_not_by_an_old_value() -> None:
    told = report()
    told.scans([(A, value(1.0, T - 3_600_000_000))], T, 100.0)
    assert told.skew_s == 0.0
    told.scans([(A, value(2.0, T + 90_000_000))], T, 101.0)
    assert told.skew_s == 90.0


def test_refused_nodes_are_told_on_the_sources_clock_where_it_is_known() -> None:
    told = report()
    assert told.refusals({"m/b/b": 0x8034_0000}, 77, 100.0)[0].samples[0].ts_us == 77
    told.scans([(A, value(1.0, T))], T, 100.0)
    assert told.refusals({"m/b/b": 0x8034_0000}, 77, 101.0) == [
        Scan([Sample("m/b/b", T + 1_000_000, None, 0x8034_0000)], "connector")
    ]
    assert told.refusals({}, 77, 102.0) == []
    assert told.readings == {"GOOD": 1, "BAD": 2}
