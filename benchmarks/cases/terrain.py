"""Seeded hills with patches of clutter, in memory: the ground the coverage cases run over (all invented)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.coverage.surface import Surface

CELL_M = 30.0
LATITUDE_DEG = 21.3
_ROUGHNESS_POWER = -2.0  # amplitude against wave number: hills of about 12 % mean slope at 150 m relief
_PATCH_POWER = -1.2
_HEIGHTS_M = (0.0, 5.0, 10.0, 20.0)  # open, shrubs, houses, trees
_SHARES = (0.5, 0.75, 0.93)


def make_surface(rows: int, cols: int, seed: int = 1, relief_m: float = 150.0) -> Surface:
    """Fractal hills with clutter on half of the ground.

    Parameters
    ----------
    rows, cols : int
        Cells.
    seed : int
        Seed.
    relief_m : float
        Standard deviation of the heights, m.

    Returns
    -------
    Surface
        Bare-earth terrain and clutter heights, 30 m cells, north-west corner at (0, rows * 30 m).
    """
    rng = np.random.default_rng(seed)
    heights = _fractal(rows, cols, _ROUGHNESS_POWER, rng)
    heights = (heights - heights.min()) / heights.std() * relief_m
    patches = _fractal(rows, cols, _PATCH_POWER, rng)
    kind = np.digitize(patches, np.quantile(patches, _SHARES))
    clutter = np.asarray(_HEIGHTS_M, np.float32)[kind]
    return Surface(heights.astype(np.float32), clutter, CELL_M, 0.0, rows * CELL_M)


def _fractal(rows: int, cols: int, power: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Gaussian field whose amplitude falls as a power of the wave number."""
    side = 1 << int(np.ceil(np.log2(max(rows, cols))))
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    wave[0, 0] = 1.0
    spectrum = np.fft.rfft2(rng.standard_normal((side, side))) * wave**power
    field: NDArray[np.float64] = np.fft.irfft2(spectrum, s=(side, side))
    return field[:rows, :cols]
