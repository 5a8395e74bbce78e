"""The most that any order of the works over the phases could do, and the order that a model of it proposes.

Maximise  sum_w sum_p gain_w years_p x_wp
with x_wp the part of work w done in phase p; sum_p x_wp <= 1; the money of every payer and the capacities of every
phase; what a work requires is done in the same measure no later: sum_{q <= p} x_wq <= sum_{q <= p} x_rq; what the
schedule does by the phase it is due in is done by then: sum_{q <= due} x_wq >= 1. Every work costs the least it can
cost in any phase and priority communes are not asked for: so no order that keeps budgets and due years does more.
Fractions of works are allowed at first, and the row prices are the proof; a smaller programme is solved in whole works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Phase
from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.optimise.milp import LinearModel, solve_lp, solve_milp
from planner.optimise.programme.placement import Gain

MOST_COLUMNS = 60_000
MOST_WHOLE_COLUMNS = 12_000  # whole works up to here
NODES = 20


class _Rows:
    """Rows sum <= upper of a model, collected one by one."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.values: list[float] = []
        self.indptr = [0]
        self.upper: list[float] = []

    def add(self, columns: Sequence[int], values: Sequence[float], upper: float) -> None:
        self.columns += columns
        self.values += values
        self.indptr.append(len(self.columns))
        self.upper.append(upper)


def most_person_years(
    works: Sequence[Work], scenario: Scenario, gains: Mapping[str, Gain], on_time: Mapping[str, int]
) -> float:
    """Bound people times the years left in the programme over all orders of the works.

    Parameters
    ----------
    works : sequence of Work
        Works with their requirements.
    scenario : Scenario
        Phases with budgets and capacities.
    gains : mapping of str to Gain
        Work id -> people it serves by itself.
    on_time : mapping of str to int
        Work id -> number of the phase by which it has to be done; others may be done at any time or never.

    Returns
    -------
    float
        No order that keeps this serves more; with too many works for a linear model, what all of them in the first
        phase would do.
    """
    phases = scenario.phases
    if not phases:
        return 0.0
    years = _years_left(phases)
    kept = _kept(works, gains, on_time)
    whole = float(sum(gains[work.work_id].people for work in kept) * years.max(initial=0.0))
    if not kept or len(kept) * len(phases) > MOST_COLUMNS:
        return whole
    model = _model(kept, scenario, np.array([gains[work.work_id].people for work in kept]), on_time)
    outcome = solve_lp(model)
    most = whole if outcome.duals is None else min(whole, _proven(model, outcome.duals))
    if model.cost.size > MOST_WHOLE_COLUMNS:
        return most
    exact = solve_milp(_in_whole_works(model), nodes=NODES)
    return min(most, -exact.bound) if np.isfinite(exact.bound) else most


def proposed_order(
    works: Sequence[Work], scenario: Scenario, worth: Mapping[str, float], on_time: Mapping[str, int]
) -> dict[str, int]:
    """Propose phases for the works that serve people and what they require.

    Parameters
    ----------
    works : sequence of Work
        Works with their requirements.
    scenario : Scenario
        Phases with budgets and capacities.
    worth : mapping of str to float
        Work id -> what a year of it is worth.
    on_time : mapping of str to int
        Work id -> number of the phase by which it has to be done.

    Returns
    -------
    dict of str to int
        Work id -> phase, the number of phases for never; nothing where the model is too large or has no answer. Money
        and trenches are counted as in the bound: the order is a wish.
    """
    phases = scenario.phases
    gains = {name: Gain(value, 0.0, False) for name, value in worth.items()}
    kept = _kept(works, gains, on_time)
    if not kept or not phases or len(kept) * len(phases) > MOST_COLUMNS:
        return {}
    model = _model(kept, scenario, np.array([worth[work.work_id] for work in kept]), on_time)
    small = model.cost.size <= MOST_WHOLE_COLUMNS
    outcome = solve_milp(_in_whole_works(model), nodes=NODES) if small else solve_lp(model, interior=False)
    if outcome.x is None:
        return {}
    done = outcome.x.reshape(len(kept), len(phases)).cumsum(axis=1) > 0.5
    first = np.where(done.any(axis=1), done.argmax(axis=1), len(phases))
    return {work.work_id: int(phase) for work, phase in zip(kept, first, strict=True)}


def _years_left(phases: Sequence[Phase]) -> NDArray[np.float64]:
    return np.array([phases[-1].year - phase.year + 1 for phase in phases], dtype=np.float64)


def _kept(works: Sequence[Work], gains: Mapping[str, Gain], on_time: Mapping[str, int]) -> list[Work]:
    """Works that serve people or must be on time, and what those require."""
    matter = _that_matter(works, gains) | on_time.keys()
    return [work for work in works if work.work_id in matter]


def _in_whole_works(model: LinearModel) -> LinearModel:
    return replace(model, integer=np.ones(model.cost.size, dtype=bool))


def _model(
    kept: Sequence[Work], scenario: Scenario, worth: NDArray[np.float64], on_time: Mapping[str, int]
) -> LinearModel:
    """The relaxation over some works, what a year of each is worth to be made as large as possible."""
    phases = scenario.phases
    rows = _rows(kept, phases)
    for number, work in enumerate(kept):
        if work.work_id in on_time:
            until = range(number * len(phases), number * len(phases) + on_time[work.work_id] + 1)
            rows.add(list(until), [-1.0] * len(until), -1.0)
    cost = -np.outer(worth, _years_left(phases)).ravel()
    return LinearModel(
        cost=cost,
        lower=np.zeros(cost.size),
        upper=_affordable(kept, phases),
        integer=np.zeros(cost.size, dtype=bool),
        row_lower=np.full(len(rows.upper), -np.inf),
        row_upper=np.array(rows.upper),
        indptr=np.array(rows.indptr, dtype=np.int64),
        columns=np.array(rows.columns, dtype=np.int32),
        values=np.array(rows.values),
    )


def _that_matter(works: Sequence[Work], gains: Mapping[str, Gain]) -> set[str]:
    """Works that serve people, and what those require."""
    by_id = {work.work_id: work for work in works}
    ahead = [work.work_id for work in works if gains[work.work_id].people > 0.0]
    found = set(ahead)
    while ahead:
        for name in by_id[ahead.pop()].requires:
            if name not in found:
                found.add(name)
                ahead.append(name)
    return found


def _rows(works: Sequence[Work], phases: Sequence[Phase]) -> _Rows:
    """Each work once, money, capacities, and requirements; column of work w in phase p is w * phases + p."""
    count, rows = len(phases), _Rows()
    for number in range(len(works)):
        rows.add([number * count + p for p in range(count)], [1.0] * count, 1.0)
    place = {work.work_id: number for number, work in enumerate(works)}
    for p, phase in enumerate(phases):
        money = {str(payer): float(vnd) for payer, vnd in phase.budget_vnd.items()}
        for payer in sorted({work.payer for work in works}):
            mine = [(place[work.work_id], float(_least_vnd(work))) for work in works if work.payer == payer]
            scale = max(1.0, max(vnd for _, vnd in mine))  # figures near 1 keep the solver exact
            columns = [n * count + p for n, _ in mine]
            rows.add(columns, [vnd / scale for _, vnd in mine], money.get(payer, 0.0) / scale)
        limits = {
            "new_site": phase.max_new_sites, "fibre_route": phase.max_fibre_km, "underground": phase.max_underground_km
        }  # fmt: skip
        for kind, most in limits.items():
            mine = [
                (place[work.work_id], 1.0 if kind == "new_site" else work.length_km)
                for work in works
                if work.kind == kind
            ]
            if most is not None and mine:
                rows.add([n * count + p for n, _ in mine], [amount for _, amount in mine], float(most))
    for work in works:
        for name in work.requires:
            for p in range(count):
                mine_until = [place[work.work_id] * count + q for q in range(p + 1)]
                needed_until = [place[name] * count + q for q in range(p + 1)]
                rows.add([*mine_until, *needed_until], [1.0] * (p + 1) + [-1.0] * (p + 1), 0.0)
    return rows


def _least_vnd(work: Work) -> int:
    """What a work costs at least: a run may find its mobilisation paid by a neighbour."""
    return int(work.details["trench_vnd"]) if work.kind == "underground" else work.cost_vnd


def _affordable(works: Sequence[Work], phases: Sequence[Phase]) -> NDArray[np.float64]:
    """1 where a phase's money could pay for the whole work, else 0; in the order of the columns."""
    money = [{str(payer): vnd for payer, vnd in phase.budget_vnd.items()} for phase in phases]
    return np.array([float(_least_vnd(work) <= budget.get(work.payer, 0)) for work in works for budget in money])


def _proven(model: LinearModel, duals: NDArray[np.float64]) -> float:
    """Greatest objective any solution can have by these row prices, right whatever the prices are."""
    price = np.minimum(0.0, duals)  # rows are <= rows of a minimisation
    row = np.repeat(np.arange(model.row_upper.size), np.diff(model.indptr))
    reduced = model.cost - np.bincount(model.columns, model.values * price[row], model.cost.size)
    least = float(price @ model.row_upper) + float(np.minimum(0.0, reduced) @ model.upper)
    return -least
