"""Which known word a typing slip most likely meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Find the known word a typing slip most likely meant.

    Parameters
    ----------
    word : str
        What was written.
    known : iterable of str
        What would be right.
    cutoff : float, optional
        Least similarity, 0 to 1.

    Returns
    -------
    str or None
        The nearest word, or None when nothing is near.
    """
    by_fold = {candidate.casefold(): candidate for candidate in known}
    longer = sorted(name for name in by_fold if len(word) > 2 and name.startswith(word.casefold()))
    if len(longer) == 1:
        return by_fold[longer[0]]
    close = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None
