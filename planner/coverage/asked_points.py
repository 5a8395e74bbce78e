"""Points of an area that must be served whatever its share of people: its centre and the middles of its clusters.

A cluster is a set of an area's cells that adjoin each other, corners included; outlines in several parts have several.
Its middle is the cell nearest the mean position of its people.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.config.schema import Scenario
from planner.domain.province import Province


def asked_entries(province: Province, scenario: Scenario) -> NDArray[np.bool_]:
    """Entries of `area_cells` without which their area does not count as covered.

    Parameters
    ----------
    province : Province
        Areas and their cells.
    scenario : Scenario
        `coverage.require_centre` and `coverage.require_clusters`.

    Returns
    -------
    ndarray of bool, shape (n_entries,)
        True where the scenario asks for the entry; nowhere when it asks for shares alone.
    """
    cells = province.area_cells
    asked = np.zeros(cells.cell.size, dtype=bool)
    if scenario.coverage.require_centre:
        asked |= cells.cell == centre_cells(province)[_owner(province)]
    if scenario.coverage.require_clusters:
        asked[cluster_middles(province)] = True
    return asked


def all_asked_served(
    province: Province, asked: NDArray[np.bool_], asked_served: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Areas none of whose asked entries lacks service.

    Parameters
    ----------
    province : Province
        Areas and their cells.
    asked : ndarray of bool, shape (n_entries,)
        From `asked_entries`.
    asked_served : ndarray of bool, shape (number of asked entries,)
        Whether each asked entry is served, in their order.

    Returns
    -------
    ndarray of bool, shape (n_areas,)
        True where all are; an area of which nothing is asked has them all.
    """
    missing = np.bincount(_owner(province)[asked], weights=~asked_served, minlength=len(province.areas))
    return np.asarray(missing == 0)


def cluster_middles(province: Province) -> NDArray[np.int64]:
    """Entry in the middle of every cluster.

    Parameters
    ----------
    province : Province
        Areas and their cells.

    Returns
    -------
    ndarray of int64, shape (n_clusters,)
        Entries, rising.
    """
    cells, cols = province.area_cells, province.terrain.grid.cols
    cluster = _cluster_of_entry(province)
    row, col = cells.cell // cols, cells.cell % cols
    weight = np.bincount(cluster, weights=cells.share)
    middle_row = np.bincount(cluster, weights=cells.share * row) / weight
    middle_col = np.bincount(cluster, weights=cells.share * col) / weight
    away = np.round((row - middle_row[cluster]) ** 2 + (col - middle_col[cluster]) ** 2, 9)
    order = np.lexsort((cells.cell, away, cluster))
    first = np.searchsorted(cluster[order], np.arange(weight.size))
    return np.sort(order[first]).astype(np.int64)


def _cluster_of_entry(province: Province) -> NDArray[np.int64]:
    """Number of the cluster of every entry; cells of other areas join nothing."""
    cells, grid = province.area_cells, province.terrain.grid
    n = cells.cell.size
    row, col = cells.cell // grid.cols, cells.cell % grid.cols
    width = grid.cols + 2  # a rim on both sides: the last column does not adjoin the next row's first
    key = _owner(province) * (width * (grid.rows + 2)) + (row + 1) * width + col + 1
    order = np.argsort(key)
    ranked = key[order]
    pairs = []
    for step in (1, width - 1, width, width + 1):
        at = np.minimum(np.searchsorted(ranked, ranked + step), n - 1)
        found = np.flatnonzero(ranked[at] == ranked + step)
        pairs.append(np.stack([order[found], order[at[found]]]))
    start, end = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(start.size, dtype=np.int8), (start, end)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def centre_cells(province: Province) -> NDArray[np.int64]:
    """Cell of every area's centre point: its centroid, or a point inside where the centroid is not.

    Parameters
    ----------
    province : Province
        Areas and grid.

    Returns
    -------
    ndarray of int64, shape (n_areas,)
        Flat cell indices.
    """
    shapes = province.areas.geometry
    centroid = shapes.centroid
    inside = centroid.within(shapes)
    points = centroid.where(inside, shapes.representative_point())
    grid = province.terrain.grid
    row, col = grid.cells(points.x.to_numpy(), points.y.to_numpy())
    return np.clip(row, 0, grid.rows - 1) * grid.cols + np.clip(col, 0, grid.cols - 1)


def _owner(province: Province) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))
