"""Beside the tree: roads and line terminals that bring homes within reach, second ways, and what every plan pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.fibre import fibre_prices
from planner.optimise.fibre.case import FibreCase
from planner.optimise.fibre.commune_rings import protectable
from planner.optimise.fibre.further import FurtherCase, as_bound
from planner.optimise.fibre.further_choice import Further, least_further_vnd
from planner.optimise.fibre.homes import always_connected
from planner.optimise.fibre.node_choice import NodeChoice
from planner.optimise.network.graph import ROOT
from planner.optimise.network.pon import distance_along_fibre_km, fibre_graph
from planner.optimise.steiner.reduced import reduced_costs

Finish = Callable[[FurtherCase], Further]


@dataclass(frozen=True)
class Completion:
    """What is built beside the tree.

    Attributes
    ----------
    nearer, rings : ndarray of int64
        Edges that bring homes within reach, and the other edges of second ways; rising.
    terminals : ndarray of int64
        Nodes with a line terminal, rising.
    terminal_of : dict of int to int
        Node whose homes hang on a line terminal -> its node.
    over : dict of int to tuple of int
        Node -> edges of `nearer` its homes are fed over.
    away_km : ndarray of float64, shape (n_nodes,)
        Distance from the trunk along all fibre, km.
    cost_vnd : float
        Cost of edges and terminals.
    lonely : tuple of int
        Nodes that no further edge gives a second way.
    """

    nearer: NDArray[np.int64]
    rings: NDArray[np.int64]
    terminals: NDArray[np.int64]
    terminal_of: dict[int, int]
    over: dict[int, tuple[int, ...]]
    away_km: NDArray[np.float64]
    cost_vnd: float
    lonely: tuple[int, ...]


def complete(
    scenario: Scenario,
    case: FibreCase,
    tree: NDArray[np.int64],
    far: Mapping[int, int],
    ring_nodes: Sequence[int],
    finish: Finish,
) -> Completion:
    """Choose what is built beside a tree.

    Parameters
    ----------
    scenario : Scenario
        Reach, price of a line terminal.
    case : FibreCase
        Network, prices, trunk.
    tree : ndarray of int64
        Road edges of the tree.
    far : mapping of int to int
        Nodes with homes out of the trunk's reach over existing fibre and the tree -> homes.
    ring_nodes : sequence of int
        Nodes that want a second way.
    finish : callable
        Chooses further roads and line terminals of a `FurtherCase`.

    Returns
    -------
    Completion
        Nothing where nothing is far and no second way is wanted.
    """
    further = _further_case(scenario, case, tree, np.array(sorted(far), dtype=np.int64), ring_nodes)
    found = finish(further)
    graph = fibre_graph(case.roads, np.union1d(np.flatnonzero(further.lies), found.edges))
    terminal_of, over = _fed(case, graph, far, found.edges, found.terminals, scenario.planning.pon_reach_km)
    nearer = np.unique(np.array([edge for edges in over.values() for edge in edges], dtype=np.int64))
    wanted = [node for node in ring_nodes if not case.core[node]]
    possible = set(protectable(case.roads, case.core, wanted))
    return Completion(
        nearer=nearer,
        rings=np.setdiff1d(found.edges, nearer),
        terminals=found.terminals,
        terminal_of=terminal_of,
        over=over,
        away_km=distance_along_fibre_km(case.roads, np.union1d(tree, found.edges), case.core),
        cost_vnd=found.cost_vnd,
        lonely=tuple(node for node in wanted if node not in possible),
    )


def least_total_vnd(
    scenario: Scenario,
    case: FibreCase,
    choice: NodeChoice,
    ring_nodes: Sequence[int],
    should_stop: Callable[[], bool] | None,
) -> float:
    """Bound tree and completion together.

    A dual ascent bounds the tree; what it leaves of every edge's cost is what reach and second ways may still be
    charged for that edge, so the two bounds add up.

    Parameters
    ----------
    scenario : Scenario
        Reach, price of a line terminal.
    case : FibreCase
        Network and demands.
    choice : NodeChoice
        The choice of the tree; its quotas are not looked at.
    ring_nodes : sequence of int
        Nodes to which every plan gives two ways.
    should_stop : callable or None
        True ends the search with the bound so far.

    Returns
    -------
    float
        No tree with what it needs beside it costs less, penalties of the choice included, VND.
    """
    bound, rest = reduced_costs(choice.network, choice.required, choice.penalty, ROOT)
    if not np.isfinite(bound):
        return 0.0
    left = case.prices.whole_vnd.copy()
    left[case.rooted.edge_of] = rest
    left[case.fixed] = 0.0
    homes = always_connected(case) if case.core.any() else np.empty(0, np.int64)
    existing = _further_case(scenario, case, np.empty(0, np.int64), homes, ring_nodes)
    return bound + least_further_vnd(as_bound(existing, left, homes, ring_nodes), should_stop)


def _further_case(
    scenario: Scenario, case: FibreCase, tree: NDArray[np.int64], homes: NDArray[np.int64], ring_nodes: Sequence[int]
) -> FurtherCase:
    """The choice of further roads and terminals beside a tree."""
    roads = case.roads
    lies, serves_rings = roads.cabled.copy(), case.prices.free.copy()
    lies[tree] = serves_rings[tree] = True
    places = np.zeros(roads.n_nodes, dtype=bool)
    places[roads.u[lies]] = places[roads.v[lies]] = True
    places[homes] = True
    return FurtherCase(
        roads, case.prices.whole_vnd, lies, serves_rings, case.core, homes, scenario.planning.pon_reach_km * 1e3,
        float(fibre_prices(Prices(scenario.costs)).line_terminal_vnd), places, tuple(ring_nodes),
    )  # fmt: skip


def _fed(
    case: FibreCase,
    graph: csr_array,
    far: Mapping[int, int],
    further: NDArray[np.int64],
    terminals: NDArray[np.int64],
    reach_km: float,
) -> tuple[dict[int, int], dict[int, tuple[int, ...]]]:
    """The terminal every far node hangs on, if any, and the further edges on its way."""
    roads = case.roads
    new = {
        (int(min(roads.u[edge], roads.v[edge])), int(max(roads.u[edge], roads.v[edge]))): edge
        for edge in further[np.argsort(-roads.length_m[further], kind="stable")].tolist()
    }
    terminal_of: dict[int, int] = {}
    over: dict[int, tuple[int, ...]] = {}
    trunk = _ways(graph, np.flatnonzero(case.core))
    nearest = _ways(graph, terminals) if terminals.size else None
    for node in sorted(far):
        away, before, source = trunk
        if nearest is not None and not away[node] <= reach_km * 1e3:
            away, before, source = nearest
            terminal_of[node] = int(source[node])
        used, here = [], node
        while before[here] >= 0:
            there = int(before[here])
            edge = new.get((min(here, there), max(here, there)))
            if edge is not None and abs(away[here] - away[there] - max(roads.length_m[edge], 1e-3)) < 1e-6:
                used.append(edge)
            here = there
        if used:
            over[node] = tuple(sorted(used))
    return terminal_of, over


def _ways(
    graph: csr_array, sources: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    """Metres to the nearest source, the node before on the way, and the source."""
    away, before, source = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)
    return np.asarray(away), np.asarray(before), np.asarray(source)
