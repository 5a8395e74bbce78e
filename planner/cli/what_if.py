"""`planner what-if`: what a proposed site, or a change of one, brings, costs and disturbs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.console import err, guarded, out, print_json, progress_bars

if TYPE_CHECKING:
    import pandas as pd

    from planner.domain.proposal import Proposal
    from planner.optimise.trial.effects import Effect, Place
    from planner.optimise.trial.what_if import WhatIf

_SHOWN = 15


@guarded
def what_if(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    proposal: Annotated[
        Path,
        typer.Option(
            help="CSV, GeoJSON or GeoPackage of changes: action (add, remove, move, retilt, power, band), site_id,"
            " operator, carriers, lon, lat, height_m, azimuths_deg, tilt, power_dbm, antenna.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None, typer.Option(help="Folder with the province's layers; not needed by synthetic scenarios.")
    ] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", help="Override one value: key.path=value (repeatable).")
    ] = None,
    better_within_m: Annotated[
        float | None,
        typer.Option(help="Look for a better place of new and moved sites within so many metres.", min=1.0),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bars.")] = False,
) -> None:
    """Test a proposal against the coverage of today without changing anything."""
    from planner.config.load import load_scenario
    from planner.data.load import load_province
    from planner.data.proposals import read_proposals
    from planner.optimise.trial.what_if import WhatIf

    found = load_scenario(scenario, list(override or []))
    province = load_province(found, data)
    rows = read_proposals(proposal, found, province)
    with progress_bars(quiet=quiet or as_json) as progress:
        test = WhatIf(province, found, progress=progress)
    places = _better(test, rows, better_within_m)
    effect = test.apply(rows)
    if as_json:
        print_json(_as_json(effect, places, list(province.assumed), list(province.invented)))
        return
    _print(effect, places)


def _better(test: WhatIf, rows: list[Proposal], within_m: float | None) -> dict[str, list[Place]]:
    """Better places of every new or moved site, judged before any proposal is on air."""
    if within_m is None:
        return {}
    sites: dict[str, Proposal] = {}
    for row in rows:
        if row.action != "remove" and row.x_m is not None:
            known = sites.get(row.site_id)
            sites[row.site_id] = row if known is None else _together(known, row)
    return {name: test.better_places(site, within_m) for name, site in sites.items()}


def _together(one: Proposal, other: Proposal) -> Proposal:
    """One site of two rows about its sectors."""
    carriers = tuple(dict.fromkeys((*one.carriers, *other.carriers)))
    return replace(one, carriers=carriers, azimuths_deg=(*one.azimuths_deg, *other.azimuths_deg))


def _as_json(effect: Effect, places: dict[str, list[Place]], assumed: list[str], invented: list[str]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "people": _records(effect.people),
        "areas": _records(effect.areas),
        "neighbours": _records(effect.neighbours),
        "sites": [_plain(asdict(site)) for site in effect.sites],
        "better_places": {name: [_plain(asdict(place)) for place in found] for name, found in places.items()},
        "warnings": list(effect.warnings),
        "assumed": assumed,
        "invented": invented,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [_plain(record) for record in table.to_dict(orient="records")]


def _rows(table: pd.DataFrame, count: int = 1_000_000) -> list[Any]:
    """First rows as named tuples."""
    return list(table.head(count).itertuples(index=False))


def _plain(value: Any) -> Any:
    """Value with plain numbers; what is not finite becomes null."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _print(effect: Effect, places: dict[str, list[Place]]) -> None:
    from rich.table import Table

    console = out()
    people = Table(
        "technology", "operator", "people gained", "people lost", "areas gained", "areas lost", "people served"
    )
    for row in _rows(effect.people):
        served = f"{row.population_share_before:.3%} -> {row.population_share_after:.3%}"
        people.add_row(
            row.technology, row.operator, f"{row.people_gained:,.0f}", f"{row.people_lost:,.0f}",
            str(row.areas_gained), str(row.areas_lost), served,
        )  # fmt: skip
    console.print(people)
    if len(effect.areas):
        areas = Table(
            "area", "technology", "operator", "share before", "after", "people", title="Areas that change most"
        )
        change = (effect.areas["people_gained"] - effect.areas["people_lost"]).abs()
        for row in _rows(effect.areas.loc[change.sort_values(ascending=False, kind="stable").index], _SHOWN):
            areas.add_row(
                f"{row.name} ({row.area_id})", row.technology, row.operator, f"{row.share_before:.1%}",
                f"{row.share_after:.1%}", f"{row.people_gained - row.people_lost:+,.0f}",
            )  # fmt: skip
        console.print(areas)
        if len(effect.areas) > _SHOWN:
            console.print(f"... and {len(effect.areas) - _SHOWN} more rows (--json has all)")
    if len(effect.neighbours):
        table = Table("sector", "load before", "after", "SINR change, dB", title="Neighbours")
        for row in _rows(effect.neighbours, _SHOWN):
            table.add_row(
                row.sector_id, f"{row.load_before:.2f}", f"{row.load_after:.2f}", f"{row.sinr_change_db:+.2f}"
            )
        console.print(table)
    _print_sites(effect)
    for name, found in places.items():
        console.print(f"{name}: places within reach, best first", markup=False)
        for place in found:
            position = f"{place.lon_deg:.6f}, {place.lat_deg:.6f} ({place.moved_m:.0f} m away)"
            console.print(f"  {position}: {place.people_gained:,.0f} people newly served", markup=False)
    for warning in effect.warnings:
        err().print(f"note: {warning}", style="yellow", markup=False)


def _print_sites(effect: Effect) -> None:
    """Cost, exposure and links of every proposed site."""
    console = out()
    for site in effect.sites:
        million = site.cost.capex_vnd / 1e6
        yearly = site.cost.opex_vnd_per_year / 1e6
        console.print(
            f"{site.site_id}: {site.cost.kind}, {million:,.0f} million VND, {yearly:,.0f} million VND a year",
            markup=False,
        )
        if site.exposure is not None:
            inside = ", ".join(site.exposure.area_ids) or "no area"
            console.print(
                f"  exposure limit met {site.exposure.distance_m:.1f} m ahead; inside it: {inside}", markup=False
            )
        if site.fibre is not None:
            price = "no road leads to fibre"
            if site.fibre.cost_vnd is not None:
                length = (site.fibre.lateral_m + site.fibre.route_m) / 1e3
                price = f"{length:.2f} km of new fibre, {site.fibre.cost_vnd / 1e6:,.0f} million VND"
            console.print(f"  nearest fibre {site.fibre.nearest_fibre_m:.0f} m away; {price}", markup=False)
        for hop in site.microwave:
            sight = "in sight" if hop.in_sight else "blocked"
            fibre = ", on fibre" if hop.on_fibre else ""
            figure = f"{hop.distance_m / 1e3:.2f} km, least clearance {hop.clearance:.1f} Fresnel radii, {sight}{fibre}"
            console.print(f"  microwave to {hop.site_id}: {figure}; {hop.limit}", markup=False)
