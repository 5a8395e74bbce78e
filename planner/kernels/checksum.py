"""A fast checksum of a block of words: it guards files against damage, not against intent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


@exact_kernel
def checksum(words: NDArray[np.uint32]) -> int:
    """Sum words times odd numbers that differ from place to place, modulo 2 to the power of 64.

    One changed word is always noticed; several go unnoticed with a chance of about 2 to the power of -64.

    Parameters
    ----------
    words : ndarray of uint32, shape (n,)
        The words.

    Returns
    -------
    uint64
        The sum.
    """
    total = np.uint64(words.size)
    for i in range(words.size):
        total += np.uint64(words[i]) * ((np.uint64(i) * _GOLDEN) | _ONE)
    return total
