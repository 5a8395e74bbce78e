"""Why a site is in the plan: what it serves, what it serves alone, what could stand in for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from shapely import Point

from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.covering.problem import CoverProblem
from planner.optimise.sites.choice import SiteChoice
from planner.optimise.sites.demand import entry_owner
from planner.optimise.sites.options import SiteOption

ALTERNATIVE_COST = 1.05  # an alternative costs at most this much of what it would replace
_SHOWN = 3


@dataclass(frozen=True)
class _People:
    """People behind entries of `area_cells`."""

    owner: NDArray[np.int64]
    people: NDArray[np.float64]
    area_id: NDArray[np.str_]


def site_works(province: Province, choice: SiteChoice) -> list[Work]:
    """Write the chosen options as works with reasons, without a year.

    Parameters
    ----------
    province : Province
        The province.
    choice : SiteChoice
        What was chosen for one technology.

    Returns
    -------
    list of Work
        In the order of their ids, each with its rank by people per million VND.
    """
    owner = entry_owner(province)
    people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * province.area_cells.share
    facts = _People(owner, people, province.areas["area_id"].to_numpy(dtype=str))
    substitutes = _Substitutes(choice)
    wanted = np.zeros(people.size, dtype=bool)
    for _, demand in choice.study.demands:
        wanted[demand.entry] = True
    works = []
    for position, index in enumerate(choice.result.selected):
        served = np.unique(np.concatenate([reach.of(int(index)) for reach in choice.study.reach.values()]))
        new = served[wanted[served]]
        alone = choice.result.alone.groups[position] if choice.result.alone.groups else np.zeros(0, dtype=np.int64)
        work = _work(choice.study.options[index], new, alone, facts, choice, substitutes.of(position))
        works.append(replace(work, due_year=_due_year(choice, served)))
    return _ranked(works)


def _due_year(choice: SiteChoice, served: NDArray[np.int32]) -> int:
    """Earliest year of the targets a work helps."""
    years = [target.year for target, demand in choice.study.demands if np.isin(served, demand.entry).any()]
    return min(years, default=0)


def _work(
    option: SiteOption,
    new: NDArray[np.int64],
    alone: NDArray[np.int64],
    facts: _People,
    choice: SiteChoice,
    others: list[str],
) -> Work:
    areas = np.unique(facts.owner[new])
    lost = choice.joined.group_area[alone]
    lost_ids = [str(facts.area_id[area]) for area in lost if area >= 0]
    people = round(float(facts.people[new].sum()))
    without = (
        f"{len(lost_ids)} areas fall short without it" if lost_ids else "shares its areas with other works of the plan"
    )
    reason = f"{option.technology.upper()} for {people:,} people in {areas.size} areas; {without}; {option.reason}"
    plain = plain_work(option, people=people, reason=reason)
    served = {"areas_served_alone": lost_ids, "alternatives_within_5_percent": others}
    return replace(
        plain, area_ids=tuple(str(facts.area_id[area]) for area in areas), details={**plain.details, **served}
    )


def plain_work(option: SiteOption, *, people: int, reason: str) -> Work:
    """Write an option as a work, without a year, areas or alternatives.

    Parameters
    ----------
    option : SiteOption
        The option.
    people : int
        People that gain.
    reason : str
        Why it is in the plan.

    Returns
    -------
    Work
        The work.
    """
    per_million = people / (option.cost_vnd / 1e6) if option.cost_vnd else 0.0
    return Work(
        work_id=option.work_id,
        kind=option.kind,
        sub_plan="sites",
        owner=option.owner,
        payer=option.payer,
        cost_vnd=option.cost_vnd,
        opex_vnd_per_year=option.opex_vnd_per_year,
        year=0,
        length_km=0.0,
        area_ids=(),
        people=people,
        reason=reason,
        geometry=Point(option.x_m, option.y_m),
        details={
            "technology": option.technology,
            "site_id": option.host,
            "carriers": list(option.carriers),
            "x_m": option.x_m,
            "y_m": option.y_m,
            "height_agl_m": option.height_agl_m,
            "stands_on": option.stands_on,
            "azimuths_deg": [round(azimuth, 1) for azimuth in option.aim.azimuths_deg],
            "commune_code": option.commune_code,
            "has_fibre": option.has_fibre,
            "operation_present_vnd": option.operation_present_vnd,
            "areas_served_alone": [],
            "people_per_million_vnd": round(per_million, 3),
            "alternatives_within_5_percent": [],
        },
    )


def _ranked(works: list[Work]) -> list[Work]:
    """Number works by people per million VND."""
    order = sorted(works, key=lambda work: (-work.details["people_per_million_vnd"], work.work_id))
    for rank, work in enumerate(order, start=1):
        work.details["rank"] = rank
    return sorted(works, key=lambda work: work.work_id)


class _Substitutes:
    """Finds options that could replace a chosen one at nearly its cost without losing any served group."""

    def __init__(self, choice: SiteChoice) -> None:
        self._choice = choice
        problem = choice.joined.problem
        self._problem: CoverProblem = problem
        self._column = np.repeat(np.arange(problem.n_cols), np.diff(problem.indptr))
        self._count = np.zeros(problem.n_rows, dtype=np.int64)
        for index in choice.result.selected:
            self._count[self._rows(int(index))] += 1
        by_row = np.argsort(problem.rows, kind="stable")
        self._column_by_row = self._column[by_row]
        self._row_start = np.searchsorted(problem.rows[by_row], np.arange(problem.n_rows + 1))
        self._covered = np.bincount(
            self._groups(), weights=problem.weights() * (self._count > 0), minlength=problem.n_groups
        )

    def of(self, position: int) -> list[str]:
        """Work ids of up to three substitutes, cheapest first.

        Parameters
        ----------
        position : int
            Position in the result's selection.

        Returns
        -------
        list of str
            Work ids.
        """
        choice, problem = self._choice, self._problem
        lost_groups = (
            choice.result.alone.groups[position] if choice.result.alone.groups else np.zeros(0, dtype=np.int64)
        )
        if lost_groups.size == 0:
            return []
        index = int(choice.result.selected[position])
        mine = self._rows(index)
        alone = mine[self._count[mine] == 1]
        drop = np.bincount(self._groups()[alone], weights=problem.weights()[alone], minlength=problem.n_groups)
        assert problem.group_need is not None
        deficit = problem.group_need - (self._covered - drop)
        candidates = np.unique(
            np.concatenate([self._column_by_row[self._row_start[row] : self._row_start[row + 1]] for row in alone])
        )
        limit = ALTERNATIVE_COST * problem.cost[index]
        found: list[str] = []
        for other in candidates[np.lexsort((candidates, problem.cost[candidates]))]:
            if problem.cost[other] > limit or len(found) == _SHOWN:
                break
            if (
                other != index
                and other not in choice.result.selected
                and self._fills(int(other), alone, deficit, lost_groups)
            ):
                found.append(choice.study.options[other].work_id)
        return found

    def _rows(self, index: int) -> NDArray[np.int32]:
        return self._problem.rows[self._problem.indptr[index] : self._problem.indptr[index + 1]]

    def _groups(self) -> NDArray[np.int32]:
        assert self._problem.group is not None
        return self._problem.group

    def _fills(
        self, other: int, alone: NDArray[np.int32], deficit: NDArray[np.float64], lost: NDArray[np.int64]
    ) -> bool:
        """Whether the option makes up for every lost group."""
        rows = self._rows(other)
        rows = rows[(self._count[rows] == 0) | np.isin(rows, alone, assume_unique=True)]
        gain = np.bincount(self._groups()[rows], weights=self._problem.weights()[rows], minlength=deficit.size)
        return bool((gain[lost] >= deficit[lost] - 1e-9).all())
