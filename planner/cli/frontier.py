"""`planner frontier`: cost against coverage or zones underground, and the most a budget can do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from planner.cli.console import ProgressCallback, err, guarded, out, print_json, progress_bars
from planner.errors import Complaint, ConfigError

if TYPE_CHECKING:
    from planner.config.schema import Scenario
    from planner.domain.province import Province


@guarded
def frontier(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    data: Annotated[Path | None, typer.Option(help="Folder with the province's layers.")] = None,
    technology: Annotated[str, typer.Option(help="4g, 5g, or underground for zones.")] = "5g",
    counted: Annotated[str, typer.Option("--of", help="What counts: areas or people.")] = "areas",
    steps: Annotated[int, typer.Option(help="Points of the curve.", min=1, max=100)] = 8,
    budget: Annotated[int | None, typer.Option(help="Instead of the curve: the most for this many VND.")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the curve to this PNG.")] = None,
    override: Annotated[list[str] | None, typer.Option("--set", help="Override one value: key.path=value.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bars.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the least cost of every share of areas or people with its proven bound, and where the curve bends."""
    from planner.config.load import load_scenario
    from planner.data.load import load_province

    if technology not in ("4g", "5g", "underground"):
        raise ConfigError("unknown technology", [Complaint("--technology", technology, "give 4g, 5g or underground")])
    if counted not in ("areas", "people"):
        raise ConfigError("unknown count", [Complaint("--of", counted, "give areas or people")])
    found = load_scenario(scenario, override or [])
    province = load_province(found, data)
    if technology == "underground":
        _underground(province, found, budget, steps, plot, as_json=as_json)
        return
    asked = _Asked(province, found, technology, "areas" if counted == "areas" else "people")
    with progress_bars(quiet=quiet or as_json) as progress:
        if budget is not None:
            _budget(asked, budget, progress, as_json=as_json)
        else:
            _curve(asked, steps, plot, progress, as_json=as_json)


class _Asked(NamedTuple):
    """What the curve or the budget is about."""

    province: Province
    scenario: Scenario
    technology: str
    counted: Literal["areas", "people"]


def _budget(asked: _Asked, budget: int, progress: ProgressCallback | None, *, as_json: bool) -> None:
    """Show the most a sum of money can do."""
    from planner.coverage.predict import predict_coverage
    from planner.optimise.sites.frontier import most_for_budget

    province, scenario, technology, counted = asked
    baseline = predict_coverage(province, scenario, progress=progress)
    answer = most_for_budget(province, scenario, baseline, technology, budget, counted=counted, progress=progress)
    if as_json:
        print_json({
            f"{counted}_share": answer.share, "most_share": answer.most_share, "cost_vnd": answer.cost_vnd,
            "works": list(answer.work_ids), "stopped_by": answer.stopped_by,
        })  # fmt: skip
        return
    out().print(
        f"{answer.share:.2%} of {counted} for {answer.cost_vnd / 1e9:,.1f} billion VND; {len(answer.work_ids)} works"
    )
    out().print(f"no plan for that money covers more than {answer.most_share:.2%}")


def _curve(asked: _Asked, steps: int, plot: Path | None, progress: ProgressCallback | None, *, as_json: bool) -> None:
    """Show the least cost of every share."""
    from rich.table import Table

    from planner.coverage.predict import predict_coverage
    from planner.optimise.sites.frontier import as_rows, coverage_frontier
    from planner.report.figures import frontier_chart

    province, scenario, technology, counted = asked
    baseline = predict_coverage(province, scenario, progress=progress)
    points = coverage_frontier(
        province, scenario, baseline, technology, counted=counted, steps=steps, progress=progress
    )
    if plot is not None:
        frontier_chart(points, technology, counted).savefig(plot, dpi=120)
        err().print(f"drawn to {plot}", markup=False)
    if as_json:
        print_json(as_rows(points, counted))
        return
    table = Table(f"{counted} covered", "least cost, billion VND", "proven least, billion VND", "works", "")
    for point in points:
        money = [f"{vnd / 1e9:,.1f}" for vnd in (point.cost_vnd, point.lower_bound_vnd)]
        table.add_row(f"{point.share:.2%}", *money, str(point.works), "knee" if point.is_knee else "")
    out().print(table)


def _underground(
    province: Province, scenario: Scenario, budget: int | None, steps: int, plot: Path | None, *, as_json: bool
) -> None:
    """Show the least cost of every number of zones underground, or the most zones for a budget."""
    from dataclasses import asdict

    from rich.table import Table

    from planner.optimise.underground.frontier import zone_frontier, zones_for_budget

    if plot is not None:
        raise ConfigError("no picture of zones", [Complaint("--plot", str(plot), "leave it out, or take --json")])
    if budget is not None:
        answer = zones_for_budget(province, scenario, budget)
        if as_json:
            print_json(asdict(answer))
            return
        out().print(
            f"{answer.zones} zones more underground for {answer.cost_vnd / 1e9:,.2f} billion VND;"
            f" {len(answer.work_ids)} works"
        )
        out().print(f"no works for that money put more than {answer.most_zones} more underground")
        return
    points, today, count = zone_frontier(province, scenario, steps=steps)
    if as_json:
        print_json({"underground_today": today, "zones": count, "points": [asdict(point) for point in points]})
        return
    table = Table("zones underground", "least cost, billion VND", "proven least, billion VND", "works")
    for point in points:
        money = [f"{vnd / 1e9:,.2f}" for vnd in (point.cost_vnd, point.lower_bound_vnd)]
        table.add_row(f"{today + point.zones} of {count}", *money, str(len(point.work_ids)))
    out().print(table)
