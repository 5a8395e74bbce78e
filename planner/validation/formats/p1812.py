"""Vectors of ITU-R P.1812: the study group's cases with every intermediate value, and generated short paths."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.kernels.great_circle import bearing_rad, point_along
from planner.kernels.p1812.combine import Losses, Setting
from planner.kernels.p1812.loss import predict
from planner.kernels.p1812.path import STATUS_OK, PathSummary, Terminals, check_profile, effective_radius_km
from planner.validation.formats.base import Format
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Profiles, Row, VectorFile, fault

BAR_DB = 1e-3
FACTOR_BAR = 1e-6  # on quantities between 0 and 1

# Column to field of the path summary, of the losses, or of what `_derived` adds. Two columns are labelled other than
# filled in the reference: 'Lbd Eq (43)' holds Lbda of equation (61), and equations (21), (27) are those at beta0.
INTERMEDIATES = {
    "im:d km": "d_km",
    "im:dlt km Eq (78)": "dlt_km",
    "im:dlr km Eq (81a)": "dlr_km",
    "im:th_t mrad Eqs (76-78)": "theta_t_mrad",
    "im:th_r mrad Eqs (79-81)": "theta_r_mrad",
    "im:th mrad Eq (82)": "theta_mrad",
    "im:hts m": "hts_m",
    "im:hrs m": "hrs_m",
    "im:htc m Table 5": "hts_m",
    "im:hrc m Table 5": "hrs_m",
    "im:w Table 5": "omega",
    "im:dtm km Sec 3.6": "dtm_km",
    "im:dlm km Sec 3.6": "dlm_km",
    "im:phi deg Eq (4)": "latitude_deg",
    "im:b0 pct Eq (5)": "b0_pct",
    "im:ae km Eq (7a)": "ae_km",
    "im:hst m Eq (85)": "hst_m",
    "im:hsr m Eq (86)": "hsr_m",
    "im:hst m Eq (90a)": "low_t_m",
    "im:hsr m Eq (90b)": "low_r_m",
    "im:hstd m Eq (89)": "hstd_m",
    "im:hsrd m Eq (89)": "hsrd_m",
    "im:htc m Eq (37a)": "htd_m",
    "im:hrc m Eq (37b)": "hrd_m",
    "im:hte m Eq (92a)": "hte_m",
    "im:hre m Eq (92b)": "hre_m",
    "im:hm m Eq (93)": "hm_m",
    "im:Fi Eq (40)": "fi",
    "im:Fj Eq (57)": "fj",
    "im:Fk Eq (58)": "fk",
    "im:Lbfs Eq (8)": "lbfs_db",
    "im:Lb0p Eq (10)": "lb0p_db",
    "im:Lb0b Eq (11)": "lb0b_db",
    "im:Lbulla dB Eq (21)": "lbulla_beta_db",
    "im:Lbulls dB Eq (21)": "lbulls_beta_db",
    "im:Ldsph dB Eq (27)": "ldsph_beta_db",
    "im:Ld50 dB Eq (39)": "ld50_db",
    "im:Ldb dB Eq (39)": "ldb_db",
    "im:Ldp dB Eq (41)": "ldp_db",
    "im:Lbd50 dB Eq (42)": "lbd50_db",
    "im:Lbd dB Eq (43)": "lbda_db",
    "im:Lminb0p dB Eq (59)": "lminb0p_db",
    "im:Lba dB Eq (46)": "lba_db",
    "im:Lminbap dB Eq (60)": "lminbap_db",
    "im:Lbda dB Eq (61)": "lbda_db",
    "im:Lbam dB Eq (62)": "lbam_db",
    "im:Lbs dB Eq (44)": "lbs_db",
    "im:Lbc dB Eq (63)": "lbc_db",
    "im:Lb dB Eq (69)": "lb_db",
    "im:Ep (dBuV/m) Eq (70)": "ep_dbuvm",
}
_FACTORS = {"omega", "fi", "fj", "fk"}


@dataclass(frozen=True)
class Case:
    """A prediction's inputs, however the file spells them.

    Attributes
    ----------
    d_km, h_m, r_m : ndarray of float64, shape (n,)
        Profile: distances (km), terrain (m above sea level), clutter (m).
    zone : ndarray of uint8, shape (n,)
        Radio-climatic zones.
    ends_deg : tuple of float
        Latitude and longitude of transmitter, then receiver, degrees.
    """

    d_km: Any
    h_m: Any
    r_m: Any
    zone: Any
    ends_deg: tuple[float, float, float, float]

    @property
    def latitude_deg(self) -> float:
        """Latitude half way along the great circle, equation (4).

        Returns
        -------
        float
            Latitude, degrees.
        """
        lat_t, lon_t, lat_r, lon_r = self.ends_deg
        bearing = bearing_rad(lat_t, lon_t, lat_r, lon_r)
        return float(point_along(lat_t, lon_t, bearing, 0.5 * float(self.d_km[-1]))[0])


def case_of(profile: Row) -> Case:
    """Read a profile with its coordinates.

    Parameters
    ----------
    profile : Row
        Keys d_km, h_m, R_m, zone, phi_t, lam_t, phi_r, lam_r.

    Returns
    -------
    Case
        Checked profile.
    """
    d_km, h_m, r_m = profile.series("d_km"), profile.series("h_m"), profile.series("R_m")
    zone = profile.series("zone").astype(np.uint8)
    if len(zone) != len(d_km) or check_profile(d_km, h_m, r_m) != STATUS_OK:
        remedy = "Give equally long, complete lists, distances rising from 0"
        raise fault(profile.where, "d_km, h_m, R_m, zone are no profile", remedy)
    ends = tuple(profile.number(key) for key in ("phi_t", "lam_t", "phi_r", "lam_r"))
    return Case(d_km, h_m, r_m, zone, (ends[0], ends[1], ends[2], ends[3]))


def compute(row: Row, profile: Row) -> tuple[dict[str, float], Losses]:
    """Prediction of a case with every intermediate.

    Parameters
    ----------
    row : Row
        Frequency, heights, percentages.
    profile : Row
        Path and climate.

    Returns
    -------
    tuple of dict and Losses
        Intermediates by field, and the losses.
    """
    case = case_of(profile)
    ghz = row.number("f_ghz") if "f_ghz" in row.values else row.number("f_mhz") / 1000.0
    ends = Terminals(
        row.number("htg_m"), row.number("hrg_m"), row.number("dct_km"), row.number("dcr_km"),
        effective_radius_km(profile.number("DN")),
    )  # fmt: skip
    setting = Setting(
        ghz, row.number("p_pct"), row.number("pL_pct"), row.number("sigmaL_db"), row.number("pol") == 2.0,
        case.latitude_deg, profile.number("N0"),
    )  # fmt: skip
    path, losses = predict(case.d_km, case.h_m, case.r_m, case.zone, ends, setting)
    return _derived(path, losses, case), losses


def _derived(path: PathSummary, losses: Losses, case: Case) -> dict[str, float]:
    """Every intermediate by field, with those that are sums of two fields."""
    values = {**path._asdict(), **losses._asdict()}
    values["theta_mrad"] = 1000.0 * path.d_km / path.ae_km + path.theta_t_mrad + path.theta_r_mrad
    values["latitude_deg"] = case.latitude_deg
    values["low_t_m"] = min(path.hst_m, case.h_m[0])
    values["low_r_m"] = min(path.hsr_m, case.h_m[-1])
    values["htd_m"] = path.hts_m - path.hstd_m
    values["hrd_m"] = path.hrs_m - path.hsrd_m
    return values


def intermediate_faults(row: Row, values: dict[str, float], fields: dict[str, str]) -> str:
    """Intermediate values that differ, with the column that names their equation.

    Parameters
    ----------
    row : Row
        The case.
    values : dict of str to float
        Computed values by field.
    fields : dict of str to str
        Column to field.

    Returns
    -------
    str
        Empty where all agree; else the first that differs first, as later ones follow from it.
    """
    found = []
    for column, name in fields.items():
        reference = row.optional(column) if column in row.values else None
        if reference is None:
            continue
        bar = FACTOR_BAR if name in _FACTORS else BAR_DB
        if not abs(values[name] - reference) <= bar:
            label = column.removeprefix("im:")
            found.append(f"{label} is {values[name]:.6f}, not {reference:.6f}")
    return "; ".join(found)


def _official(row: Row, profiles: Profiles) -> Outcome:
    """One of the study group's cases."""
    reference = row.optional("Lb_db_ref")
    if reference is None:
        return Outcome(row.name, skipped="no reference value")
    values, losses = compute(row, profiles.get(row))
    return Outcome(row.name, losses.lb_db - reference, fault=intermediate_faults(row, values, INTERMEDIATES))


def _generated(row: Row) -> Outcome:
    """One generated path; the value of the second implementation must agree as well where it is there."""
    references = [row.optional(key) for key in ("Lb_py1812_db", "Lb_crc_covlib_db") if key in row.values]
    known = [reference for reference in references if reference is not None]
    if not known:
        return Outcome(row.name, skipped="no reference value")
    losses = compute(row, row)[1]
    worst = max((losses.lb_db - reference for reference in known), key=abs)
    return Outcome(row.name, worst if math.isfinite(losses.lb_db) else math.nan)


def _judge_official(file: VectorFile) -> FileVerdict:
    """Verdict on cases with profiles beside them."""
    profiles = Profiles(file)
    return judge(file.name, "p1812", (_official(row, profiles) for row in file.rows), BAR_DB)


def _judge_generated(file: VectorFile) -> FileVerdict:
    """Verdict on cases that carry their profiles."""
    return judge(file.name, "p1812", (_generated(row) for row in file.rows), BAR_DB)


_SHARED = frozenset({"htg_m", "hrg_m", "pol", "p_pct", "pL_pct", "sigmaL_db", "dct_km", "dcr_km"})

FORMATS = (
    Format("P.1812 cases", "p1812", ("p1812",), _SHARED | {"profile", "f_mhz", "Lb_db_ref"}, _judge_official),
    Format(
        "P.1812 generated paths", "p1812", ("p1812",),
        _SHARED | {"f_ghz", "d_km", "h_m", "R_m", "zone", "DN", "N0", "Lb_py1812_db"}, _judge_generated,
    ),
)  # fmt: skip
