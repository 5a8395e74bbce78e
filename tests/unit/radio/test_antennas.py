"""Patterns: the two cuts come back on their planes, tilts turn the beam, the parametric one is TR 38.901's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.config.radio import AntennaConfig
from planner.domain.antenna import AntennaCuts
from planner.kernels.antenna import gain_dbi
from planner.radio.antennas import antenna_pattern, cuts_pattern, parametric_pattern

PANEL = AntennaConfig()


def _measured() -> AntennaCuts:
    turn = (np.arange(360) + 180.0) % 360.0 - 180.0
    horizontal = np.minimum(12.0 * (turn / 65.0) ** 2, 28.0)
    lobe = np.minimum(12.0 * ((np.arange(360) - 6.0 + 180.0) % 360.0 - 180.0) ** 2 / 49.0, 25.0)
    rear = np.where(np.abs(turn) > 120.0, 28.0, lobe)
    return AntennaCuts("panel", 17.0, horizontal, rear, electrical_tilt_deg=6.0)


def _twin_parametric(azimuth: float, depression: float, antenna: AntennaConfig) -> float:
    turn = (azimuth + 180.0) % 360.0 - 180.0
    across = min(12.0 * (turn / antenna.horizontal_beamwidth_deg) ** 2, antenna.front_to_back_db)
    down = min(12.0 * (depression / antenna.vertical_beamwidth_deg) ** 2, antenna.side_lobe_db)
    return antenna.gain_dbi - min(across + down, antenna.front_to_back_db)


def test_parametric_pattern_is_table_7_3_1() -> None:
    pattern = parametric_pattern(PANEL)
    rng = np.random.default_rng(3)
    for azimuth, depression in zip(rng.uniform(-400, 400, 300), rng.uniform(-90, 90, 300), strict=True):
        want = _twin_parametric(azimuth, depression - 4.0, PANEL)
        assert float(gain_dbi(azimuth, depression, 4.0, 0.0, pattern)) == pytest.approx(want, abs=2e-3)


def test_measured_cuts_come_back_on_their_planes() -> None:
    cuts = _measured()
    pattern = cuts_pattern(cuts)
    for angle in range(360):
        across = gain_dbi(angle, 0.0, 6.0, 0.0, pattern)
        offset = cuts.vertical_db[0] * (1.0 - min(angle, 360 - angle) / 180.0) + (
            cuts.vertical_db[180] - cuts.horizontal_db[180]
        ) * (min(angle, 360 - angle) / 180.0)
        assert float(across) == pytest.approx(17.0 - max(cuts.horizontal_db[angle] + offset, 0.0), abs=1e-3)
    for depression in range(-90, 91):
        ahead = gain_dbi(0.0, depression, 6.0, 0.0, pattern)
        assert float(ahead) == pytest.approx(17.0 - cuts.vertical_db[depression % 360], abs=1e-3)
        behind = gain_dbi(180.0, depression, 6.0, 0.0, pattern)
        assert float(behind) == pytest.approx(17.0 - cuts.vertical_db[(180 - depression) % 360], abs=1e-3)


def test_electrical_tilt_moves_the_lobe() -> None:
    pattern = cuts_pattern(_measured())
    grid = np.arange(-20.0, 20.0, 0.1)
    for tilt in (0.0, 3.0, 9.0):
        gains = [float(gain_dbi(0.0, depression, tilt, 0.0, pattern)) for depression in grid]
        assert grid[int(np.argmax(gains))] == pytest.approx(tilt, abs=0.11)


def test_mechanical_tilt_lowers_ahead_and_lifts_behind() -> None:
    pattern = parametric_pattern(PANEL)
    grid = np.arange(-30.0, 30.0, 0.1)
    ahead = [float(gain_dbi(0.0, depression, 0.0, 8.0, pattern)) for depression in grid]
    assert grid[int(np.argmax(ahead))] == pytest.approx(8.0, abs=0.11)
    wide = parametric_pattern(AntennaConfig(front_to_back_db=60.0, horizontal_beamwidth_deg=360.0))
    behind = [float(gain_dbi(180.0, depression, 0.0, 8.0, wide)) for depression in grid]
    assert grid[int(np.argmax(behind))] == pytest.approx(-8.0, abs=0.11)
    aside = float(gain_dbi(90.0, 0.0, 0.0, 8.0, wide))
    assert aside == pytest.approx(float(gain_dbi(90.0, 0.0, 0.0, 0.0, wide)), abs=1e-3)


def test_gain_never_exceeds_the_maximum() -> None:
    rng = np.random.default_rng(5)
    for pattern in (cuts_pattern(_measured()), antenna_pattern(AntennaConfig(kind="omni", gain_dbi=11.0))):
        for azimuth, depression in rng.uniform(-180, 180, (200, 2)):
            value = float(gain_dbi(azimuth, depression / 2.0, 5.0, 2.0, pattern))
            assert math.isfinite(value)
            assert value <= pattern.gain_dbi + 1e-4


def test_omni_is_the_same_all_round() -> None:
    pattern = antenna_pattern(AntennaConfig(kind="omni", gain_dbi=11.0))
    gains = {round(float(gain_dbi(azimuth, 3.0, 0.0, 0.0, pattern)), 6) for azimuth in range(0, 360, 7)}
    assert len(gains) == 1
