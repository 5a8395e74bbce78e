"""What a fibre route serves, and the microwave links beside it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.optimise.network.backhaul import MicrowaveLink, SiteNeed


@dataclass
class Served:
    """What hangs on an edge.

    Attributes
    ----------
    areas : list of int
        Rows of the areas table.
    homes, communes : int
        Homes and commune offices connected behind it.
    sites : list of SiteNeed
        Sites and places behind it.
    """

    areas: list[int]
    homes: int
    communes: int
    sites: list[SiteNeed]


def route_reason(areas: int, communes: int, sites: list[SiteNeed]) -> str:
    """Say what a route is for.

    Parameters
    ----------
    areas, communes : int
        How many lie behind it.
    sites : list of SiteNeed
        Sites and places behind it.

    Returns
    -------
    str
        For example 'way to 1 commune, 2 residential areas'.
    """
    parts = []
    if communes:
        parts.append(f"{communes} commune{'s' if communes > 1 else ''}")
    if areas:
        parts.append(f"{areas} residential area{'s' if areas > 1 else ''}")
    for what in ("radio site", "place"):
        count = sum(need.what == what for need in sites)
        if count:
            parts.append(f"{count} {what}{'s' if count > 1 else ''}")
    return "way to " + ", ".join(parts) if parts else "joins the route behind it"


def microwave_work(scenario: Scenario, need: SiteNeed, link: MicrowaveLink) -> Work:
    """Write the microwave link of a site.

    Parameters
    ----------
    scenario : Scenario
        Who pays.
    need : SiteNeed
        The site.
    link : MicrowaveLink
        Its hops.

    Returns
    -------
    Work
        One work for all hops.
    """
    hops = len(link.hosts)
    limit = min(link.limits, key=lambda item: (item.longest_km, item.frequency_ghz))
    return Work(
        work_id=f"M:{need.site_id}", kind="backhaul_microwave", sub_plan="fibre", owner=need.operator,
        payer=scenario.planning.fibre_payer, cost_vnd=link.cost_vnd, opex_vnd_per_year=0, year=0,
        length_km=0.0, area_ids=(), people=0,
        reason=f"in sight of {link.hosts[-1]} and cheaper than a fibre route ({limit})",
        details={
            "site_id": need.site_id, "for_works": ",".join(need.work_ids), "hops": hops,
            "hosts": ",".join(link.hosts), "hop_km": sum(link.hop_km), "x_m": need.x_m, "y_m": need.y_m,
            "frequency_ghz": ",".join(f"{item.frequency_ghz:g}" for item in link.limits), "rain_mm_h": limit.rain_mm_h,
            "longest_hop_km": limit.longest_km, "availability_pct": limit.availability_pct,
            "spare_margin_db": link.spare_db,
        },
        due_year=need.due_year,
    )  # fmt: skip
