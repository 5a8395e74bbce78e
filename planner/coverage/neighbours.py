"""What a change does to the sectors around it: SINR and load before and after."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.capacity import sector_loads
from planner.coverage.masts import LayerKey
from planner.coverage.service import Service
from planner.domain.province import Province

_LEAST_SINR_DB, _LEAST_LOAD = 0.05, 0.005


@dataclass(frozen=True)
class LayerPicture:
    """One layer at the entries a change may touch, and the sectors that serve anywhere.

    Attributes
    ----------
    sector_ids : tuple of str
        Sectors by their index in the layer.
    best : ndarray of int32, shape (n,)
        Index of the best server of each entry; -1 where none.
    sinr_db : ndarray of float64, shape (n,)
        Median SINR of each entry, dB.
    serving : frozenset of str
        Sectors that are best server of an entry anywhere.
    """

    sector_ids: tuple[str, ...]
    best: NDArray[np.int32]
    sinr_db: NDArray[np.float64]
    serving: frozenset[str]


@dataclass(frozen=True)
class Picture:
    """What is compared before and after.

    Attributes
    ----------
    loads : DataFrame
        Load of every sector.
    people : ndarray of float64, shape (n,)
        People per entry that a change may touch.
    layers : dict
        Operator and carrier -> the layer.
    """

    loads: pd.DataFrame
    people: NDArray[np.float64]
    layers: dict[LayerKey, LayerPicture]


class Pictures:
    """Takes pictures of a coverage that changes; loads of a state that comes back are not computed again.

    Parameters
    ----------
    province : Province
        People.
    scenario : Scenario
        Demand and receiver.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self._scenario = scenario
        self._province = province
        self._loads: WeakKeyDictionary[Service, pd.DataFrame] = WeakKeyDictionary()
        owner = np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))
        self._people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * province.area_cells.share

    def take(self, service: Service, entries: NDArray[np.int64]) -> Picture:
        """Keep SINR and load of the present coverage.

        Parameters
        ----------
        service : Service
            Service on the entries of the areas' cells; another one for every state of the coverage.
        entries : ndarray of int64, shape (n,)
            Entries a change may touch.

        Returns
        -------
        Picture
            Copies, that later changes leave alone.
        """
        if service not in self._loads:
            self._loads[service] = sector_loads(service, self._province, self._scenario)
        receiver, layers = self._scenario.coverage.receiver, {}
        for layer in service.coverage.layers:
            best = layer.best_sector.reshape(-1)[service.cells]
            ids = tuple(sector.sector_id for sector in layer.sectors)
            serving = np.flatnonzero(np.bincount(best + 1, minlength=len(ids) + 1)[1:])
            layers[layer.operator, layer.carrier] = LayerPicture(
                ids,
                best[entries],
                service.sinr(layer, receiver, entries, median=True),
                frozenset(ids[number] for number in serving),
            )
        return Picture(self._loads[service], self._people[entries], layers)


def neighbour_changes(before: Picture, after: Picture) -> pd.DataFrame:
    """Sectors on air before and after whose SINR or load a change moves.

    Parameters
    ----------
    before, after : Picture
        The two states, on the same entries.

    Returns
    -------
    DataFrame
        sector_id, site_id, operator, carrier, people_before, people_after, load_before, load_after,
        sinr_change_db (mean over the people served before and after); largest change of load first.
    """
    kept = ["sector_id", "site_id", "operator", "carrier", "people", "load"]
    table = before.loads[kept].merge(after.loads[kept], on=kept[:4], how="outer", suffixes=("_before", "_after"))
    table = table.fillna({"people_before": 0.0, "people_after": 0.0, "load_before": 0.0, "load_after": 0.0})
    table["sinr_change_db"] = table["sector_id"].map(_sinr_changes(before, after)).fillna(0.0)
    moved = (table["load_after"] - table["load_before"]).abs()
    on_air = _serving(before) & _serving(after)
    felt = (moved >= _LEAST_LOAD) | (table["sinr_change_db"].abs() >= _LEAST_SINR_DB)
    table = table.assign(moved=moved)[felt & table["sector_id"].isin(on_air)]
    table = table.sort_values(["moved", "sector_id"], ascending=[False, True], ignore_index=True)
    return table.drop(columns="moved")


def _serving(picture: Picture) -> frozenset[str]:
    """Sectors that are best server somewhere."""
    return frozenset().union(*(layer.serving for layer in picture.layers.values()))


def _sinr_changes(before: Picture, after: Picture) -> dict[str, float]:
    """Mean change per sector over the entries it serves in both states."""
    found: dict[str, float] = {}
    for key, was in before.layers.items():
        if key not in after.layers:
            continue
        now = after.layers[key]
        number: dict[str, int] = {}
        for name in (*was.sector_ids, *now.sector_ids):  # a sector that is moved keeps its name, not its index
            number.setdefault(name, len(number))
        old, new = (np.array([*(number[name] for name in one.sector_ids), -1])[one.best] for one in (was, now))
        same = (old == new) & (old >= 0)
        weight = before.people[same] + 1e-12
        total = np.bincount(old[same], weights=weight, minlength=len(number))
        change = now.sinr_db[same] - was.sinr_db[same]
        sums = np.bincount(old[same], weights=weight * change, minlength=len(number))
        names = list(number)
        found.update({names[i]: float(sums[i] / total[i]) for i in np.flatnonzero(total)})
    return found
