"""How many of a number make up a share, and whether a share is reached."""

from __future__ import annotations

import math

ROUNDING = 1e-9  # shares times counts are compared with this slack


def count_required(share: float, total: int, *, strictly_over: bool) -> int:
    """Least whole number that reaches a share of a total.

    Parameters
    ----------
    share : float
        Share, 0 to 1.
    total : int
        What it is counted over.
    strictly_over : bool
        Whether the share must be exceeded.

    Returns
    -------
    int
        Count, at most the total.
    """
    exact = share * total
    least = math.floor(exact + ROUNDING) + 1 if strictly_over else math.ceil(exact - ROUNDING)
    return min(total, max(0, least))


def is_reached(share: float, required: float, *, strictly_over: bool) -> bool:
    """Whether a share is as large as it must be.

    Parameters
    ----------
    share : float
        Share reached, 0 to 1.
    required : float
        Share asked for, 0 to 1.
    strictly_over : bool
        Whether it must be exceeded; all there is always does.

    Returns
    -------
    bool
        True where it is reached.
    """
    if strictly_over:
        return share > required + ROUNDING or share >= 1.0 - ROUNDING
    return share >= required - ROUNDING
