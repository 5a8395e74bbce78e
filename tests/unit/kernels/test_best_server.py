"""Merging of sectors against a plain loop, windows against the whole, angles against the slow form; SINR and zones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.config.radio import AntennaConfig
from planner.kernels.antenna import MastFrame, SectorArrays, ServerRasters, direction, gain_dbi
from planner.kernels.best_server import mast_angles, merge_sectors
from planner.kernels.sinr import sinr_into
from planner.kernels.zonal import served_into, zone_shares
from planner.radio.antennas import antenna_pattern

PATTERN = antenna_pattern(AntennaConfig(kind="tr38901"))
FRAME = MastFrame(20.3, 17.6, 30.0, 140.0, 1.5, 8.5e6)


def empty(rows, cols):
    nothing = np.full((rows, cols), -np.inf, np.float32)
    return ServerRasters(
        nothing.copy(), nothing.copy(), np.full((rows, cols), -1, np.int32), np.zeros((rows, cols), np.float32)
    )


def scene(rows, cols, masts, seed=1):
    """Ground, and per mast losses with gaps and sectors, one of them tilted mechanically."""
    rng = np.random.default_rng(seed)
    ground = rng.normal(80.0, 20.0, (rows, cols)).astype(np.float32)
    for number in range(masts):
        loss = rng.normal(120.0, 15.0, (rows, cols)).astype(np.float32)
        loss[rng.random((rows, cols)) < 0.2] = np.nan
        yield (
            loss, ground,
            SectorArrays(
                np.array([20.0, 140.0, 260.0], np.float32), np.array([2.0, 4.0, 6.0], np.float32),
                np.array([0.0, 0.0, 3.0], np.float32), np.full(3, 12.0, np.float32),
                np.arange(3, dtype=np.int32) + 3 * number,
            ),
        )  # fmt: skip


def slowly(rows, cols, scenes):
    """Level of every sector per cell, then best, second and the power of the rest."""
    levels = []
    for loss, ground, sectors in scenes:
        azimuth, depression = np.empty((rows, cols), np.float32), np.empty((rows, cols), np.float32)
        mast_angles(ground, 0, 0, FRAME, azimuth, depression)
        for s in range(3):
            turn = azimuth.ravel() - sectors.azimuth_deg[s]
            tilts = sectors.electrical_tilt_deg[s], sectors.mechanical_tilt_deg[s]
            gain = [gain_dbi(a, d, *tilts, PATTERN) for a, d in zip(turn, depression.ravel(), strict=True)]
            levels.append(sectors.power_dbm[s] + np.reshape(gain, (rows, cols)) - loss)
    stack = np.where(np.isnan(levels), -np.inf, np.array(levels, np.float64))
    order = np.sort(stack, axis=0)
    power = 10.0 ** (0.1 * stack)
    best = np.where(np.isinf(order[-1]), -1, np.argmax(stack, axis=0))
    return order[-1], order[-2], best, power.sum(axis=0) - 10.0 ** (0.1 * order[-1])


@pytest.mark.plain
def test_merging_is_the_plain_loop():
    rows, cols = 9, 21
    servers = empty(rows, cols)
    for loss, ground, sectors in scene(rows, cols, 3):
        merge_sectors(loss, ground, FRAME, sectors, PATTERN, (0, 0), servers)
    level, second, best, others = slowly(rows, cols, scene(rows, cols, 3))
    known = np.isfinite(level)
    np.testing.assert_allclose(servers.level_dbm[known], level[known], atol=1e-3)
    np.testing.assert_array_equal(servers.best, best)
    two = np.isfinite(second)
    np.testing.assert_allclose(servers.second_dbm[two], second[two], atol=1e-3)
    assert np.all(np.isneginf(servers.second_dbm[~two]))
    np.testing.assert_allclose(servers.others_mw, others, rtol=2e-4, atol=1e-18)


def test_windows_give_the_bits_of_the_whole():
    rows, cols = 12, 700  # longer than a piece
    whole, parts = empty(rows, cols), empty(rows, cols)
    for loss, ground, sectors in scene(rows, cols, 2):
        merge_sectors(loss, ground, FRAME, sectors, PATTERN, (0, 0), whole)
        for left, right in ((0, 101), (101, 640), (640, 700)):
            merge_sectors(loss[:, left:right], ground, FRAME, sectors, PATTERN, (0, left), parts)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)


def test_cells_of_unknown_ground_are_passed_over():
    servers = empty(9, 21)
    loss, ground, sectors = next(scene(9, 21, 1))
    loss[:], ground[4, 7] = 100.0, np.nan
    merge_sectors(loss, ground, FRAME, sectors, PATTERN, (0, 0), servers)
    assert servers.best[4, 7] == -1
    assert (servers.best >= 0).sum() == 9 * 21 - 1


@pytest.mark.plain
def test_angles_are_those_of_the_slow_form():
    ground = np.random.default_rng(2).normal(80.0, 20.0, (37, 41)).astype(np.float32)
    ground[3, 4] = np.nan
    azimuth, depression = np.empty((30, 35), np.float32), np.empty((30, 35), np.float32)
    mast_angles(ground, 2, 3, FRAME, azimuth, depression)
    assert np.isnan(depression[1, 1])
    assert np.isfinite(azimuth).all()
    for i in range(0, 30, 3):
        for j in range(0, 35, 2):
            east, north = j + 3 + 0.5 - FRAME.x_cells, FRAME.y_cells - (i + 2 + 0.5)
            turn, down = direction(east, north, ground[i + 2, j + 3], FRAME)
            assert abs((azimuth[i, j] - turn + 180.0) % 360.0 - 180.0) < 1e-3
            assert depression[i, j] == pytest.approx(down, abs=1e-3)


@pytest.mark.plain
def test_sinr_of_a_raster():
    level = np.array([-80.0, -110.0, np.nan, -60.0], np.float32)
    others = np.array([1e-9, 0.0, 1e-9, 1e-6], np.float32)
    out = np.empty(4, np.float32)
    sinr_into(level, others, 3.0, 0.5, 1e-12, out)
    wanted = level + 3.0 - 10.0 * np.log10(0.5 * others.astype(float) + 1e-12)
    np.testing.assert_allclose(out, wanted, atol=1e-4)
    assert math.isnan(out[2])


@pytest.mark.plain
def test_zones_are_summed_by_any_flag():
    rng = np.random.default_rng(3)
    indptr = np.array([0, 4, 4, 11], np.int64)
    share, flags = rng.random(11), rng.integers(0, 8, 11).astype(np.uint64)
    wanted = np.array([0, 1, 2, 6, 7], np.uint64)
    out = np.full((3, 5), np.nan)
    zone_shares(indptr, share, flags, wanted, out)
    for zone in range(3):
        part = slice(indptr[zone], indptr[zone + 1])
        for w, bits in enumerate(wanted):
            assert out[zone, w] == pytest.approx(share[part][(flags[part] & bits) != 0].sum(), abs=1e-15)


@pytest.mark.plain
def test_served_where_the_server_reaches_its_own_threshold():
    level = np.array([-90.0, -100.0, -100.0, np.nan], np.float32)
    best = np.array([0, 0, 1, -1], np.int32)
    served = np.empty(5, np.bool_)
    served_into(level, best, np.array([-95.0, -105.0], np.float32), np.array([0, 1, 2, 3, 0]), served)
    assert served.tolist() == [True, False, True, False, True]
