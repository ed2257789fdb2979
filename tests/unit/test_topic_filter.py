"""MQTT topic filters, by the examples of MQTT 5.0, section 4.7."""

from __future__ import annotations

import pytest

from schemas.topic_filter import is_filter, matches


@pytest.mark.parametrize(
    ("topic_filter", "valid"),
    [
        *[("#", True), ("sport/tennis/#", True), ("+", True), ("+/tennis/#", True), ("sport/+/player1", True)],
        *[("/finance", True), ("sport/tennis#", False), ("sport/tennis/#/ranking", False), ("sport+", False)],
        *[("", False), ("a/b+/c", False), ("a\0", False)],
    ],
)
def test_wildcards_stand_alone_between_slashes(topic_filter: str, valid: bool) -> None:
    assert is_filter(topic_filter) is valid


@pytest.mark.parametrize(
    ("topic_filter", "topic", "through"),
    [
        *[("sport/tennis/player1/#", "sport/tennis/player1", True), ("sport/#", "sport/tennis/player1/ranking", True)],
        *[("sport/tennis/+", "sport/tennis/player1", True), ("sport/tennis/+", "sport/tennis/player1/ranking", False)],
        *[
            ("sport/+", "sport", False),
            ("sport/+", "sport/", True),
            ("+/+", "/finance", True),
            ("/+", "/finance", True),
        ],
        *[("+", "/finance", False), ("#", "$SYS/broker", False), ("+/broker", "$SYS/broker", False)],
        *[("$SYS/#", "$SYS/broker", True), ("plant/boiler", "plant/boiler2", False), ("a/b/c", "a/b", False)],
    ],
)
def test_a_filter_lets_through_what_the_standard_says(topic_filter: str, topic: str, through: bool) -> None:
    assert matches(topic_filter, topic) is through
