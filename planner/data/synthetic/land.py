"""Terrain and land cover of a synthetic area: a plain in the south-west, hills in the north-east, a river between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.data.synthetic.sizes import MARGIN_M, X_WEST_M, Y_SOUTH_M, Size

TREES, CROPS, BUILT, WATER = 10, 40, 50, 80  # ESA WorldCover codes
_HIGHEST_M = 520.0
_PLAIN_M = 6.0
_ROUGHNESS = 2.1  # amplitude falls with frequency to this power


@dataclass(frozen=True)
class Land:
    """Terrain of a synthetic area.

    Attributes
    ----------
    x_west_m, y_north_m, cell_m : float
        Outer corner of the first cell and side of a cell, m.
    height_m : ndarray of int16
        Height above sea level, m.
    water, trees : ndarray of bool
        Where the river and the woods are.
    """

    x_west_m: float
    y_north_m: float
    cell_m: float
    height_m: NDArray[np.int16]
    water: NDArray[np.bool_]
    trees: NDArray[np.bool_]

    def at(self, values: NDArray[np.generic], xy: NDArray[np.float64]) -> NDArray[np.generic]:
        """Values of a raster at points.

        Parameters
        ----------
        values : ndarray
            Raster of the land's shape.
        xy : ndarray of float64, shape (n, 2)
            Points, m.

        Returns
        -------
        ndarray
            One value per point.
        """
        col = np.clip(((xy[:, 0] - self.x_west_m) / self.cell_m).astype(int), 0, values.shape[1] - 1)
        row = np.clip(((self.y_north_m - xy[:, 1]) / self.cell_m).astype(int), 0, values.shape[0] - 1)
        picked: NDArray[np.generic] = values[row, col]
        return picked


def make_land(size: Size, rng: np.random.Generator) -> Land:
    """Draw the terrain.

    Parameters
    ----------
    size : Size
        Extent and cell.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    Land
        Heights in whole metres.
    """
    side_m = size.side_m + 2 * MARGIN_M
    count = int(np.ceil(side_m / size.cell_m))
    x_west_m = X_WEST_M - MARGIN_M
    y_north_m = Y_SOUTH_M - MARGIN_M + count * size.cell_m
    axis = (np.arange(count) + 0.5) / count
    east, north = axis[None, :], axis[::-1, None]
    relief = _fractal(count, size.cell_m, rng)
    along = 0.55 * east + 0.45 * north  # 0 in the south-west corner, 1 in the north-east
    rise = np.clip((along + 0.10 * relief - 0.52) / 0.38, 0.0, 1.0) ** 1.5
    height = _PLAIN_M + 0.8 * relief + _HIGHEST_M * rise * np.clip(0.55 + 0.30 * relief, 0.05, 1.3)
    bend = 0.35 + 0.10 * np.sin(2.0 * np.pi * 1.3 * east) + 0.08 * (east - 0.5)
    width = 120.0 / side_m + 0.6 * size.cell_m / side_m
    river = (np.abs(north - bend) < width) & (rise < 0.02)
    height = np.where(river, _PLAIN_M - 3.0, np.maximum(height, 1.0))
    metres = np.rint(height).astype(np.int16)
    woods = ~river & ((rise > 0.05) | (_fractal(count, size.cell_m, rng) > 1.6))
    return Land(x_west_m, y_north_m, size.cell_m, metres, river, woods)


def _fractal(count: int, cell_m: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise whose amplitude falls with frequency; mean 0, deviation 1; no feature wider than 12 km."""
    white = np.fft.rfft2(rng.standard_normal((count, count)))
    fy, fx = np.fft.fftfreq(count, cell_m)[:, None], np.fft.rfftfreq(count, cell_m)[None, :]
    frequency = np.maximum(np.hypot(fx, fy), 1.0 / 12_000.0)
    noise = np.fft.irfft2(white * frequency**-_ROUGHNESS, s=(count, count))
    noise -= noise.mean()
    return np.asarray(noise / noise.std())


def slope_deg(land: Land) -> NDArray[np.float64]:
    """Steepness of the terrain.

    Parameters
    ----------
    land : Land
        Terrain.

    Returns
    -------
    ndarray of float64
        Degrees.
    """
    dy, dx = np.gradient(land.height_m.astype(float), land.cell_m)
    return np.asarray(np.degrees(np.arctan(np.hypot(dx, dy))))
