"""Provinces made by hand: a hamlet of three villages with two masts, and towns on a grid of roads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from planner.config.schema import Scenario
from planner.domain.grid import Grid
from planner.domain.province import AreaCells, Province, Terrain

CRS = "EPSG:32648"
X0, Y0, STEP = 500_000.0, 2_300_000.0, 1_000.0


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


def _places(rows: int, cols: int) -> dict[str, tuple[float, float]]:
    return {f"A{r}{c}": (X0 + c * STEP, Y0 + r * STEP) for r in range(rows) for c in range(cols)}


def make_town(
    rows: int = 3,
    cols: int = 4,
    *,
    cabled: dict[str, list[str]] | None = None,
    fibre: dict[str, int] | None = None,
    zones: list[tuple[str, str, str, bool, tuple[float, float, float, float]]] | None = None,
    homes: int = 100,
    microwave: tuple[str, ...] = (),
) -> Province:
    """Villages Arc on a grid; roads 'Arc-Ars' between neighbours; `cabled` maps roads to 'operator:placement' texts."""
    place = _places(rows, cols)
    cabled = {"A00-A01": ["Viettel:aerial"]} if cabled is None else cabled
    grid = Grid(CRS, X0 - 2_000, Y0 + rows * STEP + 2_000, 100.0, rows * 10 + 40, cols * 10 + 40)
    terrain = Terrain(grid, np.full(grid.shape, 10.0, np.float32), np.full(grid.shape, 40, np.uint8), "bare", 90.0)
    pairs = [(f"A{r}{c}", f"A{r}{c + 1}") for r in range(rows) for c in range(cols - 1)]
    pairs += [(f"A{r}{c}", f"A{r + 1}{c}") for r in range(rows - 1) for c in range(cols)]
    roads = gpd.GeoDataFrame(
        {
            "road_id": [f"{u}-{v}" for u, v in pairs], "u": [u for u, _ in pairs], "v": [v for _, v in pairs],
            "road_class": "local", "length_m": STEP,
        },
        geometry=[LineString([place[u], place[v]]) for u, v in pairs], crs=CRS,
    )  # fmt: skip
    fibre = {} if fibre is None else fibre
    names = list(place)
    areas = gpd.GeoDataFrame(
        {
            "area_id": names, "name": names, "commune_code": [f"0000{name[1]}" for name in names], "kind": "thon",
            "population": [400 + 10 * int(name[2]) for name in names], "households": homes,
            "households_fibre": [fibre.get(name, 0) for name in names],
        },
        geometry=[Point(place[name]).buffer(200) for name in names], crs=CRS,
    )  # fmt: skip
    communes = gpd.GeoDataFrame(
        {
            "commune_code": [f"0000{r}" for r in range(rows)], "name": [f"Xã {r}" for r in range(rows)],
            "kind": "commune", "population": 400 * cols,
        },
        geometry=[box(X0 - 500, Y0 + (r - 0.5) * STEP, X0 + cols * STEP, Y0 + (r + 0.5) * STEP) for r in range(rows)],
        crs=CRS,
    )  # fmt: skip
    cable_rows = [
        (f"{road}:{i}", road, *text.split(":"), "trunk", 24, STEP)
        for road, texts in cabled.items()
        for i, text in enumerate(texts)
    ]
    cables = pd.DataFrame(
        cable_rows, columns=["cable_id", "road_id", "operator", "placement", "level", "fibres", "length_m"]
    )
    given = zones or []
    zone_table = gpd.GeoDataFrame(
        {
            "zone_id": [z[0] for z in given], "name": [z[0] for z in given], "kind": [z[1] for z in given],
            "status": [z[2] for z in given], "duty_year": [2028] * len(given),
            "underground_today": np.array([z[3] for z in given], dtype=bool), "area_ha": [10.0] * len(given),
        },
        geometry=[box(*z[4]) for z in given], crs=CRS,
    )  # fmt: skip
    masts = gpd.GeoDataFrame(
        {
            "site_id": [f"S{name}" for name in names], "operator": "Viettel", "height_agl_m": 40.0,
            "structure": "tower", "has_4g": True, "has_5g": False, "colocated_with": None,
            "commune_code": [f"0000{name[1]}" for name in names],
            "backhaul": ["microwave" if name in microwave else "fibre" for name in names], "inside": True,
        },
        geometry=[Point(place[name]) for name in names], crs=CRS,
    )  # fmt: skip
    empty = AreaCells(np.zeros(len(names) + 1, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return Province("town", terrain, communes, areas, empty, roads, masts, cables, zone_table)


@pytest.fixture
def town() -> Callable[..., Province]:
    """Make a town; see `make_town`."""
    return make_town


@pytest.fixture
def wishes() -> Callable[..., Scenario]:
    """Make a scenario from targets, phases and costs."""

    def make(targets: list[dict[str, Any]], **more: Any) -> Scenario:
        costs = more.pop("costs", {})
        price = {ground: {"value": 600_000.0} for ground in ("urban", "suburban", "rural")}
        costs.setdefault("undergrounding", {"per_m": price, "mobilisation": {"value": 40e6}})
        phases = more.pop("phases", [{"year": 2030, "budget_vnd": {"operator": 10**13, "province": 10**13}}])
        named = [{"name": f"t{i}", "year": 2030, **target} for i, target in enumerate(targets)]
        return Scenario(name="test", targets=named, phases=phases, costs=costs, **more)

    return make
