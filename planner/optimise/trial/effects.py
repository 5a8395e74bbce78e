"""What proposals do, as tables a person can read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.exposure import Exposure
from planner.domain.province import Province
from planner.optimise.trial.proposal_costs import ProposalCost
from planner.optimise.trial.site_links import FibreLink, MicrowavePath

Shares = dict[tuple[str, str], NDArray[np.float64]]  # technology, operator -> served share per area
_SHARE_EPS = 1e-9


@dataclass(frozen=True)
class SiteFacts:
    """What one proposed site costs and touches.

    Attributes
    ----------
    site_id : str
        The site.
    cost : ProposalCost
        Investment and yearly cost.
    exposure : Exposure or None
        Distance at which the exposure limit is met, and areas inside; None for removed sites.
    fibre : FibreLink or None
        Cheapest fibre, for new and moved sites.
    microwave : tuple of MicrowavePath
        Hops to the nearest masts, for new and moved sites.
    """

    site_id: str
    cost: ProposalCost
    exposure: Exposure | None
    fibre: FibreLink | None
    microwave: tuple[MicrowavePath, ...]


@dataclass(frozen=True)
class Effect:
    """What a set of proposals does.

    Attributes
    ----------
    people : DataFrame
        technology, operator, people_gained, people_lost, areas_gained, areas_lost, population_share_before and _after.
    areas : DataFrame
        Areas whose served share changes: area_id, name, commune_code, technology, operator, share_before, share_after,
        people_gained, people_lost, becomes_covered, is_lost.
    neighbours : DataFrame
        Sectors on air before and after whose SINR or load changes: sector_id, site_id, operator, carrier,
        people_before, people_after, load_before, load_after, sinr_change_db.
    sites : tuple of SiteFacts
        The proposed sites.
    warnings : tuple of str
        What a reader must know.
    """

    people: pd.DataFrame
    areas: pd.DataFrame
    neighbours: pd.DataFrame
    sites: tuple[SiteFacts, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A position that was tried.

    Attributes
    ----------
    x_m, y_m : float
        Position, m.
    lon_deg, lat_deg : float
        The same, degrees (WGS 84), as a proposal file takes it.
    moved_m : float
        Distance from the proposed position, m.
    people_gained : float
        People newly served there by the proposal's own operator and technologies.
    """

    x_m: float
    y_m: float
    lon_deg: float
    lat_deg: float
    moved_m: float
    people_gained: float


def area_table(before: Shares, after: Shares, province: Province, scenario: Scenario) -> pd.DataFrame:
    """Areas whose served share changes.

    Parameters
    ----------
    before, after : dict
        Shares by technology and operator.
    province : Province
        Areas.
    scenario : Scenario
        Share at which an area counts as covered.

    Returns
    -------
    DataFrame
        As in `Effect.areas`, largest change first within technology and operator.
    """
    areas = province.areas
    bar = scenario.coverage.area_covered_at - _SHARE_EPS
    asked = sorted(before)
    found = [np.flatnonzero(np.abs(after[one] - before[one]) > _SHARE_EPS) for one in asked]
    block = np.repeat(np.arange(len(asked)), [rows.size for rows in found])
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    was, now = (
        np.stack([before[one] for one in asked])[block, rows],
        np.stack([after[one] for one in asked])[block, rows],
    )
    change = (now - was) * areas["population"].to_numpy(dtype=np.float64)[rows]
    names = areas["area_id"].to_numpy(dtype=object)
    order = np.lexsort((names[rows].astype(str), -np.abs(change), block))  # `asked` is sorted already
    block, rows, was, now, change = block[order], rows[order], was[order], now[order], change[order]
    technology, operator = np.array(asked, dtype=object).T
    return pd.DataFrame(
        {
            "area_id": names[rows],
            "name": areas["name"].to_numpy(dtype=object)[rows],
            "commune_code": areas["commune_code"].to_numpy(dtype=object)[rows],
            "technology": technology[block],
            "operator": operator[block],
            "share_before": was,
            "share_after": now,
            "people_gained": np.maximum(change, 0.0),
            "people_lost": np.maximum(-change, 0.0),
            "becomes_covered": (was < bar) & (now >= bar),
            "is_lost": (was >= bar) & (now < bar),
        }
    )


def people_table(before: Shares, after: Shares, province: Province, scenario: Scenario) -> pd.DataFrame:
    """People and areas gained and lost.

    Parameters
    ----------
    before, after : dict
        Shares by technology and operator.
    province : Province
        Areas.
    scenario : Scenario
        Share at which an area counts as covered.

    Returns
    -------
    DataFrame
        As in `Effect.people`.
    """
    people = province.areas["population"].to_numpy(dtype=np.float64)
    bar = scenario.coverage.area_covered_at - _SHARE_EPS
    rows = []
    for (technology, operator), was in before.items():
        now = after[technology, operator]
        change = (now - was) * people
        rows.append(
            {
                "technology": technology,
                "operator": operator,
                "people_gained": float(np.maximum(change, 0.0).sum()),
                "people_lost": float(np.maximum(-change, 0.0).sum()),
                "areas_gained": int(((was < bar) & (now >= bar)).sum()),
                "areas_lost": int(((was >= bar) & (now < bar)).sum()),
                "population_share_before": float((was * people).sum() / people.sum()),
                "population_share_after": float((now * people).sum() / people.sum()),
            }
        )
    return pd.DataFrame(rows)
