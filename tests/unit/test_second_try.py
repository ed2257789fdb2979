"""A dead letter's second try carries the failed readings alone, byte for byte."""

import pytest

from schemas.errors import MalformedError
from streams.second_try import failed_alone, schema_of_stage

RECORD = (
    b'{"asset":"mill/b","x":1.50,"readings":[{"tag":"a","ts_us":1,"value":1e999},{"tag":"b"},{"tag":"c","value":2.0}]}'
)


def test_the_failed_readings_alone_are_sent_as_they_came() -> None:
    alone = failed_alone(RECORD, (0, 2))
    assert alone == (
        b'{"asset":"mill/b","x":1.50,"readings":[{"tag":"a","ts_us":1,"value":1e999},{"tag":"c","value":2.0}]}'
    )


def test_a_record_that_failed_whole_is_sent_whole() -> None:
    assert failed_alone(b"\x00no json", None) == b"\x00no json"


@pytest.mark.parametrize("value", [b"\x00", b"[]", b'{"asset":"mill/b"}', b'{"readings":{}}', b'{"readings":[1]}'])
def test_failures_that_are_not_in_the_record_are_told(value: bytes) -> None:
    with pytest.raises(MalformedError, match="not in the record"):
        failed_alone(value, (0, 1))


def test_a_command_stays_a_command() -> None:
    assert schema_of_stage("command") == "command/1"
    assert schema_of_stage("normalize") == "reading_batch/1"
