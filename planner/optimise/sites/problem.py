"""The coverage targets of one technology as one covering problem over its radio works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.optimise.covering.problem import CoverProblem
from planner.optimise.sites.demand import SiteDemand
from planner.optimise.sites.options import SiteOption

_EPS = 1e-9


@dataclass(frozen=True)
class Reach:
    """Which entries of `area_cells` each option serves by itself.

    Attributes
    ----------
    indptr : ndarray of int64, shape (n_options + 1,)
        Start of each option's entries.
    entry : ndarray of int32, shape (n,)
        Entries, rising within an option.
    """

    indptr: NDArray[np.int64]
    entry: NDArray[np.int32]

    def of(self, option: int) -> NDArray[np.int32]:
        """Entries one option serves.

        Parameters
        ----------
        option : int
            Option's number.

        Returns
        -------
        ndarray of int32
            Entries of `area_cells`.
        """
        return self.entry[self.indptr[option] : self.indptr[option + 1]]


@dataclass(frozen=True)
class SiteProblem:
    """A covering problem with the way back to areas and targets.

    Attributes
    ----------
    problem : CoverProblem
        Columns are options.
    required : ndarray of float64, shape (n_targets,)
        Value asked for per row of `group_value`, no more than what all options together reach.
    missing : ndarray of float64, shape (n_targets,)
        Value no option can bring, per row of `group_value`.
    target_of_row : tuple of int
        Position of the target behind each row of `group_value`.
    group_area : ndarray of int64, shape (n_groups,)
        Area behind each group, -1 for groups of people.
    beyond_reach : ndarray of int64
        Areas, as groups, that all options together cannot serve.
    people_lacking : ndarray of float64, shape (n_demands,)
        People per demand that all options together cannot bring; the problem asks for the rest.
    """

    problem: CoverProblem
    required: NDArray[np.float64]
    missing: NDArray[np.float64]
    target_of_row: tuple[int, ...]
    group_area: NDArray[np.int64]
    beyond_reach: NDArray[np.int64]
    people_lacking: NDArray[np.float64]


def site_problem(
    options: Sequence[SiteOption],
    cost: NDArray[np.float64],
    fixed: NDArray[np.int8],
    demands: Sequence[tuple[Target, SiteDemand]],
    reach: Mapping[str, Reach],
) -> SiteProblem:
    """Join the demands of several targets into one covering problem.

    Parameters
    ----------
    options : sequence of SiteOption
        Columns.
    cost : ndarray of float64, shape (n_options,)
        Cost the solver minimises, VND.
    fixed : ndarray of int8, shape (n_options,)
        1 in the plan, -1 forbidden, 0 free.
    demands : sequence of (Target, SiteDemand)
        Targets with what they still ask for.
    reach : mapping of str to Reach
        Receiver name -> what each option serves.

    Returns
    -------
    SiteProblem
        The joined problem.
    """
    owners = np.array([option.owner for option in options])
    columns: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int64]] = []
    row_start = group_start = 0
    for (target, demand), receiver in zip(demands, _receivers(demands, reach), strict=True):
        column, row = _incidence(reach[receiver], demand, owners, target.operator)
        columns.append(column)
        rows.append(row + row_start)
        row_start += demand.entry.size
        group_start += demand.group_need.size
    column_all, row_all = np.concatenate(columns), np.concatenate(rows)
    order = np.lexsort((row_all, column_all))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(column_all, minlength=len(options)))]).astype(np.int64)
    problem = CoverProblem(
        cost=cost,
        indptr=indptr,
        rows=row_all[order].astype(np.int32),
        n_rows=row_start,
        weight=np.concatenate([demand.weight for _, demand in demands]),
        fixed=fixed,
        group=_groups(demands),
        group_need=np.concatenate([demand.group_need for _, demand in demands]),
        group_value=_values([demand for _, demand in demands], group_start),
    )
    return _within_reach(problem, demands)


def _receivers(demands: Sequence[tuple[Target, SiteDemand]], reach: Mapping[str, Reach]) -> list[str]:
    """Receiver each target is counted for; the only one known where the target names none."""
    default = next(iter(reach))
    return [target.receiver or default for target, _ in demands]


def _incidence(
    reach: Reach, demand: SiteDemand, owners: NDArray[np.str_], operator: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (option, row of this demand)."""
    last = int(max(reach.entry.max(initial=0), demand.entry.max(initial=0))) + 1
    row_of_entry = np.full(last, -1, dtype=np.int64)
    row_of_entry[demand.entry] = np.arange(demand.entry.size)
    column = np.repeat(np.arange(len(reach.indptr) - 1), np.diff(reach.indptr))
    row = row_of_entry[reach.entry]
    keep = row >= 0
    if operator != "any":
        keep &= owners[column] == operator
    return column[keep], row[keep]


def _groups(demands: Sequence[tuple[Target, SiteDemand]]) -> NDArray[np.int32]:
    start = 0
    parts = []
    for _, demand in demands:
        parts.append(demand.group + np.int32(start))
        start += demand.group_need.size
    return np.concatenate(parts).astype(np.int32)


def _values(demands: Sequence[SiteDemand], n_groups: int) -> NDArray[np.float64]:
    rows = []
    start = 0
    for demand in demands:
        block = np.zeros((len(demand.group_value), n_groups))
        block[:, start : start + demand.group_need.size] = demand.group_value
        rows.append(block)
        start += demand.group_need.size
    return np.concatenate(rows)


def _within_reach(problem: CoverProblem, demands: Sequence[tuple[Target, SiteDemand]]) -> SiteProblem:
    """Ask for no more than all options that are not forbidden bring together, and say what is beyond them."""
    assert problem.group is not None
    assert problem.group_need is not None
    allowed = np.repeat(problem.states() >= 0, np.diff(problem.indptr))
    can = np.zeros(problem.n_rows, dtype=bool)
    can[problem.rows[allowed]] = True
    best = np.bincount(problem.group, weights=problem.weights() * can, minlength=problem.n_groups)
    short = best < problem.group_need - _EPS * np.maximum(problem.group_need, 1.0)
    group_area = np.concatenate([demand.group_area for _, demand in demands])
    people = short & (group_area < 0)  # as many of them as can be served, not none because not all can
    lacking = np.where(people, problem.group_need - best, 0.0)
    problem = replace(problem, group_need=np.where(people, best, problem.group_need))
    short &= ~people
    values = problem.values()
    wanted = np.concatenate([demand.required_value for _, demand in demands])
    reachable = (values * ~short).sum(axis=1)
    required = np.minimum(wanted, reachable)
    return SiteProblem(
        problem=problem,
        required=required,
        missing=wanted - required,
        target_of_row=tuple(i for i, (_, demand) in enumerate(demands) for _ in demand.required_value),
        group_area=group_area,
        beyond_reach=np.flatnonzero(short),
        people_lacking=_per_target(lacking, demands),
    )


def _per_target(per_group: NDArray[np.float64], demands: Sequence[tuple[Target, SiteDemand]]) -> NDArray[np.float64]:
    """Sums of a figure of the groups over the groups of each demand."""
    target = np.repeat(np.arange(len(demands)), [demand.group_need.size for _, demand in demands])
    return np.bincount(target, weights=per_group, minlength=len(demands)).astype(np.float64)
