"""When a solver stops: counted work first, the clock and the user as escapes that are recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

WORK_DONE = "work"
PROVED = "proved"
CLOCK = "clock"
USER = "user"

_LONGEST_SHARE = 0.01
_FIRST_PART = 32
T = TypeVar("T")


@dataclass(frozen=True)
class Stop:
    """Limits of one solve.

    Attributes
    ----------
    iterations : int
        Counted work; the same number gives the same answer on every machine.
    seconds : float or None
        Wall time after which the best so far is returned, None for no limit. Where it strikes first, the
        answer depends on the machine and `stopped_by` says "clock".
    should_stop : callable or None
        Asked between chunks of work; True returns the best so far (Ctrl-C, a closed window).
    """

    iterations: int = 1_000
    seconds: float | None = None
    should_stop: Callable[[], bool] | None = None


@dataclass
class Watch:
    """A running solve measured against its `Stop`.

    Attributes
    ----------
    stop : Stop
        The limits.
    stopped_by : str
        "work" until an escape strikes: then "clock" or "user"; the solver sets "proved".
    """

    stop: Stop
    stopped_by: str = WORK_DONE
    _began_s: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Wall time since the solve began, s."""
        return time.perf_counter() - self._began_s

    def left_s(self, share: float = 1.0) -> float:
        """Wall time left of a share of the limit, s; infinite without a limit.

        Parameters
        ----------
        share : float
            Share of the whole limit, 0 to 1.

        Returns
        -------
        float
            Seconds left, never negative.
        """
        if self.stop.seconds is None:
            return float("inf")
        return max(0.0, self.stop.seconds * share - self.seconds)

    def share_at(self, part: float) -> float:
        """Share of the clock's limit at which a part of what is left now is spent.

        Parameters
        ----------
        part : float
            Part of the time left, 0 to 1.

        Returns
        -------
        float
            To be given to `escaped` and `left_s`; 1 without a limit.
        """
        if not self.stop.seconds:
            return 1.0
        gone = self.seconds / self.stop.seconds
        return min(1.0, gone + part * (1.0 - gone))

    def escaped(self, share: float = 1.0) -> bool:
        """Tell whether an escape has struck, and record which.

        Parameters
        ----------
        share : float
            Share of the clock's limit that the present phase may use, 0 to 1.

        Returns
        -------
        bool
            True where the solver has to return the best so far.
        """
        if self.stop.should_stop is not None and self.stop.should_stop():
            self.stopped_by = USER
            return True
        if self.left_s(share) <= 0.0:
            self.stopped_by = CLOCK
            return True
        return False


@dataclass
class Pace:
    """How much counted work is done between two looks at the clock.

    Without a clock the same amount each time, so that the answer does not depend on the machine; with one, what the
    machine has shown to fit in a hundredth of the limit and in what is left of it.

    Attributes
    ----------
    watch : Watch
        The solve's clock.
    most : int
        Units of work done at once without a clock, and at most with one.
    """

    watch: Watch
    most: int
    _per_s: float = 0.0

    def run(self, work: Callable[[int], T], share: float = 1.0) -> T:
        """Do some work.

        Parameters
        ----------
        work : callable
            Does as many units of work as it is told.
        share : float
            Share of the clock's limit that the present phase may use, 0 to 1.

        Returns
        -------
        object
            What `work` returned.
        """
        limit_s = self.watch.stop.seconds
        if limit_s is None:
            return work(self.most)
        units = max(1, self.most // _FIRST_PART)
        if self._per_s > 0.0:
            span_s = min(self.watch.left_s(share), _LONGEST_SHARE * limit_s)
            units = max(1, min(self.most, int(self._per_s * span_s)))
        began_s = self.watch.seconds
        done = work(units)
        self._per_s = units / max(1e-6, self.watch.seconds - began_s)
        return done
