"""Small towns on flat ground: a grid of villages one kilometre apart, roads between them, cables on some."""

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
