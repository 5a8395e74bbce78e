"""`planner calibrate`: clutter classes fitted to drive tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.cli.console import err, guarded, out, print_json, progress_bars


@guarded
def calibrate(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    measurements: Annotated[
        Path, typer.Option(help="Drive-test rows (CSV: lon, lat, site or cell, rsrp).", show_default=False)
    ],
    data: Annotated[Path | None, typer.Option(help="Folder with the province's layers.")] = None,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder for the result.")] = Path("runs/calibration"),
    per_band: Annotated[bool, typer.Option("--per-band", help="Offsets of their own per band.")] = False,
    override: Annotated[list[str] | None, typer.Option("--set", help="Override one value: key.path=value.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bars.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Fit offset and slope per clutter class, with leave-one-site-out error, residual map and where to measure next."""
    from planner.config.load import load_scenario
    from planner.coverage import calibration as room
    from planner.coverage.predict import predict_coverage
    from planner.coverage.where_to_measure import areas_to_measure
    from planner.data.load import load_province
    from planner.data.measurements import read_measurements
    from planner.report.calibration_report import write_calibration

    found = load_scenario(scenario, override or [])
    province = load_province(found, data)
    table = read_measurements(
        measurements, province.crs, province.terrain.grid.bounds_m, set(province.sites["site_id"].astype(str))
    )
    result = room.calibrate(province, found, table, per_band=per_band)
    clutter = room.calibrated_clutter(found, result)
    fitted = found.model_copy(update={"propagation": found.propagation.model_copy(update={"clutter": clutter})})
    with progress_bars(quiet=quiet or as_json) as progress:
        coverage = predict_coverage(province, fitted, progress=progress)
    wanted = areas_to_measure(province, fitted, coverage, table[["x_m", "y_m"]].to_numpy())
    summary = write_calibration(out_dir, province, result, clutter, wanted)
    if as_json:
        print_json(summary)
        return
    _show(summary)
    err().print(f"written to {out_dir}: extend calibrated.yaml in a scenario", markup=False)


def _show(summary: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("clutter class", "rows", "offset, dB", "slope, dB/decade")
    for fit in summary["classes"]:
        table.add_row(
            str(fit["code"]), str(fit["rows"]), f"{fit['offset_db']:.2f}", f"{fit['slope_db_per_decade']:.2f}"
        )
    out().print(table)
    for name, text in (("before", "before"), ("after", "after"), ("left_out", "after, with the site left out")):
        error = summary["error"][name]
        out().print(f"{text}: mean {error['mean_db']:.2f} dB, standard deviation {error['std_db']:.2f} dB")
