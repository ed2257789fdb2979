"""The demo's MQTT broker, embedded: amqtt on loopback, anonymous, quiet (extra `demo`)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def mqtt_broker(port: int) -> AsyncIterator[str]:
    """A broker at the URL that is yielded; stopped on leaving."""
    from amqtt.broker import Broker  # noqa: PLC0415 - an extra: only the demo needs it
    from amqtt.contexts import BrokerConfig, ListenerConfig  # noqa: PLC0415

    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.ERROR)
    config = BrokerConfig(
        listeners={"default": ListenerConfig(bind=f"127.0.0.1:{port}")},
        plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    )
    broker = Broker(config)
    await broker.start()
    try:
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        await broker.shutdown()
