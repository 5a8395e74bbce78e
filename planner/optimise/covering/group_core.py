"""The exact model of a problem with groups on the columns that reduced costs leave, solved by HiGHS."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from planner.optimise import milp
from planner.optimise.covering.group_bound import CutBound
from planner.optimise.covering.group_problem import GroupMatrix
from planner.optimise.covering.problem import F64, I64, Bool
from planner.optimise.stopping import Watch

CORE_NNZ = 4_000_000


def core_model(core: GroupMatrix, budget: float | None, cuts: CutBound | None, kept: I64) -> milp.LinearModel:
    """Write the exact model: x whole, z whole, y (row covered) continuous between 0 and 1.

    Parameters
    ----------
    core : GroupMatrix
        The problem cut down to its core columns.
    budget : float or None
        Budget to keep, None to meet all targets.
    cuts : CutBound or None
        Cuts of the bound, added to tighten the relaxation.
    kept : int64 array
        Columns of the uncut problem that are in the core.

    Returns
    -------
    LinearModel
        Variables x, z, y in this order.
    """
    c = core.cover
    n, groups, rows = core.n_cols, core.n_groups, c.weight.size
    size = n + groups + rows
    covers = sparse.csr_array((np.ones(core.row_columns.size), core.row_columns, core.row_start), shape=(rows, n))
    y_part = -sparse.eye_array(rows, format="csr")
    links = sparse.hstack((covers, sparse.csr_array((rows, groups)), y_part), format="csr")
    share = c.weight / c.need[c.group]
    needs = sparse.hstack(
        (
            sparse.csr_array((groups, n)),
            -sparse.eye_array(groups, format="csr"),
            sparse.csr_array((share, (c.group, np.arange(rows))), shape=(groups, rows)),
        ),
        format="csr",
    )
    parts, lower = [links, needs], [np.zeros(rows), np.full(groups, -1e-9)]
    if budget is None:
        scale = np.maximum(1e-12, c.required)[:, None]
        targets = sparse.hstack(
            (
                sparse.csr_array((c.required.size, n)),
                sparse.csr_array(c.value / scale),
                sparse.csr_array((c.required.size, rows)),
            ),
            format="csr",
        )
        parts.append(targets)
        lower.append(np.where(c.required > 0.0, 1.0 - 1e-9, 0.0))
    else:
        spend = sparse.csr_array(-(c.cost / budget)[None, :])
        parts.append(sparse.hstack((spend, sparse.csr_array((1, groups + rows))), format="csr"))
        lower.append(np.array([-1.0 - 1e-9]))
    if cuts is not None:
        tight = _tight_cuts(core, cuts, kept)
        parts.append(sparse.hstack((tight[0], sparse.csr_array((tight[1].size, rows))), format="csr"))
        lower.append(tight[1])
    cost = np.zeros(size)
    if budget is None:
        cost[:n] = c.cost
    else:
        cost[n : n + groups] = -c.value[0]
    whole = np.zeros(size, np.bool_)
    whole[: n + groups] = True
    matrix = sparse.vstack(parts, format="csr")
    right = np.concatenate(lower)
    return milp.LinearModel(
        cost,
        np.zeros(size),
        np.ones(size),
        whole,
        right,
        np.full(right.size, np.inf),
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data,
    )


def _tight_cuts(core: GroupMatrix, cuts: CutBound, kept: I64) -> tuple[sparse.csr_array, F64]:
    """Cuts of small groups that are nearly tight at the fractional plan, over x and z of the core."""
    n_all = cuts.x.size
    groups = core.n_groups
    over = cuts.matrix[:, : n_all + groups]
    has_block = np.asarray(cuts.matrix[:, n_all + groups :].count_nonzero(axis=1)) > 0
    z = np.asarray(cuts.matrix[:, n_all : n_all + groups].count_nonzero(axis=1)) == 1
    pick = np.flatnonzero(z & ~has_block)
    over = sparse.csr_array(over[pick])
    columns = np.concatenate((kept, n_all + np.arange(groups)))
    return sparse.csr_array(over[:, columns]), cuts.lower[pick]


def start_point(core: GroupMatrix, plan: I64) -> F64:
    """Values of x, z and y of a plan.

    Parameters
    ----------
    core : GroupMatrix
        The core.
    plan : int64 array
        Columns of the plan, by the core's numbers.

    Returns
    -------
    float64 array
        The point.
    """
    c = core.cover
    x = np.zeros(core.n_cols)
    x[plan] = 1.0
    y = np.zeros(c.weight.size)
    for column in plan:
        y[c.rows[c.indptr[column] : c.indptr[column + 1]]] = 1.0
    covered = np.bincount(c.group, c.weight * y, core.n_groups)
    z: Bool = covered >= c.need * (1.0 - 1e-9)
    return np.concatenate((x, z.astype(np.float64), y))


def solve_core(
    core: GroupMatrix,
    budget: float | None,
    cuts: CutBound | None,
    kept: I64,
    plan: I64,
    watch: Watch,
    gap_share: float,
) -> milp.Outcome | None:
    """Solve the exact model of a core from a plan.

    Parameters
    ----------
    core : GroupMatrix
        The problem cut down to its core columns.
    budget : float or None
        Budget to keep, None to meet all targets.
    cuts : CutBound or None
        Cuts of the bound.
    kept : int64 array
        Columns of the uncut problem that are in the core.
    plan : int64 array
        Columns of the best plan, by the core's numbers.
    watch : Watch
        The solve's clock and counted work (one node an iteration).
    gap_share : float
        Relative gap at which the solve is done.

    Returns
    -------
    Outcome or None
        HiGHS's answer; None where the core is too large to try or an escape has struck.
    """
    if core.cover.rows.size > CORE_NNZ or watch.escaped():
        return None
    model = core_model(core, budget, cuts, kept)
    return milp.solve_milp(
        model,
        start=start_point(core, plan),
        nodes=watch.stop.iterations,
        seconds=watch.left_s(),
        should_stop=watch.stop.should_stop,
        gap_share=gap_share,
    )
