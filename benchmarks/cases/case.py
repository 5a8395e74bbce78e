"""What a timed case is, and what it hands back."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Unit = Literal["links/s", "x", "s", "ms", "exponent"]
HIGHER_IS_BETTER = ("links/s", "x")


@dataclass(frozen=True)
class Job:
    """What the command line asks of a case.

    Attributes
    ----------
    size : str
        'S', 'M', 'L' or 'XL'.
    peers : bool
        Whether installed peers run side by side.
    """

    size: str
    peers: bool = False


@dataclass(frozen=True)
class Measurement:
    """What a case measured.

    Attributes
    ----------
    runs : list of float
        One figure per repetition, in the case's unit, warm-up left out.
    threads : int
        Threads used.
    facts : dict
        Further keys of the result, for example cells and links.
    """

    runs: list[float]
    threads: int = 1
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """Median of the runs."""
        return float(statistics.median(self.runs))


@dataclass(frozen=True)
class Case:
    """A timed case.

    Attributes
    ----------
    name : str
        Its name in the JSON.
    size : str
        Size it runs at when none is asked for.
    unit : str
        Unit of its figure.
    run : callable
        Takes a `Job`, returns a `Measurement`.
    """

    name: str
    size: str
    unit: Unit
    run: Callable[[Job], Measurement]


def timed(work: Callable[[], Any], repeats: int, warm_up: int = 1) -> list[float]:
    """Wall times of a piece of work, s.

    Parameters
    ----------
    work : callable
        What is timed.
    repeats, warm_up : int
        Runs that count, and runs before them that do not.

    Returns
    -------
    list of float
        Seconds.
    """
    for _ in range(warm_up):
        work()
    gc.collect()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds
