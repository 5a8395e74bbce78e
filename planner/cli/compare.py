"""`planner compare`: finished runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import err, guarded, out, print_json


@guarded
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs, two or more.", show_default=False)],
    html: Annotated[
        Path | None, typer.Option("--out", help="Write the comparison with its map to this HTML file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Lay plans side by side: targets, cost, works that differ, map."""
    from rich.table import Table

    from planner.report.compare import compare_html, differing_works, figure_rows, read_runs, target_rows

    found = read_runs(runs)
    targets, figures, works = target_rows(found), figure_rows(found), differing_works(found)
    if html is not None:
        partial = html.with_name(html.name + ".part")
        partial.write_text(compare_html(found), encoding="utf-8")
        partial.replace(html)
    if as_json:
        rows = works.astype(object).where(works.notna(), None).to_dict("records")
        print_json({"runs": [run.name for run in found], "targets": targets, "figures": figures, "works": rows})
        return
    console = out()
    table = Table("target", *[run.name for run in found])
    for row in targets:
        cells = [
            "-" if cell is None else f"{cell['reached']:.2%} {'met' if cell['met'] else 'not met'}"
            for cell in row["runs"]
        ]
        table.add_row(row["name"], *cells)
    console.print(table)
    table = Table("figure", *[run.name for run in found])
    for row in figures:
        share = row["unit"] == "share"
        cells = ["-" if value is None else f"{value:.2%}" if share else f"{value:,.0f}" for value in row["values"]]
        table.add_row(f"{row['name']} ({row['unit']})", *cells)
    console.print(table)
    console.print(f"{len(works)} works differ", markup=False)
    if html is not None:
        err().print(f"written to {html}", markup=False)
