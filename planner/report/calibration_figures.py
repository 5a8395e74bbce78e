"""Pictures of a calibration: residuals against distance, their spread, and where they lie."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from planner.coverage.calibration import Calibration
from planner.domain.province import Province

LIMIT_DB = 20.0


def residual_plots(calibration: Calibration) -> Figure:
    """Residuals against distance and their distribution, before and after.

    Parameters
    ----------
    calibration : Calibration
        The calibration.

    Returns
    -------
    Figure
        Two plots.
    """
    rows = calibration.rows
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(10, 4), layout="constrained")
        left, right = figure.subplots(1, 2)
        for column, colour, label in (
            ("residual_db", "#b35806", "before"),
            ("left_out_db", "#2166ac", "after, site left out"),
        ):
            error = calibration.error(column)
            text = f"{label}: mean {error['mean_db']:.1f}, std {error['std_db']:.1f} dB"
            left.scatter(rows["distance_m"], rows[column], s=4, alpha=0.4, color=colour, label=text)
            right.hist(rows[column], bins=np.arange(-40.0, 41.0, 2.0), alpha=0.5, color=colour)
        left.axhline(0.0, color="black", linewidth=0.6)
        left.set_xscale("log")
        left.set_xlabel("distance from the site, m")
        left.set_ylabel("measured less predicted, dB")
        left.legend(frameon=False, fontsize=8)
        right.set_xlabel("measured less predicted, dB")
        right.set_ylabel("rows")
    return figure


def residual_map(province: Province, calibration: Calibration) -> Figure:
    """Where the calibrated model is too strong and too weak.

    Parameters
    ----------
    province : Province
        The province.
    calibration : Calibration
        The calibration.

    Returns
    -------
    Figure
        One map of residuals with their site left out.
    """
    rows = calibration.rows
    figure = Figure(figsize=(8, 6), layout="constrained")
    axes = figure.subplots()
    province.communes.boundary.plot(ax=axes, color="#999999", linewidth=0.4)
    dots = axes.scatter(
        rows["x_m"], rows["y_m"], c=rows["left_out_db"], s=6, cmap="RdBu", vmin=-LIMIT_DB, vmax=LIMIT_DB
    )
    figure.colorbar(dots, ax=axes, label="measured less predicted, dB (site left out)", shrink=0.7)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return figure
