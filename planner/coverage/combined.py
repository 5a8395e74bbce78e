"""Shares of areas for many combinations of layers in one pass over the areas' cells."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from planner.coverage.service import Service
from planner.kernels.zonal import zone_shares

_FLAGS = 64  # layers one pass over the entries tells apart


def combined_shares(
    service: Service,
    receiver: str,
    combinations: Iterable[frozenset[int]],
    starts: NDArray[np.int64],
    share: NDArray[np.float64],
    entries: NDArray[np.int64] | None = None,
) -> dict[frozenset[int], NDArray[np.float64]]:
    """Sum, per area, the shares of the entries that any layer of a combination serves.

    Parameters
    ----------
    service : Service
        Who is served, on the entries of the areas' cells.
    receiver : str
        Receiver.
    combinations : iterable of frozenset of int
        Layers whose service counts.
    starts : ndarray of int64, shape (areas + 1,)
        Where each area's entries start.
    share : ndarray of float64, shape (n,)
        Share of its area that each entry is.
    entries : ndarray of int64, shape (n,), optional
        Positions of the entries among the service's cells; all when absent.

    Returns
    -------
    dict of frozenset to ndarray of float64, shape (areas,)
        Sums by combination.
    """
    distinct = list(dict.fromkeys(combinations))
    layers = sorted(frozenset().union(*distinct))
    groups = [distinct] if len(layers) <= _FLAGS else [[one] for one in distinct]
    found: dict[frozenset[int], NDArray[np.float64]] = {}
    for group in groups:
        # a combination that stands alone needs one flag for all its layers
        bit = {layer: np.uint64(1 << (place if len(group) > 1 else 0)) for place, layer in enumerate(layers)}
        flags = np.zeros(share.size, dtype=np.uint64)
        for layer in frozenset().union(*group):
            served = service.layer(layer, receiver)
            flags[served if entries is None else served[entries]] |= bit[layer]
        wanted = np.array([_union(bit[layer] for layer in one) for one in group], dtype=np.uint64)
        sums = np.empty((starts.size - 1, wanted.size))
        zone_shares(starts, share, flags, wanted, sums)
        found.update(zip(group, sums.T, strict=True))
    return found


def _union(bits: Iterable[np.uint64]) -> np.uint64:
    return np.uint64(np.bitwise_or.reduce(np.array([0, *bits], dtype=np.uint64)))
