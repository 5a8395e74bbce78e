"""Shares of areas kept in step with changes: only areas that a window touches are summed anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.coverage.combined import combined_shares
from planner.coverage.service import Service
from planner.domain.province import Province


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
        asked: Iterable[tuple[str, str]],
        patch: AreaPatch,
        before: Mapping[tuple[str, str], NDArray[np.float64]] | None = None,
    ) -> dict[tuple[str, str], NDArray[np.float64]]:
        """Share of every area that is served by the scenario's receiver.

        Parameters
        ----------
        service : Service
            Who is served, on all entries.
        asked : iterable of tuple of str
            Technologies and operators.
        patch : AreaPatch
            Areas to work out.
        before : mapping, optional
            Shares of the other areas by technology and operator; 0 without it.

        Returns
        -------
        dict of tuple to ndarray of float64, shape (n_areas,)
            Shares by technology and operator, 0 to 1.
        """
        layers = {one: frozenset(service.layers_for(one[1], one[0], "any")) for one in asked}
        receiver = service.scenario.coverage.receiver
        weight = self._cells.share[patch.entries]
        sums = combined_shares(service, receiver, layers.values(), patch.starts, weight, patch.entries)
        found = {}
        for one, combination in layers.items():
            found[one] = np.zeros(self._cells.indptr.size - 1) if before is None else before[one].copy()
            found[one][patch.areas] = np.minimum(sums[combination], 1.0)
        return found
