"""`planner check`: whether the scenario is sound, and the data."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.console import guarded, out, print_json
from planner.constants import EXIT_BAD_INPUT

if TYPE_CHECKING:
    from planner.data.findings import Finding

_COLOURS = {"error": "red", "warning": "yellow", "info": "dim"}


@guarded
def check(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    data: Annotated[
        Path | None, typer.Option(help="Folder with the province's layers; not needed by synthetic scenarios.")
    ] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", help="Override one value: key.path=value (repeatable).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON on standard output.")] = False,
) -> None:
    """Validate a scenario and audit its data without running it; exit code 2 when there is an error."""
    findings = _findings(scenario, data, list(override or []))
    errors = sum(item.severity == "error" for item in findings)
    warnings = sum(item.severity == "warning" for item in findings)
    if as_json:
        print_json({"errors": errors, "warnings": warnings, "findings": [asdict(item) for item in findings]})
    else:
        _show(findings, errors, warnings)
    if errors:
        raise typer.Exit(EXIT_BAD_INPUT)


def _findings(scenario_file: Path, folder: Path | None, overrides: list[str]) -> list[Finding]:
    """Complaints about the scenario; where there are none, the audit of the data."""
    from planner.config.load import load_scenario
    from planner.coverage.readiness import radio_complaints
    from planner.data.checks import audit
    from planner.data.findings import Finding
    from planner.errors import ConfigError, DataError

    try:
        scenario = load_scenario(scenario_file, overrides)
    except ConfigError as error:
        return [Finding("P001", "error", "scenario", item.where, item.found, item.remedy) for item in error.complaints]
    if unready := radio_complaints(scenario):
        return [Finding("P003", "error", "scenario", item.where, item.found, item.remedy) for item in unready]
    if folder is None and scenario.data.synthetic is None:
        return [Finding("P002", "info", "data", "", "the scenario is sound; no data was audited", "Give --data DIR.")]
    try:
        return audit(scenario, folder)
    except DataError as error:
        return [Finding("P100", "error", "data", item.where, item.found, item.remedy) for item in error.complaints]


def _show(findings: list[Finding], errors: int, warnings: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    console = out()
    if findings:
        table = Table(show_lines=False)
        for heading in ("rule", "severity", "layer", "feature", "what was found", "what to do"):
            table.add_column(heading, overflow="fold")
        for item in findings:
            cells = (item.rule, item.severity, item.layer, item.feature, item.message, item.fix)
            table.add_row(*(escape(cell) for cell in cells), style=_COLOURS[item.severity])
        console.print(table)
    verdict = "The input can be used." if not errors else "The input cannot be used."
    console.print(f"{errors} errors, {warnings} warnings. {verdict}")
