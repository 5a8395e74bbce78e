"""Fibres the plan takes on existing cable, counted span by span on the way to the trunk, and what the cables hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.fibre.case import FibreCase
from planner.optimise.fibre.works import FIBRES_PER_COMMUNE
from planner.optimise.network.pon import SHORTEST_M
from planner.optimise.network.roads import RoadNetwork

SHOWN = 5
FIBRES_PER_TERMINAL = 2


def fibres_taken(
    roads: RoadNetwork, core: NDArray[np.bool_], asked: Mapping[int, int]
) -> tuple[NDArray[np.int64], int]:
    """Count the fibres every cabled edge carries when each node's fibres run the shortest way to the trunk.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk.
    asked : mapping of int to int
        Node on existing cable -> fibres that begin there.

    Returns
    -------
    taken : ndarray of int64, shape (m,)
        Fibres on every edge; 0 where there is no cable.
    stranded : int
        Fibres whose cable leads to no trunk.
    """
    taken = np.zeros(roads.n_edges, dtype=np.int64)
    edge_between: dict[tuple[int, int], int] = {}
    for edge in np.flatnonzero(roads.cabled).tolist():
        pair = (int(min(roads.u[edge], roads.v[edge])), int(max(roads.u[edge], roads.v[edge])))
        other = edge_between.get(pair)
        if other is None or roads.length_m[edge] < roads.length_m[other]:
            edge_between[pair] = edge
    if not core.any() or not edge_between:
        return taken, sum(asked.values())
    edges = np.array(list(edge_between.values()), dtype=np.int64)
    length = np.maximum(roads.length_m[edges], SHORTEST_M)
    graph = coo_array((length, (roads.u[edges], roads.v[edges])), shape=(roads.n_nodes, roads.n_nodes)).tocsr()
    away, before, _ = dijkstra(
        graph, directed=False, indices=np.flatnonzero(core), min_only=True, return_predecessors=True
    )
    stranded = 0
    for node, fibres in sorted(asked.items()):
        if not np.isfinite(away[node]):
            stranded += fibres
            continue
        here = node
        while before[here] >= 0:
            there = int(before[here])
            taken[edge_between[min(here, there), max(here, there)]] += fibres
            here = there
    return taken, stranded


def fibres_asked(province: Province, scenario: Scenario, case: FibreCase, works: Sequence[Work]) -> dict[int, int]:
    """Sum the fibres that begin at every node of existing cable.

    Parameters
    ----------
    province : Province
        Areas.
    scenario : Scenario
        Splitter ratio.
    case : FibreCase
        Network and areas.
    works : sequence of Work
        Fibre works.

    Returns
    -------
    dict of int to int
        Node -> fibres: of routes that start there, and of homes, line and commune terminals beside the cable.
    """
    node_of = {str(name): node for node, name in enumerate(case.roads.node_id)}
    row_of = {str(name): row for row, name in enumerate(province.areas["area_id"])}
    asked: dict[int, int] = {}
    for work in works:
        node, fibres = -1, 0
        if work.kind == "fibre_route" and not work.requires and "starts_at" in work.details:
            node, fibres = node_of[str(work.details["starts_at"])], int(work.details["fibres_needed"])
        elif work.kind == "line_terminal" and not work.requires:
            node, fibres = node_of[str(work.details["node"])], FIBRES_PER_TERMINAL
        elif work.kind == "distribution" and not work.requires:
            node = int(case.baseline.node[row_of[str(work.details["area_id"])]])
            fibres = ceil(int(work.details["homes"]) / scenario.planning.splitter_ratio)
        elif work.kind == "commune_terminal" and not work.requires:
            node, fibres = int(case.baseline.node[row_of[str(work.details["office_area_id"])]]), FIBRES_PER_COMMUNE
        if node >= 0:
            asked[node] = asked.get(node, 0) + fibres
    return asked


def full_spans(province: Province, scenario: Scenario, case: FibreCase, works: Sequence[Work]) -> list[str]:
    """Say where the plan takes more fibres than existing cable holds.

    Parameters
    ----------
    province : Province
        Cables with their fibres.
    scenario : Scenario
        Whether existing cable is used, splitter ratio.
    case : FibreCase
        Network and areas.
    works : sequence of Work
        Fibre works.

    Returns
    -------
    list of str
        A sentence on spans that do not hold what is asked, one on cable that leads nowhere; nothing where existing
        cable is not used or its fibres are not known.
    """
    cables = province.cables
    if not scenario.planning.reuse_cables or not (cables["fibres"] > 0).any():
        return []
    asked = fibres_asked(province, scenario, case, works)
    if not asked:
        return []
    taken, stranded = fibres_taken(case.roads, case.core, asked)
    held = province.roads["road_id"].map(cables.groupby("road_id")["fibres"].sum()).fillna(0).to_numpy(dtype=np.int64)
    holds = np.where(case.roads.road >= 0, held[np.maximum(case.roads.road, 0)], 0)
    over = np.flatnonzero((taken > holds) & (holds > 0))
    names = province.roads["road_id"].to_numpy()
    notes = []
    if over.size:
        worst = over[np.argsort(holds[over] - taken[over], kind="stable")][:SHOWN]
        listed = ", ".join(f"road {names[case.roads.road[e]]}: {taken[e]} of {holds[e]}" for e in worst.tolist())
        notes.append(
            f"{over.size} existing spans hold fewer fibres than the plan takes on its way to the trunk ({listed}; what"
            " is in use today is not known and not counted): lay more cable there"
        )
    if stranded:
        notes.append(f"{stranded} fibres begin on existing cable that does not lead to the trunk")
    return notes
