"""`planner profile`: one link by hand, every intermediate with its equation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import err, guarded, out, print_json
from planner.errors import Complaint, ConfigError


@guarded
def profile(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    start: Annotated[str, typer.Option("--from", help="Transmitter: LON,LAT in degrees (WGS 84).", show_default=False)],
    end: Annotated[str, typer.Option("--to", help="Receiver: LON,LAT in degrees (WGS 84).", show_default=False)],
    data: Annotated[Path | None, typer.Option(help="Folder with the province's layers.")] = None,
    frequency_mhz: Annotated[float, typer.Option("--frequency-mhz", help="Frequency, MHz.")] = 1800.0,
    tx_height_m: Annotated[float, typer.Option("--tx-height-m", help="Transmitting antenna above ground, m.")] = 35.0,
    rx_height_m: Annotated[float, typer.Option("--rx-height-m", help="Receiving antenna above ground, m.")] = 1.5,
    sampling: Annotated[str, typer.Option(help="Profile rule: bilinear or grid.")] = "bilinear",
    model: Annotated[
        str | None, typer.Option(help="Model by its name in `planner models`; the scenario's without it.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the profile with its Fresnel zone to this PNG.")
    ] = None,
    override: Annotated[list[str] | None, typer.Option("--set", help="Override one value: key.path=value.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the link as JSON.")] = False,
) -> None:
    """Print every intermediate of one path with its equation number and draw its profile."""
    from planner.config.load import load_scenario
    from planner.coverage.link import LinkEnds, explain_link
    from planner.data.load import load_province

    found = load_scenario(scenario, override or [])
    ends = LinkEnds(_point("--from", start), _point("--to", end), tx_height_m, rx_height_m, frequency_mhz)
    if sampling not in ("bilinear", "grid"):
        raise ConfigError("unknown profile rule", [Complaint("--sampling", sampling, "give bilinear or grid")])
    province = load_province(found, data)
    report = explain_link(province, found, ends, sampling="grid" if sampling == "grid" else "bilinear", model=model)
    if plot is not None:
        from planner.report.profile_figure import profile_figure

        profile_figure(report).savefig(plot, dpi=120)
        err().print(f"drawn to {plot}", markup=False)
    path = report.link.needed_profile
    if as_json:
        print_json(
            {
                "model": report.model,
                "loss_db": report.loss.loss_db,
                "clearance_share": report.clearance_share,
                "warnings": list(report.loss.warnings),
                "intermediates": dict(report.loss.intermediates),
                "profile": {
                    "distance_km": path.distance_km.tolist(),
                    "terrain_asl_m": path.terrain_asl_m.tolist(),
                    "clutter_height_m": path.clutter_height_m.tolist(),
                    "fresnel_m": report.fresnel_m.tolist(),
                    "ray_asl_m": report.ray_asl_m.tolist(),
                },
            }
        )
        return
    from rich.table import Table

    table = Table("quantity, unit, equation", "value", title=f"{report.model}: {report.loss.loss_db:.3f} dB")
    for name, value in report.loss.intermediates.items():
        table.add_row(name, f"{value:.6g}")
    out().print(table)
    out().print(
        f"{len(path.distance_km)} samples by the {sampling} rule; least clearance {report.clearance_share:.2f} F1"
    )
    for warning in report.loss.warnings:
        err().print(f"warning: {warning}", markup=False)


def _point(option: str, text: str) -> tuple[float, float]:
    """Read LON,LAT; swapped or impossible values are refused."""
    parts = text.replace(";", ",").split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise ConfigError("a point cannot be read", [Complaint(option, text, "give LON,LAT, as 106.2,21.3")]) from None
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        remedy = "give longitude first, then latitude, in degrees"
        raise ConfigError("a point lies nowhere", [Complaint(option, text, remedy)])
    return lon, lat
