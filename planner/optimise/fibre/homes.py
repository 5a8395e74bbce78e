"""Homes of a fibre plan: how many hang on which node, which are connected, and which every plan connects."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.fibre.case import FibreCase
from planner.optimise.network.graph import ROOT
from planner.optimise.priority import priority_communes


def homes_at_nodes(case: FibreCase, areas: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], int]:
    """Count homes left at every solver node off the root, and those already beside fibre.

    Parameters
    ----------
    case : FibreCase
        Network and areas.
    areas : ndarray of int64
        Rows of the areas counted.
    n : int
        Solver nodes.

    Returns
    -------
    tuple
        Homes at every node, shape (n,), 0 at the root, and homes of lit areas and at the root.
    """
    homes = np.zeros(n, dtype=np.int64)
    free = 0
    for area in areas.tolist():
        place = case.solver_node(area)
        if case.baseline.lit[area] or place == ROOT:
            free += int(case.baseline.homes_left[area])
        elif place > ROOT:
            homes[place] += int(case.baseline.homes_left[area])
    return homes, free


def homes_connected(
    province: Province,
    scenario: Scenario,
    case: FibreCase,
    reached: NDArray[np.bool_],
    away_km: NDArray[np.float64],
) -> tuple[dict[int, int], dict[int, int]]:
    """Choose the homes to connect in each area, quota by quota.

    Priority communes come first, then what is within reach of the trunk, then areas on fibre already, then those with
    the smallest share of homes.

    Parameters
    ----------
    province : Province
        Areas.
    scenario : Scenario
        Priority communes, reach.
    case : FibreCase
        Demands.
    reached : ndarray of bool, shape (n_solver_nodes,)
        Solver nodes of the tree.
    away_km : ndarray of float64, shape (n_nodes,)
        Distance of every node from the trunk along existing fibre and the tree, km.

    Returns
    -------
    tuple of dict of int to int
        Area row -> homes, and area row -> year they are due.
    """
    areas = province.areas
    first = priority_communes(province, scenario)
    codes = areas["commune_code"].to_numpy()
    share = areas["households_fibre"].to_numpy() / np.maximum(1, areas["households"].to_numpy())
    names = areas["area_id"].to_numpy()
    node = case.baseline.node
    far = (node >= 0) & (away_km[np.maximum(node, 0)] > scenario.planning.pon_reach_km) & case.core.any()
    homes: dict[int, int] = {}
    due: dict[int, int] = {}
    for quota in sorted(case.asks.homes, key=lambda item: (item.areas.size, item.year, item.name)):
        missing = quota.need - sum(homes.get(area, 0) for area in quota.areas.tolist())
        usable = [
            area
            for area in quota.areas.tolist()
            if case.baseline.lit[area] or (case.solver_node(area) >= 0 and reached[case.solver_node(area)])
        ]
        usable.sort(
            key=lambda area: (
                codes[area] not in first, bool(far[area]), not case.baseline.lit[area], share[area], names[area]
            )
        )  # fmt: skip
        for area in usable:
            if missing <= 0:
                break
            more = min(missing, int(case.baseline.homes_left[area]) - homes.get(area, 0))
            if more > 0:
                homes[area] = homes.get(area, 0) + more
                due[area] = min(due.get(area, quota.year), quota.year)
                missing -= more
    return homes, due


def always_connected(case: FibreCase) -> NDArray[np.int64]:
    """Nodes at which every plan connects some home: without them a quota cannot be met.

    Parameters
    ----------
    case : FibreCase
        Demands.

    Returns
    -------
    ndarray of int64
        Road nodes, rising.
    """
    found: set[int] = set()
    for quota in case.asks.homes:
        usable = [area for area in quota.areas.tolist() if case.baseline.lit[area] or case.solver_node(area) >= 0]
        total = sum(int(case.baseline.homes_left[area]) for area in usable)
        at: dict[int, int] = {}
        for area in usable:
            node = int(case.baseline.node[area])
            at[node] = at.get(node, 0) + int(case.baseline.homes_left[area])
        need = min(quota.need, total)
        found |= {node for node, homes in at.items() if node >= 0 and total - homes < need}
    return np.array(sorted(found), dtype=np.int64)


def far_homes(
    scenario: Scenario, case: FibreCase, homes: Mapping[int, int], away_km: NDArray[np.float64]
) -> dict[int, int]:
    """Sum the homes beyond the reach of one passive network from the trunk.

    Parameters
    ----------
    scenario : Scenario
        Its `planning.pon_reach_km`.
    case : FibreCase
        Network and areas.
    homes : mapping of int to int
        Area row -> homes connected.
    away_km : ndarray of float64, shape (n_nodes,)
        Distance of every node from the trunk along fibre, km.

    Returns
    -------
    dict of int to int
        Node -> homes; nothing where no trunk is known.
    """
    found: dict[int, int] = {}
    for area, count in homes.items() if case.core.any() else ():
        node = int(case.baseline.node[area])
        if node >= 0 and away_km[node] > scenario.planning.pon_reach_km:
            found[node] = found.get(node, 0) + count
    return found
