"""Properties of pressure and temperature: IAPWS R7-97(2012) regions 1, 2, 3 (v(p,T) of SR5-05(2016)) and 5."""

from __future__ import annotations

from collections.abc import Callable

from calc.asset_type import Floats
from calc.property import ON_SATURATION, OfTwo
from calc.water import thermodynamic, transport
from calc.water.saturation import on_saturation

_RANGE = "; 611.213 Pa … 100 MPa, 273.15 … 1073.15 K, up to 50 MPa … 2273.15 K"


def _of_pT(name: str, description: str, kernel: Callable[[Floats, Floats], Floats]) -> OfTwo:
    return OfTwo(name, ("p", "T"), description + _RANGE, kernel, on_saturation, ON_SATURATION)


h_pT = _of_pT("h_pT", "specific enthalpy, J/kg", thermodynamic.enthalpy)
s_pT = _of_pT("s_pT", "specific entropy, J/(kg K)", thermodynamic.entropy)
v_pT = _of_pT("v_pT", "specific volume, m3/kg", thermodynamic.volume)
rho_pT = _of_pT("rho_pT", "density, kg/m3", thermodynamic.density)
u_pT = _of_pT("u_pT", "specific internal energy, J/kg", thermodynamic.internal_energy)
cp_pT = _of_pT("cp_pT", "isobaric heat capacity, J/(kg K)", thermodynamic.isobaric_heat_capacity)
cv_pT = _of_pT("cv_pT", "isochoric heat capacity, J/(kg K)", thermodynamic.isochoric_heat_capacity)
w_pT = _of_pT("w_pT", "speed of sound, m/s", thermodynamic.speed_of_sound)
kappa_pT = _of_pT("kappa_pT", "isentropic exponent, 1", thermodynamic.isentropic_exponent)
mu_pT = _of_pT("mu_pT", "dynamic viscosity, Pa s", transport.mu_kernel)
lambda_pT = _of_pT("lambda_pT", "thermal conductivity, W/(m K)", transport.lambda_kernel)
prandtl_pT = _of_pT("prandtl_pT", "Prandtl number, 1", transport.prandtl_kernel)
