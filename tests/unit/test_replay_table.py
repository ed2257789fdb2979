"""Files as plants write them: what is read, what is skipped, what does not fit and says so."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from connectors.replay.number import is_empty, value_of
from connectors.replay.table import columns_of, read_table
from schemas.errors import ConfigError
from schemas.quality import BAD_NO_DATA, BAD_OUT_OF_RANGE, GOOD
from schemas.site import Conversion, ReplayAddress, ReplayOptions, ReplayTime, Tag

ISO = ReplayTime("time")
SECONDS = ReplayTime(1, "s")
VIENNA = ReplayTime(1, zone="Europe/Vienna")
HOUR_US = 3_600_000_000


def csv(time: ReplayTime = ISO, **form: Any) -> ReplayOptions:
    return ReplayOptions("csv", time, **form)


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "history"
    file.write_bytes(text.encode(encoding))
    return file


def rows(file: Path, options: ReplayOptions) -> list[tuple[int, list[object]]]:
    return [(row.ts_us, list(row.cells)) for chunk in read_table(file, options) for row in chunk]


def times(tmp_path: Path, texts: list[str], time: ReplayTime) -> list[int]:
    options = csv(time, header_row=False, delimiter="|")
    return [ts_us for ts_us, _ in rows(write(tmp_path, "\n".join(texts)), options)]


def us(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return round(dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC).timestamp()) * 1_000_000


def misfit(file: Path, options: ReplayOptions) -> str:
    with pytest.raises(ConfigError) as wrong:
        rows(file, options)
    assert wrong.value.code == "replay.misfit"
    (finding,) = wrong.value.findings
    assert finding.file == str(file)
    return f"{finding.line}: {finding.key} = {finding.value}: {finding.fix}"


def tag(**more: Any) -> Tag:
    return Tag("mill/b/x", "mill/b", "x", "kg/s", "kg/s", ReplayAddress(2), **more)


def test_a_csv_file_is_read_by_its_header(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '\ufefftime,"flow, live",note\r\n2024-01-01T00:00:00Z,1.5,a\r\n\r\n2024-01-01T01:00:00+01:00,,"b\nc"\r\n',
    )
    assert rows(file, csv()) == [
        (us(2024, 1, 1), ["2024-01-01T00:00:00Z", "1.5", "a"]),
        (us(2024, 1, 1), ["2024-01-01T01:00:00+01:00", "", "b\nc"]),
    ]
    assert columns_of(file, csv(), ["flow, live", 3, "time"]) == [1, 2, 0]


def test_a_german_export_is_read(tmp_path: Path) -> None:
    text = "Anlage 3;;\nZeit;Menge;Größe\n31.12.2023 23:00;1.234,5;7\n31.12.2023 24:00;-0,5;8\n"
    time = ReplayTime("Zeit", format="%d.%m.%Y %H:%M", zone="Europe/Vienna")
    options = csv(time, delimiter=";", decimal=",", thousands=".", encoding="cp1252", skip_rows=1)
    file = write(tmp_path, text, "cp1252")
    found = rows(file, options)
    assert [ts_us for ts_us, _ in found] == [us(2023, 12, 31, 22), us(2023, 12, 31, 23)]
    assert [value_of(str(cells[1]), tag(), options) for _, cells in found] == [(1234.5, GOOD), (-0.5, GOOD)]
    assert columns_of(file, options, ["Größe"]) == [2]


def test_without_a_header_columns_are_numbers(tmp_path: Path) -> None:
    file = write(tmp_path, "0.5\t3\n1\t4\t\n")
    options = csv(ReplayTime(1, "s", origin_us=1_000), header_row=False, delimiter="\t")
    assert rows(file, options) == [(501_000, ["0.5", "3"]), (1_001_000, ["1", "4"])]


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("s", "1704067200.123456", 1704067200123456),
        ("ms", "1704067200123.5", 1704067200123500),
        ("us", "1704067200123456", 1704067200123456),
        ("ns", "1704067200123456789", 1704067200123457),
        ("s", "-1.5e3", -1_500_000_000),
    ],
)
def test_numbers_are_times_to_the_microsecond(tmp_path: Path, unit: str, text: str, expected: int) -> None:
    assert times(tmp_path, [text], ReplayTime(1, unit)) == [expected]  # type: ignore[arg-type]


def test_in_a_doubled_hour_the_order_of_rows_decides(tmp_path: Path) -> None:
    texts = [f"2024-10-27 {time}" for time in ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")]
    found = times(tmp_path, texts, VIENNA)
    assert [(ts_us - found[0]) // (HOUR_US // 2) for ts_us in found] == [0, 1, 2, 3, 4, 5]


def test_an_hourly_file_keeps_both_doubled_hours(tmp_path: Path) -> None:
    found = times(tmp_path, [f"2024-10-27 {hour}:00" for hour in ("01", "02", "02", "03")], VIENNA)
    assert [(ts_us - found[0]) // HOUR_US for ts_us in found] == [0, 1, 2, 3]


def test_midnight_may_be_written_as_24(tmp_path: Path) -> None:
    texts = ["2024-02-28T24:00Z", "2024-02-29 24:00:00Z", "2024-02-29 12:24:00Z", "2024-12-31T24:00:00.000+01:00"]
    assert times(tmp_path, texts, ReplayTime(1)) == [
        us(2024, 2, 29),
        us(2024, 3, 1),
        us(2024, 2, 29, 12, 24),
        us(2024, 12, 31, 23),
    ]


@pytest.mark.parametrize(
    ("good", "text", "time", "says"),
    [
        ("2024-01-01T00:00Z", "2024-01-01 00:00", ISO, "no offset from UTC"),
        ("2024-03-31 01:30", "2024-03-31 02:30", ReplayTime("time", zone="Europe/Vienna"), "clocks were put forward"),
        ("2024-01-01T24:00Z", "2024-01-01T24:01Z", ISO, "no time as RFC 3339"),
        ("2024-01-01T00:00Z", "yesterday", ISO, "no time as RFC 3339"),
        ("01.01.2024", "2024-01-01", ReplayTime("time", format="%d.%m.%Y", zone="UTC"), "no time as %d.%m.%Y"),
        ("12", "12 s", ReplayTime("time", "s"), "no number of s"),
        ("12", "nan", ReplayTime("time", "s"), "no number of s"),
        ("12", "", ReplayTime("time", "s"), "no number of s"),
        ("12", "1e15", ReplayTime("time", "s"), "years 1 to 9999"),
    ],
)
def test_a_time_that_cannot_be_read_is_named_with_its_row(
    tmp_path: Path, good: str, text: str, time: ReplayTime, says: str
) -> None:
    told = misfit(write(tmp_path, f"time,x\n{good},1\n{text},1\n"), csv(time))
    assert says in told
    assert told.startswith(f"3: time = {text!r}")


def test_a_time_zone_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert "Europe/Wien" in misfit(write(tmp_path, "time\n"), csv(ReplayTime("time", zone="Europe/Wien")))


@pytest.mark.parametrize(
    ("text", "form", "says"),
    [
        (
            "time,x\n2024-01-01T00:00:00Z\n",
            {},
            "2: row = ['2024-01-01T00:00:00Z']: it has 1 cells, the first row has 2",
        ),
        ("time,x\n2024-01-01T00:00:00Z,1,2\n", {}, "it has 3 cells"),
        ('time,x\n2024-01-01T00:00:00Z,"1\n', {}, "2: row"),
        ("date,x\n", {}, "1: column = 'time': it is not there; the file has date, x"),
        ("time,time\n", {}, "it stands twice"),
        ("1,2\n", {"header_row": False}, "no names; use numbers from 1"),
        ("", {}, "there is no row"),
        ("a\n", {"skip_rows": 3}, "there is no row"),
        ("time\n\xff\n", {"encoding": "ascii"}, "1: encoding"),
        ("time\n", {"encoding": "klingon"}, "1: encoding"),
    ],
)
def test_a_file_that_does_not_fit_says_what_it_saw(tmp_path: Path, text: str, form: dict[str, Any], says: str) -> None:
    assert says in misfit(write(tmp_path, text, "latin-1"), csv(**form))


def test_a_column_number_beyond_the_file_is_refused(tmp_path: Path) -> None:
    assert "columns 1 to 2" in misfit(write(tmp_path, "1,2\n"), csv(ReplayTime(3, "s"), header_row=False))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "No such file" in misfit(tmp_path / "absent.csv", csv())


def test_cells_that_say_nothing_are_empty() -> None:
    assert all(is_empty(cell) for cell in ("", "  ", "NaN", " nan ", None, float("nan")))
    assert not any(is_empty(cell) for cell in ("0", "-", 0.0, False, "NA"))


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("2.5", 7.0, GOOD),
        (" 2.5e0 ", 7.0, GOOD),
        (2.5, 7.0, GOOD),
        (True, 4.0, GOOD),
        ("23,5", None, BAD_NO_DATA),
        ("+1", None, BAD_NO_DATA),
        ("0x10", None, BAD_NO_DATA),
        ("Infinity", None, BAD_NO_DATA),
        ("off-line", None, BAD_NO_DATA),
        ("1e999", None, BAD_OUT_OF_RANGE),
        (float("inf"), None, BAD_OUT_OF_RANGE),
        ("ON", 4.0, GOOD),
    ],
)
def test_a_cell_is_a_number_a_state_or_a_null(cell: str | float, value: float | None, status: int) -> None:
    plant = tag(conversion=Conversion(scale=2.0, offset=2.0), states={"ON": 1.0})
    assert value_of(cell, plant, csv()) == (value, status)


def test_a_decimal_point_is_none_where_the_file_writes_commas() -> None:
    assert value_of("1.5", tag(), csv(decimal=",")) == (None, BAD_NO_DATA)
    assert value_of("1,5", tag(), csv(decimal=",")) == (1.5, GOOD)


MOS = ReplayOptions("mos", ReplayTime(1, "s", origin_us=us(2024, 1, 1)))


def test_a_modelica_table_is_read(tmp_path: Path) -> None:
    text = "#1\n# a comment\ndouble table(3,3) # shape\n0 1.5 nan\n900;.5,-2e-3\n# between\n1800\t7\n 8 # tail\n"
    assert [(ts_us - us(2024, 1, 1), cells[1]) for ts_us, cells in rows(write(tmp_path, text), MOS)] == [
        (0, 1.5),
        (900_000_000, 0.5),
        (1_800_000_000, 7.0),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,x\n", "1: file = 'time,x'"),
        ("#1\ntable(1,2)\n", "2: table = 'table(1,2)'"),
        ("#1\n", "there is no: double"),
        ("#1\ndouble t(2,2)\n1 2\n3\n", "1 rows and 1 cells"),
        ("#1\ndouble t(1,2)\n1 abc\n", "3: row = '1 abc'"),
    ],
)
def test_a_modelica_table_that_does_not_fit_says_what_it_saw(tmp_path: Path, text: str, says: str) -> None:
    assert says in misfit(write(tmp_path, text), MOS)


def test_a_parquet_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "history.parquet"
    moments = [dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, 0, 0, 1, tzinfo=dt.UTC)]
    columns = {
        "time": pa.array(moments, pa.timestamp("ns", "UTC")),
        "flow": pa.array([1.5, None]),
        "on": pa.array([True, False]),
        "count": pa.array([3, 4]),
    }
    parquet.write_table(pa.table(columns), file)
    found = rows(file, ReplayOptions("parquet", ISO))
    assert [ts_us for ts_us, _ in found] == [us(2024, 1, 1), us(2024, 1, 1, 0, 0, 1)]
    assert [cells[1:] for _, cells in found] == [[1.5, True, 3], [None, False, 4]]


def test_a_parquet_time_without_a_zone_needs_one(tmp_path: Path) -> None:
    file = tmp_path / "history.parquet"
    moment = dt.datetime.fromisoformat("2024-01-01T00:00:00")
    parquet.write_table(pa.table({"time": pa.array([moment], pa.timestamp("us"))}), file)
    assert "no offset" in misfit(file, ReplayOptions("parquet", ISO))
    assert rows(file, ReplayOptions("parquet", ReplayTime("time", zone="Europe/Vienna")))[0][0] == us(2023, 12, 31, 23)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    assert "no Parquet file" in misfit(write(tmp_path, "time,x\n"), ReplayOptions("parquet", ISO))


def test_chunks_keep_their_bound(tmp_path: Path) -> None:
    file = write(tmp_path, "".join(f"{second},1\n" for second in range(25)))
    options = csv(SECONDS, header_row=False)
    assert [len(chunk) for chunk in read_table(file, options, rows_max=10)] == [10, 10, 5]
