"""Where roads cross rivers and railways: from the roads' own column and from layers of either, as far as known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from planner.config.words import did_you_mean
from planner.data.columns import as_text
from planner.data.findings import Findings

RIVER, RAILWAY = "river", "railway"
KINDS = {
    "": "", "none": "", "no": "", "0": "", "bridge": RIVER, "yes": RIVER, "river": RIVER, "ford": RIVER, "ferry": RIVER,
    "viaduct": RIVER, "railway": RAILWAY, "rail": RAILWAY, "level_crossing": RAILWAY,
}  # fmt: skip
SAME_M = 30.0  # crossings of one kind on one road nearer than this are one: two banks, two tracks


def read_crossing_words(roads: gpd.GeoDataFrame, findings: Findings) -> None:
    """Settle the roads' own column `crossing`: river, railway or nothing.

    Parameters
    ----------
    roads : GeoDataFrame
        Roads; the column is renewed where there is one.
    findings : Findings
        Book for unknown words.
    """
    if "crossing" not in roads:
        return
    text = as_text(roads["crossing"]).str.casefold().str.replace(" ", "_")
    for index in text.index[~text.isin(set(KINDS))]:
        near = did_you_mean(text[index], tuple(word for word in KINDS if word))
        hint = f"; did you mean '{near}'?" if near else "; known: bridge, ford, ferry, river, railway, level_crossing"
        findings.add("P108", "roads", roads["road_id"][index], f"crossing is '{text[index]}'{hint}")
    roads["crossing"] = text.map(KINDS).fillna("")


def find_crossings(
    roads: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame | None, railways: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame | None:
    """List where roads cross rivers and railways.

    Parameters
    ----------
    roads : GeoDataFrame
        road_id, crossing where the file has it; lines.
    rivers, railways : GeoDataFrame or None
        Lines, or outlines of water.

    Returns
    -------
    GeoDataFrame or None
        road_id, kind ('river' or 'railway'), points on the road; None where nothing is known about crossings.
    """
    if "crossing" not in roads and rivers is None and railways is None:
        return None
    lines = roads.geometry.to_numpy()
    rows: list[tuple[int, str, float]] = []
    if "crossing" in roads:
        marked = np.flatnonzero((roads["crossing"] != "").to_numpy()).tolist()
        rows += [(row, str(roads["crossing"].iat[row]), 0.5 * float(lines[row].length)) for row in marked]
    own = {(row, kind) for row, kind, _ in rows}
    for kind, layer in ((RIVER, rivers), (RAILWAY, railways)):
        if layer is not None:
            rows += [(row, kind, at) for row, at in _where(lines, layer) if (row, kind) not in own]
    rows.sort()
    kept = [
        item
        for number, item in enumerate(rows)
        if number == 0 or item[:2] != rows[number - 1][:2] or item[2] - rows[number - 1][2] > SAME_M
    ]
    points = [lines[row].interpolate(at) for row, _, at in kept]
    names = roads["road_id"].to_numpy()
    return gpd.GeoDataFrame(
        {"road_id": [names[row] for row, _, _ in kept], "kind": [kind for _, kind, _ in kept]},
        geometry=gpd.GeoSeries(points, crs=roads.crs), crs=roads.crs,
    )  # fmt: skip


def _where(lines: np.ndarray, layer: gpd.GeoDataFrame) -> list[tuple[int, float]]:
    """Rows of the roads that meet features of a layer, and where along the road, m; water is met in its middle."""
    features = layer.geometry.to_numpy()
    road, feature = shapely.STRtree(features).query(lines, predicate="intersects")
    common = shapely.intersection(lines[road], features[feature])
    parts, pair = shapely.get_parts(common, return_index=True)
    middle = [part.interpolate(0.5, normalized=True) if part.length else part for part in parts]
    return [(row, float(lines[row].project(point))) for row, point in zip(road[pair].tolist(), middle, strict=True)]
