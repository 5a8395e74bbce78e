"""Steiner trees on the families of SteinLib, made small, against the dynamic programme of Dreyfus and Wagner."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from planner.optimise.steiner import Network, solve_prize_collecting, solve_steiner, to_networkx
from planner.optimise.stopping import PROVED, Stop

STOP = Stop(iterations=40)
Case = tuple[Network, np.ndarray]


def network(n_nodes: int, u, v, cost) -> Network:
    return Network(n_nodes, np.asarray(u, np.int32), np.asarray(v, np.int32), np.asarray(cost, float))


def dreyfus_wagner(net: Network, terminals: np.ndarray) -> float:
    """Cost of the best tree, from the best trees over all sets of terminals."""
    n = net.n_nodes
    far = np.full((n, n), np.inf)
    np.fill_diagonal(far, 0.0)
    for a, b, cost in zip(net.u, net.v, net.cost, strict=True):
        far[a, b] = far[b, a] = min(far[a, b], cost)
    for k in range(n):
        far = np.minimum(far, far[:, k : k + 1] + far[k : k + 1, :])
    *others, last = terminals
    best = np.full((1 << len(others), n), np.inf)
    for i, t in enumerate(others):
        best[1 << i] = far[t]
    for held in range(1, len(best)):
        part = (held - 1) & held
        while part:
            best[held] = np.minimum(best[held], best[part] + best[held ^ part])
            part = (part - 1) & held
        best[held] = (best[held][None, :] + far).min(axis=1)
    return float(best[-1, last])


def hamming(letters: int, length: int, seed: int) -> Case:
    """Words that differ in one letter are neighbours: hypercubes and code covers."""
    rng = np.random.default_rng(seed)
    word = np.arange(letters**length)
    u, v = [], []
    for place in range(length):
        letter = word // letters**place % letters
        for more in range(1, letters):
            fits = letter + more < letters
            u.append(word[fits])
            v.append(word[fits] + more * letters**place)
    ends = np.concatenate(u), np.concatenate(v)
    cost = np.ones(len(ends[0])) if seed % 2 else rng.integers(100, 111, len(ends[0]))
    return network(len(word), *ends, cost), rng.choice(len(word), 8, replace=False)


def grid(seed: int, factor: float = 1.0, most: int = 9) -> Case:
    """Grid with holes, as in chip design."""
    rng = np.random.default_rng(seed)
    node = np.arange(56).reshape(7, 8)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    hole = rng.choice(56, 8, replace=False)
    kept = ~(np.isin(u, hole) | np.isin(v, hole))
    net = network(56, u[kept], v[kept], factor * rng.integers(1, most + 1, kept.sum()))
    parts = max(nx.connected_components(nx.Graph(zip(net.u.tolist(), net.v.tolist(), strict=True))), key=len)
    return net, rng.choice(sorted(parts), 8, replace=False)


def bipartite(seed: int) -> Case:
    rng = np.random.default_rng(seed)
    u = np.repeat(np.arange(8), 4)
    v = np.concatenate([8 + rng.choice(20, 4, replace=False) for _ in range(8)])
    ring = 8 + np.arange(20)
    return network(28, [*u, *ring], [*v, *np.roll(ring, 1)], np.ones(52)), np.arange(8)


def complete(seed: int) -> Case:
    """Complete graph whose edges at terminals are dearer (the I families)."""
    rng = np.random.default_rng(seed)
    u, v = np.triu_indices(40, 1)
    held = np.isin(np.arange(40), rng.choice(40, 8, replace=False))
    cost = np.rint(rng.normal(np.array([100, 200, 300])[held[u].astype(int) + held[v]], 5.0))
    return network(40, u, v, cost), np.flatnonzero(held)


def changed(case: Case, cost) -> Case:
    net, terminals = case
    return network(net.n_nodes, net.u, net.v, cost(net.cost)), terminals


def cases() -> dict[str, Case]:
    rng = np.random.default_rng(6)
    net, terminals = complete(2)
    loops = np.arange(40)
    return {
        **{f"code cover {seed}": hamming(3, 3, seed) for seed in range(2)},
        **{f"hypercube {seed}": hamming(2, 4, seed) for seed in range(2, 4)},
        **{f"grid {seed}": grid(seed) for seed in range(2)},
        "grid of equal costs": grid(2, most=1),
        "costs of a billion": grid(3, factor=1e9),
        "costs of a billionth": grid(3, factor=1e-9),
        "a great number in many costs": changed(grid(4), lambda c: c + np.where(rng.random(len(c)) < 0.5, 1e6, 0.0)),
        "costs over sixteen decades": changed(grid(5), lambda c: 10.0 ** rng.uniform(-4.0, 12.0, len(c))),
        "bipartite": bipartite(1),
        "complete": (net, terminals),
        "complete, all equal": changed((net, terminals), np.ones_like),
        "complete, half free": changed((net, terminals), lambda c: np.where(rng.random(len(c)) < 0.5, 0.0, c)),
        "all free": changed((net, terminals), np.zeros_like),
        "two terminals": (net, terminals[:2]),
        "parallel edges and loops": (
            network(40, [*net.u, *net.u, *loops], [*net.v, *net.v, *loops], [*net.cost + 5, *net.cost, *loops * 0.0]),
            terminals,
        ),
    }


@pytest.mark.parametrize("name", cases())
def test_families_made_small(name: str) -> None:
    net, terminals = cases()[name]
    best = dreyfus_wagner(net, terminals)
    result = solve_steiner(net, terminals, STOP, np.random.default_rng(1))
    tree = nx.MultiGraph(zip(net.u[result.edges].tolist(), net.v[result.edges].tolist(), strict=True))
    assert nx.is_tree(tree)
    assert set(terminals.tolist()) <= set(tree.nodes)
    assert result.value == pytest.approx(best, rel=1e-9)
    assert result.bound <= best * (1.0 + 1e-9)


@pytest.mark.parametrize("rooted", [False, True])
def test_prizes_beyond_all_costs_make_a_steiner_tree(rooted: bool) -> None:
    net, terminals = grid(7)
    prizes = np.zeros(net.n_nodes)
    prizes[terminals] = 1e6
    root = int(terminals[0]) if rooted else None
    result = solve_prize_collecting(net, prizes, STOP, np.random.default_rng(1), root)
    assert result.value == pytest.approx(dreyfus_wagner(net, terminals))
    assert result.stopped_by == PROVED


def test_all_nodes_as_terminals_give_the_spanning_tree() -> None:
    net, _ = complete(3)
    result = solve_steiner(net, np.arange(net.n_nodes), STOP, np.random.default_rng(1))
    assert result.value == nx.minimum_spanning_tree(to_networkx(net), weight="cost").size(weight="cost")
    assert result.stopped_by == PROVED


@pytest.mark.parametrize("terminals", [[], [4], [4, 4]])
def test_fewer_than_two_terminals_need_no_edge(terminals: list[int]) -> None:
    result = solve_steiner(complete(3)[0], terminals, STOP, np.random.default_rng(1))
    assert (result.value, result.bound, result.stopped_by) == (0.0, 0.0, PROVED)
    assert result.nodes.tolist() == sorted(set(terminals))
