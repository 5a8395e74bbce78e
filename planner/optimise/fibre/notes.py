"""What a fibre plan leaves undone, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.fibre.case import FibreCase


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


def beyond_reach(scenario: Scenario, far: Mapping[int, int], terminal: Mapping[int, int]) -> list[str]:
    """Say how many homes are too far from the trunk for one passive network, and what serves them.

    Parameters
    ----------
    scenario : Scenario
        Its `planning.pon_reach_km`.
    far : mapping of int to int
        Node -> homes beyond reach.
    terminal : mapping of int to int
        Node beyond reach -> node of its line terminal.

    Returns
    -------
    list of str
        A sentence, or none.
    """
    if not far:
        return []
    reach_km, count = scenario.planning.pon_reach_km, len(set(terminal.values()))
    note = (
        f"{sum(far.values()):,} homes at {len(far)} places are more than {reach_km:g} km of fibre from the trunk,"
        f" or on cable that does not lead to it: {count} line terminals nearer by serve them"
    )
    return [note]


def shortfalls(
    province: Province,
    case: FibreCase,
    homes: dict[int, int],
    communes: dict[int, int],
    reached: NDArray[np.bool_],
) -> list[str]:
    """Say which demands no road or link reaches.

    Parameters
    ----------
    province : Province
        Names of areas and communes.
    case : FibreCase
        Demands.
    homes : dict of int to int
        Area row -> homes connected.
    communes : dict of int to int
        Commune row -> year, for communes the plan connects.
    reached : ndarray of bool, shape (n_solver_nodes,)
        Solver nodes of the chosen tree.

    Returns
    -------
    list of str
        A sentence for each kind of demand that is missed.
    """
    notes = []
    lost = [row for row in case.asks.communes if row not in communes]
    if lost:
        names = ", ".join(str(province.communes["name"].iat[row]) for row in lost[:5])
        notes.append(f"{len(lost)} communes cannot be reached over the road network ({names})")
    for some in case.asks.some_communes:
        missing = some.need - len(communes.keys() & set(some.communes.tolist()))
        if missing > 0:
            notes.append(f"target '{some.name}' lacks {missing} communes that no road reaches")
    for quota in case.asks.homes:
        missing = quota.need - sum(homes.get(area, 0) for area in quota.areas.tolist())
        if missing > 0:
            cut = [area for area in quota.areas.tolist() if case.solver_node(area) < 0 and not case.baseline.lit[area]]
            names = ", ".join(str(province.areas["area_id"].iat[area]) for area in cut[:5])
            notes.append(f"target '{quota.name}' lacks {missing} homes that no road reaches ({names})")
    for need, node, link in zip(case.needs, case.site_node.tolist(), case.links, strict=True):
        place = int(case.rooted.node_of[node]) if node >= 0 else -1
        if link is None and (place < 0 or not reached[place]):
            notes.append(
                f"{need.what} {need.site_id} has no link: no road near enough leads to fibre, no mast is in sight"
            )
    return notes
