"""Kafka's administration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.errors import UnavailableError
from thermaliq.settings import Settings
from thermaliq.wiring import kafka_client_options


@asynccontextmanager
async def kafka_admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A started admin client; UnavailableError where Kafka is not there."""
    security = kafka_client_options(settings.kafka_security)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka, request_timeout_ms=10_000, **security)
    try:
        await admin.start()
        yield admin
    except (KafkaError, OSError) as error:
        detail = f"Kafka at {settings.kafka} does not answer: {error}"
        raise UnavailableError(f"kafka.{type(error).__name__}", detail) from error
    finally:
        await admin.close()
