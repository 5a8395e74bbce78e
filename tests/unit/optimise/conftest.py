"""A tiny province: three villages in a row on flat ground, one road, two masts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from planner.domain.grid import Grid
from planner.domain.province import AreaCells, Province, Terrain

CRS = "EPSG:32648"


@pytest.fixture
def hamlet() -> Province:
    """Three villages of four cells each, 100 people each; cells of 100 m."""
    grid = Grid(CRS, 500_000.0, 2_300_000.0, 100.0, 20, 40)
    flat = Terrain(
        grid, np.full(grid.shape, 10.0, dtype=np.float32), np.full(grid.shape, 40, dtype=np.uint8), "bare", 90.0
    )
    corners = [(5, 5), (5, 15), (5, 30)]
    cells = [[(r + dr) * grid.cols + c + dc for dr in (0, 1) for dc in (0, 1)] for r, c in corners]
    polygons = [
        box(500_000 + 100 * c, 2_300_000 - 100 * (r + 2), 500_000 + 100 * (c + 2), 2_300_000 - 100 * r)
        for r, c in corners
    ]
    areas = gpd.GeoDataFrame(
        {
            "area_id": ["A1", "A2", "A3"],
            "name": ["Một", "Hai", "Ba"],
            "commune_code": ["00007", "00007", "00008"],
            "kind": ["thon", "thon", "tdp"],
            "population": [100, 100, 100],
            "households": [25, 25, 25],
            "households_fibre": [25, 0, 0],
        },
        geometry=polygons,
        crs=CRS,
    )
    communes = gpd.GeoDataFrame(
        {
            "commune_code": ["00007", "00008"],
            "name": ["Xã Bảy", "Phường Tám"],
            "kind": ["commune", "ward"],
            "population": [200, 100],
        },
        geometry=[box(500_000, 2_298_000, 502_500, 2_300_000), box(502_500, 2_298_000, 504_000, 2_300_000)],
        crs=CRS,
    )
    roads = gpd.GeoDataFrame(
        {
            "road_id": ["1", "2"],
            "u": ["A1", "A2"],
            "v": ["A2", "A3"],
            "road_class": ["local", "local"],
            "length_m": [1000.0, 1500.0],
        },
        geometry=[
            LineString([(500_600, 2_299_400), (501_600, 2_299_400)]),
            LineString([(501_600, 2_299_400), (503_100, 2_299_400)]),
        ],
        crs=CRS,
    )
    sites = gpd.GeoDataFrame(
        {
            "site_id": ["S1", "S2"], "operator": ["Viettel", "VNPT"], "height_agl_m": [40.0, 30.0],
            "structure": ["tower", "tower"], "has_4g": [True, True], "has_5g": [False, False],
            "colocated_with": [None, None], "commune_code": ["00007", "00008"], "backhaul": ["fibre", "microwave"],
            "inside": [True, True],
        },
        geometry=[Point(500_650, 2_299_350), Point(503_050, 2_299_350)],
        crs=CRS,
    )  # fmt: skip
    zones = gpd.GeoDataFrame(
        {"zone_id": [], "name": [], "kind": [], "status": [], "duty_year": [], "underground_today": [], "area_ha": []},
        geometry=[], crs=CRS,
    )  # fmt: skip
    cables = pd.DataFrame(
        {"cable_id": ["1"], "road_id": ["1"], "operator": ["Viettel"], "level": ["access"], "fibres": [24],
         "placement": ["aerial"], "length_m": [1000.0]}
    )  # fmt: skip
    return Province(
        name="hamlet",
        terrain=flat,
        communes=communes,
        areas=areas,
        area_cells=AreaCells(np.array([0, 4, 8, 12]), np.array(cells).ravel(), np.full(12, 0.25)),
        roads=roads,
        sites=sites,
        cables=cables,
        zones=zones,
    )
