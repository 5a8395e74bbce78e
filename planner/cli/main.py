"""Entry of the command line: `planner --help`."""

from __future__ import annotations

import importlib
from typing import Annotated

import typer

from planner import __version__

app = typer.Typer(
    name="planner",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""Plan 4G/5G coverage, fibre and underground cable of a province, with proven bounds.

Begin with `planner run scenarios/demo.yaml --out runs/demo` (no data needed), open `runs/demo/report.html`,
then take `scenarios/bac_giang_2030.yaml` and your own data folder: `planner check` audits it, `planner run` plans it,
`planner what-if` tests one site, `planner compare` lays plans side by side. `planner COMMAND --help` teaches each.""",
)

COMMANDS = ("run", "check", "what_if", "frontier", "compare", "profile", "calibrate", "validate", "models", "antenna")


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _planner(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options every command shares."""


def _register() -> None:
    for name in COMMANDS:
        module = importlib.import_module(f"planner.cli.{name}")
        app.command(name.replace("_", "-"))(getattr(module, name))
    app.add_typer(importlib.import_module("planner.cli.data").app, name="data")


_register()


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
