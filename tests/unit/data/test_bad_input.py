"""Every way a data folder can be wrong: each ends in an error that names the layer, the feature and the remedy."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from planner.config.schema import Scenario
from planner.data.checks import audit
from planner.data.load import load_province
from planner.errors import DataError

Break = Callable[[Path], None]


def _csv(name: str, change: Callable[[list[dict[str, str]]], Any]) -> Break:
    """Change the rows of a table."""

    def apply(folder: Path) -> None:
        path = folder / name
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = list(rows[0])
        changed = change(rows)
        rows = rows if changed is None else changed
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)

    return apply


def _cells(name: str, **values: str) -> Break:
    """Put values into the first row of a table."""
    return _csv(name, lambda rows: rows[0].update(values))


def _layer(name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Break:
    """Change the features of a vector file."""

    def apply(folder: Path) -> None:
        path = folder / name
        frame = gpd.read_file(path)
        path.unlink()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is written is meant to be wrong
            change(frame).to_file(path, driver="GPKG")

    return apply


def _set(column: str, value: Any, row: int = 0) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def change(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame

    return change


def _raster(name: str, change: Callable[[np.ndarray, dict[str, Any]], Any]) -> Break:
    """Change the cells or the profile of a raster."""

    def apply(folder: Path) -> None:
        path = folder / name
        with rasterio.open(path) as source:
            values, profile = source.read(1), source.profile
        changed = change(values, profile)
        values = values if changed is None else changed
        profile.update(height=values.shape[0], width=values.shape[1])
        with rasterio.open(path, "w", **profile) as sink:
            sink.write(values, 1)

    return apply


def _truncate(name: str, share: float = 0.5) -> Break:
    def apply(folder: Path) -> None:
        path = folder / name
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data))])

    return apply


def _write(name: str, data: bytes) -> Break:
    return lambda folder: (folder / name).write_bytes(data) and None


def _hole(values: np.ndarray, profile: dict[str, Any]) -> None:
    values[180:182, 180:183] = profile["nodata"]


def _far_hole(values: np.ndarray, profile: dict[str, Any]) -> None:
    values[0, 0] = profile["nodata"]


def _undeclared(values: np.ndarray, profile: dict[str, Any]) -> None:
    values[180, 180] = -9999


def _moved(transform: rasterio.Affine, east_m: float) -> rasterio.Affine:
    a, b, c, d, e, f = tuple(transform)[:6]
    return rasterio.Affine(a, b, c + east_m, d, e, f)


def _cut_west(values: np.ndarray, profile: dict[str, Any]) -> np.ndarray:
    profile["transform"] = _moved(profile["transform"], 110 * profile["transform"].a)
    return np.ascontiguousarray(values[:, 110:])


def _elsewhere(values: np.ndarray, profile: dict[str, Any]) -> None:
    profile["transform"] = _moved(profile["transform"], 300_000.0)


def _wrong_units(values: np.ndarray, profile: dict[str, Any]) -> None:
    profile["crs"] = "EPSG:4326"


def _no_crs(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_crs(None, allow_override=True)


def _swap(rows: list[dict[str, str]]) -> None:
    rows[0]["lon"], rows[0]["lat"] = rows[0]["lat"], rows[0]["lon"]


def _move_first(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame.loc[0, "geometry"] = shapely.affinity.translate(frame.geometry[0], 0.0, 0.5)
    return frame


def _split_roads(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take away every road that crosses a line down the middle."""
    ends = frame.geometry.bounds
    middle = ends["minx"].median()
    return frame[(ends["maxx"] < middle) | (ends["minx"] > middle)]


def _self_loop(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame.loc[0, "v"] = frame.loc[0, "u"]
    return frame


def _set_where(column: str, old: str, new: str) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """Rename the first occurrence of a value."""

    def change(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame.loc[frame.index[frame[column] == old][0], column] = new
        return frame

    return change


def _double(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame.loc[1, frame.columns[0]] = frame.loc[0, frame.columns[0]]
    return frame


def _numbers_for_codes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame["commune_code"] = frame["commune_code"].astype(int)
    return frame


ERRORS: dict[str, tuple[Break, str, str]] = {
    "missing file": (lambda folder: (folder / "bts_synthetic.csv").unlink(), "P101 sites", "no file of this name"),
    "missing terrain": (lambda folder: (folder / "dem_synthetic.tif").unlink(), "P101 dem", "no file of this name"),
    "truncated raster": (_truncate("dem_synthetic.tif"), "P103 dem", "cannot be read"),
    "truncated land cover": (_truncate("landcover_synthetic.tif"), "P103 land_cover", "cannot be read"),
    "truncated GeoPackage": (_truncate("villages_synthetic.gpkg"), "P103 villages", "not a sound GeoPackage"),
    "GeoPackage cut to its head": (_truncate("roads_synthetic.gpkg", 0.02), "P103 roads", "not a sound GeoPackage"),
    "no GeoPackage at all": (_write("zones_synthetic.gpkg", b"hello"), "P103 zones", "not a sound GeoPackage"),
    "truncated table": (_truncate("bts_synthetic.csv", 0.497), "P103 sites", "columns, the header has 12"),
    "binary table": (_write("cables_synthetic.csv", b"\x00\x01"), "P103 cables", "zero bytes"),
    "table in another encoding": (
        _write("cables_synthetic.csv", "mạng".encode("utf-16-le")),
        "P103 cables",
        "",
    ),
    "empty table": (_write("bts_synthetic.csv", b""), "P104 sites", "empty"),
    "table without rows": (_csv("cables_synthetic.csv", lambda rows: rows[:0] or [{}][:0]), "P104 cables", "no rows"),
    "empty layer": (_layer("villages_synthetic.gpkg", lambda frame: frame.iloc[:0]), "P104 villages", "no features"),
    "missing column": (
        _csv("bts_synthetic.csv", lambda rows: [{k: v for k, v in row.items() if k != "operator"} for row in rows]),
        "P105 sites operator",
        "no column",
    ),
    "missing geometry column": (
        _layer("villages_synthetic.gpkg", lambda frame: frame.drop(columns="commune_code")),
        "P105 villages commune_code",
        "no column",
    ),
    "no reference system": (_layer("communes_synthetic.gpkg", _no_crs), "P201 communes", "no reference system"),
    "no raster reference system": (
        _raster("dem_synthetic.tif", lambda values, profile: profile.update(crs=None)),
        "P201 dem",
        "no reference system",
    ),
    "metres called degrees": (
        _layer("villages_synthetic.gpkg", lambda frame: frame.to_crs(32648).set_crs(4326, allow_override=True)),
        "P202 villages",
        "metres?",
    ),
    "degrees called metres": (
        _layer("roads_synthetic.gpkg", lambda frame: frame.set_crs(32648, allow_override=True)),
        "P202 roads",
        "degrees?",
    ),
    "raster metres called degrees": (_raster("dem_synthetic.tif", _wrong_units), "P202 dem", "in degrees"),
    "another zone's metres": (
        _layer("zones_synthetic.gpkg", lambda frame: frame.to_crs(32648).set_crs(32650, allow_override=True)),
        "P205 zones",
        "km away from the communes",
    ),
    "points for polygons": (
        _layer("villages_synthetic.gpkg", lambda frame: frame.set_geometry(frame.representative_point())),
        "P203 villages",
        "is a Point",
    ),
    "a village without an outline": (
        _layer("villages_synthetic.gpkg", _set("geometry", None)),
        "P203 villages SY00000",
        "no geometry",
    ),
    "terrain too small": (_raster("dem_synthetic.tif", _cut_west), "P301 dem", "km) in the west"),
    "terrain elsewhere": (_raster("dem_synthetic.tif", _elsewhere), "P301 dem", "nothing of the needed region"),
    "land cover too small": (_raster("landcover_synthetic.tif", _cut_west), "P305 land_cover", "in the west"),
    "nodata inside": (_raster("dem_synthetic.tif", _hole), "P302 dem", "6 cells without data, the first at 106."),
    "undeclared nodata": (_raster("dem_synthetic.tif", _undeclared), "P303 dem", "1 cell with heights from -9999"),
    "village outside every commune": (
        _layer("villages_synthetic.gpkg", _move_first),
        "P401 villages SY00000",
        "lies outside every commune",
    ),
    "unknown commune": (
        _layer("villages_synthetic.gpkg", _set("commune_code", "99999")),
        "P402 villages SY00000",
        "'99999' is not in the communes layer",
    ),
    "codes read as numbers": (
        _layer("villages_synthetic.gpkg", _numbers_for_codes),
        "P402 villages SY00000",
        "lost its leading zero",
    ),
    "more fibre than homes": (
        _layer("villages_synthetic.gpkg", _set("households_fibre", 99999)),
        "P404 villages SY00000",
        "99999 homes with fibre",
    ),
    "negative people": (
        _layer("villages_synthetic.gpkg", _set("population", -5)),
        "P405 villages SY00000",
        "population is -5",
    ),
    "nobody": (
        _layer("villages_synthetic.gpkg", lambda frame: frame.assign(population=0)),
        "P412 villages",
        "hold no people",
    ),
    "people in words": (
        _layer("villages_synthetic.gpkg", lambda frame: _set("population", "many")(frame.astype({"population": str}))),
        "P106 villages SY00000",
        "population is 'many'",
    ),
    "duplicate villages": (_layer("villages_synthetic.gpkg", _double), "P107 villages SY00000", "occurs 2 times"),
    "duplicate communes": (_layer("communes_synthetic.gpkg", _double), "P107 communes 09001", "occurs 2 times"),
    "duplicate sites": (
        _csv("bts_synthetic.csv", lambda rows: rows[1].update(site_id=rows[0]["site_id"])),
        "P107 sites",
        "occurs 2 times",
    ),
    "site without id": (_cells("bts_synthetic.csv", site_id=""), "P107 sites row 1", "has no id"),
    "non-numeric coordinate": (_cells("bts_synthetic.csv", lon="abc"), "P501 sites", "lon is 'abc', not a number"),
    "decimal comma": (_cells("bts_synthetic.csv", lat="21,05"), "P501 sites", "decimal comma?"),
    "empty coordinate": (_cells("bts_synthetic.csv", lat=""), "P501 sites", "lat is empty"),
    "infinite coordinate": (_cells("bts_synthetic.csv", lat="inf"), "P501 sites", "not a number"),
    "swapped coordinates": (_csv("bts_synthetic.csv", _swap), "P502 sites", "swapped?"),
    "all coordinates swapped": (
        _csv("bts_synthetic.csv", lambda rows: [row.update(lon=row["lat"], lat=row["lon"]) for row in rows] and None),
        "P502 sites",
        "swapped?",
    ),
    "site in another country": (
        _cells("bts_synthetic.csv", lon="2.35", lat="48.85"),
        "P503 sites",
        "outside the communes",
    ),
    "negative height": (_cells("bts_synthetic.csv", height_m="-3"), "P504 sites", "antenna height -3 m"),
    "kilometre-high mast": (_cells("bts_synthetic.csv", height_m="4200"), "P504 sites", "antenna height 4200 m"),
    "unknown operator": (_cells("bts_synthetic.csv", operator="Vietel"), "P505 sites", "did you mean 'Viettel'?"),
    "unknown cable owner": (_cells("cables_synthetic.csv", operator="FPT"), "P505 cables", "unknown operator 'FPT'"),
    "technology in words": (_cells("bts_synthetic.csv", tech_5g="maybe"), "P106 sites", "neither 1 nor 0"),
    "road graph in pieces": (_layer("roads_synthetic.gpkg", _split_roads), "P603 roads", "pieces; the largest has"),
    "road from a node to itself": (_layer("roads_synthetic.gpkg", _self_loop), "P601 roads 0", "both ends are node"),
    "road without length": (
        _layer("roads_synthetic.gpkg", _set("geometry", shapely.LineString([(106.0, 21.0), (106.0, 21.0)]))),
        "P602 roads 0",
        "no length",
    ),
    "duplicate roads": (_layer("roads_synthetic.gpkg", _double), "P107 roads 0", "occurs 2 times"),
    "cable on no road": (_cells("cables_synthetic.csv", road_id="77777"), "P701 cables 0", "road '77777'"),
    "cable of negative length": (_cells("cables_synthetic.csv", length_m="-1"), "P702 cables 0", "length_m is -1"),
    "cable in the air": (_cells("cables_synthetic.csv", placement="arial"), "P108 cables 0", "did you mean 'aerial'?"),
    "unknown kind of zone": (
        _layer("zones_synthetic.gpkg", _set("kind", "parc")),
        "P108 zones SYZ000",
        "kind is 'parc'",
    ),
    "unknown status of zone": (
        _layer("zones_synthetic.gpkg", _set("status", "newly")),
        "P108 zones SYZ000",
        "did you mean 'new'?",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_stop_the_run_and_name_the_place(name: str, folder: Path, demo: Scenario) -> None:
    spoil, where, found = ERRORS[name]
    spoil(folder)
    with pytest.raises(DataError) as caught:
        load_province(demo, folder)
    told = [f"{complaint.where} | {complaint.found}" for complaint in caught.value.complaints]
    assert any(line.startswith(where) and found in line for line in told), told
    assert all(complaint.remedy for complaint in caught.value.complaints)


def test_two_nodes_at_one_place_are_told(folder: Path, demo: Scenario) -> None:
    frame = gpd.read_file(folder / "roads_synthetic.gpkg")
    node = next(name for name in frame["v"] if (frame["v"] == name).sum() + (frame["u"] == name).sum() > 1)
    _layer("roads_synthetic.gpkg", _set_where("v", node, "SPLIT"))(folder)
    found = [finding for finding in audit(demo, folder) if finding.rule == "P609"]
    assert [finding.severity for finding in found] == ["warning"]
    assert "SPLIT" in found[0].feature + found[0].message


def test_more_fibres_in_use_than_there_are_are_told(folder: Path, demo: Scenario) -> None:
    def with_use(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        full = [int(row["fibres"]) for row in rows]  # one too many in the first cable only
        return [
            {**row, "fibers_used": str(held + (number == 0))}
            for number, (row, held) in enumerate(zip(rows, full, strict=True))
        ]

    _csv("cables_synthetic.csv", with_use)(folder)
    found = [finding for finding in audit(demo, folder) if finding.rule == "P706"]
    assert [(finding.severity, finding.feature) for finding in found] == [("warning", "0")]
    province = load_province(demo, folder)
    assert (province.cables["fibres_used"] - province.cables["fibres"]).tolist()[:3] == [1, 0, 0]
    assert not any("fibres in use" in sentence for sentence in province.not_modelled)


def test_all_faults_are_told_at_once(folder: Path, demo: Scenario) -> None:
    for name in (
        "negative height",
        "cable on no road",
        "nodata inside",
        "more fibre than homes",
        "truncated land cover",
    ):
        ERRORS[name][0](folder)
    rules = {finding.rule for finding in audit(demo, folder) if finding.severity == "error"}
    assert rules == {"P504", "P701", "P302", "P404", "P103"}


def test_a_flood_of_one_fault_is_counted_not_listed(folder: Path, demo: Scenario) -> None:
    _csv("bts_synthetic.csv", lambda rows: [row.update(height_m="-1") for row in rows] and None)(folder)
    findings = [finding for finding in audit(demo, folder) if finding.rule == "P504"]
    assert len(findings) == 13
    assert findings[-1].message == "and 68 more like this"


def test_a_hole_in_the_terrain_outside_the_needed_region_does_not_matter(folder: Path, demo: Scenario) -> None:
    _raster("dem_synthetic.tif", _far_hole)(folder)
    assert not [finding for finding in audit(demo, folder) if finding.severity == "error"]


def test_the_larger_the_radius_the_more_terrain_is_asked_for(district: Path, demo: Scenario) -> None:
    wide = demo.model_copy(update={"propagation": demo.propagation.model_copy(update={"radius_km": 12.0})})
    messages = [finding.message for finding in audit(wide, district) if finding.rule == "P301"]
    assert len(messages) == 1
    for side in ("west", "south", "east", "north"):
        assert f"in the {side}" in messages[0]


def test_names_the_data_does_not_hold(district: Path, demo: Scenario) -> None:
    raw = demo.model_dump()
    raw["targets"][0]["area_kinds"] = ["hamlett"]
    raw["planning"]["priority_communes"] = ["99999"]
    raw["planning"]["candidates"]["exclusion_zone_ids"] = ["SYZ000", "SYZ00X"]
    found = [finding for finding in audit(Scenario.model_validate(raw), district) if finding.rule == "P901"]
    assert {(finding.layer, finding.feature, finding.severity) for finding in found} == {
        ("villages", demo.targets[0].name, "error"), ("communes", "99999", "error"), ("zones", "SYZ00X", "error"),
    }  # fmt: skip
    assert any("planning.priority_communes names it" in finding.message for finding in found)


def test_no_folder(demo: Scenario, root: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load_province(demo, tmp_path / "nowhere")
    with pytest.raises(DataError, match="is no folder"):
        load_province(demo, root / "pyproject.toml")
    without = demo.model_copy(update={"data": demo.data.model_copy(update={"synthetic": None})})
    with pytest.raises(DataError, match="no folder is given"):
        load_province(without)


def test_two_files_for_one_layer(folder: Path, demo: Scenario) -> None:
    (folder / "dem_3s_other.tif").write_bytes((folder / "dem_synthetic.tif").read_bytes())
    data = demo.data.model_copy(update={"synthetic": None, "files": {**demo.data.files, "dem": "dem_*.tif"}})
    found = [item for item in audit(demo.model_copy(update={"data": data}), folder) if item.rule == "P102"]
    assert "2 files match: dem_3s_other.tif, dem_synthetic.tif" in found[0].message


def test_the_coarse_terrain_is_never_a_fallback(folder: Path, demo: Scenario) -> None:
    (folder / "dem_synthetic.tif").rename(folder / "dem_15s_real.tif")
    data = demo.data.model_copy(update={"synthetic": None})
    found = [item for item in audit(demo.model_copy(update={"data": data}), folder) if item.layer == "dem"]
    assert [(item.rule, item.feature) for item in found] == [("P101", "dem_3s*.tif")]
