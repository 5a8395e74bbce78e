"""What else a planner asks of an area: rates, number of operators, white clusters inside, what limits it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from planner.config.schema import Scenario
from planner.coverage.border import border_areas
from planner.coverage.capacity import entry_rate_mbps
from planner.coverage.probability import location_probability
from planner.coverage.service import Service, entry_service, operators_serving
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province

RATE_PERCENTILES = (5, 50, 95)
_EIGHT = np.ones((3, 3), dtype=bool)


def area_details(coverage: CoverageMap, province: Province, scenario: Scenario) -> pd.DataFrame:
    """Rates, operators and white clusters of every area, per technology, at the scenario's receiver.

    Rates are of the fastest carrier of any operator, weighted by people; the p-th percentile is the rate that all but p
    percent of the people exceed, people without service counting as 0.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    province : Province
        Areas and their cells.
    scenario : Scenario
        Receiver, thresholds, load.

    Returns
    -------
    DataFrame
        One row per area and technology: area_id, technology, level_dbm (people's mean of the best outdoor level),
        area_probability (people's mean of the probability that the best carrier serves a location),
        rate_p5_mbps, rate_p50_mbps, rate_p95_mbps, operators_everywhere, operators_somewhere, white_clusters,
        white_people, largest_white_cluster_people, near_border (may be served from beyond the border), limited_by.
    """
    service = entry_service(coverage, province, scenario)
    tables = [_technology(service, province, scenario, name) for name in ("4g", "5g")]
    return pd.concat(tables, ignore_index=True)


def _technology(service: Service, province: Province, scenario: Scenario, technology: str) -> pd.DataFrame:
    cells = province.area_cells
    areas = len(province.areas)
    owner = np.repeat(np.arange(areas), np.diff(cells.indptr))
    population = province.areas["population"].to_numpy(dtype=np.float64)
    served = service.served(technology=technology)
    rate, level, uplink, probability = _best(service, technology)
    operators = np.zeros((2, areas), dtype=np.int64)
    for name in sorted(scenario.radio.operators):
        own = operators_serving(service, [name], technology)
        share = np.bincount(owner, weights=cells.share * own, minlength=areas)
        operators += np.stack([share >= scenario.coverage.area_covered_at - 1e-9, share > 1e-9])
    clusters = _clusters(province, ~served, owner)
    near_border = border_areas(province, scenario)
    return pd.DataFrame(
        {
            "area_id": province.areas["area_id"].to_numpy(),
            "technology": technology,
            "level_dbm": _mean(level, cells.share, owner, areas),
            "area_probability": _mean(probability, cells.share, owner, areas),
            **{
                f"rate_p{percent}_mbps": values
                for percent, values in zip(RATE_PERCENTILES, _percentiles(rate, cells.share, owner, areas), strict=True)
            },
            "operators_everywhere": operators[0],
            "operators_somewhere": operators[1],
            "white_clusters": clusters[0],
            "white_people": np.rint(np.bincount(owner, weights=cells.share * ~served, minlength=areas) * population),
            "largest_white_cluster_people": np.rint(clusters[1] * population),
            "near_border": near_border,
            "limited_by": np.where(_mean(uplink, cells.share, owner, areas) > 0.5, "uplink", "downlink"),
        }
    )


def _best(
    service: Service, technology: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fastest rate, strongest level, whether the uplink limits it, and highest probability, per entry."""
    scenario, cell_m = service.scenario, service.coverage.grid.cell_m
    receiver = scenario.coverage.receiver
    n = service.cells.size
    rate, level, uplink, probability = np.zeros(n), np.full(n, np.nan), np.zeros(n), np.zeros(n)
    for index, layer in enumerate(service.coverage.layers):
        if layer.technology != technology:
            continue
        at = np.flatnonzero(service.layer(index, receiver))
        rate[at] = np.fmax(rate[at], entry_rate_mbps(service, layer, receiver, at))
        here = layer.level_dbm.reshape(-1)[service.cells].astype(np.float64)
        stronger = np.isnan(level) & np.isfinite(here) | (here > level)
        level[stronger] = here[stronger]
        uplink[stronger] = float(layer.limited_by[receiver] == "uplink")
        probability = np.fmax(probability, location_probability(layer, scenario, cell_m, receiver, service.cells))
    return rate, level, uplink, probability


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
