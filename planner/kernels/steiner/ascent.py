"""Dual ascent of Wong (1984) on the directed cut model, with budgets for prize-collecting terminals.

Every terminal owns the set of nodes that reach it over arcs of no reduced cost. While the root is outside, the
arcs into the set may be charged together: the sum of the charges is a lower bound on every tree. The set whose cut
is smallest is charged first. A terminal with a budget gives up when its charges have eaten the budget (it is then
cheaper to do without its prize).

The reduced cost of the arc `head[k] -> owner of slot k` stands at slot k.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import heap_pop, heap_push
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints


class Ascent(NamedTuple):
    """Working state: what is left of costs and budgets, who is active, and the set under way.

    Attributes
    ----------
    left : float64 array (2 m,)
        Reduced cost of the arc into the owner of each slot.
    budget : float64 array (n,)
        What each terminal may still be charged.
    active : bool array (n,)
        Terminals still to be charged: neither reached by the root, nor given up, nor waiting.
    waits_for : int32 array (n,)
        Terminal inside this terminal's set that has to be served first, -1 where none.
    stamp : int32 array (n,)
        Number of the last set that held each node.
    member, cut : int32 arrays
        Nodes and entering slots of the set under way.
    score, heap, place : arrays (n,)
        Queue of the active terminals by the size of their cuts.
    tally : int64 array (5,)
        Terminals queued, slots looked at, next stamp, members and slots of the set under way.
    bound : float64 array (1,)
        Sum of the charges.
    load : float64 array (n,) or (0,)
        Sum of the charges of the sets that held each node, where kept.
    """

    left: Floats
    budget: Floats
    active: Flags
    waits_for: Ints
    stamp: Ints
    member: Ints
    cut: Ints
    score: Floats
    heap: Ints
    place: Ints
    tally: Ints
    bound: Floats
    load: Floats


REACHED = -1
BLOCKED = -2
GIVEN_UP = -3
QUEUED, WORK, STAMP, MEMBERS, CUT = range(5)


@exact_kernel
def _absorb(graph: Graph, state: Ascent, terminal: int, root: int, number: int, begin: int) -> int:
    """Add all nodes that reach members from `begin` on over free arcs; collect entering slots.

    Returns 0, or REACHED when the root is among them, or BLOCKED when another active terminal is.
    """
    at = begin
    while at < state.tally[MEMBERS]:
        x = state.member[at]
        at += 1
        state.tally[WORK] += graph.first[x + 1] - graph.first[x]
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            if state.stamp[y] == number:
                continue
            if state.left[k] > 0.0:
                state.cut[state.tally[CUT]] = k
                state.tally[CUT] += 1
                continue
            if y == root:
                return REACHED
            if state.active[y] and y != terminal:
                state.waits_for[terminal] = y
                return BLOCKED
            state.stamp[y] = number
            state.member[state.tally[MEMBERS]] = y
            state.tally[MEMBERS] += 1
    return 0


@exact_kernel
def _tidy_cut(graph: Graph, state: Ascent, number: int) -> float:
    """Drop slots that no longer enter the set; least reduced cost among the rest."""
    kept = 0
    least = np.inf
    state.tally[WORK] += state.tally[CUT]
    for i in range(state.tally[CUT]):
        k = state.cut[i]
        if state.stamp[graph.head[k]] != number:
            state.cut[kept] = k
            kept += 1
            least = min(least, state.left[k])
    state.tally[CUT] = kept
    return least


@exact_kernel
def _join_free_tails(graph: Graph, state: Ascent, terminal: int, root: int, number: int) -> int:
    """Let the tails of free entering slots join; as `_absorb`."""
    begin = state.tally[MEMBERS]
    for i in range(state.tally[CUT]):
        k = state.cut[i]
        y = graph.head[k]
        if state.left[k] > 0.0 or state.stamp[y] == number:
            continue
        if y == root:
            return REACHED
        if state.active[y] and y != terminal:
            state.waits_for[terminal] = y
            return BLOCKED
        state.stamp[y] = number
        state.member[state.tally[MEMBERS]] = y
        state.tally[MEMBERS] += 1
    return _absorb(graph, state, terminal, root, number, begin)


@exact_kernel
def begin_ascent(graph: Graph, cost: Floats, terminals: Ints, budget: Floats, keep_load: bool) -> Ascent:
    """Set up a dual ascent.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of the arc into the owner of each slot; inf closes it.
    terminals : int32 array
        Terminals other than the root.
    budget : float64 array (n,)
        Prize of each terminal; inf where it must be reached.
    keep_load : bool
        Whether to sum the charges over each node. The sum of all charges less the load of a node bounds the trees
        through that node, so that an ascent bounds the trees that avoid its root, too.

    Returns
    -------
    Ascent
        To be passed to `ascend`.
    """
    n = graph.first.size - 1
    state = Ascent(
        cost.copy(),
        budget.copy(),
        np.zeros(n, np.bool_),
        np.full(n, -1, np.int32),
        np.full(n, -1, np.int32),
        np.empty(n, np.int32),
        np.empty(graph.head.size, np.int32),
        np.zeros(n),
        np.empty(n, np.int32),
        np.full(n, -1, np.int32),
        np.zeros(5, np.int64),
        np.zeros(1),
        np.zeros(n if keep_load else 0),
    )
    for t in terminals:
        if budget[t] > 0.0:
            state.active[t] = True
            state.score[t] = graph.first[t + 1] - graph.first[t]
            state.tally[QUEUED] = heap_push(state.heap, state.place, state.score, state.tally[QUEUED], t)
    return state


@exact_kernel
def reached_freely(graph: Graph, left: Floats, root: int) -> Flags:
    """Nodes that the root reaches over arcs of no reduced cost.

    Parameters
    ----------
    graph : Graph
        The graph.
    left : float64 array (2 m,)
        Reduced cost of the arc into the owner of each slot.
    root : int
        The root.

    Returns
    -------
    bool array (n,)
        The nodes, the root included.
    """
    reached = np.zeros(graph.first.size - 1, np.bool_)
    waiting = np.empty(reached.size, np.int32)
    waiting[0] = root
    reached[root] = True
    size = 1
    while size > 0:
        size -= 1
        x = waiting[size]
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            if not reached[y] and left[graph.back[k]] <= 0.0:
                reached[y] = True
                waiting[size] = y
                size += 1
    return reached


@exact_kernel
def ascend(graph: Graph, state: Ascent, terminals: Ints, root: int, patience: float, work: int) -> bool:
    """Go on with a dual ascent for some work; `state.bound[0]` is a valid bound at any time.

    Parameters
    ----------
    graph : Graph
        The graph.
    state : Ascent
        Changed in place.
    terminals : int32 array
        As at the beginning.
    root : int
        Where all arcs lead from, -1 for none (sets are given up when they hold half of the nodes).
    patience : float
        A set goes on being charged while its cut is at most (1 + patience) times the next set's.
    work : int
        Slots to look at before returning.

    Returns
    -------
    bool
        True when nothing is left to charge. The bound is then inf if a terminal is cut off.
    """
    tally = state.tally
    until = tally[WORK] + work
    while tally[QUEUED] > 0 and tally[WORK] < until:
        t = heap_pop(state.heap, state.place, state.score, tally[QUEUED])
        tally[QUEUED] -= 1
        limit = (state.score[state.heap[0]] if tally[QUEUED] > 0 else np.inf) * (1.0 + patience)
        status, gain = _serve(graph, state, t, root, limit)
        state.bound[0] += gain
        if status == 0:
            state.score[t] = tally[CUT]
            tally[QUEUED] = heap_push(state.heap, state.place, state.score, tally[QUEUED], t)
            continue
        state.active[t] = False
        if status == GIVEN_UP or (status == REACHED and state.budget[t] <= 0.0):
            _wake(state, terminals, t)
        if not state.bound[0] < np.inf:
            return True
    return bool(tally[QUEUED] == 0)


@exact_kernel
def _wake(state: Ascent, terminals: Ints, t: int) -> None:
    """Queue the terminals that waited for t again: t has given up and will not be reached for them."""
    for s in terminals:
        if state.waits_for[s] == t:
            state.waits_for[s] = -1
            state.active[s] = True
            state.tally[QUEUED] = heap_push(state.heap, state.place, state.score, state.tally[QUEUED], s)


@exact_kernel
def _serve(graph: Graph, state: Ascent, t: int, root: int, limit: float) -> tuple[int, float]:
    """Charge the set of terminal t while its cut stays within `limit`; status and sum of the charges."""
    tally = state.tally
    number = tally[STAMP]
    tally[STAMP] += 1
    tally[MEMBERS] = 1
    state.member[0] = t
    state.stamp[t] = number
    tally[CUT] = 0
    status = _absorb(graph, state, t, root, number, 0)
    gain = 0.0
    while status == 0:
        least = _tidy_cut(graph, state, number)
        if tally[CUT] > limit:
            break
        if root < 0 and 2 * tally[MEMBERS] > state.stamp.size:
            return GIVEN_UP, gain
        amount = min(least, state.budget[t])
        gain += amount
        if not amount < np.inf:
            return REACHED, np.inf
        for i in range(tally[CUT]):
            k = state.cut[i]
            state.left[k] = max(0.0, state.left[k] - amount)
        state.budget[t] -= amount
        if state.load.size > 0:
            for i in range(tally[MEMBERS]):
                state.load[state.member[i]] += amount
        if state.budget[t] <= 0.0:
            return REACHED, gain
        status = _join_free_tails(graph, state, t, root, number)
    return status, gain
