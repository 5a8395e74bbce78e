"""Slow twins of the ITM's path geometry and of its statistics, written from the Algorithm's text."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from planner.kernels.itm.predict import point_to_point
from planner.kernels.itm.quantities import STATUS_NO_TERRAIN, ItmSetting
from planner.kernels.itm.terrain import fitted_ends, horizons, irregularity_m, profile_geometry
from planner.kernels.normal import quantile, upper_quantile_hastings

pytestmark = pytest.mark.plain
RADIUS_M = 8.5e6
_spec = importlib.util.spec_from_file_location("itm_slow", Path(__file__).with_name("itm_slow.py"))
assert _spec is not None
assert _spec.loader is not None
itm_slow = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(itm_slow)


def _terrain(seed: int, count: int = 181, rough_m: float = 8.0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return 300.0 + np.cumsum(rng.normal(0.0, rough_m, count))


@pytest.mark.parametrize("seed", range(8))
def test_horizons_are_the_steepest_samples(seed: int) -> None:
    z, step = _terrain(seed), 97.0
    last = len(z) - 1
    d = last * step
    x = np.arange(len(z)) * step
    tx, rx = z[0] + 20.0, z[-1] + 3.0
    with np.errstate(divide="ignore", invalid="ignore"):
        from_tx = (z - tx) / x - x / (2 * RADIUS_M)
        from_rx = (z - rx) / (d - x) - (d - x) / (2 * RADIUS_M)
    ray_tx, ray_rx = (rx - tx) / d - d / (2 * RADIUS_M), (tx - rx) / d - d / (2 * RADIUS_M)
    angle_tx, angle_rx, d_tx, d_rx = horizons(z, step, 20.0, 3.0, RADIUS_M)
    assert angle_tx == pytest.approx(max(ray_tx, from_tx[1:-1].max()), abs=1e-12)
    assert angle_rx == pytest.approx(max(ray_rx, from_rx[1:-1].max()), abs=1e-12)
    if from_tx[1:-1].max() > ray_tx:
        assert d_tx == pytest.approx(x[1:-1][np.argmax(from_tx[1:-1])])
        assert d_rx == pytest.approx(d - x[1:-1][np.argmax(from_rx[1:-1])])


@pytest.mark.parametrize("seed", range(6))
def test_fitted_line_is_least_squares_with_halved_ends(seed: int) -> None:
    z = _terrain(seed, 60)
    start, end = 7.0, 51.0
    used = np.arange(7, 52)
    weights = np.ones(used.size)
    weights[[0, -1]] = 0.5
    centre = used.mean()
    slope = np.sum(weights * z[used] * (used - centre)) / np.sum(weights * (used - centre) ** 2)
    mean = np.sum(weights * z[used]) / (used.size - 1)
    left, right = fitted_ends(z, 1.0, start, end)
    assert left == pytest.approx(mean - slope * centre, abs=1e-9)
    assert right == pytest.approx(mean + slope * (59 - centre), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_irregularity_is_the_interdecile_range_of_a_detrended_profile(seed: int) -> None:
    z, step = _terrain(seed), 100.0
    start, end = 333.0, 17_200.0
    count = 10 * min(max(4, int(0.1 * ((end - start) / step + 8.0))), 25) - 5
    at = start + np.arange(count) * (end - start) / (count - 1)
    heights = np.interp(at, np.arange(len(z)) * step, z)
    weights = np.ones(count)
    weights[[0, -1]] = 0.5
    i = np.arange(count) - 0.5 * (count - 1)
    slope = np.sum(weights * heights * i) / np.sum(weights * i**2)
    mean = np.sum(weights * heights) / (count - 1)
    rest = np.sort(heights - mean - slope * i)[::-1]
    tenth = (count + 5) // 10
    expected = (rest[tenth - 1] - rest[count - tenth]) / (1.0 - 0.8 * math.exp(-(end - start) / 50e3))
    assert irregularity_m(z, step, start, end) == pytest.approx(expected, rel=1e-9)


def test_irregularity_of_a_short_piece_is_zero() -> None:
    assert irregularity_m(_terrain(1), 100.0, 500.0, 690.0) == 0.0


def test_heights_count_only_above_the_fitted_ground() -> None:
    z = np.full(101, 50.0)
    geometry = profile_geometry(z, 100.0, 30.0, 2.0, RADIUS_M)
    assert geometry.effective_tx_m == pytest.approx(30.0)
    assert geometry.effective_rx_m == pytest.approx(2.0)
    assert geometry.irregularity_m == pytest.approx(0.0, abs=1e-9)


def test_normal_quantiles() -> None:
    for p in (1e-6, 0.001, 0.1, 0.3, 0.5, 0.77, 0.99, 0.999999):
        assert quantile(p) == pytest.approx(norm.ppf(p), abs=1e-12)
        assert upper_quantile_hastings(p, 2.515517) == pytest.approx(norm.isf(p), abs=4.5e-4)
    assert math.isnan(quantile(0.0))
    assert math.isnan(quantile(1.0))


def test_missing_terrain_is_a_status() -> None:
    setting = ItmSetting(900.0, 30.0, 1.5, True, 340.0, 15.0, 0.005, 2, 3, 50.0, 50.0, 50.0)
    for at in (0, 3, 50, 180):
        z = _terrain(3)
        z[at] = math.nan
        result = point_to_point(z, 100.0, setting)
        assert result.status == STATUS_NO_TERRAIN
        assert math.isnan(result.loss_db)


def _hilly_path(seed: int) -> tuple[NDArray[np.float64], float, ItmSetting]:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(20, 400))
    step = float(rng.choice([30.0, 90.0, 600.0]))
    z = 200.0 + np.cumsum(rng.normal(0.0, float(rng.choice([0.2, 3.0, 12.0])), count))
    setting = ItmSetting(
        float(rng.choice([150.0, 700.0, 1800.0, 3500.0])), float(rng.uniform(10, 60)), float(rng.uniform(1.5, 10)),
        bool(rng.integers(2)), float(rng.uniform(300, 360)), 15.0, 0.005, 2, 3, float(rng.uniform(1, 99)),
        float(rng.uniform(5, 95)), float(rng.uniform(5, 95)),
    )  # fmt: skip
    return z, step, setting


def test_point_to_point_equals_its_slow_twin() -> None:
    """The twin's normal quantile is exact, ITM's is Hastings': 4.5e-4 deviations, under 0.02 dB of loss."""
    modes = set()
    for seed in range(60):
        z, step, setting = _hilly_path(seed)
        ours = point_to_point(z, step, setting)
        slow, reference, mode = itm_slow.loss_db(z, step, setting)
        assert ours.mode == mode
        assert ours.reference_db == pytest.approx(reference, abs=1e-8)
        assert ours.loss_db == pytest.approx(slow, abs=0.02)
        median = setting._replace(time_pct=50.0, location_pct=50.0, situation_pct=50.0)
        exact = itm_slow.loss_db(z, step, median)[0]
        assert point_to_point(z, step, median).loss_db == pytest.approx(exact, abs=1e-4)
        modes.add(mode)
    assert modes == {1, 2, 3}
