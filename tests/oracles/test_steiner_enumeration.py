"""Steiner, prize-collecting, quota and ring solvers against enumeration of all node sets on small networks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.optimise.steiner import (
    Network,
    cheapest_ring,
    protect,
    solve_prize_collecting,
    solve_quota,
    solve_steiner,
)
from planner.optimise.stopping import PROVED, Stop

N_NODES = 8
STOP = Stop(iterations=30)


def random_network(seed: int) -> Network:
    """Connected network with self-loops, parallel and free edges; whole or real costs by turns."""
    rng = np.random.default_rng(seed)
    n_edges = int(rng.integers(9, 18))
    u = np.concatenate([np.arange(1, N_NODES), rng.integers(0, N_NODES, n_edges)])
    v = np.concatenate([rng.integers(0, np.arange(1, N_NODES)), rng.integers(0, N_NODES, n_edges)])
    cost = rng.integers(0, 10, len(u)).astype(float) if seed % 2 else rng.uniform(0.5, 9.0, len(u))
    return Network(N_NODES, u.astype(np.int32), v.astype(np.int32), cost)


def spanning_costs(network: Network) -> dict[frozenset[int], float]:
    """Cost of a minimum spanning tree of every connected node set (Kruskal)."""
    order = np.argsort(network.cost, kind="stable")
    costs = {}
    for size in range(1, network.n_nodes + 1):
        for chosen in itertools.combinations(range(network.n_nodes), size):
            label = {x: x for x in chosen}
            total, joined = 0.0, 1
            for e in order:
                a, b = label.get(int(network.u[e])), label.get(int(network.v[e]))
                if a is None or b is None or a == b:
                    continue
                label = {x: a if name == b else name for x, name in label.items()}
                total += float(network.cost[e])
                joined += 1
            if joined == size:
                costs[frozenset(chosen)] = total
    return costs


def check_tree(network: Network, edges: np.ndarray, nodes: np.ndarray) -> None:
    """The edges form one tree over exactly these nodes."""
    assert len(edges) == len(nodes) - 1
    reached = {int(nodes[0])}
    for _ in nodes:
        for e in edges:
            a, b = int(network.u[e]), int(network.v[e])
            if a in reached or b in reached:
                reached |= {a, b}
    assert reached == set(nodes.tolist())


def check_result(network: Network, result, best: float) -> None:
    """The value is the optimum, the bound does not pass it, and the gap follows from both."""
    check_tree(network, result.edges, result.nodes)
    assert result.value == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert result.bound <= best + 1e-9 * max(1.0, best)
    assert result.gap_share >= 0.0
    if result.stopped_by == PROVED:
        assert result.bound == pytest.approx(best, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_steiner_tree_is_the_best_one(seed):
    network = random_network(seed)
    rng = np.random.default_rng(1000 + seed)
    terminals = rng.choice(N_NODES, int(rng.integers(2, 6)), replace=False)
    best = min(cost for nodes, cost in spanning_costs(network).items() if set(terminals.tolist()) <= nodes)
    result = solve_steiner(network, terminals, STOP, np.random.default_rng(seed))
    check_result(network, result, best)
    assert set(terminals.tolist()) <= set(result.nodes.tolist())


@pytest.mark.parametrize("rooted", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_prize_collecting_tree_is_the_best_one(seed, rooted):
    network = random_network(seed)
    rng = np.random.default_rng(2000 + seed)
    prizes = np.where(rng.random(N_NODES) < 0.7, rng.integers(0, 9, N_NODES), 0).astype(float)
    root = int(rng.integers(N_NODES)) if rooted else None
    if rooted and seed % 5 == 0:
        prizes[(root + 1) % N_NODES] = np.inf
    finite = np.where(np.isinf(prizes), 1e6, prizes)
    best = min(
        cost + finite.sum() - finite[list(nodes)].sum()
        for nodes, cost in spanning_costs(network).items()
        if root is None or root in nodes
    )
    result = solve_prize_collecting(network, prizes, STOP, np.random.default_rng(seed), root)
    check_result(network, result, best)


@pytest.mark.parametrize("seed", range(30))
def test_quota_tree_is_the_best_one(seed):
    network = random_network(seed)
    rng = np.random.default_rng(3000 + seed)
    prizes = rng.integers(0, 9, N_NODES).astype(float)
    root = int(rng.integers(N_NODES))
    quota = float(rng.uniform(0.3, 0.9) * prizes.sum())
    best = min(
        cost for nodes, cost in spanning_costs(network).items() if root in nodes and prizes[list(nodes)].sum() >= quota
    )
    result = solve_quota(network, prizes, quota, root, STOP, np.random.default_rng(seed))
    check_tree(network, result.edges, result.nodes)
    assert prizes[result.nodes].sum() >= quota
    assert root in result.nodes
    assert result.bound <= best + 1e-9
    assert best - 1e-9 <= result.value <= 1.25 * best + 1e-9


def survives_every_cut(network: Network, edges: np.ndarray, a: int, b: int) -> bool:
    """Whether a and b stay connected by the edges when any one of them is cut."""
    for cut in [*edges.tolist(), -1]:
        reached = {a}
        for _ in range(network.n_nodes):
            for e in edges:
                ends = {int(network.u[e]), int(network.v[e])}
                if e != cut and ends & reached:
                    reached |= ends
        if b not in reached:
            return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_rings_survive_every_cut_at_least_cost(seed):
    rng = np.random.default_rng(seed)
    u = np.concatenate([np.arange(1, 6), rng.integers(0, 6, 6)]).astype(np.int32)
    v = np.concatenate([rng.integers(0, np.arange(1, 6)), rng.integers(0, 6, 6)]).astype(np.int32)
    network = Network(6, u, v, rng.integers(1, 10, len(u)).astype(float))
    tree = solve_steiner(network, [0, 3, 5], STOP, rng).edges
    others = [e for e in range(network.n_edges) if e not in set(tree.tolist())]
    best = np.inf
    for size in range(len(others) + 1):
        for extra in itertools.combinations(others, size):
            cost = network.cost[list(extra)].sum()
            if cost < best and survives_every_cut(network, np.array([*tree, *extra], dtype=int), 0, 5):
                best = cost
    ring = cheapest_ring(network, tree, 5, 0)
    if ring is None:
        assert best == np.inf
        assert protect(network, tree, [5], 0).unprotected.tolist() == [5]
        return
    assert ring.cost == pytest.approx(best)
    assert not set(ring.ways[0].tolist()) & set(ring.ways[1].tolist())
    whole = protect(network, tree, [3, 5], 0)
    for node in {3, 5} - set(whole.unprotected.tolist()):
        assert survives_every_cut(network, np.concatenate([tree, whole.edges]), 0, node)
