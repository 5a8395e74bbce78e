"""A folder of files to a `Province`, or every reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.config.schema import Scenario
from planner.data.area_cells import area_cells
from planner.data.checks import inspect
from planner.data.crossings import find_crossings
from planner.data.files import InputFile, fingerprint
from planner.data.findings import Findings
from planner.data.layers import Layers, read_layers
from planner.data.provenance import invented_layers, not_modelled
from planner.data.rasters import elevation_on, frame_of, land_cover_on
from planner.data.region import needed_region
from planner.data.road_graph import orient
from planner.data.source import opened
from planner.domain.grid import Grid
from planner.domain.province import Province, Terrain
from planner.errors import DataError

_COMMUNES = ["commune_code", "name", "kind", "population", "geometry"]
_AREAS = [
    "area_id", "name", "commune_code", "kind", "population", "households", "households_fibre", "geometry",
]  # fmt: skip
_ROADS = ["road_id", "u", "v", "road_class", "length_m", "geometry"]
_SITES = [
    "site_id", "operator", "height_agl_m", "structure", "has_4g", "has_5g", "colocated_with", "commune_code",
    "backhaul", "inside", "geometry",
]  # fmt: skip
_CABLES = ["cable_id", "road_id", "operator", "level", "fibres", "placement", "length_m"]
_SUPPORT = ("support", "spare_ducts")
_WHERE_KNOWN = (*_SUPPORT, "fibres_used")
_ZONES = ["zone_id", "name", "kind", "status", "duty_year", "underground_today", "area_ha", "geometry"]


def load_province(scenario: Scenario, folder: Path | str | None = None) -> Province:
    """Read the area a scenario plans for.

    Parameters
    ----------
    scenario : Scenario
        Files, columns, reference systems, radius.
    folder : Path or str, optional
        Data folder; absent: the scenario's synthetic area.

    Returns
    -------
    Province
        Everything in metres of one grid; the audit's warnings are in `notes`.

    Raises
    ------
    DataError
        With every error the audit finds.
    """
    findings = Findings()
    with opened(scenario, None if folder is None else Path(folder)) as (place, patterns):
        layers = read_layers(scenario, place, patterns, findings)
        inspect(layers, scenario, findings)
        prints = fingerprint(layers.files)
    if findings.has_errors():
        errors = [item.complaint() for item in findings.sorted() if item.severity == "error"]
        where = folder if folder is not None else "the synthetic area"
        raise DataError(f"The data in {where} cannot be used", errors)
    return _build(scenario, layers, findings, prints)


def _build(scenario: Scenario, layers: Layers, findings: Findings, prints: list[InputFile]) -> Province:
    communes, villages = _present(layers.communes), _present(layers.villages)
    roads = orient(_present(layers.roads))
    grid = frame_of(needed_region(communes, scenario), scenario.data.crs_work, scenario.data.cell_m)
    terrain = _terrain(scenario, layers, grid)
    cables = _cables(_present(layers.cables), roads)
    crossings = find_crossings(roads, layers.rivers, layers.railways)
    areas = villages[[*_AREAS, *(["has_grid"] if "has_grid" in villages else [])]]
    if not communes["population"].any():
        communes["population"] = (
            communes["commune_code"].map(villages.groupby("commune_code")["population"].sum()).fillna(0)
        ).astype(np.int64)
    return Province(
        name=scenario.area or scenario.name,
        terrain=terrain,
        communes=communes[_COMMUNES],
        areas=areas,
        area_cells=area_cells(areas, grid),
        roads=roads[_ROADS],
        sites=_sites(layers),
        cables=cables[[*_CABLES, *(name for name in _WHERE_KNOWN if name in cables)]],
        zones=_present(layers.zones)[_ZONES],
        parks=layers.parks,
        districts=layers.districts,
        places=layers.places,
        poles=layers.poles,
        crossings=crossings,
        invented=invented_layers(scenario, layers.files),
        not_modelled=not_modelled(
            layers.files,
            crossings=crossings is not None,
            supports=any(name in cables for name in _SUPPORT),
            fibres_used="fibres_used" in cables,
        ),
        assumed=dict(sorted(layers.assumed.items())),
        inputs={item.layer: item.name for item in prints},
        input_sha256={item.layer: item.sha256 for item in prints},
        notes=(*scenario.data.notes, *findings.warnings()),
    )


def _present(layer: Any) -> Any:
    """A needed layer; the audit has refused the folder when one is missing."""
    if layer is None:
        raise DataError("A needed layer is missing and the audit did not say so")
    return layer


def _terrain(scenario: Scenario, layers: Layers, grid: Grid) -> Terrain:
    dem, cover = _present(layers.dem), _present(layers.land_cover)
    return Terrain(
        grid=grid,
        elevation_asl_m=elevation_on(grid, dem),
        land_cover=land_cover_on(grid, cover, cover.resolution_m(cover.outline())),
        kind=scenario.data.terrain_kind,
        source_resolution_m=round(dem.resolution_m(dem.outline()), 1),
    )


def _sites(layers: Layers) -> gpd.GeoDataFrame:
    own = _present(layers.sites)
    frames = [own] if layers.neighbour_sites is None else [own, layers.neighbour_sites]
    columns = [*_SITES, *(["azimuths_deg"] if any("azimuths_deg" in frame for frame in frames) else [])]
    sites = pd.concat([frame.reindex(columns=columns) for frame in frames], ignore_index=True)
    return gpd.GeoDataFrame(sites, geometry="geometry", crs=own.crs)


def _cables(cables: pd.DataFrame, roads: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cables run along the whole road, so their length is the road's on the ellipsoid."""
    length = dict(zip(roads["road_id"], roads["length_m"], strict=True))
    return cables.assign(length_m=cables["road_id"].map(length).astype(float))
