"""The audit: rules that need two layers or the whole area. Rules of single values are checked where they are read."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.config.schema import Scenario
from planner.data.columns import as_text
from planner.data.findings import Finding, Findings
from planner.data.layers import Layers, read_layers
from planner.data.rasters import check_heights, check_reach, inside_mask
from planner.data.region import needed_region
from planner.data.road_graph import check_ends, check_pieces
from planner.data.scenario_names import check_names
from planner.data.site_table import check_positions
from planner.data.source import opened
from planner.data.vectors import POLYGONS, check_place

_FAR_M = 25_000.0  # a site farther from the communes than this and than the radius is taken for a slip
_LENGTH_TOLERANCE = 0.01
_SHARE_IN_COMMUNE = 0.5
_PEOPLE_TOLERANCE = 0.2
_AREA_TOLERANCE = 0.05
_BOUNDARY_TOLERANCE = 0.01
_OVERLAP_TOLERANCE_M2 = 1.0


def audit(scenario: Scenario, folder: Path | None = None) -> list[Finding]:
    """Check a data folder against a scenario without running it.

    Parameters
    ----------
    scenario : Scenario
        What the data is wanted for.
    folder : Path, optional
        Data folder; absent: the scenario's synthetic area.

    Returns
    -------
    list of Finding
        Errors first.

    Raises
    ------
    DataError
        If there is no such folder.
    """
    findings = Findings()
    with opened(scenario, folder) as (place, patterns):
        inspect(read_layers(scenario, place, patterns, findings), scenario, findings)
    return findings.sorted()


def inspect(layers: Layers, scenario: Scenario, findings: Findings) -> None:
    """Apply every rule that needs more than one value.

    Parameters
    ----------
    layers : Layers
        What was read.
    scenario : Scenario
        Radius, operators, tolerances.
    findings : Findings
        Book for what is found.
    """
    _check_places(layers, findings)
    communes = _drawn(layers.communes, POLYGONS)
    villages, zones = _drawn(layers.villages, POLYGONS), _drawn(layers.zones, POLYGONS)
    roads = _drawn(layers.roads, ("LineString",))
    if communes is not None:
        _check_rasters(layers, communes, scenario, findings)
        if villages is not None:
            _check_villages(villages, communes, _former_communes(layers), findings)
        if layers.sites is not None:
            _check_sites(layers.sites, communes, scenario, findings)
        if layers.neighbour_sites is not None:
            reach_m = _reach_m(scenario) + _FAR_M
            layers.neighbour_sites["inside"] = False
            check_positions(layers.neighbour_sites, communes, reach_m, "neighbour_sites", findings)
        check_names(scenario, communes, villages, zones, findings)
        boundary = _drawn(layers.boundary, POLYGONS)
        if boundary is not None:
            _check_boundary(boundary, communes, findings)
        if zones is not None:
            _check_zones(zones, communes, findings)
    if roads is not None:
        check_ends(roads, findings)
        check_pieces(roads, villages, scenario.data, findings)
        _check_lengths(roads, findings)
        if layers.cables is not None:
            _check_cables(layers.cables, roads, villages, findings)


def _drawn(frame: gpd.GeoDataFrame | None, kinds: tuple[str, ...]) -> gpd.GeoDataFrame | None:
    """A layer whose every feature is drawn as it should be; the reader has complained of others."""
    if frame is None or not frame.geom_type.isin(kinds).all() or frame.geometry.is_empty.any():
        return None
    return frame


def _reach_m(scenario: Scenario) -> float:
    return 1000.0 * (scenario.propagation.radius_km or 0.0)


def _check_places(layers: Layers, findings: Findings) -> None:
    """Set aside layers that lie elsewhere: every further rule on them would only repeat it."""
    if layers.communes is None:
        return
    for name in ("villages", "roads", "zones", "districts", "places", "poles", "rivers", "railways", "boundary"):
        frame = getattr(layers, name)
        if frame is not None and not check_place(frame, layers.communes, name, layers.files[name].name, findings):
            setattr(layers, name, None)


def _check_rasters(layers: Layers, communes: gpd.GeoDataFrame, scenario: Scenario, findings: Findings) -> None:
    region = needed_region(communes, scenario)
    crs = scenario.data.crs_work
    if layers.dem is not None:
        name = layers.files["dem"].name
        check_reach(layers.dem, region, crs, "dem", name, findings)
        check_heights(layers.dem, inside_mask(layers.dem, region, crs), "dem", name, findings)
        real_m = layers.dem.resolution_m(layers.dem.outline())
        if scenario.data.cell_m < 0.9 * real_m:
            findings.add("P304", "dem", name, f"cells of {scenario.data.cell_m:g} m from terrain of {real_m:.0f} m")
    if layers.land_cover is not None:
        name = layers.files["land_cover"].name
        raster = layers.land_cover
        check_reach(raster, region, crs, "land_cover", name, findings)
        inside = inside_mask(raster, region, crs)
        holes = raster.holes & inside
        if holes.any():
            findings.add("P306", "land_cover", name, f"{int(holes.sum()):,} cells have no class")
        codes, counts = np.unique(raster.values[inside & ~raster.holes], return_counts=True)
        for code, count in zip(codes, counts, strict=True):
            if int(code) not in scenario.propagation.clutter:
                findings.add("P307", "land_cover", name, f"class {code} in {count:,} cells is not described")


def _check_villages(
    villages: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, former: dict[str, str], findings: Findings
) -> None:
    ids = villages["area_id"].to_numpy()
    shapes, homes = villages.geometry.values, communes.geometry.values
    tree = shapely.STRtree(homes)
    pair = tree.query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[pair[0]], homes[pair[1]]))
    inside = np.bincount(pair[0], weights=common, minlength=len(villages)) / np.maximum(shapely.area(shapes), 1e-9)
    outside = inside < _SHARE_IN_COMMUNE
    for index in np.flatnonzero(outside):
        away_m = float(shapely.distance(homes, shapes[index]).min())
        where = f"{away_m / 1000:.2f} km away" if away_m > 0 else f"{inside[index]:.0%} of it inside"
        findings.add("P401", "villages", ids[index], f"lies outside every commune ({where})")
    codes = communes["commune_code"].to_numpy()
    _check_codes(villages, set(codes), former, ids, findings)
    largest = pd.DataFrame({"village": pair[0], "code": codes[pair[1]], "area": common})
    largest = largest.sort_values(["village", "area"]).drop_duplicates("village", keep="last")
    there = dict(zip(largest["village"], largest["code"], strict=True))
    known = set(codes)
    for row, code in enumerate(villages["commune_code"]):
        if code in known and not outside[row] and there.get(row, code) != code:
            findings.add("P403", "villages", ids[row], f"its code is {code}, it lies in {there[row]}")
    _check_people(villages, communes, ids, findings)
    _check_overlaps(villages, "area_id", "villages", "P406", findings)


def _check_people(villages: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, ids: np.ndarray, findings: Findings) -> None:
    if not villages["population"].sum():
        findings.add("P412", "villages", "", f"the {len(villages):,} villages hold no people")
    homes, fibre = villages["households"].to_numpy(), villages["households_fibre"].to_numpy()
    for index in np.flatnonzero(fibre > homes):
        findings.add("P404", "villages", ids[index], f"{fibre[index]} homes with fibre of {homes[index]} homes")
    for index in np.flatnonzero((villages["population"].to_numpy() == 0) & (homes > 0)):
        findings.add("P409", "villages", ids[index], f"{homes[index]} homes, no people")
    summed = villages.groupby("commune_code")["population"].sum()
    for code, name, people in zip(communes["commune_code"], communes["name"], communes["population"], strict=True):
        total = int(summed.get(code, 0))
        if code not in summed.index:
            findings.add("P407", "communes", code, f"{name} has no village")
        elif people > 0 and abs(total - people) > _PEOPLE_TOLERANCE * people:
            findings.add("P408", "communes", code, f"{name}: {people:,} people, its villages hold {total:,}")


def _check_codes(
    villages: pd.DataFrame, known: set[str], former: dict[str, str], ids: np.ndarray, findings: Findings
) -> None:
    """Codes that do not exist; a lost leading zero and a commune merged away are recognised."""
    by_number = {code.lstrip("0"): code for code in known}
    for index, code in enumerate(villages["commune_code"]):
        if code in known:
            continue
        zero = by_number.get(code.lstrip("0"))
        hint = f": '{zero}' lost its leading zero on the way" if zero and code else ""
        if code in former:
            hint = f": it is the code of {former[code]} before the merger"
        findings.add("P402", "villages", ids[index], f"commune code '{code}' is not in the communes layer{hint}")


def _former_communes(layers: Layers) -> dict[str, str]:
    """Codes and names of communes before the last merger, where that table is given."""
    if layers.units is None or not {"commune_code", "name"} <= set(layers.units.columns):
        return {}
    return dict(zip(as_text(layers.units["commune_code"]), as_text(layers.units["name"]), strict=True))


def _check_boundary(boundary: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, findings: Findings) -> None:
    outer, inner = boundary.geometry.union_all(), communes.geometry.union_all()
    differing = outer.symmetric_difference(inner).area
    if differing > _BOUNDARY_TOLERANCE * outer.area:
        findings.add("P410", "boundary", "", f"{differing / 1e6:,.1f} km2 lie in only one of boundary and communes")


def _check_overlaps(frame: gpd.GeoDataFrame, id_column: str, layer: str, rule: str, findings: Findings) -> None:
    shapes = frame.geometry.values
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    keep = first < second
    first, second = first[keep], second[keep]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    ids = frame[id_column].to_numpy()
    for a, b, area in zip(first, second, common, strict=True):
        if area > _OVERLAP_TOLERANCE_M2:
            findings.add(rule, layer, ids[a], f"{area / 1e4:.2f} ha in common with {ids[b]}")


def _check_sites(sites: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, scenario: Scenario, findings: Findings) -> None:
    reach_m = max(_reach_m(scenario), _FAR_M)
    sites["inside"] = check_positions(sites, communes, reach_m, "sites", findings)
    names = sites["site_id"].to_numpy()
    known = set(names)
    for name, partner in zip(names, sites["colocated_with"], strict=True):
        if partner and (partner not in known or partner == name):
            findings.add("P506", "sites", name, f"colocated_with '{partner}' is no other site")
    radio = scenario.radio
    held = {
        operator: {radio.carriers[carrier].technology for carrier in config.carriers}
        for operator, config in radio.operators.items()
    }
    for technology in ("4g", "5g"):
        counts = sites.loc[sites[f"has_{technology}"], "operator"].value_counts(sort=False)
        for operator, stations in counts.items():
            if operator in held and technology not in held[operator]:
                findings.add(
                    "P507",
                    "sites",
                    operator,
                    f"{stations} sites with {technology}, no carrier: not counted as coverage",
                )
    if (sites["commune_code"] != "").any():
        joined = gpd.sjoin(
            sites.loc[sites.geometry.notna(), ["site_id", "commune_code", "geometry"]],
            communes[["commune_code", "geometry"]].rename(columns={"commune_code": "there"}),
            predicate="within",
        )
        wrong = joined[(joined["commune_code"] != "") & (joined["commune_code"] != joined["there"])]
        for name, code, there in zip(wrong["site_id"], wrong["commune_code"], wrong["there"], strict=True):
            findings.add("P509", "sites", name, f"its code is {code}, it stands in {there}")


def _check_lengths(roads: gpd.GeoDataFrame, findings: Findings) -> None:
    ids, drawn = roads["road_id"].to_numpy(), roads["length_m"].to_numpy()
    for index in np.flatnonzero((roads["u"] == roads["v"]).to_numpy()):
        findings.add("P601", "roads", ids[index], f"both ends are node {roads['u'].iloc[index]}")
    for index in np.flatnonzero(drawn < 0.1):
        findings.add("P602", "roads", ids[index], "its line has no length")
    if "stated_length_m" in roads:
        stated = roads["stated_length_m"].to_numpy()
        for index in np.flatnonzero(np.abs(stated - drawn) > np.maximum(_LENGTH_TOLERANCE * drawn, 1.0)):
            findings.add("P604", "roads", ids[index], f"{stated[index]:,.1f} m stated, {drawn[index]:,.1f} m drawn")


def _check_cables(
    cables: pd.DataFrame, roads: gpd.GeoDataFrame, villages: gpd.GeoDataFrame | None, findings: Findings
) -> None:
    ids = cables["cable_id"].to_numpy()
    length = dict(zip(roads["road_id"], roads["length_m"], strict=True))
    on_road = cables["road_id"].map(length).to_numpy(dtype=float)
    for index in np.flatnonzero(np.isnan(on_road)):
        findings.add("P701", "cables", ids[index], f"road '{cables['road_id'].iloc[index]}' is not in the roads layer")
    if "stated_length_m" in cables:
        stated = cables["stated_length_m"].to_numpy(dtype=float)
        off = np.abs(stated - on_road) > np.maximum(_LENGTH_TOLERANCE * on_road, 1.0)
        for index in np.flatnonzero(off & (stated > 0)):
            findings.add(
                "P703", "cables", ids[index], f"{stated[index]:,.1f} m stated, its road is {on_road[index]:,.1f} m long"
            )
    twice = cables.duplicated(["road_id", "operator"], keep="first").to_numpy()
    for index in np.flatnonzero(twice):
        row = cables.iloc[index]
        findings.add("P704", "cables", ids[index], f"{row['operator']} has another cable on road {row['road_id']}")
    if "fibres_used" in cables:
        held, used = cables["fibres"].to_numpy(), cables["fibres_used"].to_numpy()
        for index in np.flatnonzero(used > held):
            findings.add("P706", "cables", ids[index], f"{used[index]} fibres in use, it holds {held[index]}")
    if villages is not None:
        reached = roads[roads["road_id"].isin(set(cables["road_id"]))]
        nodes = set(reached["u"]) | set(reached["v"])
        lit = villages["households_fibre"].to_numpy() > 0
        for index in np.flatnonzero(lit & ~villages["area_id"].isin(nodes).to_numpy()):
            homes = villages["households_fibre"].iloc[index]
            findings.add(
                "P705", "villages", villages["area_id"].iloc[index], f"{homes} homes with fibre, no cable on its roads"
            )


def _check_zones(zones: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, findings: Findings) -> None:
    _check_overlaps(zones, "zone_id", "zones", "P801", findings)
    home = communes.geometry.union_all()
    ids = zones["zone_id"].to_numpy()
    area = zones["area_ha"].to_numpy()
    inside = shapely.area(shapely.intersection(zones.geometry.values, home)) / np.maximum(area * 1e4, 1e-9)
    for index in np.flatnonzero(inside < 0.99):
        findings.add("P802", "zones", ids[index], f"{1 - inside[index]:.0%} of it lies outside the communes")
    if "stated_area_ha" in zones:
        stated = zones["stated_area_ha"].to_numpy()
        for index in np.flatnonzero(np.abs(stated - area) > np.maximum(_AREA_TOLERANCE * area, 0.5)):
            findings.add("P803", "zones", ids[index], f"{stated[index]:,.1f} ha stated, {area[index]:,.1f} ha drawn")
