"""From the outcomes of single cases to the verdict on a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_FAULTS_SHOWN = 20


@dataclass(frozen=True)
class Outcome:
    """What came of one case.

    Attributes
    ----------
    case : str
        Name of the case.
    difference_db : float or None
        Computed less reference loss, dB; None for a skipped case and for a rightful refusal.
    skipped : str
        Why the case cannot be judged; empty where it can.
    fault : str
        What is wrong besides the loss: an intermediate value with its equation, a refusal, a missing refusal.
    """

    case: str
    difference_db: float | None = None
    skipped: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Criterion:
    """One bar and what was reached.

    Attributes
    ----------
    name : str
        What is measured.
    value : float
        Measured value.
    bar : float
        Greatest value that passes.
    """

    name: str
    value: float
    bar: float

    @property
    def passed(self) -> bool:
        """Whether the value is within the bar.

        Returns
        -------
        bool
            True within; False for NaN.
        """
        return bool(self.value <= self.bar)


@dataclass(frozen=True)
class FileVerdict:
    """Verdict on one vector file.

    Attributes
    ----------
    file : str
        Name below the folder searched.
    model : str
        Model judged.
    cases : int
        Cases judged, refusals included.
    skipped : int
        Cases that cannot be judged.
    skip_reasons : mapping of str to int
        Reason to count.
    max_abs_db : float
        Largest difference, dB.
    p99_abs_db : float
        99th percentile of the differences' sizes, dB.
    bar_db : float
        The bar on the first criterion, dB.
    criteria : tuple of Criterion
        Every bar with what was reached.
    faults : tuple of str
        What failed: case, equation, values.
    worst_case : str
        Case of the largest difference.
    """

    file: str
    model: str
    cases: int
    skipped: int
    skip_reasons: Mapping[str, int]
    max_abs_db: float
    p99_abs_db: float
    bar_db: float
    criteria: tuple[Criterion, ...]
    faults: tuple[str, ...] = field(default=())
    worst_case: str = ""

    @property
    def passed(self) -> bool:
        """Whether every bar was kept and nothing else failed.

        Returns
        -------
        bool
            True when so, and at least one case was judged.
        """
        return self.cases > 0 and not self.faults and all(criterion.passed for criterion in self.criteria)

    def as_json(self) -> dict[str, Any]:
        """The verdict as JSON objects.

        Returns
        -------
        dict of str to Any
            Keys as in the documentation of `planner validate`.
        """
        return {
            "file": self.file,
            "model": self.model,
            "cases": self.cases,
            "skipped": self.skipped,
            "max_abs_db": _finite(self.max_abs_db),
            "p99_abs_db": _finite(self.p99_abs_db),
            "bar_db": self.bar_db,
            "passed": self.passed,
            "skip_reasons": dict(self.skip_reasons),
            "criteria": [
                {"name": c.name, "value": _finite(c.value), "bar": c.bar, "passed": c.passed} for c in self.criteria
            ],
            "faults": list(self.faults),
            "worst_case": self.worst_case,
        }


def _finite(value: float) -> float | None:
    """The value; None for NaN and infinity, which JSON lacks."""
    return value if np.isfinite(value) else None


def judge(file: str, model: str, outcomes: Iterable[Outcome], bar_db: float) -> FileVerdict:
    """Verdict on a file whose every case must be within one bar.

    Parameters
    ----------
    file : str
        Name of the file.
    model : str
        Model judged.
    outcomes : iterable of Outcome
        One per case.
    bar_db : float
        Largest difference that passes, dB.

    Returns
    -------
    FileVerdict
        The verdict.
    """
    every = list(outcomes)
    judged = [outcome for outcome in every if not outcome.skipped]
    reasons = Counter(outcome.skipped for outcome in every if outcome.skipped)
    measured = [(abs(o.difference_db), o.case) for o in judged if o.difference_db is not None]
    sizes = np.array([size for size, _ in measured])
    # NaN is the worst difference there is: it must not vanish in a maximum.
    largest = float(np.max(sizes)) if sizes.size else 0.0
    p99 = float(np.percentile(sizes, 99)) if sizes.size else 0.0
    worst = max(measured, key=lambda pair: (pair[0] != pair[0], pair[0]), default=(0.0, ""))[1]
    faults = [f"{o.case}: {o.fault}" for o in judged if o.fault]
    if len(faults) > MAX_FAULTS_SHOWN:
        faults = [*faults[:MAX_FAULTS_SHOWN], f"and {len(faults) - MAX_FAULTS_SHOWN} more"]
    return FileVerdict(
        file=file,
        model=model,
        cases=len(judged),
        skipped=len(every) - len(judged),
        skip_reasons=reasons,
        max_abs_db=largest,
        p99_abs_db=p99,
        bar_db=bar_db,
        criteria=(Criterion("largest difference, dB", largest, bar_db),),
        faults=tuple(faults),
        worst_case=worst,
    )
