"""MQTT topic filters: `+` is one level, `#` the rest (MQTT 5.0, section 4.7)."""

from __future__ import annotations


def is_filter(text: str) -> bool:
    """Whether `text` is a topic filter."""
    *levels, last = text.split("/")
    inner = all(level == "+" or not set(level) & set("+#") for level in levels)
    return bool(text) and "\0" not in text and inner and (last in ("+", "#") or not set(last) & set("+#"))


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a message of `topic` comes through `topic_filter`; a leading wildcard lets no `$` topic through."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    if given[0].startswith("$") and wanted[0] in ("+", "#"):
        return False
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index == len(given) or level not in ("+", given[index]):
            return False
    return len(wanted) == len(given)
