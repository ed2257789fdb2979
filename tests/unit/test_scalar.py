"""What a plant sends, as an SI number with its status."""

import math

import pytest

from connectors.scalar import si_of
from connectors.text import number_of_text
from schemas.quality import BAD_NO_DATA, BAD_OUT_OF_RANGE, BAD_SENSOR_FAILURE, BAD_TYPE_MISMATCH, GOOD, UNCERTAIN
from schemas.site import Conversion, OpcuaAddress, Tag

IDENTITY = Conversion()


def tag(conversion: Conversion = IDENTITY, states: dict[str, float] | None = None) -> Tag:
    return Tag("m/b/x", "m/b", "x", "1", "1", OpcuaAddress("i=1"), conversion, states=states or {})


@pytest.mark.parametrize(
    ("text", "number"),
    [("23.5", 23.5), (" -0 ", 0.0), ("\t1e3\n", 1000.0), ("0.5E-2", 0.005), ("1e999", math.inf)],
)
def test_a_text_in_jsons_grammar_is_its_number(text: str, number: float) -> None:
    assert number_of_text(text, {}) == number


@pytest.mark.parametrize("text", ["23,5", "+1", "01", ".5", "1.", "NaN", "Infinity", "0x10", "1_000", "", "1 2", "٣"])
def test_any_other_text_is_no_number(text: str) -> None:
    assert number_of_text(text, {}) is None
    assert si_of(text, tag()) == (None, BAD_TYPE_MISMATCH)


def test_a_state_text_is_what_the_tag_says_it_is() -> None:
    valve = tag(states={"OPEN": 1.0, "SHUT": 0.0})
    assert si_of("OPEN", valve) == (1.0, GOOD)
    assert si_of(" SHUT ", valve) == (0.0, GOOD)
    assert si_of("open", valve) == (None, BAD_TYPE_MISMATCH)


def test_a_bool_is_0_or_1_and_every_number_is_converted() -> None:
    celsius = tag(Conversion(scale=0.1, offset=1.0, factor=2.0, shift=273.15))
    assert si_of(True, tag()) == (1.0, GOOD)
    assert si_of(200, celsius) == ((0.1 * 200 + 1.0) * 2.0 + 273.15, GOOD)


def test_an_array_is_no_number_unless_an_element_is_picked() -> None:
    assert si_of([1.0, 2.0], tag()) == (None, BAD_TYPE_MISMATCH)
    assert si_of([1.0, 2.0], tag(), index=1) == (2.0, GOOD)
    assert si_of([1.0, 2.0], tag(), index=2) == (None, BAD_NO_DATA)
    assert si_of(1.0, tag(), index=0) == (None, BAD_TYPE_MISMATCH)


@pytest.mark.parametrize("raw", [math.nan, math.inf, "1e999", 10**400])
def test_what_is_not_finite_is_out_of_range(raw: object) -> None:
    assert si_of(raw, tag()) == (None, BAD_OUT_OF_RANGE)


def test_finite_is_judged_after_conversion() -> None:
    assert si_of(1e300, tag(Conversion(factor=1e10))) == (None, BAD_OUT_OF_RANGE)


def test_null_is_no_data_and_a_bad_status_is_kept_whole() -> None:
    assert si_of(None, tag()) == (None, BAD_NO_DATA)
    assert si_of(None, tag(), UNCERTAIN) == (None, BAD_NO_DATA)
    assert si_of(None, tag(), BAD_SENSOR_FAILURE) == (None, BAD_SENSOR_FAILURE)
    assert si_of(0.0, tag(), BAD_SENSOR_FAILURE) == (0.0, BAD_SENSOR_FAILURE)
    assert si_of(4.0, tag(), 0x0000_0480) == (4.0, 0x0000_0480)
