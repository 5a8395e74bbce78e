"""Writes a synthetic area in the layers, formats and columns of a real folder, to the same bytes each time."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import rasterio
import rasterio.features
import shapely
from numpy.typing import NDArray

from planner.data.synthetic.land import BUILT, CROPS, TREES, WATER, Land, make_land
from planner.data.synthetic.networks import (
    Cable,
    Mast,
    Roads,
    Zone,
    homes_with_fibre,
    make_cables,
    make_masts,
    make_roads,
    make_zones,
)
from planner.data.synthetic.settlements import Settlements, make_settlements
from planner.data.synthetic.sizes import CRS, SIZES

SYNTHETIC_FILES = {
    "dem": "dem_synthetic.tif",
    "land_cover": "landcover_synthetic.tif",
    "communes": "communes_synthetic.gpkg",
    "villages": "villages_synthetic.gpkg",
    "roads": "roads_synthetic.gpkg",
    "sites": "bts_synthetic.csv",
    "cables": "cables_synthetic.csv",
    "zones": "zones_synthetic.gpkg",
}
_STAMP = "2025-01-01T00:00:00.000Z"  # GeoPackages carry a date; the same input gives the same bytes
_GEOD = pyproj.Geod(ellps="WGS84")


def make_province_folder(size: Literal["S", "M", "L", "XL"], seed: int, out: Path) -> dict[str, Path]:
    """Make a synthetic area and write it as a data folder.

    Parameters
    ----------
    size : str
        Key of `SIZES`.
    seed : int
        Seed of the generator.
    out : Path
        Folder; made when missing.

    Returns
    -------
    dict of str to Path
        Layer -> file.
    """
    chosen = SIZES[size]
    rng = np.random.default_rng([seed, sorted(SIZES).index(size)])
    land = make_land(chosen, rng)
    places = make_settlements(chosen, land, rng)
    roads = make_roads(places, rng)
    cables = make_cables(places, roads, rng)
    fibre = homes_with_fibre(places, roads, cables, rng)
    masts = make_masts(chosen, places, fibre > 0, rng)
    zones = make_zones(chosen, land, places, roads, cables, rng)
    out.mkdir(parents=True, exist_ok=True)
    files = {layer: out / name for layer, name in SYNTHETIC_FILES.items()}
    _write_rasters(files, land, places, zones)
    _write_settlements(files, places, fibre)
    _write_roads(files, places, roads)
    _write_masts(files["sites"], places, masts, land)
    _write_cables(files["cables"], roads, cables)
    _write_zones(files["zones"], zones)
    return files


def _write_rasters(files: dict[str, Path], land: Land, places: Settlements, zones: list[Zone]) -> None:
    transform = rasterio.Affine(land.cell_m, 0, land.x_west_m, 0, -land.cell_m, land.y_north_m)
    built = [*places.village_shape, *(zone.shape for zone in zones if zone.status == "existing")]
    roofs = rasterio.features.rasterize(built, land.height_m.shape, transform=transform, dtype=np.uint8)
    cover = np.full(land.height_m.shape, CROPS, dtype=np.uint8)
    cover[land.trees] = TREES
    cover[roofs == 1] = BUILT
    cover[land.water] = WATER
    _write_raster(files["dem"], land.height_m, transform, -32768)
    _write_raster(files["land_cover"], cover, transform, 0)


def _write_raster(path: Path, values: NDArray[Any], transform: Any, nodata: int) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype=values.dtype,
        crs=CRS,
        transform=transform,
        nodata=nodata,
        compress="deflate",
        predictor=2,
        tiled=True,
    ) as sink:
        sink.write(values, 1)
        sink.update_tags(SOURCE="invented by the planner's own generator")


def _write_layer(path: Path, layer: str, columns: dict[str, Any], shapes: Any) -> None:
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS).to_crs("EPSG:4326")
    path.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _codes(places: Settlements) -> list[str]:
    return [f"0{9001 + 3 * row}" for row in range(len(places.commune_shape))]


def _village_ids(places: Settlements) -> list[str]:
    return [f"SY{row:05d}" for row in range(len(places.people))]


def _write_settlements(files: dict[str, Path], places: Settlements, fibre: NDArray[np.int64]) -> None:
    codes = _codes(places)
    people = np.bincount(places.village_commune, weights=places.people, minlength=len(codes))
    _write_layer(
        files["communes"],
        "communes",
        {
            "code": codes,
            "name": places.commune_name,
            "population": people.astype(np.int64),
            "area_km2_geom": np.round(shapely.area(places.commune_shape) / 1e6, 3),
        },
        places.commune_shape,
    )
    ward = places.commune_ward[places.village_commune]
    _write_layer(
        files["villages"],
        "villages",
        {
            "village_id": _village_ids(places),
            "commune_code": [codes[row] for row in places.village_commune],
            "kind": np.where(ward, "tdp", "thon"),
            "population": places.people,
            "households": places.homes,
            "elev_m": places.height_m,
            "households_fibre": fibre,
        },
        places.village_shape,
    )


def _to_degrees(x: Any, y: Any) -> tuple[Any, Any]:
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    return lon, lat


def _lengths_m(lines: NDArray[np.object_]) -> list[float]:
    shapes = gpd.GeoSeries(list(lines), crs=CRS).to_crs("EPSG:4326")
    return [round(_GEOD.geometry_length(shape), 1) for shape in shapes]


def _write_roads(files: dict[str, Path], places: Settlements, roads: Roads) -> None:
    ids = _village_ids(places)
    _write_layer(
        files["roads"],
        "roads",
        {
            "road_id": np.arange(len(roads.ends)),
            "u": [ids[a] for a in roads.ends[:, 0]],
            "v": [ids[b] for b in roads.ends[:, 1]],
            "road_class": roads.road_class,
            "length_m": _lengths_m(roads.line),
        },
        roads.line,
    )


def _write_masts(path: Path, places: Settlements, masts: list[Mast], land: Land) -> None:
    ids = [f"SY_{mast.operator[:2].upper()}{row:04d}" for row, mast in enumerate(masts)]
    codes = _codes(places)
    xy = np.array([[mast.x_m, mast.y_m] for mast in masts])
    lon, lat = _to_degrees(xy[:, 0], xy[:, 1])
    ground = land.at(land.height_m, xy)
    rows = [
        {
            "site_id": ids[row],
            "operator": mast.operator,
            "lon": f"{lon[row]:.6f}",
            "lat": f"{lat[row]:.6f}",
            "height_m": mast.height_m,
            "structure": mast.structure,
            "tech_4g": int(mast.has_4g),
            "tech_5g": int(mast.has_5g),
            "colocated_with": ids[mast.partner] if mast.partner >= 0 else "",
            "commune_code": codes[places.village_commune[mast.village]],
            "ground_elev_m": int(ground[row]),
            "backhaul": mast.backhaul,
        }
        for row, mast in enumerate(masts)
    ]
    _write_csv(path, rows)


def _write_cables(path: Path, roads: Roads, cables: list[Cable]) -> None:
    lengths = _lengths_m(roads.line)
    rows = [
        {
            "cable_id": index,
            "road_id": cable.road,
            "operator": cable.operator,
            "level": cable.level,
            "fibres": cable.fibres,
            "placement": cable.placement,
            "length_m": lengths[cable.road],
        }
        for index, cable in enumerate(cables)
    ]
    _write_csv(path, rows)


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_zones(path: Path, zones: list[Zone]) -> None:
    _write_layer(
        path,
        "zones",
        {
            "zone_id": [f"SYZ{row:03d}" for row in range(len(zones))],
            "name": [f"{zone.kind.replace('_', ' ')} {row + 1}" for row, zone in enumerate(zones)],
            "kind": [zone.kind for zone in zones],
            "status": [zone.status for zone in zones],
            "area_ha": [round(zone.shape.area / 1e4, 1) for zone in zones],
            "duty_year": [zone.duty_year for zone in zones],
            "cable_underground_today": [zone.underground_today for zone in zones],
        },
        [zone.shape for zone in zones],
    )
