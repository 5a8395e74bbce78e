"""Steiner solvers at their edges: input that cannot be, special networks, limits, networkx in and out."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from planner.errors import DataError, InfeasibleError
from planner.optimise.steiner import (
    Network,
    cheapest_ring,
    from_networkx,
    protect,
    solve_prize_collecting,
    solve_quota,
    solve_steiner,
    to_networkx,
)
from planner.optimise.stopping import CLOCK, PROVED, USER, WORK_DONE, Stop

STOP = Stop(iterations=20)


def network_of(n_nodes, *edges):
    u, v, cost = zip(*edges, strict=True)
    return Network(n_nodes, np.array(u, np.int32), np.array(v, np.int32), np.array(cost, float))


def grid(side, seed=0):
    rng = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    return Network(side * side, u.astype(np.int32), v.astype(np.int32), rng.uniform(1, 3, len(u)))


def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("cost", [-1.0, np.nan, np.inf])
def test_impossible_costs_are_named_by_edge(cost):
    with pytest.raises(DataError, match=r"edge 1: cost"):
        network_of(3, (0, 1, 1.0), (1, 2, cost))


def test_ends_that_are_no_nodes_are_named():
    with pytest.raises(DataError, match=r"edge 0: ends 0 and 3 of 3 nodes"):
        network_of(3, (0, 3, 1.0))


def test_arrays_of_different_length_are_refused():
    with pytest.raises(DataError, match="2, 1 and 1 entries"):
        Network(3, np.array([0, 1]), np.array([1]), np.array([1.0]))


def test_disconnected_terminals_are_listed_part_by_part():
    network = network_of(6, (0, 1, 1.0), (1, 2, 1.0), (3, 4, 1.0))
    with pytest.raises(InfeasibleError) as caught:
        solve_steiner(network, [0, 2, 3, 5], STOP, rng())
    text = str(caught.value)
    assert "3 parts" in text
    assert "2 terminals: 0, 2" in text
    assert "1 terminals: 5" in text


def test_terminal_that_is_no_node():
    with pytest.raises(DataError, match="terminal 9"):
        solve_steiner(network_of(2, (0, 1, 1.0)), [0, 9], STOP, rng())


@pytest.mark.parametrize("terminals", [[], [1], [1, 1]])
def test_fewer_than_two_terminals_need_no_edges(terminals):
    result = solve_steiner(network_of(3, (0, 1, 1.0), (1, 2, 1.0)), terminals, STOP, rng())
    assert len(result.edges) == 0
    assert result.value == result.bound == result.gap_share == 0.0


def test_self_loops_parallel_and_free_edges():
    network = network_of(4, (0, 0, 0.0), (0, 1, 5.0), (0, 1, 2.0), (1, 2, 0.0), (2, 3, 1.0), (3, 3, 4.0), (0, 3, 9.0))
    result = solve_steiner(network, [0, 3], STOP, rng())
    assert result.edges.tolist() == [2, 3, 4]
    assert result.value == result.bound == 3.0
    assert result.stopped_by == PROVED


def test_all_edges_free():
    network = network_of(4, (0, 1, 0.0), (1, 2, 0.0), (2, 3, 0.0), (3, 0, 0.0))
    result = solve_steiner(network, [0, 2], STOP, rng())
    assert result.value == result.bound == 0.0
    assert len(result.edges) == 2


def test_two_terminals_are_a_shortest_path():
    network = grid(20)
    result = solve_steiner(network, [0, 399], STOP, rng())
    graph = to_networkx(network)
    assert result.value == pytest.approx(nx.shortest_path_length(graph, 0, 399, weight="cost"))
    assert result.stopped_by == PROVED


def test_all_nodes_terminals_is_a_spanning_tree():
    network = grid(12)
    result = solve_steiner(network, range(144), STOP, rng())
    tree = nx.minimum_spanning_tree(to_networkx(network), weight="cost")
    assert result.value == pytest.approx(tree.size(weight="cost"))


def test_same_seed_same_tree():
    network = grid(30)
    terminals = np.random.default_rng(1).choice(900, 60, replace=False)
    first, second = (solve_steiner(network, terminals, STOP, np.random.default_rng(5)) for _ in range(2))
    assert first.edges.tolist() == second.edges.tolist()
    assert (first.value, first.bound) == (second.value, second.bound)
    assert first.stopped_by in {WORK_DONE, PROVED}


def test_more_work_is_never_worse():
    network = grid(30)
    terminals = np.random.default_rng(2).choice(900, 80, replace=False)
    results = [solve_steiner(network, terminals, Stop(k), np.random.default_rng(5)) for k in (0, 2, 12, 40)]
    values, bounds = [r.value for r in results], [r.bound for r in results]
    assert values == sorted(values, reverse=True)
    assert bounds == sorted(bounds)
    assert results[-1].gap_share < 0.02


def test_user_and_clock_get_the_best_so_far():
    network = grid(30)
    terminals = np.random.default_rng(3).choice(900, 60, replace=False)
    by_user = solve_steiner(network, terminals, Stop(1000, None, lambda: True), rng())
    by_clock = solve_steiner(network, terminals, Stop(10**6, 0.05), rng())
    for result, cause in ((by_user, USER), (by_clock, CLOCK)):
        assert result.stopped_by in {cause, PROVED}
        assert set(terminals.tolist()) <= set(result.nodes.tolist())
        assert len(result.edges) == len(result.nodes) - 1


def test_prizes_out_of_reach_of_the_root_are_missed():
    network = network_of(4, (0, 1, 1.0), (2, 3, 1.0))
    result = solve_prize_collecting(network, [0.0, 5.0, 8.0, 8.0], STOP, rng(), root=0)
    assert result.nodes.tolist() == [0, 1]
    assert result.value == result.bound == 17.0


def test_node_that_must_join_but_cannot():
    network = network_of(3, (0, 1, 1.0))
    with pytest.raises(InfeasibleError, match="no way leads to them: 2"):
        solve_prize_collecting(network, [0.0, 1.0, np.inf], STOP, rng(), root=0)


@pytest.mark.parametrize("prizes", [[1.0, -1.0], [1.0, np.nan]])
def test_impossible_prizes(prizes):
    with pytest.raises(DataError, match="node 1"):
        solve_prize_collecting(network_of(2, (0, 1, 1.0)), prizes, STOP, rng())


def test_prizes_of_wrong_length_and_wrong_root():
    network = network_of(2, (0, 1, 1.0))
    with pytest.raises(DataError, match="one prize for each of 2 nodes"):
        solve_prize_collecting(network, [1.0], STOP, rng())
    with pytest.raises(DataError, match="root 5"):
        solve_prize_collecting(network, [1.0, 1.0], STOP, rng(), root=5)


def test_without_prizes_a_single_node_is_best():
    result = solve_prize_collecting(grid(5), np.zeros(25), STOP, rng())
    assert result.value == result.bound == 0.0
    assert len(result.nodes) == 1


def test_quota_beyond_reach_says_how_much_is_there():
    network = network_of(4, (0, 1, 1.0), (2, 3, 1.0))
    with pytest.raises(InfeasibleError, match=r"only 4 of 9 can be reached from root 0"):
        solve_quota(network, [1.0, 3.0, 5.0, 0.0], 6.0, 0, STOP, rng())


def test_quota_met_by_the_root_alone():
    result = solve_quota(network_of(2, (0, 1, 1.0)), [3.0, 3.0], 3.0, 0, STOP, rng())
    assert result.value == result.bound == 0.0
    assert result.nodes.tolist() == [0]


def test_quota_on_a_grid_is_near_its_bound():
    network = grid(25, seed=4)
    prizes = np.where(np.random.default_rng(4).random(625) < 0.2, 10.0, 0.0)
    quota = 0.8 * prizes.sum()
    result = solve_quota(network, prizes, quota, 312, Stop(12), rng())
    assert prizes[result.nodes].sum() >= quota
    assert result.gap_share < 0.05


def test_ring_of_a_cycle_is_the_other_half():
    network = network_of(4, (0, 1, 1.0), (1, 2, 1.0), (2, 3, 5.0), (3, 0, 5.0))
    ring = cheapest_ring(network, [0, 1], 2, 0)
    assert ring is not None
    assert ring.edges.tolist() == [2, 3]
    assert ring.cost == 10.0


def test_node_behind_a_bridge_cannot_be_protected():
    network = network_of(5, (0, 1, 1.0), (1, 2, 1.0), (2, 0, 4.0), (2, 3, 1.0), (4, 4, 1.0))
    assert cheapest_ring(network, [0, 1, 3], 3, 0) is None
    protection = protect(network, [0, 1, 3], [2, 3], 0)
    assert protection.edges.tolist() == [2]
    assert protection.cost == 4.0
    assert protection.unprotected.tolist() == [3]


def test_networkx_there_and_back():
    graph = nx.MultiGraph()
    graph.add_edge("a", "b", cost=2)
    graph.add_edge("a", "b", cost=1)
    graph.add_edge("b", "c", cost=3.5)
    network, nodes, edges = from_networkx(graph)
    assert edges == [("a", "b", 0), ("a", "b", 1), ("b", "c", 0)]
    back = to_networkx(network, nodes=nodes)
    assert sorted(back.edges(data="cost")) == sorted(graph.edges(data="cost"))
    tree = solve_steiner(network, [0, 2], STOP, rng()).edges
    assert [edges[e] for e in tree] == [("a", "b", 1), ("b", "c", 0)]
    assert set(to_networkx(network, tree, nodes).nodes) == {"a", "b", "c"}


def test_networkx_edges_without_cost_are_named():
    graph = nx.Graph([("a", "b")])
    with pytest.raises(DataError, match=r"edge \('a', 'b'\): cost is None"):
        from_networkx(graph)
    with pytest.raises(DataError, match="directed"):
        from_networkx(nx.DiGraph())
