"""The P.1812 kernels against their slow twins: the plain text, and the float32 disc against float64 paths."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from planner.kernels.p1812.combine import Setting
from planner.kernels.p1812.disc import Mast, disc_losses, make_ground
from planner.kernels.p1812.loss import basic_loss_db
from planner.kernels.p1812.path import Terminals, coast_distances, effective_radius_km
from planner.kernels.p1812.room import make_room
from planner.kernels.profile import Segment, bilinear, equal_steps, sample_bilinear, sample_zones
from planner.kernels.sweep.blocks import Climate
from planner.kernels.sweep.links import VALUES

_spec = importlib.util.spec_from_file_location("p1812_plain", Path(__file__).with_name("p1812_plain.py"))
assert _spec is not None
plain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(plain)

INLAND_ONLY = np.zeros((0, 0), np.uint8)


def rough_ground(rng, n):
    """Hills with a slope of a few per cent."""
    rows, cols = np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None]
    size = np.hypot(rows, cols)
    size[0, 0] = 1.0
    field = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(n, n))) * size**-1.9, (n, n))
    return (field / field.std() * 40.0 + 100.0).astype(np.float32)


def random_path(rng):
    """A path of uneven steps over hills, plains or sea, with clutter."""
    n = int(rng.integers(3, 120))
    d = np.concatenate([[0.0], np.cumsum(rng.uniform(0.02, 1.0, n) * rng.choice([0.1, 0.3, 1.0]))])
    d *= max(1.0, 0.3 / d[-1])
    h = np.maximum(0.0, np.cumsum(rng.normal(0.0, rng.choice([0.5, 5.0, 20.0]), n + 1)) + rng.uniform(0, 50))
    r = rng.choice([0.0, 0.0, 5.0, 10.0, 15.0], n + 1)
    zone = np.full(n + 1, 4, np.uint8)
    if rng.random() < 0.4:
        cuts = np.sort(rng.integers(0, n + 2, 2))
        zone[cuts[0] : cuts[1]] = 1
        zone[max(0, cuts[0] - 3) : cuts[0]] = 3
        h[zone == 1], r[zone == 1] = 0.0, 0.0
    return d, h, r, zone


@pytest.mark.plain
@pytest.mark.parametrize("seed", range(6))
def test_kernel_equals_the_plain_text(seed):
    rng = np.random.default_rng(seed)
    for _ in range(25):
        d, h, r, zone = random_path(rng)
        htg, hrg = rng.uniform(2.0, 80.0), rng.uniform(1.0, 15.0)
        coasts = (rng.uniform(0.0, 8.0), rng.uniform(0.0, 8.0))
        dn, n0, f = rng.uniform(30.0, 80.0), rng.uniform(300.0, 380.0), rng.uniform(0.05, 6.0)
        p, pl, sigma = rng.choice([1.0, 3.0, 10.0, 33.0, 50.0]), rng.choice([5.0, 50.0, 95.0]), 5.5
        vertical, latitude = bool(rng.integers(2)), rng.uniform(-80.0, 80.0)
        ends = Terminals(htg, hrg, *coasts, effective_radius_km(dn))
        setting = Setting(f, float(p), float(pl), sigma, vertical, latitude, n0)
        fast = basic_loss_db(d, h, r, zone, ends, setting)
        slow = plain.loss(
            d.tolist(), h.tolist(), r.tolist(), zone.tolist(), htg, hrg, coasts, dn, n0, f, p, pl, sigma,
            vertical, latitude,
        )  # fmt: skip
        assert fast == pytest.approx(slow, abs=1e-9)


def disc(ground, mast, climate, frequencies):
    """Losses over the whole raster."""
    rows, cols = ground.elevation.shape
    out = np.empty((len(frequencies), rows, cols), np.float32)
    room = make_room(math.ceil(mast.radius_cells) + 3)
    counts = disc_losses(
        ground, mast, np.asarray(frequencies), climate, room, np.zeros(VALUES, np.float32), out, (0, 0)
    )
    return out, counts


def exact(ground, mast, row, col, climate, frequency):
    """The same link in float64, profile and all."""
    length = math.hypot(row - mast.row, col - mast.col)
    steps = equal_steps(length, 1.0)
    h, r, zone = np.zeros(steps + 1), np.zeros(steps + 1), np.full(steps + 1, 4, np.uint8)
    segment = Segment(mast.row, mast.col, float(row), float(col))
    sample_bilinear(ground.elevation, ground.clutter, segment, steps, h, r)
    if ground.zones.size:
        sample_zones(ground.zones, segment, np.arange(steps + 1) / steps, steps + 1, zone)
    d = np.arange(steps + 1) * (length * ground.cell_km / steps)
    ends = Terminals(mast.htg_m, mast.hrg_m, *coast_distances(d, zone), climate.ae_km)
    setting = Setting(frequency, climate.time_pct, 50.0, 0.0, climate.vertical, climate.latitude_deg, climate.n0)
    return basic_loss_db(d, h, r, zone, ends, setting)


@pytest.mark.parametrize(
    ("p", "position", "coast"),
    [(50.0, (30.0, 30.0), False), (10.0, (29.3, 31.45), False), (1.0, (30.25, 28.0), True)],
)
def test_disc_equals_float64_paths(p, position, coast):
    rng = np.random.default_rng(7)
    n = 60
    elevation = rough_ground(rng, n)
    clutter = np.where(rough_ground(rng, n) > 110.0, rng.choice([5.0, 10.0, 15.0], (n, n)), 0.0).astype(np.float32)
    zones = INLAND_ONLY
    if coast:
        zones = np.full((n, n), 4, np.uint8)
        zones[:, 38:40], zones[:, 40:] = 3, 1
        elevation[:, 40:], clutter[:, 40:] = 0.0, 0.0
    ground = make_ground(elevation, clutter, zones, 0.09)
    mast = Mast(*position, bilinear(elevation, *position), 30.0, 1.5, 26.0)
    climate = Climate(effective_radius_km(45.0), p, 325.0, 21.0, True, coast)
    out, (answered, refused) = disc(ground, mast, climate, [0.7, 3.6])
    assert refused == 0
    assert answered == np.isfinite(out[0]).sum() > 2000
    picks = np.argwhere(np.isfinite(out[0]))
    rng.shuffle(picks)
    worst = 0.0
    for row, col in picks[:400]:
        if math.hypot(row - mast.row, col - mast.col) < 0.05:
            continue
        for k, f in enumerate((0.7, 3.6)):
            worst = max(worst, abs(out[k, row, col] - exact(ground, mast, row, col, climate, f)))
    assert worst < 1e-3  # 2e-4 measured


@pytest.mark.plain
def test_missing_terrain_refuses_what_lies_behind_and_nothing_else():
    elevation, bare = np.full((40, 40), 5.0, np.float32), np.zeros((40, 40), np.float32)
    ground = make_ground(elevation, bare, INLAND_ONLY, 0.03)
    climate = Climate(effective_radius_km(45.0), 50.0, 325.0, 21.0, True, False)
    mast = Mast(20.0, 20.0, 5.0, 30.0, 1.5, 12.0)
    whole, (all_links, _) = disc(ground, mast, climate, [1.8])
    elevation[20, 26] = np.nan
    ground = make_ground(elevation, bare, INLAND_ONLY, 0.03)
    out, (answered, refused) = disc(ground, mast, climate, [1.8])
    gone = np.isfinite(whole[0]) & ~np.isfinite(out[0])
    assert answered + refused == all_links
    assert refused == gone.sum()
    assert gone[20, 26:33].all()  # the cell itself and those straight behind it
    assert not gone[:, :26].any()
    assert not gone[19, 20:33].all()  # the row beside it loses only paths that touch the gap
    same = np.isfinite(out[0])
    np.testing.assert_array_equal(out[0][same], whole[0][same])
