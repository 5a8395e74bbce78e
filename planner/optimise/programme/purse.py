"""Money and capacity of the phases: what is left, taken work by work, given back on a failed attempt."""

from __future__ import annotations

from collections.abc import Sequence

from planner.config.programme import Phase
from planner.domain.plan import Work

NO_LIMIT = float("inf")
KM_SLACK = 1e-9


class Purse:
    """What is left of budgets and capacities.

    Parameters
    ----------
    phases : sequence of Phase
        Phases of the scenario.
    """

    def __init__(self, phases: Sequence[Phase]) -> None:
        self.phases = tuple(phases)
        self._money: list[dict[str, int]] = [
            {str(payer): money for payer, money in phase.budget_vnd.items()} for phase in phases
        ]
        self._capacity: list[dict[str, float]] = [
            {
                "new_site": NO_LIMIT if phase.max_new_sites is None else float(phase.max_new_sites),
                "fibre_route": NO_LIMIT if phase.max_fibre_km is None else phase.max_fibre_km,
                "underground": NO_LIMIT if phase.max_underground_km is None else phase.max_underground_km,
            }
            for phase in phases
        ]
        self._ends: list[set[int]] = [set() for _ in phases]
        self._placed: dict[str, int] = {}
        self._taken: list[tuple[int, str, int, str, float, tuple[int, ...], str]] = []

    def mark(self) -> int:
        """Remember the present state.

        Returns
        -------
        int
            Mark for `back_to`.
        """
        return len(self._taken)

    def back_to(self, mark: int) -> None:
        """Give back everything taken since a mark.

        Parameters
        ----------
        mark : int
            What `mark` returned.
        """
        while len(self._taken) > mark:
            phase, payer, money, kind, amount, ends, name = self._taken.pop()
            self._money[phase][payer] += money
            if kind:
                self._capacity[phase][kind] += amount
            self._ends[phase] -= set(ends)
            del self._placed[name]

    def take(self, work: Work, phase: int) -> bool:
        """Pay for a work in a phase.

        Parameters
        ----------
        work : Work
            The work.
        phase : int
            Number of the phase.

        Returns
        -------
        bool
            False, and nothing taken, where money or capacity do not do.
        """
        money = self._price(work, phase)
        if money > self._money[phase].get(work.payer, 0):
            return False
        kind = work.kind if work.kind in self._capacity[phase] else ""
        amount = 1.0 if kind == "new_site" else work.length_km
        if kind and amount > self._capacity[phase][kind] + KM_SLACK:
            return False
        self._money[phase].setdefault(work.payer, 0)
        self._money[phase][work.payer] -= money
        if kind:
            self._capacity[phase][kind] -= amount
        ends = self._new_ends(work, phase)
        self._ends[phase] |= set(ends)
        self._placed[work.work_id] = phase
        self._taken.append((phase, work.payer, money, kind, amount, ends, work.work_id))
        return True

    def _price(self, work: Work, phase: int) -> int:
        """What the work costs in that phase: a run pays to mobilise unless one it meets is dug there too."""
        if work.kind == "underground":
            meets = {int(work.details["end_a"]), int(work.details["end_b"])} & self._ends[phase]
            return int(work.details["trench_vnd"]) + (0 if meets else int(work.details["mobilisation_price_vnd"]))
        trench = str(work.details.get("trench_works", ""))
        if trench and not any(self._placed.get(name) == phase for name in trench.split(",")):
            return int(work.details["alone_vnd"])
        return work.cost_vnd

    def _new_ends(self, work: Work, phase: int) -> tuple[int, ...]:
        """Points of a run not yet dug at in the phase."""
        if work.kind != "underground":
            return ()
        return tuple({int(work.details["end_a"]), int(work.details["end_b"])} - self._ends[phase])
