"""Money and shares as a reader wants them written."""

from __future__ import annotations


def share(value: float) -> str:
    """Write a share as a percentage that never rounds an unfinished share up to 100 %.

    Parameters
    ----------
    value : float
        Share, 0 to 1.

    Returns
    -------
    str
        For example '99.17 %'.
    """
    if value < 1.0 and round(value * 100, 2) >= 100.0:
        return "99.99 %"
    return f"{value * 100:.2f} %"


def billions(value: float) -> str:
    """Write VND in billions.

    Parameters
    ----------
    value : float
        VND.

    Returns
    -------
    str
        For example '1,234.5'.
    """
    return f"{value / 1e9:,.1f}"
