"""Areas whose measurement would settle most: many people, a level near the threshold, nothing measured nearby."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.config.schema import Scenario
from planner.coverage.service import sector_thresholds_dbm
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province

SHOWN = 20
UNSURE_DB = 8.0  # standard deviation the field accepts of a calibrated model
NEAR_M = 500.0


def areas_to_measure(
    province: Province, scenario: Scenario, coverage: CoverageMap, measured_xy_m: NDArray[np.float64]
) -> pd.DataFrame:
    """Rank areas by the people whose service hangs on less than the model's error.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Thresholds and receiver.
    coverage : CoverageMap
        Coverage today.
    measured_xy_m : ndarray of float64, shape (n, 2)
        Where was measured, m.

    Returns
    -------
    DataFrame
        At most twenty rows: area_id, technology, people_in_doubt, nearest_measurement_m.
    """
    cells = province.area_cells
    owner = np.repeat(np.arange(len(province.areas)), np.diff(cells.indptr))
    people = province.areas["population"].to_numpy(dtype=np.float64)
    centre = shapely.get_coordinates(shapely.point_on_surface(province.areas.geometry.array))
    away_m = np.full(len(centre), np.inf)
    if len(measured_xy_m):
        away_m = np.asarray(cKDTree(measured_xy_m).query(centre)[0], dtype=np.float64)
    rows: list[tuple[str, str, int, float]] = []
    for technology in sorted({layer.technology for layer in coverage.layers}):
        margin = _margin_db(coverage, scenario, technology, cells.cell)
        doubt = np.bincount(owner, weights=cells.share * (np.abs(margin) < UNSURE_DB), minlength=len(people)) * people
        rows += [
            (str(province.areas["area_id"].iat[area]), technology, round(float(doubt[area])), float(away_m[area]))
            for area in np.flatnonzero((doubt >= 1.0) & (away_m > NEAR_M))
        ]
    table = pd.DataFrame(rows, columns=["area_id", "technology", "people_in_doubt", "nearest_measurement_m"])
    table = table.sort_values(["people_in_doubt", "area_id"], ascending=[False, True], kind="stable")
    return table.drop_duplicates("area_id").head(SHOWN).reset_index(drop=True)


def _margin_db(
    coverage: CoverageMap, scenario: Scenario, technology: str, cells: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Best margin over the threshold of any operator at every entry; -inf where nothing reaches."""
    best = np.full(cells.size, -np.inf)
    for layer in coverage.layers:
        if layer.technology != technology:
            continue
        limits = sector_thresholds_dbm(layer, scenario.coverage.receiver, scenario, coverage.grid.cell_m)
        server = layer.best_sector.reshape(-1)[cells]
        level = layer.level_dbm.reshape(-1)[cells].astype(np.float64)
        known = server >= 0
        best[known] = np.maximum(best[known], level[known] - limits[server[known]])
    return best
