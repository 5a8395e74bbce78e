"""Loss and viewing angles around a mast: the scenario's models over the province's terrain, with calibration."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.engine import allocate_scratch, mast_loss
from planner.coverage.masts import Mast
from planner.coverage.offsets import decades, is_fitted, offset_db
from planner.coverage.other_models import model_loss
from planner.coverage.radius import mast_radius_m
from planner.coverage.scene import Scene
from planner.domain.province import Province
from planner.kernels.antenna import MastFrame
from planner.kernels.best_server import mast_angles
from planner.kernels.rim import serves_any, survey_disc


@dataclass(frozen=True)
class MastField:
    """What a mast's surroundings look like from its antennas.

    Attributes
    ----------
    row0, col0 : int
        First cell of the window.
    loss_db : ndarray of float32, shape (n_carriers, rows, cols)
        Median basic transmission loss per carrier of the mast; NaN beyond the radius and where terrain is missing.
    frame : MastFrame
        Where the mast stands in the raster: what its antennas see the cells from.
    radius_m : float
        Radius it was computed to, m.
    cut_carriers : tuple of str
        Carriers whose signal is still usable at the radius.
    missing_cells : int
        Cells within the radius without a loss because terrain on their path is missing.
    """

    row0: int
    col0: int
    loss_db: NDArray[np.float32]
    frame: MastFrame
    radius_m: float
    cut_carriers: tuple[str, ...] = ()
    missing_cells: int = 0


class Propagation(Scene):
    """The scenario's models over one province; safe to use from several threads.

    Parameters
    ----------
    province : Province
        Terrain and land cover.
    scenario : Scenario
        Models, clutter, antennas, receivers.

    Attributes
    ----------
    mast_threads : int
        Threads that share the work of one mast; more than one where single masts are waited for.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        super().__init__(province, scenario)
        self.mast_threads = 1
        self._memory = threading.local()

    def field(self, mast: Mast, radius_m: float | None = None) -> MastField:
        """Compute a mast's losses and angles.

        Parameters
        ----------
        mast : Mast
            The mast.
        radius_m : float, optional
            Radius, m; the scenario's, or one derived from the link budget, when absent.

        Returns
        -------
        MastField
            Its field.
        """
        radius = mast_radius_m(self, mast) if radius_m is None else radius_m
        return self.field_of(mast, radius, self.losses(mast, radius))

    def field_of(self, mast: Mast, radius_m: float, losses: tuple[int, int, NDArray[np.float32]]) -> MastField:
        """Complete losses with what a reader must know of them.

        Parameters
        ----------
        mast : Mast
            The mast.
        radius_m : float
            Radius the losses were computed to, m.
        losses : tuple
            First row and column of the window, and losses per carrier.

        Returns
        -------
        MastField
            The field.
        """
        row0, col0, loss = losses
        frame = self.frame(mast)
        rim = np.empty(loss[0].size, dtype=np.int64)
        missing, listed = survey_disc(loss[0], (row0, col0), frame, radius_m / frame.cell_m, rim)
        field = MastField(row0, col0, loss, frame, radius_m, missing_cells=missing)
        return replace(field, cut_carriers=self._cut_carriers(mast, field, rim[:listed]))

    def angles(self, field: MastField) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Directions in which a mast sees the cells of its field.

        Parameters
        ----------
        field : MastField
            The field.

        Returns
        -------
        tuple of ndarray of float32, shape (rows, cols)
            Azimuth and depression, degrees.
        """
        azimuth = np.empty(field.loss_db.shape[1:], dtype=np.float32)
        depression = np.empty_like(azimuth)
        mast_angles(self.terrain.elevation_asl_m, field.row0, field.col0, field.frame, azimuth, depression)
        return azimuth, depression

    def losses(self, mast: Mast, radius_m: float) -> tuple[int, int, NDArray[np.float32]]:
        """Calibrated losses of a mast's carriers by the models the scenario names.

        Parameters
        ----------
        mast : Mast
            The mast.
        radius_m : float
            Radius, m.

        Returns
        -------
        tuple
            First row and column of the window and losses (n_carriers, rows, cols), dB.
        """
        config = self.scenario.propagation
        carriers = [self.scenario.radio.carriers[name] for name in mast.carriers]
        models = [config.model_by_band.get(carrier.band, config.model) for carrier in carriers]
        everywhere = set(config.model_by_environment.values())
        frequencies = np.array([carrier.frequency_mhz for carrier in carriers], dtype=np.float64)
        by_model: dict[str, NDArray[np.float32]] = {}
        for name in sorted({*models, *everywhere}):
            asked = [i for i, model in enumerate(models) if model == name or name in everywhere]
            if name == "p1812":
                row0, col0, found = self._p1812(mast, frequencies[asked], radius_m)
            else:
                row0, col0, found = model_loss(self, name, mast, frequencies[asked], radius_m)
            by_model[name] = np.full((len(models), *found.shape[1:]), np.nan, dtype=np.float32)
            by_model[name][asked] = found
        loss = by_model[models[0]] if len(by_model) == 1 else np.stack([by_model[m][i] for i, m in enumerate(models)])
        rows, cols = loss.shape[1:]
        classes = self.terrain.land_cover[row0 : row0 + rows, col0 : col0 + cols]
        for environment, name in sorted(config.model_by_environment.items()):
            codes = [code for code, clutter in config.clutter.items() if clutter.environment == environment]
            here = np.isin(classes, codes)
            loss[:, here] = by_model[name][:, here]
        self._calibrate(mast, row0, col0, classes, loss)
        return row0, col0, loss

    def _p1812(
        self, mast: Mast, frequencies_mhz: NDArray[np.float64], radius_m: float
    ) -> tuple[int, int, NDArray[np.float32]]:
        """Losses by the engine, with working memory that each thread keeps."""
        settings, size = self.settings(radius_m), (radius_m, self.mast_threads)
        if getattr(self._memory, "size", None) != size:
            self._memory.scratch = [allocate_scratch(self.surface, settings) for _ in range(self.mast_threads)]
            self._memory.size = size
        field = mast_loss(
            self.surface, mast.x_m, mast.y_m, mast.height_agl_m, frequencies_mhz, settings, self._memory.scratch
        )
        return field.row0, field.col0, field.loss_db

    def _calibrate(
        self, mast: Mast, row0: int, col0: int, classes: NDArray[np.uint8], loss: NDArray[np.float32]
    ) -> None:
        """Add offset and slope of each clutter class to the losses of its cells."""
        clutter = self.scenario.propagation.clutter
        fitted = {code: entry for code, entry in clutter.items() if is_fitted(entry)}
        if not fitted:
            return
        rows, cols = classes.shape
        frame = self.frame(mast)
        dy = (row0 + np.arange(rows) + 0.5 - frame.y_cells)[:, None]
        dx = (col0 + np.arange(cols) + 0.5 - frame.x_cells)[None, :]
        from_1_km = decades(np.hypot(dx, dy) * frame.cell_m).astype(np.float32)
        bands = [self.scenario.radio.carriers[name].band for name in mast.carriers]
        for code, entry in sorted(fitted.items()):
            here = classes == code
            for number, band in enumerate(bands):
                loss[number, here] += offset_db(entry, band, from_1_km[here])

    def _cut_carriers(self, mast: Mast, field: MastField, rim: NDArray[np.int64]) -> tuple[str, ...]:
        """Carriers that still serve a cell of the outermost ring."""
        origin = field.row0, field.col0
        cut = {
            name
            for group in mast.groups
            if serves_any(
                field.loss_db[mast.carriers.index(name := group.layer[1])],
                rim,
                self.terrain.elevation_asl_m,
                origin,
                field.frame,
                group.arrays,
                self.patterns[group.antenna],
                self.threshold_dbm(name),
            )
        }
        return tuple(sorted(cut))
