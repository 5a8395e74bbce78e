"""Where proposed sectors would become the best server of their layer: the places whose traffic they can take."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.masts import Mast, SectorGroup, sector_arrays
from planner.coverage.predict import thread_count
from planner.coverage.propagation import Propagation
from planner.coverage.radius import mast_radius_m
from planner.coverage.sectors import sectors_of
from planner.domain.coverage import CoverageMap, ProposedSite
from planner.domain.province import Province
from planner.kernels.antenna import ServerRasters
from planner.kernels.best_server import merge_sectors
from planner.radio.link_budget import serving_threshold


class Heard(NamedTuple):
    """Where one proposal is strong enough to serve.

    Attributes
    ----------
    entry : ndarray of int64
        Entries of the areas' cells, rising.
    level_dbm : ndarray of float32
        Level of its best sector there, dBm.
    """

    entry: NDArray[np.int64]
    level_dbm: NDArray[np.float32]


def levels_heard(province: Province, scenario: Scenario, proposals: Sequence[ProposedSite]) -> list[Heard]:
    """Level of each proposal, put on air alone, at all entries where it is enough to serve.

    Parameters
    ----------
    province : Province
        Terrain, areas.
    scenario : Scenario
        Carriers, propagation, thresholds.
    proposals : sequence of ProposedSite
        One per site and carrier.

    Returns
    -------
    list of Heard
        One per proposal.
    """
    work = _Work(province, scenario, proposals)
    at: dict[tuple[float, float, float], list[int]] = {}
    for index, one in enumerate(proposals):
        at.setdefault((one.x_m, one.y_m, one.height_agl_m), []).append(index)
    nothing = Heard(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
    found = [nothing] * len(proposals)
    with ThreadPoolExecutor(thread_count(scenario, None)) as pool:
        for results in pool.map(work.hear, [at[place] for place in sorted(at)]):
            for index, heard in results:
                found[index] = heard
    return found


def places_taken(
    province: Province, coverage: CoverageMap, proposals: Sequence[ProposedSite], heard: Sequence[Heard]
) -> list[NDArray[np.int64]]:
    """Places where each proposal, put on air alone, would be its layer's best server.

    Parameters
    ----------
    province : Province
        Areas.
    coverage : CoverageMap
        What stands; what a proposal replaces still counts as standing.
    proposals : sequence of ProposedSite
        One per site and carrier.
    heard : sequence of Heard
        Their levels.

    Returns
    -------
    list of ndarray of int64
        Per proposal, the entries where its level is above that of all standing sectors of its operator and carrier.
    """
    layers = {(one.operator, one.carrier): one.level_dbm.reshape(-1) for one in coverage.layers}
    cell = province.area_cells.cell
    found = []
    for one, own in zip(proposals, heard, strict=True):
        standing = layers.get((one.operator, one.carrier))
        found.append(own.entry if standing is None else own.entry[~(own.level_dbm <= standing[cell[own.entry]])])
    return found


class _Work:
    """What the threads share."""

    def __init__(self, province: Province, scenario: Scenario, proposals: Sequence[ProposedSite]) -> None:
        self._scenario, self._proposals = scenario, proposals
        self._propagation = Propagation(province, scenario)
        self._row, self._col = np.divmod(province.area_cells.cell, province.terrain.grid.cols)

    def hear(self, indices: list[int]) -> list[tuple[int, Heard]]:
        """Levels of the proposals of one mast."""
        ones = [self._proposals[index] for index in indices]
        carriers = tuple(sorted({one.carrier for one in ones}))
        groups = [_group(one, self._scenario) for one in ones]
        first = ones[0]
        mast = Mast(first.x_m, first.y_m, first.height_agl_m, carriers, tuple(groups))
        row0, col0, loss = self._propagation.losses(mast, mast_radius_m(self._propagation, mast))
        rows, cols = loss.shape[1:]
        near = (self._row >= row0) & (self._row < row0 + rows) & (self._col >= col0) & (self._col < col0 + cols)
        here = np.flatnonzero(near)
        row, col = self._row[here] - row0, self._col[here] - col0
        results = []
        for index, one, group in zip(indices, ones, groups, strict=True):
            level = self._level(mast, group, (row0, col0), loss[carriers.index(one.carrier)])[row, col]
            enough = level >= self._threshold_dbm(one)
            results.append((index, Heard(here[enough], level[enough])))
        return results

    def _level(
        self, mast: Mast, group: SectorGroup, origin: tuple[int, int], loss: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Level of a group's best sector in its mast's window, dBm; -inf where there is none."""
        rows, cols = loss.shape
        window = ServerRasters(
            np.full(loss.shape, -np.inf, dtype=np.float32),
            np.full(loss.shape, -np.inf, dtype=np.float32),
            np.full(loss.shape, -1, dtype=np.int32),
            np.zeros(loss.shape, dtype=np.float32),
        )
        frame = self._propagation.frame(mast)
        ground = self._propagation.terrain.elevation_asl_m[origin[0] : origin[0] + rows, origin[1] : origin[1] + cols]
        merge_sectors(
            np.ascontiguousarray(loss),
            np.ascontiguousarray(ground),
            frame._replace(x_cells=frame.x_cells - origin[1], y_cells=frame.y_cells - origin[0]),
            group.arrays,
            self._propagation.patterns[group.antenna],
            (0, 0),
            window,
        )
        return window.level_dbm

    def _threshold_dbm(self, one: ProposedSite) -> float:
        cell_m = self._propagation.terrain.grid.cell_m
        receiver = self._scenario.coverage.receiver
        return serving_threshold(self._scenario, one.carrier, receiver, cell_m, one.power_dbm).level_dbm


def _group(one: ProposedSite, scenario: Scenario) -> SectorGroup:
    sectors = sectors_of(one, scenario)
    arrays = sector_arrays(sectors, list(range(len(sectors))), scenario)
    return SectorGroup((one.operator, one.carrier), sectors[0].antenna, arrays)
