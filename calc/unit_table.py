"""The unit atoms that a plant sends, each with its factor to SI and its exponents, and the names of dimensions."""

from __future__ import annotations

from dataclasses import dataclass

Exponents = tuple[int, int, int, int, int, int, int]
"""Of kg, m, s, K, mol, A and normal cubic metre: a normal volume is an amount of gas, so it never mixes with m3."""

BASES = ("kg", "m", "s", "K", "mol", "A", "Nm3")
NONE: Exponents = (0, 0, 0, 0, 0, 0, 0)
MASS: Exponents = (1, 0, 0, 0, 0, 0, 0)
LENGTH: Exponents = (0, 1, 0, 0, 0, 0, 0)
AREA: Exponents = (0, 2, 0, 0, 0, 0, 0)
VOLUME: Exponents = (0, 3, 0, 0, 0, 0, 0)
TIME: Exponents = (0, 0, 1, 0, 0, 0, 0)
TEMPERATURE: Exponents = (0, 0, 0, 1, 0, 0, 0)
AMOUNT: Exponents = (0, 0, 0, 0, 1, 0, 0)
CURRENT: Exponents = (0, 0, 0, 0, 0, 1, 0)
NORMAL_VOLUME: Exponents = (0, 0, 0, 0, 0, 0, 1)
FREQUENCY: Exponents = (0, 0, -1, 0, 0, 0, 0)
VOLUME_FLOW: Exponents = (0, 3, -1, 0, 0, 0, 0)
NORMAL_VOLUME_FLOW: Exponents = (0, 0, -1, 0, 0, 0, 1)
FORCE: Exponents = (1, 1, -2, 0, 0, 0, 0)
PRESSURE: Exponents = (1, -1, -2, 0, 0, 0, 0)
ENERGY: Exponents = (1, 2, -2, 0, 0, 0, 0)
POWER: Exponents = (1, 2, -3, 0, 0, 0, 0)
VOLTAGE: Exponents = (1, 2, -3, 0, 0, -1, 0)

BTU_J = 1055.05585262  # International Table
KCAL_J = 4186.8  # International Table
POUND_KG = 0.45359237
FOOT_M = 0.3048
GALLON_M3 = 3.785411784e-3  # US liquid
CUBIC_FOOT_M3 = FOOT_M**3
HORSEPOWER_W = 745.69987158227  # 550 ft lbf/s


@dataclass(frozen=True)
class Atom:
    """A unit that stands in no other: SI = value · factor (+ shift, where it stands alone)."""

    factor: float
    exponents: Exponents
    shift: float = 0.0


def _scaled(exponents: Exponents, factors: dict[str, float]) -> dict[str, Atom]:
    return {name: Atom(factor, exponents) for name, factor in factors.items()}


PRESSURES: dict[str, Atom] = _scaled(
    PRESSURE,
    {
        "Pa": 1.0,
        "hPa": 1e2,
        "kPa": 1e3,
        "MPa": 1e6,
        "mbar": 1e2,
        "bar": 1e5,
        "psi": 6894.757293168361,
        "inH2O": 249.08891,  # conventional, 4 degC
        "inHg": 3386.389,
        "mmH2O": 9.80665,
        "mH2O": 9806.65,
        "mmHg": 133.322387415,
        "cmHg": 1333.22387415,
        "torr": 101325 / 760,
        "atm": 101325.0,
        "kgf/cm2": 98066.5,
    },
)

NORMAL_VOLUMES: dict[str, Atom] = {
    **_scaled(NORMAL_VOLUME, {"Nm3": 1.0, "Sm3": 1.0, "kNm3": 1e3, "kSm3": 1e3, "scf": CUBIC_FOOT_M3}),
    **_scaled(NORMAL_VOLUME_FLOW, {"scfm": CUBIC_FOOT_M3 / 60, "scfh": CUBIC_FOOT_M3 / 3600}),
}
"""At the reference that must follow them: `Nm3/h(0 degC, 101.325 kPa)`."""

TEMPERATURES: dict[str, Atom] = {
    "K": Atom(1.0, TEMPERATURE),
    "degC": Atom(1.0, TEMPERATURE, 273.15),
    "degF": Atom(5 / 9, TEMPERATURE, 459.67 * 5 / 9),
    "degR": Atom(5 / 9, TEMPERATURE),
}

ATOMS: dict[str, Atom] = {
    **PRESSURES,
    **NORMAL_VOLUMES,
    **TEMPERATURES,
    **_scaled(NONE, {"1": 1.0, "-": 1.0, "%": 1e-2, "‰": 1e-3, "ppm": 1e-6, "ppb": 1e-9}),
    **_scaled(MASS, {"kg": 1.0, "g": 1e-3, "mg": 1e-6, "t": 1e3, "kt": 1e6, "lb": POUND_KG, "klb": 1e3 * POUND_KG}),
    **_scaled(LENGTH, {"m": 1.0, "mm": 1e-3, "cm": 1e-2, "km": 1e3, "um": 1e-6, "in": 0.0254, "ft": FOOT_M}),
    **_scaled(VOLUME, {"l": 1e-3, "L": 1e-3, "ml": 1e-6, "mL": 1e-6, "gal": GALLON_M3}),
    **_scaled(VOLUME_FLOW, {"gpm": GALLON_M3 / 60, "cfm": CUBIC_FOOT_M3 / 60, "lpm": 1e-3 / 60}),
    **_scaled(TIME, {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0, "h": 3600.0, "hr": 3600.0, "d": 86400.0}),
    **_scaled(FREQUENCY, {"Hz": 1.0, "kHz": 1e3, "rpm": 1 / 60}),
    **_scaled(AMOUNT, {"mol": 1.0, "kmol": 1e3}),
    **_scaled(CURRENT, {"A": 1.0, "kA": 1e3, "mA": 1e-3}),
    **_scaled(VOLTAGE, {"V": 1.0, "kV": 1e3, "mV": 1e-3}),
    **_scaled(FORCE, {"N": 1.0, "kN": 1e3, "lbf": 4.4482216152605}),
    **_scaled(
        ENERGY,
        {
            "J": 1.0,
            "kJ": 1e3,
            "MJ": 1e6,
            "GJ": 1e9,
            "TJ": 1e12,
            "Wh": 3.6e3,
            "kWh": 3.6e6,
            "MWh": 3.6e9,
            "GWh": 3.6e12,
            "cal": KCAL_J / 1e3,
            "kcal": KCAL_J,
            "Mcal": 1e3 * KCAL_J,
            "Gcal": 1e6 * KCAL_J,
            "Btu": BTU_J,
            "MMBtu": 1e6 * BTU_J,
            "therm": 1e5 * BTU_J,
        },
    ),
    **_scaled(
        POWER,
        {
            "mW": 1e-3,
            "W": 1.0,
            "kW": 1e3,
            "MW": 1e6,
            "GW": 1e9,
            "VA": 1.0,
            "kVA": 1e3,
            "MVA": 1e6,
            "hp": HORSEPOWER_W,
            "TR": 12e3 * BTU_J / 3600,
        },
    ),
    **_scaled((1, -1, -1, 0, 0, 0, 0), {"cP": 1e-3, "mPas": 1e-3}),
}

ALIASES = {
    "°C": "degC",
    "℃": "degC",
    "°F": "degF",
    "°R": "degR",
    "deg C": "degC",
    "deg F": "degF",
    "kgf/cm²": "kgf/cm2",
    "inWC": "inH2O",
    "inWG": "inH2O",
    "mmWC": "mmH2O",
    "mmWG": "mmH2O",
    "µm": "um",
    "μm": "um",
    "lbm": "lb",
    "kWhr": "kWh",
    "BTU": "Btu",
    "MMBTU": "MMBtu",
    "²": "2",
    "³": "3",
    "⁻¹": "-1",
    "−": "-",
}

MEANT = {
    "C": "degC",
    "c": "degC",
    "celsius": "degC",
    "F": "degF",
    "fahrenheit": "degF",
    "ton": "t, or TR for refrigeration",
    "tons": "t, or TR for refrigeration",
    "tph": "t/h",
    "percent": "%",
}
"""What is often written, and what it must be: no alias, because it may mean something else."""

DIMENSIONS: dict[Exponents, tuple[str, str]] = {
    NONE: ("fraction", "1"),
    MASS: ("mass", "kg"),
    LENGTH: ("length", "m"),
    AREA: ("area", "m2"),
    VOLUME: ("volume", "m3"),
    TIME: ("time", "s"),
    AMOUNT: ("amount of substance", "mol"),
    CURRENT: ("electric current", "A"),
    VOLTAGE: ("voltage", "V"),
    FREQUENCY: ("frequency", "Hz"),
    FORCE: ("force", "N"),
    ENERGY: ("energy", "J"),
    POWER: ("power", "W"),
    NORMAL_VOLUME: ("normal volume", "Nm3(0 degC, 101.325 kPa)"),
    NORMAL_VOLUME_FLOW: ("normal volume flow", "Nm3/s(0 degC, 101.325 kPa)"),
    VOLUME_FLOW: ("volume flow", "m3/s"),
    (1, 0, -1, 0, 0, 0, 0): ("mass flow", "kg/s"),
    (0, 0, -1, 0, 1, 0, 0): ("molar flow", "mol/s"),
    (1, -2, -1, 0, 0, 0, 0): ("mass flux", "kg/(m2 s)"),
    (1, -3, 0, 0, 0, 0, 0): ("density", "kg/m3"),
    (-1, 3, 0, 0, 0, 0, 0): ("specific volume", "m3/kg"),
    (1, 0, 0, 0, -1, 0, 0): ("molar mass", "kg/mol"),
    (1, 0, 0, 0, 0, 0, -1): ("normal concentration", "kg/Nm3(0 degC, 101.325 kPa)"),
    (0, 1, -1, 0, 0, 0, 0): ("velocity", "m/s"),
    (0, 2, -2, 0, 0, 0, 0): ("specific energy", "J/kg"),
    (1, 2, -2, 0, -1, 0, 0): ("molar energy", "J/mol"),
    PRESSURE: ("energy per volume", "J/m3"),  # a pressure stands alone and is told by its name
    (1, 2, -2, 0, 0, 0, -1): ("energy per normal volume", "J/Nm3(0 degC, 101.325 kPa)"),
    (0, 2, -2, -1, 0, 0, 0): ("specific heat capacity", "J/(kg K)"),
    (1, 2, -2, -1, -1, 0, 0): ("molar heat capacity", "J/(mol K)"),
    (1, -1, -2, -1, 0, 0, 0): ("heat capacity per volume", "J/(m3 K)"),
    (1, 2, -2, -1, 0, 0, 0): ("heat capacity", "J/K"),
    (1, 2, -3, -1, 0, 0, 0): ("heat capacity flow", "W/K"),
    (1, 0, -3, 0, 0, 0, 0): ("heat flux", "W/m2"),
    (1, 0, -3, -1, 0, 0, 0): ("heat transfer coefficient", "W/(m2 K)"),
    (-1, 0, 3, 1, 0, 0, 0): ("thermal resistance", "m2 K/W"),
    (1, 1, -3, -1, 0, 0, 0): ("thermal conductivity", "W/(m K)"),
    (1, -1, -1, 0, 0, 0, 0): ("dynamic viscosity", "Pa s"),
    (0, 2, -1, 0, 0, 0, 0): ("kinematic viscosity", "m2/s"),
    (1, 0, -2, 0, 0, 0, 0): ("surface tension", "N/m"),
    (-1, -2, 2, 0, 0, 0, 0): ("mass per energy", "kg/J"),
    (0, 0, 0, -1, 0, 0, 0): ("inverse temperature", "1/K"),
}
"""Exponents → name and SI unit."""
