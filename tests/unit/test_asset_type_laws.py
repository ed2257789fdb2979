"""Laws that every asset type keeps, tried on its worked example."""

from __future__ import annotations

import numpy as np
import pytest

from calc.asset_type import AssetType, Floats, Integrals, Parameters, Rates
from calc.asset_types import ASSET_TYPES
from calc.example_states import EXAMPLES
from calc.worked_example import example_parameters, example_type, work

NAMES = list(ASSET_TYPES)
MACHINES = (
    *("steam_turbine", "gas_turbine", "combined_cycle", "chiller", "heat_pump", "cooling_tower"),
    *("pump", "fan", "compressor", "motor"),
)
"""Types whose every input has its impossible states, the optional ones too."""
RATES = ("kg/s", "m3/s", "W", "Hz", "Nm3/s(0 degC, 101.325 kPa)")
IN_THE_BALANCE = (
    *("extraction_flow_1", "p_extraction_1", "own_power", "duct_fuel_flow", "blowdown_flow"),
    *("flow_in_2", "T_in_2", "flow_out_1"),
)
"""Optional inputs without which, once they are tags, the energies themselves are not known."""
SECONDS = 3600.0


def states(name: str, n: int = 1) -> dict[str, Floats]:
    """The example and its numeric parameters as the pipeline passes them: arrays all."""
    numbers = {key: value for key, value in example_parameters(name).items() if isinstance(value, float | int)}
    return {key: np.full(n, value, dtype=np.float64) for key, value in (numbers | dict(EXAMPLES[name].inputs)).items()}


def scattered(name: str, n: int) -> dict[str, Floats]:
    """The example's inputs, each within half a percent, some unknown or impossible."""
    rng = np.random.default_rng(20261125)
    inputs = states(name, n)
    for key in EXAMPLES[name].inputs:
        inputs[key] = inputs[key] * rng.uniform(0.995, 1.005, n)
        inputs[key][rng.uniform(size=n) < 0.03] = np.nan
        inputs[key][rng.uniform(size=n) < 0.03] *= -1.0
    return inputs


def everything(kind: AssetType, rates: Rates) -> dict[str, Floats]:
    """All rates by name."""
    unknown = np.full(rates.energy_in_w.shape, np.nan)
    found = {"in": rates.energy_in_w, "out": rates.energy_out_w, "residual": rates.residual_w}
    parts = {**found, **rates.losses_w, **{f"sum:{name}": rates.sums[name] for name in kind.sums}}
    return {name: unknown if part is None else part for name, part in parts.items()}


def kind_of(name: str) -> tuple[AssetType, Parameters]:
    return example_type(name), example_parameters(name)


def quiet(kind: AssetType, inputs: dict[str, Floats], parameters: Parameters) -> Rates:
    """The rates as the pipeline asks for them."""
    with np.errstate(all="ignore"):
        return kind.rates(inputs, parameters)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_an_answer_below_its_bound(name: str) -> None:
    worked = work(name)
    assert worked.energy_in_w > 0.0
    assert 0.0 <= worked.eta < (worked.bound[1] if worked.bound else np.inf)
    assert worked.method.startswith(f"{name}/")


@pytest.mark.parametrize("name", NAMES)
def test_rates_have_the_names_that_the_type_states(name: str) -> None:
    kind, parameters = kind_of(name)
    rates = kind.rates(states(name), parameters)
    assert set(rates.losses_w) <= {loss.name for loss in kind.losses}
    assert set(rates.sums) == set(kind.sums)
    assert set(work(name).values) <= {value.name for value in kind.values_out}
    assert set(rates.faults) <= {item.name for item in kind.inputs} | {item.name for item in kind.parameters}
    assert len(set(kind.rate_names())) == len(kind.rate_names())


@pytest.mark.parametrize("name", NAMES)
def test_an_element_has_the_same_bits_alone_and_among_others(name: str) -> None:
    kind, parameters = kind_of(name)
    inputs = scattered(name, 41)
    together = everything(kind, quiet(kind, inputs, parameters))
    for i in range(41):
        alone = everything(kind, quiet(kind, {key: value[i : i + 1] for key, value in inputs.items()}, parameters))
        for part, rate in together.items():
            assert alone[part].tobytes() == rate[i : i + 1].tobytes(), (part, i)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_left_as_they_were(name: str) -> None:
    kind, parameters = kind_of(name)
    inputs = scattered(name, 9)
    before = {key: value.copy() for key, value in inputs.items()}
    quiet(kind, inputs, parameters)
    assert all(np.array_equal(before[key], inputs[key], equal_nan=True) for key in before)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "steam_header"])  # whose streams may be absent
def test_without_a_required_number_there_is_no_rate(name: str) -> None:
    kind, parameters = kind_of(name)
    for item in kind.inputs:
        if not item.required or item.name not in EXAMPLES[name].inputs:
            continue
        inputs = states(name) | {item.name: np.array([np.nan])}
        rates = quiet(kind, inputs, parameters)
        assert np.isnan(rates.energy_in_w[0]) or np.isnan(rates.energy_out_w[0]), item.name


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_optional_number_costs_no_efficiency(name: str) -> None:
    kind, parameters = kind_of(name)
    given = [item.name for item in kind.inputs if not item.required and item.name in EXAMPLES[name].inputs]
    optional = [key for key in given if key not in IN_THE_BALANCE]
    for key in optional:
        rates = quiet(kind, states(name) | {key: np.array([np.nan])}, parameters)
        assert np.isfinite(rates.energy_in_w[0]), key
        assert np.isfinite(rates.energy_out_w[0]), key


@pytest.mark.parametrize("name", MACHINES)
def test_a_flow_that_runs_backwards_is_an_impossible_state(name: str) -> None:
    kind, parameters = kind_of(name)
    flows = [item.name for item in kind.inputs if item.unit in ("kg/s", "m3/s") and item.name in EXAMPLES[name].inputs]
    for key in flows:
        if key == kind.driver:  # at or below its cutoff the machine is off
            continue
        rates = quiet(kind, states(name) | {key: np.array([-1.0])}, parameters)
        assert rates.faults[key][0], key


@pytest.mark.parametrize("name", MACHINES)
def test_a_celsius_for_a_kelvin_is_an_impossible_state(name: str) -> None:
    kind, parameters = kind_of(name)
    temperatures = [item.name for item in kind.inputs if item.unit == "K" and item.name in EXAMPLES[name].inputs]
    for key in temperatures:
        celsius = np.array([EXAMPLES[name].inputs[key] - 273.15])
        if celsius[0] > 273.15:  # too hot to be told: 466 K may be steam
            continue
        rates = quiet(kind, states(name) | {key: celsius}, parameters)
        assert any(fault[0] for fault in rates.faults.values()), key


@pytest.mark.parametrize("name", MACHINES)
def test_a_pressure_below_zero_is_an_impossible_state(name: str) -> None:
    kind, parameters = kind_of(name)
    pressures = [item.name for item in kind.inputs if item.unit == "Pa" and item.name in EXAMPLES[name].inputs]
    for key in pressures:
        for p in (0.0, -0.5e5):
            rates = quiet(kind, states(name) | {key: np.array([p])}, parameters)
            assert rates.faults[key][0], (key, p)
            assert np.isnan(rates.energy_out_w[0]) or not _required(kind, key), (key, p)


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_at_rest_has_no_efficiency_and_no_infinite_figure(name: str) -> None:
    kind, parameters = kind_of(name)
    flows = [item.name for item in kind.inputs if item.unit in RATES or item.name == kind.driver]
    inputs = states(name) | {key: np.zeros(1) for key in flows if key in EXAMPLES[name].inputs}
    rates = quiet(kind, inputs, parameters)
    assert rates.energy_in_w[0] == 0.0 or np.isnan(rates.energy_in_w[0])
    integrals = Integrals(
        SECONDS,
        0.0,
        0.0,
        dict.fromkeys(rates.losses_w, 0.0),
        0.0,
        {key: float(rate[0]) * SECONDS for key, rate in rates.sums.items()},
    )
    assert all(np.isfinite(value) for value in kind.values(integrals, parameters).values())
    found = kind.bound(integrals, parameters)
    assert found is None or np.isfinite(found.eta)


def _required(kind: AssetType, name: str) -> bool:
    item = kind.input(name)
    return item is not None and item.required
