"""Vectors of ITU-R P.452-18 with intermediate values."""

from __future__ import annotations

import numpy as np

from planner.kernels.great_circle import bearing_rad, point_along
from planner.kernels.p452.loss import Station452, predict_452
from planner.kernels.p1812.combine import Setting
from planner.kernels.p1812.path import (
    COASTAL,
    INLAND,
    SEA,
    STATUS_OK,
    Terminals,
    check_profile,
    effective_radius_km,
    zone_lengths,
)
from planner.validation.formats.base import Format
from planner.validation.formats.p1812 import intermediate_faults
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Profiles, Row, VectorFile, fault

BAR_DB = 1e-3
_ZONES = {1: COASTAL, 2: INLAND, 3: SEA}  # the file's numbering to P.1812's

# Column to field; equations of P.452-18 Annex 1.
INTERMEDIATES = {
    "ae": "ae_km",
    "dtot": "d_km",
    "hts": "hts_m",
    "hrs": "hrs_m",
    "theta_t": "theta_t_mrad",
    "theta_r": "theta_r_mrad",
    "theta": "theta_mrad",
    "hm": "hm_m",
    "hte": "hte_m",
    "hre": "hre_m",
    "hstd": "hstd_m",
    "hsrd": "hsrd_m",
    "dlt": "dlt_km",
    "dlr": "dlr_km",
    "dtm": "dtm_km",
    "dlm": "dlm_km",
    "b0": "b0_pct",
    "omega": "omega",
    "Lbfsg": "lbfsg_db",
    "Lb0p": "lb0p_db",
    "Lb0b": "lb0b_db",
    "Ldsph": "ldsph_db",
    "Ld50": "ld50_db",
    "Ldp": "ldp_db",
    "Lbs": "lbs_db",
    "Lba": "lba_db",
}
EQUATIONS = {
    "ae": "Eq (5)", "theta_t": "Eqs (154), (155)", "theta_r": "Eqs (157), (158)", "theta": "Eq (159)",
    "hm": "Eq (169)", "hte": "Eq (168)", "hre": "Eq (168)", "hstd": "Eq (166)", "hsrd": "Eq (166)", "b0": "Eq (2)",
    "Lbfsg": "Eq (8)", "Lb0p": "Eq (11)", "Lb0b": "Eq (12)", "Ldsph": "Eq (26)", "Ld50": "Eq (39)",
    "Ldp": "Eq (41)", "Lbs": "Eq (45)", "Lba": "Eq (46)",
}  # fmt: skip


def _profile_of(row: Row, profiles: Profiles) -> Row | None:
    """The profile a row was computed on; None where none fits the row's own share of sea and land sections.

    In the study group's collection some rows name the sea variant of a path while their case names the land variant
    and their values follow it. The row's `omega` and `dtm` settle which one is meant.
    """
    candidates = [profiles.get(row)]
    named = profiles.find("test_profile_" + row.name.removeprefix("P452_").rpartition("_")[0])
    candidates += [named] if named is not None else []
    return next((profile for profile in candidates if _fits(row, profile)), None)


def _fits(row: Row, profile: Row) -> bool:
    """Whether a profile's sea share and longest land section are those the row states."""
    if "omega" not in row.values or "dtm" not in row.values:
        return True
    zone = np.array([_ZONES.get(int(code), INLAND) for code in profile.series("zone")], np.uint8)
    omega, dtm, _ = zone_lengths(profile.series("d_km"), zone)
    return abs(omega - row.number("omega")) < 1e-3 and abs(dtm - row.number("dtm")) < 1e-2


def _outcome(row: Row, profiles: Profiles) -> Outcome:
    """One case."""
    reference = row.optional("Lb")
    if reference is None:
        return Outcome(row.name, skipped="no reference value")
    profile = _profile_of(row, profiles)
    if profile is None:
        return Outcome(row.name, skipped="the profile it names has other land and sea than the row states")
    d_km, h_m = profile.series("d_km"), profile.series("h_m")
    r_m = profile.series("R_m", "Ct_m", "r_m", "ground_cover_m")
    codes = profile.series("zone").astype(int)
    if not set(codes.tolist()) <= set(_ZONES) or check_profile(d_km, h_m, r_m) != STATUS_OK:
        remedy = "Give equally long, complete lists; zones 1 to 3, distances rising from 0"
        raise fault(profile.where, "d_km, h_m, clutter, zone are no profile", remedy)
    zone = np.array([_ZONES[code] for code in codes.tolist()], np.uint8)
    lat_t, lon_t = row.number("phit_n (deg)"), row.number("phit_e (deg)")
    lat_r, lon_r = row.number("phir_n (deg)"), row.number("phir_e (deg)")
    middle, _ = point_along(lat_t, lon_t, bearing_rad(lat_t, lon_t, lat_r, lon_r), 0.5 * float(d_km[-1]))
    ends = Terminals(
        row.number("htg (m)"), row.number("hrg (m)"), row.number("dct (km)"), row.number("dcr (km)"),
        effective_radius_km(row.number("DN")),
    )  # fmt: skip
    vertical = row.number("pol (1-h/2-v)") == 2.0
    setting = Setting(row.number("f (GHz)"), row.number("p (%)"), 50.0, 0.0, vertical, float(middle), row.number("N0"))
    station = Station452(
        row.number("Gt (dBi)"), row.number("Gr (dBi)"), row.number("press (hPa)"), row.number("temp (deg C)")
    )
    path, losses = predict_452(d_km, h_m, r_m, zone, ends, setting, station)
    values = {**path._asdict(), **losses._asdict()}
    values["theta_mrad"] = 1000.0 * path.d_km / path.ae_km + path.theta_t_mrad + path.theta_r_mrad
    wrong = intermediate_faults(row, values, INTERMEDIATES)
    return Outcome(row.name, losses.lb_db - reference, fault=_with_equation(wrong))


def _with_equation(wrong: str) -> str:
    """Add the equation to every column's name."""
    parts = []
    for text in filter(None, wrong.split("; ")):
        column = text.split(" ", 1)[0]
        equation = EQUATIONS.get(column)
        parts.append(f"{text} ({equation})" if equation else text)
    return "; ".join(parts)


def _judge(file: VectorFile) -> FileVerdict:
    """Verdict on a file."""
    profiles = Profiles(file)
    return judge(file.name, "p452", (_outcome(row, profiles) for row in file.rows), BAR_DB)


FORMATS = (
    Format(
        "P.452 cases", "p452", ("p452",),
        frozenset({"profile", "f (GHz)", "p (%)", "htg (m)", "hrg (m)", "Gt (dBi)", "DN", "N0", "Lb"}), _judge,
    ),
)  # fmt: skip
