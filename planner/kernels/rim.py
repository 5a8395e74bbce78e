"""The rim of a mast's disc: cells its radius cuts off from the rest, and cells inside it that have no loss."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, kernel
from planner.kernels.antenna import MastFrame, PatternTables, SectorArrays, direction, gain_dbi

RIM_CELLS = 1.5  # width of the outermost ring
_EDGE = 1e-6  # share of the radius within which the engine's float32 may see a cell on either side


@inline_kernel
def _columns_within(radius_cells: float, north: float, mast_col: float, cols: int) -> tuple[int, int]:
    """First column of a row within a radius, and the one after the last."""
    square = radius_cells * radius_cells - north * north
    if square < 0.0:
        return 0, 0
    half = math.sqrt(square)
    return max(0, math.ceil(mast_col - half)), min(cols, math.floor(mast_col + half) + 1)


@kernel
def survey_disc(
    loss_db: NDArray[np.float32],
    origin: tuple[int, int],
    frame: MastFrame,
    radius_cells: float,
    rim: NDArray[np.int64],
) -> tuple[int, int]:
    """Count the cells of a disc without a loss, and list those of its outermost ring that have one.

    Parameters
    ----------
    loss_db : ndarray of float32, shape (window rows, window cols)
        Losses, dB; NaN where there is none.
    origin : tuple of int
        Row and column of the window's first cell in the whole raster.
    frame : MastFrame
        The mast.
    radius_cells : float
        Radius, cells.
    rim : ndarray of int64, as long as the window
        Filled from the front with flat positions in the window, in order.

    Returns
    -------
    tuple of int
        Cells without a loss, and cells listed.
    """
    rows, cols = loss_db.shape
    missing, listed = 0, 0
    mast_col = frame.x_cells - 0.5 - origin[1]
    for i in range(rows):
        north = frame.y_cells - (origin[0] + i + 0.5)
        losses = loss_db[i]
        first, last = _columns_within(radius_cells * (1.0 - _EDGE), north, mast_col, cols)
        for j in range(first, last):
            missing += losses[j] != losses[j]
        begin, end = _columns_within(radius_cells * (1.0 + _EDGE), north, mast_col, cols)
        left, right = _columns_within(max(radius_cells - RIM_CELLS, 0.0), north, mast_col, cols)
        if right <= left:
            left, right = end, end
        for j in range(begin, end):
            if (j < left or j >= right) and losses[j] == losses[j]:
                rim[listed] = i * cols + j
                listed += 1
    return missing, listed


@kernel
def serves_any(
    loss_db: NDArray[np.float32],
    cells: NDArray[np.int64],
    ground_asl_m: NDArray[np.float32],
    origin: tuple[int, int],
    frame: MastFrame,
    sectors: SectorArrays,
    pattern: PatternTables,
    threshold_dbm: float,
) -> bool:
    """Tell whether any of a mast's sectors reaches a level on any of some cells.

    Parameters
    ----------
    loss_db : ndarray of float32, shape (window rows, window cols)
        Loss of the carrier, dB.
    cells : ndarray of int64
        Flat positions in the window.
    ground_asl_m : ndarray of float32, shape (rows, cols)
        Ground of the whole raster, m.
    origin : tuple of int
        Row and column of the window's first cell in the whole raster.
    frame : MastFrame
        The mast.
    sectors : SectorArrays
        The sectors.
    pattern : PatternTables
        Their antenna.
    threshold_dbm : float
        Level that serves, dBm.

    Returns
    -------
    bool
        True when one does.
    """
    cols = loss_db.shape[1]
    strongest = sectors.power_dbm.max() + np.float32(pattern.gain_dbi)
    for at in cells:
        i, j = at // cols, at % cols
        loss = loss_db[i, j]
        if not strongest - loss >= threshold_dbm:
            continue
        row, col = origin[0] + i, origin[1] + j
        azimuth, depression = direction(
            col + 0.5 - frame.x_cells, frame.y_cells - (row + 0.5), ground_asl_m[row, col], frame
        )
        for s in range(sectors.in_layer.size):
            gain = gain_dbi(
                azimuth - sectors.azimuth_deg[s],
                depression,
                sectors.electrical_tilt_deg[s],
                sectors.mechanical_tilt_deg[s],
                pattern,
            )
            if sectors.power_dbm[s] + gain - loss >= threshold_dbm:
                return True
    return False
