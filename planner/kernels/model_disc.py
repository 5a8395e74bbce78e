"""Path models other than P.1812 for every cell of a disc: a `bilinear` profile per cell, then the model's kernel."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel
from planner.kernels.free_space import free_space_loss_db
from planner.kernels.hata import extended_hata
from planner.kernels.itm.predict import point_to_point
from planner.kernels.itm.quantities import ItmSetting
from planner.kernels.p452.loss import Station452, predict_452
from planner.kernels.p1812.combine import Setting
from planner.kernels.p1812.path import INLAND, Terminals, coast_distances
from planner.kernels.profile import PROFILE_OK, Segment, equal_steps, nearest_index, sample_bilinear
from planner.kernels.tr38901 import los_probability, path_loss_db, ray_is_clear

_RMA_BUILDING_M, _RMA_STREET_M = 5.0, 20.0  # 3GPP TR 38.901 Table 7.4.1-1, note 5: averages
_NEAREST_KM = 0.001  # a receiver under the mast counts as a metre away


class Disc(NamedTuple):
    """Rasters and mast of a disc.

    Attributes
    ----------
    elevation_asl_m, clutter_m : ndarray of float32, shape (rows, cols)
        Ground and clutter heights, m.
    row, col : float
        Mast, fractional row and column from the centre of the first cell.
    tx_agl_m, rx_agl_m : float
        Antenna heights above ground, m.
    cell_m, radius_m : float
        Side of a cell and radius, m.
    row0, col0 : int
        First cell of the output window.
    """

    elevation_asl_m: NDArray[np.float32]
    clutter_m: NDArray[np.float32]
    row: float
    col: float
    tx_agl_m: float
    rx_agl_m: float
    cell_m: float
    radius_m: float
    row0: int
    col0: int


@exact_kernel
def profile_to(disc: Disc, row: int, col: int, room: NDArray[np.float64]) -> tuple[int, float]:
    """Cut the profile from the mast to a cell.

    Parameters
    ----------
    disc : Disc
        Rasters and mast.
    row, col : int
        The cell.
    room : ndarray of float64, shape (3, n)
        Receives distances in km, terrain and clutter heights in m.

    Returns
    -------
    tuple of int and float
        Samples, 0 outside the radius or where terrain is missing, and length of the path, km.
    """
    length_m = math.hypot(row - disc.row, col - disc.col) * disc.cell_m
    if length_m > disc.radius_m:
        return 0, 0.0
    length_km = max(length_m / 1e3, _NEAREST_KM)
    steps = equal_steps(length_m, disc.cell_m)
    path = Segment(disc.row, disc.col, float(row), float(col))
    if sample_bilinear(disc.elevation_asl_m, disc.clutter_m, path, steps, room[1], room[2]) != PROFILE_OK:
        return 0, 0.0
    for k in range(steps + 1):
        room[0, k] = length_km * k / steps
    return steps + 1, length_km


@exact_kernel
def new_room(disc: Disc) -> NDArray[np.float64]:
    """Allocate memory for the longest profile of a disc.

    Parameters
    ----------
    disc : Disc
        The disc.

    Returns
    -------
    ndarray of float64, shape (3, n)
        Zeros.
    """
    return np.zeros((3, int(disc.radius_m / disc.cell_m) + 4))


@exact_kernel
def hata_disc(disc: Disc, frequency_mhz: float, environment: NDArray[np.uint8], out: NDArray[np.float32]) -> None:
    """Extended Hata over a disc, never below free space.

    Parameters
    ----------
    disc : Disc
        The disc.
    frequency_mhz : float
        Frequency, MHz.
    environment : ndarray of uint8, shape of `out`
        0 urban, 1 suburban, 2 rural per cell.
    out : ndarray of float32
        Filled in, dB; NaN outside the radius and where terrain is missing.
    """
    room = new_room(disc)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = math.nan
            n, d_km = profile_to(disc, disc.row0 + i, disc.col0 + j, room)
            if n == 0:
                continue
            heights = room[1, :n][::-1].copy()
            result = extended_hata(
                heights, 1e3 * d_km / (n - 1), frequency_mhz, disc.tx_agl_m, disc.rx_agl_m, int(environment[i, j])
            )
            out[i, j] = max(result.loss_db, free_space_loss_db(frequency_mhz, d_km))


@exact_kernel
def itm_disc(disc: Disc, setting: ItmSetting, out: NDArray[np.float32]) -> None:
    """ITM point-to-point over a disc.

    Parameters
    ----------
    disc : Disc
        The disc.
    setting : ItmSetting
        Frequency, antennas, air, ground and statistics.
    out : ndarray of float32
        Filled in, dB; NaN outside the radius and where terrain is missing.
    """
    room = new_room(disc)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = math.nan
            n, d_km = profile_to(disc, disc.row0 + i, disc.col0 + j, room)
            if n > 0:
                out[i, j] = point_to_point(room[1, :n].copy(), 1e3 * d_km / (n - 1), setting).loss_db


@exact_kernel
def tr38901_disc(
    disc: Disc, scenario: int, frequency_ghz: float, earth_radius_km: float, out: NDArray[np.float32]
) -> None:
    """TR 38.901 over a disc, line of sight taken from the profile.

    Parameters
    ----------
    disc : Disc
        The disc.
    scenario : int
        0 RMa, 1 UMa, 2 UMi street canyon, 3 InH office.
    frequency_ghz : float
        Frequency, GHz.
    earth_radius_km : float
        Effective earth radius, km.
    out : ndarray of float32
        Filled in, dB; NaN outside the radius and where terrain is missing.
    """
    room = new_room(disc)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = math.nan
            n, d_km = profile_to(disc, disc.row0 + i, disc.col0 + j, room)
            if n == 0:
                continue
            tx_m, rx_m = room[1, 0] + disc.tx_agl_m, room[1, n - 1] + disc.rx_agl_m
            for k in range(n):
                room[1, k] += room[2, k]
            clear = ray_is_clear(room[0, :n].copy(), room[1, :n].copy(), tx_m, rx_m, earth_radius_km) == 1
            out[i, j] = path_loss_db(
                scenario, 1e3 * d_km, frequency_ghz, disc.tx_agl_m, disc.rx_agl_m, _RMA_BUILDING_M,
                _RMA_STREET_M, clear,
            )  # fmt: skip


@exact_kernel
def tr38901_probable_disc(disc: Disc, scenario: int, frequency_ghz: float, out: NDArray[np.float32]) -> None:
    """TR 38.901 over a disc, both losses weighed in dB by the probability of line of sight.

    Parameters
    ----------
    disc : Disc
        The disc.
    scenario : int
        0 RMa, 1 UMa, 2 UMi street canyon, 3 InH office.
    frequency_ghz : float
        Frequency, GHz.
    out : ndarray of float32
        Filled in, dB; NaN outside the radius and in cells without terrain.
    """
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            row, col = disc.row0 + i, disc.col0 + j
            d_m = math.hypot(row - disc.row, col - disc.col) * disc.cell_m
            out[i, j] = math.nan
            if d_m > disc.radius_m or math.isnan(disc.elevation_asl_m[row, col]):
                continue
            seen = path_loss_db(
                scenario, d_m, frequency_ghz, disc.tx_agl_m, disc.rx_agl_m, _RMA_BUILDING_M, _RMA_STREET_M, True
            )
            hidden = path_loss_db(
                scenario, d_m, frequency_ghz, disc.tx_agl_m, disc.rx_agl_m, _RMA_BUILDING_M, _RMA_STREET_M, False
            )
            share = los_probability(scenario, d_m, disc.rx_agl_m)
            out[i, j] = share * seen + (1.0 - share) * hidden


@exact_kernel
def p452_disc(
    disc: Disc, zones: NDArray[np.uint8], ends: Terminals, setting: Setting, station: Station452,
    out: NDArray[np.float32],
) -> None:  # fmt: skip
    """P.452-18 over a disc.

    Parameters
    ----------
    disc : Disc
        The disc.
    zones : ndarray of uint8, shape (rows, cols) or (0, 0)
        Radio-climatic zones of the raster; empty where all is inland.
    ends : Terminals
        Antenna heights and earth radius; the coast is where the path meets it.
    setting : Setting
        Frequency, statistics and climate.
    station : Station452
        Gains, pressure, temperature.
    out : ndarray of float32
        Filled in, dB; NaN outside the radius and where terrain is missing.
    """
    room = new_room(disc)
    zone = np.full(room.shape[1], np.uint8(INLAND))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = math.nan
            row, col = disc.row0 + i, disc.col0 + j
            n, _ = profile_to(disc, row, col, room)
            if n == 0:
                continue
            for k in range(n if zones.size > 0 else 0):
                y = nearest_index(disc.row + k * (row - disc.row) / (n - 1))
                x = nearest_index(disc.col + k * (col - disc.col) / (n - 1))
                zone[k] = zones[min(max(y, 0), zones.shape[0] - 1), min(max(x, 0), zones.shape[1] - 1)]
            d_km, here = room[0, :n].copy(), zone[:n].copy()
            from_t, from_r = coast_distances(d_km, here)
            near = Terminals(ends.htg_m, ends.hrg_m, from_t, from_r, ends.ae_km)
            out[i, j] = predict_452(
                d_km, room[1, :n].copy(), room[2, :n].copy(), here, near, setting, station
            )[1].lb_db  # fmt: skip
