"""The forms of the indirect method: losses of a boiler as shares of its fuel's heat, from what is measured.

bee      BEE and IS 8753, on HHV; constant specific heats (`calc.boiler_loss`)
ptc4     the form of ASME PTC 4: enthalpies of the gases themselves above 25 °C, on HHV, warm air as a credit
siegert  1. BImSchV, on LHV, from oxygen and temperatures alone (`calc.stack`)
bs845    BS 845: dry gas by K1 (T_gas − T_air) / CO2, vapour apart, on LHV or HHV
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc import boiler_loss, combustion, fluids, stack
from calc.asset_type import Floats
from calc.combustion import Real, Ultimate

Shares = dict[str, Real]
O2_AIR_MASS = 0.2314
AIR = "GAS::N2[0.78084]&O2[0.20946]&Ar[0.00934]&CO2[0.00036]"
P_GAS_PA = 101325.0
T_CELSIUS_K = 273.15


@dataclass(frozen=True)
class Firing:
    """Fuel and what is measured of gas and air; arrays (n,) or numbers.

    fuel : analysis as fired. heating_value : J/kg on the basis of the result. T_gas, T_air : K.
    O2_dry, CO_dry : mole fractions of the dry gas. humidity : kg/kg dry air. cp_gas : J/(kg K), `bee` alone.
    unburnt : J/kg fuel that the residue keeps. on_hhv : the basis. siegert : the constants of `siegert`.
    """

    fuel: Ultimate
    heating_value: Real
    T_gas: Floats
    T_air: Real
    O2_dry: Floats
    CO_dry: Real = 0.0
    humidity: Real = 0.0
    cp_gas: Real = boiler_loss.CP_FLUE_GAS
    unburnt: Real = 0.0
    on_hhv: bool = True
    siegert: stack.SiegertFuel = stack.SIEGERT["natural_gas"]

    @property
    def excess_air(self) -> Floats:
        """Fraction, from the oxygen."""
        return combustion.excess_air_from_O2(self.O2_dry)

    @property
    def gas(self) -> combustion.FlueGas:
        """Flue gas of one kilogram of fuel."""
        return combustion.flue_gas(self.fuel, self.excess_air, O2_AIR_MASS, self.humidity)

    @property
    def CO2_dry(self) -> Real:
        """Mole fraction of the dry gas, from the analysis and the excess air."""
        return self.gas.mole_fractions(dry=True)["CO2"]


def bee(firing: Firing) -> Shares:
    """Losses of BEE and IS 8753."""
    gas = boiler_loss.Gas(firing.T_gas, firing.T_air, firing.humidity, firing.CO2_dry, firing.CO_dry, firing.cp_gas)
    found = boiler_loss.bee_losses(firing.fuel, firing.heating_value, gas, firing.excess_air)
    shares = {name: found[name] for name in ("hydrogen", "moisture", "air_humidity", "CO")}
    return shares | {"stack": found["dry_gas"], "unburnt": firing.unburnt / firing.heating_value}


def ptc4(firing: Firing) -> Shares:
    """Losses above 25 °C with the gases' own enthalpies; the heat of warm air counts as a loss below zero."""
    gas, value = firing.gas, firing.heating_value
    air = combustion.stoichiometric_air(firing.fuel, O2_AIR_MASS) * (1.0 + firing.excess_air)
    vapour = combustion.LATENT_HEAT_J_KG + _h("GAS::H2O", firing.T_gas)
    dry = sum(getattr(gas, name) * _h(f"GAS::{name}", firing.T_gas) for name in ("CO2", "SO2", "O2", "N2"))
    T_air = firing.T_air + np.zeros(firing.T_gas.shape)
    brought = air * (_h(AIR, T_air) + firing.humidity * _h("GAS::H2O", T_air))
    return {
        "stack": dry / value,
        "hydrogen": 9.0 * firing.fuel.H * vapour / value,
        "moisture": firing.fuel.moisture * vapour / value,
        "air_humidity": air * firing.humidity * _h("GAS::H2O", firing.T_gas) / value,
        "CO": boiler_loss.incomplete_combustion(firing.fuel.C, firing.CO_dry, firing.CO2_dry, value),
        "unburnt": firing.unburnt / value,
        "air_credit": -brought / value,
    }


def siegert(firing: Firing) -> Shares:
    """Stack loss from oxygen and temperatures alone."""
    constants = firing.siegert
    return {"stack": stack.siegert_loss(firing.T_gas, firing.T_air, firing.O2_dry, constants.A2, constants.B)}


def bs845(firing: Firing) -> Shares:
    """Dry gas by K1; the vapour from 2488 (on HHV) or 210 (on LHV) − 4.2 T_air + 2.1 T_gas kJ/kg, T in °C."""
    value, gas, air = firing.heating_value, firing.T_gas - T_CELSIUS_K, firing.T_air - T_CELSIUS_K
    per_water = (2488e3 if firing.on_hhv else 210e3) - 4.2e3 * air + 2.1e3 * gas
    return {
        "stack": stack.bs845_dry_gas_loss(firing.T_gas, firing.T_air, firing.CO2_dry, firing.fuel.C, value),
        "hydrogen": 9.0 * firing.fuel.H * per_water / value,
        "moisture": firing.fuel.moisture * per_water / value,
        "unburnt": firing.unburnt / value,
    }


def flue_share(firing: Firing) -> Floats:
    """Heat of the flue gas above 25 °C less that of warm air, as a share of the fuel's heat on its basis; (n,) 1."""
    found = ptc4(firing)
    names = ("stack", "hydrogen", "moisture", "air_humidity", "air_credit")
    share = np.add.reduce([found[name] + np.zeros(firing.T_gas.shape) for name in names])
    if firing.on_hhv:
        return np.asarray(share)
    condensation = combustion.LATENT_HEAT_J_KG * (9.0 * firing.fuel.H + firing.fuel.moisture)
    return np.asarray(share - condensation / firing.heating_value)


FORMS = {"bee": bee, "ptc4": ptc4, "siegert": siegert, "bs845": bs845}


def _h(fluid: str, T: Floats) -> Floats:
    """Sensible enthalpy above 25 °C, J/kg."""
    return fluids.h_pT(fluid, P_GAS_PA, T)
