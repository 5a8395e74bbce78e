"""What each proposed site would serve by itself: the entries of the covering problem, from the coverage engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.masts import Mast, SectorGroup, sector_arrays
from planner.coverage.predict import thread_count
from planner.coverage.propagation import Propagation
from planner.coverage.radius import mast_radius_m
from planner.coverage.sectors import sectors_of
from planner.domain.coverage import ProposedSite
from planner.domain.province import Province
from planner.kernels.antenna import served_demand
from planner.radio.link_budget import serving_threshold

Progress = Callable[[str, int, int], None]
_CHUNK = 64


def cells_served(
    province: Province,
    scenario: Scenario,
    proposals: Sequence[ProposedSite],
    *,
    receiver: str | None = None,
    entries: NDArray[np.integer] | None = None,
    radius_m: float | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Entries of `Province.area_cells` that each proposal serves alone, judged by level, without interference.

    Proposals that share position and height share their terrain profiles.

    Parameters
    ----------
    province : Province
        Terrain, areas.
    scenario : Scenario
        Carriers, propagation, thresholds.
    proposals : sequence of ProposedSite
        One per site and carrier.
    receiver : str, optional
        Receiver; the scenario's when absent.
    entries : ndarray of int, optional
        Entries asked about; all when absent.
    radius_m : float, optional
        Radius, m; the scenario's when absent.
    threads : int, optional
        Threads.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    tuple of ndarray
        CSR: starts, int64, shape (n_proposals + 1,), and entries in rising order, int32.
    """
    work = _Work(province, scenario, proposals, receiver, entries, radius_m)
    places = work.places()
    found: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)] * len(proposals)
    with ThreadPoolExecutor(thread_count(scenario, threads)) as pool:
        for start in range(0, len(places), _CHUNK):
            for results in pool.map(work.serve, places[start : start + _CHUNK]):
                for index, served in results:
                    found[index] = served
            if progress is not None:
                progress("candidates", min(start + _CHUNK, len(places)), len(places))
    counts = np.array([one.size for one in found], dtype=np.int64)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return indptr, np.concatenate([*found, np.empty(0, dtype=np.int32)])


@dataclass(frozen=True)
class _Demand:
    """Demand cells and the entries in each.

    Attributes
    ----------
    number : ndarray of int32, shape (rows, cols)
        Number of each demand cell in raster order; -1 elsewhere.
    indptr, entry : ndarray
        CSR from demand cell to entries.
    """

    number: NDArray[np.int32]
    indptr: NDArray[np.int64]
    entry: NDArray[np.int32]


def _demand(province: Province, entries: NDArray[np.integer] | None) -> _Demand:
    cell = province.area_cells.cell
    chosen = np.arange(cell.size) if entries is None else np.unique(np.asarray(entries))
    order = chosen[np.argsort(cell[chosen], kind="stable")]
    cells, first = np.unique(cell[order], return_index=True)
    grid = province.terrain.grid
    number = np.full(grid.rows * grid.cols, -1, dtype=np.int32)
    number[cells] = np.arange(cells.size, dtype=np.int32)
    return _Demand(number.reshape(grid.shape), np.append(first, order.size).astype(np.int64), order.astype(np.int32))


class _Work:
    """What the threads share while they test proposals."""

    def __init__(
        self,
        province: Province,
        scenario: Scenario,
        proposals: Sequence[ProposedSite],
        receiver: str | None,
        entries: NDArray[np.integer] | None,
        radius_m: float | None,
    ) -> None:
        self._scenario = scenario
        self._proposals = proposals
        self._receiver = receiver or scenario.coverage.receiver
        self._radius_m = radius_m
        self._propagation = Propagation(province, scenario)
        self._demand = _demand(province, entries)

    def places(self) -> list[list[int]]:
        """Proposals by position and height."""
        at: dict[tuple[float, float, float], list[int]] = {}
        for index, one in enumerate(self._proposals):
            at.setdefault((one.x_m, one.y_m, one.height_agl_m), []).append(index)
        return [at[place] for place in sorted(at)]

    def serve(self, indices: list[int]) -> list[tuple[int, NDArray[np.int32]]]:
        """Entries served by the proposals of one place."""
        first = self._proposals[indices[0]]
        carriers = tuple(sorted({self._proposals[i].carrier for i in indices}))
        groups = tuple(self._group(self._proposals[i]) for i in indices)
        mast = Mast(first.x_m, first.y_m, first.height_agl_m, carriers, groups)
        propagation = self._propagation
        radius = mast_radius_m(propagation, mast) if self._radius_m is None else self._radius_m
        row0, col0, loss = propagation.losses(mast, radius)
        frame = propagation.frame(mast)
        scratch = np.empty(self._demand.indptr.size - 1, dtype=np.int32)
        results = []
        for index, group in zip(indices, groups, strict=True):
            count = served_demand(
                loss[carriers.index(group.layer[1])],
                propagation.terrain.elevation_asl_m,
                (row0, col0),
                frame,
                self._demand.number,
                group.arrays,
                propagation.patterns[group.antenna],
                self._threshold_dbm(self._proposals[index]),
                scratch,
            )
            results.append((index, self._entries(scratch[:count])))
        return results

    def _group(self, proposal: ProposedSite) -> SectorGroup:
        sectors = sectors_of(proposal, self._scenario)
        arrays = sector_arrays(sectors, list(range(len(sectors))), self._scenario)
        return SectorGroup((proposal.operator, proposal.carrier), sectors[0].antenna, arrays)

    def _threshold_dbm(self, proposal: ProposedSite) -> float:
        cell_m = self._propagation.terrain.grid.cell_m
        power = proposal.power_dbm
        return serving_threshold(self._scenario, proposal.carrier, self._receiver, cell_m, power).level_dbm

    def _entries(self, cells: NDArray[np.int32]) -> NDArray[np.int32]:
        """Entries of demand cells, rising."""
        starts = self._demand.indptr[cells]
        counts = self._demand.indptr[cells + 1] - starts
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.sort(self._demand.entry[np.repeat(starts, counts) + offsets])
