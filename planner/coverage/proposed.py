"""Proposals to sectors: what goes off air and what comes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.config.schema import Scenario
from planner.coverage.sectors import sectors_of
from planner.domain.coverage import ProposedSite, Sector
from planner.domain.proposal import Proposal


def added_sectors(rows: Sequence[Proposal], scenario: Scenario) -> list[Sector]:
    """Sectors of a new site; several rows are its sectors, numbered through per carrier.

    Parameters
    ----------
    rows : sequence of Proposal
        Rows of one new site.
    scenario : Scenario
        Carriers and defaults.

    Returns
    -------
    list of Sector
        The sectors.
    """
    sectors: list[Sector] = []
    numbers: dict[str, int] = {}
    for row in rows:
        for carrier in row.carriers:
            for sector in sectors_of(proposed_site(row, carrier, scenario), scenario):
                numbers[carrier] = numbers.get(carrier, 0) + 1
                name = f"{row.site_id}/{carrier}/{numbers[carrier]}"
                sectors.append(replace(sector, sector_id=name))
    return sectors


def proposed_site(row: Proposal, carrier: str, scenario: Scenario) -> ProposedSite:
    """One carrier of a new site.

    Parameters
    ----------
    row : Proposal
        An 'add' with a position.
    carrier : str
        The carrier.
    scenario : Scenario
        Height where the proposal gives none.

    Returns
    -------
    ProposedSite
        The site on that carrier.
    """
    if row.x_m is None or row.y_m is None:
        raise ValueError(f"{row.where}: a new site needs a position")
    height = scenario.planning.candidates.height_agl_m if row.height_agl_m is None else row.height_agl_m
    return ProposedSite(
        site_id=row.site_id,
        operator=row.operator,
        carrier=carrier,
        x_m=row.x_m,
        y_m=row.y_m,
        height_agl_m=height,
        azimuths_deg=row.azimuths_deg,
        electrical_tilt_deg=row.electrical_tilt_deg,
        mechanical_tilt_deg=row.mechanical_tilt_deg,
        power_dbm=row.power_dbm,
        antenna=row.antenna,
    )


def moved_site(row: Proposal, present: Sequence[Sector]) -> Proposal:
    """Site on air as a new one at its new position, with everything the row does not change.

    Parameters
    ----------
    row : Proposal
        A 'change' with a position.
    present : sequence of Sector
        The site's sectors on air.

    Returns
    -------
    Proposal
        An 'add' of it; pointing as the sectors of its first carrier, powers the carriers' own unless stated.
    """
    first = min(present, key=lambda sector: (sector.carrier, sector.sector_id))
    azimuths = tuple(sector.azimuth_deg for sector in present if sector.carrier == first.carrier)
    return replace(
        row,
        action="add",
        operator=first.operator,
        carriers=row.carriers or tuple(sorted({sector.carrier for sector in present})),
        height_agl_m=_given(row.height_agl_m, first.height_agl_m),
        azimuths_deg=row.azimuths_deg or azimuths,
        electrical_tilt_deg=_given(row.electrical_tilt_deg, first.electrical_tilt_deg),
        mechanical_tilt_deg=_given(row.mechanical_tilt_deg, first.mechanical_tilt_deg),
    )


def removed_sectors(rows: Sequence[Proposal], present: Sequence[Sector]) -> list[Sector]:
    """Sectors that rows about one site take off air.

    Parameters
    ----------
    rows : sequence of Proposal
        'remove' or 'change' rows of one site.
    present : sequence of Sector
        Its sectors on air.

    Returns
    -------
    list of Sector
        Those of the named carriers and sector numbers; all where nothing is named.
    """
    return [sector for sector in present if any(_is_meant(row, sector, row.carriers) for row in rows)]


def addressed_sectors(row: Proposal, present: Sequence[Sector]) -> list[Sector]:
    """Sectors on air that one row is about.

    Parameters
    ----------
    row : Proposal
        A 'remove' or 'change'; only the former names carriers that must be there.
    present : sequence of Sector
        The site's sectors on air.

    Returns
    -------
    list of Sector
        Empty where the row speaks of a sector or carrier the site has not.
    """
    carriers = row.carriers if row.action == "remove" else ()
    return [sector for sector in present if _is_meant(row, sector, carriers)]


def changed_sectors(
    rows: Sequence[Proposal], present: Sequence[Sector], scenario: Scenario
) -> tuple[list[Sector], list[Sector]]:
    """Sectors that a change takes off air, and what comes in their place.

    Named carriers are what the site transmits from now on; new azimuths replace all sectors of a carrier unless one
    sector is named.

    Parameters
    ----------
    rows : sequence of Proposal
        'change' rows of one site.
    present : sequence of Sector
        Its sectors on air.
    scenario : Scenario
        Carriers.

    Returns
    -------
    tuple of list of Sector
        Removed and added.
    """
    now = list(present)
    for row in rows:
        meant = [sector for sector in now if _is_meant(row, sector, ())]
        rest = [sector for sector in now if not _is_meant(row, sector, ())]
        now = rest + [_retouched(sector, row) for sector in _on_carriers(meant, row, scenario)]
    kept = {sector for sector in now if sector in set(present)}
    return [sector for sector in present if sector not in kept], [sector for sector in now if sector not in kept]


def _is_meant(row: Proposal, sector: Sector, carriers: Sequence[str]) -> bool:
    number = int(sector.sector_id.rsplit("/", 1)[1])
    return (
        (not row.operator or row.operator == sector.operator)
        and (not carriers or sector.carrier in carriers)
        and (row.sector is None or row.sector == number)
    )


def _on_carriers(sectors: list[Sector], row: Proposal, scenario: Scenario) -> list[Sector]:
    """Sectors on the carriers a row names, and with its azimuths."""
    if not sectors:
        return []
    carriers = row.carriers or tuple(sorted({sector.carrier for sector in sectors}))
    found: list[Sector] = []
    for name in carriers:
        own = [sector for sector in sectors if sector.carrier == name]
        if not own:
            carrier = scenario.radio.carriers[name]
            first = min(sector.carrier for sector in sectors)
            own = [
                replace(
                    sector,
                    sector_id=f"{sector.site_id}/{name}/{sector.sector_id.rsplit('/', 1)[1]}",
                    carrier=name,
                    technology=carrier.technology,
                    band=carrier.band,
                    antenna=carrier.antenna,
                    power_dbm=carrier.power_dbm,
                )
                for sector in sectors
                if sector.carrier == first
            ]
        if row.azimuths_deg and row.sector is None:
            own = [
                replace(own[0], sector_id=f"{own[0].site_id}/{name}/{number}", azimuth_deg=azimuth % 360.0)
                for number, azimuth in enumerate(row.azimuths_deg, start=1)
            ]
        found += own
    return found


def _retouched(sector: Sector, row: Proposal) -> Sector:
    """Sector with everything a row states."""
    azimuth = row.azimuths_deg[0] % 360.0 if row.azimuths_deg and row.sector is not None else sector.azimuth_deg
    return replace(
        sector,
        x_m=_given(row.x_m, sector.x_m),
        y_m=_given(row.y_m, sector.y_m),
        height_agl_m=_given(row.height_agl_m, sector.height_agl_m),
        azimuth_deg=azimuth,
        electrical_tilt_deg=_given(row.electrical_tilt_deg, sector.electrical_tilt_deg),
        mechanical_tilt_deg=_given(row.mechanical_tilt_deg, sector.mechanical_tilt_deg),
        power_dbm=_given(row.power_dbm, sector.power_dbm),
        antenna=row.antenna or sector.antenna,
    )


def _given(value: float | None, old: float) -> float:
    return old if value is None else value
