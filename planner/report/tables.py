"""Tables people open in a spreadsheet: areas, areas by operator, works, bill of quantities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from planner.config.schema import Scenario
from planner.coverage.border import border_areas
from planner.domain.coverage import AreaCoverage
from planner.domain.plan import Plan
from planner.domain.programme import Programme
from planner.domain.province import Province
from planner.optimise.programme.quantities import bill_of_quantities, costs_by_operator

KEYS = ["area_id", "operator", "technology", "band", "receiver"]
SHARES = ["people_share", "area_share", "centre_served"]


def areas_table(scenario: Scenario, province: Province, programme: Programme) -> pd.DataFrame:
    """One row per residential area: who lives there and what any operator serves, before and after.

    Parameters
    ----------
    scenario : Scenario
        Its receiver is the one shown.
    province : Province
        The province.
    programme : Programme
        What the run found.

    Returns
    -------
    DataFrame
        Columns `<technology>_<what>_<before|after>` hold shares 0 to 1; near_border: may be served from beyond it.
    """
    columns = ["area_id", "name", "commune_code", "kind", "population", "households", "households_fibre"]
    table = pd.DataFrame(province.areas[[name for name in columns if name in province.areas]])
    for when, areas in (("before", programme.baseline_areas), ("after", programme.final_areas)):
        table = table.merge(_wide(areas, scenario.coverage.receiver, when), on="area_id", how="left")
    because = programme.plan.unserved
    table["unserved_because"] = [because.get(str(name), "") for name in table["area_id"]]
    table["near_border"] = border_areas(province, scenario)
    return table


def _wide(areas: AreaCoverage, receiver: str, when: str) -> pd.DataFrame:
    rows = areas.table
    rows = rows[(rows["operator"] == "any") & (rows["band"] == "any") & (rows["receiver"] == receiver)]
    wide = rows.pivot(index="area_id", columns="technology", values=SHARES)
    wide.columns = pd.Index([f"{pair[1]}_{pair[0]}_{when}" for pair in wide.columns.to_list()])
    return wide.reset_index()


def areas_by_operator(programme: Programme) -> pd.DataFrame:
    """Long table: every area, operator, technology, band and receiver, before and after.

    Parameters
    ----------
    programme : Programme
        What the run found.

    Returns
    -------
    DataFrame
        Shares before and after side by side.
    """
    return programme.baseline_areas.table.merge(
        programme.final_areas.table, on=KEYS, how="outer", suffixes=("_before", "_after"), sort=True
    )


def works_table(plan: Plan) -> pd.DataFrame:
    """One row per work.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    DataFrame
        Plain columns; lists are joined by ';'. `year` is 0 where no phase can pay for the work.
    """
    rows = []
    for work in plan.works:
        row: dict[str, Any] = {
            "work_id": work.work_id,
            "sub_plan": work.sub_plan,
            "kind": work.kind,
            "owner": work.owner,
            "payer": work.payer,
            "year": work.year,
            "cost_vnd": work.cost_vnd,
            "opex_vnd_per_year": work.opex_vnd_per_year,
            "length_km": work.length_km,
            "people": work.people,
            "areas": len(work.area_ids),
            "area_ids": ";".join(work.area_ids),
            "reason": work.reason,
        }
        row |= {name: _plain(value) for name, value in work.details.items() if name not in row}
        rows.append(row)
    base = [
        "work_id",
        "sub_plan",
        "kind",
        "owner",
        "payer",
        "year",
        "cost_vnd",
        "opex_vnd_per_year",
        "length_km",
        "people",
    ]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=[*base, "areas", "area_ids", "reason"])


def _plain(value: Any) -> Any:
    """Lists and dicts as text a spreadsheet shows."""
    if isinstance(value, dict):
        return ";".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ";".join(str(item) for item in value)
    return value


def write_tables(folder: Path, scenario: Scenario, province: Province, programme: Programme) -> None:
    """Write the CSV files of a run.

    Parameters
    ----------
    folder : Path
        Folder to write to.
    scenario : Scenario
        The scenario.
    province : Province
        The province.
    programme : Programme
        What the run found.
    """
    areas_table(scenario, province, programme).to_csv(folder / "areas.csv", index=False)
    areas_by_operator(programme).to_csv(folder / "areas_by_operator.csv", index=False)
    works_table(programme.plan).to_csv(folder / "works.csv", index=False)
    works = programme.plan.works
    bill_of_quantities(works).to_csv(folder / "bill_of_quantities.csv", index=False)
    costs_by_operator(works).to_csv(folder / "costs_by_operator.csv", index=False)
    for name, kind in (("fibre_routes", "fibre_route"), ("underground_runs", "underground")):
        part = Plan(works=tuple(work for work in works if work.kind == kind), bounds={})
        works_table(part).to_csv(folder / f"{name}.csv", index=False)
