"""Vectors of ITU-R P.452-18 with intermediate values."""

from __future__ import annotations

import math

import numpy as np

from planner.errors import ModelRangeError
from planner.kernels.p1812.path import COASTAL, INLAND, SEA, zone_lengths
from planner.radio.models.base import Link
from planner.radio.models.p452 import EQUATIONS, P452
from planner.validation.formats.base import Format
from planner.validation.formats.p1812 import intermediate_faults, middle_latitude_deg, profile_of
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Profiles, Row, VectorFile

BAR_DB = 1e-3
_ZONES = {1: COASTAL, 2: INLAND, 3: SEA}  # the file's numbering to P.1812's

# Column to field of the model's intermediates.
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
    link = _link(row, profile)
    try:
        loss = P452().loss(link)
    except ModelRangeError as error:
        return Outcome(row.name, math.nan, fault=f"refused although the reference answers: {error}")
    values = {field: loss.intermediates[name] for field, name in EQUATIONS.items()}
    angles = values["theta_t_mrad"] + values["theta_r_mrad"]
    values["theta_mrad"] = 1000.0 * values["d_km"] / values["ae_km"] + angles
    wrong = intermediate_faults(row, values, INTERMEDIATES)
    return Outcome(row.name, loss.loss_db - reference, fault=_with_equations(wrong))


def _link(row: Row, source: Row) -> Link:
    """A case as a question to the model."""
    profile = profile_of(source, _ZONES)
    lat_t, lon_t = row.number("phit_n (deg)"), row.number("phit_e (deg)")
    lat_r, lon_r = row.number("phir_n (deg)"), row.number("phir_e (deg)")
    return Link(
        frequency_mhz=row.number("f (GHz)") * 1000.0,
        tx_height_agl_m=row.number("htg (m)"),
        rx_height_agl_m=row.number("hrg (m)"),
        distance_km=profile.length_km,
        profile=profile,
        polarisation="vertical" if row.number("pol (1-h/2-v)") == 2.0 else "horizontal",
        time_pct=row.number("p (%)"),
        delta_n=row.number("DN"),
        n0=row.number("N0"),
        latitude_deg=middle_latitude_deg((lat_t, lon_t, lat_r, lon_r), profile.length_km),
        tx_coast_km=row.number("dct (km)"),
        rx_coast_km=row.number("dcr (km)"),
        tx_gain_dbi=row.number("Gt (dBi)"),
        rx_gain_dbi=row.number("Gr (dBi)"),
        pressure_hpa=row.number("press (hPa)"),
        temperature_c=row.number("temp (deg C)"),
    )


def _with_equations(wrong: str) -> str:
    """Put the equation's name beside every column's."""
    parts = []
    for text in filter(None, wrong.split("; ")):
        name = EQUATIONS.get(INTERMEDIATES[text.split(" ", 1)[0]])
        parts.append(f"{text} ({name})" if name else text)
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
