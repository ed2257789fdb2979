"""Fuel-fired furnace or kiln: heat in the load over heat of fuel and electricity, and the losses that the inputs tell.

    in = fuel_flow · HV + electric_power        out = load_flow · (cp ΔT, melting, drying, reaction)
    residual = in − out − flue − wall − opening − cooling − fixture − atmosphere

Formulas of the single heats: `calc.furnace_loss`; of the flue gas, from its oxygen and temperature: `calc.boiler_form`.
"""

from __future__ import annotations

import numpy as np

from calc import boiler_form, furnace_loss
from calc.asset_type import Bound, Floats, Inputs, Integrals, Mask, Parameters, Rates, number
from calc.balance import known, ratio, residual, unless
from calc.boiler_form import Firing
from calc.boiler_indirect import NATURAL_GAS, T_AIR_K, T_FREEZING_K
from calc.combustion import Real, Ultimate
from calc.fuel_heat import basis, fuel_heat, missing_heating_value, unity_bound
from calc.furnace_loss import SolidCharge
from calc.named_stream import backwards, known_or

CP_NITROGEN = 1040.0
COLDEST_K = 200.0
"""A temperature below is no kelvin but degrees Celsius."""
LOSSES = ("flue", "wall", "opening", "cooling", "fixture", "atmosphere")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Energy in, heat in the load, losses and residual; (n,) W each."""
    faults = _faults(inputs)
    fuel, fuel_hhv = fuel_heat(inputs, parameters)
    power = known_or(inputs, "electric_power", np.zeros(fuel.shape))
    energy_in = unless(faults, fuel + power)
    energy_out = unless(faults, _load(inputs, parameters))
    flue, undefined = _flue(inputs, parameters, fuel)
    losses = {
        "flue": flue,
        "wall": _wall(inputs, parameters),
        "opening": _opening(inputs, parameters),
        "cooling": _stream(inputs, "cooling_flow", "T_cooling_in", "T_cooling_out", furnace_loss.WATER_CP),
        "fixture": _fixture(inputs, parameters),
        "atmosphere": _atmosphere(inputs, parameters),
    }
    losses = {name: unless(faults, loss) for name, loss in losses.items()}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=residual(energy_in, energy_out, losses),
        sums={"fuel_heat_hhv": fuel_hhv + power, "load": inputs["load_flow"]},
        faults=faults,
        notes={"flue_loss_undefined": undefined},
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Energy a mass of load takes from fuel and electricity, and the mean throughput."""
    load = integrals.sums["load"]
    found = {"specific_energy": ratio(integrals.energy_in_j, load), "throughput": ratio(load, integrals.duration_s)}
    return known(found)


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """Unity on the basis of the heating value."""
    return unity_bound(integrals)


def method(parameters: Parameters, measured: frozenset[str]) -> str:
    """By the basis of the heating value."""
    return f"furnace/{basis(parameters, measured)}"


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of the broken rules: a heating value, the load's specific heat, a wall's and an opening's sizes."""
    broken = list(missing_heating_value(parameters, measured))
    if "T_wall" in measured and parameters.get("wall_area") is None:
        broken.append(("wall_area", "with T_wall give wall_area too"))
    if "T_furnace" in measured and parameters.get("opening_area") is None:
        broken.append(("opening_area", "with T_furnace give opening_area too"))
    return tuple(broken)


def _faults(inputs: Inputs) -> dict[str, Mask]:
    temperatures = ("T_load_in", "T_load_out", "T_wall", "T_furnace", "T_cooling_in", "T_cooling_out")
    faults = {name: inputs[name] < COLDEST_K for name in temperatures if name in inputs}
    return faults | backwards(inputs, "load_flow", "cooling_flow", "atmosphere_flow")


def _value(inputs: Inputs, parameters: Parameters, name: str, default: float) -> Real:
    value = number(inputs, parameters, name)
    return default if value is None else value


def _load(inputs: Inputs, parameters: Parameters) -> Floats:
    """Heat in the charge: `furnace_loss.charge_solid` with the parameters' properties, and the reaction."""
    charge = SolidCharge(
        cp_solid=_value(inputs, parameters, "cp_load", np.nan),
        cp_liquid=_value(inputs, parameters, "cp_liquid", 0.0),
        latent_fusion=_value(inputs, parameters, "latent_fusion", 0.0),
        T_melt=_value(inputs, parameters, "T_melt", np.inf),
        melted=_value(inputs, parameters, "melted", 1.0),
        water_in=_value(inputs, parameters, "water_in", 0.0),
        water_out=_value(inputs, parameters, "water_out", 0.0),
        T_vapour=_value(inputs, parameters, "T_vapour", furnace_loss.T_BOILING_K),
    )
    flow = inputs["load_flow"]
    heat = furnace_loss.charge_solid(flow, charge, inputs["T_load_in"], inputs["T_load_out"])
    dry = flow * (1.0 - charge.water_in)
    return heat + furnace_loss.reaction(dry, 1.0, _value(inputs, parameters, "heat_of_reaction", 0.0))


def _flue(inputs: Inputs, parameters: Parameters, fuel_heat_w: Floats) -> tuple[Floats, Mask]:
    """Heat that the flue gas carries above 25 °C less what warm air brought; nothing where it is not measured."""
    unknown = np.full(fuel_heat_w.shape, np.nan)
    T_flue, O2 = inputs.get("T_flue", unknown), inputs.get("O2_dry", unknown)
    given = {name: number(inputs, parameters, name) for name in NATURAL_GAS}
    lower, higher = (number(inputs, parameters, name) for name in ("LHV", "HHV"))
    chosen = higher if lower is None else lower
    firing = Firing(
        fuel=Ultimate(**{name: NATURAL_GAS[name] if share is None else share for name, share in given.items()}),
        heating_value=np.nan if chosen is None else chosen,
        T_gas=T_flue,
        T_air=_value(inputs, parameters, "T_air", T_AIR_K),
        O2_dry=O2,
        on_hhv=lower is None,
    )
    share = np.where(T_flue < T_FREEZING_K, np.nan, boiler_form.flue_share(firing))
    undefined = np.isnan(share) & ~np.isnan(T_flue) & ~np.isnan(O2)
    return np.where(np.isnan(share), 0.0, share) * fuel_heat_w, undefined


def _stream(inputs: Inputs, flow: str, T_in: str, T_out: str, cp: Real) -> Floats:
    """Heat of a measured stream; nothing where a part of it is not known."""
    if not all(name in inputs for name in (flow, T_in, T_out)):
        return np.zeros(inputs["fuel_flow"].shape)
    heat = furnace_loss.sensible(inputs[flow], cp, inputs[T_in], inputs[T_out])
    return np.where(np.isnan(heat), 0.0, heat)


def _wall(inputs: Inputs, parameters: Parameters) -> Floats:
    area = number(inputs, parameters, "wall_area")
    if "T_wall" not in inputs or area is None:
        return np.zeros(inputs["fuel_flow"].shape)
    emissivity, wind = _value(inputs, parameters, "wall_emissivity", 0.9), _value(inputs, parameters, "wind", 0.0)
    T_ambient = _value(inputs, parameters, "T_ambient", T_AIR_K)
    heat = furnace_loss.wall(area, inputs["T_wall"], T_ambient, emissivity, wind)
    return np.where(np.isnan(heat), 0.0, heat)


def _opening(inputs: Inputs, parameters: Parameters) -> Floats:
    area = number(inputs, parameters, "opening_area")
    if "T_furnace" not in inputs or area is None:
        return np.zeros(inputs["fuel_flow"].shape)
    view, share = (_value(inputs, parameters, name, 1.0) for name in ("opening_view_factor", "opening_share"))
    T_ambient = _value(inputs, parameters, "T_ambient", T_AIR_K)
    heat = furnace_loss.opening(area, inputs["T_furnace"], T_ambient, 1.0, view, share)
    return np.where(np.isnan(heat), 0.0, heat)


def _fixture(inputs: Inputs, parameters: Parameters) -> Floats:
    """Trays and hangers that go through with the load, a mass of them for each mass of load."""
    share = _value(inputs, parameters, "fixture_per_load", 0.0)
    cp = _value(inputs, parameters, "cp_fixture", 0.0)
    return furnace_loss.sensible(inputs["load_flow"] * share, cp, inputs["T_load_in"], inputs["T_load_out"])


def _atmosphere(inputs: Inputs, parameters: Parameters) -> Floats:
    """Protective gas heated from the ambient to the load's leaving temperature."""
    cp = _value(inputs, parameters, "cp_atmosphere", CP_NITROGEN)
    flow = known_or(inputs, "atmosphere_flow", np.zeros(inputs["fuel_flow"].shape))
    T_ambient = _value(inputs, parameters, "T_ambient", T_AIR_K)
    return furnace_loss.sensible(flow, cp, T_ambient, inputs["T_load_out"])
