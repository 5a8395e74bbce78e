"""Vectors of ITU-R P.1812: the study group's cases with every intermediate value, and generated short paths."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from planner.errors import DataError, ModelRangeError
from planner.kernels.great_circle import bearing_rad, point_along
from planner.radio.models.base import Link, Loss, Profile
from planner.radio.models.p1812 import EQUATIONS, P1812
from planner.validation.formats.base import Format, compare
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Profiles, Row, VectorFile, fault

P1812_ZONES: Mapping[int, int] = {1: 1, 3: 3, 4: 4}  # sea, coastal land, inland
BAR_DB = 1e-3
FACTOR_BAR = 1e-6  # on quantities between 0 and 1

# Column to field of the model's intermediates, or of what `_values` adds. Two columns are labelled other than
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


def middle_latitude_deg(ends_deg: tuple[float, float, float, float], length_km: float) -> float:
    """Latitude half a path's length along the great circle from its transmitter, equation (4).

    Parameters
    ----------
    ends_deg : tuple of float
        Latitude and longitude of transmitter, then receiver, degrees.
    length_km : float
        Length of the profile, km; in some official cases not the distance of the coordinates.

    Returns
    -------
    float
        Latitude, degrees.
    """
    bearing = bearing_rad(*ends_deg)
    return float(point_along(ends_deg[0], ends_deg[1], bearing, 0.5 * length_km)[0])


def profile_of(source: Row, zones: Mapping[int, int] = P1812_ZONES) -> Profile:
    """Read a profile.

    Parameters
    ----------
    source : Row
        Keys d_km, h_m, R_m, zone.
    zones : mapping of int to int, optional
        The file's numbering of zones to P.1812's.

    Returns
    -------
    Profile
        The profile.

    Raises
    ------
    DataError
        Naming the file and the profile, for one that is none.
    """
    codes = source.series("zone")
    unknown = sorted(f"{code:g}" for code in set(codes.tolist()) - set(zones))
    if unknown:
        raise fault(source.where, f"zones {', '.join(unknown)}", f"Use {sorted(zones)}")
    zone = np.array([zones[int(code)] for code in codes], np.uint8)
    try:
        return Profile(source.series("d_km"), source.series("h_m"), source.series("R_m"), zone)
    except DataError as error:
        raise fault(source.where, str(error), "Give equally long, complete lists, distances rising from 0") from error


def link_of(row: Row, source: Row) -> Link:
    """A case as a question to the model.

    Parameters
    ----------
    row : Row
        Frequency, heights, percentages.
    source : Row
        Path and climate.

    Returns
    -------
    Link
        The question.
    """
    profile = profile_of(source)
    lat_t, lon_t, lat_r, lon_r = (source.number(key) for key in ("phi_t", "lam_t", "phi_r", "lam_r"))
    return Link(
        frequency_mhz=row.number("f_ghz") * 1000.0 if "f_ghz" in row.values else row.number("f_mhz"),
        tx_height_agl_m=row.number("htg_m"),
        rx_height_agl_m=row.number("hrg_m"),
        distance_km=profile.length_km,
        profile=profile,
        polarisation="vertical" if row.number("pol") == 2.0 else "horizontal",
        time_pct=row.number("p_pct"),
        location_pct=row.number("pL_pct"),
        location_sigma_db=row.number("sigmaL_db"),
        delta_n=source.number("DN"),
        n0=source.number("N0"),
        latitude_deg=middle_latitude_deg((lat_t, lon_t, lat_r, lon_r), profile.length_km),
        tx_coast_km=row.number("dct_km"),
        rx_coast_km=row.number("dcr_km"),
    )


def _values(link: Link, loss: Loss) -> dict[str, float]:
    """Every intermediate by field, with those that are sums of two fields."""
    values = {field: loss.intermediates[name] for field, name in EQUATIONS.items()}
    ground = link.needed_profile.terrain_asl_m
    angles = values["theta_t_mrad"] + values["theta_r_mrad"]
    values["theta_mrad"] = 1000.0 * values["d_km"] / values["ae_km"] + angles
    values["latitude_deg"] = link.latitude_deg
    values["low_t_m"] = min(values["hst_m"], float(ground[0]))
    values["low_r_m"] = min(values["hsr_m"], float(ground[-1]))
    values["htd_m"] = values["hts_m"] - values["hstd_m"]
    values["hrd_m"] = values["hrs_m"] - values["hsrd_m"]
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
    link = link_of(row, profiles.get(row))
    try:
        loss = P1812().loss(link)
    except ModelRangeError as error:
        return Outcome(row.name, math.nan, fault=f"refused although the reference answers: {error}")
    faults = intermediate_faults(row, _values(link, loss), INTERMEDIATES)
    return Outcome(row.name, loss.loss_db - reference, fault=faults)


def _generated(row: Row) -> Outcome:
    """One generated path; the farther of two references counts."""
    references = [row.optional(key) for key in ("Lb_py1812_db", "Lb_crc_covlib_db") if key in row.values]
    link = link_of(row, row)
    outcomes = [compare(row, lambda: P1812().loss(link).loss_db, [reference]) for reference in references]
    judged = [outcome for outcome in outcomes if not outcome.skipped] or outcomes
    return max(judged, key=lambda outcome: abs(outcome.difference_db or 0.0))


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
