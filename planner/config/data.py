"""Key `data`: which files make the province, what their columns are called, which of them are invented."""

from __future__ import annotations

from typing import Literal

from planner.config.base import Section, setting

LayerName = Literal[
    "dem", "land_cover", "communes", "villages", "roads", "sites", "cables", "zones", "parks", "districts",
    "boundary", "units", "neighbour_sites", "places", "grid_power", "rivers", "railways", "poles",
]  # fmt: skip


class SyntheticConfig(Section):
    """A district made by the planner itself instead of a folder."""

    size: Literal["S", "M", "L", "XL"] = setting(
        "S", "Size of the synthetic area: S a district, XL a province at 30 m."
    )
    seed: int = setting(1, "Seed of its generator.", ge=0)


class DataConfig(Section):
    """Input layers: file name patterns, column aliases, reference systems, what is invented."""

    synthetic: SyntheticConfig | None = setting(None, "Make a synthetic area instead of reading a folder.")
    files: dict[LayerName, str] = setting(
        {
            "dem": "dem_3s*.tif",
            "land_cover": "landcover*.tif",
            "communes": "communes*.gpkg",
            "villages": "villages*.gpkg",
            "roads": "roads*.gpkg",
            "sites": "bts*.csv",
            "cables": "cables*.csv",
            "zones": "zones*.gpkg",
            "parks": "industrial_parks*.csv",
            "districts": "districts*.gpkg",
            "boundary": "boundary*.gpkg",
            "units": "units*.csv",
            "neighbour_sites": "neighbour_bts*.csv",
            "places": "places*.gpkg",
            "grid_power": "grid_power*.csv",
            "rivers": "rivers*.gpkg",
            "railways": "railways*.gpkg",
            "poles": "poles*.gpkg",
        },
        "File name pattern per layer inside the data folder; it must match exactly one file. A scenario's entries"
        " replace single patterns, the others stay.",
    )
    columns: dict[LayerName, dict[str, str | list[str]]] = setting(
        {},
        "Per layer: canonical column name -> name or names in the file (first match wins), tried before the aliases.",
    )
    operator_aliases: dict[str, str] = setting(
        {}, "Spellings of operators in the files -> name used in `radio.operators`."
    )
    crs_work: str = setting(
        "EPSG:32648",
        "Projected reference system (metres) all work is done in.",
        source="WGS 84 / UTM 48N covers northern Vietnam",
    )
    crs_tables: str = setting("EPSG:4326", "Reference system of lon/lat columns in tables without geometry.")
    cell_m: float = setting(90.0, "Cell of the calculation grid; not finer than the terrain.", unit="m", ge=5, le=1000)
    terrain_kind: Literal["bare", "surface"] = setting(
        "bare",
        "Whether the DEM is bare earth (clutter heights are added) or a surface model with trees and roofs in it.",
    )
    notes: list[str] = setting([], "What a reader must know about the data, repeated in every output.")
    invented: dict[LayerName, str] = setting(
        {}, "Layers that are invented or half invented -> how; files named *synthetic* are always listed."
    )
    max_snap_m: float = setting(
        1000.0, "Farthest a site or place may be from its road before the audit complains.", unit="m", gt=0
    )
    accept_road_pieces: bool = setting(
        False, "Whether a road graph in several pieces is accepted (islands); otherwise it is an error."
    )
