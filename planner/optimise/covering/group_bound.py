"""Bound of a problem with groups: a linear programme over columns and groups that grows by violated cuts.

Variables: x (columns, 0..1), z (groups, 0..1) and, for groups of many rows, t (covered weight of each block of rows as
a share of the group's need). Every cut holds for all columns, so the bound is for the unthinned set; it is computed
from the row duals, not taken from the solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.kernels.cover.group_cuts import CutRows, choose_given_rows, cut_coefficients
from planner.kernels.cover.structure import cover_counts
from planner.optimise import milp
from planner.optimise.covering.group_problem import LARGE_GROUP_ROWS, GroupMatrix
from planner.optimise.covering.problem import F64, I64
from planner.optimise.stopping import Watch

_BLOCK_ROWS = 48
_ROUNDS = 60
_LEAST_VIOLATION = 1e-3
_STALL_ROUNDS = 4
_STALL_SHARE = 2e-4


@dataclass(frozen=True)
class Units:
    """Small groups and blocks of large groups: what a cut is written for.

    Attributes
    ----------
    start : int64 array, shape (n_units + 1,)
        First row of each unit.
    need : float64 array, shape (n_units,)
        Need of a small group, inf for a block.
    group : int64 array, shape (n_units,)
        Group of each unit.
    variable : int64 array, shape (n_units,)
        Variable of each unit in the linear programme: its z, or its t for a block.
    scale : float64 array, shape (n_units,)
        Weight that one unit of the variable stands for: 1 for a z, the group's need for a t.
    """

    start: I64
    need: F64
    group: I64
    variable: I64
    scale: F64


@dataclass
class CutBound:
    """The best bound found, with what is needed to fix columns.

    Attributes
    ----------
    bound : float
        Proven bound, in the problem's money (or value, negative, for a budget).
    reduced : float64 array, shape (n_cols,)
        Reduced costs of the columns at the bound.
    x : float64 array, shape (n_cols,)
        Fractional plan of the last linear programme.
    """

    bound: float
    reduced: F64
    x: F64


def make_units(matrix: GroupMatrix) -> Units:
    """Split large groups into blocks of neighbouring rows.

    Parameters
    ----------
    matrix : GroupMatrix
        The problem.

    Returns
    -------
    Units
        Units in the order of the rows.
    """
    n, groups = matrix.n_cols, matrix.n_groups
    sizes = np.diff(matrix.group_rows)
    blocks = np.where(sizes > LARGE_GROUP_ROWS, -(-sizes // _BLOCK_ROWS), 1)
    group = np.repeat(np.arange(groups), blocks)
    within = np.arange(group.size) - np.repeat(np.cumsum(blocks) - blocks, blocks)
    start = matrix.group_rows[group] + within * _BLOCK_ROWS
    is_block = blocks[group] > 1
    variable = n + group
    variable[is_block] = n + groups + np.arange(int(is_block.sum()))
    need = matrix.cover.need[group]
    return Units(
        np.append(start, matrix.group_rows[-1]).astype(np.int64),
        np.where(is_block, np.inf, need),
        group.astype(np.int64),
        variable.astype(np.int64),
        np.where(is_block, need, 1.0),
    )


class CutLoop:
    """The growing linear programme of one problem, for least cost or for a budget.

    Parameters
    ----------
    matrix : GroupMatrix
        The problem.
    budget : float or None
        Budget to keep (then the value of the first target is maximised), None to meet all targets at least cost.
    watch : Watch
        The solve's clock.
    """

    def __init__(self, matrix: GroupMatrix, budget: float | None, watch: Watch) -> None:
        self._m, self._watch = matrix, watch
        self.units = make_units(matrix)
        u = self.units
        self._cut_rows = CutRows(u.start, u.need, matrix.cover.weight, matrix.row_start, matrix.row_columns)
        n, groups = matrix.n_cols, matrix.n_groups
        blocks = self.units.need == np.inf
        self._size = n + groups + int(blocks.sum())
        c = matrix.cover
        self.scale = float(c.cost.mean()) if budget is None else float(max(1e-12, c.value[0].mean()))
        cost, upper = np.zeros(self._size), np.ones(self._size)
        if budget is None:
            cost[:n] = c.cost / self.scale
        else:
            cost[n : n + groups] = -c.value[0] / self.scale
        if blocks.any():
            weight = np.add.reduceat(c.weight, self.units.start[:-1])[blocks]
            upper[n + groups :] = weight / self.units.scale[blocks]
        rows, lower = self._first_rows(budget)
        self._upper, self._cost = upper, cost
        self._rows, self._lower = [rows], [lower]
        zeros = np.zeros(self._size)
        model = milp.LinearModel(
            cost,
            zeros,
            upper,
            np.zeros(self._size, np.bool_),
            lower,
            np.full(lower.size, np.inf),
            rows.indptr.astype(np.int64),
            rows.indices.astype(np.int32),
            rows.data,
        )
        self._lp = milp.GrowingLp(model, watch.stop.should_stop)
        given = np.zeros(c.weight.size, np.int8)
        self._add_cuts(np.arange(self.units.need.size), given)

    @property
    def n_cols(self) -> int:
        """Number of columns of the problem."""
        return self._m.n_cols

    def _first_rows(self, budget: float | None) -> tuple[sparse.csr_array, F64]:
        """Targets (or the budget), and the sums of blocks."""
        c, n, groups = self._m.cover, self._m.n_cols, self._m.n_groups
        if budget is None:
            open_targets = c.required > 0.0
            scale = np.maximum(1e-12, c.required[open_targets])
            z_part = c.value[open_targets] / scale[:, None]
            head = sparse.csr_array((z_part.shape[0], self._size)).tolil()
            head[:, n : n + groups] = z_part
            lower = [1.0 - 1e-9] * z_part.shape[0]
        else:
            head = sparse.csr_array((1, self._size)).tolil()
            head[:, :n] = -(c.cost / budget)[None, :]
            lower = [-1.0 - 1e-9]
        u = self.units
        blocks = np.flatnonzero(u.need == np.inf)
        large = np.unique(u.group[blocks])
        place = np.searchsorted(large, u.group[blocks])
        sums = sparse.coo_array(
            (
                np.concatenate((np.ones(blocks.size), -np.ones(large.size))),
                (
                    np.concatenate((place, np.arange(large.size))),
                    np.concatenate((u.variable[blocks], n + large)),
                ),
            ),
            shape=(large.size, self._size),
        )
        rows = sparse.csr_array(sparse.vstack((head, sums)).tocsr())
        return rows, np.array(lower + [-1e-9] * large.size)

    def _add_cuts(self, chosen: I64, given: np.ndarray) -> None:
        u, m = self.units, self._m
        start, columns, values, constant = cut_coefficients(self._cut_rows, chosen, given, m.n_cols)
        values = values / np.repeat(u.scale[chosen], np.diff(start))
        x_part = sparse.csr_array((values, columns, start), shape=(chosen.size, self._size))
        z_part = sparse.csr_array(
            (-np.ones(chosen.size), u.variable[chosen], np.arange(chosen.size + 1)),
            shape=(chosen.size, self._size),
        )
        rows = sparse.csr_array(x_part + z_part)
        lower = -constant / u.scale[chosen]
        self._lp.add(lower, rows.indptr.astype(np.int64), rows.indices.astype(np.int32), rows.data)
        self._rows.append(rows)
        self._lower.append(lower)

    def run(self, share: float) -> CutBound | None:
        """Solve and cut until nothing is violated, the bound stalls, or an escape strikes.

        Parameters
        ----------
        share : float
            Share of the clock's limit this may use.

        Returns
        -------
        CutBound or None
            The best bound; None where not even the first linear programme was finished.
        """
        m = self._m
        best: CutBound | None = None
        history: list[float] = []
        for _ in range(_ROUNDS):
            out = self._lp.solve(self._watch.left_s(share))
            if out.x is None or out.duals is None:
                self._watch.escaped(share)
                break
            bound, reduced = self._proven(out.duals)
            x = out.x[: m.n_cols]
            if best is None or bound > best.bound:
                best = CutBound(bound, reduced, x)
            best.x = x
            history.append(best.bound)
            if self._stalled(history) or self._watch.escaped(share):
                break
            if self.cut_off(out.x, _LEAST_VIOLATION) == 0:
                break
        return best

    @staticmethod
    def _stalled(history: list[float]) -> bool:
        """Whether the bound has hardly moved over the last rounds."""
        if len(history) <= _STALL_ROUNDS:
            return False
        return history[-1] - history[-1 - _STALL_ROUNDS] < _STALL_SHARE * abs(history[-1])

    def cut_off(self, point: F64, least: float) -> int:
        """Add the cuts a point violates.

        Parameters
        ----------
        point : float64 array
            Values of x, z and t.
        least : float
            Violation below which a cut is not worth a row.

        Returns
        -------
        int
            Number of cuts added; for a whole x, 0 means that the point is truly feasible.
        """
        m, u = self._m, self.units
        given = np.zeros(m.cover.weight.size, np.int8)
        violation = np.zeros(u.need.size)
        level = point[u.variable] * u.scale
        x = point[: m.n_cols]
        choose_given_rows(self._cut_rows, x, level, given, violation)
        chosen = np.flatnonzero(violation > least)
        if chosen.size:
            self._add_cuts(chosen, given)
        return int(chosen.size)

    def point(self, plan: I64) -> F64:
        """Values of x, z and t of a plan.

        Parameters
        ----------
        plan : int64 array
            Columns.

        Returns
        -------
        float64 array
            The point; it satisfies every cut.
        """
        m, u = self._m, self.units
        c = m.cover
        covered = cover_counts(c.indptr, c.rows, plan, c.weight.size) > 0
        weight = np.bincount(c.group, c.weight * covered, m.n_groups)
        point = np.zeros(self._size)
        point[plan] = 1.0
        point[m.n_cols : m.n_cols + m.n_groups] = weight >= c.need * (1.0 - 1e-9)
        blocks = u.need == np.inf
        if blocks.any():
            sums = np.add.reduceat(c.weight * covered, u.start[:-1])
            point[u.variable[blocks]] = sums[blocks] / u.scale[blocks]
        return point

    def model(self, columns: I64) -> milp.LinearModel:
        """All rows as a mixed-integer relaxation in which only some columns may be chosen.

        Parameters
        ----------
        columns : int64 array
            Columns that may be chosen, rising; the variables are these, then z and t.

        Returns
        -------
        LinearModel
            x and z whole, t continuous; costs are in units of `scale`, which the solver's tolerances are made for. A
            solution of it need not be feasible: `cut_off` tells.
        """
        n, groups = self._m.n_cols, self._m.n_groups
        kept = np.concatenate((columns, np.arange(n, self._size)))
        matrix, lower = self._stacked()
        rows = sparse.csr_array(matrix[:, kept])
        whole = np.zeros(kept.size, np.bool_)
        whole[: columns.size + groups] = True
        return milp.LinearModel(
            self._cost[kept],
            np.zeros(kept.size),
            self._upper[kept],
            whole,
            lower,
            np.full(lower.size, np.inf),
            rows.indptr.astype(np.int64),
            rows.indices.astype(np.int32),
            rows.data,
        )

    def _stacked(self) -> tuple[sparse.csr_array, F64]:
        """All rows in one matrix, and their right sides."""
        if len(self._rows) > 1:
            self._rows = [sparse.csr_array(sparse.vstack(self._rows).tocsr())]
            self._lower = [np.concatenate(self._lower)]
        return self._rows[0], self._lower[0]

    def _proven(self, duals: F64) -> tuple[float, F64]:
        """Bound from the duals (whatever they are, once not negative) and the reduced costs of the columns."""
        matrix, lower = self._stacked()
        prices = np.maximum(duals, 0.0)
        reduced = self._cost - matrix.T @ prices
        bound = float(prices @ lower + np.minimum(reduced, 0.0) @ self._upper)
        return bound * self.scale, reduced[: self._m.n_cols] * self.scale
