"""From sites to sectors: what each site transmits, with the scenario's defaults where the inventory is silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from planner.config.schema import Scenario
from planner.domain.coverage import ProposedSite, Sector
from planner.domain.province import Province


def enabled_carriers(scenario: Scenario, operator: str, technology: str) -> tuple[str, ...]:
    """Carriers of a technology an operator holds and whose band is switched on.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    operator : str
        Operator's name.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    tuple of str
        Sorted names; empty for operators the scenario does not know.
    """
    config = scenario.radio.operators.get(operator)
    if config is None:
        return ()
    bands = scenario.radio.enabled_bands
    return tuple(
        sorted(
            name
            for name in set(config.carriers)
            if (carrier := scenario.radio.carriers[name]).technology == technology
            and (bands is None or carrier.band in bands)
        )
    )


def carriers_today(scenario: Scenario, operator: str, technology: str) -> tuple[str, ...]:
    """Carriers that an operator's sites of a technology transmit today.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    operator : str
        Operator's name.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    tuple of str
        Enabled carriers but those that no site of today has.
    """
    held = enabled_carriers(scenario, operator, technology)
    return tuple(name for name in held if scenario.radio.carriers[name].on_existing_sites)


def build_sectors(province: Province, scenario: Scenario) -> tuple[tuple[Sector, ...], dict[str, int]]:
    """Sectors of the inventory's sites.

    A site with 4G transmits all its operator's enabled 4G carriers, one with 5G all its 5G carriers, except carriers
    that no site of today has. Sites are taken in the order of their ids.

    Parameters
    ----------
    province : Province
        Its `sites`; `azimuths_deg`, `electrical_tilt_deg`, `mechanical_tilt_deg`, `power_dbm`, `antenna` are used
        where they are.
    scenario : Scenario
        Carriers, operators, defaults.

    Returns
    -------
    tuple
        The sectors, and what was assumed -> how many sectors or sites it was assumed for.
    """
    counts: Counter[str] = Counter()
    sectors: list[Sector] = []
    sites = province.sites.sort_values("site_id", kind="stable")
    for site in sites.itertuples(index=False):
        for technology in ("4g", "5g"):
            if not bool(getattr(site, f"has_{technology}")):
                continue
            carriers = carriers_today(scenario, str(site.operator), technology)
            if not carriers:
                counts[f"{site.operator} {technology} sites without a carrier in the scenario"] += 1
            for carrier in carriers:
                sectors += _site_sectors(site, carrier, scenario, counts)
    return tuple(sectors), {key: counts[key] for key in sorted(counts)}


def proposed_sectors(proposals: Iterable[ProposedSite], scenario: Scenario) -> tuple[Sector, ...]:
    """Sectors of proposed sites, in the order of their ids and carriers.

    Parameters
    ----------
    proposals : iterable of ProposedSite
        One per site and carrier.
    scenario : Scenario
        Carriers and defaults.

    Returns
    -------
    tuple of Sector
        The sectors.
    """
    sectors: list[Sector] = []
    for proposal in sorted(proposals, key=lambda one: (one.site_id, one.operator, one.carrier)):
        sectors += sectors_of(proposal, scenario)
    return tuple(sectors)


def sectors_of(proposal: ProposedSite, scenario: Scenario) -> list[Sector]:
    """Sectors of one proposed site on one carrier.

    Parameters
    ----------
    proposal : ProposedSite
        The proposal.
    scenario : Scenario
        Carriers and defaults.

    Returns
    -------
    list of Sector
        One per azimuth.
    """
    defaults = scenario.radio.site_defaults
    carrier = scenario.radio.carriers[proposal.carrier]
    azimuths = proposal.azimuths_deg or tuple(defaults.azimuths_deg)
    return [
        Sector(
            sector_id=f"{proposal.site_id}/{proposal.carrier}/{number}",
            site_id=proposal.site_id,
            operator=proposal.operator,
            carrier=proposal.carrier,
            technology=carrier.technology,
            band=carrier.band,
            x_m=proposal.x_m,
            y_m=proposal.y_m,
            height_agl_m=proposal.height_agl_m,
            azimuth_deg=float(azimuth) % 360.0,
            electrical_tilt_deg=_or(proposal.electrical_tilt_deg, defaults.electrical_tilt_deg),
            mechanical_tilt_deg=_or(proposal.mechanical_tilt_deg, defaults.mechanical_tilt_deg),
            antenna=proposal.antenna or carrier.antenna,
            power_dbm=_or(proposal.power_dbm, carrier.power_dbm),
            feeder_loss_db=_or(proposal.feeder_loss_db, defaults.feeder_loss_db),
        )
        for number, azimuth in enumerate(azimuths, start=proposal.first_sector)
    ]


def site_proposal(site: object, carrier: str) -> ProposedSite:
    """Read what an inventory row states about its antennas; what it does not state stays open.

    Parameters
    ----------
    site : object
        Row of `Province.sites` as a named tuple.
    carrier : str
        Carrier it transmits.

    Returns
    -------
    ProposedSite
        The site on that carrier.
    """
    point = site.geometry  # type: ignore[attr-defined]
    azimuths = getattr(site, "azimuths_deg", None)
    return ProposedSite(
        site_id=str(site.site_id),  # type: ignore[attr-defined]
        operator=str(site.operator),  # type: ignore[attr-defined]
        carrier=carrier,
        x_m=float(point.x),
        y_m=float(point.y),
        height_agl_m=float(site.height_agl_m),  # type: ignore[attr-defined]
        azimuths_deg=tuple(azimuths) if isinstance(azimuths, (tuple, list)) else (),
        electrical_tilt_deg=_number(site, "electrical_tilt_deg"),
        mechanical_tilt_deg=_number(site, "mechanical_tilt_deg"),
        power_dbm=_number(site, "power_dbm"),
        antenna=_text(site, "antenna"),
    )


def _site_sectors(site: object, carrier: str, scenario: Scenario, counts: Counter[str]) -> Sequence[Sector]:
    proposal = site_proposal(site, carrier)
    sectors = sectors_of(proposal, scenario)
    assumed = {
        "azimuths": not proposal.azimuths_deg,
        "electrical tilts": proposal.electrical_tilt_deg is None,
        "mechanical tilts": proposal.mechanical_tilt_deg is None,
        "powers": proposal.power_dbm is None,
        "antennas": proposal.antenna is None,
        "feeder losses": True,
        "bands": True,
    }
    for what, is_assumed in assumed.items():
        if is_assumed:
            counts[f"sector {what}"] += len(sectors)
    return sectors


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _number(row: object, column: str) -> float | None:
    value = getattr(row, column, None)
    return None if value is None or pd.isna(value) else float(value)


def _text(row: object, column: str) -> str | None:
    value = getattr(row, column, None)
    return str(value) if isinstance(value, str) and value else None
