"""Fibre and undergrounding of one site plan, solved together where they share trenches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.config.schema import Scenario
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.programme.cables import plan_cables
from planner.optimise.sites.plan import SitePlan, link_needs


@dataclass(frozen=True)
class NetworkPlan:
    """Works on cables and what they are proven to cost at least.

    Attributes
    ----------
    works : tuple of Work
        Works without years.
    fibre, undergrounding : Bound
        Cost against proven least cost of each part.
    lower_bound_vnd : int
        Proven least cost of both together, whatever sites are chosen, VND.
    notes : tuple of str
        What a reader must know.
    """

    works: tuple[Work, ...]
    fibre: Bound
    undergrounding: Bound
    lower_bound_vnd: int
    notes: tuple[str, ...]

    @property
    def cost_vnd(self) -> int:
        """Cost of all works with the present value of rents, VND.

        Returns
        -------
        int
            Sum over the works.
        """
        return sum(work.whole_vnd for work in self.works)


def plan_networks(
    province: Province, scenario: Scenario, sites: SitePlan, should_stop: Callable[[], bool] | None = None
) -> NetworkPlan:
    """Plan fibre for communes, homes and sites, and the cable to put underground.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets and prices.
    sites : SitePlan
        Radio works that want links.
    should_stop : callable, optional
        Asked by the solvers now and then; True makes them return the best so far.

    Returns
    -------
    NetworkPlan
        Works with bounds.
    """
    cables = plan_cables(province, scenario, link_needs(scenario, sites), should_stop=should_stop)
    return NetworkPlan(
        works=cables.works,
        fibre=cables.fibre,
        undergrounding=cables.undergrounding,
        lower_bound_vnd=cables.without_sites_vnd,
        notes=cables.notes,
    )
