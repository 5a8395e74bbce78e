"""What radio works cost: investment, yearly cost and both together at present value."""

from __future__ import annotations

from typing import Literal, NamedTuple

from planner.costs.catalogue import Prices
from planner.costs.discounting import present_value

SiteWork = Literal[
    "new_macro", "new_small_cell", "new_rooftop", "new_pole_cell", "upgrade_5g", "add_carrier", "colocate",
    "add_sector", "split_sector",
]  # fmt: skip


class SiteCost(NamedTuple):
    """Cost of one radio work.

    Attributes
    ----------
    capex_vnd : int
        Investment less subsidy, VND.
    opex_vnd_per_year : int
        Yearly cost, VND.
    present_value_vnd : int
        Investment and operation over the horizon, VND of the year of the work.
    """

    capex_vnd: int
    opex_vnd_per_year: int
    present_value_vnd: int


_SUBSIDISED: tuple[SiteWork, ...] = ("upgrade_5g",)
_BY_SECTOR: tuple[SiteWork, ...] = ("add_sector", "split_sector")


def site_cost(
    prices: Prices, work: SiteWork, *, carriers: int = 1, sectors: int = 1, off_grid: bool = False
) -> SiteCost:
    """Price one radio work.

    Parameters
    ----------
    prices : Prices
        Catalogue.
    work : str
        'new_macro', 'new_small_cell', 'new_rooftop', 'new_pole_cell', 'upgrade_5g', 'add_carrier', 'colocate',
        'add_sector' or 'split_sector'.
    carriers : int, optional
        Carriers set up at once; those after the first cost `costs.sites.add_carrier` each. A sector has all
        its carriers in its price.
    sectors : int, optional
        Sectors that 'add_sector' or 'split_sector' leave behind; the prices of other works are whole sites'.
    off_grid : bool, optional
        Whether power has to be brought (`costs.sites.power_off_grid`).

    Returns
    -------
    SiteCost
        Investment, yearly cost and present value.
    """
    sites = prices.costs.sites
    first = prices.vnd(getattr(sites, work))
    if work in _SUBSIDISED:
        first = round(first * (1.0 - sites.subsidy_5g_share))
    further = 0 if work in _BY_SECTOR else max(0, carriers - 1) * prices.vnd(sites.add_carrier)
    capex = first * (sectors if work in _BY_SECTOR else 1) + further
    if off_grid:
        capex += prices.vnd(sites.power_off_grid)
    yearly = {
        "new_macro": sites.opex_new_per_year,
        "new_small_cell": sites.opex_new_per_year,
        "new_rooftop": sites.opex_rooftop_per_year,
        "new_pole_cell": sites.opex_pole_cell_per_year,
        "colocate": sites.opex_colocate_per_year,
    }.get(work, sites.opex_upgrade_per_year)
    opex = prices.vnd(yearly)
    value = present_value(
        capex,
        opex,
        rate=prices.costs.discount_rate,
        years_to_start=0,
        horizon_years=prices.costs.horizon_years,
    )
    return SiteCost(capex, opex, round(value))
