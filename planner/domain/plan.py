"""What a plan is made of: works, targets, phases, bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Work:
    """One piece of work somebody pays for.

    Attributes
    ----------
    work_id : str
        Stable id, for example 'U:BG_VI0003:nr2600' or 'F:road-17'.
    kind : str
        'upgrade', 'add_sector', 'split_sectors', 'colocate', 'new_site', 'fibre_route', 'distribution',
        'commune_terminal', 'backhaul_microwave', 'line_terminal' or 'underground'.
    sub_plan : str
        'sites', 'fibre' or 'undergrounding'.
    owner, payer : str
        Whose it is and who pays.
    cost_vnd : int
        Investment, VND of the catalogue's price year.
    opex_vnd_per_year : int
        Yearly cost, VND.
    year : int
        Phase (its last year) the work falls in; 0 when no phase can pay for it.
    length_km : float
        Length for linear works, km on the ellipsoid.
    area_ids : tuple of str
        Areas that gain from it.
    people : int
        People (sites, routes) or homes (distribution) that gain.
    reason : str
        Why it is in the plan.
    geometry : BaseGeometry or None
        Point or line in the working reference system.
    details : dict
        Further plain columns for the tables (site_id, carrier, x_m, y_m, road_id, operators, homes ...).
    requires : tuple of str
        Works that must be done before it, or in the same phase.
    due_year : int
        Year by which its target is due; 0 when no target sets one.
    """

    work_id: str
    kind: str
    sub_plan: str
    owner: str
    payer: str
    cost_vnd: int
    opex_vnd_per_year: int
    year: int
    length_km: float
    area_ids: tuple[str, ...]
    people: int
    reason: str
    geometry: BaseGeometry | None = None
    details: dict[str, Any] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    due_year: int = 0

    @property
    def whole_vnd(self) -> int:
        """Investment and the present value of what comes with it: rents of cables, operation where it is weighed."""
        later = ("rent_present_vnd", "operation_present_vnd")
        return self.cost_vnd + sum(int(self.details.get(name, 0)) for name in later)


@dataclass(frozen=True)
class EarlierPlan:
    """What planning again under further commitments begins from.

    Attributes
    ----------
    run : str
        Name of the earlier run.
    work_ids : frozenset of str
        Its works.
    sites_lower_bound_vnd : int
        Proven least cost of its radio works, VND.
    fixed, forbidden : tuple of str
        Its commitments.
    """

    run: str
    work_ids: frozenset[str]
    sites_lower_bound_vnd: int
    fixed: tuple[str, ...]
    forbidden: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """How good a sub-plan is proven to be (discretionary cost only).

    Attributes
    ----------
    cost_vnd, lower_bound_vnd : int
        Cost of the plan and proven least cost of any plan over the same candidates, VND.
    gap_share : float
        (cost - bound) / cost; 0 when there is nothing to do.
    stopped_by : str
        What stopped the solver.
    naive_vnd : dict of str to int
        Cost of simpler plans for the same targets: 'upgrade_every_site', 'greedy', 'phase_by_phase' ...
    """

    cost_vnd: int
    lower_bound_vnd: int
    gap_share: float
    stopped_by: str
    naive_vnd: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetStatus:
    """Whether a target is met, and if not, what would do.

    Attributes
    ----------
    name, kind, status : str
        The target; status is 'published' or 'assumed'.
    year : int
        Year it is due.
    required, reached : float
        Shares, 0 to 1.
    met : bool
        Whether it is reached in its year.
    shortfall : str
        What is missing and what would suffice; empty when met.
    """

    name: str
    kind: str
    status: str
    year: int
    required: float
    reached: float
    met: bool
    shortfall: str = ""


@dataclass(frozen=True)
class Plan:
    """The proposal: works over the phases, with bounds and what they reach.

    Attributes
    ----------
    works : tuple of Work
        Sorted by sub-plan, year, id.
    bounds : dict of str to Bound
        Keys 'sites', 'fibre', 'undergrounding'.
    notes : tuple of str
        What a reader must know.
    unserved : dict of str to str
        area_id -> why no candidate can serve it.
    """

    works: tuple[Work, ...]
    bounds: dict[str, Bound]
    notes: tuple[str, ...] = ()
    unserved: dict[str, str] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
