"""The calculation grid: rows from north to south, columns from west to east, metres of a projected reference system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """A north-up raster frame.

    Attributes
    ----------
    crs : str
        Projected reference system, for example 'EPSG:32648'.
    x_west_m, y_north_m : float
        Outer corner of the first cell, m.
    cell_m : float
        Side of a cell, m.
    rows, cols : int
        Number of cells.
    """

    crs: str
    x_west_m: float
    y_north_m: float
    cell_m: float
    rows: int
    cols: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north, m."""
        return (
            self.x_west_m,
            self.y_north_m - self.rows * self.cell_m,
            self.x_west_m + self.cols * self.cell_m,
            self.y_north_m,
        )

    @property
    def geotransform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients a, b, c, d, e, f (x = a*col + b*row + c, y = d*col + e*row + f)."""
        return self.cell_m, 0.0, self.x_west_m, 0.0, -self.cell_m, self.y_north_m

    def centres(
        self, row: NDArray[np.integer], col: NDArray[np.integer]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates of cell centres.

        Parameters
        ----------
        row, col : ndarray of int
            Cell indices.

        Returns
        -------
        tuple of ndarray
            x and y, m.
        """
        x_m = self.x_west_m + (np.asarray(col, dtype=np.float64) + 0.5) * self.cell_m
        y_m = self.y_north_m - (np.asarray(row, dtype=np.float64) + 0.5) * self.cell_m
        return x_m, y_m

    def cells(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of the cells that hold points; may lie outside the grid.

        Parameters
        ----------
        x_m, y_m : ndarray of float
            Coordinates, m.

        Returns
        -------
        tuple of ndarray of int64
            Row and column.
        """
        row = np.floor((self.y_north_m - np.asarray(y_m)) / self.cell_m).astype(np.int64)
        col = np.floor((np.asarray(x_m) - self.x_west_m) / self.cell_m).astype(np.int64)
        return row, col
