"""Local search for groups with thresholds: take some columns out, mend greedily, drop what is not needed.

A group counts only when the covered weight of its rows reaches its need; that is evaluated exactly. The greedy step
follows a surrogate: a column's progress towards the needs of the groups it touches, capped at the need, per cost.
Rows of a group stand side by side and the rows of a column rise, so a column meets each group in one run.
"""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.cover.group_arrays import GroupCover, GroupState
from planner.kernels.cover.structure import F64, I8, I64
from planner.kernels.cover.weighting import next_random

_SLACK = 1e-9


@exact_kernel
def _switch(column: int, p: GroupCover, s: GroupState) -> None:
    """Take a column in or out and keep counts, groups, targets and stale gains right."""
    adding = s.taken[column] == 0
    s.taken[column] = 1 if adding else 0
    s.total[0] += p.cost[column] if adding else -p.cost[column]
    entry = p.indptr[column]
    end = p.indptr[column + 1]
    while entry < end:
        group = p.group[p.rows[entry]]
        before = s.covered[group]
        change = 0.0
        first = entry
        while entry < end and p.group[p.rows[entry]] == group:
            row = p.rows[entry]
            if adding:
                if s.count[row] == 0:
                    change += p.weight[row]
                s.count[row] += 1
            else:
                s.count[row] -= 1
                if s.count[row] == 0:
                    change -= p.weight[row]
            entry += 1
        if change == 0.0:
            continue
        s.covered[group] = before + change
        limit = p.need[group] * (1.0 - _SLACK)
        was, now = before >= limit, before + change >= limit
        if was != now:
            for target in range(p.required.size):
                s.reached[target] += p.value[target, group] if now else -p.value[target, group]
        if was and now:
            continue
        near_need = abs(p.need[group] - before - change) < 4.0 * abs(change)
        if p.large[group] == 0 or was != now or near_need:
            for place in range(p.group_start[group], p.group_start[group + 1]):
                s.stale[p.group_columns[place]] = 1
        else:
            _refresh_rows(first, entry, 1 if adding else 0, p, s)
    s.stale[column] = 1


@exact_kernel
def _refresh_rows(first: int, last: int, count: int, p: GroupCover, s: GroupState) -> None:
    """Mark the columns of rows that have just been covered for the first time, or left by the last column."""
    for entry in range(first, last):
        row = p.rows[entry]
        if s.count[row] == count:
            for place in range(p.row_start[row], p.row_start[row + 1]):
                s.stale[p.row_columns[place]] = 1


@exact_kernel
def _gain(column: int, p: GroupCover, s: GroupState) -> float:
    """Progress a column would make towards the needs of unserved groups, weighed by the targets."""
    total = 0.0
    entry = p.indptr[column]
    end = p.indptr[column + 1]
    while entry < end:
        group = p.group[p.rows[entry]]
        more = 0.0
        while entry < end and p.group[p.rows[entry]] == group:
            if s.count[p.rows[entry]] == 0:
                more += p.weight[p.rows[entry]]
            entry += 1
        left = p.need[group] * (1.0 - _SLACK) - s.covered[group]
        if left <= 0.0 or more <= 0.0:
            continue
        worth = 0.0
        for target in range(p.required.size):
            if p.required[target] > 0.0:
                worth += p.value[target, group] / p.required[target]
        share = min(1.0, more / left)
        total += worth * share * (left / p.need[group]) * (1.0 if share < 1.0 else 1.25)
    return total


@exact_kernel
def _met(p: GroupCover, s: GroupState) -> bool:
    for target in range(p.required.size):
        if s.reached[target] < p.required[target] - _SLACK * max(1.0, abs(p.required[target])):
            return False
    return True


@exact_kernel
def _best_column(p: GroupCover, s: GroupState, round_: int, room: float) -> int:
    """Column of most gain per cost that fits the room; -1 for none."""
    best, found = 0.0, -1
    for column in range(p.cost.size):
        if s.taken[column] == 1 or p.cost[column] > room or s.barred[column] > round_:
            continue
        if s.stale[column] == 1:
            s.gain[column] = _gain(column, p, s)
            s.stale[column] = 0
        if s.gain[column] > best * p.cost[column]:
            best, found = s.gain[column] / p.cost[column], column
    return found


@exact_kernel
def _still_met_without(column: int, p: GroupCover, s: GroupState, lost: F64) -> bool:
    """Whether all targets hold (or, without requirements, nothing is lost) when a column goes."""
    lost[:] = 0.0
    entry = p.indptr[column]
    end = p.indptr[column + 1]
    while entry < end:
        group = p.group[p.rows[entry]]
        less = 0.0
        while entry < end and p.group[p.rows[entry]] == group:
            if s.count[p.rows[entry]] == 1:
                less += p.weight[p.rows[entry]]
            entry += 1
        limit = p.need[group] * (1.0 - _SLACK)
        if s.covered[group] >= limit and s.covered[group] - less < limit:
            for target in range(p.required.size):
                lost[target] += p.value[target, group]
    for target in range(p.required.size):
        kept = s.reached[target] - lost[target]
        if kept < p.required[target] - _SLACK * max(1.0, abs(p.required[target])):
            return False
    return True


@exact_kernel
def drop_unneeded(p: GroupCover, s: GroupState, noise: float) -> int:
    """Drop columns without which all targets still hold, the dearest first.

    Parameters
    ----------
    p : GroupCover
        The problem.
    s : GroupState
        The plan, changed in place.
    noise : float
        Share by which costs are disturbed in the order, 0 for none.

    Returns
    -------
    int
        Number of columns dropped.
    """
    taken = np.flatnonzero(s.taken)
    key = np.empty(taken.size)
    for place in range(taken.size):
        draw = next_random(s.random, 1_000_000) * 1e-6 if noise > 0.0 else 0.0
        key[place] = -p.cost[taken[place]] * (1.0 + noise * draw)
    lost = np.zeros(p.required.size)
    dropped = 0
    for place in np.argsort(key, kind="mergesort"):
        if _still_met_without(taken[place], p, s, lost):
            _switch(taken[place], p, s)
            dropped += 1
    return dropped


@exact_kernel
def mend(p: GroupCover, s: GroupState, round_: int) -> bool:
    """Add columns of most gain per cost until all targets hold.

    Parameters
    ----------
    p : GroupCover
        The problem.
    s : GroupState
        The plan, changed in place.
    round_ : int
        Present round, for columns that are barred for a while.

    Returns
    -------
    bool
        False where no column helps any more and a target is still missed.
    """
    while not _met(p, s):
        column = _best_column(p, s, round_, np.inf)
        if column < 0:
            return False
        _switch(column, p, s)
    return True


@exact_kernel
def set_plan(p: GroupCover, s: GroupState, plan: I64) -> None:
    """Begin from a plan.

    Parameters
    ----------
    p : GroupCover
        The problem.
    s : GroupState
        State, overwritten (the generator goes on).
    plan : int64 array
        Columns.
    """
    s.taken[:] = 0
    s.count[:] = 0
    s.covered[:] = 0.0
    s.reached[:] = 0.0
    for group in range(p.need.size):
        if p.need[group] <= 0.0:
            for target in range(p.required.size):
                s.reached[target] += p.value[target, group]
    s.stale[:] = 1
    s.barred[:] = 0
    s.total[0] = 0.0
    for place in range(plan.size):
        if s.taken[plan[place]] == 0:
            _switch(plan[place], p, s)


@exact_kernel
def _take_out(p: GroupCover, s: GroupState, round_: int, most: int, gone: I64) -> int:
    """Take out a random column and others of the plan near it (sharing a group) or anywhere; returns how many."""
    taken = np.flatnonzero(s.taken)
    if taken.size == 0:
        return 0
    size = 1 + next_random(s.random, most)
    first = taken[next_random(s.random, taken.size)]
    near = next_random(s.random, 4) > 0
    gone[0] = first
    _switch(first, p, s)
    if next_random(s.random, 3) > 0:
        s.barred[first] = round_ + 1 + next_random(s.random, 4)
    made = 1
    anchor = first
    for _ in range(4 * size):
        if made >= size or made >= taken.size:
            break
        if near:
            row = p.rows[p.indptr[anchor] + next_random(s.random, p.indptr[anchor + 1] - p.indptr[anchor])]
            group = p.group[row]
            span = p.group_start[group + 1] - p.group_start[group]
            column = p.group_columns[p.group_start[group] + next_random(s.random, span)]
            anchor = column
        else:
            column = taken[next_random(s.random, taken.size)]
        if s.taken[column] == 1:
            gone[made] = column
            _switch(column, p, s)
            made += 1
    return made


@exact_kernel
def cover_search(p: GroupCover, s: GroupState, best: I8, rounds: int, begin: int, most: int) -> int:
    """Search for cheaper plans that meet all targets.

    Parameters
    ----------
    p : GroupCover
        The problem.
    s : GroupState
        A plan that meets all targets, changed in place.
    best : int8 array, shape (n_cols,)
        The best plan, changed in place.
    rounds : int
        Rounds to make.
    begin : int
        Rounds made before.
    most : int
        Largest number of columns taken out at once.

    Returns
    -------
    int
        Rounds in which the best plan became cheaper.
    """
    best_cost = 0.0
    for column in range(p.cost.size):
        if best[column] == 1:
            best_cost += p.cost[column]
    before = s.taken.copy()
    gone = np.empty(most + 1, np.int64)
    better = 0
    for step in range(rounds):
        round_ = begin + step + 1
        old = s.total[0]
        before[:] = s.taken
        _take_out(p, s, round_, most, gone)
        kept = mend(p, s, round_)
        if kept:
            drop_unneeded(p, s, 0.3)
            heat = 0.01 * best_cost * (next_random(s.random, 1000) * 1e-3) ** 4
            kept = s.total[0] <= min(old, best_cost * 1.01) + heat + 1e-9
        if not kept:
            for column in range(p.cost.size):
                if s.taken[column] != before[column]:
                    _switch(column, p, s)
        elif s.total[0] < best_cost - 1e-9 * max(1.0, best_cost):
            best_cost = s.total[0]
            best[:] = s.taken
            better += 1
    return better


@exact_kernel
def budget_search(p: GroupCover, s: GroupState, best: I8, budget: float, rounds: int, begin: int, most: int) -> float:
    """Search for plans of more value within a budget; there is one target and it asks for everything.

    Parameters
    ----------
    p : GroupCover
        The problem, with one target whose `required` only scales the gains.
    s : GroupState
        A plan within the budget, changed in place.
    best : int8 array, shape (n_cols,)
        The best plan, changed in place.
    budget : float
        Cost that may not be exceeded.
    rounds : int
        Rounds to make.
    begin : int
        Rounds made before.
    most : int
        Largest number of columns taken out at once.

    Returns
    -------
    float
        Value of the best plan.
    """
    before = s.taken.copy()
    gone = np.empty(most + 1, np.int64)
    top = s.reached[0]
    best[:] = s.taken
    for step in range(rounds):
        round_ = begin + step + 1
        old, old_cost = s.reached[0], s.total[0]
        before[:] = s.taken
        _take_out(p, s, round_, most, gone)
        fill(p, s, budget, round_)
        if s.reached[0] < old or (s.reached[0] == old and s.total[0] > old_cost):
            for column in range(p.cost.size):
                if s.taken[column] != before[column]:
                    _switch(column, p, s)
        elif s.reached[0] > top + 1e-12 * abs(top):
            top = s.reached[0]
            best[:] = s.taken
    return top


@exact_kernel
def fill(p: GroupCover, s: GroupState, budget: float, round_: int) -> None:
    """Spend what is left of a budget, then drop columns that serve nothing, once more.

    Parameters
    ----------
    p : GroupCover
        The problem, with one target.
    s : GroupState
        A plan within the budget, changed in place.
    budget : float
        Cost that may not be exceeded.
    round_ : int
        Present round, for columns that are barred for a while.
    """
    lost = np.zeros(1)
    for _ in range(3):
        added = False
        while True:
            column = _best_column(p, s, round_, budget - s.total[0] + 1e-9 * budget)
            if column < 0:
                break
            _switch(column, p, s)
            added = True
        dropped = False
        for column in np.flatnonzero(s.taken):
            if _loses_nothing(column, p, s, lost):
                _switch(column, p, s)
                s.barred[column] = round_ + 1
                dropped = True
        if not (added and dropped):
            break


@exact_kernel
def _loses_nothing(column: int, p: GroupCover, s: GroupState, lost: F64) -> bool:
    _still_met_without(column, p, s, lost)
    return lost[0] <= 0.0
