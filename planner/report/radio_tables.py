"""Radio tables of a run: what areas get besides coverage, and load and exposure distance of every sector."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.config.schema import Scenario
from planner.coverage.capacity import sector_loads
from planner.coverage.details import area_details
from planner.coverage.exposure import exposures
from planner.coverage.patterns import scenario_patterns
from planner.coverage.service import entry_service
from planner.domain.coverage import CoverageMap
from planner.domain.programme import Programme
from planner.domain.province import Province


def details_table(
    scenario: Scenario, province: Province, programme: Programme, *, by_operator: bool = False
) -> pd.DataFrame:
    """Rates, operators and white clusters of every area and technology, before and after.

    Parameters
    ----------
    scenario : Scenario
        Receiver, thresholds, load.
    province : Province
        Areas.
    programme : Programme
        Both maps.
    by_operator : bool, optional
        Rows for the customers of each operator, instead of for all networks together.

    Returns
    -------
    DataFrame
        The columns of `area_details`, each `_before` and `_after`.
    """
    before, after = (
        area_details(coverage, province, scenario, by_operator=by_operator)
        for coverage in (programme.baseline_map, programme.final_map)
    )
    keys = ["area_id", "operator", "technology"] if by_operator else ["area_id", "technology"]
    return before.merge(after, on=keys, suffixes=("_before", "_after"))


def sectors_table(scenario: Scenario, province: Province, programme: Programme) -> pd.DataFrame:
    """Load at the busy hour and exposure distance of every sector, today and at the end of the last phase.

    Parameters
    ----------
    scenario : Scenario
        Demand, exposure limit, phases.
    province : Province
        People.
    programme : Programme
        Both maps.

    Returns
    -------
    DataFrame
        state ('before' or 'after'), year, number (of the best server in the rasters of carriers), sector_id, site_id,
        operator, carrier, technology, people, demand_mbps, capacity_mbps, load, overloaded, exposure_m,
        mast_exposure_m, areas_inside_exposure; heaviest load first.
    """
    last = max([phase.year for phase in scenario.phases], default=scenario.base_year)
    states = (
        ("before", scenario.base_year, programme.baseline_map),
        ("after", last, programme.final_map),
    )
    tables = []
    for name, year, coverage in states:
        table = _state(scenario, province, coverage, year)
        table.insert(0, "state", name)
        table.insert(1, "year", year)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _state(scenario: Scenario, province: Province, coverage: CoverageMap, year: int) -> pd.DataFrame:
    service = entry_service(coverage, province, scenario)
    loads = sector_loads(service, province, scenario, year=year)
    sectors = [sector for layer in coverage.layers for sector in layer.sectors]
    masts = exposures(sectors, province, scenario, scenario_patterns(scenario))
    rows = [
        (name, round(own_m, 2), round(mast.distance_m, 2), ";".join(mast.area_ids))
        for mast in masts
        for name, own_m in mast.sector_m.items()
    ]
    columns = ["sector_id", "exposure_m", "mast_exposure_m", "areas_inside_exposure"]
    every = pd.DataFrame(
        [
            (i, one.sector_id, one.site_id, one.operator, one.carrier, one.technology)
            for i, one in enumerate(sectors, 1)
        ],
        columns=["number", "sector_id", "site_id", "operator", "carrier", "technology"],
    )
    figures = ["sector_id", "operator", "people", "demand_mbps", "capacity_mbps", "load", "overloaded"]
    limits = pd.DataFrame(rows, columns=columns).drop_duplicates("sector_id")  # co-located operators share names
    table = every.merge(loads[figures], on=["sector_id", "operator"], how="left").merge(limits, on="sector_id")
    table["overloaded"] = table["overloaded"].eq(True)
    idle = {"people": 0.0, "demand_mbps": 0.0, "load": 0.0}
    return table.fillna(idle).sort_values(["load", "sector_id"], ascending=[False, True], ignore_index=True)


def write_radio_tables(folder: Path, scenario: Scenario, province: Province, programme: Programme) -> pd.DataFrame:
    """Write area_details.csv, area_details_by_operator.csv and sectors.csv.

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

    Returns
    -------
    DataFrame
        The table of sectors.
    """
    for name, by_operator in (("area_details", False), ("area_details_by_operator", True)):
        table = details_table(scenario, province, programme, by_operator=by_operator)
        table.round(4).to_csv(folder / f"{name}.csv", index=False)
    sectors = sectors_table(scenario, province, programme)
    sectors.round(4).to_csv(folder / "sectors.csv", index=False)
    return sectors


def load_rows(sectors: pd.DataFrame) -> list[dict[str, str]]:
    """Load and exposure by state, technology and operator, in words for the report.

    Parameters
    ----------
    sectors : DataFrame
        From `sectors_table`.

    Returns
    -------
    list of dict
        when, technology, operator, sectors, overloaded, worst (load), people (in overloaded sectors), exposed (masts
        whose exposure distance reaches a residential area).
    """
    rows = []
    keys = ["state", "year", "technology", "operator"]
    for (_, year, technology, operator), block in sectors.sort_values(keys).groupby(keys, sort=False):
        full = block[block["overloaded"]]
        exposed = block.loc[block["areas_inside_exposure"] != "", "site_id"].nunique()
        rows.append(
            {
                "when": f"{year}",
                "technology": str(technology).upper(),
                "operator": str(operator),
                "sectors": f"{len(block):,}",
                "overloaded": f"{len(full):,}",
                "worst": f"{block['load'].max():.2f}",
                "people": f"{full['people'].sum():,.0f}",
                "exposed": f"{exposed:,}",
            }
        )
    return sorted(rows, key=lambda row: row["when"])
