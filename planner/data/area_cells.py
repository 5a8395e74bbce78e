"""Which cells make up each residential area: exact shares of its polygon."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray

from planner.domain.grid import Grid
from planner.domain.province import AreaCells


def area_cells(areas: gpd.GeoDataFrame, grid: Grid) -> AreaCells:
    """Split every area over the cells of the grid by exact polygon cover.

    Parameters
    ----------
    areas : GeoDataFrame
        Polygons in the grid's reference system; row order is kept.
    grid : Grid
        Frame.

    Returns
    -------
    AreaCells
        Cells in rising order per area, shares summing to 1. An outline too small to cover
        any part of a cell gets the one cell that holds its centre.
    """
    west, south, east, north = grid.bounds_m
    empty = np.zeros(grid.shape, dtype=np.uint8)
    raster = NumPyRasterSource(empty, xmin=west, ymin=south, xmax=east, ymax=north)
    # Only geometry goes in: attributes and reference systems would have to pass GDAL's Python binding.
    features = [{"type": "Feature", "geometry": shapely.geometry.mapping(shape)} for shape in areas.geometry]
    results = exact_extract(raster, features, ["cell_id", "coverage"], output="geojson")
    cells: list[NDArray[np.int64]] = []
    shares: list[NDArray[np.float64]] = []
    for shape, result in zip(areas.geometry, results, strict=True):
        cell = np.asarray(result["properties"]["cell_id"], dtype=np.int64)
        share = np.asarray(result["properties"]["coverage"], dtype=np.float64)
        keep = share > 0
        cell, share = cell[keep], share[keep]
        if not len(cell):
            row, col = grid.cells(np.array([shape.centroid.x]), np.array([shape.centroid.y]))
            cell, share = row * grid.cols + col, np.ones(1)
        order = np.argsort(cell)
        cells.append(cell[order])
        shares.append(share[order] / share.sum())
    indptr = np.concatenate([[0], np.cumsum([len(cell) for cell in cells])]).astype(np.int64)
    return AreaCells(
        indptr,
        np.concatenate(cells) if cells else np.zeros(0, dtype=np.int64),
        np.concatenate(shares) if shares else np.zeros(0),
    )
