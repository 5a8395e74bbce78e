"""What it costs to begin digging: once per contiguous group of runs and year, shared by the operators' cables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.domain.plan import Work
from planner.optimise.network.runs import contiguous


def charge_mobilisation(works: Sequence[Work]) -> tuple[Work, ...]:
    """Charge one mobilisation per contiguous group and year, and none elsewhere.

    Parameters
    ----------
    works : sequence of Work
        Works of any kind; only those of kind 'underground' change.

    Returns
    -------
    tuple of Work
        The same works in the same order with costs and operators' shares renewed.
    """
    first: set[str] = set()
    buried = [work for work in works if work.kind == "underground"]
    for year in sorted({work.year for work in buried}):
        part = sorted((work for work in buried if work.year == year), key=lambda work: int(work.details["run"]))
        ends = np.array([[work.details["end_a"], work.details["end_b"]] for work in part], dtype=np.int32)
        for group in contiguous(ends, range(len(part))):
            first.add(part[group[0]].work_id)
    return tuple(_recharged(work, work.work_id in first) if work.kind == "underground" else work for work in works)


def _recharged(work: Work, pays: bool) -> Work:
    """The work with or without a mobilisation."""
    charge = int(work.details["mobilisation_price_vnd"]) if pays else 0
    cost = int(work.details["trench_vnd"]) + charge
    if cost == work.cost_vnd:
        return work
    operators = str(work.details["operators"]).split(",")
    shares = {name: round(cost * operators.count(name) / len(operators)) for name in sorted(set(operators))}
    shares[next(iter(shares))] += cost - sum(shares.values())
    details = {**work.details, "mobilisation_vnd": charge}
    details.update({f"share_vnd_{name}": value for name, value in shares.items()})
    return replace(work, cost_vnd=cost, details=details)
