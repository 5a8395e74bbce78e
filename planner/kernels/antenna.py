"""Gain of sector antennas towards cells, from tabulated cuts."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import kernel

AZIMUTH_STEPS_PER_DEG = 2
DEPRESSION_STEPS_PER_DEG = 10
DEPRESSION_LIMIT_DEG = 120  # depression less electrical tilt may leave +-90 degrees
_RAD_TO_DEG = 180.0 / math.pi
_F = np.float32


class PatternTables(NamedTuple):
    """Attenuation tables of an antenna, ready for interpolation.

    Attributes
    ----------
    gain_dbi : float
        Maximum gain, dBi.
    horizontal_db : ndarray of float32, shape (722,)
        Attenuation every 0.5 degrees of azimuth from boresight, clockwise, with one entry past 360, dB.
    front_db, rear_db : ndarray of float32, shape (2402,)
        What the vertical cut adds ahead and behind, every 0.1 degrees of depression from -120, dB.
    cap_db : float
        Largest attenuation, dB.
    """

    gain_dbi: float
    horizontal_db: NDArray[np.float32]
    front_db: NDArray[np.float32]
    rear_db: NDArray[np.float32]
    cap_db: float


class MastFrame(NamedTuple):
    """Where a mast stands in the raster, for the angles at which its antennas see the cells.

    Attributes
    ----------
    x_cells, y_cells : float
        Distance of the mast from the raster's west and north edge, cells.
    cell_m : float
        Side of a cell, m.
    antenna_asl_m : float
        Antenna height above sea level, m.
    receiver_agl_m : float
        Receiver height above ground, m.
    earth_radius_m : float
        Effective earth radius, m.
    """

    x_cells: float
    y_cells: float
    cell_m: float
    antenna_asl_m: float
    receiver_agl_m: float
    earth_radius_m: float


class SectorArrays(NamedTuple):
    """Sectors of one mast on one carrier with one antenna type.

    Attributes
    ----------
    azimuth_deg, electrical_tilt_deg, mechanical_tilt_deg : ndarray of float32, shape (n,)
        Pointing.
    power_dbm : ndarray of float32, shape (n,)
        Power per resource element into the antenna, reference-signal gain offset included, dBm.
    in_layer : ndarray of int32, shape (n,)
        Index of each sector in its layer.
    """

    azimuth_deg: NDArray[np.float32]
    electrical_tilt_deg: NDArray[np.float32]
    mechanical_tilt_deg: NDArray[np.float32]
    power_dbm: NDArray[np.float32]
    in_layer: NDArray[np.int32]


class ServerRasters(NamedTuple):
    """Rasters of one layer that masts are merged into, in a fixed order.

    Attributes
    ----------
    level_dbm, second_dbm : ndarray of float32, shape (rows, cols)
        Best and second level; -inf or NaN where none yet.
    best : ndarray of int32
        Index of the best sector, -1 where none.
    others_mw : ndarray of float32
        Power of all sectors but the best, mW.
    """

    level_dbm: NDArray[np.float32]
    second_dbm: NDArray[np.float32]
    best: NDArray[np.int32]
    others_mw: NDArray[np.float32]


@kernel
def attenuation_db(azimuth_deg: Any, depression_deg: Any, pattern: PatternTables) -> Any:
    """Attenuation below the maximum gain towards one direction.

    The horizontal cut plus, weighted by the azimuth, what the vertical cut adds ahead and behind; on the planes of
    both cuts the result is the cut itself (docs/decisions, three-dimensional gain).

    Parameters
    ----------
    azimuth_deg : float
        From boresight, clockwise, degrees, any turn.
    depression_deg : float
        Below the horizon, electrical tilt already subtracted, degrees.
    pattern : PatternTables
        Tables.

    Returns
    -------
    float
        Attenuation, dB, not negative; NaN where a direction is.
    """
    if math.isnan(azimuth_deg) or math.isnan(depression_deg):
        return _F(math.nan)  # a NaN would become an index
    azimuth = azimuth_deg - _F(360.0) * _F(math.floor(azimuth_deg * _F(1.0 / 360.0)))
    place = azimuth * _F(AZIMUTH_STEPS_PER_DEG)
    left = np.uint32(place)
    part = place - _F(left)
    horizontal = pattern.horizontal_db
    across = horizontal[left] + part * (horizontal[left + np.uint32(1)] - horizontal[left])
    depression = min(max(depression_deg, _F(-DEPRESSION_LIMIT_DEG)), _F(DEPRESSION_LIMIT_DEG))
    place = (depression + _F(DEPRESSION_LIMIT_DEG)) * _F(DEPRESSION_STEPS_PER_DEG)
    left = np.uint32(place)
    part = place - _F(left)
    ahead = pattern.front_db[left] + part * (pattern.front_db[left + np.uint32(1)] - pattern.front_db[left])
    behind = pattern.rear_db[left] + part * (pattern.rear_db[left + np.uint32(1)] - pattern.rear_db[left])
    turned = min(azimuth, _F(360.0) - azimuth) * _F(1.0 / 180.0)
    total = across + ahead + turned * (behind - ahead)
    return min(max(total, _F(0.0)), _F(pattern.cap_db))


@kernel
def tilted(azimuth_deg: Any, depression_deg: Any, mechanical_tilt_deg: Any) -> tuple[Any, Any]:
    """Direction in the frame of an antenna turned downwards about its horizontal axis.

    Parameters
    ----------
    azimuth_deg, depression_deg : float
        Direction seen from the mast, azimuth from boresight, degrees.
    mechanical_tilt_deg : float
        Tilt, positive down, degrees.

    Returns
    -------
    tuple of float
        Azimuth and depression in the antenna's frame, degrees.
    """
    azimuth = math.radians(azimuth_deg)
    depression = math.radians(depression_deg)
    tilt = math.radians(mechanical_tilt_deg)
    ahead = math.cos(depression) * math.cos(azimuth)
    right = math.cos(depression) * math.sin(azimuth)
    down = math.sin(depression)
    along = ahead * math.cos(tilt) + down * math.sin(tilt)
    below = down * math.cos(tilt) - ahead * math.sin(tilt)
    return (
        _F(math.atan2(right, along) * _RAD_TO_DEG),
        _F(math.asin(min(max(below, -1.0), 1.0)) * _RAD_TO_DEG),
    )


@kernel
def gain_dbi(
    azimuth_deg: Any,
    depression_deg: Any,
    electrical_tilt_deg: Any,
    mechanical_tilt_deg: Any,
    pattern: PatternTables,
) -> Any:
    """Gain of a tilted antenna towards a direction.

    Parameters
    ----------
    azimuth_deg, depression_deg : float
        Direction from the mast, azimuth from boresight, degrees.
    electrical_tilt_deg, mechanical_tilt_deg : float
        Tilts beyond the pattern's own, positive down, degrees.
    pattern : PatternTables
        Tables.

    Returns
    -------
    float
        Gain, dBi.
    """
    azimuth: Any = _F(azimuth_deg)
    depression: Any = _F(depression_deg)
    if mechanical_tilt_deg != 0.0:
        azimuth, depression = tilted(azimuth, depression, mechanical_tilt_deg)
    return _F(pattern.gain_dbi) - attenuation_db(azimuth, depression - _F(electrical_tilt_deg), pattern)


@kernel
def direction(dx_cells: Any, dy_cells: Any, ground_asl_m: Any, frame: MastFrame) -> tuple[Any, Any]:
    """Direction from a mast to the receiver over one cell.

    Depression is that of the straight line, increased by the bulge of the effective earth.

    Parameters
    ----------
    dx_cells, dy_cells : float
        Cell centre east and north of the mast, cells.
    ground_asl_m : float
        Ground of the cell, m; NaN gives a depression of NaN.
    frame : MastFrame
        The mast.

    Returns
    -------
    tuple of float
        Azimuth from north, 0 to 360, and depression, positive down, degrees.
    """
    d_m = max(math.sqrt(dx_cells * dx_cells + dy_cells * dy_cells) * frame.cell_m, 1.0)
    turn = math.atan2(dx_cells, dy_cells) * _RAD_TO_DEG
    drop_m = frame.antenna_asl_m - ground_asl_m - frame.receiver_agl_m + d_m * d_m / (2.0 * frame.earth_radius_m)
    return (
        _F(turn if turn >= 0.0 else turn + 360.0),
        _F(math.atan(drop_m / d_m) * _RAD_TO_DEG),
    )


@kernel
def best_levels(
    loss_db: NDArray[np.float32],
    azimuth_deg: NDArray[np.float32],
    depression_deg: NDArray[np.float32],
    sectors: SectorArrays,
    pattern: PatternTables,
    level_dbm: NDArray[np.float32],
) -> None:
    """Fill in the level of the strongest of a mast's sectors over a window.

    Parameters
    ----------
    loss_db, azimuth_deg, depression_deg : ndarray of float32, shape (window rows, window cols)
        Loss and angles.
    sectors : SectorArrays
        The sectors.
    pattern : PatternTables
        Their antenna.
    level_dbm : ndarray of float32
        Filled in, dBm; NaN where the loss is.
    """
    rows, cols = loss_db.shape
    for i in range(rows):
        for j in range(cols):
            if math.isnan(loss_db[i, j]):
                level_dbm[i, j] = _F(math.nan)
                continue
            best = _F(-math.inf)
            for s in range(sectors.in_layer.size):
                gain = gain_dbi(
                    azimuth_deg[i, j] - sectors.azimuth_deg[s],
                    depression_deg[i, j],
                    sectors.electrical_tilt_deg[s],
                    sectors.mechanical_tilt_deg[s],
                    pattern,
                )
                level = sectors.power_dbm[s] + gain
                if level > best:
                    best = level
            level_dbm[i, j] = best - loss_db[i, j]


@kernel
def served_demand(
    loss_db: NDArray[np.float32],
    elevation_asl_m: NDArray[np.float32],
    origin: tuple[int, int],
    frame: MastFrame,
    demand: NDArray[np.int32],
    sectors: SectorArrays,
    pattern: PatternTables,
    threshold_dbm: float,
    served: NDArray[np.int32],
) -> int:
    """List the demand cells that the strongest of a mast's sectors serves.

    Parameters
    ----------
    loss_db : ndarray of float32, shape (window rows, window cols)
        Loss of the carrier, dB.
    elevation_asl_m : ndarray of float32, shape (rows, cols)
        Ground of the whole raster, m.
    origin : tuple of int
        Row and column of the window's first cell.
    frame : MastFrame
        The mast.
    demand : ndarray of int32, shape (rows, cols)
        Number of each demand cell; -1 elsewhere.
    sectors : SectorArrays
        The sectors.
    pattern : PatternTables
        Their antenna.
    threshold_dbm : float
        Level that serves, dBm.
    served : ndarray of int32
        Filled in from the front with demand cells in raster order; as long as there are demand cells.

    Returns
    -------
    int
        Number of cells listed.
    """
    rows, cols = loss_db.shape
    row0, col0 = origin
    strongest = _F(-math.inf)
    for s in range(sectors.in_layer.size):
        strongest = max(strongest, sectors.power_dbm[s])
    largest_loss = strongest + _F(pattern.gain_dbi) - _F(threshold_dbm)
    n = 0
    for i in range(rows):
        dy = frame.y_cells - (row0 + i + 0.5)
        for j in range(cols):
            number = demand[row0 + i, col0 + j]
            if number < 0 or not loss_db[i, j] <= largest_loss:
                continue
            dx = (col0 + j + 0.5) - frame.x_cells
            azimuth, depression = direction(dx, dy, elevation_asl_m[row0 + i, col0 + j], frame)
            for s in range(sectors.in_layer.size):
                gain = gain_dbi(
                    azimuth - sectors.azimuth_deg[s],
                    depression,
                    sectors.electrical_tilt_deg[s],
                    sectors.mechanical_tilt_deg[s],
                    pattern,
                )
                if sectors.power_dbm[s] + gain - loss_db[i, j] >= _F(threshold_dbm):
                    served[n] = number
                    n += 1
                    break
    return n
