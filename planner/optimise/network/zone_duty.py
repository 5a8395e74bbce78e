"""What the undergrounding targets ask: which zones must be done, how many more, how many cable kilometres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.counting import count_required
from planner.optimise.network.runs import Runs


@dataclass(frozen=True)
class ZoneGroup:
    """A target counted over zones.

    Attributes
    ----------
    name : str
        The target.
    year : int
        Year it is due.
    members : tuple of int
        Rows of the zones it is counted over.
    required : int
        How many of them must be underground.
    published : bool
        Whether it is a published duty.
    """

    name: str
    year: int
    members: tuple[int, ...]
    required: int
    published: bool


@dataclass(frozen=True)
class KilometreNeed:
    """A target counted over all cable kilometres.

    Attributes
    ----------
    name : str
        The target.
    year : int
        Year it is due.
    share : float
        Share of all cable kilometres that must be underground.
    strictly_over : bool
        Whether the share must be exceeded.
    """

    name: str
    year: int
    share: float
    strictly_over: bool


def matching_zones(province: Province, target: Target) -> tuple[int, ...]:
    """List the rows of the zones a target is counted over.

    Parameters
    ----------
    province : Province
        The province.
    target : Target
        A target of kind 'underground_zones'.

    Returns
    -------
    tuple of int
        Rows of the zones table.
    """
    zones = province.zones
    keep = np.ones(len(zones), dtype=bool)
    if target.zone_kinds is not None:
        keep &= zones["kind"].isin(target.zone_kinds).to_numpy()
    if target.zone_status is not None:
        keep &= (zones["status"] == target.zone_status).to_numpy()
    return tuple(np.flatnonzero(keep).tolist())


def zone_groups(province: Province, scenario: Scenario) -> list[ZoneGroup]:
    """List the targets counted over zones.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        The scenario.

    Returns
    -------
    list of ZoneGroup
        In the order of the scenario.
    """
    found = []
    for target in scenario.targets:
        if target.kind == "underground_zones":
            members = matching_zones(province, target)
            required = count_required(target.share, len(members), strictly_over=target.strictly_over)
            found.append(ZoneGroup(target.name, target.year, members, required, target.status == "published"))
    return found


def kilometre_needs(scenario: Scenario) -> list[KilometreNeed]:
    """List the targets counted over kilometres.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    list of KilometreNeed
        In the order of the scenario.
    """
    return [
        KilometreNeed(target.name, target.year, target.share, target.strictly_over)
        for target in scenario.targets
        if target.kind == "underground_km"
    ]


def zones_underground(
    province: Province, runs: Runs, buried_runs: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Tell which zones have their cable underground.

    A new zone is underground when no aerial cable is left inside. An existing zone is underground when the
    inventory says so, or when works have buried every aerial cable inside; one without any aerial cable stays as
    the inventory has it.

    Parameters
    ----------
    province : Province
        Zones with `status` and `underground_today`.
    runs : Runs
        Cable runs.
    buried_runs : ndarray of bool, shape (r,), optional
        Runs that works have buried; none without it.

    Returns
    -------
    ndarray of bool, shape (n_zones,)
        State of each zone.
    """
    done = np.zeros(runs.n_runs, dtype=bool) if buried_runs is None else buried_runs
    hanging = np.zeros(len(province.zones), dtype=np.int64)
    before = np.zeros(len(province.zones), dtype=np.int64)
    for run, zones in enumerate(runs.zones):
        if runs.aerial[run] > 0:
            before[list(zones)] += 1
            hanging[list(zones)] += not done[run]
    new = (province.zones["status"] == "new").to_numpy()
    said = province.zones["underground_today"].to_numpy(dtype=bool)
    return np.asarray(np.where(new, hanging == 0, said | ((before > 0) & (hanging == 0))), dtype=bool)
