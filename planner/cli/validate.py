"""`planner validate`: every model against published and independent values, on the user's own machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.console import err, guarded, out, print_json
from planner.constants import EXIT_MISSED

if TYPE_CHECKING:
    from planner.validation.judge import FileVerdict


@guarded
def validate(
    vectors: Annotated[
        Path, typer.Option(help="Folder with reference vectors, searched with all below it.", show_default=False)
    ],
    model: Annotated[str | None, typer.Option(help="Judge this model only, for example p1812 or itm.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")] = False,
) -> None:
    """Compare every propagation model with reference vectors; exit code 1 where a bar is missed."""
    from planner.validation.run import validate as validate_folder

    announce = None if as_json else (lambda name: err().print(f"judging {name}", style="dim", markup=False))
    verdicts = validate_folder(vectors, model, announce)
    passed = all(verdict.passed for verdict in verdicts)
    if as_json:
        print_json({"passed": passed, "files": [verdict.as_json() for verdict in verdicts]})
    else:
        _print_table(verdicts)
        _print_details(verdicts)
    if not passed:
        raise typer.Exit(EXIT_MISSED)


def _print_table(verdicts: list[FileVerdict]) -> None:
    """One line per file."""
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    for heading in ("file", "model"):
        table.add_column(heading, overflow="fold")
    for heading in ("cases", "skipped", "largest, dB", "p99, dB", "bar, dB"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for v in verdicts:
        verdict = "[green]pass[/green]" if v.passed else "[red]fail[/red]"
        figures = (f"{v.max_abs_db:.3g}", f"{v.p99_abs_db:.3g}", f"{v.bar_db:g}")
        table.add_row(escape(v.file), v.model, str(v.cases), str(v.skipped), *figures, verdict)
    out().print(table)


def _print_details(verdicts: list[FileVerdict]) -> None:
    """Why cases were skipped, what area files reached, and what failed."""
    console = out()
    for v in verdicts:
        for reason, count in v.skip_reasons.items():
            console.print(f"{v.file}: {count} skipped: {reason}", markup=False)
        if len(v.criteria) > 1 or not v.passed:
            for c in v.criteria:
                word = "pass" if c.passed else "fail"
                console.print(f"{v.file}: {c.name} {c.value:.4g}, bar {c.bar:g}: {word}", markup=False)
        if not v.passed and v.worst_case:
            console.print(f"{v.file}: worst case {v.worst_case}", markup=False)
        for text in v.faults:
            console.print(f"{v.file}: {text}", markup=False)
    cases = sum(v.cases for v in verdicts)
    kept = sum(v.passed for v in verdicts)
    console.print(f"{kept} of {len(verdicts)} files keep their bars, {cases} cases", markup=False)
