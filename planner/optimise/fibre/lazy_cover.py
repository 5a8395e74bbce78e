"""Choosing the cheapest things such that every row has enough of them, where the rows are found on the way.

There are too many rows to list. A mixed-integer model of the rows known so far bounds the whole problem from below;
the rows its solution breaks are added, and it is solved again. Whether or not all rows are found, the bound holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.optimise.milp import LinearModel, solve_milp

GAP_SHARE = 0.01  # of one model: the next rows gain more than the last per cent
NODES = 100


class Row(NamedTuple):
    """So many of these things are wanted.

    Attributes
    ----------
    columns : tuple of int
        Things, rising.
    need : int
        How many of them at least.
    """

    columns: tuple[int, ...]
    need: int


def cover_lazily(
    cost: NDArray[np.float64],
    rows: Sequence[Row],
    broken: Callable[[NDArray[np.bool_]], Sequence[Row]],
    rounds: int,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[float, list[NDArray[np.bool_]]]:
    """Bound the cheapest choice that keeps every row, known or not.

    Parameters
    ----------
    cost : ndarray of float64, shape (n,)
        Cost of each thing, 0 or more.
    rows : sequence of Row
        Rows known at the start.
    broken : callable
        Rows that a choice breaks; none where it keeps all there are.
    rounds : int
        Most models solved.
    should_stop : callable, optional
        Asked before every round; True ends the search with the bound so far.

    Returns
    -------
    bound : float
        No choice that keeps all rows costs less.
    choices : list of ndarray of bool, shape (n,)
        Solutions of the models, which may break rows, the last one last.
    """
    known = dict.fromkeys(rows)
    unit = max(1.0, float(cost.max(initial=0.0)))  # figures near 1 keep the solver exact
    bound, choices = 0.0, []
    for _ in range(rounds if known else 0):
        if should_stop is not None and should_stop():
            break
        outcome = solve_milp(_model(cost / unit, list(known)), nodes=NODES, gap_share=GAP_SHARE)
        bound = max(bound, outcome.bound * unit if np.isfinite(outcome.bound) else 0.0)
        if outcome.x is None:
            break
        choices.append(outcome.x > 0.5)
        fresh = [row for row in broken(choices[-1]) if row not in known]
        if not fresh:
            break
        known.update(dict.fromkeys(fresh))
    return bound, choices


def _model(cost: NDArray[np.float64], rows: Sequence[Row]) -> LinearModel:
    """The model of some rows over the things they name; the others cost nothing to leave."""
    sizes = [len(row.columns) for row in rows]
    columns = np.array([column for row in rows for column in row.columns], dtype=np.int32)
    return LinearModel(
        cost=cost,
        lower=np.zeros(cost.size),
        upper=np.ones(cost.size),
        integer=np.ones(cost.size, dtype=bool),
        row_lower=np.array([float(row.need) for row in rows]),
        row_upper=np.full(len(rows), np.inf),
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        columns=columns,
        values=np.ones(columns.size),
    )
