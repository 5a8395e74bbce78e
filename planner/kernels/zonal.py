"""Sums over zones: shares of every residential area for many combinations of layers in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel, kernel


@kernel
def served_into(
    level_dbm: NDArray[np.float32],
    best: NDArray[np.int32],
    threshold_dbm: NDArray[np.float32],
    cell: NDArray[np.int64],
    served: NDArray[np.bool_],
) -> None:
    """Whether the best server of each listed cell reaches its own threshold.

    Parameters
    ----------
    level_dbm : ndarray of float32, shape (cells,)
        Level of the best server, dBm.
    best : ndarray of int32, shape (cells,)
        Index of the best server; -1 where none.
    threshold_dbm : ndarray of float32, shape (sectors,)
        Threshold of every sector, dBm.
    cell : ndarray of int64, shape (n,)
        Cells asked about.
    served : ndarray of bool, shape (n,)
        Filled.
    """
    for i in range(cell.size):
        server = best[cell[i]]
        served[i] = server >= 0 and level_dbm[cell[i]] >= threshold_dbm[server]


@exact_kernel
def zone_shares(
    indptr: NDArray[np.int64],
    share: NDArray[np.float64],
    flags: NDArray[np.uint64],
    wanted: NDArray[np.uint64],
    out: NDArray[np.float64],
) -> None:
    """Sum, per zone and combination, the shares of entries that carry any flag of the combination.

    Parameters
    ----------
    indptr : ndarray of int64, shape (zones + 1,)
        Start of each zone's entries.
    share : ndarray of float64, shape (n,)
        Share of the zone in each entry.
    flags : ndarray of uint64, shape (n,)
        One bit per layer that serves the entry.
    wanted : ndarray of uint64, shape (combinations,)
        Bits of each combination.
    out : ndarray of float64, shape (zones, combinations)
        Filled.
    """
    for zone in range(indptr.size - 1):
        sums = out[zone]
        sums[:] = 0.0
        for entry in range(indptr[zone], indptr[zone + 1]):
            here, weight = flags[entry], share[entry]
            if here != np.uint64(0):
                for w in range(wanted.size):
                    sums[w] += weight if here & wanted[w] else 0.0
