"""The province as the planner sees it: terrain, people, sites, roads, cables, zones; all in metres of one grid."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.domain.grid import Grid


@dataclass(frozen=True)
class Terrain:
    """Heights and land cover on the calculation grid.

    Attributes
    ----------
    grid : Grid
        Frame of both rasters.
    elevation_asl_m : ndarray of float32, shape (rows, cols)
        Ground (or surface) height, m above sea level; NaN where there is no data.
    land_cover : ndarray of uint8, shape (rows, cols)
        Land-cover class code; 0 where there is none.
    kind : str
        'bare' or 'surface'.
    source_resolution_m : float
        Resolution of the source, m: no finer detail may be claimed.
    """

    grid: Grid
    elevation_asl_m: NDArray[np.float32]
    land_cover: NDArray[np.uint8]
    kind: str
    source_resolution_m: float


@dataclass(frozen=True)
class AreaCells:
    """Which cells make up each residential area, with what weight.

    Row `i` of the areas table owns entries `indptr[i]:indptr[i+1]`.

    Attributes
    ----------
    indptr : ndarray of int64, shape (n_areas + 1,)
        Start of each area's entries.
    cell : ndarray of int64, shape (n,)
        Flat cell index row*cols + col.
    share : ndarray of float64, shape (n,)
        Share of the area's polygon (and so of its people) in that cell; sums to 1 per area.
    """

    indptr: NDArray[np.int64]
    cell: NDArray[np.int64]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Province:
    """Everything known about the area, in the working reference system.

    Attributes
    ----------
    name : str
        Name of the area.
    terrain : Terrain
        Heights and land cover.
    communes : GeoDataFrame
        commune_code (text), name, kind ('ward' or 'commune'), population; polygons.
    areas : GeoDataFrame
        area_id (text), name, commune_code, kind, population, households, households_fibre, and has_grid where grid
        power is known; polygons.
    area_cells : AreaCells
        Cells of each row of `areas`.
    roads : GeoDataFrame
        road_id (text), u, v (node ids, text), road_class, length_m (ellipsoid); lines.
    sites : GeoDataFrame
        site_id, operator, height_agl_m, structure, has_4g, has_5g (bool), colocated_with, commune_code, backhaul,
        inside (bool, False for neighbouring provinces' sites), and azimuths_deg (tuple or None) where known; points.
    cables : DataFrame
        cable_id, road_id (text), operator, level, fibres, placement ('aerial' or 'underground'), length_m (ellipsoid),
        and where known support ('duct', 'direct', 'pole' or 'unknown'), spare_ducts and fibres_used.
    zones : GeoDataFrame
        zone_id, name, kind, status, duty_year, underground_today (bool), area_ha; polygons.
    parks : DataFrame or None
        Industrial parks as listed, where given.
    districts : GeoDataFrame or None
        Former districts, where given.
    places : GeoDataFrame or None
        Schools, clinics, cameras and the like that want fibre, where given: place_id, kind, and name and height_m where
        known; points.
    poles : GeoDataFrame or None
        Poles that stand, where given: pole_id, owner, and height_m where known; points.
    crossings : GeoDataFrame or None
        road_id and kind ('river' or 'railway') of every place where a road crosses one; None where nothing is known.
    invented : tuple of str
        Layers that are invented or half invented, in words.
    not_modelled : tuple of str
        What the data does not hold and nothing stands in for.
    assumed : dict of str to int
        What configuration supplied -> how many times.
    inputs : dict of str to str
        Layer -> file name.
    input_sha256 : dict of str to str
        Layer -> hash of its file's bytes.
    notes : tuple of str
        What a reader must know about the data: scenario notes and the audit's warnings.
    """

    name: str
    terrain: Terrain
    communes: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    area_cells: AreaCells
    roads: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    cables: pd.DataFrame
    zones: gpd.GeoDataFrame
    parks: pd.DataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    places: gpd.GeoDataFrame | None = None
    poles: gpd.GeoDataFrame | None = None
    crossings: gpd.GeoDataFrame | None = None
    invented: tuple[str, ...] = ()
    not_modelled: tuple[str, ...] = ()
    assumed: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    input_sha256: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def crs(self) -> str:
        """Working reference system."""
        return self.terrain.grid.crs
