"""A slow twin of TR 38.901's tables, written from their text, against the kernels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.kernels.tr38901 import INH, RMA, UMA, UMI, los_probability, path_loss_db, ray_is_clear

pytestmark = pytest.mark.plain
H, W = 5.0, 20.0


def _twin(scenario: int, d2d: float, fc: float, bs: float, ut: float, los: bool) -> float:
    """Table 7.4.1-1, row by row, as it is printed."""
    log = math.log10
    d3d = math.hypot(d2d, bs - ut)
    if scenario == INH:
        first = 32.4 + 17.3 * log(d3d) + 20 * log(fc)
        return first if los else max(first, 38.3 * log(d3d) + 17.30 + 24.9 * log(fc))
    if scenario == RMA:
        d_bp = 2 * math.pi * bs * ut * fc * 1e9 / 3e8

        def pl1(d: float) -> float:
            a = 20 * log(40 * math.pi * d * fc / 3) + min(0.03 * H**1.72, 10) * log(d)
            return a - min(0.044 * H**1.72, 14.77) + 0.002 * log(H) * d

        first = pl1(d3d) if d2d <= d_bp else pl1(d_bp) + 40 * log(d3d / d_bp)
        other = 161.04 - 7.1 * log(W) + 7.5 * log(H) - (24.37 - 3.7 * (H / bs) ** 2) * log(bs)
        other += (43.42 - 3.1 * log(bs)) * (log(d3d) - 3) + 20 * log(fc) - (3.2 * log(11.75 * ut) ** 2 - 4.97)
        return first if los else max(first, other)
    d_bp = 4 * (bs - 1) * (ut - 1) * fc * 1e9 / 3e8
    constant, near, knee = (28.0, 22, 9) if scenario == UMA else (32.4, 21, 9.5)
    if d2d <= d_bp:
        first = constant + near * log(d3d) + 20 * log(fc)
    else:
        first = constant + 40 * log(d3d) + 20 * log(fc) - knee * log(d_bp**2 + (bs - ut) ** 2)
    if scenario == UMA:
        other = 13.54 + 39.08 * log(d3d) + 20 * log(fc) - 0.6 * (ut - 1.5)
    else:
        other = 35.3 * log(d3d) + 22.4 + 21.3 * log(fc) - 0.3 * (ut - 1.5)
    return first if los else max(first, other)


@pytest.mark.parametrize("scenario", [RMA, UMA, UMI, INH])
@pytest.mark.parametrize("los", [True, False])
def test_table_of_path_losses(scenario: int, los: bool) -> None:
    rng = np.random.default_rng(38901)
    bs = {RMA: 35.0, UMA: 25.0, UMI: 10.0, INH: 3.0}[scenario]
    farthest = 140.0 if scenario == INH else 5000.0
    for _ in range(40):
        d2d, fc = float(rng.uniform(10.0, farthest)), float(rng.uniform(0.5, 28.0))
        ut = float(rng.uniform(1.5, 10.0)) if scenario != INH else float(rng.uniform(0.8, 1.6))
        ours = path_loss_db(scenario, d2d, fc, bs, ut, H, W, los)
        assert ours == pytest.approx(_twin(scenario, d2d, fc, bs, ut, los), abs=1e-9)


def test_probability_of_line_of_sight() -> None:
    """Table 7.4.2-1 at points worked out by hand."""
    assert los_probability(RMA, 10.0, 1.5) == 1.0
    assert los_probability(RMA, 1010.0, 1.5) == pytest.approx(math.exp(-1.0))
    assert los_probability(UMI, 36.0, 1.5) == pytest.approx(0.5 + 0.5 * math.exp(-1.0))
    assert los_probability(UMA, 63.0, 1.5) == pytest.approx(18 / 63 + math.exp(-1.0) * (1 - 18 / 63))
    tall = (18 / 63 + math.exp(-1.0) * (1 - 18 / 63)) * (1 + 1.25 * 0.63**3 * math.exp(-63 / 150))
    assert los_probability(UMA, 63.0, 23.0) == pytest.approx(tall)
    assert los_probability(INH, 5.9, 1.5) == pytest.approx(math.exp(-1.0))
    assert los_probability(INH, 39.1, 1.5) == pytest.approx(0.32 * math.exp(-1.0))


def test_ray_over_a_profile() -> None:
    d_km = np.linspace(0.0, 10.0, 11)
    flat = np.zeros(11)
    # Half way along 10 km the earth of radius 8500 km bulges by 500 * 5 * 5 / 8500 = 1.47 m.
    assert ray_is_clear(d_km, flat, 1.48, 1.48, 8500.0) == 1
    assert ray_is_clear(d_km, flat, 1.46, 1.46, 8500.0) == 0
    wall = flat.copy()
    wall[3] = 20.0
    assert ray_is_clear(d_km, wall, 30.0, 1.5, 8500.0) == 1
    wall[8] = 20.0
    assert ray_is_clear(d_km, wall, 30.0, 1.5, 8500.0) == 0
    wall[8] = math.nan
    assert ray_is_clear(d_km, wall, 30.0, 1.5, 8500.0) == -1
