"""Laws of P.1812, P.452 and the profiles: what must hold whatever the terrain."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.kernels.diffraction import (
    bullington_edge,
    bullington_loss_db,
    bullington_point,
    knife_edge_loss_db,
    spherical_earth_loss_db,
)
from planner.kernels.great_circle import bearing_rad, centre_latitude_deg, distance_km, point_along
from planner.kernels.p452.loss import Station452, predict_452
from planner.kernels.p1812.combine import Setting, near_share
from planner.kernels.p1812.loss import basic_loss_db, predict
from planner.kernels.p1812.path import (
    NO_COAST_KM,
    STATUS_BAD_DISTANCES,
    STATUS_NO_DATA,
    STATUS_OK,
    Terminals,
    check_profile,
    coast_distances,
    effective_radius_km,
    zone_lengths,
)

pytestmark = pytest.mark.plain

AE = effective_radius_km(45.0)
KERNELS = settings(deadline=None, max_examples=60)


@st.composite
def paths(draw, shortest=0.3, longest=60.0):
    """A profile of even steps with uneven terrain and clutter, all inland."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n = draw(st.integers(3, 80))
    d = np.linspace(0.0, draw(st.floats(shortest, longest)), n + 1)
    h = np.maximum(0.0, np.cumsum(rng.normal(0.0, draw(st.sampled_from([0.3, 4.0, 25.0])), n + 1)) + 20.0)
    r = rng.choice([0.0, 0.0, 8.0, 15.0], n + 1)
    return d, h, r, np.full(n + 1, 4, np.uint8)


def setting(f=1.8, p=50.0, pl=50.0, sigma=0.0, vertical=True):
    return Setting(f, p, pl, sigma, vertical, 21.0, 340.0)


@KERNELS
@given(paths(), st.floats(0.1, 6.0), st.sampled_from([1.0, 10.0, 50.0]))
def test_loss_is_the_same_in_both_directions(path, f, p):
    d, h, r, zone = path
    there = basic_loss_db(d, h, r, zone, Terminals(30.0, 1.5, 500.0, 500.0, AE), setting(f, p))
    back = basic_loss_db(
        d[-1] - d[::-1], h[::-1].copy(), r[::-1].copy(), zone, Terminals(1.5, 30.0, 500.0, 500.0, AE), setting(f, p)
    )
    assert back == pytest.approx(there, abs=1e-6)


@KERNELS
@given(paths(), st.floats(1.0, 49.0), st.floats(0.1, 20.0))
def test_more_locations_cost_more_by_the_quantile(path, pl, sigma):
    d, h, r, zone = path
    ends = Terminals(30.0, 1.5, 500.0, 500.0, AE)
    low = basic_loss_db(d, h, r, zone, ends, setting(pl=pl, sigma=sigma))
    median = basic_loss_db(d, h, r, zone, ends, setting())
    high = basic_loss_db(d, h, r, zone, ends, setting(pl=100.0 - pl, sigma=sigma))
    assert low <= median <= high
    sea = zone.copy()
    sea[-1] = 1
    at_sea = basic_loss_db(d, h, r, sea, ends, setting(pl=100.0 - pl, sigma=sigma))
    assert at_sea == basic_loss_db(d, h, r, sea, ends, setting())


@KERNELS
@given(paths(), st.integers(1, 200), st.floats(0.01, 30.0))
def test_a_higher_obstacle_never_lowers_the_bullington_loss(path, at, rise):
    d, h, r, _ = path
    g = h + r
    i = 1 + at % (len(d) - 2)
    raised = g.copy()
    raised[i] += rise
    hts, hrs = h[0] + 30.0, h[-1] + 1.5
    low, high = bullington_edge(d, g, hts, hrs, AE), bullington_edge(d, raised, hts, hrs, AE)
    assert bullington_loss_db(high, 1.8, d[-1]) >= bullington_loss_db(low, 1.8, d[-1]) - 1e-9


@KERNELS
@given(st.floats(-3.0, 30.0), st.floats(1e-6, 1.0))
def test_knife_edge_rises_with_its_parameter(nu, step):
    assert knife_edge_loss_db(nu + step) >= knife_edge_loss_db(nu) >= 0.0


@KERNELS
@given(st.floats(0.05, 40.0), st.floats(0.05, 40.0), st.floats(-200.0, 200.0), st.floats(0.3, 80.0))
def test_bullington_point_reduces_to_the_product_of_excess_slopes(excess_t, excess_r, rise, d):
    edge = bullington_point(excess_t + rise / d, excess_r - rise / d, 100.0, 100.0 + rise, d)
    assert edge == pytest.approx(math.sqrt(0.002 * d * excess_t * excess_r), rel=1e-9)


@KERNELS
@given(st.floats(1.0, 400.0), st.floats(1.0, 400.0), st.floats(0.3, 6.0), st.booleans())
def test_spherical_earth_is_reciprocal_and_falls_with_height(h1, h2, f, vertical):
    there = spherical_earth_loss_db(60.0, h1, h2, AE, f, vertical, 0.0)
    assert spherical_earth_loss_db(60.0, h2, h1, AE, f, vertical, 0.0) == pytest.approx(there, abs=1e-9)
    assert spherical_earth_loss_db(60.0, h1 + 1.0, h2, AE, f, vertical, 0.0) <= there + 1e-9


@pytest.mark.parametrize("seam_km", [0.05, 0.25])
@pytest.mark.parametrize("wall_m", [0.0, 3.0, 25.0])
def test_no_jump_at_the_seams_of_the_near_rule(seam_km, wall_m):
    ends = Terminals(25.0, 1.5, 500.0, 500.0, AE)

    def loss(d_km):
        d = np.linspace(0.0, d_km, 10)
        r = np.zeros(10)
        r[6] = wall_m
        return basic_loss_db(d, np.full(10, 12.0), r, np.full(10, 4, np.uint8), ends, setting(p=10.0))

    step = 1e-7
    assert loss(seam_km + step) == pytest.approx(loss(seam_km - step), abs=1e-3)
    assert near_share(0.05) == 0.0
    assert near_share(0.25) == 1.0


def test_the_model_alone_decides_from_a_quarter_of_a_kilometre():
    d = np.linspace(0.0, 0.25, 10)
    ends = Terminals(25.0, 1.5, 500.0, 500.0, AE)
    _, found = predict(d, np.full(10, 12.0), np.full(10, 5.0), np.full(10, 4, np.uint8), ends, setting())
    assert found.lb_db == max(found.lb0p_db, found.lbc_db)


@pytest.mark.parametrize("d_km", [1e-6, 0.003, 0.02, 0.05, 0.1, 0.2])
def test_near_cells_lie_between_free_space_and_a_wall(d_km):
    d, h, zone = np.linspace(0.0, d_km, 6), np.full(6, 12.0), np.full(6, 4, np.uint8)
    ends = Terminals(25.0, 1.5, 500.0, 500.0, AE)
    _, found = predict(d, h, np.zeros(6), zone, ends, setting())
    assert math.isfinite(found.lb_db)
    assert found.lbfs_db - 1e-9 <= found.lb_db <= found.lbfs_db + 30.0
    _, walled = predict(d, h, np.full(6, 60.0), zone, ends, setting())
    assert walled.lb_db > found.lb_db


@KERNELS
@given(paths(), st.integers(0, 200), st.sampled_from([math.nan, math.inf]))
def test_a_missing_sample_is_never_a_number(path, at, hole):
    d, h, r, zone = path
    ends = Terminals(30.0, 1.5, 500.0, 500.0, AE)
    assert check_profile(d, h, r) == STATUS_OK
    for values in (h, r):
        holed = values.copy()
        holed[at % len(d)] = hole
        pair = (holed, r) if values is h else (h, holed)
        assert math.isnan(basic_loss_db(d, *pair, zone, ends, setting()))
        assert check_profile(d, *pair) == STATUS_NO_DATA


def test_distances_that_are_none_are_found():
    flat = np.zeros(3)
    for bad in ([0.0, 1.0, 1.0], [0.0, 2.0, 1.0], [0.1, 1.0, 2.0], [0.0, math.nan, 2.0]):
        assert check_profile(np.array(bad), flat, flat) == STATUS_BAD_DISTANCES
    assert check_profile(np.zeros(1), np.zeros(1), np.zeros(1)) == STATUS_BAD_DISTANCES
    assert check_profile(np.array([0.0, 1.0, 2.0]), flat, np.zeros(2)) == STATUS_BAD_DISTANCES


@KERNELS
@given(paths(), st.floats(0.1, 40.0))
def test_p452_without_gains_stays_over_its_parts(path, f):
    d, h, r, zone = path
    ends, air = Terminals(30.0, 10.0, 500.0, 500.0, AE), Station452(0.0, 0.0, 1013.0, 15.0)
    _, found = predict_452(d, h, r, zone, ends, setting(f), air)
    assert found.lbs_db >= found.lbfsg_db
    # the power sum of equation (64) lies at most 1.505 dB under the lesser part
    least = min(found.lbs_db, found.lbam_db)
    assert least - 1.5052 <= found.lb_db <= least


def test_zone_lengths_add_up_and_coasts_are_half_way():
    d = np.array([0.0, 1.0, 2.0, 4.0, 6.0, 7.0])
    zone = np.array([4, 3, 1, 1, 4, 4], np.uint8)
    share, land, inland = zone_lengths(d, zone)
    assert share == pytest.approx(3.5 / 7.0)  # 1.5 to 5.0
    assert land == pytest.approx(2.0)  # 5 to 7
    assert inland == pytest.approx(2.0)
    assert coast_distances(d, zone) == (1.5, 2.0)
    assert coast_distances(d, np.full(6, 4, np.uint8)) == (NO_COAST_KM, NO_COAST_KM)
    assert coast_distances(d, np.full(6, 1, np.uint8)) == (0.0, 0.0)
    assert zone_lengths(d, np.full(6, 1, np.uint8)) == (1.0, 0.0, 0.0)


@KERNELS
@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(0.1, 500.0), st.floats(-3.0, 3.0))
def test_a_point_along_a_great_circle_is_as_far_as_asked(lat, lon, length, bearing):
    there = point_along(lat, lon, bearing, length)
    assert distance_km(lat, lon, *there) == pytest.approx(length, abs=1e-6)
    assert math.cos(bearing_rad(lat, lon, *there)) == pytest.approx(math.cos(bearing), abs=1e-5)
    middle = point_along(lat, lon, bearing, length / 2)
    assert centre_latitude_deg(lat, lon, *there, length) == pytest.approx(middle[0], abs=1e-6)
