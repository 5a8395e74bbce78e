"""What the solvers keep between phases: the unit of the objective, the best plan and its bound, the money left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.errors import Complaint, ConfigError, InfeasibleError
from planner.optimise.covering.problem import CHOSEN, F64, I64, CoverProblem


def common_unit(cost: F64) -> float:
    """Largest whole number that divides every cost.

    Parameters
    ----------
    cost : float64 array
        Costs.

    Returns
    -------
    float
        The unit, 0 where a cost is not whole.
    """
    whole = np.rint(cost)
    if cost.size == 0 or (whole != cost).any() or whole.max() > 2**53:
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))


def rounded_up(bound: float, unit: float) -> float:
    """Raise a lower bound to the next multiple of the unit.

    Parameters
    ----------
    bound : float
        A proven lower bound.
    unit : float
        Unit of the objective, 0 for none.

    Returns
    -------
    float
        The bound, rounded; a millionth of the unit is forgiven to rounding errors.
    """
    return float(np.ceil((bound - 1e-6 * unit) / unit) * unit) if unit else bound


@dataclass
class Incumbent:
    """Best cover and best bound so far, in the numbers of the reduced matrix.

    Attributes
    ----------
    cover : int64 array
        Columns of the best cover.
    value : float
        Its cost.
    bound : float
        Proven lower bound.
    unit : float
        Costs are whole multiples of this; 0 where they have no common unit.
    """

    cover: I64
    value: float
    bound: float
    unit: float

    @property
    def proved(self) -> bool:
        """True where no cheaper cover exists."""
        return self.value - self.bound <= max(self.unit, 1e-9 * abs(self.value)) - 1e-6 * self.unit

    @property
    def target(self) -> float:
        """Cost that a better cover cannot exceed."""
        return self.value - self.unit if self.unit else self.value * (1.0 - 1e-9)

    def offer(self, cover: I64, cost: F64) -> bool:
        """Take a cover if it is cheaper.

        Parameters
        ----------
        cover : int64 array
            Columns.
        cost : float64 array
            Cost of every column.

        Returns
        -------
        bool
            True where it was taken.
        """
        value = float(cost[cover].sum())
        if value >= self.value - 1e-9:
            return False
        self.cover, self.value = np.sort(cover), value
        return True


@dataclass
class Most:
    """Best plan, its value and the best bound so far; values are of groups not served by fixed columns."""

    plan: I64
    value: float
    bound: float
    unit: float

    @property
    def proved(self) -> bool:
        """True where no plan is worth more."""
        return self.bound - self.value <= max(self.unit * (1.0 - 1e-6), 1e-9 * max(1.0, self.value))

    def lower_bound(self, bound: float) -> None:
        """Take a better bound, rounded down to the unit of value.

        Parameters
        ----------
        bound : float
            A proven upper bound of the value.
        """
        if self.unit:
            bound = float(np.floor((bound + 1e-6 * self.unit) / self.unit) * self.unit)
        self.bound = max(self.value, min(self.bound, bound))


def money_left(problem: CoverProblem, budget: float) -> float:
    """What a budget leaves after the columns fixed in the plan.

    Parameters
    ----------
    problem : CoverProblem
        A checked problem.
    budget : float
        Whole budget.

    Returns
    -------
    float
        The rest, not negative.

    Raises
    ------
    ConfigError
        The budget is not a number of 0 or more.
    InfeasibleError
        The fixed columns alone cost more.
    """
    if not np.isfinite(budget) or budget < 0.0:
        raise ConfigError("bad budget", [Complaint("budget", f"{budget:g}", "give a number of 0 or more")])
    spent = float(problem.cost[problem.states() == CHOSEN].sum())
    if spent > budget * (1.0 + 1e-12):
        found = f"{budget:g}, the columns fixed in the plan cost {spent:g}"
        raise InfeasibleError(
            "the budget does not pay for what is fixed",
            [Complaint("budget", found, "raise the budget or fix fewer columns")],
        )
    return budget - spent
