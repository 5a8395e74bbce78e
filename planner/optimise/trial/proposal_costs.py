"""What proposed sites cost by the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from planner.config.costs import Cost, SiteCosts
from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.power import lacks_grid
from planner.coverage.sectors import carriers_today, site_proposal
from planner.domain.coverage import Sector
from planner.domain.proposal import Proposal
from planner.domain.province import Province

_SAME_MAST_M = 5.0  # a proposal this near an existing mast stands on it


@dataclass(frozen=True)
class ProposalCost:
    """Cost of one proposed site.

    Attributes
    ----------
    kind : str
        'new_site', 'small_cell', 'colocate', 'upgrade', 'add_carrier', 'add_sector', 'split_sectors', 'move' or 'none'.
    capex_vnd : int
        Investment, VND.
    opex_vnd_per_year : int
        Yearly cost, VND.
    """

    kind: str
    capex_vnd: int
    opex_vnd_per_year: int


def proposal_costs(
    proposals: Sequence[Proposal], added: Sequence[Sector], province: Province, scenario: Scenario
) -> dict[str, ProposalCost]:
    """Cost of every site of a proposal; links and removal are not in it.

    The first technology of a new site is in its price; each further one costs a 5G upgrade or a carrier. Where the
    settlement has no grid, power is added.

    Parameters
    ----------
    proposals : sequence of Proposal
        Rows.
    added : sequence of Sector
        Sectors they put on air.
    province : Province
        Existing sites.
    scenario : Scenario
        Prices.

    Returns
    -------
    dict of str to ProposalCost
        By site id, in the order of the rows.
    """
    found: dict[str, ProposalCost] = {}
    for row in proposals:
        if row.site_id in found:
            continue
        own = [sector for sector in added if sector.site_id == row.site_id]
        if row.action == "remove" or not own:
            found[row.site_id] = ProposalCost("none", 0, 0)
        elif row.action == "add":
            found[row.site_id] = _new(own, province, scenario)
        else:
            found[row.site_id] = _changed(row, own, province, scenario)
    return found


def _new(own: Sequence[Sector], province: Province, scenario: Scenario) -> ProposalCost:
    prices, sites = Prices(scenario.costs), scenario.costs.sites
    candidates = scenario.planning.candidates
    kind: tuple[str, Cost, Cost] = ("new_site", sites.new_macro, sites.opex_new_per_year)
    if _on_existing_mast(own[0], province):
        kind = ("colocate", sites.colocate, sites.opex_colocate_per_year)
    elif own[0].height_agl_m <= candidates.small_cell_height_agl_m:
        kind = ("small_cell", sites.new_small_cell, sites.opex_new_per_year)
    carriers = sorted({(sector.technology, sector.carrier) for sector in own})
    further = sum(prices.vnd(_carrier_price(technology, sites)) for technology, _ in carriers[1:])
    if kind[0] != "colocate" and lacks_grid(province, np.array([own[0].x_m]), np.array([own[0].y_m]))[0]:
        further += prices.vnd(sites.power_off_grid)
    return ProposalCost(kind[0], prices.vnd(kind[1]) + further, prices.vnd(kind[2]))


def _changed(row: Proposal, own: Sequence[Sector], province: Province, scenario: Scenario) -> ProposalCost:
    """Cost of carriers and sectors a change adds; a moved mast costs a new one."""
    prices, sites = Prices(scenario.costs), scenario.costs.sites
    site = province.sites[province.sites["site_id"] == row.site_id].iloc[0]
    if row.x_m is not None:
        return ProposalCost("move", prices.vnd(sites.new_macro), 0)
    had = {name for name in ("4g", "5g") if bool(site[f"has_{name}"])}
    today = {name for technology in had for name in carriers_today(scenario, str(site["operator"]), technology)}
    new = sorted(({sector.carrier for sector in own} & set(row.carriers)) - today)
    kind, panels = _panels(row, own, site, scenario)
    if not new and not panels:
        return ProposalCost("none", 0, 0)
    technologies = [scenario.radio.carriers[name].technology for name in new]
    cost = panels + sum(prices.vnd(_carrier_price(technology, sites)) for technology in technologies)
    if new:
        kind = "upgrade" if set(technologies) - had else "add_carrier"
    return ProposalCost(kind, cost, prices.vnd(sites.opex_upgrade_per_year))


def _panels(row: Proposal, own: Sequence[Sector], site: Any, scenario: Scenario) -> tuple[str, int]:
    """Kind and cost of sectors beyond those the site has, per technology; narrow panels where two take one's place."""
    if not row.azimuths_deg or row.sector is not None:
        return "none", 0
    prices, sites, carriers = Prices(scenario.costs), scenario.costs.sites, scenario.radio.carriers
    known = site_proposal(site, "").azimuths_deg or scenario.radio.site_defaults.azimuths_deg
    technologies = {sector.technology for sector in own}
    extra = max(0, len(row.azimuths_deg) - len(known))
    narrow = any(sector.antenna == carriers[sector.carrier].narrow_antenna for sector in own)
    if narrow and len(row.azimuths_deg) == 2 * len(known):
        return "split_sectors", len(technologies) * len(row.azimuths_deg) * prices.vnd(sites.split_sector)
    return "add_sector" if extra else "none", len(technologies) * extra * prices.vnd(sites.add_sector)


def _carrier_price(technology: str, sites: SiteCosts) -> Cost:
    return sites.upgrade_5g if technology == "5g" else sites.add_carrier


def _on_existing_mast(sector: Sector, province: Province) -> bool:
    if province.sites.empty:
        return False
    tree = cKDTree([(point.x, point.y) for point in province.sites.geometry])
    return bool(tree.query((sector.x_m, sector.y_m))[0] <= _SAME_MAST_M)
