"""The names of Faust that our transport overrides or uses are still there, with the shape that it counts on."""

from __future__ import annotations

import inspect

import faust
import pytest
from faust.transport.consumer import Consumer as FaustConsumer
from faust.transport.drivers import aiokafka as driver

from streams.transport import BatchConsumer

OVERRIDDEN = {
    "_new_consumer_thread": ["self"],
    "_drain_messages": ["self", "fetcher"],
    "_wait_next_records": ["self", "timeout"],
    "_new_offset": ["self", "tp"],
    "on_stop": ["self"],
    "seek_to_committed": ["self"],
    "on_partitions_revoked": ["self", "revoked"],
}
USED_METHODS = (
    "_get_active_partitions",
    "assignment",
    "earliest_offsets",
    "highwater",
    "highwaters",
    "pause_partitions",
    "resume_partitions",
    "seek",
)
USED_ATTRIBUTES = (
    "_acked",
    "_acked_index",
    "_buffered_partitions",
    "_read_offset",
    "flow_active",
    "callback",
)


def test_faust_is_the_version_that_was_measured() -> None:
    """Private names may change in any release; the pin and this list move together."""
    assert faust.__version__ == "0.15.3"


@pytest.mark.parametrize(("name", "parameters"), OVERRIDDEN.items())
def test_an_overridden_method_has_the_stock_signature(name: str, parameters: list[str]) -> None:
    """What Faust calls is what we override."""
    stock = getattr(driver.Consumer, name)

    assert list(inspect.signature(stock).parameters) == parameters
    assert list(inspect.signature(getattr(BatchConsumer, name)).parameters) == parameters


@pytest.mark.parametrize("name", USED_METHODS)
def test_a_method_that_is_called_exists(name: str) -> None:
    """Nothing is called that Faust does not have."""
    assert callable(getattr(driver.Consumer, name))


@pytest.mark.parametrize("name", USED_ATTRIBUTES)
def test_an_attribute_that_is_used_is_set_by_the_stock_consumer(name: str) -> None:
    """Our bookkeeping lives in Faust's own attributes."""
    assert f"self.{name}" in inspect.getsource(FaustConsumer)


def test_the_consumers_thread_still_stops_by_this_name() -> None:
    """And its aiokafka consumer can be reached where that stops only in part."""
    assert "_consumer.stop()" in inspect.getsource(driver.AIOKafkaConsumerThread.on_thread_stop)
    assert callable(driver.AIOKafkaConsumerThread._ensure_consumer)


def test_every_override_is_on_the_list() -> None:
    """A new override of a Faust name must be listed here."""
    ours = {name for name, member in vars(BatchConsumer).items() if callable(member) and name in dir(driver.Consumer)}

    assert ours - {"__init__"} == set(OVERRIDDEN)
