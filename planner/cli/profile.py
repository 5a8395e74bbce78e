"""`planner profile`: one link by hand, every intermediate with its equation."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from planner.cli.console import err, guarded, print_json
from planner.errors import Complaint, ConfigError

if TYPE_CHECKING:
    from planner.config.schema import Scenario
    from planner.coverage.link import LinkEnds


class Point(NamedTuple):
    """One end of a link as it is written: degrees, and metres above ground where given."""

    lon_deg: float
    lat_deg: float
    height_agl_m: float | None


@guarded
def profile(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            help="Transmitter: LON,LAT in degrees (WGS 84), or LON,LAT,HEIGHT with metres above ground.",
            show_default=False,
        ),
    ],
    end: Annotated[str, typer.Option("--to", help="Receiver, the same way.", show_default=False)],
    data: Annotated[Path | None, typer.Option(help="Folder with the province's layers.")] = None,
    carrier: Annotated[
        str, typer.Option(help="Carrier or band of the scenario, or any frequency in MHz: lte1800, 2600, 26000.")
    ] = "1800",
    model: Annotated[
        str | None, typer.Option(help="Model by its name in `planner models`; the scenario's without it.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the profile with its Fresnel zone to this PNG too.")
    ] = None,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override one value: key.path=value, as propagation.sampling=bilinear."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the link with all its samples as JSON.")] = False,
) -> None:
    """Print every intermediate of one path with its equation number and draw its profile."""
    from planner.cli.profile_view import as_record, show
    from planner.config.load import load_scenario
    from planner.coverage.link import explain_link
    from planner.data.load import load_province

    found = load_scenario(scenario, override or [])
    ends = _ends(found, _point("--from", start), _point("--to", end), carrier)
    report = explain_link(load_province(found, data), found, ends, model=model)
    if plot is not None:
        from planner.report.profile_figure import profile_figure

        profile_figure(report).savefig(plot, dpi=120)
        err().print(f"drawn to {plot}", markup=False)
    if as_json:
        print_json(as_record(report))
    else:
        show(report)


def _ends(scenario: Scenario, start: Point, end: Point, carrier: str) -> LinkEnds:
    """Both ends and the frequency, heights the scenario's where none is given."""
    from planner.coverage.link import LinkEnds

    receiver = scenario.radio.receivers[scenario.coverage.receiver]
    frequency_mhz, band = _frequency(scenario, carrier)
    return LinkEnds(
        (start.lon_deg, start.lat_deg),
        (end.lon_deg, end.lat_deg),
        scenario.radio.site_defaults.height_agl_m if start.height_agl_m is None else start.height_agl_m,
        receiver.height_agl_m if end.height_agl_m is None else end.height_agl_m,
        frequency_mhz,
        band,
    )


def _frequency(scenario: Scenario, carrier: str) -> tuple[float, str | None]:
    """Frequency in MHz and band of a carrier, of the first carrier of a band, or of a plain number."""
    carriers = scenario.radio.carriers
    named = [carriers[carrier]] if carrier in carriers else [one for one in carriers.values() if one.band == carrier]
    if named:
        return named[0].frequency_mhz, named[0].band
    try:
        frequency_mhz = float(carrier)
    except ValueError:
        frequency_mhz = math.nan
    if not (math.isfinite(frequency_mhz) and frequency_mhz > 0.0):
        known = ", ".join([*carriers, *sorted({one.band for one in carriers.values()})])
        raise ConfigError(
            "the frequency is not known", [Complaint("--carrier", carrier, f"give MHz, or one of {known}")]
        )
    return frequency_mhz, None


def _point(option: str, text: str) -> Point:
    """Read LON,LAT[,HEIGHT]; swapped or impossible values are refused."""
    remedy = "give LON,LAT or LON,LAT,HEIGHT, as 106.2,21.3 or 106.2,21.3,42"
    try:
        lon, lat, *more = (float(part) for part in text.replace(";", ",").split(","))
    except ValueError:
        raise ConfigError("a point cannot be read", [Complaint(option, text, remedy)]) from None
    if len(more) > 1 or not all(math.isfinite(value) for value in more):
        raise ConfigError("a point cannot be read", [Complaint(option, text, remedy)])
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        remedy = "give longitude first, then latitude, in degrees"
        raise ConfigError("a point lies nowhere", [Complaint(option, text, remedy)])
    return Point(lon, lat, more[0] if more else None)
