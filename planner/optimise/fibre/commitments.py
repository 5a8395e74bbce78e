"""Fibre works a planner fixes or forbids: routes, homes, commune terminals and microwave links, by work id."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.fibre.demand import FibreAsks, FibreBaseline, HomesQuota
from planner.optimise.network.roads import RoadNetwork


def _named(scenario: Scenario, kind: str, *, fixed: bool) -> set[str]:
    """What stands behind 'kind:' in the ids fixed or forbidden."""
    commitments = scenario.planning.commitments
    listed = set(commitments.fixed) - set(commitments.forbidden) if fixed else set(commitments.forbidden)
    return {name.split(":", 1)[1] for name in listed if name.startswith(f"{kind}:")}


def edges_of(province: Province, roads: RoadNetwork, names: set[str]) -> NDArray[np.bool_]:
    """Mark the edges that follow some roads.

    Parameters
    ----------
    province : Province
        Its roads.
    roads : RoadNetwork
        The network, roads cut or not.
    names : set of str
        Road ids.

    Returns
    -------
    ndarray of bool, shape (m,)
        True along these roads.
    """
    rows = np.flatnonzero(province.roads["road_id"].isin(names).to_numpy())
    return np.isin(roads.road, rows)


def without_forbidden(province: Province, scenario: Scenario, roads: RoadNetwork) -> RoadNetwork:
    """Drop the roads along which no new fibre may be laid; cable that lies there already stays in use.

    Parameters
    ----------
    province : Province
        Its roads.
    scenario : Scenario
        Its commitments.
    roads : RoadNetwork
        The network.

    Returns
    -------
    RoadNetwork
        The same network where no route is forbidden.
    """
    names = _named(scenario, "F", fixed=False)
    if not names:
        return roads
    keep = ~edges_of(province, roads, names) | (roads.cabled & scenario.planning.reuse_cables)
    columns: dict[str, Any] = {
        name: getattr(roads, name)[keep] for name in ("u", "v", "road", "length_m", "line", "cabled")
    }
    return replace(roads, **columns)


def fixed_edges(province: Province, scenario: Scenario, roads: RoadNetwork) -> NDArray[np.bool_]:
    """Mark the edges of routes that are in the plan whatever they cost.

    Parameters
    ----------
    province : Province
        Its roads.
    scenario : Scenario
        Its commitments.
    roads : RoadNetwork
        The network.

    Returns
    -------
    ndarray of bool, shape (m,)
        True on fixed routes.
    """
    return edges_of(province, roads, _named(scenario, "F", fixed=True))


def committed_asks(province: Province, scenario: Scenario, baseline: FibreBaseline, asks: FibreAsks) -> FibreAsks:
    """Add the homes and communes that are fixed to what targets ask, and take the forbidden ones out.

    Parameters
    ----------
    province : Province
        Areas and communes.
    scenario : Scenario
        Its commitments.
    baseline : FibreBaseline
        Fibre as it is.
    asks : FibreAsks
        What the targets ask.

    Returns
    -------
    FibreAsks
        The same where nothing is committed.
    """
    areas, codes = province.areas["area_id"], province.communes["commune_code"]
    shut = np.flatnonzero(areas.isin(_named(scenario, "D", fixed=False)).to_numpy())
    closed = set(np.flatnonzero(codes.isin(_named(scenario, "T", fixed=False)).to_numpy()).tolist())
    year = max((target.year for target in scenario.targets if target.kind.startswith("fibre")), default=0)
    homes = [replace(quota, areas=np.setdiff1d(quota.areas, shut)) for quota in asks.homes]
    homes += [
        HomesQuota(f"fixed, area {areas.iat[row]}", year, np.array([row]), int(baseline.homes_left[row]))
        for row in np.flatnonzero(areas.isin(_named(scenario, "D", fixed=True)).to_numpy()).tolist()
        if baseline.homes_left[row] > 0
    ]
    homes.sort(key=lambda quota: (quota.areas.size, quota.year, quota.name))
    communes = {row: due for row, due in asks.communes.items() if row not in closed}
    for row in np.flatnonzero(codes.isin(_named(scenario, "T", fixed=True)).to_numpy()).tolist():
        if not baseline.commune_lit[row] and baseline.office[row] >= 0:
            communes.setdefault(row, year)
    some = tuple(
        replace(quota, communes=np.array([row for row in quota.communes.tolist() if row not in closed], np.int64))
        for quota in asks.some_communes
    )
    return FibreAsks(communes, tuple(homes), some)


def committed_links(scenario: Scenario, site_ids: list[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which sites must and which may not be linked by microwave.

    Parameters
    ----------
    scenario : Scenario
        Its commitments.
    site_ids : list of str
        Sites that need a link.

    Returns
    -------
    must, may_not : ndarray of bool, shape (n,)
        By site.
    """
    always, never = _named(scenario, "M", fixed=True), _named(scenario, "M", fixed=False)
    return np.isin(site_ids, list(always)), np.isin(site_ids, list(never))
