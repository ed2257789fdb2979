"""Properties of any fluid by name: `h_pT("R134a", p, T)`. SI in, SI out; names as in `calc.fluids.name`.

Floats in: a float, or CalcError (`unknown_fluid`, `not_available`, `not_finite`, `outside_range`, `on_saturation`).
Arrays in: NaN where there is no value, `h_pT.reasons(fluid, p, T)` says why. Reference states of h and s are the
fluid's own and never mix: water's is IF97's, of ideal gases 298.15 K, else CoolProp's.
"""

from calc.fluids.coolprop import names
from calc.fluids.face import FluidProperty
from calc.fluids.ideal_gas import GASES
from calc.fluids.name import Fluid, parse_fluid
from calc.property import REASONS

h_pT = FluidProperty("h_pT", "specific enthalpy, J/kg")
s_pT = FluidProperty("s_pT", "specific entropy, J/(kg K)")
u_pT = FluidProperty("u_pT", "specific internal energy, J/kg")
rho_pT = FluidProperty("rho_pT", "density, kg/m3")
cp_pT = FluidProperty("cp_pT", "isobaric heat capacity, J/(kg K)")
cv_pT = FluidProperty("cv_pT", "isochoric heat capacity, J/(kg K)")
w_pT = FluidProperty("w_pT", "speed of sound, m/s")
mu_pT = FluidProperty("mu_pT", "dynamic viscosity, Pa s")
lambda_pT = FluidProperty("lambda_pT", "thermal conductivity, W/(m K)")
T_ph = FluidProperty("T_ph", "temperature, K")
s_ph = FluidProperty("s_ph", "specific entropy, J/(kg K)")
rho_ph = FluidProperty("rho_ph", "density, kg/m3")
x_ph = FluidProperty("x_ph", "dryness, 1")
T_ps = FluidProperty("T_ps", "temperature, K")
h_ps = FluidProperty("h_ps", "specific enthalpy, J/kg")
rho_ps = FluidProperty("rho_ps", "density, kg/m3")
x_ps = FluidProperty("x_ps", "dryness, 1")
T_hs = FluidProperty("T_hs", "temperature, K")
p_hs = FluidProperty("p_hs", "pressure, Pa")
T_px = FluidProperty("T_px", "temperature at the dryness x, K; 0 is the bubble line, 1 the dew line")
h_px = FluidProperty("h_px", "specific enthalpy, J/kg")
s_px = FluidProperty("s_px", "specific entropy, J/(kg K)")
rho_px = FluidProperty("rho_px", "density, kg/m3")
p_Tx = FluidProperty("p_Tx", "pressure at the dryness x, Pa")
h_Tx = FluidProperty("h_Tx", "specific enthalpy, J/kg")
s_Tx = FluidProperty("s_Tx", "specific entropy, J/(kg K)")
rho_Tx = FluidProperty("rho_Tx", "density, kg/m3")

__all__ = [
    "GASES",
    "REASONS",
    "Fluid",
    "FluidProperty",
    "T_hs",
    "T_ph",
    "T_ps",
    "T_px",
    "cp_pT",
    "cv_pT",
    "h_Tx",
    "h_pT",
    "h_ps",
    "h_px",
    "lambda_pT",
    "mu_pT",
    "names",
    "p_Tx",
    "p_hs",
    "parse_fluid",
    "rho_Tx",
    "rho_pT",
    "rho_ph",
    "rho_ps",
    "rho_px",
    "s_Tx",
    "s_pT",
    "s_ph",
    "s_px",
    "u_pT",
    "w_pT",
    "x_ph",
    "x_ps",
]
