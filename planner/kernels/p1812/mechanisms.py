"""Loss mechanisms beside diffraction: line of sight, troposcatter, ducting and layer reflection.

ITU-R P.1812-8 sections 3.6, 4.2, 4.4 and 4.5, whose equation numbers are given. P.452-18 shares much of it.
"""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.normal import upper_quantile_hastings
from planner.kernels.p1812.path import PathSummary

_C0 = 2.515516698  # Attachment 2 to Annex 1: leading coefficient as the ITU writes it


@exact_kernel
def upper_quantile(q: float) -> float:
    """Inverse complementary cumulative normal distribution, Attachment 2 to Annex 1.

    Parameters
    ----------
    q : float
        Probability of exceedance; limited to 1e-6 to 1 - 1e-6 as the Recommendation says.

    Returns
    -------
    float
        The point in standard deviations, falling with `q`.
    """
    return upper_quantile_hastings(min(max(q, 1e-6), 1.0 - 1e-6), _C0)


@exact_kernel
def inland_factor(dlm_km: float) -> float:
    """Factor tau of equation (3).

    Parameters
    ----------
    dlm_km : float
        Longest continuous inland section, km.

    Returns
    -------
    float
        Between 0 (no inland) and 1.
    """
    return 1.0 - math.exp(-(4.12e-4 * math.pow(dlm_km, 2.41)))


@exact_kernel
def ducting_incidence_pct(latitude_deg: float, dtm_km: float, dlm_km: float) -> float:
    """Point incidence beta0 of anomalous propagation at the path centre, equations (2) to (5).

    Parameters
    ----------
    latitude_deg : float
        Latitude of the path centre, degrees.
    dtm_km, dlm_km : float
        Longest continuous land and inland sections, km.

    Returns
    -------
    float
        Percentage of time, %.
    """
    tau = inland_factor(dlm_km)
    latitude = abs(latitude_deg)
    mu1 = math.pow(10.0, -dtm_km / (16.0 - 6.6 * tau)) + math.pow(10.0, -5.0 * (0.496 + 0.354 * tau))
    mu1 = min(math.pow(mu1, 0.2), 1.0)
    if latitude <= 70.0:
        return math.pow(10.0, -0.015 * latitude + 1.67) * mu1 * math.pow(mu1, -0.935 + 0.0176 * latitude)
    return 4.17 * mu1 * math.pow(mu1, 0.3)


@exact_kernel
def free_space_db(path: PathSummary, frequency_ghz: float) -> float:
    """Free-space basic transmission loss along the slant distance, equation (8).

    Parameters
    ----------
    path : PathSummary
        The path.
    frequency_ghz : float
        Frequency, GHz.

    Returns
    -------
    float
        Loss, dB; antennas nearer than a metre count as a metre apart.
    """
    rise_km = 0.001 * (path.hts_m - path.hrs_m)
    slant_km = max(0.001, math.sqrt(path.d_km * path.d_km + rise_km * rise_km))
    return 92.4 + 20.0 * math.log10(frequency_ghz) + 20.0 * math.log10(slant_km)


@exact_kernel
def multipath_db(path: PathSummary, time_pct: float) -> float:
    """Correction for multipath and focusing at a time percentage, equations (9) to (11).

    Parameters
    ----------
    path : PathSummary
        The path.
    time_pct : float
        Percentage of time, %.

    Returns
    -------
    float
        Correction to the free-space loss, dB; 0 at 50 %.
    """
    return 2.6 * (1.0 - math.exp(-0.1 * (path.dlt_km + path.dlr_km))) * math.log10(time_pct / 50.0)


@exact_kernel
def troposcatter_db(path: PathSummary, frequency_ghz: float, time_pct: float, n0: float) -> float:
    """Basic transmission loss by tropospheric scatter, equations (44) and (45).

    Parameters
    ----------
    path : PathSummary
        The path.
    frequency_ghz : float
        Frequency, GHz.
    time_pct : float
        Percentage of time, %, at most 50.
    n0 : float
        Sea-level surface refractivity at the path centre, N-units.

    Returns
    -------
    float
        Loss, dB.
    """
    loss_db = 25.0 * math.log10(frequency_ghz) - 2.5 * math.log10(0.5 * frequency_ghz) ** 2
    theta = 1000.0 * path.d_km / path.ae_km + path.theta_t_mrad + path.theta_r_mrad
    loss_db += 190.1 + 20.0 * math.log10(path.d_km) + 0.573 * theta - 0.15 * n0
    return loss_db - 10.125 * math.pow(math.log10(50.0 / time_pct), 0.7)


@exact_kernel
def _shielding_db(theta_mrad: float, horizon_km: float, frequency_ghz: float) -> float:
    """Site-shielding diffraction loss of a terminal, equation (48)."""
    excess = theta_mrad - 0.1 * horizon_km
    if excess <= 0.0:
        return 0.0
    spread = 1.0 + 0.361 * excess * math.sqrt(frequency_ghz * horizon_km)
    return 20.0 * math.log10(spread) + 0.264 * excess * math.pow(frequency_ghz, 1.0 / 3.0)


@exact_kernel
def sea_coupling_db(coast_km: float, horizon_km: float, height_m: float, omega: float) -> float:
    """Over-sea surface duct coupling of a terminal, equation (49).

    Parameters
    ----------
    coast_km : float
        Distance over land from the terminal to the coast along the path, km.
    horizon_km : float
        Distance of its horizon, km.
    height_m : float
        Antenna height, m above sea level.
    omega : float
        Share of the path over sea.

    Returns
    -------
    float
        Correction, dB, 0 or negative.
    """
    if omega < 0.75 or coast_km > horizon_km or coast_km > 5.0:
        return 0.0
    return -3.0 * math.exp(-0.25 * coast_km * coast_km) * (1.0 + math.tanh(0.07 * (50.0 - height_m)))


@exact_kernel
def _duct_variability_db(path: PathSummary, time_pct: float, beta0_pct: float) -> float:
    """Time-percentage variability A(p) of the ducting loss, equations (53) to (56a)."""
    d = path.d_km
    alpha = max(-3.4, -0.6 - 3.5e-9 * math.pow(d, 3.1) * inland_factor(path.dlm_km))
    root_heights = math.sqrt(path.hte_m) + math.sqrt(path.hre_m)
    mu2 = min(1.0, math.pow(500.0 / path.ae_km * d * d / (root_heights * root_heights), alpha))
    mu3 = 1.0
    if path.hm_m > 10.0:
        between_km = min(40.0, d - path.dlt_km - path.dlr_km)
        mu3 = math.exp(-4.6e-5 * (path.hm_m - 10.0) * (43.0 + 6.0 * between_km))
    beta = beta0_pct * mu2 * mu3
    log_beta = math.log10(beta)
    gamma = 1.076 / math.pow(2.0058 - log_beta, 1.012)
    gamma *= math.exp(-(9.51 - 4.8 * log_beta + 0.198 * log_beta * log_beta) * 1e-6 * math.pow(d, 1.13))
    ratio = time_pct / beta
    return -12.0 + (1.2 + 3.7e-3 * d) * math.log10(ratio) + 12.0 * math.pow(ratio, gamma)


@exact_kernel
def ducting_db(path: PathSummary, frequency_ghz: float, time_pct: float, beta0_pct: float) -> float:
    """Basic transmission loss by ducting and layer reflection, equations (46) to (56).

    Parameters
    ----------
    path : PathSummary
        The path.
    frequency_ghz : float
        Frequency, GHz.
    time_pct : float
        Percentage of time, %.
    beta0_pct : float
        Incidence of ducting at the path centre, %, from `ducting_incidence_pct`.

    Returns
    -------
    float
        Loss, dB.
    """
    f = frequency_ghz
    fixed_db = 102.45 + 20.0 * math.log10(f) + 20.0 * math.log10(path.dlt_km + path.dlr_km)
    if f < 0.5:
        fixed_db += 45.375 - 137.0 * f + 92.5 * f * f
    fixed_db += _shielding_db(path.theta_t_mrad, path.dlt_km, f) + _shielding_db(path.theta_r_mrad, path.dlr_km, f)
    fixed_db += sea_coupling_db(path.dct_km, path.dlt_km, path.hts_m, path.omega)
    fixed_db += sea_coupling_db(path.dcr_km, path.dlr_km, path.hrs_m, path.omega)
    theta = 1000.0 * path.d_km / path.ae_km
    theta += min(path.theta_t_mrad, 0.1 * path.dlt_km) + min(path.theta_r_mrad, 0.1 * path.dlr_km)
    per_mrad_db = 5e-5 * path.ae_km * math.pow(f, 1.0 / 3.0)
    return fixed_db + per_mrad_db * theta + _duct_variability_db(path, time_pct, beta0_pct)


@exact_kernel
def location_sigma_db(frequency_ghz: float, height_m: float, clutter_m: float, resolution_m: float) -> float:
    """Standard deviation of location variability outdoors, section 4.7.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    height_m : float
        Receiver height above ground, m.
    clutter_m : float
        Representative clutter height at the receiver, m.
    resolution_m : float
        Width of the square over which the variability applies, m.

    Returns
    -------
    float
        Standard deviation, dB; 0 for receivers 10 m or more over the clutter.
    """
    sigma_db = (0.52 + 0.024 * frequency_ghz) * math.pow(resolution_m, 0.28)
    return sigma_db * min(1.0, max(0.0, 1.0 - 0.1 * (height_m - clutter_m)))
