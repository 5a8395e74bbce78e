"""`planner run`: from a scenario file to a plan on a map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import err, guarded, out, print_json, progress_bars, stopping_early


@guarded
def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    data: Annotated[
        Path | None,
        typer.Option(help="Folder with the province's layers; not needed by synthetic scenarios."),
    ] = None,
    out_dir: Annotated[
        Path, typer.Option("--out", help="Folder for the results; replaced as a whole, and only on success.")
    ] = Path("runs/latest"),
    override: Annotated[
        list[str] | None, typer.Option("--set", help="Override one value: key.path=value (repeatable).")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads; one per core without it. Results do not depend on it.", min=1)
    ] = None,
    store: Annotated[Path | None, typer.Option(help="Folder that keeps per-mast results for later runs.")] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            help="Folder of an earlier run of this scenario and data: its sites are mended and improved in seconds, its"
            " proven least cost carries over. Only --fix and --forbid may have been added since."
        ),
    ] = None,
    fix: Annotated[
        list[str] | None, typer.Option(help="A work or site that must be in the plan (repeatable).", metavar="ID")
    ] = None,
    forbid: Annotated[
        list[str] | None, typer.Option(help="A work or site that may not be chosen (repeatable).", metavar="ID")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bars.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json on standard output.")] = False,
) -> None:
    """Estimate coverage, propose the plan, write tables, maps and the report."""
    from planner.optimise.warm_up import compiling_aside
    from planner.workflow import run_scenario

    overrides = list(override or [])
    if threads is not None:
        overrides.append(f"run.threads={threads}")
    if store is not None:
        overrides.append(f"run.store={store}")
    overrides += _committed(scenario, overrides, list(fix or []), list(forbid or []))
    with compiling_aside(), progress_bars(quiet=quiet or as_json) as progress, stopping_early() as should_stop:
        summary = run_scenario(
            scenario, data, out_dir,
            overrides=overrides, progress=progress, should_stop=should_stop, earlier_run=start,
        )  # fmt: skip
    if as_json:
        print_json(summary)
        return
    if quiet:
        return
    _print_outcome(summary, out_dir)


def _committed(scenario: Path, overrides: list[str], fixed: list[str], forbidden: list[str]) -> list[str]:
    """Overrides that add works to the scenario's commitments."""
    from planner.config.load import load_scenario

    if not fixed and not forbidden:
        return []
    now = load_scenario(scenario, overrides).planning.commitments
    lists = {"fixed": [*now.fixed, *fixed], "forbidden": [*now.forbidden, *forbidden]}
    return [
        f"planning.commitments.{name}={json.dumps(list(dict.fromkeys(works)), ensure_ascii=False)}"
        for name, works in lists.items()
    ]


def _print_outcome(summary: dict[str, object], out_dir: Path) -> None:
    """Show targets and bounds, and where to look."""
    from rich.table import Table

    console = out()
    targets = Table("target", "year", "required", "reached", "met")
    for target in summary["targets"]:  # type: ignore[attr-defined]
        met = "yes" if target["met"] else "no"
        targets.add_row(
            target["name"], str(target["year"]), f"{target['required']:.2%}", f"{target['reached']:.2%}", met
        )
    console.print(targets)
    bounds = Table("sub-plan", "cost, billion VND", "proven least, billion VND", "gap")
    for name, bound in summary["bounds"].items():  # type: ignore[attr-defined]
        bounds.add_row(
            name,
            f"{bound['cost_vnd'] / 1e9:,.1f}",
            f"{bound['lower_bound_vnd'] / 1e9:,.1f}",
            f"{bound['gap_share']:.2%}",
        )
    console.print(bounds)
    err().print(f"written to {out_dir}: open report.html, results.gpkg in QGIS, works.csv", markup=False)
