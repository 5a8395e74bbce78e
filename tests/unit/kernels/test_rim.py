"""The survey of a disc and the search along its rim against masks of the whole window."""

from __future__ import annotations

import numpy as np
import pytest

from planner.config.radio import AntennaConfig
from planner.kernels.antenna import MastFrame, SectorArrays, best_levels
from planner.kernels.best_server import mast_angles
from planner.kernels.rim import RIM_CELLS, serves_any, survey_disc
from planner.radio.antennas import antenna_pattern

ORIGIN, ROWS, COLS, RADIUS = (5, 9), 38, 41, 17.3


def scene(x_cells: float, y_cells: float):
    rng = np.random.default_rng(4)
    loss = rng.normal(120.0, 10.0, (ROWS, COLS)).astype(np.float32)
    loss[rng.random((ROWS, COLS)) < 0.1] = np.nan
    frame = MastFrame(x_cells, y_cells, 30.0, 140.0, 1.5, 8.5e6)
    dy = (ORIGIN[0] + np.arange(ROWS) + 0.5 - y_cells)[:, None]
    dx = (ORIGIN[1] + np.arange(COLS) + 0.5 - x_cells)[None, :]
    return loss, frame, np.hypot(dx, dy)


@pytest.mark.plain
@pytest.mark.parametrize("place", [(29.5, 24.5), (30.21, 23.87), (12.2, 41.0)])
def test_disc_and_rim_are_those_of_masks(place):
    loss, frame, away = scene(*place)
    rim = np.empty(loss.size, np.int64)
    missing, listed = survey_disc(loss, ORIGIN, frame, RADIUS, rim)
    assert missing == int((np.isnan(loss) & (away <= RADIUS)).sum())
    ring = np.isfinite(loss) & (away <= RADIUS) & (away > RADIUS - RIM_CELLS)
    np.testing.assert_array_equal(rim[:listed], np.flatnonzero(ring))


@pytest.mark.plain
def test_a_small_disc_is_all_rim():
    loss, frame, away = scene(30.21, 23.87)
    rim = np.empty(loss.size, np.int64)
    listed = survey_disc(loss, ORIGIN, frame, 1.2, rim)[1]
    np.testing.assert_array_equal(rim[:listed], np.flatnonzero(np.isfinite(loss) & (away <= 1.2)))


@pytest.mark.plain
def test_the_strongest_level_on_the_rim_decides():
    loss, frame, _ = scene(30.21, 23.87)
    ground = np.random.default_rng(5).normal(80.0, 20.0, (60, 70)).astype(np.float32)
    pattern = antenna_pattern(AntennaConfig(kind="tr38901"))
    sectors = SectorArrays(
        np.array([20.0, 200.0], np.float32), np.array([2.0, 6.0], np.float32), np.array([0.0, 3.0], np.float32),
        np.array([12.0, 14.0], np.float32), np.arange(2, dtype=np.int32),
    )  # fmt: skip
    rim = np.empty(loss.size, np.int64)
    cells = rim[: survey_disc(loss, ORIGIN, frame, RADIUS, rim)[1]]
    azimuth, depression, level = np.empty((3, ROWS, COLS), np.float32)
    mast_angles(ground, *ORIGIN, frame, azimuth, depression)
    best_levels(loss, azimuth, depression, sectors, pattern, level)
    highest = float(level.reshape(-1)[cells].max())
    asked = cells, ground, ORIGIN, frame, sectors, pattern
    assert serves_any(loss, *asked, highest - 0.01)
    assert not serves_any(loss, *asked, highest + 0.01)
