"""Coverage that can be changed: sectors added and removed, only the touched layers and cells recomputed, exact undo."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.area_patches import AreaPatches
from planner.coverage.engine import FACES
from planner.coverage.masts import LayerKey, Mast, build_masts, layer_sectors
from planner.coverage.predict import (
    MastNotes,
    Progress,
    empty_rasters,
    merge_masts,
    thread_count,
)
from planner.coverage.propagation import MastField, Propagation
from planner.coverage.sectors import build_sectors
from planner.coverage.service import Service
from planner.coverage.store import FieldStore, open_store
from planner.domain.coverage import CoverageLayer, CoverageMap, Sector
from planner.domain.province import Province
from planner.kernels.antenna import ServerRasters
from planner.kernels.best_server import merge_sectors
from planner.radio.link_budget import serving_threshold

Place = tuple[float, float, float]
Window = tuple[slice, slice]
_KEPT_FIELD_BYTES = 400_000_000


@dataclass
class _Layer:
    """One layer being worked on: sectors keep their numbers, removed ones are only silent."""

    sectors: list[Sector]
    silent: set[int]
    rasters: ServerRasters


@dataclass(frozen=True)
class _Undo:
    """What a change overwrote."""

    window: Window
    layers: dict[LayerKey, tuple[int, frozenset[int], ServerRasters] | None]
    service: Service
    shares: dict[tuple[str, str], NDArray[np.float64]]


class LiveCoverage:
    """Coverage of a province that follows changes of its sectors.

    Parameters
    ----------
    province : Province
        Terrain, areas, sites.
    scenario : Scenario
        Carriers, propagation, thresholds.
    threads : int, optional
        Threads of the first prediction.
    progress : callable, optional
        Called with stage, done, total.
    store : FieldStore, optional
        Per-mast results kept on disk.
    """

    def __init__(
        self,
        province: Province,
        scenario: Scenario,
        *,
        threads: int | None = None,
        progress: Progress | None = None,
        store: FieldStore | None = None,
    ) -> None:
        self.province = province
        self.scenario = scenario
        self.propagation = Propagation(province, scenario)
        self._store = open_store(scenario, self.propagation) if store is None else store
        self._fields: OrderedDict[tuple[Place, tuple[str, ...]], MastField] = OrderedDict()
        self._field_bytes = 0
        self._undo: list[_Undo] = []
        sectors, _ = build_sectors(province, scenario)
        grid = province.terrain.grid
        self._layers = {
            key: _Layer(list(found), set(), empty_rasters(grid)) for key, found in layer_sectors(sectors).items()
        }
        masts = self._masts()
        rasters = {key: layer.rasters for key, layer in self._layers.items()}
        count = thread_count(scenario, threads)
        merge_masts(self.propagation, masts, rasters, self._store, count, progress, MastNotes(len(masts)))
        self.propagation.mast_threads = min(count, FACES)
        self.service = Service(self._map(), scenario, province.area_cells.cell)
        self._areas = AreaPatches(province)
        self._shares: dict[tuple[str, str], NDArray[np.float64]] = {}

    @property
    def sectors(self) -> tuple[Sector, ...]:
        """Sectors on air."""
        return tuple(
            sector
            for layer in self._layers.values()
            for number, sector in enumerate(layer.sectors)
            if number not in layer.silent
        )

    def change(self, removed: Iterable[Sector], added: Sequence[Sector]) -> Window:
        """Take sectors off air and put others on.

        Where sectors are only added, they are merged on top; a layer that loses sectors is merged anew inside the
        touched window, in the order of a full prediction.

        Parameters
        ----------
        removed : iterable of Sector
            Sectors on air.
        added : sequence of Sector
            New sectors.

        Returns
        -------
        tuple of slice
            Rows and columns that may have changed.
        """
        gone = list(removed)
        window = self._window([*gone, *added])
        keys = sorted({(sector.operator, sector.carrier) for sector in (*gone, *added)})
        kept = {key: self._kept(key, window) for key in keys}
        self._undo.append(_Undo(window, kept, self.service, dict(self._shares)))
        fresh: dict[LayerKey, list[int]] = {}
        for key in keys:
            if key not in self._layers:
                self._layers[key] = _Layer([], set(), empty_rasters(self.province.terrain.grid))
        for sector in added:
            layer = self._layers[sector.operator, sector.carrier]
            fresh.setdefault((sector.operator, sector.carrier), []).append(len(layer.sectors))
            layer.sectors.append(sector)
        for sector in gone:
            layer = self._layers[sector.operator, sector.carrier]
            layer.silent.add(layer.sectors.index(sector))
        losing = {(sector.operator, sector.carrier) for sector in gone}
        masts = self._masts({key: numbers for key, numbers in fresh.items() if key not in losing})
        for key in keys:
            if key in losing:
                self._rebuild(key, window)
            else:
                self._merge(key, masts, window)
        patch = self._areas.inside(window)
        self.service = self._reassessed(keys, patch.entries)
        self._shares = self._areas.shares(self.service, self._shares, patch, self._shares)
        return window

    def touched_entries(self, removed: Sequence[Sector], added: Sequence[Sector]) -> NDArray[np.int64]:
        """Entries of the areas' cells that a change may touch.

        Parameters
        ----------
        removed, added : sequence of Sector
            Sectors taken off air and put on.

        Returns
        -------
        ndarray of int64
            Their positions in `service.cells`.
        """
        rows, cols = self._window([*removed, *added])
        row, col = np.divmod(self.service.cells, self.province.terrain.grid.cols)
        return np.flatnonzero((row >= rows.start) & (row < rows.stop) & (col >= cols.start) & (col < cols.stop))

    def undo(self) -> None:
        """Take the last change back; rasters and service are what they were, to the bit."""
        last = self._undo.pop()
        for key, kept in last.layers.items():
            if kept is None:
                del self._layers[key]
                continue
            count, silent, rasters = kept
            layer = self._layers[key]
            del layer.sectors[count:]
            layer.silent = set(silent)
            for now, was in zip(layer.rasters, rasters, strict=True):
                now[last.window] = was
        self.service = last.service
        self._shares = last.shares

    def keep(self) -> None:
        """Forget how to take the changes made so far back."""
        self._undo.clear()

    def area_shares(self, technology: str, operator: str) -> NDArray[np.float64]:
        """Share of every area that is served by the scenario's receiver; kept in step with changes.

        Parameters
        ----------
        technology : str
            '4g', '5g' or 'any'.
        operator : str
            Whose customer it is, or 'any'.

        Returns
        -------
        ndarray of float64, shape (n_areas,)
            Shares, 0 to 1; not to be written to.
        """
        asked = technology, operator
        if asked not in self._shares:
            self._shares |= self._areas.shares(self.service, [asked], self._areas.everywhere)
        return self._shares[asked]

    def coverage_map(self) -> CoverageMap:
        """Copy of the present coverage.

        Returns
        -------
        CoverageMap
            Its layers no longer follow changes; silent sectors stay in the numbering and serve no cell.
        """
        layers = []
        for key in self._sorted_keys():
            live = self._layer_view(key)
            level = np.where(live.best_sector >= 0, live.level_dbm, np.float32(np.nan))
            second = np.where(np.isneginf(live.second_dbm), np.float32(np.nan), live.second_dbm)
            layers.append(
                CoverageLayer(
                    **{
                        **live.__dict__,
                        "level_dbm": level,
                        "second_dbm": second,
                        "best_sector": live.best_sector.copy(),
                        "interference_mw": live.interference_mw.copy(),
                    }
                )
            )
        return CoverageMap(self.province.terrain.grid, tuple(layers), {})

    def layer_index(self, key: LayerKey) -> int:
        """Index of a layer in the service's coverage map.

        Parameters
        ----------
        key : tuple of str
            Operator and carrier.

        Returns
        -------
        int
            Index.
        """
        return self._sorted_keys().index(key)

    def _kept(self, key: LayerKey, window: Window) -> tuple[int, frozenset[int], ServerRasters] | None:
        layer = self._layers.get(key)
        if layer is None:
            return None
        rasters = layer.rasters
        copies = ServerRasters(
            rasters.level_dbm[window].copy(),
            rasters.second_dbm[window].copy(),
            rasters.best[window].copy(),
            rasters.others_mw[window].copy(),
        )
        return len(layer.sectors), frozenset(layer.silent), copies

    def _rebuild(self, key: LayerKey, window: Window) -> None:
        """Merge a layer's masts anew inside a window."""
        layer = self._layers[key]
        blank = (np.float32(-np.inf), np.float32(-np.inf), np.int32(-1), np.float32(0.0))
        for raster, nothing in zip(layer.rasters, blank, strict=True):
            raster[window] = nothing
        near = [
            mast
            for mast in self._masts()
            if any(group.layer == key for group in mast.groups) and _meets(self._disc([mast.x_m], [mast.y_m]), window)
        ]
        self._merge(key, near, window)

    def _merge(self, key: LayerKey, masts: Iterable[Mast], window: Window) -> None:
        rasters = self._layers[key].rasters
        for mast in masts:
            field = self._field(mast)
            rows, cols = field.loss_db.shape[1:]
            part, origin = _overlap(field.row0, field.col0, rows, cols, window)
            if part is None:
                continue
            for group in (one for one in mast.groups if one.layer == key):
                merge_sectors(
                    np.ascontiguousarray(field.loss_db[mast.carriers.index(key[1])][part]),
                    self.province.terrain.elevation_asl_m,
                    field.frame,
                    group.arrays,
                    self.propagation.patterns[group.antenna],
                    origin,
                    rasters,
                )

    def _masts(self, new: Mapping[LayerKey, Sequence[int]] | None = None) -> list[Mast]:
        """Masts of the sectors on air, or of new ones only, in the order of a prediction."""
        keys = sorted(self._layers if new is None else new, key=self._order)
        layers = {key: self._layers[key] for key in keys}
        numbers = {
            key: [n for n in (range(len(layer.sectors)) if new is None else new[key]) if n not in layer.silent]
            for key, layer in layers.items()
        }
        return build_masts({key: layer.sectors for key, layer in layers.items()}, self.scenario, numbers)

    def _field(self, mast: Mast) -> MastField:
        """Field of a mast, remembered while there is room."""
        name = (mast.x_m, mast.y_m, mast.height_agl_m), mast.carriers
        found = self._fields.pop(name, None)
        if found is None:
            found = self._store.field(self.propagation, mast)
            self._field_bytes += _size(found)
        self._fields[name] = found
        while self._field_bytes > _KEPT_FIELD_BYTES and len(self._fields) > 1:
            self._field_bytes -= _size(self._fields.popitem(last=False)[1])
        return found

    def _disc(self, x_m: list[float], y_m: list[float]) -> tuple[int, int, int, int]:
        """Rows and columns that masts can reach."""
        grid = self.province.terrain.grid
        radius_km = self.scenario.propagation.radius_km
        reach = max(grid.shape) if radius_km is None else int(np.ceil(radius_km * 1e3 / grid.cell_m)) + 1
        row, col = grid.cells(np.array(x_m), np.array(y_m))
        return (
            max(int(row.min()) - reach, 0),
            min(int(row.max()) + reach + 1, grid.rows),
            max(int(col.min()) - reach, 0),
            min(int(col.max()) + reach + 1, grid.cols),
        )

    def _window(self, sectors: Sequence[Sector]) -> Window:
        top, bottom, left, right = self._disc([sector.x_m for sector in sectors], [sector.y_m for sector in sectors])
        return slice(top, bottom), slice(left, right)

    def _reassessed(self, keys: Iterable[LayerKey], entries: NDArray[np.int64]) -> Service:
        """Service after a change inside some entries; untouched layers keep their answers, others theirs elsewhere."""
        touched = set(keys)
        operators = {operator for operator, _ in touched}
        order = self._sorted_keys()
        before = {(layer.operator, layer.carrier): i for i, layer in enumerate(self.service.coverage.layers)}
        service = Service(self._map(), self.scenario, self.service.cells)
        for index, key in enumerate(order):
            anchored = self.scenario.radio.carriers[key[1]].anchor == "nsa" and key[0] in operators
            if key not in touched and not anchored:
                service.adopt(index, self.service, before[key])
        here = Service(service.coverage, self.scenario, self.service.cells[entries])
        for index, key in enumerate(order):
            if key in before and (key in touched or key[0] in operators):
                service.adopt_beside(index, self.service, before[key], here, entries)
        return service

    def _order(self, key: LayerKey) -> tuple[str, str, str, str]:
        carrier = self.scenario.radio.carriers[key[1]]
        return key[0], carrier.technology, carrier.band, key[1]

    def _sorted_keys(self) -> list[LayerKey]:
        return sorted(self._layers, key=self._order)

    def _map(self) -> CoverageMap:
        layers = tuple(self._layer_view(key) for key in self._sorted_keys())
        return CoverageMap(self.province.terrain.grid, layers, {})

    def _layer_view(self, key: LayerKey) -> CoverageLayer:
        """Layer over the live rasters."""
        live, carrier = self._layers[key], self.scenario.radio.carriers[key[1]]
        cell_m = self.province.terrain.grid.cell_m
        limits = {
            str(name): serving_threshold(self.scenario, key[1], name, cell_m) for name in self.scenario.radio.receivers
        }
        return CoverageLayer(
            operator=key[0],
            carrier=key[1],
            technology=carrier.technology,
            band=carrier.band,
            level_dbm=live.rasters.level_dbm,
            best_sector=live.rasters.best,
            second_dbm=live.rasters.second_dbm,
            interference_mw=live.rasters.others_mw,
            threshold_dbm={name: found.level_dbm for name, found in limits.items()},
            limited_by={name: found.limited_by for name, found in limits.items()},
            sectors=tuple(live.sectors),
        )


def _size(field: MastField) -> int:
    return field.loss_db.nbytes


def _meets(disc: tuple[int, int, int, int], window: Window) -> bool:
    rows, cols = window
    return bool(disc[0] < rows.stop and disc[1] > rows.start and disc[2] < cols.stop and disc[3] > cols.start)


def _overlap(row0: int, col0: int, rows: int, cols: int, window: Window) -> tuple[Window | None, tuple[int, int]]:
    """Part of a field inside a window, and its first cell."""
    top, bottom = max(row0, window[0].start), min(row0 + rows, window[0].stop)
    left, right = max(col0, window[1].start), min(col0 + cols, window[1].stop)
    if top >= bottom or left >= right:
        return None, (0, 0)
    part = slice(top - row0, bottom - row0), slice(left - col0, right - col0)
    return part, (top, left)
