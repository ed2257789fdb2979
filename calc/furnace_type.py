"""The asset type `furnace`: its inputs and parameters beside the functions of `calc.furnace`."""

from __future__ import annotations

from calc import furnace
from calc.asset_type import AssetType, Input, Parameter, Quantity
from calc.boiler_indirect import NATURAL_GAS, T_AIR_K
from calc.fuel_heat import heating_values
from calc.furnace_loss import T_BOILING_K

FURNACE = AssetType(
    name="furnace",
    description="Fuel-fired furnace or kiln: heat in the load over heat of fuel and electricity.",
    inputs=(
        Input("fuel_flow", "kg/s", "fuel fired"),
        Input("load_flow", "kg/s", "load, wet as charged"),
        Input("T_load_in", "K", "load, entering"),
        Input("T_load_out", "K", "load, leaving"),
        Input("O2_dry", "1", "oxygen in the dry flue gas, mole fraction", required=False),
        Input("T_flue", "K", "flue gas leaving the furnace (before a recuperator)", required=False),
        Input("T_wall", "K", "outer wall", required=False),
        Input("T_furnace", "K", "inside, behind an opening", required=False),
        Input("cooling_flow", "kg/s", "cooling water", required=False),
        Input("T_cooling_in", "K", "cooling water, entering", required=False),
        Input("T_cooling_out", "K", "cooling water, leaving", required=False),
        Input("atmosphere_flow", "kg/s", "protective gas", required=False),
        Input("electric_power", "W", "electric power that turns into heat inside", required=False),
    ),
    parameters=(
        *heating_values(),
        Parameter("cp_load", "J/(kg K)", "specific heat of the dry solid load", required=True, lower=1.0),
        Parameter("T_melt", "K", "melting point, where the load melts", lower=0.0),
        Parameter("latent_fusion", "J/kg", "heat of melting", 0.0, lower=0.0),
        Parameter("cp_liquid", "J/(kg K)", "specific heat of the molten load", 0.0, lower=0.0),
        Parameter("melted", "1", "share that melts once T_melt is reached", 1.0, lower=0.0, upper=1.0),
        Parameter("water_in", "1", "water in the load as charged, mass fraction", 0.0, lower=0.0, upper=1.0),
        Parameter("water_out", "1", "water that stays, per mass charged", 0.0, lower=0.0, upper=1.0),
        Parameter("T_vapour", "K", "temperature at which the vapour leaves", T_BOILING_K, lower=273.15),
        Parameter("heat_of_reaction", "J/kg", "heat that the dry load's reaction asks for", 0.0),
        *(
            Parameter(name, "1", f"{name} of the fuel as fired, mass fraction", share, lower=0.0, upper=1.0)
            for name, share in NATURAL_GAS.items()
        ),
        Parameter("T_air", "K", "combustion air as it enters the burner", T_AIR_K, lower=200.0, upper=1500.0),
        Parameter("T_ambient", "K", "surroundings", T_AIR_K, lower=200.0, upper=350.0),
        Parameter("wall_area", "m2", "outer area of the walls", lower=0.0),
        Parameter("wall_emissivity", "1", "their emissivity", 0.9, lower=0.0, upper=1.0),
        Parameter("wind", "m/s", "air past the walls", 0.0, lower=0.0),
        Parameter("opening_area", "m2", "area of openings", lower=0.0),
        Parameter("opening_view_factor", "1", "their view factor", 1.0, lower=0.0, upper=1.0),
        Parameter("opening_share", "1", "share of the time that they stand open", 1.0, lower=0.0, upper=1.0),
        Parameter("fixture_per_load", "kg/kg", "mass of trays and hangers per mass of load", 0.0, lower=0.0),
        Parameter("cp_fixture", "J/(kg K)", "their specific heat", 0.0, lower=0.0),
        Parameter("cp_atmosphere", "J/(kg K)", "specific heat of the protective gas", furnace.CP_NITROGEN, lower=1.0),
        Parameter("fuel_cutoff", "kg/s", "no fire at or below this fuel flow", 0.0, may_be_input=False),
    ),
    losses=(
        Quantity("flue", "W", "flue gas above 25 °C, less the heat of warm air"),
        Quantity("wall", "W", "convection and radiation of the walls"),
        Quantity("opening", "W", "radiation through openings"),
        Quantity("cooling", "W", "cooling water"),
        Quantity("fixture", "W", "trays and hangers"),
        Quantity("atmosphere", "W", "protective gas"),
    ),
    values_out=(
        Quantity("specific_energy", "J/kg", "fuel heat and electricity per mass of load"),
        Quantity("throughput", "kg/s", "mean load flow"),
    ),
    sums=("fuel_heat_hhv", "load"),
    driver="fuel_flow",
    cutoff="fuel_cutoff",
    off_reason="no_fuel",
    rates=furnace.rates,
    values=furnace.values,
    bound=furnace.bound,
    method=furnace.method,
    check=furnace.check,
)
