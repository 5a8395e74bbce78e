"""Labels of the nearest tree node: right after growth, after changes of the tree, and with a full queue."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.kernels.steiner.heap import dequeue, empty_queue, enqueue
from planner.kernels.steiner.labels import no_labels, update_labels
from planner.kernels.steiner.paths import build_graph, grow_labelled_tree, grow_tree


def _graph(seed, n=400, m=900):
    rng = np.random.default_rng(seed)
    u = np.concatenate([np.arange(n - 1), rng.integers(0, n, m)]).astype(np.int32)
    v = np.concatenate([np.arange(1, n), rng.integers(0, n, m)]).astype(np.int32)
    cost = rng.uniform(1.0, 9.0, u.size)
    return rng, build_graph(n, u, v), u, v, cost


def _distance(u, v, cost, inside):
    n = inside.size
    order = np.argsort(-cost, kind="stable")
    pairs = {}
    for e in order:  # the cheapest of parallel edges
        if u[e] != v[e]:
            pairs[min(u[e], v[e]), max(u[e], v[e])] = cost[e]
    ends = np.array(list(pairs))
    matrix = coo_array((list(pairs.values()), (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    return dijkstra(matrix, directed=False, indices=np.flatnonzero(inside), min_only=True)


def _check(graph, slot_cost, labels, inside, expected):
    near = labels.distance <= labels.reach[0]
    assert np.isinf(labels.distance[~near]).all()
    assert near.any()
    np.testing.assert_allclose(labels.distance[near], expected[near], rtol=1e-12)
    assert (expected[~near] > labels.reach[0] * (1.0 - 1e-12)).all()
    for x in np.flatnonzero(near):
        length, y = 0.0, x
        while labels.towards[y] >= 0:
            length += slot_cost[labels.towards[y]]
            y = graph.head[labels.towards[y]]
        assert inside[y]
        assert labels.base[x] == y
        assert length == pytest.approx(labels.distance[x])


@pytest.mark.parametrize("seed", range(3))
def test_labels_follow_a_changing_tree(seed):
    rng, graph, u, v, cost = _graph(seed)
    slot_cost = cost[graph.edge]
    inside = rng.random(400) < 0.05
    labels = no_labels(400)
    for reach in (6.0, 6.0, 4.0, 11.0, 11.0):
        update_labels(graph, slot_cost, inside, labels, reach)
        assert labels.reach[0] >= reach
        _check(graph, slot_cost, labels, inside, _distance(u, v, cost, inside))
        inside = inside ^ (rng.random(400) < 0.02)
        inside[0] = True


@pytest.mark.parametrize("n_terminals", [4, 60])
def test_growth_labels_what_lies_around_its_tree(n_terminals):
    rng, graph, u, v, cost = _graph(7)
    slot_cost = cost[graph.edge]
    is_terminal = np.zeros(400, np.bool_)
    is_terminal[rng.choice(400, n_terminals, replace=False)] = True
    root = int(np.argmax(is_terminal))
    inside, labels = grow_labelled_tree(graph, slot_cost, is_terminal, root)
    assert (inside == grow_tree(graph, slot_cost, is_terminal, root)).all()
    assert inside[is_terminal].all()
    _check(graph, slot_cost, labels, inside, _distance(u, v, cost, inside))


def test_full_queue_drops_what_is_out_of_date():
    rng = np.random.default_rng(5)
    distance = np.full(20, np.inf)
    queue = empty_queue(20)
    size = 0
    for _ in range(400):  # distances fall far more often than there is room for
        node = int(rng.integers(20))
        distance[node] = rng.uniform(0.0, min(distance[node], 1e6))
        size = enqueue(queue, size, distance, node)
        assert size <= queue.key.size
    met = []
    while size:
        node, key = int(queue.node[0]), queue.key[0]
        dequeue(queue, size)
        size -= 1
        if key <= distance[node]:
            met.append(node)
    assert met == np.argsort(distance, kind="stable").tolist()
