"""Writes a run's folder: tables, GeoPackage, rasters, report, summary and manifest."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.config.schema import Scenario
from planner.coverage.white_zones import white_zones
from planner.domain.programme import Programme
from planner.domain.province import Province
from planner.report.cog import write_carrier_cogs, write_coverage_cogs
from planner.report.figures import run_pictures
from planner.report.geopackage import WhiteZones, write_geopackage
from planner.report.html import report_html
from planner.report.manifest import manifest
from planner.report.network_files import write_network
from planner.report.radio_tables import write_radio_tables
from planner.report.summary import data_notes, summary
from planner.report.tables import write_tables


def write_report(
    folder: Path,
    scenario: Scenario,
    province: Province,
    programme: Programme,
    laps: dict[str, float] | None = None,
    sources: Sequence[Path] = (),
    overrides: Sequence[str] = (),
) -> dict[str, Any]:
    """Write everything a run found into a folder.

    Parameters
    ----------
    folder : Path
        Existing folder to write to.
    scenario : Scenario
        The scenario.
    province : Province
        The province.
    programme : Programme
        What the run found.
    laps : dict of str to float, optional
        Stage -> wall time so far, s.
    sources : sequence of Path, optional
        Scenario files, for the manifest: bases before what extends them.
    overrides : sequence of str, optional
        The 'key.path=value' texts, for the manifest.

    Returns
    -------
    dict
        Content of summary.json.
    """
    began = time.perf_counter()
    laps = laps or {}
    notes = data_notes(province, programme)
    zones = WhiteZones(
        *(white_zones(which, province, scenario) for which in (programme.baseline_map, programme.final_map))
    )
    write_tables(folder, scenario, province, programme)
    write_network(folder, province, programme.plan.works)
    sectors = write_radio_tables(folder, scenario, province, programme)
    write_coverage_cogs(folder, scenario, programme.baseline_map, programme.final_map)
    if scenario.report.carrier_rasters:
        write_carrier_cogs(folder, scenario, "before", programme.baseline_map)
        write_carrier_cogs(folder, scenario, "after", programme.final_map)
    write_geopackage(folder / "results.gpkg", scenario, province, programme, zones, notes)
    pictures = run_pictures(scenario, province, programme)
    for name, png in pictures.items():
        (folder / name).write_bytes(png)
    page = report_html(scenario, programme, pictures, zones, sectors, notes)
    (folder / "report.html").write_text(page, encoding="utf-8")
    laps = {**laps, "report": time.perf_counter() - began}
    found = summary(scenario, province, programme, sum(laps.values()))
    write_json(folder / "summary.json", found)
    write_json(folder / "manifest.json", manifest(scenario, province, programme, laps, sources, overrides))
    return found


def write_json(path: Path, value: Any) -> None:
    """Write JSON that people can read.

    Parameters
    ----------
    path : Path
        File to write.
    value : Any
        Plain value; NaN is refused.
    """
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")
