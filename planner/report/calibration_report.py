"""Writes a calibration's folder: the configuration to extend, residuals, pictures, where to measure next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from planner.config.fragment import write_clutter
from planner.config.propagation import ClutterClass
from planner.coverage.calibration import Calibration
from planner.domain.province import Province
from planner.report.calibration_figures import residual_map, residual_plots
from planner.report.staging import MARKER, staged_folder
from planner.report.write import write_json


def write_calibration(
    folder: Path,
    province: Province,
    calibration: Calibration,
    clutter: Mapping[int, ClutterClass],
    wanted: pd.DataFrame,
) -> dict[str, Any]:
    """Write calibrated.yaml, residuals.csv, areas_to_measure.csv, pictures and the summary.

    Parameters
    ----------
    folder : Path
        Folder for the result; an earlier one is replaced as a whole.
    province : Province
        The province.
    calibration : Calibration
        Fits and residuals.
    clutter : mapping of int to ClutterClass
        Calibrated classes.
    wanted : DataFrame
        Areas whose measurement would settle most.

    Returns
    -------
    dict
        Content of manifest.json: classes, error, rows left out, areas to measure.
    """
    columns = (("before", "residual_db"), ("after", "calibrated_db"), ("left_out", "left_out_db"))
    summary = {
        "rows": len(calibration.rows),
        "sites": int(calibration.rows["site_id"].nunique()),
        "left_out_rows": calibration.skipped,
        "classes": [asdict(fit) for fit in calibration.fits],
        "error": {name: calibration.error(column) for name, column in columns},
        "areas_to_measure": wanted["area_id"].tolist(),
    }
    error = summary["error"]["left_out"]  # type: ignore[index]
    comments = [
        f"Calibrated from {summary['rows']} drive-test rows around {summary['sites']} sites.",
        f"With each site left out in turn: mean {error['mean_db']:.2f} dB, std {error['std_db']:.2f} dB.",
    ]
    with staged_folder(folder) as staging:
        write_clutter(staging / "calibrated.yaml", clutter, comments)
        calibration.rows.to_csv(staging / "residuals.csv", index=False)
        wanted.to_csv(staging / "areas_to_measure.csv", index=False)
        residual_plots(calibration).savefig(staging / "residuals.png", dpi=120)
        residual_map(province, calibration).savefig(staging / "residual_map.png", dpi=120)
        write_json(staging / MARKER, summary)
    return summary
