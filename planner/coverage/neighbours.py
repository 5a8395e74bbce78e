"""What a change does to the sectors around it: SINR and load before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.capacity import sector_loads
from planner.coverage.live import Window, entry_cells_in
from planner.coverage.service import Service
from planner.domain.province import Province

_LEAST_SINR_DB, _LEAST_LOAD = 0.05, 0.005


@dataclass(frozen=True)
class Picture:
    """What is compared before and after.

    Attributes
    ----------
    loads : DataFrame
        Load of every sector.
    cells : ndarray of int64
        Cells of the entries.
    weight : ndarray of float64
        People per entry.
    sinr : dict
        Sector-bearing layer (operator, carrier) -> median SINR per entry, dB.
    best : dict
        Layer -> sector id per entry.
    """

    loads: pd.DataFrame
    cells: NDArray[np.int64]
    weight: NDArray[np.float64]
    sinr: dict[tuple[str, str], NDArray[np.float64]]
    best: dict[tuple[str, str], NDArray[np.object_]]


def take_picture(service: Service, province: Province, scenario: Scenario) -> Picture:
    """Keep SINR and load of the present coverage.

    Parameters
    ----------
    service : Service
        Service on the entries of the areas' cells.
    province : Province
        People.
    scenario : Scenario
        Demand and receiver.

    Returns
    -------
    Picture
        Copies, that later changes leave alone.
    """
    owner = np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))
    people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * province.area_cells.share
    sinr: dict[tuple[str, str], NDArray[np.float64]] = {}
    best: dict[tuple[str, str], NDArray[np.object_]] = {}
    everywhere = np.arange(service.cells.size)
    for layer in service.coverage.layers:
        key = layer.operator, layer.carrier
        names = np.array([*(sector.sector_id for sector in layer.sectors), ""], dtype=object)
        best[key] = names[layer.best_sector.reshape(-1)[service.cells]]
        sinr[key] = service.sinr(layer, scenario.coverage.receiver, everywhere, median=True)
    return Picture(sector_loads(service, province, scenario), service.cells, people, sinr, best)


def neighbour_changes(before: Picture, after: Picture, window: Window, cols: int) -> pd.DataFrame:
    """Sectors on air before and after whose SINR or load a change moves.

    Parameters
    ----------
    before, after : Picture
        The two states.
    window : tuple of slice
        Rows and columns that may have changed.
    cols : int
        Columns of the grid.

    Returns
    -------
    DataFrame
        sector_id, site_id, operator, carrier, people_before, people_after, load_before, load_after,
        sinr_change_db (mean over the people served before and after); largest change of load first.
    """
    kept = ["sector_id", "site_id", "operator", "carrier", "people", "load"]
    table = before.loads[kept].merge(after.loads[kept], on=kept[:4], how="outer", suffixes=("_before", "_after"))
    table = table.fillna({"people_before": 0.0, "people_after": 0.0, "load_before": 0.0, "load_after": 0.0})
    change = _sinr_changes(before, after, np.flatnonzero(entry_cells_in(window, before.cells, cols)))
    table["sinr_change_db"] = table["sector_id"].map(change).fillna(0.0)
    moved = (table["load_after"] - table["load_before"]).abs()
    on_air = _names(before) & _names(after)
    felt = (moved >= _LEAST_LOAD) | (table["sinr_change_db"].abs() >= _LEAST_SINR_DB)
    table = table.assign(moved=moved)[felt & table["sector_id"].isin(on_air)]
    table = table.sort_values(["moved", "sector_id"], ascending=[False, True], ignore_index=True)
    return table.drop(columns="moved")


def _names(picture: Picture) -> set[str]:
    """Sectors that are best server somewhere."""
    return {str(name) for names in picture.best.values() for name in np.unique(names.astype(str))} - {""}


def _sinr_changes(before: Picture, after: Picture, at: NDArray[np.int64]) -> dict[str, float]:
    """Mean change per sector over the entries it serves in both states."""
    found: dict[str, float] = {}
    for key, names in before.best.items():
        if key not in after.best:
            continue
        was, now = names[at].astype(str), after.best[key][at].astype(str)
        same = (was == now) & (was != "")
        change = np.zeros(at.size)
        change[same] = after.sinr[key][at[same]] - before.sinr[key][at[same]]
        sectors, index = np.unique(was[same], return_inverse=True)
        weight = before.weight[at][same] + 1e-12
        total = np.bincount(index, weights=weight, minlength=sectors.size)
        mean = np.bincount(index, weights=weight * change[same], minlength=sectors.size) / total
        found.update(zip(sectors.tolist(), mean.tolist(), strict=True))
    return found
