"""Masts that may carry one more operator, and who is on them already."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from planner.config.schema import Scenario
from planner.domain.province import Province


def masts_with_room(province: Province, scenario: Scenario) -> list[tuple[Any, set[str]]]:
    """Hosts that may carry one more operator, with the operators already there.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Structures that may be shared, and the most operators on one mast.

    Returns
    -------
    list of tuple
        Row of the sites table as a named tuple, and its operators.
    """
    rules = scenario.planning.candidates
    sites = province.sites
    host_of = _host_of(sites)
    tenants: dict[str, set[str]] = {}
    for site_id, operator in zip(sites["site_id"], sites["operator"], strict=True):
        tenants.setdefault(host_of[site_id], set()).add(operator)
    hosts = sites[
        sites["site_id"].isin(tenants) & sites["structure"].isin(rules.colocation_structures) & sites["inside"]
    ]
    return [(row, tenants[row.site_id]) for row in hosts.itertuples() if len(tenants[row.site_id]) < rules.max_tenants]


def _host_of(sites: gpd.GeoDataFrame) -> dict[str, str]:
    """Follow `colocated_with` to the mast that carries a site."""
    given = sites["colocated_with"].where(pd.notna(sites["colocated_with"]), "")
    link = dict(zip(sites["site_id"], given, strict=True))
    host = {}
    for site_id in link:
        seen = {site_id}
        at = site_id
        while link.get(at) and link[at] in link and link[at] not in seen:
            at = link[at]
            seen.add(at)
        host[site_id] = at
    return host
