"""Boilers, indirect method: the eight losses of BEE, single losses, a balance sheet with its residual."""

from __future__ import annotations

from collections.abc import Mapping

from calc import boiler, boiler_loss, combustion, stack
from calc.combustion import Real, Ultimate
from tests.standards.case_boiler_direct import h_feedwater, h_steam
from tests.standards.cases import Case

VALUES = ("GCV", "HHV", "NCV", "LHV")


def ultimate(case: Case) -> Ultimate:
    """The fuel's analysis."""
    names = ("H", "O", "N", "S", "moisture", "ash")
    return Ultimate(case.number("C"), **{name: case.number(name, default=0.0) for name in names})


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("C", "H"):
        return _eight_losses(case)
    if case.has("steam_flow"):
        return _balance_sheet(case)
    return {"loss": _single(case)}


def _T(case: Case) -> tuple[float, float]:
    return case.number("T_flue_gas", "T_gas"), case.number("T_ambient", "T_air", "T_boiler_house")


def _eight_losses(case: Case) -> dict[str, object]:
    fuel, (T_gas, T_air) = ultimate(case), _T(case)
    gas = boiler_loss.Gas(
        T_gas=T_gas,
        T_air=T_air,
        humidity=case.number("humidity_ratio", "humidity", default=0.0),
        CO2_dry=case.number("CO2_dry", default=float("nan")),
        CO_dry=case.number("CO_dry", default=0.0),
        cp=case.number("cp_flue_gas", default=boiler_loss.CP_FLUE_GAS),
    )
    ash = boiler_loss.Ash(
        case.number("bottom_ash_share", default=0.0),
        case.number("GCV_bottom_ash", default=0.0),
        case.number("GCV_fly_ash", default=0.0),
    )
    surface = case.number("L6_surface_loss", "surface_loss", "radiation_loss", default=0.0)
    losses = boiler_loss.bee_losses(fuel, case.number(*VALUES), gas, _excess_air(case, fuel), ash, surface)
    names = {
        "L1_dry_gas": "dry_gas",
        "L2_hydrogen": "hydrogen",
        "L3_moisture": "moisture",
        "L4_air_humidity": "air_humidity",
        "L5_CO": "CO",
        "L6_surface": "surface",
        "L7_fly_ash": "fly_ash",
        "L8_bottom_ash": "bottom_ash",
    }
    return {
        **{published: losses[name] for published, name in names.items()},
        "efficiency": 1.0 - sum(losses.values()),
        "total_loss": sum(losses.values()),
        "excess_air": _excess_air(case, fuel),
        "theoretical_air": combustion.stoichiometric_air_bee(fuel),
    }


def _excess_air(case: Case, fuel: Ultimate) -> Real:
    if case.has("excess_air"):
        return case.number("excess_air")
    if case.has("O2_dry"):
        return combustion.excess_air_from_O2(case.number("O2_dry"))
    greatest = combustion.CO2_stoichiometric(fuel, combustion.stoichiometric_air_bee(fuel))
    return combustion.excess_air_from_CO2(case.number("CO2_dry"), greatest)


def _single(case: Case) -> object:
    (T_gas, T_air), value = _T(case), case.number(*VALUES, default=float("nan"))
    if case.has("dry_gas"):
        return boiler_loss.dry_gas(case.number("dry_gas"), case.number("cp_flue_gas"), T_gas, T_air, value)
    if case.has("hydrogen"):
        return boiler_loss.water_vapour(9.0 * case.number("hydrogen"), T_gas, T_air, value)
    if case.has("moisture"):
        return boiler_loss.water_vapour(case.number("moisture"), T_gas, T_air, value)
    if case.has("humidity_ratio") or case.has("humidity"):
        air, humidity = case.number("air", "actual_air", "air_supplied"), case.number("humidity_ratio", "humidity")
        return boiler_loss.air_humidity(air, humidity, T_gas, T_air, value)
    if case.has("O2_dry"):
        fuel = stack.SIEGERT["heating_oil" if case.says("oil") else "natural_gas"]
        A2, B = case.number("A2", default=fuel.A2), case.number("B", default=fuel.B)
        return stack.siegert_loss(T_gas, T_air, case.number("O2_dry"), A2, B)
    carbon, CO, CO2 = case.number("carbon", "C"), case.number("CO", "CO_dry"), case.number("CO2", "CO2_dry")
    return boiler_loss.incomplete_combustion(carbon, CO, CO2, value)


def _balance_sheet(case: Case) -> dict[str, object]:
    fuel, value, (T_gas, T_air) = case.number("coal_flow", "fuel_flow"), case.number(*VALUES), _T(case)
    heat = boiler.heat_to_steam(case.number("steam_flow"), h_steam(case), h_feedwater(case))
    useful = float(boiler.direct_efficiency(heat, fuel, value))
    gas = case.number("flue_gas_per_coal", "flue_gas_per_fuel", "dry_gas")
    flue = boiler_loss.dry_gas(gas, case.number("cp_flue_gas"), T_gas, T_air, value)
    carbon = _unburnt(case, value)
    return {"useful": useful, "flue_gas": flue, "unburnt_carbon": carbon, "unaccounted": 1.0 - useful - flue - carbon}


def _unburnt(case: Case, value: float) -> float:
    if not case.has("carbon_in_ash"):
        return 0.0
    ash, share, CV = case.number("ash"), case.number("carbon_in_ash"), case.number("CV_carbon", default=33.8e6)
    return float(boiler_loss.unburnt(ash, share, CV, value))
