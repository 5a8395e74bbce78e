"""Coverage of the whole province: every mast's field, merged into one layer per operator and carrier."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from planner.config.schema import Scenario
from planner.coverage.border import border_areas
from planner.coverage.climate_zones import sea_notes
from planner.coverage.masts import LayerKey, Mast, build_masts, layer_sectors
from planner.coverage.other_models import range_warnings
from planner.coverage.propagation import MastField, Propagation
from planner.coverage.sectors import build_sectors, proposed_sectors
from planner.coverage.store import FieldStore, open_store
from planner.domain.coverage import CoverageLayer, CoverageMap, ProposedSite, Sector
from planner.domain.grid import Grid
from planner.domain.province import Province
from planner.kernels.antenna import ServerRasters
from planner.kernels.best_server import merge_sectors
from planner.radio.link_budget import serving_threshold

Progress = Callable[[str, int, int], None]
_BATCH_PER_THREAD = 4


def predict_coverage(
    province: Province,
    scenario: Scenario,
    *,
    extra_sites: Sequence[ProposedSite] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    store: FieldStore | None = None,
) -> CoverageMap:
    """Predict the coverage of every operator and carrier.

    Masts are computed in threads and merged in a fixed order, so the result is the same to the bit for any number of
    threads.

    Parameters
    ----------
    province : Province
        Terrain and sites.
    scenario : Scenario
        Carriers, propagation, thresholds.
    extra_sites : sequence of ProposedSite, optional
        Proposed carriers beside the inventory's.
    threads : int, optional
        Threads; the scenario's `run.threads`, else one per core, when absent.
    progress : callable, optional
        Called with stage, done, total.
    store : FieldStore, optional
        Per-mast results kept on disk; the scenario's `run.store` when absent.

    Returns
    -------
    CoverageMap
        One layer per operator and carrier that transmits.
    """
    sectors, assumed = build_sectors(province, scenario)
    sectors += proposed_sectors(extra_sites or (), scenario)
    layers = layer_sectors(sectors)
    propagation = Propagation(province, scenario)
    masts = build_masts(layers, scenario)
    kept = open_store(scenario, propagation) if store is None else store
    rasters = {key: empty_rasters(province.terrain.grid) for key in layers}
    notes = MastNotes(len(masts))
    merge_masts(propagation, masts, rasters, kept, thread_count(scenario, threads), progress, notes)
    found = tuple(
        finished_layer(key, sectors, rasters[key], scenario, province.terrain.grid.cell_m)
        for key, sectors in layers.items()
    )
    return CoverageMap(
        grid=province.terrain.grid,
        layers=found,
        assumed=assumed,
        warnings=(
            *notes.texts(scenario),
            *sea_notes(propagation.surface),
            *range_warnings(propagation, masts),
            *_border_notes(province, scenario),
        ),
    )


def thread_count(scenario: Scenario, threads: int | None) -> int:
    """Threads to use.

    Parameters
    ----------
    scenario : Scenario
        Its `run.threads`.
    threads : int or None
        What the caller asks for.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, threads or scenario.run.threads or os.cpu_count() or 1)


def empty_rasters(grid: Grid) -> ServerRasters:
    """Rasters of a layer before its first sector.

    Parameters
    ----------
    grid : Grid
        Frame.

    Returns
    -------
    ServerRasters
        No server anywhere.
    """
    return ServerRasters(
        np.full(grid.shape, -np.inf, dtype=np.float32),
        np.full(grid.shape, -np.inf, dtype=np.float32),
        np.full(grid.shape, -1, dtype=np.int32),
        np.zeros(grid.shape, dtype=np.float32),
    )


def merge_masts(
    propagation: Propagation,
    masts: Sequence[Mast],
    rasters: Mapping[LayerKey, ServerRasters],
    store: FieldStore,
    threads: int,
    progress: Progress | None,
    notes: MastNotes,
) -> None:
    """Compute masts in threads and merge them into their layers in the given order.

    Parameters
    ----------
    propagation : Propagation
        The scenario's propagation.
    masts : sequence of Mast
        Masts.
    rasters : mapping
        Layer -> rasters merged into.
    store : FieldStore
        Per-mast results.
    threads : int
        Threads.
    progress : callable or None
        Called with stage, done, total.
    notes : MastNotes
        Collects what a reader must know.
    """
    size = _BATCH_PER_THREAD * threads
    batches = [masts[start : start + size] for start in range(0, len(masts), size)]
    done = 0
    with ThreadPoolExecutor(threads) as pool:

        def compute(batch: Sequence[Mast]) -> list[Future[MastField]]:
            return [pool.submit(store.field, propagation, mast) for mast in batch]

        # the next batch is computed while this one is merged, so that no thread waits; a layer is merged by one task at
        # a time, in the order of masts
        ahead = compute(batches[0]) if batches else []
        merges: list[Future[None]] = []
        for number, batch in enumerate(batches):
            fields = [task.result() for task in ahead]
            ahead = compute(batches[number + 1]) if number + 1 < len(batches) else []
            _finish(merges)
            keys = sorted({group.layer for mast in batch for group in mast.groups})
            merges = [pool.submit(_merge_layer, key, batch, fields, rasters[key], propagation) for key in keys]
            notes.take(fields)
            done += len(batch)
            if progress is not None:
                progress("coverage", done, len(masts))
        _finish(merges)


def _finish(tasks: Iterable[Future[None]]) -> None:
    for task in tasks:
        task.result()


def _merge_layer(
    key: LayerKey,
    masts: Iterable[Mast],
    fields: Iterable[MastField],
    rasters: ServerRasters,
    propagation: Propagation,
) -> None:
    """Merge what masts transmit in one layer."""
    for mast, field in zip(masts, fields, strict=True):
        for group in mast.groups:
            if group.layer == key:
                merge_sectors(
                    field.loss_db[mast.carriers.index(key[1])],
                    propagation.terrain.elevation_asl_m,
                    field.frame,
                    group.arrays,
                    propagation.patterns[group.antenna],
                    (field.row0, field.col0),
                    rasters,
                )


def finished_layer(
    key: LayerKey, sectors: tuple[Sector, ...], rasters: ServerRasters, scenario: Scenario, cell_m: float
) -> CoverageLayer:
    """Layer with its thresholds; NaN where no sector reaches.

    Parameters
    ----------
    key : tuple of str
        Operator and carrier.
    sectors : tuple of Sector
        Its sectors.
    rasters : ServerRasters
        Merged rasters; taken over.
    scenario : Scenario
        Receivers and thresholds.
    cell_m : float
        Side of a cell, m.

    Returns
    -------
    CoverageLayer
        The layer.
    """
    rasters.level_dbm[rasters.best < 0] = np.nan
    rasters.second_dbm[np.isneginf(rasters.second_dbm)] = np.nan
    carrier = scenario.radio.carriers[key[1]]
    thresholds = {
        receiver: serving_threshold(scenario, key[1], receiver, cell_m) for receiver in scenario.radio.receivers
    }
    return CoverageLayer(
        operator=key[0],
        carrier=key[1],
        technology=carrier.technology,
        band=carrier.band,
        level_dbm=rasters.level_dbm,
        best_sector=rasters.best,
        second_dbm=rasters.second_dbm,
        interference_mw=rasters.others_mw,
        threshold_dbm={str(name): found.level_dbm for name, found in thresholds.items()},
        limited_by={str(name): found.limited_by for name, found in thresholds.items()},
        sectors=sectors,
    )


class MastNotes:
    """What the computation of masts leaves to say.

    Parameters
    ----------
    masts : int
        Masts to be computed.
    """

    def __init__(self, masts: int) -> None:
        self._masts = masts
        self._cut: Counter[str] = Counter()
        self._radii_m: list[float] = []
        self._empty = self._incomplete = 0

    def take(self, fields: Iterable[MastField]) -> None:
        """Count one batch.

        Parameters
        ----------
        fields : iterable of MastField
            Fields of the batch.
        """
        for field in fields:
            self._cut.update(field.cut_carriers)
            self._radii_m.append(field.radius_m)
            self._empty += int(field.loss_db.size == 0)
            self._incomplete += int(field.missing_cells > 0)

    def texts(self, scenario: Scenario) -> list[str]:
        """Write what a reader must know.

        Parameters
        ----------
        scenario : Scenario
            Radius and thresholds.

        Returns
        -------
        list of str
            Sentences.
        """
        if not self._radii_m:
            return []
        found = []
        if scenario.propagation.radius_km is None:
            found.append(
                "The radius of calculation is derived from the link budget over smooth earth and ends where the terrain"
                f" does: {min(self._radii_m) / 1e3:.1f} to {max(self._radii_m) / 1e3:.1f} km."
            )
        radius = "the radius" if scenario.propagation.radius_km is None else f"{scenario.propagation.radius_km:g} km"
        found += [
            f"{carrier}: the signal of {count} of {self._masts} masts is still usable somewhere at {radius}, where the"
            " calculation ends."
            for carrier, count in sorted(self._cut.items())
        ]
        if self._empty:
            found.append(f"{self._empty} of {self._masts} masts stand where there is no terrain and reach nobody.")
        if self._incomplete:
            found.append(
                f"{self._incomplete} of {self._masts} masts have cells in range whose path lacks terrain: no value."
            )
        return found


def _border_notes(province: Province, scenario: Scenario) -> list[str]:
    """Say that border areas may hear sites nobody supplied."""
    near = int(border_areas(province, scenario).sum())
    if not near:
        return []
    margin_km = scenario.coverage.border_margin_km
    text = f"No sites of neighbouring provinces are given: {near} areas within {margin_km:g} km of the border"
    return [f"{text} may be served from beyond it (near_border in areas.csv)."]
