"""A whole province: from terrain, sites and areas to best-server and SINR rasters and the table of areas.

The province is invented and made in memory: hills and clutter of `terrain`, sites spread evenly, square residential
areas. One operator with two carriers and three sectors a site.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.cases.case import Case, Job, Measurement
from benchmarks.cases.terrain import CELL_M, make_surface
from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.coverage.areas import area_coverage
from planner.coverage.predict import predict_coverage
from planner.coverage.sinr import sinr_raster
from planner.data.area_cells import area_cells
from planner.domain.coverage import CoverageMap
from planner.domain.grid import Grid
from planner.domain.province import Province, Terrain

_SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "demo.yaml"
_OPERATOR, _CARRIERS = "MobiFone", ("lte1800", "nr3850")
_CRS = "EPSG:32648"
_WEST_M, _SOUTH_M = 560_000.0, 2_330_000.0
_CODE_OF_HEIGHT = {0.0: 40, 5.0: 20, 10.0: 50, 20.0: 10}
_SCALING_KM = 2.0
_REPEATS = {"S": 3, "M": 3, "L": 3, "XL": 3}


@dataclass(frozen=True)
class Extent:
    """Size of a province: cells, sites, residential areas; and how far from the border sites stand, m."""

    rows: int
    cols: int
    sites: int
    areas: int
    margin_m: float = 0.0


EXTENTS = {
    "S": Extent(500, 542, 88, 190),
    "M": Extent(1000, 1084, 350, 750),
    "L": Extent(1414, 1532, 700, 1500),
    "XL": Extent(2000, 2167, 1400, 3000),
}


_BASES = {"S": Extent(250, 271, 22, 48), "M": EXTENTS["S"], "L": EXTENTS["M"], "XL": EXTENTS["L"]}  # grown 16 times


@cache
def make_province(size: str) -> Province:
    """Build the province of a size (seeded, the same each time)."""
    return build_province(EXTENTS[size])


def build_province(extent: Extent) -> Province:
    """Build a province in memory.

    Parameters
    ----------
    extent : Extent
        Cells, sites, areas.

    Returns
    -------
    Province
        Terrain, sites, areas with their cells; nothing else.
    """
    surface = make_surface(extent.rows, extent.cols)
    grid = Grid(_CRS, _WEST_M, _SOUTH_M + extent.rows * CELL_M, CELL_M, extent.rows, extent.cols)
    cover = np.zeros((extent.rows, extent.cols), np.uint8)
    for height, code in _CODE_OF_HEIGHT.items():
        cover[surface.clutter_height_m == np.float32(height)] = code
    terrain = Terrain(grid, surface.elevation_asl_m, cover, "bare", CELL_M)
    rng = np.random.default_rng(7)
    west, south, east, north = grid.bounds_m
    areas = _squares(extent.areas, grid.bounds_m, rng)
    nothing = gpd.GeoDataFrame(geometry=[], crs=_CRS)
    return Province(
        name="invented",
        terrain=terrain,
        communes=gpd.GeoDataFrame({"commune_code": ["1"]}, geometry=[shapely.box(west, south, east, north)], crs=_CRS),
        areas=areas,
        area_cells=area_cells(areas, grid),
        roads=nothing,
        sites=_sites(extent, grid.bounds_m, rng),
        cables=pd.DataFrame(),
        zones=nothing,
    )


def _squares(count: int, bounds_m: tuple[float, float, float, float], rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Square villages of half a kilometre to one and a half."""
    west, south, east, north = bounds_m
    half = rng.uniform(250.0, 750.0, count)
    x, y = rng.uniform(west + 800.0, east - 800.0, count), rng.uniform(south + 800.0, north - 800.0, count)
    return gpd.GeoDataFrame(
        {
            "area_id": [f"A{i:05d}" for i in range(count)],
            "name": [f"Area {i}" for i in range(count)],
            "commune_code": "1",
            "population": rng.integers(300, 4000, count),
        },
        geometry=shapely.box(x - half, y - half, x + half, y + half),
        crs=_CRS,
    )


def _sites(extent: Extent, bounds_m: tuple[float, float, float, float], rng: np.random.Generator) -> gpd.GeoDataFrame:
    count, margin = extent.sites, extent.margin_m
    west, south, east, north = bounds_m
    return gpd.GeoDataFrame(
        {
            "site_id": [f"S{i:05d}" for i in range(count)],
            "operator": _OPERATOR,
            "height_agl_m": rng.choice([30.0, 36.0, 42.0], count),
            "has_4g": True,
            "has_5g": True,
            "inside": True,
        },
        geometry=gpd.points_from_xy(
            rng.uniform(west + margin, east - margin, count), rng.uniform(south + margin, north - margin, count)
        ),
        crs=_CRS,
    )


@cache
def make_scenario(radius_km: float, store: str | None = None) -> Scenario:
    """Read the demo scenario, narrowed to one operator on two carriers."""
    bands = "[" + ", ".join(f'"{band}"' for band in ("1800", "3850")) + "]"
    settings = [f"propagation.radius_km={radius_km}", f"radio.enabled_bands={bands}"]
    if store is not None:
        settings.append(f"run.store={store}")
    return load_scenario(_SCENARIO, settings)


def coverage(province: Province, scenario: Scenario, threads: int) -> CoverageMap:
    """Do what the province cases time: layers, SINR rasters, table of areas."""
    found = predict_coverage(province, scenario, threads=threads)
    for layer in found.layers:
        sinr_raster(layer, scenario)
    area_coverage(found, province, scenario)
    return found


def _facts(province: Province, radius_km: float) -> dict[str, Any]:
    """Cells of the province, and links: pairs of a mast and a cell within its radius."""
    grid = province.terrain.grid
    row, col = grid.cells(province.sites.geometry.x.to_numpy(), province.sites.geometry.y.to_numpy())
    reach = radius_km * 1000.0 / grid.cell_m
    offsets = np.arange(-int(reach), int(reach) + 1)
    half = np.sqrt(np.maximum(0.0, reach**2 - offsets**2)).astype(int)
    links = 0
    for r, c in zip(row, col, strict=True):
        inside = (r + offsets >= 0) & (r + offsets < grid.rows)
        left, right = np.maximum(0, c - half[inside]), np.minimum(grid.cols - 1, c + half[inside])
        links += int((right - left + 1).sum())
    return {"cells": grid.rows * grid.cols, "sites": len(row), "links": links}


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _seconds(province: Province, scenario: Scenario, threads: int) -> float:
    started = time.perf_counter()
    coverage(province, scenario, threads)
    return time.perf_counter() - started


def _cpu_seconds(province: Province, scenario: Scenario) -> float:
    started = time.process_time()
    coverage(province, scenario, 1)
    return time.process_time() - started


def _warm_up(radius_km: float, store: str | None = None) -> None:
    """Compile everything on the smallest province."""
    coverage(make_province("S"), make_scenario(radius_km, store), 1)


def _cold(job: Job, radius_km: float) -> Measurement:
    province, scenario, threads = make_province(job.size), make_scenario(radius_km), min(2, _cores())
    _warm_up(radius_km)
    runs = [_seconds(province, scenario, threads) for _ in range(_REPEATS[job.size])]
    return Measurement(runs, threads, _facts(province, radius_km))


def province_r5_cold(job: Job) -> Measurement:
    """Time the province at 5 km with an empty store."""
    return _cold(job, 5.0)


def province_r10_cold(job: Job) -> Measurement:
    """Time the province at 10 km with an empty store."""
    return _cold(job, 10.0)


def province_r5_warm(job: Job) -> Measurement:
    """Time the province at 5 km from a store that a run before has filled."""
    province, threads = make_province(job.size), min(2, _cores())
    with tempfile.TemporaryDirectory(prefix="planner-store-") as folder:
        scenario = make_scenario(5.0, folder)
        _warm_up(5.0)
        coverage(province, scenario, threads)
        runs = [_seconds(province, scenario, threads) for _ in range(_REPEATS[job.size])]
    return Measurement(runs, threads, _facts(province, 5.0))


def threads_ratio(job: Job) -> Measurement:
    """Compare one thread with two on the province at 5 km, runs alternating."""
    province, scenario = make_province(job.size), make_scenario(5.0)
    _warm_up(5.0)
    pairs = [(_seconds(province, scenario, 1), _seconds(province, scenario, 2)) for _ in range(_REPEATS[job.size])]
    facts = {"one_thread_s": [one for one, _ in pairs], "two_threads_s": [two for _, two in pairs]}
    return Measurement([one / two for one, two in pairs], 2, {**_facts(province, 5.0), **facts})


def scaling(job: Job) -> Measurement:
    """Fit the exponent of the processor time against sites and cells grown together, and sites alone, over 16 times."""
    base = replace(_BASES[job.size], margin_m=1000.0 * _SCALING_KM + 2.0 * CELL_M)  # every mast has its whole disc
    scenario = make_scenario(_SCALING_KM)
    _warm_up(_SCALING_KM)
    factors = (1, 4, 16)
    by_both = [replace(base, rows=base.rows * n, cols=base.cols * n, sites=base.sites * n * n) for n in (1, 2, 4)]
    by_sites = [replace(base, sites=base.sites * n) for n in factors]
    exponents = {}
    for name, extents in (("sites and cells", by_both), ("sites", by_sites)):
        seconds = []
        for extent in extents:
            province = build_province(replace(extent, areas=base.areas * extent.sites // base.sites))
            seconds.append(min(_cpu_seconds(province, scenario) for _ in range(2)))
        exponents[name] = float(np.polyfit(np.log(factors), np.log(seconds), 1)[0])
    worst = max(exponents.values())
    return Measurement([worst], 1, {"exponent_by": exponents})


CASES = [
    Case("threads", "XL", "x", threads_ratio),
    Case("province_r5_cold", "XL", "s", province_r5_cold),
    Case("province_r10_cold", "XL", "s", province_r10_cold),
    Case("province_r5_warm", "XL", "s", province_r5_warm),
    Case("scaling", "M", "exponent", scaling),
]
