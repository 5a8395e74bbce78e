"""Radio-climatic zones of ITU-R P.1812-8 (sea, coastal land, inland) from land cover and terrain.

Sea is what the data say: water of the land cover that lies at sea level and is large. Ponds, rivers and lakes are part
of the land around them, as the Recommendation has it, unless they reach its size of a large body of inland water.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.config.propagation import PropagationConfig
from planner.domain.province import Terrain
from planner.kernels.p1812.path import COASTAL, INLAND, SEA

# P.1812-8 section 3.3: coastal land lies near the sea up to a height; a water as large as a circle 100 km across is sea
COAST_KM, COAST_ASL_M, LARGE_LAKE_KM2 = 50.0, 100.0, 7800.0
if TYPE_CHECKING:
    from planner.coverage.surface import Surface

_EIGHT = np.ones((3, 3), dtype=bool)


def climate_zones(terrain: Terrain, config: PropagationConfig) -> NDArray[np.uint8]:
    """Zone of every cell.

    Parameters
    ----------
    terrain : Terrain
        Heights and land cover.
    config : PropagationConfig
        Classes that are water, and the rule that says which water is sea.

    Returns
    -------
    ndarray of uint8, shape (rows, cols), or (0, 0)
        1 sea, 3 coastal land, 4 inland; (0, 0) where there is no sea: all is inland.
    """
    sea = sea_cells(terrain, config)
    if not sea.any():
        return np.zeros((0, 0), dtype=np.uint8)
    cell_km = terrain.grid.cell_m / 1e3
    zone = np.full(sea.shape, INLAND, dtype=np.uint8)
    from_sea_km = ndimage.distance_transform_edt(~sea) * cell_km
    with np.errstate(invalid="ignore"):
        zone[(from_sea_km <= COAST_KM) & (terrain.elevation_asl_m <= COAST_ASL_M)] = COASTAL
    zone[sea] = SEA
    return zone


def sea_notes(surface: Surface) -> list[str]:
    """Say how much of the terrain is sea and coastal land.

    Parameters
    ----------
    surface : Surface
        Zones.

    Returns
    -------
    list of str
        One sentence; none where all is inland.
    """
    if not surface.zone.size:
        return []
    sea, coast = (np.count_nonzero(surface.zone == kind) * (surface.cell_m / 1e3) ** 2 for kind in (SEA, COASTAL))
    found = f"{sea:,.0f} km2 of the terrain are sea and {coast:,.0f} km2 coastal land"
    return [f"ITU-R P.1812 zones (`propagation.sea`): {found}; sea beyond the terrain is not known."]


def sea_cells(terrain: Terrain, config: PropagationConfig) -> NDArray[np.bool_]:
    """Cells of the sea and of large inland water.

    Parameters
    ----------
    terrain : Terrain
        Heights and land cover.
    config : PropagationConfig
        Classes that are water; `sea`.

    Returns
    -------
    ndarray of bool, shape (rows, cols)
        True at sea; nowhere when `sea.highest_asl_m` is null.
    """
    highest_m = config.sea.highest_asl_m
    if highest_m is None:
        return np.zeros(terrain.land_cover.shape, dtype=bool)
    codes = [code for code, clutter in config.clutter.items() if clutter.environment == "water"]
    water = np.isin(terrain.land_cover, codes)
    with np.errstate(invalid="ignore"):
        low = water & (terrain.elevation_asl_m <= highest_m)
    cell_km2 = (terrain.grid.cell_m / 1e3) ** 2
    return _bodies(low, config.sea.smallest_km2 / cell_km2) | _bodies(water, LARGE_LAKE_KM2 / cell_km2)


def _bodies(water: NDArray[np.bool_], least_cells: float) -> NDArray[np.bool_]:
    """Connected water of at least so many cells."""
    if np.count_nonzero(water) < least_cells:
        return np.zeros(water.shape, dtype=bool)
    label, _ = ndimage.label(water, structure=_EIGHT)
    large = np.bincount(label.reshape(-1)) >= least_cells
    large[0] = False
    return np.asarray(large[label])
