"""Communes of which a target asks a share: where their offices stand, and which of those reached are connected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.fibre.demand import CommunesQuota
from planner.optimise.network.graph import ROOT
from planner.optimise.priority import priority_communes


def largest_quotas(quotas: Iterable[CommunesQuota]) -> list[CommunesQuota]:
    """Drop quotas that a larger one over the same communes implies.

    Parameters
    ----------
    quotas : iterable of CommunesQuota
        Quotas of any years.

    Returns
    -------
    list of CommunesQuota
        One per set of communes.
    """
    largest: dict[tuple[int, ...], CommunesQuota] = {}
    for quota in quotas:
        key = tuple(quota.communes.tolist())
        if key not in largest or largest[key].need < quota.need:
            largest[key] = quota
    return list(largest.values())


def offices_at_nodes(
    communes: NDArray[np.int64], place: NDArray[np.int64], n_nodes: int
) -> tuple[NDArray[np.int64], int]:
    """Count offices at every solver node.

    Parameters
    ----------
    communes : ndarray of int64
        Commune rows.
    place : ndarray of int64, shape (n_communes,)
        Solver node of every commune's office; -1 where no road leads to it.
    n_nodes : int
        Solver nodes.

    Returns
    -------
    tuple
        Offices at every node off the root, shape (n_nodes,), and the number at the root.
    """
    here = place[communes]
    count = np.bincount(here[here >= 0], minlength=n_nodes).astype(np.int64)
    free = int(count[ROOT])
    count[ROOT] = 0
    return count, free


def communes_connected(
    province: Province,
    scenario: Scenario,
    asked: Mapping[int, int],
    quotas: Iterable[CommunesQuota],
    reached: NDArray[np.bool_],
) -> dict[int, int]:
    """Say which communes get their terminal, and by when.

    Parameters
    ----------
    province : Province
        Communes.
    scenario : Scenario
        Its priority communes come first, then the most populous.
    asked : mapping of int to int
        Row of each commune that must be connected -> year it is due.
    quotas : iterable of CommunesQuota
        Communes of which some must be.
    reached : ndarray of bool, shape (n_communes,)
        Communes whose office the plan's routes reach.

    Returns
    -------
    dict of int to int
        Commune row -> year; no more communes than the quotas ask for.
    """
    first = priority_communes(province, scenario)
    codes = province.communes["commune_code"].to_numpy()
    people = province.communes["population"].to_numpy(dtype=np.float64)
    due = {row: year for row, year in asked.items() if reached[row]}
    for quota in sorted(quotas, key=lambda item: item.year):
        rows = [row for row in quota.communes.tolist() if reached[row]]
        waiting = [row for row in rows if due.get(row, quota.year + 1) > quota.year]
        missing = max(0, quota.need - (len(rows) - len(waiting)))
        waiting.sort(key=lambda row: (row not in due, codes[row] not in first, -people[row], codes[row]))
        due.update(dict.fromkeys(waiting[:missing], quota.year))
    return due
