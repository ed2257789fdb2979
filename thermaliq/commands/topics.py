"""`thermaliq topics`: the Kafka topics, and the missing ones made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from schemas.errors import ConfigError, Finding
from thermaliq.kafka_admin import kafka_admin
from thermaliq.printing import Row, print_rows
from thermaliq.process import begin
from thermaliq.settings import Settings
from thermaliq.topic_admin import TIMESTAMP_TYPE, TopicState, create_missing, inspect_topics

COLUMNS = ("topic", "state", "partitions", "replication", "differences")


def command(
    *,
    create: Annotated[bool, typer.Option("--create", help="Make the missing topics.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """Compare the topics with what they should be; what exists already is left as it is."""
    states = asyncio.run(settle(begin(), create=create))
    print_rows([_row(state) for state in states], COLUMNS, as_json=as_json)
    refuse_wrong_time(states)


async def settle(settings: Settings, *, create: bool) -> list[TopicState]:
    """The state of every topic, after the missing ones are made where `create` says so."""
    async with kafka_admin(settings) as admin:
        states = await inspect_topics(admin, settings)
        return await create_missing(admin, settings, states) if create else states


def refuse_wrong_time(states: Sequence[TopicState]) -> None:
    """ConfigError where the readings topic does not carry Kafka's own append time, which `now` is for the pipeline."""
    for state in states:
        if state.wrong_time:
            fix = f"kafka-configs.sh --alter --topic {state.name} --add-config {TIMESTAMP_TYPE}=LogAppendTime"
            finding = Finding("Kafka", 0, f"{state.name}/{TIMESTAMP_TYPE}", "CreateTime", f"change it: {fix}")
            raise ConfigError("kafka.not_log_append_time", str(finding), (finding,))


def _row(state: TopicState) -> Row:
    return {
        "topic": state.name,
        "state": state.state,
        "partitions": state.partitions,
        "replication": state.replication,
        "differences": "; ".join(state.differences),
    }
