"""Slow twins of P.2108, P.2109 and P.676, written from the recommendations with NumPy and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from planner.kernels.p676 import specific_attenuation_db_km
from planner.kernels.p676_lines import OXYGEN_LINES, WATER_LINES
from planner.kernels.p2108 import height_gain_loss_db, terrestrial_loss_db
from planner.kernels.p2109 import building_entry_loss_db

pytestmark = pytest.mark.plain

P2109 = {
    1: {"r": 12.64, "s": 3.72, "t": 0.96, "u": 9.6, "v": 2.0, "w": 9.1, "x": -3.0, "y": 4.5, "z": -2.0},
    2: {"r": 28.19, "s": -3.00, "t": 8.48, "u": 13.5, "v": 3.8, "w": 27.8, "x": -2.9, "y": 9.4, "z": -2.1},
}


@pytest.mark.parametrize("building", [1, 2])
def test_building_entry_loss(building: int) -> None:
    k = P2109[building]
    for f in (0.1, 0.7, 3.5, 26.0, 100.0):
        for p in (0.01, 0.5, 0.9, 0.999):
            for elevation in (-30.0, 0.0, 45.0):
                log_f = np.log10(f)
                mu1 = k["r"] + k["s"] * log_f + k["t"] * log_f**2 + 0.212 * abs(elevation)
                a = norm.ppf(p, mu1, k["u"] + k["v"] * log_f)
                b = norm.ppf(p, k["w"] + k["x"] * log_f, k["y"] + k["z"] * log_f)
                expected = 10 * np.log10(np.sum(10 ** (0.1 * np.array([a, b, -3.0]))))
                assert building_entry_loss_db(f, p, building, elevation) == pytest.approx(expected, abs=1e-9)


def _terrestrial(f: float, d: float, p: float) -> float:
    long = -2 * np.log10(10 ** (-5 * np.log10(f) - 12.5) + 10**-16.5)
    short = 32.98 + 23.9 * np.log10(d) + 3 * np.log10(f)
    weights = 10 ** (-0.2 * np.array([long, short]))
    sigma = math.sqrt(np.sum(weights * np.array([16.0, 36.0])) / np.sum(weights))
    return float(-5 * np.log10(np.sum(weights)) - sigma * norm.isf(p))


def test_terrestrial_clutter() -> None:
    for f in (0.5, 3.5, 26.0, 67.0):
        for d in (0.25, 1.0, 1.999, 2.0, 30.0):
            for p in (0.01, 0.5, 0.95):
                expected = min(_terrestrial(f, d, p), _terrestrial(f, 2.0, p))
                assert terrestrial_loss_db(f, d, p) == pytest.approx(expected, abs=1e-9)


def test_terminal_in_clutter() -> None:
    """Equation (2b) over open ground, (2a) elsewhere; nothing at the clutter's height."""
    assert height_gain_loss_db(1.5, 2.0, 27.0, 10.0, 2) == pytest.approx(
        (21.8 + 6.2 * math.log10(1.5)) * math.log10(5.0)
    )
    nu = 0.342 * math.sqrt(1.5) * math.sqrt(13.0 * math.degrees(math.atan(13.0 / 27.0)))
    edge = 6.9 + 20 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1) + nu - 0.1)
    assert height_gain_loss_db(1.5, 2.0, 27.0, 15.0, 4) == pytest.approx(edge - 6.03)
    assert height_gain_loss_db(1.5, 15.0, 27.0, 15.0, 4) == 0.0


def _gases(f: float, p: float, rho: float, kelvin: float) -> tuple[float, float]:
    """P.676-13 Annex 1 over whole tables at once."""
    theta, e = 300 / kelvin, rho * kelvin / 216.7
    f0, a1, a2, a3, a4, a5, a6 = OXYGEN_LINES.T
    strength = a1 * 1e-7 * p * theta**3 * np.exp(a2 * (1 - theta))
    width = np.sqrt((a3 * 1e-4 * (p * theta ** (0.8 - a4) + 1.1 * e * theta)) ** 2 + 2.25e-6)
    delta = (a5 + a6 * theta) * 1e-4 * (p + e) * theta**0.8
    shape = f / f0 * ((width - delta * (f0 - f)) / ((f0 - f) ** 2 + width**2))
    shape += f / f0 * ((width - delta * (f0 + f)) / ((f0 + f) ** 2 + width**2))
    debye = 5.6e-4 * (p + e) * theta**0.8
    dry = 6.14e-5 / (debye * (1 + (f / debye) ** 2)) + 1.4e-12 * p * theta**1.5 / (1 + 1.9e-5 * f**1.5)
    oxygen = 0.1820 * f * (np.sum(strength * shape) + f * p * theta**2 * dry)
    f0, b1, b2, b3, b4, b5, b6 = WATER_LINES.T
    strength = b1 * 0.1 * e * theta**3.5 * np.exp(b2 * (1 - theta))
    width = b3 * 1e-4 * (p * theta**b4 + b5 * e * theta**b6)
    width = 0.535 * width + np.sqrt(0.217 * width**2 + 2.1316e-12 * f0**2 / theta)
    shape = f / f0 * (width / ((f0 - f) ** 2 + width**2) + width / ((f0 + f) ** 2 + width**2))
    return float(oxygen), float(0.1820 * f * np.sum(strength * shape))


def test_gases() -> None:
    for f in (1.0, 6.0, 22.235, 26.0, 60.0, 118.75, 300.0, 1000.0):
        for p, rho, kelvin in ((1013.25, 7.5, 288.15), (900.0, 25.0, 305.0), (1000.0, 0.0, 270.0)):
            assert specific_attenuation_db_km(f, p, rho, kelvin) == pytest.approx(_gases(f, p, rho, kelvin), rel=1e-12)


def test_gases_at_known_peaks() -> None:
    """P.676-13 figure 1: some 15 dB/km at 60 GHz and 0.2 dB/km at 22.2 GHz in the standard atmosphere."""
    assert sum(specific_attenuation_db_km(60.0, 1013.25, 7.5, 288.15)) == pytest.approx(14.9, abs=0.5)
    assert sum(specific_attenuation_db_km(22.2, 1013.25, 7.5, 288.15)) == pytest.approx(0.19, abs=0.02)
