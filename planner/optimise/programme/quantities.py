"""Bill of quantities: what has to be bought and dug, per phase and owner; costs per phase and operator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pandas as pd

from planner.domain.plan import Work

COLUMNS = ["year", "sub_plan", "owner", "payer", "item", "unit", "quantity", "cost_vnd"]
_SUPPORTS = {"duct": "in existing ducts", "pole": "on existing poles"}
OPERATOR_COLUMNS = ["year", "operator", "sub_plan", "works", "cost_vnd", "opex_vnd_per_year", "length_km"]


def bill_of_quantities(works: Sequence[Work]) -> pd.DataFrame:
    """Add up materials and works.

    Parameters
    ----------
    works : sequence of Work
        Works with their years; year 0 stands for works no phase pays for.

    Returns
    -------
    DataFrame
        One row per phase, sub-plan, owner, payer and item: quantity in the item's unit; cost in VND on the item that
        carries it (a route's cost stands with its metres, a cable's length with no cost of its own).
    """
    total: dict[tuple[int, str, str, str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for work in works:
        for item, unit, quantity, cost in _items(work):
            entry = total[(work.year, work.sub_plan, work.owner, work.payer, item, unit)]
            entry[0] += quantity
            entry[1] += cost
    rows = [(*key, value[0], round(value[1])) for key, value in sorted(total.items())]
    return pd.DataFrame(rows, columns=COLUMNS)


def costs_by_operator(works: Sequence[Work]) -> pd.DataFrame:
    """Add up what every operator's networks cost; a shared trench by the cables each has in it.

    Parameters
    ----------
    works : sequence of Work
        Works with their years; year 0 stands for works no phase pays for.

    Returns
    -------
    DataFrame
        One row per phase, operator and sub-plan: works, cost_vnd, opex_vnd_per_year, length_km (the operator's part of
        a shared trench's length; the costs of all rows add up to the plan's).
    """
    total: dict[tuple[int, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for work in works:
        shares = {
            name.removeprefix("share_vnd_"): float(value)
            for name, value in work.details.items()
            if name.startswith("share_vnd_")
        } or {work.owner: float(work.cost_vnd)}
        for operator, cost in shares.items():
            part = cost / work.cost_vnd if work.cost_vnd else 1.0 / len(shares)
            entry = total[(work.year, operator, work.sub_plan)]
            added = (1.0, cost, work.opex_vnd_per_year * part, work.length_km * part)
            for place, value in enumerate(added):
                entry[place] += value
    rows = [(*key, int(value[0]), round(value[1]), round(value[2]), value[3]) for key, value in sorted(total.items())]
    return pd.DataFrame(rows, columns=OPERATOR_COLUMNS)


def _items(work: Work) -> Iterator[tuple[str, str, float, int]]:
    """Items of one work: name, unit, quantity, cost."""
    details = work.details
    if work.kind == "fibre_route":
        where = _SUPPORTS.get(str(details.get("support", "")), str(details["placement"]))
        crossing = int(details.get("crossing_vnd", 0))
        yield f"fibre route, {details['ground']}, {where}", "m", work.length_km * 1e3, work.cost_vnd - crossing
        if crossing:
            yield "crossings of rivers and railways", "route", 1.0, crossing
        if "cable_fibres" in details:
            yield f"cable of {details['cable_fibres']} fibres", "m", work.length_km * 1e3, 0
    elif work.kind == "distribution":
        yield "home connection with distribution cable", "home", float(details["homes"]), work.cost_vnd
        yield "distribution cable", "m", float(details["distribution_km"]) * 1e3, 0
        yield "splitter", "piece", float(details["splitters"]), 0
    elif work.kind == "backhaul_microwave":
        yield "microwave hop", "hop", float(details["hops"]), work.cost_vnd
    elif work.kind == "underground":
        where = "cable drawn into existing ducts" if details["way"] == "existing duct" else "trench"
        yield f"{where}, {details['ground']}", "m", work.length_km * 1e3, int(details["trench_vnd"])
        yield "cable put underground", "m", float(details["cable_km"]) * 1e3, 0
        if details["mobilisation_vnd"]:
            yield "mobilisation", "run", 1.0, int(details["mobilisation_vnd"])
    else:
        yield work.kind.replace("_", " "), "piece", 1.0, work.cost_vnd
