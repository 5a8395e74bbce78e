"""What a vector format is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from planner.errors import ModelRangeError
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Row, VectorFile


@dataclass(frozen=True)
class Format:
    """One format of vector files.

    Attributes
    ----------
    name : str
        What the format is.
    model : str
        Model it judges, as on the command line.
    folders : tuple of str
        Folder names under which such files are kept.
    columns : frozenset of str
        Columns that only this format has together.
    judge : callable
        From a file to its verdict.
    model_of : callable or None
        From a file to its model, where one format serves several.
    """

    name: str
    model: str
    folders: tuple[str, ...]
    columns: frozenset[str]
    judge: Callable[[VectorFile], FileVerdict]
    model_of: Callable[[VectorFile], str] | None = None

    def judged_model(self, file: VectorFile) -> str:
        """Model that a file judges.

        Parameters
        ----------
        file : VectorFile
            A file of this format.

        Returns
        -------
        str
            Name as on the command line.
        """
        return self.model if self.model_of is None else self.model_of(file)


def by_row(model: str, bar_db: float, outcome: Callable[[Row], Outcome]) -> Callable[[VectorFile], FileVerdict]:
    """Judge of a format whose rows stand alone.

    Parameters
    ----------
    model : str
        Model judged.
    bar_db : float
        Largest difference that passes, dB.
    outcome : callable
        From a row to what came of it.

    Returns
    -------
    callable
        From a file to its verdict.
    """

    def _verdict(file: VectorFile) -> FileVerdict:
        return judge(file.name, model, (outcome(row) for row in file.rows), bar_db)

    return _verdict


def compare(row: Row, compute: Callable[[], float], references: Iterable[float | None]) -> Outcome:
    """Outcome of a case that has an answer.

    Parameters
    ----------
    row : Row
        The case.
    compute : callable
        Computes the loss, dB; may refuse.
    references : iterable of float or None
        Reference values, dB; the nearest counts, None is absent.

    Returns
    -------
    Outcome
        Difference to the nearest reference; skipped without one; a fault where the model refuses.
    """
    known = [reference for reference in references if reference is not None]
    if not known:
        return Outcome(row.name, skipped="no reference value")
    try:
        value = compute()
    except ModelRangeError as error:
        return Outcome(row.name, math.nan, fault=f"refused although the reference answers: {error}")
    difference = min((value - reference for reference in known), key=abs)
    return Outcome(row.name, difference)


def expect_refusal(row: Row, compute: Callable[[], float], code: str) -> Outcome:
    """Outcome of a case whose right answer is a refusal.

    Parameters
    ----------
    row : Row
        The case.
    compute : callable
        Computes the loss, dB; ought to refuse.
    code : str
        Error code of the reference, for the message.

    Returns
    -------
    Outcome
        Without a difference; a fault where the model answers.
    """
    try:
        value = compute()
    except ModelRangeError:
        return Outcome(row.name)
    return Outcome(row.name, fault=f"answered {value:.3f} dB where the reference refuses with code {code}")
