"""The whole outcome: the plan, the state of the networks before, at the end of each phase and after, the targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.domain.coverage import AreaCoverage, CoverageMap
from planner.domain.plan import Plan, TargetStatus


@dataclass(frozen=True)
class NetworkState:
    """Coverage, fibre and cables at one moment, in the shape of summary.json.

    Attributes
    ----------
    coverage : dict
        Technology ('4g', '5g', 'any') -> areas_share, population_share, white_areas, by_operator.
    fibre : dict
        communes_share, households_share.
    cables : dict
        total_km, underground_share, zones (kind -> status -> count, underground_count), by_level and by_zone_kind
        (name -> total_km, underground_share).
    """

    coverage: dict[str, Any]
    fibre: dict[str, Any]
    cables: dict[str, Any]


@dataclass(frozen=True)
class PhaseOutcome:
    """What a phase spends and reaches.

    Attributes
    ----------
    year : int
        Last year of the phase.
    budget_vnd, cost_vnd : dict of str to int
        Payer -> money, VND.
    new_sites, upgrades : int
        Number of new sites, and of upgrades and co-locations.
    fibre_km, underground_km : float
        Route kilometres of fibre laid, and of cable runs put underground.
    state : NetworkState
        State at its end.
    """

    year: int
    budget_vnd: dict[str, int]
    cost_vnd: dict[str, int]
    new_sites: int
    upgrades: int
    fibre_km: float
    underground_km: float
    state: NetworkState


@dataclass(frozen=True)
class Comparison:
    """A published figure beside the computed one.

    Attributes
    ----------
    what : str
        Plain name.
    published, computed : float
        Both values; computed is NaN where nothing computes it.
    source, why_different : str
        Where it was published and why the two differ.
    """

    what: str
    published: float
    computed: float
    source: str
    why_different: str


@dataclass(frozen=True)
class Programme:
    """Everything a run found.

    Attributes
    ----------
    plan : Plan
        Works with years and bounds.
    baseline_map, final_map : CoverageMap
        Coverage rasters before and after.
    baseline_areas, final_areas : AreaCoverage
        Coverage of residential areas before and after.
    baseline, final : NetworkState
        Summaries before and after.
    phases : tuple of PhaseOutcome
        One per phase.
    targets : tuple of TargetStatus
        One per target.
    published : tuple of Comparison
        Published figures beside computed ones.
    sensitivity : tuple of dict
        Assumption varied, and what it changes.
    notes : tuple of str
        What a reader must know.
    """

    plan: Plan
    baseline_map: CoverageMap
    final_map: CoverageMap
    baseline_areas: AreaCoverage
    final_areas: AreaCoverage
    baseline: NetworkState
    final: NetworkState
    phases: tuple[PhaseOutcome, ...]
    targets: tuple[TargetStatus, ...]
    published: tuple[Comparison, ...] = ()
    sensitivity: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
