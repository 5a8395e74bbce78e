"""What budgets lack: per payer what is unplaced or late, and how much more money by which phase would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.optimise.programme.placement import Gain, Placement

MOST_TRIALS = 5  # runs of the schedule with more money until all works come in time


@dataclass(frozen=True)
class Shortfall:
    """Money a payer lacks.

    Attributes
    ----------
    payer : str
        Who pays.
    unplaced_vnd : int
        Cost of works no phase can pay for, VND.
    unplaced, late : int
        Works that fall in no phase, and works that come after their year.
    extra_by_phase_vnd : dict of int to int
        Phase -> money that would have to be added there so that all works come in time, found by trial; empty where
        capacities or a missing phase stand in the way.
    """

    payer: str
    unplaced_vnd: int
    unplaced: int
    late: int
    extra_by_phase_vnd: dict[int, int]


def find_shortfalls(
    placed: Sequence[Work], works: Sequence[Work], scenario: Scenario, gains: Mapping[str, Gain]
) -> tuple[Shortfall, ...]:
    """Find what each payer lacks, and what would do phase by phase: tried, not only added up.

    Parameters
    ----------
    placed : sequence of Work
        Works with their years.
    works : sequence of Work
        The same works before they were placed.
    scenario : Scenario
        Phases with budgets and capacities.
    gains : mapping of str to Gain
        Work id -> what it is worth.

    Returns
    -------
    tuple of Shortfall
        By payer; empty where all works come in time.
    """
    due = Placement(works, scenario, gains).due
    missed = _missed(placed, scenario, due)
    extra = {payer: _missing_by_phase(placed, scenario, due, payer) for payer in sorted({w.payer for w in missed})}
    for _ in range(MOST_TRIALS if missed else 0):
        trial = Placement(works, _richer(scenario, extra), gains).run(by_gain=True)
        still = [work for work in _missed(trial, scenario, due) if work.payer in extra]
        if not still:
            break
        for work in still:
            year = scenario.phases[due[work.work_id]].year if scenario.phases else 0
            extra[work.payer][year] = extra[work.payer].get(year, 0) + work.cost_vnd
    else:
        extra = {payer: {} for payer in extra}
    found = []
    for payer, more in extra.items():
        mine = [work for work in missed if work.payer == payer]
        unplaced = [work for work in mine if work.year == 0]
        cost = sum(work.cost_vnd for work in unplaced)
        found.append(Shortfall(payer, cost, len(unplaced), len(mine) - len(unplaced), dict(sorted(more.items()))))
    return tuple(found)


def _missed(works: Sequence[Work], scenario: Scenario, due: Mapping[str, int]) -> list[Work]:
    """Works that fall in no phase or in one after they are due."""
    phase = {item.year: index for index, item in enumerate(scenario.phases)}
    return [work for work in works if work.year == 0 or phase[work.year] > due[work.work_id]]


def _missing_by_phase(works: Sequence[Work], scenario: Scenario, due: Mapping[str, int], payer: str) -> dict[int, int]:
    """Cost due by each phase less the money there is until then, VND."""
    extra: dict[int, int] = {}
    spare = 0
    for index, phase in enumerate(scenario.phases):
        asked = sum(work.cost_vnd for work in works if work.payer == payer and due[work.work_id] == index)
        spare += {str(name): vnd for name, vnd in phase.budget_vnd.items()}.get(payer, 0) - asked
        if spare < 0:
            extra[phase.year] = -spare
            spare = 0
    return extra


def _richer(scenario: Scenario, extra: Mapping[str, Mapping[int, int]]) -> Scenario:
    """The scenario with more money in its phases."""
    phases = []
    for phase in scenario.phases:
        budget = {str(name): vnd for name, vnd in phase.budget_vnd.items()}
        for payer, more in extra.items():
            budget[payer] = budget.get(payer, 0) + more.get(phase.year, 0)
        phases.append(phase.model_copy(update={"budget_vnd": budget}))
    return scenario.model_copy(update={"phases": phases})


def shortfall_notes(shortfalls: Sequence[Shortfall]) -> tuple[str, ...]:
    """Say shortfalls in words.

    Parameters
    ----------
    shortfalls : sequence of Shortfall
        What payers lack.

    Returns
    -------
    tuple of str
        One sentence a payer.
    """
    notes = []
    for item in shortfalls:
        text = f"{item.payer}: "
        if item.unplaced:
            text += f"{item.unplaced} works worth {item.unplaced_vnd:,} VND fit in no phase"
        if item.late:
            text += f"{', ' if item.unplaced else ''}{item.late} works come after their year"
        if item.extra_by_phase_vnd:
            parts = ", ".join(f"{money:,} VND by {year}" for year, money in item.extra_by_phase_vnd.items())
            text += f"; {parts} more would do"
        else:
            text += "; no money would do: the capacity of works in a phase stands in the way"
        notes.append(text)
    return tuple(notes)
