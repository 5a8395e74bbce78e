"""Diffraction over terrain: knife edge, Bullington's construction, the spherical Earth, and their delta.

ITU-R P.1812-8 section 4.3 and ITU-R P.452-18 section 4.2 use the same method (ITU-R P.526). Equation numbers
below are those of P.1812-8, as the validation logs of ITU-R Working Party 3K number them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel

WAVELENGTH_M_GHZ = 0.2998  # wavelength times frequency, as the standards round the speed of light
LAND_PERMITTIVITY, LAND_CONDUCTIVITY_S_M = 22.0, 0.003  # section 4.3.3
SEA_PERMITTIVITY, SEA_CONDUCTIVITY_S_M = 80.0, 5.0  # section 4.3.3
NO_EDGE = -1e30  # diffraction parameter of a path without any intermediate point


@exact_kernel
def knife_edge_loss_db(nu: float) -> float:
    """Loss of a single knife edge, equation (12).

    Parameters
    ----------
    nu : float
        Fresnel-Kirchhoff diffraction parameter.

    Returns
    -------
    float
        Loss, dB; 0 for nu <= -0.78.
    """
    if nu <= -0.78:
        return 0.0
    return 6.9 + 20.0 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)


@exact_kernel
def bullington_loss_db(edge: float, frequency_ghz: float, d_km: float) -> float:
    """Bullington loss of a path from its frequency-independent edge, equation (21).

    Parameters
    ----------
    edge : float
        What `bullington_edge` returns: the diffraction parameter times the square root of the wavelength.
    frequency_ghz : float
        Frequency, GHz.
    d_km : float
        Path length, km.

    Returns
    -------
    float
        Loss, dB.
    """
    knife_db = knife_edge_loss_db(edge * math.sqrt(frequency_ghz / WAVELENGTH_M_GHZ))
    return knife_db + (1.0 - math.exp(-knife_db / 6.0)) * (10.0 + 0.02 * d_km)


@exact_kernel
def bullington_edge(
    d_km: NDArray[np.float64], g_m: NDArray[np.float64], hts_m: float, hrs_m: float, radius_km: float
) -> float:
    """Equivalent knife edge of a profile, equations (13) to (20), with the wavelength left out.

    In line of sight it is the largest diffraction parameter of the profile points, beyond the horizon that of
    the Bullington point. Multiplied by the square root of (frequency / 0.2998 GHz m) it is the standard's nu.

    Parameters
    ----------
    d_km : ndarray of shape (n,)
        Distances from the transmitter, ascending, km; the first is 0.
    g_m : ndarray of shape (n,)
        Heights with clutter, m above sea level; the first and last are not read.
    hts_m, hrs_m : float
        Heights of the antennas, m above sea level.
    radius_km : float
        Effective Earth radius, km.

    Returns
    -------
    float
        Diffraction parameter times the square root of the wavelength (m); `NO_EDGE` without inner points.
    """
    n = d_km.size
    d = d_km[n - 1]
    bulge = 500.0 / radius_km
    slope_t, slope_r, largest = -math.inf, -math.inf, -math.inf
    for i in range(1, n - 1):
        di = d_km[i]
        dr = d - di
        top = g_m[i] + bulge * di * dr
        slope_t = max(slope_t, (top - hts_m) / di)
        slope_r = max(slope_r, (top - hrs_m) / dr)
        clearance = top - (hts_m * dr + hrs_m * di) / d
        largest = max(largest, clearance * math.sqrt(0.002 * d / (di * dr)))
    if n < 3:
        return NO_EDGE
    if slope_t < (hrs_m - hts_m) / d:
        return largest
    return bullington_point(slope_t, slope_r, hts_m, hrs_m, d)


@exact_kernel
def bullington_point(slope_t: float, slope_r: float, hts_m: float, hrs_m: float, d_km: float) -> float:
    """Edge where the two horizon rays of a trans-horizon path cross, equations (18) and (19).

    Parameters
    ----------
    slope_t, slope_r : float
        Slopes of the rays from transmitter and receiver to their horizons, m/km.
    hts_m, hrs_m : float
        Heights of the antennas, m above sea level.
    d_km : float
        Path length, km.

    Returns
    -------
    float
        Diffraction parameter times the square root of the wavelength (m).
    """
    db = (hrs_m - hts_m + slope_r * d_km) / (slope_t + slope_r)
    clearance = hts_m + slope_t * db - (hts_m * (d_km - db) + hrs_m * db) / d_km
    return clearance * math.sqrt(0.002 * d_km / (db * (d_km - db)))


@exact_kernel
def _height_gain_db(y: float, beta: float, k: float) -> float:
    """Height gain G of section 4.3.3, with its floor."""
    b = beta * y
    if b > 2.0:
        gain = 17.6 * math.sqrt(b - 1.1) - 5.0 * math.log10(b - 1.1) - 8.0
    else:
        gain = 20.0 * math.log10(b + 0.1 * b * b * b)
    return max(gain, 2.0 + 20.0 * math.log10(k))


@exact_kernel
def _first_term_over_db(
    d_km: float,
    hte_m: float,
    hre_m: float,
    radius_km: float,
    f: float,
    vertical: bool,
    ground: tuple[float, float],
) -> float:
    """First-term loss over one kind of ground (permittivity, conductivity in S/m), section 4.3.3."""
    permittivity = ground[0]
    losses = 18.0 * ground[1] / f
    k = 0.036 * math.pow(radius_km * f, -1.0 / 3.0) * math.pow((permittivity - 1.0) ** 2 + losses * losses, -0.25)
    if vertical:
        k *= math.sqrt(permittivity * permittivity + losses * losses)
    k2 = k * k
    beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2)
    x = 21.88 * beta * math.pow(f / (radius_km * radius_km), 1.0 / 3.0) * d_km
    per_m = 0.9575 * beta * math.pow(f * f / radius_km, 1.0 / 3.0)
    if x >= 1.6:
        distance_db = 11.0 + 10.0 * math.log10(x) - 17.6 * x
    else:
        distance_db = -20.0 * math.log10(x) - 5.6488 * math.pow(x, 1.425)
    return -distance_db - _height_gain_db(per_m * hte_m, beta, k) - _height_gain_db(per_m * hre_m, beta, k)


@exact_kernel
def first_term_loss_db(
    d_km: float,
    hte_m: float,
    hre_m: float,
    radius_km: float,
    frequency_ghz: float,
    vertical: bool,
    omega: float,
) -> float:
    """First term of the spherical-Earth residue series, section 4.3.3, equation (28).

    Parameters
    ----------
    d_km : float
        Path length, km.
    hte_m, hre_m : float
        Heights over the smooth surface, m.
    radius_km : float
        Effective Earth radius, km.
    frequency_ghz : float
        Frequency, GHz.
    vertical : bool
        Vertical polarisation; horizontal otherwise.
    omega : float
        Share of the path over sea, 0 to 1.

    Returns
    -------
    float
        Loss, dB; may be negative.
    """
    land_db, sea_db = 0.0, 0.0
    if omega < 1.0:
        land = (LAND_PERMITTIVITY, LAND_CONDUCTIVITY_S_M)
        land_db = _first_term_over_db(d_km, hte_m, hre_m, radius_km, frequency_ghz, vertical, land)
    if omega > 0.0:
        sea = (SEA_PERMITTIVITY, SEA_CONDUCTIVITY_S_M)
        sea_db = _first_term_over_db(d_km, hte_m, hre_m, radius_km, frequency_ghz, vertical, sea)
    return omega * sea_db + (1.0 - omega) * land_db


@exact_kernel
def spherical_earth_loss_db(
    d_km: float,
    hte_m: float,
    hre_m: float,
    radius_km: float,
    frequency_ghz: float,
    vertical: bool,
    omega: float,
) -> float:
    """Spherical-Earth diffraction loss, section 4.3.2, equations (22) to (27).

    Parameters
    ----------
    d_km : float
        Path length, km.
    hte_m, hre_m : float
        Heights over the smooth surface, m.
    radius_km : float
        Effective Earth radius, km.
    frequency_ghz : float
        Frequency, GHz.
    vertical : bool
        Vertical polarisation; horizontal otherwise.
    omega : float
        Share of the path over sea, 0 to 1.

    Returns
    -------
    float
        Loss, dB, not negative inside the horizon.
    """
    root_heights = math.sqrt(hte_m) + math.sqrt(hre_m)
    if d_km >= math.sqrt(2.0 * radius_km) * math.sqrt(0.001) * root_heights:
        return first_term_loss_db(d_km, hte_m, hre_m, radius_km, frequency_ghz, vertical, omega)
    c = (hte_m - hre_m) / (hte_m + hre_m)
    m = 250.0 * d_km * d_km / (radius_km * (hte_m + hre_m))
    angle = math.acos(1.5 * c * math.sqrt(3.0 * m / ((m + 1.0) * (m + 1.0) * (m + 1.0))))
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.cos(math.pi / 3.0 + angle / 3.0)
    d1 = 0.5 * d_km * (1.0 + b)
    d2 = d_km - d1
    hse = ((hte_m - 500.0 * d1 * d1 / radius_km) * d2 + (hre_m - 500.0 * d2 * d2 / radius_km) * d1) / d_km
    hreq = 17.456 * math.sqrt(d1 * d2 * WAVELENGTH_M_GHZ / (frequency_ghz * d_km))
    if hse > hreq:
        return 0.0
    aem = 500.0 * (d_km / root_heights) ** 2
    loss_db = first_term_loss_db(d_km, hte_m, hre_m, aem, frequency_ghz, vertical, omega)
    return max(0.0, (1.0 - hse / hreq) * loss_db) if loss_db > 0.0 else 0.0
