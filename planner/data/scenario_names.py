"""Names the scenario takes from the data: kinds of area, communes that come first, zones in which nothing is built."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd

from planner.config.schema import Scenario
from planner.data.findings import Findings


def check_names(
    scenario: Scenario,
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None,
    zones: gpd.GeoDataFrame | None,
    findings: Findings,
) -> None:
    """Find names that no feature bears: a target over them would count nothing and pass for met.

    Parameters
    ----------
    scenario : Scenario
        Targets and planning rules.
    communes : GeoDataFrame
        Canonical communes.
    villages, zones : GeoDataFrame or None
        Canonical layers where they could be read.
    findings : Findings
        Book for what is found.
    """
    planning = scenario.planning
    _absent("communes", "planning.priority_communes", planning.priority_communes, communes["commune_code"], findings)
    if zones is not None:
        excluded = planning.candidates.exclusion_zone_ids
        _absent("zones", "planning.candidates.exclusion_zone_ids", excluded, zones["zone_id"], findings)
    if villages is not None:
        kinds = sorted(set(villages["kind"].dropna().astype(str)))
        for index, target in enumerate(scenario.targets):
            if target.area_kinds is not None and not set(target.area_kinds) & set(kinds):
                asked = ", ".join(target.area_kinds) or "none"
                message = (
                    f"targets.{index}.area_kinds asks for {asked}; the kinds here are {', '.join(kinds) or 'none'}"
                )
                findings.add("P901", "villages", target.name, message)


def _absent(layer: str, key: str, names: Iterable[str], known: Iterable[object], findings: Findings) -> None:
    """One finding for each name the layer does not hold."""
    there = {str(name) for name in known}
    for name in names:
        if name not in there:
            findings.add("P901", layer, name, f"{key} names it, the layer does not hold it")
