"""`thermaliq topics` on a real Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.errors import ConfigError, RefusedError, UnavailableError
from thermaliq.commands.topics import refuse_wrong_time, settle
from thermaliq.settings import Settings, read_settings


@pytest.fixture
def settings(kafka_bootstrap: str, topic_prefix: str) -> Settings:
    return settings_of(kafka_bootstrap, topic_prefix, PARTITIONS="3")


@pytest.fixture
async def admin(kafka_bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    yield admin
    await admin.close()


def settings_of(bootstrap: str, prefix: str, **others: str) -> Settings:
    variables = {"KAFKA": bootstrap, "TOPIC_PREFIX": prefix, **others}
    return read_settings({f"THERMALIQ_{name}": value for name, value in variables.items()}, lambda path: path)


async def test_missing_topics_are_made_once_as_they_are_specified(settings: Settings) -> None:
    before = await settle(settings, create=False)
    made = await settle(settings, create=True)
    again = await settle(settings, create=True)

    assert {state.state for state in before} == {"missing"}
    assert {state.state for state in made} == {"created"}
    assert {(state.state, state.partitions, state.differences) for state in again} == {("ok", 3, ())}
    refuse_wrong_time(again)


async def test_what_differs_is_said_and_left_as_it_is(
    settings: Settings, kafka_bootstrap: str, topic_prefix: str
) -> None:
    await settle(settings, create=True)

    other = settings_of(kafka_bootstrap, topic_prefix, PARTITIONS="5", MIN_INSYNC="1")
    states = await settle(other, create=True)

    assert {state.differences for state in states} == {("partitions is 3, not 5",)}
    assert {state.partitions for state in states} == {3}


async def test_a_readings_topic_without_append_time_is_refused_with_the_setting(
    settings: Settings, admin: AIOKafkaAdminClient
) -> None:
    await admin.create_topics([NewTopic(settings.topics.readings, 3, 1)])

    states = await settle(settings, create=True)

    with pytest.raises(ConfigError) as raised:
        refuse_wrong_time(states)
    assert "message.timestamp.type=LogAppendTime" in raised.value.findings[0].fix


async def test_a_replication_that_the_cluster_cannot_give_is_refused(kafka_bootstrap: str, topic_prefix: str) -> None:
    with pytest.raises(RefusedError, match="replication factor of 3"):
        await settle(settings_of(kafka_bootstrap, topic_prefix, REPLICATION="3"), create=True)


async def test_a_kafka_that_is_away_is_unavailable() -> None:
    with pytest.raises(UnavailableError):
        await settle(settings_of("127.0.0.1:1", "x."), create=True)
