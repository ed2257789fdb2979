"""Every check value of the IAPWS releases that `calc.water` implements, as printed there (kJ, MPa turned into SI).

The numbers stand in the releases' verification tables; each was confirmed by CoolProp's IF97 or by the package `iapws`
(an oracle in tests only). Not here: the boundary functions of SR3-03, which only choose a region inside the library.
"""

from __future__ import annotations

import numpy as np
import pytest

from calc import water
from calc.errors import CalcError
from calc.water import hs_equations, transport

EIGHT_DIGITS = 6e-9
TEN_DIGITS = 6e-10

# fmt: off
PROPERTIES_PT = ("v", "h", "u", "s", "cp", "w")
STATES_PT = (  # R7-97 tables 5, 15 and 42: T, p, v, h, u, s, cp, w; confirmed by CoolProp IF97
    (300, 3, 0.100215168e-2, 0.115331273e3, 0.112324818e3, 0.392294792, 0.417301218e1, 0.150773921e4),
    (300, 80, 0.971180894e-3, 0.184142828e3, 0.106448356e3, 0.368563852, 0.401008987e1, 0.163469054e4),
    (500, 3, 0.120241800e-2, 0.975542239e3, 0.971934985e3, 0.258041912e1, 0.465580682e1, 0.124071337e4),
    (300, 0.0035, 0.394913866e2, 0.254991145e4, 0.241169160e4, 0.852238967e1, 0.191300162e1, 0.427920172e3),
    (700, 0.0035, 0.923015898e2, 0.333568375e4, 0.301262819e4, 0.101749996e2, 0.208141274e1, 0.644289068e3),
    (700, 30, 0.542946619e-2, 0.263149474e4, 0.246861076e4, 0.517540298e1, 0.103505092e2, 0.480386523e3),
    (1500, 0.5, 0.138455090e1, 0.521976855e4, 0.452749310e4, 0.965408875e1, 0.261609445e1, 0.917068690e3),
    (1500, 30, 0.230761299e-1, 0.516723514e4, 0.447495124e4, 0.772970133e1, 0.272724317e1, 0.928548002e3),
    (2000, 30, 0.311385219e-1, 0.657122604e4, 0.563707038e4, 0.853640523e1, 0.288569882e1, 0.106736948e4),
)
STATES_METASTABLE = (  # R7-97, metastable vapour: T, p, v, h, u, s, cp, w
    (450, 1, 0.192516540, 0.276881115e4, 0.257629461e4, 0.656660377e1, 0.276349265e1, 0.498408101e3),
    (440, 1, 0.186212297, 0.274015123e4, 0.255393894e4, 0.650218759e1, 0.298166443e1, 0.489363295e3),
    (450, 1.5, 0.121685206, 0.272134539e4, 0.253881758e4, 0.629170440e1, 0.362795578e1, 0.481941819e3),
)
PROPERTIES_RHOT = ("p", "h", "u", "s", "cp", "w")
STATES_RHOT = (  # R7-97 table 33: T, rho, p, h, u, s, cp, w; confirmed by CoolProp IF97
    (650, 500, 0.255837018e2, 0.186343019e4, 0.181226279e4, 0.405427273e1, 0.138935717e2, 0.502005554e3),
    (650, 200, 0.222930643e2, 0.237512401e4, 0.226365868e4, 0.485438792e1, 0.446579342e2, 0.383444594e3),
    (750, 500, 0.783095639e2, 0.225868845e4, 0.210206932e4, 0.446971906e1, 0.634165359e1, 0.760696041e3),
)
T_PH = (  # R7-97 tables 7 and 24, SR3-03 table 5: p, h, T; confirmed by CoolProp IF97
    (3, 500, 391.798509), (80, 500, 378.108626), (80, 1500, 611.041229), (0.001, 3000, 534.433241),
    (3, 3000, 575.373370), (3, 4000, 1010.77577), (5, 3500, 801.299102), (5, 4000, 1015.31583), (25, 3500, 875.279054),
    (40, 2700, 743.056411), (60, 2700, 791.137067), (60, 3200, 882.756860), (20, 1700, 629.3083892),
    (50, 2000, 690.5718338), (100, 2100, 733.6163014), (20, 2500, 641.8418053), (50, 2400, 735.1848618),
    (100, 2700, 842.0460876),
)
T_PS = (  # R7-97 tables 9 and 29, SR3-03: p, s, T; confirmed by CoolProp IF97
    (3, 0.5, 307.842258), (80, 0.5, 309.979785), (80, 3, 565.899909), (0.1, 7.5, 399.517097), (0.1, 8, 514.127081),
    (2.5, 8, 1039.84917), (8, 6, 600.484040), (8, 7.5, 1064.95556), (90, 6, 1038.01126), (20, 5.75, 697.992849),
    (80, 5.25, 854.011484), (80, 5.75, 949.017998), (20, 3.8, 628.2959869), (50, 3.6, 629.7158726),
    (100, 4, 705.6880237), (20, 5, 640.1176443), (50, 4.5, 716.3687517), (100, 5, 847.4332825),
)
V_PH = (  # SR3-03: p, h, v; confirmed by iapws
    (20, 1700, 1.749903962e-3), (50, 2000, 1.908139035e-3), (100, 2100, 1.676229776e-3), (20, 2500, 6.670547043e-3),
    (50, 2400, 2.801244590e-3), (100, 2700, 2.404234998e-3),
)
V_PS = (  # SR3-03: p, s, v; confirmed by iapws
    (20, 3.8, 1.733791463e-3), (50, 3.6, 1.469680170e-3), (100, 4, 1.555893131e-3), (20, 5, 6.262101987e-3),
    (50, 4.5, 2.332634294e-3), (100, 5, 2.449610757e-3),
)
P_HS = (  # SR2-01 tables 3 and 9, SR4-04: h, s, p; confirmed by CoolProp IF97 or iapws
    (0.001, 0, 9.800980612e-4), (90, 0, 91.92954727), (1500, 3.4, 58.68294423), (2800, 6.5, 1.371012767),
    (2800, 9.5, 1.879743844e-3), (4100, 9.5, 1.024788997e-1), (2800, 6, 4.793911442), (3600, 6, 83.95519209),
    (3600, 7, 7.527161441), (2800, 5.1, 94.39202060), (2800, 5.8, 8.414574124), (3400, 5.8, 83.76903879),
    (1700, 3.8, 25.55703246), (2000, 4.2, 45.40873468), (2100, 4.3, 60.78123340), (2600, 5.1, 34.34999263),
    (2400, 4.7, 63.63924887), (2700, 5.0, 88.39043281),
)
T_HS_WET = ((1800, 5.3, 346.8475498), (2400, 6.0, 425.1373305), (2500, 5.5, 522.5579013))  # SR4-04; iapws
BOUNDARIES_HS = (  # SR4-04: equation, s, h; confirmed by iapws
    ("h_liquid_1", 1.0, 308.5509647), ("h_liquid_1", 2.0, 700.6304472), ("h_liquid_1", 3.0, 1198.359754),
    ("h_liquid_3a", 3.8, 1685.025565), ("h_liquid_3a", 4.0, 1816.891476), ("h_liquid_3a", 4.2, 1949.352563),
    ("h_vapour_2ab", 7.0, 2723.729985), ("h_vapour_2ab", 8.0, 2599.047210), ("h_vapour_2ab", 9.0, 2511.861477),
    ("h_vapour_2c3b", 5.5, 2687.693850), ("h_vapour_2c3b", 5.0, 2451.623609), ("h_vapour_2c3b", 4.5, 2144.360448),
    ("h_b13", 3.7, 1632.525047), ("h_b13", 3.6, 1593.027214), ("h_b13", 3.5, 1566.104611),
)
T_B23_HS = ((2600, 5.1, 713.5259364), (2700, 5.15, 768.5345532), (2800, 5.2, 817.6202120))  # SR4-04; iapws
V_PT_REGION_3 = (  # SR5-05: subregion, T, p, v; confirmed by iapws
    ("a", 630, 50, 0.001470853100), ("a", 670, 80, 0.001503831359), ("b", 710, 50, 0.002204728587),
    ("b", 750, 80, 0.001973692940), ("c", 630, 20, 0.001761696406), ("c", 650, 30, 0.001819560617),
    ("d", 656, 26, 0.002245587720), ("d", 670, 30, 0.002506897702), ("e", 661, 26, 0.002970225962),
    ("e", 675, 30, 0.003004627086), ("f", 671, 26, 0.005019029401), ("f", 690, 30, 0.004656470142),
    ("g", 649, 23.6, 0.002163198378), ("g", 650, 24, 0.002166044161), ("h", 652, 23.6, 0.002651081407),
    ("h", 654, 24, 0.002967802335), ("i", 653, 23.6, 0.003273916816), ("i", 655, 24, 0.003550329864),
    ("j", 655, 23.5, 0.004545001142), ("j", 660, 24, 0.005100267704), ("k", 660, 23, 0.006109525997),
    ("k", 670, 24, 0.006427325645), ("l", 646, 22.6, 0.002117860851), ("l", 646, 23, 0.002062374674),
    ("m", 648.6, 22.6, 0.002533063780), ("m", 649.3, 22.8, 0.002572971781), ("n", 649, 22.6, 0.002923432711),
    ("n", 649.7, 22.8, 0.002913311494), ("o", 649.1, 22.6, 0.003131208996), ("o", 649.9, 22.8, 0.003221160278),
    ("p", 649.4, 22.6, 0.003715596186), ("p", 650.2, 22.8, 0.003664754790), ("q", 640, 21.1, 0.001970999272),
    ("q", 643, 21.8, 0.002043919161), ("r", 644, 21.1, 0.005251009921), ("r", 648, 21.8, 0.005256844741),
    ("s", 635, 19.1, 0.001932829079), ("s", 638, 20, 0.001985387227), ("t", 626, 17, 0.008483262001),
    ("t", 640, 20, 0.006227528101), ("u", 644.6, 21.5, 0.002268366647), ("u", 646.1, 22, 0.002296350553),
    ("v", 648.6, 22.5, 0.002832373260), ("v", 647.9, 22.3, 0.002811424405), ("w", 647.5, 22.15, 0.003694032281),
    ("w", 648.1, 22.3, 0.003622226305), ("x", 648, 22.11, 0.004528072649), ("x", 649, 22.3, 0.004556905799),
    ("y", 646.84, 22, 0.002698354719), ("y", 647.05, 22.064, 0.002717655648), ("z", 646.89, 22, 0.003798732962),
    ("z", 647.15, 22.064, 0.003701940009),
)
VISCOSITY = (  # R12-08: T, rho, µPa s; confirmed by iapws
    (298.15, 998, 889.735100), (298.15, 1200, 1437.649467), (373.15, 1000, 307.883622), (433.15, 1, 14.538324),
    (433.15, 1000, 217.685358), (873.15, 1, 32.619287), (873.15, 100, 35.802262), (873.15, 600, 77.430195),
    (1173.15, 1, 44.217245), (1173.15, 100, 47.640433), (1173.15, 400, 64.154608),
)
CONDUCTIVITY = ((298.15, 0, 18.4341883), (298.15, 998, 607.712868), (298.15, 1200, 799.038144), (873.15, 0, 79.1034659))
"""R15-11: T, rho, mW/(m K), without the critical enhancement; confirmed by iapws."""
SI = {"v": 1.0, "h": 1e3, "u": 1e3, "s": 1e3, "cp": 1e3, "w": 1.0, "p": 1e6}
# fmt: on


@pytest.mark.parametrize("state", STATES_PT)
def test_regions_1_2_and_5_meet_their_tables(state: tuple[float, ...]) -> None:
    T, p, *expected = state
    for name, value in zip(PROPERTIES_PT, expected, strict=True):
        found = getattr(water, f"{name}_pT")(p * 1e6, float(T))
        assert found == pytest.approx(value * SI[name], rel=EIGHT_DIGITS), name


@pytest.mark.parametrize("state", STATES_METASTABLE)
def test_metastable_vapour_meets_its_table(state: tuple[float, ...]) -> None:
    T, p, *expected = state
    for name, value in zip(PROPERTIES_PT, expected, strict=True):
        found = getattr(water, f"{name}_metastable_pT")(p * 1e6, float(T))
        assert found == pytest.approx(value * SI[name], rel=EIGHT_DIGITS), name


@pytest.mark.parametrize(("p", "T"), [(1e6, 460.0), (1e6, 400.0), (11e6, 580.0), (1e6, 270.0), (np.nan, 450.0)])
def test_beyond_its_lines_vapour_is_not_metastable(p: float, T: float) -> None:
    with pytest.raises(CalcError):
        water.h_metastable_pT(p, T)


@pytest.mark.parametrize("state", STATES_RHOT)
def test_region_3_meets_its_table(state: tuple[float, ...]) -> None:
    T, rho, *expected = state
    for name, value in zip(PROPERTIES_RHOT, expected, strict=True):
        found = getattr(water, f"{name}_rhoT")(float(rho), float(T))
        assert found == pytest.approx(value * SI[name], rel=EIGHT_DIGITS), name


@pytest.mark.parametrize(("p", "h", "T"), T_PH)
def test_the_temperature_of_pressure_and_enthalpy_is_the_published_one(p: float, h: float, T: float) -> None:
    assert water.T_ph(p * 1e6, h * 1e3) == pytest.approx(T, rel=EIGHT_DIGITS)


@pytest.mark.parametrize(("p", "s", "T"), T_PS)
def test_the_temperature_of_pressure_and_entropy_is_the_published_one(p: float, s: float, T: float) -> None:
    assert water.T_ps(p * 1e6, s * 1e3) == pytest.approx(T, rel=EIGHT_DIGITS)


@pytest.mark.parametrize(("p", "h", "v"), V_PH)
def test_the_volume_of_pressure_and_enthalpy_is_the_published_one(p: float, h: float, v: float) -> None:
    assert water.v_ph(p * 1e6, h * 1e3) == pytest.approx(v, rel=TEN_DIGITS)
    assert water.rho_ph(p * 1e6, h * 1e3) == pytest.approx(1 / v, rel=TEN_DIGITS)


@pytest.mark.parametrize(("p", "s", "v"), V_PS)
def test_the_volume_of_pressure_and_entropy_is_the_published_one(p: float, s: float, v: float) -> None:
    assert water.v_ps(p * 1e6, s * 1e3) == pytest.approx(v, rel=TEN_DIGITS)
    assert water.rho_ps(p * 1e6, s * 1e3) == pytest.approx(1 / v, rel=TEN_DIGITS)


@pytest.mark.parametrize(("h", "s", "p"), P_HS)
def test_the_pressure_of_enthalpy_and_entropy_is_the_published_one(h: float, s: float, p: float) -> None:
    assert water.p_hs(h * 1e3, s * 1e3) == pytest.approx(p * 1e6, rel=TEN_DIGITS)


@pytest.mark.parametrize(("h", "s", "T"), T_HS_WET)
def test_the_temperature_of_wet_steam_is_the_published_one(h: float, s: float, T: float) -> None:
    assert water.T_hs(h * 1e3, s * 1e3) == pytest.approx(T, rel=TEN_DIGITS)


@pytest.mark.parametrize(("name", "s", "h"), BOUNDARIES_HS)
def test_the_boundaries_in_enthalpy_and_entropy_are_the_published_ones(name: str, s: float, h: float) -> None:
    assert getattr(hs_equations, name)(s) == pytest.approx(h, rel=TEN_DIGITS)


@pytest.mark.parametrize(("h", "s", "T"), T_B23_HS)
def test_the_boundary_of_regions_2_and_3_in_enthalpy_and_entropy(h: float, s: float, T: float) -> None:
    assert hs_equations.T_b23(h, s) == pytest.approx(T, rel=TEN_DIGITS)


@pytest.mark.parametrize(("subregion", "T", "p", "v"), V_PT_REGION_3)
def test_the_volume_in_every_subregion_of_region_3(subregion: str, T: float, p: float, v: float) -> None:
    assert water.v_pT(p * 1e6, float(T)) == pytest.approx(v, rel=TEN_DIGITS), subregion


@pytest.mark.parametrize(("T", "p"), [(300, 0.353658941e-2), (500, 0.263889776e1), (600, 0.123443146e2)])
def test_the_saturation_pressure_is_table_35(T: float, p: float) -> None:
    assert water.p_sat_T(float(T)) == pytest.approx(p * 1e6, rel=EIGHT_DIGITS)


@pytest.mark.parametrize(("p", "T"), [(0.1, 372.755919), (1, 453.035632), (10, 584.149488)])
def test_the_saturation_temperature_is_table_36(p: float, T: float) -> None:
    assert water.T_sat_p(p * 1e6) == pytest.approx(T, rel=EIGHT_DIGITS)


def test_the_boundary_of_regions_2_and_3_is_equations_5_and_6() -> None:
    assert water.p_B23_T(623.15) == pytest.approx(16.5291643e6, rel=EIGHT_DIGITS)
    assert water.T_B23_p(16.5291643e6) == pytest.approx(623.15, rel=EIGHT_DIGITS)


@pytest.mark.parametrize(("T", "sigma"), [(300, 71.6859625e-3), (450, 42.8914992e-3), (600, 8.37561087e-3)])
def test_the_surface_tension_is_that_of_r1_76(T: float, sigma: float) -> None:
    assert water.sigma_T(float(T)) == pytest.approx(sigma, rel=EIGHT_DIGITS)


@pytest.mark.parametrize(("T", "rho", "mu"), VISCOSITY)
def test_the_viscosity_is_that_of_r12_08(T: float, rho: float, mu: float) -> None:
    found = transport.viscosity(np.array([float(rho)]), np.array([T]))[0]
    assert found == pytest.approx(mu * 1e-6, rel=1e-7)


@pytest.mark.parametrize(("T", "rho", "conductivity"), CONDUCTIVITY)
def test_the_conductivity_is_that_of_r15_11(T: float, rho: float, conductivity: float) -> None:
    found = transport.background_conductivity(np.array([float(rho)]), np.array([T]))[0]
    assert found == pytest.approx(conductivity * 1e-3, rel=EIGHT_DIGITS)
