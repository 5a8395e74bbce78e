"""Shares of areas kept in step with changes: only areas that a window touches are summed anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.coverage.service import Service
from planner.domain.province import Province
from planner.kernels.zonal import zone_shares


@dataclass(frozen=True)
class AreaPatch:
    """Some areas and their entries in `Province.area_cells`.

    Attributes
    ----------
    areas : ndarray of int64, shape (n,)
        Rows of the areas table.
    entries : ndarray of int64
        Their entries, area by area.
    starts : ndarray of int64, shape (n + 1,)
        Where each area's entries start.
    """

    areas: NDArray[np.int64]
    entries: NDArray[np.int64]
    starts: NDArray[np.int64]


class AreaPatches:
    """Areas by where their cells lie.

    Parameters
    ----------
    province : Province
        Areas and their cells.
    """

    def __init__(self, province: Province) -> None:
        self._cells = province.area_cells
        row, col = np.divmod(self._cells.cell, province.terrain.grid.cols)
        starts = self._cells.indptr[:-1]
        corners = [reduce.reduceat(what, starts) for what in (row, col) for reduce in (np.minimum, np.maximum)]
        self._corners = np.stack(corners).astype(np.int64)

    @property
    def everywhere(self) -> AreaPatch:
        """All areas."""
        return self._patch(np.arange(self._cells.indptr.size - 1))

    def inside(self, window: tuple[slice, slice]) -> AreaPatch:
        """Areas whose bounding box meets a window.

        Parameters
        ----------
        window : tuple of slice
            Rows and columns of the grid.

        Returns
        -------
        AreaPatch
            The areas.
        """
        rows, cols = window
        top, bottom, left, right = self._corners
        meets = (top < rows.stop) & (bottom >= rows.start) & (left < cols.stop) & (right >= cols.start)
        return self._patch(np.flatnonzero(meets))

    def _patch(self, areas: NDArray[np.int64]) -> AreaPatch:
        first, counts = self._cells.indptr[areas], np.diff(self._cells.indptr)[areas]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        entries = np.arange(starts[-1]) + np.repeat(first - starts[:-1], counts)
        return AreaPatch(areas, entries, starts)

    def shares(
        self,
        service: Service,
        asked: tuple[str, str],
        patch: AreaPatch,
        before: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Share of every area that is served by the scenario's receiver.

        Parameters
        ----------
        service : Service
            Who is served, on all entries.
        asked : tuple of str
            Technology and operator.
        patch : AreaPatch
            Areas to work out.
        before : ndarray of float64, optional
            Shares of the other areas; 0 without it.

        Returns
        -------
        ndarray of float64, shape (n_areas,)
            Shares, 0 to 1.
        """
        served = np.zeros(patch.entries.size, dtype=np.uint64)
        for index in service.layers_for(asked[1], asked[0], "any"):
            served |= service.layer(index, service.scenario.coverage.receiver)[patch.entries]
        sums = np.empty((patch.areas.size, 1))
        zone_shares(patch.starts, self._cells.share[patch.entries], served, np.ones(1, dtype=np.uint64), sums)
        shares = np.zeros(self._cells.indptr.size - 1) if before is None else before.copy()
        shares[patch.areas] = np.minimum(sums[:, 0], 1.0)
        return shares
