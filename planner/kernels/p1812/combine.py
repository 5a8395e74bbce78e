"""From a path summary to the basic transmission loss: ITU-R P.1812-8 sections 4.2 to 4.9.

Below 0.25 km, where the Recommendation is silent, a rule of our own holds: free space plus the Bullington
loss of the actual profile up to 0.05 km, from there linearly blended into the Recommendation's formulas,
which hold alone from 0.25 km on. The loss is continuous in the distance (docs/models/p1812.md).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from planner.kernels._jit import exact_kernel
from planner.kernels.diffraction import bullington_loss_db, spherical_earth_loss_db
from planner.kernels.p1812.mechanisms import (
    ducting_db,
    ducting_incidence_pct,
    free_space_db,
    multipath_db,
    troposcatter_db,
    upper_quantile,
)
from planner.kernels.p1812.path import BETA_RADIUS_KM, PathSummary

MODEL_FROM_KM = 0.25  # scope of the Recommendation, Annex 1 section 1
NEAR_BELOW_KM = 0.05  # our rule: no share of the Recommendation's formulas up to here
FJ_THETA_MRAD, FJ_XI = 0.3, 0.8  # equation (57)
FK_DISTANCE_KM, FK_KAPPA = 20.0, 0.5  # equation (58)
ETA = 2.5  # equation (60)


class Setting(NamedTuple):
    """Frequency, statistics and climate of a prediction.

    Attributes
    ----------
    frequency_ghz : float
        Frequency, GHz.
    time_pct : float
        Percentage of time for which the loss is not exceeded, 1 to 50 %.
    location_pct : float
        Percentage of locations, %.
    location_sigma_db : float
        Standard deviation of location variability, dB.
    vertical : bool
        Vertical polarisation; horizontal otherwise.
    latitude_deg : float
        Latitude of the path centre, degrees.
    n0 : float
        Sea-level surface refractivity, N-units.
    """

    frequency_ghz: float
    time_pct: float
    location_pct: float
    location_sigma_db: float
    vertical: bool
    latitude_deg: float
    n0: float


class Losses(NamedTuple):
    """Every intermediate of a prediction, in the order of the Recommendation.

    Attributes
    ----------
    b0_pct : float
        Incidence of ducting, %, equation (5).
    fi, fj, fk : float
        Interpolation factors, equations (40), (57), (58).
    lbfs_db, lb0p_db, lb0b_db : float
        Free space and line of sight at p % and at beta0 %, equations (8), (10), (11).
    lbulla_db, lbulls_db, ldsph_db : float
        Bullington loss of the profile and of the smooth surface, spherical Earth, at the median radius,
        equations (21), (27).
    lbulla_beta_db, lbulls_beta_db, ldsph_beta_db : float
        The same at the radius exceeded for beta0 % of time.
    ld50_db, ldb_db, ldp_db : float
        Diffraction loss at 50 %, beta0 % and p % of time, equations (39), (41).
    lbd50_db, lbd_db : float
        Basic transmission loss with diffraction at 50 % and p %, equations (42), (43).
    lminb0p_db, lba_db, lminbap_db, lbda_db, lbam_db : float
        The combination with ducting, equations (59), (46), (60), (61), (62).
    lbs_db : float
        Troposcatter, equation (44).
    lbc_db : float
        Loss at p % of time and 50 % of locations, equation (63).
    lb_db : float
        Loss at p % of time and pL % of locations, equation (69), or our own rule below 0.25 km.
    ep_dbuvm : float
        Field strength for 1 kW effective radiated power, dB(uV/m), equation (70).
    """

    b0_pct: float
    fi: float
    fj: float
    fk: float
    lbfs_db: float
    lb0p_db: float
    lb0b_db: float
    lbulla_db: float
    lbulls_db: float
    ldsph_db: float
    lbulla_beta_db: float
    lbulls_beta_db: float
    ldsph_beta_db: float
    ld50_db: float
    ldb_db: float
    ldp_db: float
    lbd50_db: float
    lbd_db: float
    lminb0p_db: float
    lba_db: float
    lminbap_db: float
    lbda_db: float
    lbam_db: float
    lbs_db: float
    lbc_db: float
    lb_db: float
    ep_dbuvm: float


@exact_kernel
def time_factor(time_pct: float, beta0_pct: float) -> float:
    """Interpolation factor Fi between 50 % and beta0 % of time, equation (40).

    Parameters
    ----------
    time_pct : float
        Percentage of time, %.
    beta0_pct : float
        Incidence of ducting, %.

    Returns
    -------
    float
        0 at 50 % to 1 at beta0 % and below.
    """
    if time_pct <= beta0_pct:
        return 1.0
    return upper_quantile(0.01 * time_pct) / upper_quantile(0.01 * beta0_pct)


@exact_kernel
def delta_bullington(path: PathSummary, setting: Setting, at_beta: bool) -> tuple[float, float, float, float]:
    """Complete delta-Bullington diffraction loss, equations (37) to (39).

    Parameters
    ----------
    path : PathSummary
        The path.
    setting : Setting
        Frequency and polarisation.
    at_beta : bool
        At the Earth radius exceeded for beta0 % of time; at the median radius otherwise.

    Returns
    -------
    tuple of float
        Loss Ld, and its parts: Bullington of the profile, of the smooth surface, spherical Earth (all dB).
    """
    edge, smooth_edge, radius_km = path.edge, path.smooth_edge, path.ae_km
    if at_beta:
        edge, smooth_edge, radius_km = path.edge_beta, path.smooth_edge_beta, BETA_RADIUS_KM
    actual_db = bullington_loss_db(edge, setting.frequency_ghz, path.d_km)
    smooth_db = bullington_loss_db(smooth_edge, setting.frequency_ghz, path.d_km)
    hte, hre = path.hts_m - path.hstd_m, path.hrs_m - path.hsrd_m
    sphere_db = spherical_earth_loss_db(
        path.d_km, hte, hre, radius_km, setting.frequency_ghz, setting.vertical, path.omega
    )
    return actual_db + max(sphere_db - smooth_db, 0.0), actual_db, smooth_db, sphere_db


@exact_kernel
def near_share(d_km: float) -> float:
    """Weight of the Recommendation's formulas at a distance: 0 to 0.05 km, 1 from 0.25 km, linear between.

    Parameters
    ----------
    d_km : float
        Path length, km.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return min(1.0, max(0.0, (d_km - NEAR_BELOW_KM) / (MODEL_FROM_KM - NEAR_BELOW_KM)))


@exact_kernel
def losses(path: PathSummary, setting: Setting) -> Losses:
    """All intermediates of a prediction, sections 4.2 to 4.10.

    Parameters
    ----------
    path : PathSummary
        The path.
    setting : Setting
        Frequency, statistics and climate.

    Returns
    -------
    Losses
        Every intermediate; below 0.25 km those of the Recommendation's formulas and `lb_db` of our own rule.
    """
    f, p = setting.frequency_ghz, setting.time_pct
    b0 = ducting_incidence_pct(setting.latitude_deg, path.dtm_km, path.dlm_km)
    theta = 1000.0 * path.d_km / path.ae_km + path.theta_t_mrad + path.theta_r_mrad
    fi = time_factor(p, b0)
    fj = 1.0 - 0.5 * (1.0 + math.tanh(3.0 * FJ_XI * (theta - FJ_THETA_MRAD) / FJ_THETA_MRAD))
    fk = 1.0 - 0.5 * (1.0 + math.tanh(3.0 * FK_KAPPA * (path.d_km - FK_DISTANCE_KM) / FK_DISTANCE_KM))
    lbfs = free_space_db(path, f)
    lb0p, lb0b = lbfs + multipath_db(path, p), lbfs + multipath_db(path, b0)
    ld50, lbulla, lbulls, ldsph = delta_bullington(path, setting, False)
    ldb, lbulla_b, lbulls_b, ldsph_b = delta_bullington(path, setting, True)
    ldp = ld50 + fi * (ldb - ld50)
    lbd50, lbd = lbfs + ld50, lb0p + ldp
    lminb0p = lb0p + (1.0 - path.omega) * ldp
    if p >= b0:
        lminb0p = lbd50 + (lb0b + (1.0 - path.omega) * ldp - lbd50) * fi
    lba = ducting_db(path, f, p, b0)
    lminbap = max(lba, lb0p) + ETA * math.log1p(math.exp(-abs(lba - lb0p) / ETA))  # equation (60), no overflow
    lbda = lbd if lminbap > lbd else lminbap + (lbd - lminbap) * fk
    lbam = lbda + (lminb0p - lbda) * fj
    lbs = troposcatter_db(path, f, p, setting.n0)
    lbc = -5.0 * math.log10(10.0 ** (-0.2 * lbs) + 10.0 ** (-0.2 * lbam))
    lloc = -upper_quantile(0.01 * setting.location_pct) * setting.location_sigma_db
    if path.receiver_at_sea:
        lloc = 0.0
    lb = max(lb0p, lbc + lloc)
    share = near_share(path.d_km)
    if share < 1.0:
        lb = share * lb + (1.0 - share) * (lbfs + lbulla + max(0.0, lloc))
    return Losses(
        b0, fi, fj, fk, lbfs, lb0p, lb0b, lbulla, lbulls, ldsph, lbulla_b, lbulls_b, ldsph_b, ld50, ldb, ldp,
        lbd50, lbd, lminb0p, lba, lminbap, lbda, lbam, lbs, lbc, lb, 199.36 + 20.0 * math.log10(f) - lb,
    )  # fmt: skip


@exact_kernel
def combine(path: PathSummary, setting: Setting) -> float:
    """Basic transmission loss of an analysed path, equation (69).

    Parameters
    ----------
    path : PathSummary
        The path.
    setting : Setting
        Frequency, statistics and climate.

    Returns
    -------
    float
        Loss at p % of time and pL % of locations, dB.
    """
    return losses(path, setting).lb_db
