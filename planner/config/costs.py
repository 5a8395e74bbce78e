"""Key `costs`: the catalogue, exchange rates, discounting."""

from __future__ import annotations

from typing import Literal

from planner.config.base import Section, setting

Currency = Literal["VND", "USD", "GBP"]
GroundName = Literal["urban", "suburban", "rural"]


class Cost(Section):
    """One price, as its source states it."""

    value: float = setting(..., "Amount in the source's currency and unit.", ge=0)
    currency: Currency = setting("VND", "Currency of the amount.")
    price_year: int = setting(2025, "Year of the price.", ge=1990, le=2100)
    source: str = setting("assumption", "Who says so.")
    assumed: bool = setting(True, "Whether this is the planner's assumption.")
    scale: float = setting(1.0, "Visible factor from a foreign price to a Vietnamese one.", gt=0)


def _vnd(million: float, source: str, year: int = 2020, *, assumed: bool = True) -> Cost:
    return Cost(value=million * 1e6, price_year=year, source=source, assumed=assumed)


def _usd(value: float, source: str, year: int = 2020, scale: float = 1.0) -> Cost:
    return Cost(value=value, currency="USD", price_year=year, source=source, scale=scale)


class SiteCosts(Section):
    """Prices of radio works, one each."""

    new_macro: Cost = setting(
        _vnd(1000, "baodautu.vn 2020: 300 million to 1 billion VND a BTS; upper end with tower"),
        "New macro site with tower, without carriers' radio beyond the first technology.",
    )
    new_small_cell: Cost = setting(_vnd(350, "lower end of baodautu.vn 2020"), "New small cell or pole.")
    new_rooftop: Cost = setting(
        _vnd(600, "baodautu.vn 2020 range; assumption: a site without its tower"),
        "New macro site on the roof of a public place, without carriers' radio beyond the first technology.",
    )
    new_pole_cell: Cost = setting(
        _vnd(250, "assumption: a small cell without its own pole"), "New small cell on a pole that stands."
    )
    upgrade_5g: Cost = setting(
        _vnd(450, "baodautu.vn 2020 range; equipment share"),
        "Add 5G to an existing site of the same operator.",
    )
    add_carrier: Cost = setting(
        _vnd(300, "lower end of baodautu.vn 2020"), "Add another carrier of a technology already on site."
    )
    add_sector: Cost = setting(
        _vnd(160, "assumption: a third of a carrier's and an upgrade's three sectors, with panel and mounting"),
        "One more sector on a site that leaves a direction open, with the carriers the site has of a technology.",
    )
    split_sector: Cost = setting(
        _vnd(110, "assumption: narrow panel and radio; mounting, feeders and power are there"),
        "Each narrow panel where two take the place of a wide one.",
    )
    colocate: Cost = setting(
        _vnd(550, "baodautu.vn 2020 range; equipment and mast adaption"),
        "Own radio on another operator's mast.",
    )
    power_off_grid: Cost = setting(_vnd(200, "assumption"), "Power supply where an area has no grid.")
    opex_new_per_year: Cost = setting(
        _vnd(60, "assumption near pobis O&M and power, scaled"), "Yearly cost of a new site."
    )
    opex_rooftop_per_year: Cost = setting(_vnd(75, "assumption, with rent of the roof"), "Yearly cost of a roof site.")
    opex_pole_cell_per_year: Cost = setting(
        _vnd(30, "assumption, with rent of the pole"), "Yearly cost of a small cell on a pole."
    )
    opex_upgrade_per_year: Cost = setting(_vnd(25, "assumption"), "Yearly cost of an upgrade.")
    opex_colocate_per_year: Cost = setting(_vnd(45, "assumption, with mast rent"), "Yearly cost of a co-location.")
    subsidy_5g_share: float = setting(
        0.0,
        "Share of equipment cost paid by the state.",
        ge=0,
        le=1,
        source="Decree 88/2025: 15 % for stations accepted until 2025-12-31, nothing after",
    )
    microwave_hop: Cost = setting(_usd(30_000, "pobis, pytal", scale=0.35), "One microwave hop.")


class FibreCosts(Section):
    """Prices of fibre, per metre of route."""

    buried_per_m: dict[GroundName, Cost] = setting(
        {
            "urban": _usd(25, "pobis/pytal", scale=0.5),
            "suburban": _usd(15, "pobis/pytal", scale=0.5),
            "rural": _usd(10, "pobis/pytal", scale=0.5),
        },
        "Buried fibre with its trench, by ground.",
    )
    aerial_factor: float = setting(
        0.42, "Aerial over buried cost.", gt=0, le=1, source="FBA/Cartesian 2025: buried:aerial 2.25-2.5"
    )
    cable_share: float = setting(
        0.25,
        "Share of the buried price that is cable, not trench: paid again in a shared trench.",
        ge=0,
        le=1,
        source="assumption",
    )
    placement: Literal["aerial", "buried", "cheapest"] = setting(
        "aerial", "How new fibre is laid outside zones with a duty."
    )
    distribution_m_per_home: float = setting(
        35.0, "Length of distribution cable per newly connected home.", unit="m", gt=0, source="assumption"
    )
    distribution_per_m: Cost = setting(
        _usd(3, "assumption near india5g aerial drop"), "Distribution cable inside a village."
    )
    home_connection: Cost = setting(_vnd(1.5, "assumption: drop, ONT, splitter share"), "Connecting one home.")
    commune_terminal: Cost = setting(_vnd(80, "assumption: ODF and active gear"), "Terminal in a commune office.")
    road_class_factor: dict[str, float] = setting(
        {}, "Factor on the price of a route by class of its road, for example {path: 1.3}; classes not named cost 1."
    )
    river_crossing: Cost = setting(
        _vnd(150, "assumption: cable on a bridge or drilled under"),
        "Each crossing of a known river, beside the metres.",
    )
    railway_crossing: Cost = setting(
        _vnd(100, "assumption: drilled under the track, with permits"), "Each crossing of a known railway."
    )
    pole_reuse_share: float = setting(
        0.6, "Share of the aerial price left where poles stand already.", ge=0, le=1, source="assumption"
    )
    pole_rent_per_m_year: Cost = setting(_vnd(0.002, "assumption"), "Rent of a place on existing poles.")
    line_terminal: Cost = setting(
        _vnd(200, "assumption: small line terminal with housing and power"),
        "Line terminal where homes are farther from the trunk than a passive network reaches.",
    )
    slope_factor: float = setting(0.5, "Extra cost share per 10 degrees of ground slope.", ge=0, source="assumption")


class UndergroundCosts(Section):
    """Prices of putting existing aerial cable underground."""

    per_m: dict[GroundName, Cost] | None = setting(
        None,
        "Cost of burying existing aerial cable with its trench; no Vietnamese price was found: scenarios give it.",
        unit="VND/m",
    )
    further_cable_share: float = setting(
        0.2,
        "Cost of each further cable in the same trench, share of the first.",
        ge=0,
        le=1,
        source="assumption",
    )
    mobilisation: Cost = setting(_vnd(40, "assumption"), "Once per contiguous run of works.")
    duct_rent_per_m_year: Cost = setting(
        Cost(
            value=79_258,
            price_year=2016,
            source="viettimes.vn: Hanoi ceiling, cable over 45 mm",
            assumed=False,
        ),
        "Rent of duct space.",
    )


class CostsConfig(Section):
    """All prices and how they are brought to one currency and year."""

    exchange_vnd: dict[Currency, float] = setting(
        {"VND": 1.0, "USD": 25_500.0, "GBP": 33_000.0},
        "VND per unit of currency.",
        source="assumption, 2025 level",
    )
    inflation_per_year: float = setting(
        0.035,
        "Yearly inflation applied from the price year to `price_year`.",
        ge=-0.1,
        le=1,
        source="assumption",
    )
    price_year: int = setting(2025, "Year all costs are expressed in.", ge=2000, le=2100)
    discount_rate: float = setting(0.05, "Discount rate.", ge=0, le=1, source="pytal")
    horizon_years: int = setting(10, "Years of operation counted.", ge=0, le=50, source="pytal")
    sites: SiteCosts = setting(SiteCosts, "Radio works.")
    fibre: FibreCosts = setting(FibreCosts, "Fibre works.")
    undergrounding: UndergroundCosts = setting(UndergroundCosts, "Undergrounding works.")
