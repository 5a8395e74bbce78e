"""ITU-R P.452-18 clear-air basic transmission loss, Annex 1 section 4; its parts shared with P.1812-8.

Equation numbers are those of P.452-18 Annex 1. Path analysis (Attachment 2), delta-Bullington diffraction (4.2)
and the ducting model without gases (4.4) are the ones of `planner.kernels.p1812`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel
from planner.kernels.p676 import specific_attenuation_db_km
from planner.kernels.p1812.combine import (
    ETA,
    FJ_THETA_MRAD,
    FJ_XI,
    FK_DISTANCE_KM,
    FK_KAPPA,
    Setting,
    delta_bullington,
    time_factor,
)
from planner.kernels.p1812.mechanisms import ducting_db, ducting_incidence_pct, free_space_db, multipath_db
from planner.kernels.p1812.path import PathSummary, Terminals, summarise_path

BARE_NEAR_KM = 0.05  # section 4.2.3: no clutter on profile points nearer than this to a terminal
TROPOSCATTER_VAPOUR_G_M3 = 3.0  # section 4.3


class Station452(NamedTuple):
    """What P.452 asks beyond `Setting`.

    Attributes
    ----------
    tx_gain_dbi, rx_gain_dbi : float
        Antenna gains towards the horizon along the path, dBi.
    pressure_hpa : float
        Air pressure, hPa.
    temperature_c : float
        Air temperature, degrees Celsius.
    """

    tx_gain_dbi: float
    rx_gain_dbi: float
    pressure_hpa: float
    temperature_c: float


class Losses452(NamedTuple):
    """Every intermediate of a prediction.

    Attributes
    ----------
    b0_pct : float
        Incidence of ducting, %, equation (2).
    fi, fj, fk : float
        Interpolation factors, equations (40), (57), (58).
    lbfsg_db, lb0p_db, lb0b_db : float
        Free space with gases and line of sight at p % and beta0 %, equations (8), (11), (12).
    ldsph_db, ld50_db, ldb_db, ldp_db : float
        Spherical Earth and delta-Bullington losses, equations (26), (38), (41).
    lbd50_db, lbd_db : float
        Basic transmission loss with diffraction at 50 % and p %, equations (42), (43).
    lbs_db, lba_db : float
        Troposcatter and ducting, equations (45), (46).
    lminb0p_db, lminbap_db, lbda_db, lbam_db : float
        The combination, equations (60) to (63).
    lb_db : float
        Basic transmission loss at p % of time, equation (64).
    """

    b0_pct: float
    fi: float
    fj: float
    fk: float
    lbfsg_db: float
    lb0p_db: float
    lb0b_db: float
    ldsph_db: float
    ld50_db: float
    ldb_db: float
    ldp_db: float
    lbd50_db: float
    lbd_db: float
    lbs_db: float
    lba_db: float
    lminb0p_db: float
    lminbap_db: float
    lbda_db: float
    lbam_db: float
    lb_db: float


@exact_kernel
def cluttered_profile(
    d_km: NDArray[np.float64], h_m: NDArray[np.float64], r_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Terrain plus clutter, without clutter within 50 m of a terminal, section 4.2.3.

    Parameters
    ----------
    d_km, h_m, r_m : ndarray of shape (n,)
        Distances, km, terrain heights, m above sea level, and clutter heights, m.

    Returns
    -------
    ndarray of shape (n,)
        Heights, m above sea level.
    """
    n = d_km.size
    g_m = h_m.copy()
    for i in range(1, n - 1):
        if d_km[i] >= BARE_NEAR_KM and d_km[i] <= d_km[n - 1] - BARE_NEAR_KM:
            g_m[i] += r_m[i]
    return g_m


@exact_kernel
def slope_excess(d_km: NDArray[np.float64], h_m: NDArray[np.float64], path: PathSummary) -> float:
    """Steepest slope to the bare terrain less the slope to the receiver, equations (14) and (15).

    Parameters
    ----------
    d_km, h_m : ndarray of shape (n,)
        Distances, km, and terrain heights, m above sea level.
    path : PathSummary
        The path.

    Returns
    -------
    float
        Stim - Str, m/km; negative in line of sight.
    """
    steepest = -math.inf
    for i in range(1, d_km.size - 1):
        di = d_km[i]
        bulge = 500.0 * di * (path.d_km - di) / path.ae_km
        steepest = max(steepest, (h_m[i] + bulge - path.hts_m) / di)
    return steepest - (path.hrs_m - path.hts_m) / path.d_km


@exact_kernel
def gases_db(length_km: float, frequency_ghz: float, vapour_g_m3: float, station: Station452) -> float:
    """Absorption by gases along a path, equations (8a) and (9).

    Parameters
    ----------
    length_km : float
        Length, km.
    frequency_ghz : float
        Frequency, GHz.
    vapour_g_m3 : float
        Water vapour density, g/m3.
    station : Station452
        Pressure and temperature.

    Returns
    -------
    float
        Loss, dB.
    """
    oxygen, water = specific_attenuation_db_km(
        frequency_ghz, station.pressure_hpa, vapour_g_m3, station.temperature_c + 273.15
    )
    return (oxygen + water) * length_km


@exact_kernel
def troposcatter_452_db(path: PathSummary, setting: Setting, station: Station452) -> float:
    """Troposcatter without gases, equation (45).

    Parameters
    ----------
    path : PathSummary
        The path.
    setting : Setting
        Frequency, time percentage, refractivity.
    station : Station452
        Antenna gains, for the coupling loss (45b).

    Returns
    -------
    float
        Loss, dB.
    """
    f = setting.frequency_ghz
    theta = 1000.0 * path.d_km / path.ae_km + path.theta_t_mrad + path.theta_r_mrad
    frequency_db = 25.0 * math.log10(f) - 2.5 * math.log10(0.5 * f) ** 2
    coupling_db = 0.051 * math.exp(0.055 * (station.tx_gain_dbi + station.rx_gain_dbi))
    time_db = 10.1 * math.pow(math.log10(50.0 / setting.time_pct), 0.7)
    distance_db = 20.0 * math.log10(path.d_km)
    return 190.0 + frequency_db + distance_db + 0.573 * theta - 0.15 * setting.n0 + coupling_db - time_db


@exact_kernel
def losses_452(path: PathSummary, excess: float, setting: Setting, station: Station452) -> Losses452:
    """All intermediates of a prediction.

    Parameters
    ----------
    path : PathSummary
        The path, with the clutter of `cluttered_profile`.
    excess : float
        What `slope_excess` gives, m/km.
    setting : Setting
        Frequency, time percentage, polarisation, climate; the location fields are not read.
    station : Station452
        Gains, pressure, temperature.

    Returns
    -------
    Losses452
        Every intermediate.
    """
    f, p, d = setting.frequency_ghz, setting.time_pct, path.d_km
    vapour = 7.5 + 2.5 * path.omega
    rise_km = 0.001 * (path.hts_m - path.hrs_m)
    b0 = ducting_incidence_pct(setting.latitude_deg, path.dtm_km, path.dlm_km)
    fi = time_factor(p, b0)
    fj = 1.0 - 0.5 * (1.0 + math.tanh(3.0 * FJ_XI * excess / FJ_THETA_MRAD))
    fk = 1.0 - 0.5 * (1.0 + math.tanh(3.0 * FK_KAPPA * (d - FK_DISTANCE_KM) / FK_DISTANCE_KM))
    lbfsg = free_space_db(path, f) + gases_db(math.sqrt(d * d + rise_km * rise_km), f, vapour, station)
    lb0p, lb0b = lbfsg + multipath_db(path, p), lbfsg + multipath_db(path, b0)
    ld50, _, _, ldsph = delta_bullington(path, setting, False)
    ldb = delta_bullington(path, setting, True)[0]
    ldp = ld50 + fi * (ldb - ld50)
    lbd50, lbd = lbfsg + ld50, lb0p + ldp
    dry_db = gases_db(d, f, TROPOSCATTER_VAPOUR_G_M3, station)
    lbs = max(lbfsg, troposcatter_452_db(path, setting, station) + dry_db)
    lba = ducting_db(path, f, p, b0) + gases_db(d, f, vapour, station)
    lminb0p = lb0p + (1.0 - path.omega) * ldp
    if p >= b0:
        lminb0p = lbd50 + (lb0b + (1.0 - path.omega) * ldp - lbd50) * fi
    lminbap = max(lba, lb0p) + ETA * math.log1p(math.exp(-abs(lba - lb0p) / ETA))
    lbda = lbd if lminbap > lbd else lminbap + (lbd - lminbap) * fk
    lbam = lbda + (lminb0p - lbda) * fj
    low, high = min(lbs, lbam), max(lbs, lbam)
    lb = low - 5.0 * math.log10(1.0 + math.pow(10.0, -0.2 * (high - low)))
    return Losses452(
        b0, fi, fj, fk, lbfsg, lb0p, lb0b, ldsph, ld50, ldb, ldp, lbd50, lbd, lbs, lba, lminb0p, lminbap, lbda,
        lbam, lb,
    )  # fmt: skip


@exact_kernel
def predict_452(
    d_km: NDArray[np.float64],
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
    zone: NDArray[np.uint8],
    ends: Terminals,
    setting: Setting,
    station: Station452,
) -> tuple[PathSummary, Losses452]:
    """Path summary and all intermediates along a sound profile.

    Parameters
    ----------
    d_km, h_m, r_m : ndarray of shape (n,)
        Distances, km, terrain heights, m above sea level, and clutter heights, m.
    zone : ndarray of shape (n,)
        Radio-climatic zones, numbered as in P.1812: 1 sea, 3 coastal land, 4 inland.
    ends : Terminals
        Antenna heights, coast distances and Earth radius.
    setting : Setting
        Frequency, time percentage, polarisation, climate.
    station : Station452
        Gains, pressure, temperature.

    Returns
    -------
    tuple of (PathSummary, Losses452)
        What the path is and what every equation gives.
    """
    path = summarise_path(d_km, h_m, cluttered_profile(d_km, h_m, r_m), zone, ends)
    return path, losses_452(path, slope_excess(d_km, h_m, path), setting, station)
