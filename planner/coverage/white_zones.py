"""White zones: inhabited cells nobody serves, as polygons, each with the cause a counterfactual computation gives.

Each unserved cell is asked, in this order: would it be served if all other cells were silent; does no operator hold a
carrier of the technology, or would a mast that lacks it serve the cell if it had it; is any mast with the technology in
range; is the level missing and would the present masts bring it over smooth bare earth. The first yes (or, for range,
no) names the cause. What is left lacks power: of level (`lacking_db`), or of rate over the noise alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from planner.config.schema import Scenario
from planner.coverage.candidates_cover import cells_served
from planner.coverage.flat_earth import served_over_flat_earth
from planner.coverage.propagation import Propagation
from planner.coverage.sectors import enabled_carriers, site_proposal
from planner.coverage.service import Service, sector_thresholds_dbm
from planner.domain.coverage import CoverageLayer, CoverageMap, Sector
from planner.domain.province import Province

NO_SITE = "no site in range"
SHADOWED = "shadowed by terrain"
TOO_WEAK = "too little power"
INTERFERENCE = "interference or load"
NO_CARRIER = "no carrier of that technology"
CAUSES = (INTERFERENCE, NO_CARRIER, NO_SITE, SHADOWED, TOO_WEAK)
NEAREST_MASTS = 6  # masts without the technology that are tried for each cell
_EIGHT = np.ones((3, 3), dtype=bool)


def white_zones(coverage: CoverageMap, province: Province, scenario: Scenario) -> gpd.GeoDataFrame:
    """Polygons of inhabited cells that no operator serves, by technology and cause.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    province : Province
        Areas, terrain, sites.
    scenario : Scenario
        Receiver, thresholds, smallest zone.

    Returns
    -------
    GeoDataFrame
        technology, cause, cells, area_ha, people, area_ids, nearest_site_id, nearest_site_m, lacking_db (median over
        its cells of what the best level lacks, dB; 0 where the level is there, NaN where no signal reaches or would
        do); sorted by technology and falling number of people.
    """
    cells = np.unique(province.area_cells.cell)
    service = Service(coverage, scenario, cells)
    tables = []
    for technology in ("4g", "5g"):
        white = cells[~service.served(technology=technology)]
        if white.size:
            causes = _Causes(coverage, province, scenario, technology)
            lacking_db = causes.lacking_db(white)
            tables.append(_zones(province, scenario, technology, (white, causes.of(white), lacking_db)))
    columns = [
        "technology",
        "cause",
        "cells",
        "area_ha",
        "people",
        "area_ids",
        "nearest_site_id",
        "nearest_site_m",
        "lacking_db",
        "geometry",
    ]
    if not tables:
        return gpd.GeoDataFrame({name: [] for name in columns}, geometry="geometry", crs=province.crs)
    table = pd.concat(tables, ignore_index=True)
    table = table.sort_values(
        ["technology", "people", "cells"], ascending=[True, False, False], kind="stable", ignore_index=True
    )
    return gpd.GeoDataFrame(table[columns], geometry="geometry", crs=province.crs)


@dataclass(frozen=True)
class _Causes:
    """Counterfactuals of one technology."""

    coverage: CoverageMap
    province: Province
    scenario: Scenario
    technology: str

    def of(self, white: NDArray[np.int64]) -> NDArray[np.int8]:
        """Index into CAUSES for every unserved cell."""
        cause = np.full(white.size, CAUSES.index(TOO_WEAK), dtype=np.int8)
        sectors = [sector for layer in self._layers() for sector in layer.sectors]
        propagation = Propagation(self.province, self.scenario)
        flat = served_over_flat_earth(propagation, sectors, white)
        cause[flat & (self.lacking_db(white) != 0.0)] = CAUSES.index(SHADOWED)
        cause[self._out_of_range(white, sectors)] = CAUSES.index(NO_SITE)
        if any(enabled_carriers(self.scenario, name, self.technology) for name in self.scenario.radio.operators):
            cause[self._would_be_served_if_upgraded(white)] = CAUSES.index(NO_CARRIER)
        else:
            cause[:] = CAUSES.index(NO_CARRIER)
        cause[self._served_in_silence(white)] = CAUSES.index(INTERFERENCE)
        return cause

    def lacking_db(self, white: NDArray[np.int64]) -> NDArray[np.float64]:
        """What the best carrier's level lacks at every unserved cell, dB.

        0 where nothing, NaN where no signal is, or none would do (an uplink rate beyond the carrier).
        """
        receiver = self.scenario.coverage.receiver
        found = np.full(white.size, np.nan)
        for layer in self._layers():
            level = layer.level_dbm.reshape(-1)[white]
            best = layer.best_sector.reshape(-1)[white]
            limit = sector_thresholds_dbm(layer, receiver, self.scenario, self.coverage.grid.cell_m)
            needed = limit[np.maximum(best, 0)]
            lacking = np.where((best >= 0) & np.isfinite(needed), needed - level, np.nan)
            found = np.fmin(found, np.maximum(lacking, 0.0))
        return found

    def _layers(self) -> list[CoverageLayer]:
        return [layer for layer in self.coverage.layers if layer.technology == self.technology]

    def _out_of_range(self, white: NDArray[np.int64], sectors: list[Sector]) -> NDArray[np.bool_]:
        """Whether every mast with the technology lies beyond the radius, or, where each has its own, none reaches."""
        radius_km = self.scenario.propagation.radius_km
        if radius_km is not None:
            return np.asarray(self._distance_m(white, sectors) > radius_km * 1e3)
        unheard = np.ones(white.size, dtype=bool)
        for layer in self._layers():
            unheard &= layer.best_sector.reshape(-1)[white] < 0
        return unheard

    def _distance_m(self, white: NDArray[np.int64], sectors: list[Sector]) -> NDArray[np.float64]:
        if not sectors:
            return np.full(white.size, np.inf)
        tree = cKDTree(np.array(sorted({(sector.x_m, sector.y_m) for sector in sectors})))
        distance, _ = tree.query(_points(self.province, white))
        return np.asarray(distance)

    def _served_in_silence(self, white: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the present level would serve if no other cell transmitted."""
        silent = self.scenario.coverage.model_copy(update={"cell_load": 0.0})
        scenario = self.scenario.model_copy(update={"coverage": silent})
        return Service(self.coverage, scenario, white).served(technology=self.technology)

    def _would_be_served_if_upgraded(self, white: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether one of the nearest masts without the technology would serve a cell with it."""
        on_air = {sector.site_id for layer in self._layers() for sector in layer.sectors}
        sites = self.province.sites.sort_values("site_id", kind="stable")
        able = [
            site
            for site in sites.itertuples(index=False)
            if str(site.site_id) not in on_air and enabled_carriers(self.scenario, str(site.operator), self.technology)
        ]
        found = np.zeros(white.size, dtype=bool)
        if not able:
            return found
        tree = cKDTree(np.array([(site.geometry.x, site.geometry.y) for site in able]))
        distance_m, near = tree.query(_points(self.province, white), k=range(1, min(NEAREST_MASTS, len(able)) + 1))
        needed_m = np.full(len(able), -1.0)
        np.maximum.at(needed_m, near, distance_m)
        entries = np.flatnonzero(np.isin(self.province.area_cells.cell, white))
        for radius_m, chosen in self._by_reach(needed_m):
            proposals = [
                site_proposal(able[index], carrier)
                for index in chosen
                for carrier in enabled_carriers(self.scenario, str(able[index].operator), self.technology)
            ]
            _, served = cells_served(self.province, self.scenario, proposals, entries=entries, radius_m=radius_m)
            found |= np.isin(white, self.province.area_cells.cell[np.unique(served)])
        return found

    def _by_reach(self, needed_m: NDArray[np.float64]) -> list[tuple[float | None, NDArray[np.int64]]]:
        """Masts by how far they must be computed: no farther than their cells, in halves of the configured radius."""
        radius_km = self.scenario.propagation.radius_km
        if radius_km is None:
            return [(None, np.flatnonzero(needed_m >= 0.0))]
        steps_m = radius_km * 1e3 * np.array([0.125, 0.25, 0.5, 1.0])
        step = np.minimum(np.searchsorted(steps_m, needed_m), steps_m.size - 1)
        groups = [
            (float(reach_m), np.flatnonzero((step == i) & (needed_m >= 0.0))) for i, reach_m in enumerate(steps_m)
        ]
        return [(reach_m, chosen) for reach_m, chosen in groups if chosen.size]


def _points(province: Province, cells: NDArray[np.int64]) -> NDArray[np.float64]:
    row, col = np.divmod(cells, province.terrain.grid.cols)
    return np.column_stack(province.terrain.grid.centres(row, col))


def _zones(
    province: Province,
    scenario: Scenario,
    technology: str,
    unserved: tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.float64]],
) -> pd.DataFrame:
    """Connected cells of one cause, as rows; from unserved cells, their causes and what their levels lack."""
    white, cause, lacking_db = unserved
    grid = province.terrain.grid
    labels = np.zeros(grid.rows * grid.cols, dtype=np.int32)
    count = 0
    for index in range(len(CAUSES)):
        mask = np.zeros(grid.rows * grid.cols, dtype=bool)
        mask[white[cause == index]] = True
        found, number = ndimage.label(mask.reshape(grid.shape), structure=_EIGHT)
        labels[mask] = found.reshape(-1)[mask] + count
        count += number
    label = labels[white]
    sizes = np.bincount(label, minlength=count + 1)
    kept = np.flatnonzero(sizes >= scenario.coverage.white_zone_min_cells)
    kept = kept[kept > 0]
    people, area_ids = _inhabitants(province, labels, count)
    cause_of = np.zeros(count + 1, dtype=np.int8)
    cause_of[label] = cause
    shapes = _outlines(province, labels, kept)
    site_id, distance_m = _nearest_sites(province, shapes)
    return pd.DataFrame(
        {
            "technology": technology,
            "cause": [CAUSES[cause_of[k]] for k in kept],
            "cells": sizes[kept],
            "area_ha": sizes[kept] * grid.cell_m**2 / 1e4,
            "people": np.rint(people[kept]).astype(np.int64),
            "area_ids": [area_ids.get(int(k), "") for k in kept],
            "nearest_site_id": site_id,
            "nearest_site_m": np.rint(distance_m),
            "lacking_db": _medians(lacking_db, label, kept),
            "geometry": shapes,
        }
    )


def _medians(values: NDArray[np.float64], label: NDArray[np.int32], kept: NDArray[np.int64]) -> NDArray[np.float64]:
    """Median per label of the values that are there, to 0.1; NaN where none is."""
    known = pd.Series(values).groupby(label).median()
    return np.asarray(known.reindex(kept).round(1), dtype=np.float64)


def _inhabitants(
    province: Province, labels: NDArray[np.int32], count: int
) -> tuple[NDArray[np.float64], dict[int, str]]:
    """People and areas behind every label."""
    cells = province.area_cells
    owner = np.repeat(np.arange(len(province.areas)), np.diff(cells.indptr))
    label = labels[cells.cell]
    inside = label > 0
    people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * cells.share
    total = np.zeros(count + 1)
    np.add.at(total, label[inside], people[inside])
    pairs = np.unique(np.column_stack([label[inside], owner[inside]]), axis=0)
    names = province.areas["area_id"].to_numpy()
    ids: dict[int, list[str]] = {}
    for number, area in pairs:
        ids.setdefault(int(number), []).append(str(names[area]))
    return total, {number: ", ".join(found) for number, found in ids.items()}


def _outlines(province: Province, labels: NDArray[np.int32], kept: NDArray[np.int64]) -> list[shapely.Geometry]:
    """Outline of every kept label: runs of cells per row, joined."""
    grid = province.terrain.grid
    image = labels.reshape(grid.shape)
    left = np.zeros_like(image)
    left[:, 1:] = image[:, :-1]
    right = np.zeros_like(image)
    right[:, :-1] = image[:, 1:]
    rows, first = np.nonzero((image > 0) & (image != left))
    _, last = np.nonzero((image > 0) & (image != right))
    label = image[rows, first]
    north = grid.y_north_m - rows * grid.cell_m
    runs = shapely.box(
        grid.x_west_m + first * grid.cell_m,
        north - grid.cell_m,
        grid.x_west_m + (last + 1) * grid.cell_m,
        north,
    )
    order = np.argsort(label, kind="stable")
    start = np.searchsorted(label[order], kept, side="left")
    stop = np.searchsorted(label[order], kept, side="right")
    return [shapely.union_all(runs[order[a:b]]) for a, b in zip(start, stop, strict=True)]


def _nearest_sites(province: Province, shapes: list[shapely.Geometry]) -> tuple[list[str], NDArray[np.float64]]:
    """Nearest mast of any operator to each zone's middle."""
    if not shapes or province.sites.empty:
        return [""] * len(shapes), np.full(len(shapes), np.nan)
    sites = province.sites
    tree = cKDTree(np.column_stack([sites.geometry.x, sites.geometry.y]))
    middle = shapely.centroid(np.array(shapes, dtype=object))
    distance, index = tree.query(np.column_stack([shapely.get_x(middle), shapely.get_y(middle)]))
    return [str(name) for name in sites["site_id"].to_numpy()[index]], np.asarray(distance)
