"""Path profile analysis: ITU-R P.1812-8 sections 3.2 to 3.8 and Attachment 1 to Annex 1.

Everything the loss mechanisms need to know of a path is gathered in a `PathSummary`, which holds no
frequency: one analysis serves every carrier. P.452-18 shares it. Equations are numbered as in the validation
logs of ITU-R Working Party 3K, so that a value found wrong there can be found here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.constants import EARTH_RADIUS_KM
from planner.kernels._jit import exact_kernel
from planner.kernels.diffraction import bullington_edge

SEA, COASTAL, INLAND = 1, 3, 4  # radio-climatic zones as the Recommendation's own files number them
NO_COAST_KM = 500.0  # distance to the coast of a terminal that is nowhere near one
BETA_RADIUS_KM = 3.0 * EARTH_RADIUS_KM  # equation (7b): effective radius exceeded for beta0 % of time

STATUS_OK, STATUS_NO_DATA, STATUS_BAD_DISTANCES = 0, 1, 2


class Terminals(NamedTuple):
    """The two ends of a path and the climate between them.

    Attributes
    ----------
    htg_m, hrg_m : float
        Antenna heights above ground, m.
    dct_km, dcr_km : float
        Distances over land from the terminals to the coast along the path, km; 0 for a terminal at sea.
    ae_km : float
        Median effective Earth radius, km, from `effective_radius_km`.
    """

    htg_m: float
    hrg_m: float
    dct_km: float
    dcr_km: float
    ae_km: float


class PathSummary(NamedTuple):
    """What the loss mechanisms need of a path; no frequency, no statistics.

    Attributes
    ----------
    d_km : float
        Great-circle path length, km.
    hts_m, hrs_m : float
        Antenna heights, m above sea level.
    ae_km : float
        Median effective Earth radius, km, equation (7a).
    dlt_km, dlr_km : float
        Horizon distances, equations (78) and (81a).
    theta_t_mrad, theta_r_mrad : float
        Horizon elevation angles, equations (76) to (81).
    hst_m, hsr_m : float
        Heights of the least-squares smooth surface at the terminals, m above sea level, equations (85), (86).
    hstd_m, hsrd_m : float
        The same for the diffraction model, equation (89).
    hte_m, hre_m : float
        Effective heights for the ducting model, m, equation (92).
    hm_m : float
        Terrain roughness, m, equation (93).
    omega : float
        Share of the path over sea, section 4.1.
    dtm_km, dlm_km : float
        Longest continuous land and inland sections, km, section 3.6.
    dct_km, dcr_km : float
        Distances to the coast, km, section 3.4.
    edge, edge_beta : float
        Bullington edges of the profile with clutter at the median and the beta0 radius.
    smooth_edge, smooth_edge_beta : float
        Bullington edges of the smooth surface, section 4.3.4.
    receiver_at_sea : bool
        No location variability applies there.
    """

    d_km: float
    hts_m: float
    hrs_m: float
    ae_km: float
    dlt_km: float
    dlr_km: float
    theta_t_mrad: float
    theta_r_mrad: float
    hst_m: float
    hsr_m: float
    hstd_m: float
    hsrd_m: float
    hte_m: float
    hre_m: float
    hm_m: float
    omega: float
    dtm_km: float
    dlm_km: float
    dct_km: float
    dcr_km: float
    edge: float
    edge_beta: float
    smooth_edge: float
    smooth_edge_beta: float
    receiver_at_sea: bool


@exact_kernel
def effective_radius_km(delta_n: float) -> float:
    """Median effective Earth radius, equations (6) and (7a).

    Parameters
    ----------
    delta_n : float
        Refractivity lapse rate over the lowest kilometre, N-units/km, taken positive.

    Returns
    -------
    float
        Radius, km.
    """
    return EARTH_RADIUS_KM * 157.0 / (157.0 - delta_n)


@exact_kernel
def smooth_surface(d_km: NDArray[np.float64], h_m: NDArray[np.float64]) -> tuple[float, float]:
    """Fit the least-squares line through the terrain, equations (83) to (86).

    Parameters
    ----------
    d_km, h_m : ndarray of shape (n,)
        Distances, km, and heights, m above sea level.

    Returns
    -------
    tuple of float
        Its heights at transmitter and receiver, m above sea level.
    """
    n = d_km.size
    d = d_km[n - 1]
    v1, v2 = 0.0, 0.0
    for i in range(1, n):
        near, far = d_km[i - 1], d_km[i]
        v1 += (far - near) * (h_m[i] + h_m[i - 1])
        v2 += (far - near) * (h_m[i] * (2.0 * far + near) + h_m[i - 1] * (far + 2.0 * near))
    return (2.0 * v1 * d - v2) / (d * d), (v2 - v1 * d) / (d * d)


@exact_kernel
def diffraction_surface(
    d_km: NDArray[np.float64],
    h_m: NDArray[np.float64],
    hts_m: float,
    hrs_m: float,
    hst_m: float,
    hsr_m: float,
) -> tuple[float, float]:
    """Smooth surface for the diffraction model, lowered below obstructions, equations (87) to (89).

    Parameters
    ----------
    d_km, h_m : ndarray of shape (n,)
        Distances, km, and heights, m above sea level.
    hts_m, hrs_m : float
        Antenna heights, m above sea level.
    hst_m, hsr_m : float
        The smooth surface of `smooth_surface`, m above sea level.

    Returns
    -------
    tuple of float
        Its heights at transmitter and receiver, m above sea level, never above the ground.
    """
    n = d_km.size
    d = d_km[n - 1]
    obstruction, alpha_t, alpha_r = -math.inf, -math.inf, -math.inf
    for i in range(1, n - 1):
        di = d_km[i]
        excess = h_m[i] - (hts_m * (d - di) + hrs_m * di) / d
        obstruction = max(obstruction, excess)
        alpha_t = max(alpha_t, excess / di)
        alpha_r = max(alpha_r, excess / (d - di))
    if obstruction > 0.0:
        hst_m -= obstruction * alpha_t / (alpha_t + alpha_r)
        hsr_m -= obstruction * alpha_r / (alpha_t + alpha_r)
    return min(hst_m, h_m[0]), min(hsr_m, h_m[n - 1])


@exact_kernel
def horizons(
    d_km: NDArray[np.float64], h_m: NDArray[np.float64], hts_m: float, hrs_m: float, ae_km: float
) -> tuple[float, float, int, int]:
    """Horizon elevation angles and points of both terminals over bare terrain, equations (76) to (81).

    Parameters
    ----------
    d_km, h_m : ndarray of shape (n,)
        Distances, km, and heights without clutter, m above sea level.
    hts_m, hrs_m : float
        Antenna heights, m above sea level.
    ae_km : float
        Median effective Earth radius, km.

    Returns
    -------
    tuple of (float, float, int, int)
        Elevation angles of transmitter and receiver, mrad, and the indices of the horizon points; in line of
        sight both are the point of the largest diffraction parameter.
    """
    n = d_km.size
    d = d_km[n - 1]
    slope_t, slope_r, largest = -math.inf, -math.inf, -math.inf
    point_t, point_r, point_los = 0, n - 1, 0
    for i in range(1, n - 1):
        di = d_km[i]
        dr = d - di
        to_point = (h_m[i] - hts_m) / (1000.0 * di) - di / (2.0 * ae_km)
        if to_point > slope_t:
            slope_t, point_t = to_point, i
        from_point = (h_m[i] - hrs_m) / (1000.0 * dr) - dr / (2.0 * ae_km)
        if from_point >= slope_r:
            slope_r, point_r = from_point, i
        clearance = h_m[i] + 500.0 * di * dr / ae_km - (hts_m * dr + hrs_m * di) / d
        nu = clearance * math.sqrt(0.002 * d / (di * dr))
        if nu >= largest:
            largest, point_los = nu, i
    direct_t = (hrs_m - hts_m) / (1000.0 * d) - d / (2.0 * ae_km)
    if slope_t > direct_t:
        return 1000.0 * math.atan(slope_t), 1000.0 * math.atan(slope_r), point_t, point_r
    direct_r = (hts_m - hrs_m) / (1000.0 * d) - d / (2.0 * ae_km)
    return 1000.0 * math.atan(direct_t), 1000.0 * math.atan(direct_r), point_los, point_los


@exact_kernel
def roughness(
    d_km: NDArray[np.float64], h_m: NDArray[np.float64], low_t_m: float, low_r_m: float, first: int, last: int
) -> float:
    """Terrain roughness between the horizon points, equations (91) and (93).

    Parameters
    ----------
    d_km, h_m : ndarray of shape (n,)
        Distances, km, and heights, m above sea level.
    low_t_m, low_r_m : float
        Smooth surface at the terminals, never above the ground, m above sea level, equation (90).
    first, last : int
        Indices of the horizon points, both included.

    Returns
    -------
    float
        Largest height over the smooth surface, m.
    """
    slope = (low_r_m - low_t_m) / d_km[d_km.size - 1]
    largest = -math.inf
    for i in range(first, last + 1):
        largest = max(largest, h_m[i] - (low_t_m + slope * d_km[i]))
    return largest


@exact_kernel
def zone_lengths(d_km: NDArray[np.float64], zone: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Share over sea and longest land and inland sections; a point stands for half the way to its neighbours.

    Parameters
    ----------
    d_km : ndarray of shape (n,)
        Distances, km.
    zone : ndarray of shape (n,)
        Radio-climatic zone of each point: `SEA`, `COASTAL` or `INLAND`.

    Returns
    -------
    tuple of float
        Share over sea, longest continuous land section, longest continuous inland section (both km).
    """
    n = d_km.size
    sea, land, inland, longest_land, longest_inland = 0.0, 0.0, 0.0, 0.0, 0.0
    sea_points = 0
    for i in range(n):
        length = 0.5 * (d_km[min(i + 1, n - 1)] - d_km[max(i - 1, 0)])
        if zone[i] == SEA:
            sea += length
            sea_points += 1
        land = 0.0 if zone[i] == SEA else land + length
        inland = inland + length if zone[i] == INLAND else 0.0
        longest_land = max(longest_land, land)
        longest_inland = max(longest_inland, inland)
    share = 1.0 if sea_points == n else sea / d_km[n - 1]
    return share, longest_land, longest_inland


@exact_kernel
def coast_distances(d_km: NDArray[np.float64], zone: NDArray[np.uint8]) -> tuple[float, float]:
    """Find the distances over land from the terminals to the sea along the path, section 3.4.

    Parameters
    ----------
    d_km : ndarray of shape (n,)
        Distances, km.
    zone : ndarray of shape (n,)
        Radio-climatic zone of each point.

    Returns
    -------
    tuple of float
        Distances of transmitter and receiver, km: 0 at sea, half way between the points where land and sea
        meet, `NO_COAST_KM` where the path crosses no sea.
    """
    n = d_km.size
    first, last = n, -1
    for i in range(n):
        if zone[i] == SEA:
            first, last = min(first, i), i
    if last < 0:
        return NO_COAST_KM, NO_COAST_KM
    from_t = 0.0 if first == 0 else 0.5 * (d_km[first - 1] + d_km[first])
    from_r = 0.0 if last == n - 1 else d_km[n - 1] - 0.5 * (d_km[last] + d_km[last + 1])
    return from_t, from_r


@exact_kernel
def check_profile(d_km: NDArray[np.float64], h_m: NDArray[np.float64], r_m: NDArray[np.float64]) -> int:
    """Whether a profile can be analysed.

    Parameters
    ----------
    d_km, h_m, r_m : ndarray of shape (n,)
        Distances, km, terrain heights, m above sea level, and clutter heights, m.

    Returns
    -------
    int
        `STATUS_OK`, `STATUS_NO_DATA` (a sample is not finite) or `STATUS_BAD_DISTANCES` (fewer than two
        points, not starting at 0, or not ascending).
    """
    n = d_km.size
    if n < 2 or h_m.size != n or r_m.size != n or d_km[0] != 0.0:
        return STATUS_BAD_DISTANCES
    for i in range(1, n):
        if not d_km[i] > d_km[i - 1]:
            return STATUS_BAD_DISTANCES
    for i in range(n):
        if not (math.isfinite(h_m[i]) and math.isfinite(r_m[i])):
            return STATUS_NO_DATA
    return STATUS_OK


@exact_kernel
def summarise_path(
    d_km: NDArray[np.float64],
    h_m: NDArray[np.float64],
    g_m: NDArray[np.float64],
    zone: NDArray[np.uint8],
    ends: Terminals,
) -> PathSummary:
    """Analyse a profile, Attachment 1 to Annex 1.

    Parameters
    ----------
    d_km : ndarray of shape (n,)
        Distances from the transmitter, ascending, km; the first is 0.
    h_m : ndarray of shape (n,)
        Terrain heights, m above sea level, finite.
    g_m : ndarray of shape (n,)
        Terrain plus representative clutter, m above sea level; the end points are not read.
    zone : ndarray of shape (n,)
        Radio-climatic zone of each point.
    ends : Terminals
        Antenna heights, coast distances and Earth radius.

    Returns
    -------
    PathSummary
        All that `combine` needs.
    """
    n = d_km.size
    hts, hrs = h_m[0] + ends.htg_m, h_m[n - 1] + ends.hrg_m
    hst, hsr = smooth_surface(d_km, h_m)
    hstd, hsrd = diffraction_surface(d_km, h_m, hts, hrs, hst, hsr)
    theta_t, theta_r, point_t, point_r = horizons(d_km, h_m, hts, hrs, ends.ae_km)
    low_t, low_r = min(hst, h_m[0]), min(hsr, h_m[n - 1])
    omega, dtm, dlm = zone_lengths(d_km, zone)
    flat = np.zeros(n)
    edge = bullington_edge(d_km, g_m, hts, hrs, ends.ae_km)
    edge_beta = bullington_edge(d_km, g_m, hts, hrs, BETA_RADIUS_KM)
    smooth_edge = bullington_edge(d_km, flat, hts - hstd, hrs - hsrd, ends.ae_km)
    smooth_edge_beta = bullington_edge(d_km, flat, hts - hstd, hrs - hsrd, BETA_RADIUS_KM)
    hm = roughness(d_km, h_m, low_t, low_r, point_t, point_r)
    dct = 0.0 if zone[0] == SEA else ends.dct_km
    dcr = 0.0 if zone[n - 1] == SEA else ends.dcr_km
    dlt, dlr = d_km[point_t], d_km[n - 1] - d_km[point_r]
    return PathSummary(
        d_km[n - 1], hts, hrs, ends.ae_km, dlt, dlr, theta_t, theta_r, hst, hsr, hstd, hsrd, hts - low_t,
        hrs - low_r, hm, omega, dtm, dlm, dct, dcr, edge, edge_beta, smooth_edge, smooth_edge_beta,
        zone[n - 1] == SEA,
    )  # fmt: skip
