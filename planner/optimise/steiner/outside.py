"""Bound of the prize-collecting trees that avoid a given node: what justifies taking that node as root.

Nodes of large prize are taken away one after the other. An ascent rooted at the next one, r, bounds the trees through
r by the sum of its charges, and those through any other node by that sum less the node's load plus the prize of r.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.kernels.steiner.ascent import ascend, begin_ascent
from planner.kernels.steiner.types import Graph
from planner.optimise.steiner.network import FloatArray
from planner.optimise.steiner.pool import PATIENCE, WORK_CHUNK
from planner.optimise.stopping import Watch

MOST_BRANCHES = 12
"""Nodes taken away one after the other."""
FREE_ROOT_EDGES = 5_000
"""Edges up to which ascents without any root, slower but sometimes better, are run as well."""


@dataclass(frozen=True)
class PrizeProblem:
    """Prize-collecting problem on rows.

    Attributes
    ----------
    graph : Graph
        The graph.
    slot_cost : float64 array (2 m,)
        Cost of each slot.
    prize : float64 array (n,)
        Prizes.
    """

    graph: Graph
    slot_cost: FloatArray
    prize: FloatArray


class Lap(NamedTuple):
    """A part of a solve: its watch, and the share of the clock's limit that may be used."""

    watch: Watch
    share: float


def bound_without(problem: PrizeProblem, root: int, cutoff: float, lap: Lap) -> float:
    """Bound the cost plus missed prizes of all trees that avoid a node.

    Parameters
    ----------
    problem : PrizeProblem
        The problem.
    root : int
        The node to avoid.
    cutoff : float
        A bound above this is as good as any.
    lap : Lap
        When to stop.

    Returns
    -------
    float
        The bound; inf where no tree can avoid the node.
    """
    without = [root]
    best, branches = 0.0, np.inf
    while len(without) <= MOST_BRANCHES:
        if np.isinf(problem.prize[without[-1]]):
            return max(best, branches)
        through, other, following = _bounds_around(problem, without, lap)
        best = max(best, min(branches, through, other))
        branches = min(branches, through)
        if best > cutoff or branches <= best or lap.watch.escaped(lap.share):
            return best
        without.append(following)
    return best


def _bounds_around(problem: PrizeProblem, without: list[int], lap: Lap) -> tuple[float, float, int]:
    """Bounds of the trees without some nodes: through the dearest node left, through none such; that node."""
    gone = np.zeros(len(problem.prize), np.bool_)
    gone[without] = True
    graph = problem.graph
    owner = np.repeat(np.arange(len(gone)), np.diff(graph.first))
    cost = np.where(gone[owner] | gone[graph.head], np.inf, problem.slot_cost)
    prize = np.where(gone, 0.0, problem.prize)
    following = int(np.argmax(prize))
    lost = float(problem.prize[without].sum())
    through, other = bounds_from(PrizeProblem(graph, cost, prize), following, lap)
    if len(cost) < 2 * FREE_ROOT_EDGES:
        terminals = np.flatnonzero(prize > 0.0).astype(np.int32)
        charged, load = _charges(PrizeProblem(graph, cost, prize), terminals, -1, lap)
        other = max(other, charged - load)
    return lost + through, lost + other, following


def bounds_from(problem: PrizeProblem, root: int, lap: Lap) -> tuple[float, float]:
    """Bounds from one ascent, valid wherever it is interrupted.

    Parameters
    ----------
    problem : PrizeProblem
        The problem.
    root : int
        Where the ascent leads from.
    lap : Lap
        When to stop.

    Returns
    -------
    tuple of float
        Bounds of the cost plus missed prizes of the trees with the root, and of those without it.
    """
    terminals = np.flatnonzero(problem.prize > 0.0).astype(np.int32)
    charged, load = _charges(problem, terminals[terminals != root], root, lap)
    return charged, charged - max(0.0, load - float(problem.prize[root]))


def _charges(problem: PrizeProblem, terminals: np.ndarray, root: int, lap: Lap) -> tuple[float, float]:
    """Sum of the charges of an ascent and the greatest load of a node."""
    graph = problem.graph
    state = begin_ascent(graph, problem.slot_cost, terminals, problem.prize, True)
    while not ascend(graph, state, terminals, root, PATIENCE, WORK_CHUNK) and not lap.watch.escaped(lap.share):
        pass
    return float(state.bound[0]), float(state.load.max(initial=0.0))
