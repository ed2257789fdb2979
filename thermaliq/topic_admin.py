"""The Kafka topics as they are, against what they should be; the missing ones made."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.errors import RefusedError, UnavailableError
from schemas.topics import TopicSpec
from thermaliq.settings import Settings

_EXISTS_ALREADY: Final = 36
_KNOWN_TRIES: Final = 100
_KNOWN_EVERY_S: Final = 0.1
TIMESTAMP_TYPE: Final = "message.timestamp.type"


@dataclass(frozen=True)
class TopicState:
    """One topic: whether it is there, and in what it differs from its specification."""

    name: str
    state: Literal["missing", "created", "ok", "differs"]
    partitions: int
    replication: int
    differences: tuple[str, ...] = ()
    wrong_time: bool = False
    """The readings topic is not LogAppendTime: nothing may read it so."""


def wanted_config(spec: TopicSpec, settings: Settings) -> dict[str, str]:
    """The broker's configuration of a topic."""
    config = spec.config()
    if settings.min_insync is not None:
        config["min.insync.replicas"] = str(settings.min_insync)
    return config


async def inspect_topics(admin: AIOKafkaAdminClient, settings: Settings) -> list[TopicState]:
    """Every topic of the product, as Kafka has it."""
    specs = settings.topics.specs()
    listed = set(await admin.list_topics())
    described = await admin.describe_topics([spec.name for spec in specs if spec.name in listed])
    layouts = {item["topic"]: item["partitions"] for item in described if not item["error_code"]}
    configs = await _configs(admin, [spec for spec in specs if spec.name in layouts], settings)
    states = []
    for spec in specs:
        if spec.name in layouts and configs.get(spec.name):
            states.append(_compare(spec, layouts[spec.name], configs[spec.name], settings))
        else:
            states.append(TopicState(spec.name, "missing", settings.partitions, settings.replication))
    return states


async def create_missing(
    admin: AIOKafkaAdminClient, settings: Settings, states: Sequence[TopicState]
) -> list[TopicState]:
    """Make the missing topics and return when all brokers know them. RefusedError where Kafka will not make one."""
    missing = {state.name for state in states if state.state == "missing"}
    new = [
        NewTopic(spec.name, settings.partitions, settings.replication, topic_configs=wanted_config(spec, settings))
        for spec in settings.topics.specs()
        if spec.name in missing
    ]
    answer = await admin.create_topics(new) if new else None
    made = set()
    for name, code, message in answer.topic_errors if answer else ():
        if code not in (0, _EXISTS_ALREADY):
            raise RefusedError("kafka.topic_refused", f"Kafka does not make {name}: {message}")
        if code == 0:
            made.add(name)
    known = await _all_known(admin, settings) if new else states
    return [replace(state, state="created") if state.name in made else state for state in known]


async def _all_known(admin: AIOKafkaAdminClient, settings: Settings) -> list[TopicState]:
    """The states once no topic is missing: a new one is known a moment after it was made."""
    for _ in range(_KNOWN_TRIES):
        states = await inspect_topics(admin, settings)
        if all(state.state != "missing" for state in states):
            return states
        await asyncio.sleep(_KNOWN_EVERY_S)
    raise UnavailableError("kafka.topics_unknown", "Kafka made the topics and does not list them yet; try again")


async def _configs(
    admin: AIOKafkaAdminClient, specs: Sequence[TopicSpec], settings: Settings
) -> dict[str, dict[str, str]]:
    """Topic → the configuration that its specification speaks of."""
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, spec.name, {TIMESTAMP_TYPE: "", **wanted_config(spec, settings)})
        for spec in specs
    ]
    answers = await admin.describe_configs(resources) if resources else []
    described = [resource for answer in answers for resource in answer.resources]
    return {name: {entry[0]: entry[1] for entry in entries} for _code, _message, _kind, name, entries in described}


def _compare(
    spec: TopicSpec, partitions: Sequence[Mapping[str, Sequence[int]]], config: Mapping[str, str], settings: Settings
) -> TopicState:
    wanted = wanted_config(spec, settings)
    wrong = {key: value for key, value in wanted.items() if config.get(key) != value}
    differences = [f"{key} is {config.get(key)}, not {value}" for key, value in wrong.items()]
    replication = min((len(partition["replicas"]) for partition in partitions), default=0)
    for what, has, wants in (
        ("partitions", len(partitions), settings.partitions),
        ("replication", replication, settings.replication),
    ):
        if has != wants:
            differences.append(f"{what} is {has}, not {wants}")
    wrong_time = spec.log_append_time and config.get(TIMESTAMP_TYPE) != "LogAppendTime"
    state: Literal["ok", "differs"] = "differs" if differences else "ok"
    return TopicState(spec.name, state, len(partitions), replication, tuple(differences), wrong_time)
