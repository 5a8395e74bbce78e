"""What a covering problem and its answer are, free of planning words, and what makes a problem senseless."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planner.errors import Complaint, ConfigError
from planner.kernels.cover.structure import all_rise, transpose, without_repeats

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I8 = npt.NDArray[np.int8]
Bool = npt.NDArray[np.bool_]

FREE, CHOSEN, FORBIDDEN = 0, 1, -1
_SHOWN = 5


@dataclass(frozen=True)
class CoverProblem:
    """Columns (candidates) that cover rows (demands).

    Attributes
    ----------
    cost : float64 array, shape (n_cols,)
        Cost of a column: positive where it is free, not negative where it is fixed in the plan.
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    n_rows : int
        Number of rows.
    weight : float64 array, shape (n_rows,), or None
        Weight of a row, not negative; 1 each without it.
    fixed : int8 array, shape (n_cols,), or None
        0 free, 1 in the plan, -1 forbidden; all free without it.
    group : int32 array, shape (n_rows,), or None
        Group of a row, -1 for a row of no group.
    group_need : float64 array, shape (n_groups,), or None
        A group is served when the covered weight of its rows reaches this.
    group_value : float64 array, shape (n_groups,) or (n_targets, n_groups), or None
        What serving a group is worth, towards each target where there are several; 1 each without it.
    """

    cost: F64
    indptr: I64
    rows: I32
    n_rows: int
    weight: F64 | None = None
    fixed: I8 | None = None
    group: I32 | None = None
    group_need: F64 | None = None
    group_value: F64 | None = None

    @property
    def n_cols(self) -> int:
        """Number of columns."""
        return int(self.cost.size)

    @property
    def n_groups(self) -> int:
        """Number of groups, 0 without groups."""
        return 0 if self.group_need is None else int(self.group_need.size)

    def weights(self) -> F64:
        """Weight of every row.

        Returns
        -------
        float64 array, shape (n_rows,)
            Ones where the problem gives none.
        """
        return np.ones(self.n_rows) if self.weight is None else self.weight

    def states(self) -> I8:
        """State of every column.

        Returns
        -------
        int8 array, shape (n_cols,)
            0 free, 1 in the plan, -1 forbidden.
        """
        return np.zeros(self.n_cols, np.int8) if self.fixed is None else self.fixed

    def values(self) -> F64:
        """Value of serving each group.

        Returns
        -------
        float64 array, shape (n_targets, n_groups)
            One row a target.
        """
        if self.group_value is None:
            return np.ones((1, self.n_groups))
        return np.atleast_2d(self.group_value)


@dataclass(frozen=True)
class Alone:
    """What each selected column serves that no other selected column serves.

    Attributes
    ----------
    rows : list of int64 arrays
        Rows covered by this column only, in the order of `CoverResult.selected`.
    groups : list of int64 arrays
        Groups that would no longer be served without this column.
    """

    rows: list[I64] = field(default_factory=list)
    groups: list[I64] = field(default_factory=list)


@dataclass(frozen=True)
class CoverResult:
    """A plan and the proof of how good it is.

    Attributes
    ----------
    selected : int64 array
        Columns in the plan, rising, those fixed in it included.
    value : float
        Cost of the selected columns (minimisation) or value covered (maximisation).
    bound : float
        No plan can be better than this.
    gap_share : float
        |value - bound| / value, 0 where both are 0.
    seconds : float
        Wall time, s.
    stopped_by : str
        "proved", "work", "clock" or "user".
    alone : Alone
        What each selected column serves alone.
    served : bool array, shape (n_groups,)
        Groups served; empty without groups.
    cost : float
        Cost of the selected columns.
    """

    selected: I64
    value: float
    bound: float
    gap_share: float
    seconds: float
    stopped_by: str
    alone: Alone
    served: Bool
    cost: float


def gap_share(value: float, bound: float) -> float:
    """Relative distance of a value to its bound.

    Parameters
    ----------
    value : float
        Value of the plan.
    bound : float
        Its proven bound.

    Returns
    -------
    float
        |value - bound| / |value|, 0 where they agree.
    """
    difference = abs(value - bound)
    if difference <= 1e-9 * max(1.0, abs(value)):
        return 0.0
    return difference / abs(value) if value else float("inf")


def name_some(numbers: I64) -> str:
    """Name the first few of many numbers.

    Parameters
    ----------
    numbers : int64 array
        Rows, columns or groups.

    Returns
    -------
    str
        "3, 5, 8 and 12 more".
    """
    shown = ", ".join(str(number) for number in numbers[:_SHOWN])
    more = numbers.size - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def checked(problem: CoverProblem) -> CoverProblem:
    """Refuse a senseless problem with every complaint at once; sort and unite what a column covers.

    Parameters
    ----------
    problem : CoverProblem
        The problem as given.

    Returns
    -------
    CoverProblem
        The same problem; the rows of each column rise and are free of repeats.

    Raises
    ------
    ConfigError
        Shapes that do not fit, rows that do not exist, costs that are not positive, weights, needs or values
        that are negative or not numbers.
    """
    complaints = [*_shape_complaints(problem)]
    if not complaints:
        complaints += [*_cost_complaints(problem), *_number_complaints(problem)]
    if complaints:
        raise ConfigError("the covering problem cannot be solved as given", complaints)
    return _canonical(problem)


def _shape_complaints(p: CoverProblem) -> list[Complaint]:
    found: list[Complaint] = []
    if p.indptr.size != p.n_cols + 1 or p.indptr[0] != 0 or (np.diff(p.indptr) < 0).any():
        found.append(Complaint("indptr", f"{p.indptr.size} starts, not a rising list from 0", f"give {p.n_cols + 1}"))
    elif p.indptr[-1] != p.rows.size:
        found.append(Complaint("indptr", f"ends at {p.indptr[-1]} of {p.rows.size} entries", "make both agree"))
    if p.rows.size and (p.rows.min() < 0 or p.rows.max() >= p.n_rows):
        found.append(Complaint("rows", f"row {p.rows.max()} or less than 0", f"use rows 0 to {p.n_rows - 1}"))
    sizes = (("weight", p.weight, p.n_rows), ("fixed", p.fixed, p.n_cols), ("group", p.group, p.n_rows))
    for name, array, size in sizes:
        if array is not None and array.shape != (size,):
            found.append(Complaint(name, f"shape {array.shape}", f"give {size} numbers"))
    if (p.group is None) != (p.group_need is None):
        found.append(Complaint("group", "group and group_need are not both given", "give both or none"))
    elif p.group is not None and p.group.size and p.group.max() >= p.n_groups:
        found.append(Complaint("group", f"group {p.group.max()}", f"use groups -1 to {p.n_groups - 1}"))
    if p.group_value is not None and np.atleast_2d(p.group_value).shape[1] != p.n_groups:
        found.append(Complaint("group_value", f"shape {p.group_value.shape}", f"give {p.n_groups} values"))
    return found


def _cost_complaints(p: CoverProblem) -> list[Complaint]:
    found: list[Complaint] = []
    states = p.states()
    broken = np.flatnonzero(~np.isfinite(p.cost))
    if broken.size:
        found.append(Complaint(f"cost of columns {name_some(broken)}", "not a finite number", "give a cost"))
    low = np.flatnonzero(((states == FREE) & (p.cost <= 0.0)) | ((states == CHOSEN) & (p.cost < 0.0)))
    if low.size:
        remedy = "give a positive cost, or fix a column that costs nothing in the plan"
        found.append(Complaint(f"cost of columns {name_some(low)}", f"{p.cost[low[0]]:g}", remedy))
    return found


def _number_complaints(p: CoverProblem) -> list[Complaint]:
    found: list[Complaint] = []
    for name, array in (("weight", p.weight), ("group_need", p.group_need), ("group_value", p.group_value)):
        if array is None:
            continue
        broken = np.flatnonzero(~(np.isfinite(array) & (array >= 0.0)).ravel())
        if broken.size:
            found.append(
                Complaint(
                    f"{name} {name_some(broken)}",
                    f"{array.ravel()[broken[0]]:g}",
                    "give a number of 0 or more",
                )
            )
    return found


def _canonical(p: CoverProblem) -> CoverProblem:
    """The same problem with sorted, distinct rows in every column."""
    if all_rise(p.indptr, p.rows):
        return p
    by_rows = transpose(p.indptr, p.rows, p.n_rows)
    indptr, rows = without_repeats(*transpose(*by_rows, p.n_cols))  # twice turned: rows rise in every column
    return CoverProblem(**{**p.__dict__, "indptr": indptr, "rows": rows})
