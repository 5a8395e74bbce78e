"""A small province made by hand: a ridge, a lake, five masts, twelve villages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from planner.config.schema import Scenario
from planner.domain.grid import Grid
from planner.domain.province import AreaCells, Province, Terrain

CRS = "EPSG:32648"
CELL_M = 90.0
SIDE = 90
WEST, NORTH = 600_000.0, 2_360_000.0
AREA_CELLS = 5


def grid() -> Grid:
    return Grid(CRS, WEST, NORTH, CELL_M, SIDE, SIDE)


def terrain() -> Terrain:
    row, col = np.mgrid[0:SIDE, 0:SIDE]
    ridge = 160.0 * np.exp(-(((col - 45) / 5.0) ** 2)) * (row < 60)
    height = (10.0 + ridge + 2.0 * np.sin(row / 5.0) * np.cos(col / 7.0)).astype(np.float32)
    cover = np.full((SIDE, SIDE), 40, dtype=np.uint8)
    cover[(row + col) % 11 == 0] = 10
    cover[70:75, 10:20] = 80
    return Terrain(grid(), height, cover, "bare", CELL_M)


def _areas() -> tuple[gpd.GeoDataFrame, AreaCells]:
    rows, cells, shares, indptr = [], [], [], [0]
    for number in range(12):
        top, left = 8 + 24 * (number // 4), 6 + 22 * (number % 4)
        west, north = WEST + left * CELL_M, NORTH - top * CELL_M
        shape = box(west, north - AREA_CELLS * CELL_M, west + AREA_CELLS * CELL_M, north)
        rows.append((f"A{number:02d}", f"Thôn {number}", "00001", "thon", 100 * (number + 1), shape))
        cells += [(top + i) * SIDE + left + j for i in range(AREA_CELLS) for j in range(AREA_CELLS)]
        shares += [1.0 / AREA_CELLS**2] * AREA_CELLS**2
        indptr.append(len(cells))
    frame = pd.DataFrame(rows, columns=["area_id", "name", "commune_code", "kind", "population", "geometry"])
    frame["households"] = frame["population"] // 4
    frame["households_fibre"] = 0
    return (
        gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS),
        AreaCells(np.array(indptr), np.array(cells), np.array(shares)),
    )


def _sites() -> gpd.GeoDataFrame:
    rows = [
        ("S1", "Red", 20.3, 20.8, True, True), ("S2", "Red", 70.1, 25.4, True, False),
        ("S3", "Blue", 30.0, 60.0, True, False), ("S4", "Blue", 71.7, 70.2, True, True),
        ("S5", "Red", 46.2, 80.6, True, False),
    ]  # fmt: skip
    frame = pd.DataFrame(
        {
            "site_id": [row[0] for row in rows],
            "operator": [row[1] for row in rows],
            "height_agl_m": 40.0,
            "structure": "tower",
            "has_4g": [row[4] for row in rows],
            "has_5g": [row[5] for row in rows],
            "colocated_with": None,
            "commune_code": "00001",
            "backhaul": "fibre",
            "inside": True,
        }
    )
    points = [Point(WEST + row[2] * CELL_M, NORTH - row[3] * CELL_M) for row in rows]
    return gpd.GeoDataFrame(frame, geometry=points, crs=CRS)


def _roads() -> gpd.GeoDataFrame:
    ends = [(10, 10), (40, 10), (70, 10), (70, 40), (70, 70)]
    lines = []
    for number, ((a, b), (c, d)) in enumerate(pairwise(ends)):
        line = LineString([(WEST + a * CELL_M, NORTH - b * CELL_M), (WEST + c * CELL_M, NORTH - d * CELL_M)])
        lines.append((f"R{number}", f"N{number}", f"N{number + 1}", "rural", line.length, line))
    columns = ["road_id", "u", "v", "road_class", "length_m", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(lines, columns=columns), geometry="geometry", crs=CRS)


def _cables() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cable_id": ["C0"], "road_id": ["R0"], "operator": ["Red"], "level": ["trunk"], "fibres": [24],
            "placement": ["aerial"], "length_m": [2700.0],
        }
    )  # fmt: skip


def _zones() -> gpd.GeoDataFrame:
    columns = ["zone_id", "name", "kind", "status", "duty_year", "underground_today", "area_ha", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame({name: [] for name in columns}), geometry="geometry", crs=CRS)


@pytest.fixture(scope="session")
def province() -> Province:
    areas, cells = _areas()
    bounds = box(WEST + 450, NORTH - SIDE * CELL_M + 450, WEST + SIDE * CELL_M - 450, NORTH - 450)
    communes = gpd.GeoDataFrame(
        {"commune_code": ["00001"], "name": ["Xã Một"], "kind": ["commune"], "population": [7800]},
        geometry=[bounds],
        crs=CRS,
    )
    return Province(
        name="small", terrain=terrain(), communes=communes, areas=areas, area_cells=cells, roads=_roads(),
        sites=_sites(), cables=_cables(), zones=_zones(),
    )  # fmt: skip


def _make_scenario(**sections: object) -> Scenario:
    base: dict[str, object] = {
        "name": "small",
        "radio": {
            "carriers": {
                "lte": {"technology": "4g", "band": "1800", "frequency_mhz": 1842.5, "bandwidth_mhz": 20},
                "nr": {
                    "technology": "5g", "band": "2600", "frequency_mhz": 2550, "bandwidth_mhz": 100, "scs_khz": 30,
                    "duplex": "tdd", "power_dbm": 50,
                },
            },
            "operators": {"Red": {"carriers": ["lte", "nr"]}, "Blue": {"carriers": ["lte", "nr"]},
                          "Green": {"carriers": []}},
        },
        "coverage": {"thresholds": {"4g": {"level_dbm": -100}, "5g": {"level_dbm": -105}}},
        "propagation": {"radius_km": 4.0},
    }  # fmt: skip
    for name, values in sections.items():
        merged = dict(base.get(name, {}))  # type: ignore[call-overload]
        merged.update(values)  # type: ignore[call-overload]
        base[name] = merged
    return Scenario.model_validate(base)


@pytest.fixture(scope="session")
def make_scenario() -> Callable[..., Scenario]:
    """Scenario of the small province with sections replaced key by key."""
    return _make_scenario


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return _make_scenario()
