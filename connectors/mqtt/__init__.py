"""MQTT with plain and JSON payloads; acknowledged only when the readings are durable."""
