"""P.1812-8 losses of a block of links in float32: time statistics, ducting, troposcatter, combination.

ITU-R P.1812-8 sections 4.2 to 4.7, the fast twin of `planner.kernels.p1812`. A block is prepared once
(`prepare_paths`, `prepare_statistics`), then turned into losses per frequency (`losses_into`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import exp, exp2, exp10, f4, log2, log10, power, tanh
from planner.kernels.intrinsics import fast_max, fast_min
from planner.kernels.p1812.combine import MODEL_FROM_KM, NEAR_BELOW_KM
from planner.kernels.p1812.path import BETA_RADIUS_KM
from planner.kernels.sweep.links import (
    ABOVE,
    ACTUAL,
    CLEAR,
    CLEAR_BETA,
    COAST,
    DFS2,
    DLM,
    DLR,
    DLT,
    DTM,
    DUCT,
    EDGE,
    EDGE_BETA,
    ESB,
    ESP,
    FI,
    FJ,
    FK,
    FREE,
    H1D,
    H2D,
    HM,
    HRE,
    HTE,
    LD50,
    LDB,
    LOSS,
    OMEGA,
    SCATTER,
    SHIELD_R,
    SHIELD_T,
    SMOOTH,
    SMOOTH_BETA,
    SPHERE_LOG,
    SPHERE_LOG_BETA,
    STEP,
    THETA_D,
    THETA_R,
    THETA_T,
    D,
)
from planner.kernels.sweep.smooth import diffraction_into, prepare_sphere, smooth_edge, spherical_earth_into

MEDIAN_PCT = 50.0
_ZERO, _HALF, _ONE, _TWO = f4(0.0), f4(0.5), f4(1.0), f4(2.0)
_DB = f4(10.0 * math.log10(2.0))


class Climate(NamedTuple):
    """What does not change from link to link.

    Attributes
    ----------
    ae_km : float
        Median effective Earth radius, km.
    time_pct : float
        Percentage of time the loss is not exceeded, 1 to 50.
    n0 : float
        Sea-level surface refractivity, N-units.
    latitude_deg : float
        Path-centre latitude, degrees.
    vertical : bool
        Vertical polarisation; horizontal otherwise.
    sea : bool
        Whether any link may cross sea.
    """

    ae_km: float
    time_pct: float
    n0: float
    latitude_deg: float
    vertical: bool
    sea: bool


@inline_kernel
def _inverse_normal(share: float) -> float:
    """Inverse complementary normal distribution of Attachment 2, equation (96), for shares up to one half."""
    t = np.sqrt(-_TWO * f4(math.log(2.0)) * log2(share))
    above = (f4(0.010328) * t + f4(0.802853)) * t + f4(2.515516698)
    below = ((f4(0.001308) * t + f4(0.189269)) * t + f4(1.432788)) * t + _ONE
    return t - above / below


@inline_kernel
def _beta0_pct(dtm_km: float, dlm_km: float, latitude_deg: float) -> float:
    """Time percentage of strong lapse rates, equations (2) to (5)."""
    phi = fast_min(latitude_deg, f4(70.0))
    tau = _ONE - exp(f4(-4.12e-4) * power(fast_max(dlm_km, f4(1e-9)), f4(2.41)))
    sea = exp10(-dtm_km / (f4(16.0) - f4(6.6) * tau)) + exp10(-f4(5.0) * (f4(0.496) + f4(0.354) * tau))
    log_mu1 = fast_min(f4(0.2) * log2(sea), _ZERO)
    log_mu4 = (f4(-0.935) + f4(0.0176) * phi) * log_mu1
    high_latitude = f4(0.3) * log_mu1
    log_mu4 = log_mu4 if latitude_deg <= f4(70.0) else high_latitude
    return exp10(f4(-0.015) * phi + f4(1.67)) * exp2(log_mu1 + log_mu4)


@inline_kernel
def _surplus_beta_pct(values: NDArray[np.float32], i: int, beta0: float, ae: float) -> float:
    """Time percentage of ducting after the corrections mu2 and mu3, equations (52) to (56)."""
    d = values[D + i]
    tau = _ONE - exp(f4(-4.12e-4) * power(fast_max(values[DLM + i], f4(1e-9)), f4(2.41)))
    alpha = f4(-0.6) - f4(3.5e-9) * power(d, f4(3.1)) * tau
    alpha = fast_max(alpha, f4(-3.4))
    roots = np.sqrt(values[HTE + i]) + np.sqrt(values[HRE + i])
    geometry = f4(500.0) * d * d / (ae * roots * roots)
    log_mu2 = fast_min(alpha * log2(geometry), _ZERO)
    inland = fast_min(d - values[DLT + i] - values[DLR + i], f4(40.0))
    rough = fast_max(values[HM + i] - f4(10.0), _ZERO)
    log_mu3 = f4(-4.6e-5 * math.log2(math.e)) * rough * (f4(43.0) + f4(6.0) * inland)
    return beta0 * exp2(log_mu2 + log_mu3)


@inline_kernel
def _duct_time_db(d: float, beta: float, p: float) -> float:
    """Time variability of ducting, equations (50) and (51)."""
    log_beta = log10(beta)
    gap = fast_max(f4(2.0058) - log_beta, f4(1e-3))
    shape = (f4(9.51) - f4(4.8) * log_beta + f4(0.198) * log_beta * log_beta) * f4(1e-6)
    gamma = f4(1.076) * power(gap, f4(-1.012)) * exp(-shape * power(d, f4(1.13)))
    log_ratio = log2(p / beta)
    slow = (f4(1.2) + f4(3.7e-3) * d) * f4(math.log10(2.0)) * log_ratio
    return f4(-12.0) + slow + f4(12.0) * exp2(gamma * log_ratio)


@lean_kernel
def prepare_smooth(values: NDArray[np.float32], n: int, climate: Climate) -> None:
    """Work out the smooth surface's Bullington edges of a block.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    n : int
        Links in it.
    climate : Climate
        Earth radius and time percentage.
    """
    bulge = f4(500.0 / climate.ae_km)
    for i in range(np.uint64(n)):
        values[SMOOTH + i] = smooth_edge(values[H1D + i], values[H2D + i], values[D + i], bulge, values[STEP + i])
    if climate.time_pct < MEDIAN_PCT:
        bulge = f4(500.0 / BETA_RADIUS_KM)
        for i in range(np.uint64(n)):
            edge = smooth_edge(values[H1D + i], values[H2D + i], values[D + i], bulge, values[STEP + i])
            values[SMOOTH_BETA + i] = edge


@lean_kernel
def prepare_paths(values: NDArray[np.float32], n: int, climate: Climate) -> None:
    """Work out what free space and the spherical Earth take of a block at any frequency.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    n : int
        Links in it.
    climate : Climate
        Earth radius and time percentage.
    """
    for i in range(np.uint64(n)):
        values[FREE + i] = _DB * log2(values[DFS2 + i])
    prepare_sphere(values, n, SPHERE_LOG, CLEAR, climate.ae_km)
    if climate.time_pct < MEDIAN_PCT:
        prepare_sphere(values, n, SPHERE_LOG_BETA, CLEAR_BETA, BETA_RADIUS_KM)


@lean_kernel
def prepare_statistics(values: NDArray[np.float32], n: int, climate: Climate) -> None:
    """Work out every frequency-free term of sections 4.2 and 4.4 to 4.6 for a block.

    Parameters
    ----------
    values : ndarray of float32
        The block, rows `D` to `COAST` filled.
    n : int
        Links in it.
    climate : Climate
        What all links share.
    """
    if climate.time_pct < MEDIAN_PCT:
        _prepare_rare(values, n, climate)
    p, ae, phi = f4(climate.time_pct), f4(climate.ae_km), f4(abs(climate.latitude_deg))
    below_p = log10(p / f4(50.0))
    scatter_p = f4(10.125) * power(fast_max(-below_p, f4(1e-30)), f4(0.7))
    scatter_constant = f4(190.1) - f4(0.15 * climate.n0) - scatter_p
    for i in range(np.uint64(n)):
        d, dlt, dlr = values[D + i], values[DLT + i], values[DLR + i]
        theta_t, theta_r = values[THETA_T + i], values[THETA_R + i]
        beta0 = _beta0_pct(values[DTM + i], values[DLM + i], phi)
        bend = f4(1000.0) * d / ae
        theta = bend + theta_t + theta_r  # equation (82)
        values[FJ + i] = _HALF - _HALF * tanh(f4(2.4) * (theta - f4(0.3)) / f4(0.3))  # equation (57)
        values[FK + i] = _HALF - _HALF * tanh(f4(1.5) * (d - f4(20.0)) / f4(20.0))  # equation (58)
        values[SCATTER + i] = scatter_constant + _TWO * _DB * log2(d) + f4(0.573) * theta  # equation (44)
        beta = _surplus_beta_pct(values, i, beta0, ae)
        values[DUCT + i] = (  # equations (46), (47) and (50) without frequency
            f4(102.45) + _TWO * _DB * log2(dlt + dlr) + values[COAST + i] + _duct_time_db(d, beta, p)
        )
        low_t, low_r = fast_min(theta_t, f4(0.1) * dlt), fast_min(theta_r, f4(0.1) * dlr)
        values[THETA_D + i] = bend + low_t + low_r  # equation (55)
        above_t, above_r = theta_t - low_t, theta_r - low_r  # equation (48) without frequency
        values[SHIELD_T + i] = f4(0.361) * above_t * np.sqrt(dlt)
        values[SHIELD_R + i] = f4(0.361) * above_r * np.sqrt(dlr)
        values[ABOVE + i] = above_t + above_r


@lean_kernel
def _prepare_rare(values: NDArray[np.float32], n: int, climate: Climate) -> None:
    """Work out multipath and the interpolation between 50 % of time and beta0; at 50 % neither counts."""
    p, phi = f4(climate.time_pct), f4(abs(climate.latitude_deg))
    below_p, normal_p = log10(p / f4(50.0)), _inverse_normal(p / f4(100.0))
    for i in range(np.uint64(n)):
        beta0 = _beta0_pct(values[DTM + i], values[DLM + i], phi)
        near = _ONE - exp(f4(-0.1) * (values[DLT + i] + values[DLR + i]))  # equations (9) and (10)
        values[ESP + i] = f4(2.6) * near * below_p
        values[ESB + i] = f4(2.6) * near * log10(beta0 / f4(50.0))
        share = fast_min(normal_p / _inverse_normal(fast_min(beta0, f4(49.99)) / f4(100.0)), _ONE)  # equation (40)
        values[FI + i] = share if p > beta0 else _ONE


@inline_kernel
def _model_share(d_km: float) -> float:
    """Weight of the Recommendation's formulas near the mast, as `planner.kernels.p1812.combine.near_share`."""
    share = (d_km - f4(NEAR_BELOW_KM)) * f4(1.0 / (MODEL_FROM_KM - NEAR_BELOW_KM))
    return fast_min(fast_max(share, _ZERO), _ONE)


@lean_kernel
def _low_band_db(f: float) -> float:
    """Correction of the ducting model below 0.5 GHz, equation (47a)."""
    return 45.375 - 137.0 * f + 92.5 * f * f if f < 0.5 else 0.0


class _Tones(NamedTuple):
    """Frequency terms of free space, ducting and troposcatter."""

    free_db: float
    duct_db: float
    scatter_db: float
    root: float
    third: float
    per_mrad_db: float


@lean_kernel
def _tones(f: float, ae_km: float) -> _Tones:
    """Frequency terms at a frequency in GHz."""
    log_f = math.log10(f)
    return _Tones(
        f4(92.4 + 20.0 * log_f),
        f4(20.0 * log_f + _low_band_db(f)),
        f4(25.0 * log_f - 2.5 * math.log10(0.5 * f) ** 2),
        f4(math.sqrt(f)),
        f4(f ** (1.0 / 3.0)),
        f4(5e-5 * ae_km * f ** (1.0 / 3.0)),
    )


@inline_kernel
def _combined_db(
    values: NDArray[np.float32], i: int, tones: _Tones, free: float, lb0p: float, lbd: float, least: float
) -> float:
    """Loss of all mechanisms, equations (46) to (51) and (60) to (69), from that of diffraction and its least."""
    shielding = (
        _TWO * _DB * log2((_ONE + values[SHIELD_T + i] * tones.root) * (_ONE + values[SHIELD_R + i] * tones.root))
    )
    shielding += f4(0.264) * values[ABOVE + i] * tones.third
    lba = tones.duct_db + values[DUCT + i] + shielding + tones.per_mrad_db * values[THETA_D + i]
    high, low = fast_max(lba, lb0p), fast_min(lba, lb0p)
    least_duct = high + f4(2.5 * math.log(2.0)) * log2(_ONE + exp((low - high) * f4(0.4)))  # equation (60)
    mixed = least_duct + (lbd - least_duct) * values[FK + i]
    lbda = lbd if least_duct > lbd else mixed
    lbam = lbda + (least - lbda) * values[FJ + i]
    lbs = values[SCATTER + i] + tones.scatter_db
    strong, weak = fast_min(lbs, lbam), fast_max(lbs, lbam)
    lbc = strong - f4(5.0 * math.log10(2.0)) * log2(_ONE + exp10(f4(-0.2) * (weak - strong)))
    loss = fast_max(lb0p, lbc)  # equation (69) at half of the locations
    share = _model_share(values[D + i])
    return share * loss + (_ONE - share) * (free + values[ACTUAL + i])


@lean_kernel
def _combine_into(values: NDArray[np.float32], n: int, f: float, ae_km: float, median: bool) -> None:
    """Combine diffraction, ducting and troposcatter, sections 4.5 to 4.7, into the row `LOSS`."""
    tones = _tones(f, ae_km)
    if median:
        for i in range(np.uint64(n)):
            free = tones.free_db + values[FREE + i]
            lbd = free + values[LD50 + i]
            values[LOSS + i] = _combined_db(values, i, tones, free, free, lbd, lbd)
        return
    for i in range(np.uint64(n)):
        free = tones.free_db + values[FREE + i]
        lb0p, lb0b = free + values[ESP + i], free + values[ESB + i]
        ld50, fi = values[LD50 + i], values[FI + i]
        ldp = ld50 + fi * (values[LDB + i] - ld50)
        land = (_ONE - values[OMEGA + i]) * ldp
        usual = free + ld50 + (lb0b + land - free - ld50) * fi
        least = lb0p + land if fi >= _ONE else usual  # equation (59)
        values[LOSS + i] = _combined_db(values, i, tones, free, lb0p, lb0p + ldp, least)


@lean_kernel
def _plain_into(values: NDArray[np.float32], n: int, f: float) -> None:
    """Free space and diffraction into the row `LOSS`: all there is where ducting and scatter cannot compete."""
    fs_f = f4(92.4 + 20.0 * math.log10(f))
    for i in range(np.uint64(n)):
        share = _model_share(values[D + i])
        diffraction = share * values[LD50 + i] + (_ONE - share) * values[ACTUAL + i]
        values[LOSS + i] = fs_f + values[FREE + i] + diffraction


@lean_kernel
def losses_into(values: NDArray[np.float32], n: int, frequency_ghz: float, climate: Climate, plain: bool) -> None:
    """Median-location loss of a prepared block at one frequency into its row `LOSS`.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    n : int
        Links in it.
    frequency_ghz : float
        Frequency, GHz.
    climate : Climate
        What all links share.
    plain : bool
        Links whose loss is free space and diffraction alone (only at 50 % of time).
    """
    median = climate.time_pct >= MEDIAN_PCT
    if not median:
        spherical_earth_into(values, n, SPHERE_LOG_BETA, CLEAR_BETA, frequency_ghz, climate.vertical, climate.sea)
        diffraction_into(values, n, LDB, EDGE_BETA, SMOOTH_BETA, frequency_ghz)
    spherical_earth_into(values, n, SPHERE_LOG, CLEAR, frequency_ghz, climate.vertical, climate.sea)
    diffraction_into(values, n, LD50, EDGE, SMOOTH, frequency_ghz)
    if plain:
        _plain_into(values, n, frequency_ghz)
    else:
        _combine_into(values, n, frequency_ghz, climate.ae_km, median)
