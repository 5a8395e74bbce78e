"""Profiles by both rules, on metric and geographic grids, at borders and over gaps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.kernels.profile import (
    PROFILE_NO_DATA,
    PROFILE_OK,
    PROFILE_OUTSIDE,
    GeographicGrid,
    Segment,
    bilinear,
    equal_steps,
    grid_capacity,
    sample_bilinear,
    sample_great_circle,
    sample_grid,
    sample_zones,
)

pytestmark = pytest.mark.plain

ROWS, COLS = 30, 40
rows, cols = np.meshgrid(np.arange(ROWS), np.arange(COLS), indexing="ij")
PLANE = (2.0 * rows - 3.0 * cols + 500.0).astype(np.float32)  # both rules reproduce a plane exactly
BLOCKS = ((rows // 5 + cols // 5) % 3 * 5).astype(np.float32)

row_of, col_of = st.floats(0.0, ROWS - 1.0), st.floats(0.0, COLS - 1.0)


def by_steps(elevation, clutter, path, steps):
    h, r = np.zeros(steps + 1), np.zeros(steps + 1)
    return h, r, sample_bilinear(elevation, clutter, path, steps, h, r)


def by_lines(elevation, clutter, path):
    room = [np.zeros(grid_capacity(path)) for _ in range(3)]
    count, status = sample_grid(elevation, clutter, path, *room)
    return *(values[:count] for values in room), status


@pytest.mark.parametrize(
    ("length", "step", "steps"), [(0.3, 30.0, 1), (30.0, 30.0, 1), (30.1, 30.0, 2), (90.0 + 1e-12, 30.0, 3)]
)
def test_steps_are_equal_and_at_most_a_cell(length, step, steps):
    assert equal_steps(length, step) == steps


@settings(deadline=None, max_examples=80)
@given(row_of, col_of, row_of, col_of)
def test_both_rules_reproduce_a_plane(row0, col0, row1, col1):
    path = Segment(row0, col0, row1, col1)
    length = math.hypot(row1 - row0, col1 - col0)
    steps = equal_steps(length, 1.0)
    h, r, status = by_steps(PLANE, BLOCKS, path, steps)
    share = np.arange(steps + 1) / steps
    wanted = 2.0 * (row0 + share * (row1 - row0)) - 3.0 * (col0 + share * (col1 - col0)) + 500.0
    assert status == PROFILE_OK
    np.testing.assert_allclose(h, wanted, atol=1e-4)
    assert set(r.tolist()) <= {0.0, 5.0, 10.0}
    shares, h, r, status = by_lines(PLANE, BLOCKS, path)
    assert status == PROFILE_OK
    assert np.all(np.diff(shares) > 0.0)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    wanted = 2.0 * (row0 + shares * (row1 - row0)) - 3.0 * (col0 + shares * (col1 - col0)) + 500.0
    np.testing.assert_allclose(h, wanted, atol=1e-4)
    assert np.all((r >= 0.0) & (r <= 10.0))


def test_grid_rule_takes_one_sample_per_line_of_the_major_axis():
    shares, h, _, _ = by_lines(PLANE, BLOCKS, Segment(10.0, 5.0, 14.0, 25.0))
    assert len(shares) == 21  # both ends and columns 6 to 24
    np.testing.assert_allclose(shares * 20.0 + 5.0, np.arange(5, 26))
    np.testing.assert_allclose(h[1], bilinear(PLANE, 10.2, 6.0))


def test_clutter_is_the_nearest_cell_and_ties_go_to_the_larger_index():
    clutter = np.zeros((3, 9), np.float32)
    clutter[1, 4] = 9.0
    _, r, _ = by_steps(np.zeros((3, 9), np.float32), clutter, Segment(1.0, 0.0, 1.0, 8.0), 16)
    np.testing.assert_array_equal(np.flatnonzero(r), [7, 8])  # positions 3.5 and 4.0


def test_outside_and_gaps_have_a_status_and_no_number():
    hole = PLANE.copy()
    hole[12, 20] = np.nan
    along = Segment(12.0, 10.0, 12.0, 30.0)
    for sampled in (by_steps(hole, BLOCKS, along, 20), by_lines(hole, BLOCKS, along)[1:]):
        assert sampled[-1] == PROFILE_NO_DATA
        assert np.isnan(sampled[0]).sum() == 1
    beside = Segment(13.0, 10.0, 13.0, 30.0)  # a neighbour without weight does not count
    assert by_steps(hole, BLOCKS, beside, 20)[-1] == PROFILE_OK
    assert by_lines(hole, BLOCKS, beside)[-1] == PROFILE_OK
    out = Segment(12.0, 10.0, 12.0, 60.0)
    h, _, status = by_steps(PLANE, BLOCKS, out, 50)
    assert status >= PROFILE_OUTSIDE
    assert np.isnan(h[-1])
    assert by_lines(PLANE, BLOCKS, out)[-1] >= PROFILE_OUTSIDE


def test_half_a_cell_beyond_the_outer_centres_the_edge_holds():
    assert bilinear(PLANE, -0.5, 7.0) == PLANE[0, 7]
    assert bilinear(PLANE, ROWS - 0.5, COLS - 0.5) == PLANE[-1, -1]
    assert math.isnan(bilinear(PLANE, -0.51, 7.0))
    assert math.isnan(bilinear(PLANE, math.nan, 7.0))


def test_zones_follow_the_nearest_cell():
    zones = np.full((4, 10), 4, np.uint8)
    zones[:, 6:] = 1
    out = np.zeros(11, np.uint8)
    sample_zones(zones, Segment(1.0, 0.0, 1.0, 9.0), np.linspace(0.0, 1.0, 11), 11, out)
    np.testing.assert_array_equal(out == 1, np.linspace(0.0, 9.0, 11) >= 5.5)


def test_great_circle_on_a_geographic_grid():
    step = 1.0 / 3600.0
    north, west = 21.01, 106.0
    lat = north - np.arange(60)[:, None] * step
    lon = west + np.arange(80)[None, :] * step
    dem = ((lat - 21.0) * 1e4 + (lon - 106.0) * 2e4).astype(np.float32)
    steps = 40
    h, r = np.zeros(steps + 1), np.zeros(steps + 1)
    ends = (21.005, 106.001, 20.996, 106.018)
    grid = GeographicGrid(north, west, step, step)
    assert sample_great_circle(dem, np.zeros_like(dem), grid, ends, steps, h, r) == PROFILE_OK
    share = np.linspace(0.0, 1.0, steps + 1)
    straight = (ends[0] - 21.0 + share * (ends[2] - ends[0])) * 1e4
    straight += (ends[1] - 106.0 + share * (ends[3] - ends[1])) * 2e4
    np.testing.assert_allclose(h, straight, atol=0.02)  # a great circle of 2 km bends by centimetres
    beyond = (21.005, 106.001, 20.9, 106.018)
    assert sample_great_circle(dem, np.zeros_like(dem), grid, beyond, steps, h, r) >= PROFILE_OUTSIDE
