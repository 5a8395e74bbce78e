"""How many of a number make up a share."""

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
