"""`planner data`: make input data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import guarded, out
from planner.errors import Complaint, DataError

app = typer.Typer(no_args_is_help=True, help="Make input data.")


class SizeName(StrEnum):
    """Sizes of a synthetic area."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


@app.callback()
def _data() -> None:
    """Make input data."""


@app.command()
@guarded
def synth(
    out_dir: Annotated[Path, typer.Option("--out", help="Folder to write; must be new or empty.")],
    size: Annotated[
        SizeName,
        typer.Option(help="S: a district, 120 villages; M: 500; L: 1,500; XL: 3,000 villages, 1,400 BTS, 30 m."),
    ] = SizeName.S,
    seed: Annotated[int, typer.Option(help="Seed of the generator: the same seed gives the same bytes.", min=0)] = 1,
) -> None:
    """Write a synthetic district in the layers, formats and columns of a real folder; all of it is invented."""
    from planner.data.synthetic import make_province_folder

    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        found = "exists and is not empty"
        raise DataError("Nothing was written", [Complaint(str(out_dir), found, "Name a new or an empty folder.")])
    files = make_province_folder(size.value, seed, out_dir)
    console = out()
    for layer, path in files.items():
        console.print(f"{layer:<12} {path}", markup=False)
    console.print(
        f"Plan it with: planner run scenarios/demo.yaml --data {out_dir} --out runs/{out_dir.name}", markup=False
    )
