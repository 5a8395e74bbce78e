"""Arrays of a covering problem with groups, and of a plan for it, as the kernels take them."""

from __future__ import annotations

from typing import NamedTuple

from planner.kernels.cover.structure import F64, I8, I32, I64, U64


class GroupCover(NamedTuple):
    """The problem, with groups' rows side by side.

    Attributes
    ----------
    cost : float64 array, shape (n_cols,)
        Cost of each column, positive.
    indptr, rows : int64 and int32 arrays
        Rows of each column, rising.
    group : int32 array, shape (n_rows,)
        Group of each row.
    weight : float64 array, shape (n_rows,)
        Weight of each row.
    need : float64 array, shape (n_groups,)
        Covered weight at which a group is served.
    value : float64 array, shape (n_targets, n_groups)
        What a served group adds to each target.
    required : float64 array, shape (n_targets,)
        What each target asks for.
    group_start, group_columns : int64 and int32 arrays
        Columns that touch each group.
    row_start, row_columns : int64 and int32 arrays
        Columns of each row.
    large : int8 array, shape (n_groups,)
        1 for a group of many rows: its columns' gains are then refreshed row by row.
    """

    cost: F64
    indptr: I64
    rows: I32
    group: I32
    weight: F64
    need: F64
    value: F64
    required: F64
    group_start: I64
    group_columns: I32
    row_start: I64
    row_columns: I32
    large: I8


class GroupState(NamedTuple):
    """A plan and what follows from it.

    Attributes
    ----------
    taken : int8 array, shape (n_cols,)
        1 where a column is in the plan.
    count : int32 array, shape (n_rows,)
        Times a row is covered.
    covered : float64 array, shape (n_groups,)
        Covered weight of each group.
    reached : float64 array, shape (n_targets,)
        Value of the served groups towards each target.
    gain : float64 array, shape (n_cols,)
        Surrogate gain of each column that is not taken; valid where `stale` is 0.
    stale : int8 array, shape (n_cols,)
        1 where the gain has to be computed afresh.
    barred : int64 array, shape (n_cols,)
        Round until which a column may not come back.
    total : float64 array, shape (1,)
        Cost of the plan.
    random : uint64 array, shape (1,)
        State of the generator.
    """

    taken: I8
    count: I32
    covered: F64
    reached: F64
    gain: F64
    stale: I8
    barred: I64
    total: F64
    random: U64
