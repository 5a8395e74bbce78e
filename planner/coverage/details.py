"""What else a planner asks of an area: rates, number of operators, white clusters inside, what limits it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from planner.config.schema import Scenario
from planner.coverage.capacity import entry_rate_mbps
from planner.coverage.probability import location_probability
from planner.coverage.sectors import enabled_carriers
from planner.coverage.service import Service, entry_service, operators_serving
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province

RATE_PERCENTILES = (5, 50, 95)
_COLUMNS = (
    "area_id", "technology", "level_dbm", "area_probability",
    *(f"rate_p{percent}_mbps" for percent in RATE_PERCENTILES),
    "operators_everywhere", "operators_somewhere", "white_clusters", "white_people", "largest_white_cluster_people",
    "limited_by",
)  # fmt: skip
_EIGHT = np.ones((3, 3), dtype=bool)


class _Best(NamedTuple):
    """The best a customer finds at each entry: rate and level, whether the uplink limits it, and probability."""

    rate_mbps: NDArray[np.float64]
    level_dbm: NDArray[np.float64]
    uplink: NDArray[np.float64]
    probability: NDArray[np.float64]


def area_details(
    coverage: CoverageMap, province: Province, scenario: Scenario, *, by_operator: bool = False
) -> pd.DataFrame:
    """Rates, operators and white clusters of every area, per technology, at the scenario's receiver.

    Rates are of the fastest carrier a customer may use, weighted by people; the p-th percentile is the rate that all
    but p percent of the people exceed, people without service counting as 0.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    province : Province
        Areas and their cells.
    scenario : Scenario
        Receiver, thresholds, load, roaming.
    by_operator : bool, optional
        Rows for the customers of each operator that holds carriers of the technology, instead of for all networks
        together.

    Returns
    -------
    DataFrame
        One row per area and technology: area_id, technology, level_dbm (people's mean of the best outdoor level),
        area_probability (people's mean of the probability that the best carrier serves a location),
        rate_p5_mbps, rate_p50_mbps, rate_p95_mbps, operators_everywhere, operators_somewhere, white_clusters,
        white_people, largest_white_cluster_people, limited_by.
        By operator: operator after area_id, without the numbers of operators.
    """
    service = entry_service(coverage, province, scenario)
    known = _Layers(service)
    tables = []
    for technology in ("4g", "5g"):
        if not by_operator:
            everywhere, somewhere = _operators_serving(service, province, technology)
            table = _table(known, province, "any", technology).assign(
                operators_everywhere=everywhere, operators_somewhere=somewhere
            )
            tables.append(table[list(_COLUMNS)])
            continue
        for operator in sorted(scenario.radio.operators):
            if enabled_carriers(scenario, operator, technology):
                table = _table(known, province, operator, technology)
                table.insert(1, "operator", operator)
                tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _table(known: _Layers, province: Province, operator: str, technology: str) -> pd.DataFrame:
    cells = province.area_cells
    areas = len(province.areas)
    owner = _owner(province)
    population = province.areas["population"].to_numpy(dtype=np.float64)
    served = known.service.served(technology=technology, operator=operator)
    best = known.best(operator, technology)
    clusters = _clusters(province, ~served, owner)
    percentiles = _percentiles(best.rate_mbps, cells.share, owner, areas)
    return pd.DataFrame(
        {
            "area_id": province.areas["area_id"].to_numpy(),
            "technology": technology,
            "level_dbm": _mean(best.level_dbm, cells.share, owner, areas),
            "area_probability": _mean(best.probability, cells.share, owner, areas),
            **{f"rate_p{percent}_mbps": values for percent, values in zip(RATE_PERCENTILES, percentiles, strict=True)},
            "white_clusters": clusters[0],
            "white_people": np.rint(np.bincount(owner, weights=cells.share * ~served, minlength=areas) * population),
            "largest_white_cluster_people": np.rint(clusters[1] * population),
            "limited_by": np.where(_mean(best.uplink, cells.share, owner, areas) > 0.5, "uplink", "downlink"),
        }
    )


def _owner(province: Province) -> NDArray[np.int64]:
    """Area of every entry."""
    return np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))


def _operators_serving(service: Service, province: Province, technology: str) -> NDArray[np.int64]:
    """Operators whose own network serves every area as far as a covered one is, and somewhere; shape (2, n_areas)."""
    owner, areas = _owner(province), len(province.areas)
    found = np.zeros((2, areas), dtype=np.int64)
    for name in sorted(service.scenario.radio.operators):
        own = operators_serving(service, [name], technology)
        share = np.bincount(owner, weights=province.area_cells.share * own, minlength=areas)
        found += np.stack([share >= service.scenario.coverage.area_covered_at - 1e-9, share > 1e-9])
    return found


class _Layers:
    """What each layer gives at the entries, worked out once however many customers may use it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._known: dict[int, _Best] = {}

    def best(self, operator: str, technology: str) -> _Best:
        """Fastest rate, strongest level with what limits it, and highest probability, per entry."""
        n = self.service.cells.size
        rate, level, uplink, probability = np.zeros(n), np.full(n, np.nan), np.zeros(n), np.zeros(n)
        for index in self.service.layers_for(operator, technology, "any"):
            one = self._layer(index)
            rate, probability = np.fmax(rate, one.rate_mbps), np.fmax(probability, one.probability)
            stronger = np.isnan(level) & np.isfinite(one.level_dbm) | (one.level_dbm > level)
            level[stronger], uplink[stronger] = one.level_dbm[stronger], one.uplink[stronger]
        return _Best(rate, level, uplink, probability)

    def _layer(self, index: int) -> _Best:
        if index not in self._known:
            service = self.service
            layer, receiver = service.coverage.layers[index], service.scenario.coverage.receiver
            at = np.flatnonzero(service.layer(index, receiver))
            rate = np.zeros(service.cells.size)
            rate[at] = entry_rate_mbps(service, layer, receiver, at)
            level = layer.level_dbm.reshape(-1)[service.cells].astype(np.float64)
            uplink = np.full(level.size, float(layer.limited_by[receiver] == "uplink"))
            cell_m = service.coverage.grid.cell_m
            probability = location_probability(layer, service.scenario, cell_m, receiver, service.cells)
            self._known[index] = _Best(rate, level, uplink, probability.astype(np.float64))
        return self._known[index]


def _mean(
    values: NDArray[np.float64], share: NDArray[np.float64], owner: NDArray[np.int64], areas: int
) -> NDArray[np.float64]:
    """People's mean per area over the entries that have a value; NaN where none has."""
    known = np.isfinite(values)
    weight = np.bincount(owner[known], weights=share[known], minlength=areas)
    total = np.bincount(owner[known], weights=values[known] * share[known], minlength=areas)
    return np.asarray(np.divide(total, weight, out=np.full(areas, np.nan), where=weight > 0.0))


def _percentiles(
    rate: NDArray[np.float64], share: NDArray[np.float64], owner: NDArray[np.int64], areas: int
) -> NDArray[np.float64]:
    """Weighted percentiles per area: the least rate at which the share of people below reaches the percentage."""
    order = np.lexsort((rate, owner))
    below = np.cumsum(share[order])
    start = np.searchsorted(owner[order], np.arange(areas), side="left")
    end = np.searchsorted(owner[order], np.arange(areas), side="right")
    base = np.where(start > 0, below[np.maximum(start, 1) - 1], 0.0)
    found = np.full((len(RATE_PERCENTILES), areas), np.nan)
    for i, percent in enumerate(RATE_PERCENTILES):
        wanted = base + percent / 100.0 * (below[np.maximum(end, 1) - 1] - base)
        at = np.minimum(np.searchsorted(below, wanted - 1e-12, side="left"), np.maximum(end, 1) - 1)
        found[i] = np.where(end > start, rate[order][np.maximum(at, start).clip(max=rate.size - 1)], np.nan)
    return found


def _clusters(
    province: Province, white: NDArray[np.bool_], owner: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Number of white clusters of every area and the largest one's share of its people.

    A cluster is a set of adjoining white cells, the area's own share of them counting.
    """
    grid = province.terrain.grid
    image = np.zeros(grid.rows * grid.cols, dtype=bool)
    cells = province.area_cells.cell[white]
    image[cells] = True
    label = ndimage.label(image.reshape(grid.shape), structure=_EIGHT)[0].reshape(-1)[cells]
    pair, which = np.unique(np.column_stack([owner[white], label]), axis=0, return_inverse=True)
    weight = np.bincount(which.reshape(-1), weights=province.area_cells.share[white], minlength=len(pair))
    count = np.bincount(pair[:, 0], minlength=len(province.areas)) if len(pair) else np.zeros(len(province.areas))
    largest = np.zeros(len(province.areas))
    np.maximum.at(largest, pair[:, 0], weight)
    return count.astype(np.int64), largest
