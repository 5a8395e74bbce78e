"""The proven least cost of a fibre plan: the tree's bound, and what every plan pays besides its tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planner.domain.plan import Bound, Work
from planner.optimise.fibre.choice import NodeAnswer
from planner.optimise.fibre.demand import FibreAsks
from planner.optimise.stopping import PROVED, WORK_DONE

NOTHING_TO_DO = "nothing to do"


def fibre_bound(asks: FibreAsks, answer: NodeAnswer, works: Sequence[Work], naive: Mapping[str, float]) -> Bound:
    """Put the cost of the works beside the least any plan can cost.

    Parameters
    ----------
    asks : FibreAsks
        What the targets ask.
    answer : NodeAnswer
        The tree with what is built beside it, and their bound.
    works : sequence of Work
        All works.
    naive : mapping of str to float
        Cost of simpler trees with what they need beside them, VND.

    Returns
    -------
    Bound
        What every plan pays besides its tree (homes, terminals) is added to the tree's bound.
    """
    cost = sum(work.whole_vnd for work in works)
    in_choice = round(answer.value)
    constant = cost - in_choice
    homes = [work for work in works if work.kind == "distribution"]
    connected = sum(work.people for work in homes)
    spare = connected - _fewest_homes(asks, connected)
    spare_vnd = spare * (sum(work.cost_vnd for work in homes) // connected) if spare else 0
    lower = constant - spare_vnd + min(in_choice, int(np.ceil(answer.bound - 1e-3)))
    named = {name: constant + round(value) for name, value in naive.items() if cost}
    proved = answer.stopped_by if lower == cost or answer.stopped_by != PROVED else WORK_DONE
    word = proved if cost else NOTHING_TO_DO
    return Bound(cost, lower, (cost - lower) / cost if cost else 0.0, word, named)


def _fewest_homes(asks: FibreAsks, connected: int) -> int:
    """Homes every plan connects: all that were, where the sets of areas are nested or apart; else the largest need."""
    sets = [frozenset(quota.areas.tolist()) for quota in asks.homes]
    nested = all(a <= b or b <= a or not a & b for i, a in enumerate(sets) for b in sets[:i])
    return connected if nested else max(min(connected, quota.need) for quota in asks.homes)
