"""Line terminals, further roads and second ways against plain enumeration, and what a dual ascent leaves of costs."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
import shapely

from planner.optimise.fibre.commune_rings import protectable
from planner.optimise.fibre.further import FurtherCase, as_bound
from planner.optimise.fibre.further_choice import choose_further, least_further_vnd, simple_further
from planner.optimise.network.roads import RoadNetwork
from planner.optimise.steiner.network import Network
from planner.optimise.steiner.reduced import reduced_costs

REACH_M, TERMINAL_VND = 25.0, 40.0


def _roads(rng: np.random.Generator, n: int, m: int) -> RoadNetwork:
    """A random connected road network; the first n - 1 edges are a tree."""
    ends = [(int(rng.integers(0, i)), i) for i in range(1, n)]
    ends += [tuple(rng.choice(n, 2, replace=False).tolist()) for _ in range(m - n + 1)]
    u, v = np.array(ends, dtype=np.int32).T
    xy = rng.uniform(0, 100, (n, 2))
    return RoadNetwork(
        np.array([str(i) for i in range(n)], dtype=object), xy[:, 0], xy[:, 1], u, v, np.arange(m, dtype=np.int32),
        rng.integers(4, 15, m).astype(np.float64), np.array([shapely.Point()] * m), np.zeros(m, dtype=bool),
    )  # fmt: skip


def _case(seed: int, *, rings: bool) -> FurtherCase:
    rng = np.random.default_rng(seed)
    n, m = 9, 13
    roads = _roads(rng, n, m)
    lies = np.zeros(m, dtype=bool)
    lies[: n - 1] = rng.random(n - 1) < 0.7  # what lies is part of the tree: some nodes stand on islands
    core = np.zeros(n, dtype=bool)
    core[0] = True
    homes = np.sort(rng.choice(np.arange(1, n), 5, replace=False))
    cost = rng.integers(5, 60, m).astype(np.float64)
    ring_nodes = tuple(rng.choice(np.arange(1, n), 2, replace=False).tolist()) if rings else ()
    return FurtherCase(
        roads, cost, lies, lies, core, homes, REACH_M, TERMINAL_VND, np.ones(n, dtype=bool), ring_nodes
    )  # fmt: skip


def _keeps_everything(case: FurtherCase, edges: tuple[int, ...], places: tuple[int, ...]) -> bool:
    """Homes within reach along fibre, and ring nodes on two ways, by networkx alone."""
    roads = case.roads
    lying = [*np.flatnonzero(case.lies).tolist(), *edges]
    graph = nx.Graph()
    graph.add_nodes_from(range(roads.n_nodes))
    for edge in lying:
        a, b, metres = int(roads.u[edge]), int(roads.v[edge]), float(roads.length_m[edge])
        metres = min(metres, graph.edges[a, b]["m"]) if graph.has_edge(a, b) else metres
        graph.add_edge(a, b, m=metres)
    away = nx.multi_source_dijkstra_path_length(graph, {0, *places}, weight="m")
    if any(away.get(int(node), np.inf) > case.reach_m for node in case.homes):
        return False
    wanted = protectable(roads, case.core, [*case.ring_nodes])
    flow = nx.DiGraph()
    flow.add_nodes_from(range(roads.n_nodes))
    for edge in lying:
        for a, b in ((int(roads.u[edge]), int(roads.v[edge])), (int(roads.v[edge]), int(roads.u[edge]))):
            flow.add_edge(a, b, capacity=1 + (flow.edges[a, b]["capacity"] if flow.has_edge(a, b) else 0))
    return all(nx.maximum_flow_value(flow, node, 0) >= 2 for node in wanted)


def _least(case: FurtherCase) -> float:
    """Least cost by trying everything."""
    open_edges, places = np.flatnonzero(~case.lies).tolist(), np.flatnonzero(case.places).tolist()
    best = np.inf
    for some in range(4):
        for stand in combinations(places, some):
            if some * TERMINAL_VND >= best:
                break
            for count in range(len(open_edges) + 1):
                for laid in combinations(open_edges, count):
                    cost = float(case.cost[list(laid)].sum()) + some * TERMINAL_VND
                    if cost < best and _keeps_everything(case, laid, stand):
                        best = cost
    return best


@pytest.mark.parametrize("rings", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_choice_and_bound_hold_the_optimum_between_them(seed: int, rings: bool) -> None:
    case = _case(seed, rings=rings)
    least = _least(case)
    found, simple = choose_further(case), simple_further(case)
    assert _keeps_everything(case, tuple(found.edges.tolist()), tuple(found.terminals.tolist()))
    assert _keeps_everything(case, tuple(simple.edges.tolist()), tuple(simple.terminals.tolist()))
    assert least_further_vnd(case) <= least + 1e-6
    assert least <= found.cost_vnd <= simple.cost_vnd
    assert found.cost_vnd == least  # it happens to be found on all of these
    assert least_further_vnd(case) >= 0.98 * least


def test_what_is_free_lowers_the_bound_only() -> None:
    case = _case(3, rings=True)
    half = as_bound(case, 0.5 * case.cost, case.homes, case.ring_nodes)
    nothing = as_bound(case, np.zeros_like(case.cost), case.homes, case.ring_nodes)
    assert least_further_vnd(nothing) <= least_further_vnd(half) <= least_further_vnd(case) + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_every_tree_costs_the_bound_and_what_is_left_on_its_edges(seed: int) -> None:
    rng = np.random.default_rng(seed)
    roads = _roads(rng, 8, 12)
    network = Network(8, roads.u, roads.v, rng.integers(1, 30, 12).astype(np.float64))
    required = np.sort(rng.choice(np.arange(1, 8), 3, replace=False))
    penalty = np.zeros(8)
    optional = int(rng.choice(np.setdiff1d(np.arange(1, 8), required)))
    penalty[optional] = 9.0
    bound, left = reduced_costs(network, required, penalty, 0)
    assert bound > 0.0
    assert (left >= 0.0).all()
    for count in range(1, 13):
        for chosen in combinations(range(12), count):
            edges = list(chosen)
            graph = nx.Graph([(int(roads.u[e]), int(roads.v[e])) for e in edges])
            reached = nx.node_connected_component(graph, 0) if graph.has_node(0) else {0}
            if set(required.tolist()) <= reached:
                cost = float(network.cost[edges].sum()) + (0.0 if optional in reached else 9.0)
                assert bound + float(left[edges].sum()) <= cost + 1e-6
