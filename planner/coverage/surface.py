"""What the engine is given: the surface the waves run over, and how losses are computed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from planner.constants import EARTH_RADIUS_KM
from planner.kernels.p1812.path import effective_radius_km

_NO_ZONES = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True)
class Surface:
    """What the waves run over: a metric grid, north up.

    Attributes
    ----------
    elevation_asl_m : ndarray of float32, shape (rows, cols)
        Terrain, m above sea level; NaN where unknown.
    clutter_height_m : ndarray of float32, shape (rows, cols)
        Representative clutter height added to the terrain between the terminals, m; 0 everywhere for a surface model.
    cell_m : float
        Side of a cell, m.
    x_west_m, y_north_m : float
        Outer corner of the first cell, m.
    zone : ndarray of uint8, shape (rows, cols), or (0, 0)
        Radio-climatic zone of ITU-R P.1812 (1 sea, 3 coastal land, 4 inland); (0, 0) where all is inland.
    """

    elevation_asl_m: NDArray[np.float32]
    clutter_height_m: NDArray[np.float32]
    cell_m: float
    x_west_m: float = 0.0
    y_north_m: float = 0.0
    zone: NDArray[np.uint8] = field(default_factory=lambda: _NO_ZONES)


@dataclass(frozen=True)
class EngineSettings:
    """How losses are computed.

    Attributes
    ----------
    mode : {'sweep', 'exact'}
        Shared profiles along rays, or one profile per cell.
    sampling : {'grid', 'bilinear'}
        One sample per grid line crossed, or equal steps of at most a cell (mode `exact` only).
    rays_per_cell : int
        Rays per cell of the rim in mode `sweep`.
    radius_m : float
        Distance up to which cells are computed, m.
    time_pct : float
        Percentage of time the loss is not exceeded, 1 to 50.
    delta_n, n0 : float
        Refractivity lapse rate (N-units/km) and sea-level surface refractivity (N-units).
    earth_k : float or None
        Effective Earth radius factor; replaces the one from `delta_n`.
    receiver_agl_m : float
        Receiver height, m above ground.
    latitude_deg : float
        Latitude, degrees.
    vertical : bool
        Vertical polarisation; horizontal otherwise.
    """

    mode: Literal["sweep", "exact"] = "sweep"
    sampling: Literal["grid", "bilinear"] = "grid"
    rays_per_cell: int = 4
    radius_m: float = 10_000.0
    time_pct: float = 50.0
    delta_n: float = 45.0
    n0: float = 325.0
    earth_k: float | None = None
    receiver_agl_m: float = 1.5
    latitude_deg: float = 21.0
    vertical: bool = True

    @property
    def earth_radius_km(self) -> float:
        """Median effective Earth radius, km."""
        if self.earth_k is not None:
            return EARTH_RADIUS_KM * self.earth_k
        return float(effective_radius_km(self.delta_n))

    def steps(self, cell_m: float) -> int:
        """Cells from a mast's cell to the rim of its square.

        Parameters
        ----------
        cell_m : float
            Side of a cell, m.

        Returns
        -------
        int
            The number, at least 1.
        """
        return max(1, math.floor(self.radius_m / cell_m + 0.5))
