"""Heat exchangers: LMTD and F, effectiveness and NTU, rating, sizing, measured U, fouling, moving boundary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from calc import exchanger_rating as rating
from calc.effectiveness_ntu import effectiveness, ntu
from calc.lmtd import correction_factor, lmtd
from calc.moving_boundary import Coefficients, Side, exchange
from tests.standards.cases import Case

ARRANGEMENTS = {
    ("cmin unmixed", "cmin, unmixed"): "crossflow_cmax_mixed",
    ("cmax unmixed", "cmax, unmixed"): "crossflow_cmin_mixed",
    ("cmax mixed", "c_max mixed", "cmax, mixed", "mixed cmax", "mixed, cmax"): "crossflow_cmax_mixed",
    ("cmin mixed", "c_min mixed", "cmin, mixed", "mixed cmin", "mixed, cmin"): "crossflow_cmin_mixed",
    ("both mixed", "both streams mixed", "both fluids mixed"): "crossflow_mixed",
    ("approximate",): "crossflow_unmixed_approximate",
    ("crossflow", "cross-flow", "cross flow", "unmixed"): "crossflow_unmixed",
    ("shell",): "shell_and_tube",
    ("parallel", "co-current", "cocurrent"): "parallel",
}


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("fluid_hot"):
        return _moving_boundary(case)
    if case.has("Cr"):
        return _relation(case)
    if case.has("NTU"):
        return {"effectiveness": effectiveness(case.number("NTU"), 0.0, arrangement(case))}
    if case.has("U_clean") or case.has("U_fouled"):
        return _fouling(case)
    if case.has("h_i", "h_o"):
        return _coefficient(case)
    if case.has("T_cold_out_design"):
        return _off_design(case)
    known = _temperatures(case)
    return {**known, **_measured(case, known)} if "T_hot_out" in known else _rated(case)


def arrangement(case: Case) -> str:
    """The arrangement that the method names, else counterflow."""
    return next((name for words, name in ARRANGEMENTS.items() if case.says(*words)), "counterflow")


def shells(case: Case) -> float:
    """Shell passes."""
    if case.has("shells") or case.has("shell_passes"):
        return case.number("shells", "shell_passes")
    return 2.0 if case.says("two shell") else 1.0


def _relation(case: Case) -> dict[str, object]:
    Cr, kind = case.number("Cr"), arrangement(case)
    if case.has("NTU"):
        return {"effectiveness": effectiveness(case.number("NTU"), Cr, kind, shells(case))}
    return {"NTU": ntu(case.number("effectiveness"), Cr, kind, shells(case))}


def C(case: Case, side: str) -> float | None:
    """Heat capacity rate of a side, where the inputs tell it."""
    if case.has(f"C_{side}"):
        return case.number(f"C_{side}")
    if case.has(f"m_{side}", f"cp_{side}"):
        return case.number(f"m_{side}") * case.number(f"cp_{side}")
    return None


def _temperatures(case: Case) -> dict[str, float]:
    """The four temperatures; a missing one from the balance of both sides."""
    names = ("T_hot_in", "T_hot_out", "T_cold_in", "T_cold_out")
    found = {name: case.number(name) for name in names if case.has(name)}
    C_hot, C_cold = C(case, "hot"), C(case, "cold")
    if len(found) == 3 and C_hot and C_cold:
        if "T_hot_out" not in found and "T_cold_out" in found:
            found["T_hot_out"] = found["T_hot_in"] - C_cold * (found["T_cold_out"] - found["T_cold_in"]) / C_hot
        elif "T_cold_out" not in found:
            found["T_cold_out"] = found["T_cold_in"] + C_hot * (found["T_hot_in"] - found["T_hot_out"]) / C_cold
    return found if len(found) == 4 else {}


def _measured(case: Case, T: Mapping[str, float]) -> dict[str, object]:
    kind = arrangement(case)
    ends = (T["T_hot_in"], T["T_hot_out"], T["T_cold_in"], T["T_cold_out"])
    mean = lmtd(*ends, parallel=kind == "parallel")
    F = case.number("F", default=_factor(ends, kind, shells(case)))
    found: dict[str, object] = {"LMTD": mean, "F": F}
    C_hot, C_cold = _both_rates(case, T)
    if C_hot is None or C_cold is None:
        return found
    Q = C_hot * (T["T_hot_in"] - T["T_hot_out"])
    eps = rating.effectiveness_of_duty(Q, C_hot, C_cold, T["T_hot_in"], T["T_cold_in"])
    UA = Q / (F * mean)
    found |= {"Q": Q, "effectiveness": eps, "UA": UA, "NTU": UA / min(C_hot, C_cold)}
    found |= {"m_hot": _flow(case, "hot", C_hot), "m_cold": _flow(case, "cold", C_cold)}
    return found | _size(case, float(UA))


def _flow(case: Case, side: str, rate: float) -> float:
    return rate / case.number(f"cp_{side}", default=float("nan"))


def _both_rates(case: Case, T: Mapping[str, float]) -> tuple[float | None, float | None]:
    """Heat capacity rates; that of the side without a flow follows from the balance."""
    C_hot, C_cold = C(case, "hot"), C(case, "cold")
    cooled, warmed = T["T_hot_in"] - T["T_hot_out"], T["T_cold_out"] - T["T_cold_in"]
    if C_hot is None and C_cold is not None:
        C_hot = C_cold * warmed / cooled if cooled else float("inf")
    if C_cold is None and C_hot is not None:
        C_cold = C_hot * cooled / warmed if warmed else float("inf")
    return C_hot, C_cold


def _factor(ends: tuple[float, float, float, float], kind: str, passes: float) -> float:
    T_hot_in, T_hot_out, T_cold_in, T_cold_out = ends
    if kind in {"counterflow", "parallel"} or T_hot_in == T_hot_out or T_cold_in == T_cold_out:
        return 1.0
    P, R = (T_cold_out - T_cold_in) / (T_hot_in - T_cold_in), (T_hot_in - T_hot_out) / (T_cold_out - T_cold_in)
    return float(correction_factor(P, R, kind, passes))


def _size(case: Case, UA: float) -> dict[str, object]:
    if case.has("tubes", "D_i", "L"):
        return {"U": UA / (case.number("tubes") * np.pi * case.number("D_i") * case.number("L"))}
    found: dict[str, object] = {}
    if case.has("A"):
        found["U"] = UA / case.number("A")
    if case.has("U"):
        found["A"] = UA / case.number("U")
        if case.has("D_i") or case.has("D"):
            found["L"] = UA / case.number("U") / (np.pi * case.number("D_i", "D"))
    return found


def _rated(case: Case) -> dict[str, object]:
    C_hot, C_cold = C(case, "hot"), C(case, "cold")
    UA = case.number("UA") if case.has("UA") else case.number("U") * case.number("A")
    hot, cold = (np.inf if rate is None else rate for rate in (C_hot, C_cold))
    rated = rating.rate(
        UA, hot, cold, case.number("T_hot_in"), case.number("T_cold_in"), arrangement(case), shells(case)
    )
    return cast("dict[str, object]", vars(rated))


def _off_design(case: Case) -> dict[str, object]:
    """The hot flow follows from the design balance; U stays at its design value."""
    warmed = case.number("T_cold_out_design") - case.number("T_cold_in")
    cooled = case.number("T_hot_in") - case.number("T_hot_out_design")
    C_hot = case.number("m_cold_design") * case.number("cp_cold") * warmed / cooled
    C_cold = case.number("m_cold") * case.number("cp_cold")
    UA = case.number("U") * case.number("A")
    rated = rating.rate(UA, C_hot, C_cold, case.number("T_hot_in"), case.number("T_cold_in"), arrangement(case))
    return cast("dict[str, object]", vars(rated))


def _fouling(case: Case) -> dict[str, object]:
    resistance = rating.fouling_resistance(case.number("U_fouled", "U"), case.number("U_clean"))
    return {"Rf": resistance, "R_f": resistance, "fouling": resistance, "fouling_resistance": resistance}


def _coefficient(case: Case) -> dict[str, object]:
    """Overall coefficient on the outer area from the films, the wall and the fouling of both sides."""
    ratio = case.number("D_o", default=1.0) / case.number("D_i", default=case.number("D_o", default=1.0))
    wall = 0.0
    if case.has("k") and ratio > 1.0:
        wall = case.number("D_o") / (2.0 * case.number("k")) * np.log(ratio)
    fouling = (case.number("Rf_i", "R_fi", default=0.0), case.number("Rf_o", "R_fo", default=0.0))
    U = rating.overall_coefficient(case.number("h_i"), case.number("h_o"), ratio, wall, *fouling)
    return {"U": U, "U_o": U, "U_i": U * ratio}


def _moving_boundary(case: Case) -> dict[str, object]:
    hot, cold = (
        Side(
            str(case.given[f"fluid_{side}"]),
            case.number(f"p_{side}"),
            case.number(f"m_{side}"),
            case.number(f"T_{side}_in"),
        )
        for side in ("hot", "cold")
    )
    coefficients = Coefficients(case.number("alpha_single_phase"), case.number("alpha_two_phase"))
    return cast("dict[str, object]", vars(exchange(hot, cold, case.number("A"), coefficients)))
