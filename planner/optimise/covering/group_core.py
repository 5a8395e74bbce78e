"""Exact rounds for groups: HiGHS on the cuts known so far, more cuts where its plan is not truly feasible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.optimise import milp
from planner.optimise.covering.group_bound import CutLoop
from planner.optimise.covering.problem import I64
from planner.optimise.stopping import CLOCK, Watch

_LEAST_VIOLATION = 1e-6
_MOST_TO_PROVE = 3_000
_GAP_DONE, _GAP_OF_FEW, _GAP_OF_MANY = 1e-4, 1e-3, 5e-3
_NODES_PER_FIRST = 50
CLOSE = 0.01


@dataclass(frozen=True)
class Rounds:
    """How far exact rounds may go.

    Attributes
    ----------
    share : float
        Share of the clock's limit.
    nodes : int
        Nodes of each search tree.
    gap_share : float
        Relative gap at which a round is done.
    most : int
        Largest number of rounds.
    aim : str
        What the work of the solver goes into: "plan", "bound" or "both".
    """

    share: float
    nodes: int
    gap_share: float
    most: int = 12
    aim: milp.Aim = "both"


def few_rounds(share: float, nodes: int, *, first: bool) -> Rounds:
    """Limits of the rounds on few columns.

    Parameters
    ----------
    share : float
        Share of the clock's limit.
    nodes : int
        Nodes of the search tree on all columns.
    first : bool
        A good plan is sought: what the root finds is what counts. Later, where it was not good enough, half the nodes.

    Returns
    -------
    Rounds
        A tree on few columns proves nothing by itself.
    """
    if first:
        return Rounds(share, max(1, nodes // _NODES_PER_FIRST), _GAP_OF_FEW, aim="plan")
    return Rounds(share, max(1, nodes // 2), _GAP_OF_FEW)


def full_rounds(share: float, nodes: int, columns: int) -> Rounds:
    """Limits of the rounds on all columns a better plan can have.

    Parameters
    ----------
    share : float
        Share of the clock's limit.
    nodes : int
        Nodes of the search tree.
    columns : int
        Number of these columns.

    Returns
    -------
    Rounds
        Until nothing is left to prove where the columns are few, else one round that ends early.
    """
    if columns <= _MOST_TO_PROVE:
        return Rounds(share, nodes, _GAP_DONE, aim="bound")
    return Rounds(share, nodes, _GAP_OF_MANY, most=1, aim="bound")


def exact_rounds(
    loop: CutLoop,
    columns: I64,
    plan: Callable[[], I64],
    offer: Callable[[I64], float],
    watch: Watch,
    rounds: Rounds,
) -> float:
    """Solve the relaxation given by the cuts on some columns, cut off what is not feasible, and again.

    Parameters
    ----------
    loop : CutLoop
        Holds the cuts, gains more.
    columns : int64 array
        Columns that may be chosen, rising; they contain the best plan.
    plan : callable
        Gives the best plan so far.
    offer : callable
        Takes a plan of the relaxation, mends it, and returns the objective of the best plan so far.
    watch : Watch
        The solve's clock.
    rounds : Rounds
        Limits.

    Returns
    -------
    float
        Proven bound of every plan on these columns (minimisation); the best objective where nothing is better.
    """
    bound = -np.inf
    n, size = columns.size, loop.point(plan()).size
    n_all = loop.n_cols
    for _ in range(rounds.most):
        if watch.escaped(rounds.share):
            break
        kept = np.concatenate((columns, np.arange(n_all, size)))
        out = milp.solve_milp(
            loop.model(columns),
            start=loop.point(plan())[kept],
            nodes=rounds.nodes,
            seconds=watch.left_s(rounds.share),
            should_stop=watch.stop.should_stop,
            gap_share=rounds.gap_share,
            aim=rounds.aim,
        )
        bound = max(bound, out.bound * loop.scale)
        if out.status == CLOCK:
            watch.stopped_by = CLOCK
        if out.x is None:
            break
        point = np.zeros(size)
        point[kept] = out.x
        point[:n_all] = np.rint(point[:n_all])
        value = offer(columns[np.flatnonzero(out.x[:n] > 0.5)])
        violated = loop.cut_off(point, _LEAST_VIOLATION)
        done = value - bound <= rounds.gap_share * abs(value)
        if violated == 0 or done or out.status in {CLOCK, "limit"}:
            break
    return bound
