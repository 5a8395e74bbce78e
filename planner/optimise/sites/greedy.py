"""The plan most planners would make by hand: always the work with most still wanted per dong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimise.sites.problem import SiteProblem

_TIGHT = 1e-9


def plain_greedy_vnd(joined: SiteProblem) -> int:
    """Cost of always taking the work with most still wanted weight per dong, until the targets hold.

    Parameters
    ----------
    joined : SiteProblem
        The covering problem.

    Returns
    -------
    int
        Cost of that plan, VND; what most planners would do by hand.
    """
    greedy = _Greedy(joined)
    for given in np.flatnonzero(joined.problem.states() > 0).tolist():
        greedy.take(given)
    while not greedy.done():
        pick = greedy.best()
        if pick < 0:
            break
        greedy.take(pick)
    return round(greedy.total)


class _Greedy:
    """Weight still wanted per column, kept up to date as rows are covered and groups served."""

    def __init__(self, joined: SiteProblem) -> None:
        problem = joined.problem
        assert problem.group is not None
        assert problem.group_need is not None
        self._problem, self._required, self._group = problem, joined.required, problem.group
        self._weight, self._values = problem.weights(), problem.values()
        self._left = problem.group_need.copy()
        self._open = np.ones(problem.n_rows, dtype=bool)
        column = np.repeat(np.arange(problem.n_cols), np.diff(problem.indptr))
        order = np.argsort(problem.rows, kind="stable")
        self._by_row = column[order]
        self._start = np.searchsorted(problem.rows[order], np.arange(problem.n_rows + 1))
        by_group = np.argsort(self._group, kind="stable")
        self._group_rows = np.split(by_group, np.searchsorted(self._group[by_group], np.arange(1, self._left.size)))
        self._gain = np.bincount(column, weights=self._weight[problem.rows], minlength=problem.n_cols)
        self._may = problem.states() >= 0
        self.total = 0.0

    def done(self) -> bool:
        """Whether every share is reached."""
        return bool((self._values @ (self._left <= _TIGHT) >= self._required - _TIGHT).all())

    def best(self) -> int:
        """Column with most wanted weight per cost; -1 where none helps."""
        score = np.where(self._may, self._gain / np.maximum(self._problem.cost, 1.0), 0.0)
        pick = int(np.argmax(score))
        return pick if self._gain[pick] > _TIGHT and score[pick] > 0.0 else -1

    def take(self, pick: int) -> None:
        """Put a column into the plan."""
        self._may[pick] = False
        self.total += float(self._problem.cost[pick])
        rows = self._problem.rows[self._problem.indptr[pick] : self._problem.indptr[pick + 1]]
        fresh = rows[self._open[rows]]
        np.subtract.at(self._left, self._group[fresh], self._weight[fresh])
        served = np.unique(self._group[fresh])
        served = served[self._left[served] <= _TIGHT]
        closing = [self._group_rows[group] for group in served]
        rest = np.concatenate(closing) if closing else np.empty(0, dtype=np.int64)
        self._close(np.unique(np.concatenate([fresh, rest[self._open[rest]]])))

    def _close(self, rows: NDArray[np.int64]) -> None:
        """Rows nobody asks for any more."""
        self._open[rows] = False
        for row in rows:
            self._gain[self._by_row[self._start[row] : self._start[row + 1]]] -= self._weight[row]
