"""The vectorised merge of sectors against a plain loop over cells and sectors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.config.radio import AntennaConfig
from planner.domain.antenna import AntennaCuts
from planner.kernels.antenna import MastFrame, PatternTables, SectorArrays, ServerRasters, direction, gain_dbi
from planner.kernels.best_server import merge_sectors
from planner.radio.antennas import cuts_pattern, parametric_pattern

ROWS, COLS = 31, 47
FRAME = MastFrame(20.3, 11.8, 90.0, 80.0, 1.5, 8.5e6)


def _panel() -> PatternTables:
    turn = (np.arange(360) + 180.0) % 360.0 - 180.0
    horizontal = np.minimum(12.0 * (turn / 65.0) ** 2, 28.0)
    vertical = np.minimum(12.0 * ((turn - 6.0) / 7.0) ** 2, 25.0)
    return cuts_pattern(AntennaCuts("panel", 16.0, horizontal, vertical, electrical_tilt_deg=6.0))


def _sectors(first: int, azimuths: list[float], mechanical: float) -> SectorArrays:
    n = len(azimuths)
    return SectorArrays(
        np.array(azimuths, np.float32),
        np.full(n, 4.0, np.float32),
        np.full(n, mechanical, np.float32),
        np.linspace(12.0, 15.0, n).astype(np.float32),
        np.arange(first, first + n, dtype=np.int32),
    )


def _blank() -> ServerRasters:
    shape = (ROWS + 4, COLS + 6)
    return ServerRasters(
        np.full(shape, -np.inf, np.float32),
        np.full(shape, -np.inf, np.float32),
        np.full(shape, -1, np.int32),
        np.zeros(shape, np.float32),
    )


@pytest.mark.parametrize("mechanical", [0.0, 5.0])
def test_merge_against_plain_loops(mechanical: float) -> None:
    rng = np.random.default_rng(11)
    ground = rng.normal(30.0, 15.0, (ROWS, COLS)).astype(np.float32)
    masts = [
        (parametric_pattern(AntennaConfig()), _sectors(0, [0.0, 120.0, 240.0], mechanical)),
        (_panel(), _sectors(3, [33.0, 200.0], 0.0)),
    ]
    servers, origin = _blank(), (2, 3)
    raster = np.full((ROWS + 4, COLS + 6), np.nan, np.float32)
    raster[origin[0] : origin[0] + ROWS, origin[1] : origin[1] + COLS] = ground
    frame = FRAME._replace(x_cells=FRAME.x_cells + origin[1], y_cells=FRAME.y_cells + origin[0])
    levels: list[np.ndarray] = []
    numbers: list[int] = []
    for pattern, sectors in masts:
        loss = rng.normal(120.0, 12.0, (ROWS, COLS)).astype(np.float32)
        loss[rng.random((ROWS, COLS)) < 0.1] = np.nan
        merge_sectors(loss, raster, frame, sectors, pattern, origin, servers)
        for s in range(sectors.in_layer.size):
            level = np.full((ROWS, COLS), -np.inf)
            for i in range(ROWS):
                for j in range(COLS):
                    if not math.isnan(loss[i, j]):
                        level[i, j] = sectors.power_dbm[s] - loss[i, j] + _gain(ground, i, j, sectors, s, pattern)
            levels.append(level)
            numbers.append(int(sectors.in_layer[s]))
    stack = np.maximum(np.array(levels), -1e6)  # no server: so weak that nothing is left of it
    window = np.s_[origin[0] : origin[0] + ROWS, origin[1] : origin[1] + COLS]
    reached = (stack > -1e6).any(axis=0)
    order = np.sort(stack, axis=0)
    best = servers.best[window]
    assert np.array_equal(best >= 0, reached)
    np.testing.assert_allclose(servers.level_dbm[window][reached], order[-1][reached], atol=0.02)
    clear = reached & (order[-1] - order[-2] > 0.05)
    np.testing.assert_array_equal(best[clear], np.array(numbers)[stack.argmax(axis=0)][clear])
    second = order[-2] > -1e6
    np.testing.assert_allclose(servers.second_dbm[window][second], order[-2][second], atol=0.02)
    others = (10.0 ** (0.1 * stack)).sum(axis=0) - 10.0 ** (0.1 * order[-1])
    np.testing.assert_allclose(servers.others_mw[window][reached], others[reached], rtol=0.01, atol=1e-20)
    outside = np.ones(servers.best.shape, bool)
    outside[window] = False
    assert (servers.best[outside] == -1).all()


def _gain(ground: np.ndarray, i: int, j: int, sectors: SectorArrays, s: int, pattern: PatternTables) -> float:
    dx, dy = j + 0.5 - FRAME.x_cells, FRAME.y_cells - (i + 0.5)
    d_m = max(math.hypot(dx, dy) * FRAME.cell_m, 1.0)
    turn = math.degrees(math.atan2(dx, dy)) % 360.0
    drop = FRAME.antenna_asl_m - float(ground[i, j]) - FRAME.receiver_agl_m + d_m**2 / (2.0 * FRAME.earth_radius_m)
    down = math.degrees(math.atan(drop / d_m))
    seen = direction(dx, dy, float(ground[i, j]), FRAME)
    assert float(seen[0]) == pytest.approx(turn, abs=1e-3)
    assert float(seen[1]) == pytest.approx(down, abs=1e-4)
    return float(
        gain_dbi(
            turn - sectors.azimuth_deg[s],
            down,
            sectors.electrical_tilt_deg[s],
            sectors.mechanical_tilt_deg[s],
            pattern,
        )
    )
