"""The page in a real browser: it shows what is stored, follows what is committed, and says when it cannot."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.fix_api import BOILER, Writer, alert, running
from tests.fix_browser import Tab
from tests.fix_database import MINUTE_US, T0_US, point
from thermaliq.serving import Served

VALUE = f"document.querySelector('[aria-label=\"{BOILER}\"] .value b')?.textContent"
LINK = "document.querySelector('#link')?.dataset.state"


def page_of(served: Served) -> str:
    return f"http://127.0.0.1:{served.ports.http}/"


@pytest.fixture
def stored(writer: Writer) -> None:
    """Half an hour of points, an alarm, and a null point in between."""
    writer.minutes(range(30))
    writer.write([point(T0_US + 30 * MINUTE_US, eta=None)])
    writer.minutes(range(31, 40))
    writer.write(alerts=[alert("efficiency_low", "unacknowledged", 39, episode=39)])


@pytest.mark.usefixtures("stored")
async def test_the_page_shows_the_latest_point_its_trend_and_the_alarm(served: Served, browser: Tab) -> None:
    await browser.go(page_of(served))
    await browser.until(f"{VALUE} === '86.0'")
    card = await browser.value(f"document.querySelector('[aria-label=\"{BOILER}\"]').textContent")
    for word in ("± 0.9", "Good", "99.0 %", "1.00 GJ", "boiler_direct/lhv", "Blowdown"):
        assert word in card
    assert await browser.value("document.querySelectorAll('.chart .line').length") == 2, "a gap at the null point"
    assert "Efficiency low" in await browser.until("document.querySelector('#alarms strong')?.textContent")
    assert browser.said == []


@pytest.mark.usefixtures("stored")
async def test_a_point_that_is_committed_appears_without_a_reload(served: Served, browser: Tab, writer: Writer) -> None:
    await browser.go(page_of(served))
    await browser.until(f"{VALUE} === '86.0'")
    await browser.until(f"{LINK} === 'live'")
    await browser.value("window.notReloaded = true")
    writer.write([point(T0_US + 40 * MINUTE_US, eta=0.713)])
    await browser.until(f"{VALUE} === '71.3'")
    assert await browser.value("window.notReloaded") is True


@pytest.mark.usefixtures("stored")
async def test_a_bad_point_says_why(served: Served, browser: Tab, writer: Writer) -> None:
    writer.write([point(T0_US + 41 * MINUTE_US, eta=None)])
    await browser.go(page_of(served))
    await browser.until("document.querySelectorAll('.reasons li').length")
    assert await browser.value(VALUE) == "–"
    reasons = await browser.value("[...document.querySelectorAll('.reasons li')].map((li) => li.textContent)")
    assert reasons == ["no fuel", "bad input: steam flow"]


async def test_a_machine_at_rest_is_off_and_no_fault(served: Served, browser: Tab, writer: Writer) -> None:
    resting = msgspec.structs.replace(point(T0_US, eta=None), reasons=["no_fuel"])
    writer.write([resting])
    await browser.go(page_of(served))
    await browser.until(f"document.querySelector('[aria-label=\"{BOILER}\"]')?.dataset.quality === 'OFF'")
    tiles = await browser.value("[...document.querySelectorAll('#summary div')].map((tile) => tile.textContent)")
    assert {"Bad0", "Off1"} <= set(tiles)


async def test_a_lost_connection_is_shown(migrated_url: str, writer: Writer, browser: Tab) -> None:
    async with running(migrated_url) as served:
        await browser.go(page_of(served))
        await browser.until(f"{LINK} === 'live'")
    await browser.until(f"{LINK} === 'lost'")
    assert "Connection lost" in await browser.value("document.querySelector('#link').textContent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
@pytest.mark.usefixtures("stored")
async def test_nothing_is_wider_than_the_screen(
    served: Served, browser: Tab, tmp_path: Path, scheme: str, width: int, height: int
) -> None:
    await browser.look(width, height, scheme)
    await browser.go(page_of(served))
    await browser.until(f"{VALUE} === '86.0'")
    assert await browser.value("document.documentElement.scrollWidth") <= width
    picture = tmp_path / f"page-{scheme}-{width}.png"
    await browser.picture(picture)
    assert picture.stat().st_size > 10_000


@pytest.mark.usefixtures("stored")
async def test_the_page_asks_nobody_else(served: Served, browser: Tab) -> None:
    await browser.go(page_of(served))
    await browser.until(f"{VALUE} === '86.0'")
    asked = await browser.value("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)")
    assert set(asked) == {page_of(served).rstrip("/")}
