"""How the command line talks: errors as letters on stderr with exit code 2, progress bars, tables, JSON for scripts."""

from __future__ import annotations

import functools
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from planner.constants import EXIT_BAD_INPUT
from planner.errors import PlannerError

P = ParamSpec("P")
R = TypeVar("R")

PIPED_WIDTH = 160  # a pipe has no width of its own; names must stay whole for whoever reads it

ProgressCallback = Callable[[str, int, int], None]


def out() -> Console:
    """Console for results on standard output.

    Returns
    -------
    Console
        A console without markup surprises in names.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


def err() -> Console:
    """Console for messages on standard error.

    Returns
    -------
    Console
        A console on standard error.
    """
    return Console(stderr=True, highlight=False, soft_wrap=True)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the planner's own errors, and faults of the file system, into a message and exit code 2.

    Parameters
    ----------
    command : callable
        A command function.

    Returns
    -------
    callable
        The same command, guarded.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except PlannerError as error:
            err().print(f"error: {error}", style="red", markup=False)
            raise typer.Exit(EXIT_BAD_INPUT) from None
        except OSError as error:
            err().print(f"error: {error.strerror or error}: {error.filename or ''}", style="red", markup=False)
            raise typer.Exit(EXIT_BAD_INPUT) from None

    return run


def print_json(value: Any) -> None:
    """Write JSON alone on standard output.

    Parameters
    ----------
    value : Any
        Plain numbers, texts, lists and dicts.
    """
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def stopping_early() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C end the search early: solvers then return the best so far with its bound.

    Yields
    ------
    callable
        True once Ctrl-C was pressed; pressing it again aborts.
    """
    pressed = False

    def note(_number: int, _frame: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        err().print("stopping with the best plan so far; press Ctrl-C again to abort", markup=False)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[ProgressCallback | None]:
    """Show one bar per stage of long work, on standard error.

    Parameters
    ----------
    quiet : bool
        Whether to stay silent.

    Yields
    ------
    callable or None
        To be called with stage, done, total.
    """
    if quiet:
        yield None
        return
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        TextColumn("{task.completed:>7.0f}/{task.total:.0f}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=err()) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=max(total, 1))
            bars.update(tasks[stage], completed=done, total=max(total, 1))

        yield report
