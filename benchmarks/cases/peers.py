"""Other tools on the same ground, where they are installed; a peer that is missing or fails is named, never fatal."""

from __future__ import annotations

import importlib
import importlib.util
import time
from array import array
from typing import Any

import numpy as np

from benchmarks.cases.terrain import CELL_M, LATITUDE_DEG
from planner.coverage.surface import Surface

_M_PER_DEG = 111_194.9  # on the sphere of 6371 km
_POINTS = 60  # receivers along each side of the peer's area: it is slow


def peer_rates(surface: Surface, radius_m: float) -> dict[str, Any]:
    """Links per second of each peer over the square around the surface's middle, bare terrain.

    Parameters
    ----------
    surface : Surface
        The ground; laid out at the benchmark's latitude for tools that want degrees.
    radius_m : float
        Half the side of the square, m.

    Returns
    -------
    dict
        Peer -> links per second, or why there is no figure.
    """
    if importlib.util.find_spec("crc_covlib") is None:
        return {"crc-covlib": "not installed"}
    try:
        return {"crc-covlib": _crc_covlib(surface, radius_m)}
    except Exception as error:
        return {"crc-covlib": f"failed: {error}"}


def _crc_covlib(surface: Surface, radius_m: float) -> float:
    """Rate of crc-covlib's area calculation with P.1812 over a terrain handed over in memory."""
    covlib = importlib.import_module("crc_covlib.simulation")
    rows, cols = surface.elevation_asl_m.shape
    lat_deg, lon_deg = CELL_M / _M_PER_DEG, CELL_M / (_M_PER_DEG * np.cos(np.radians(LATITUDE_DEG)))
    south, west = LATITUDE_DEG, 106.0
    sim = covlib.Simulation()
    middle = south + 0.5 * rows * lat_deg, west + 0.5 * cols * lon_deg
    sim.SetTransmitterLocation(*middle)
    sim.SetTransmitterHeight(35)
    sim.SetTransmitterFrequency(1800)
    sim.SetReceiverHeightAboveGround(1.5)
    sim.SetPropagationModel(covlib.PropagationModel.ITU_R_P_1812)
    sim.SetPrimaryTerrainElevDataSource(covlib.TerrainElevDataSource.TERR_ELEV_CUSTOM)
    heights = array("f", surface.elevation_asl_m.astype(np.float32).ravel())
    north, east = south + (rows - 1) * lat_deg, west + (cols - 1) * lon_deg
    sim.AddCustomTerrainElevData(south, west, north, east, cols, rows, heights)
    sim.SetTerrainElevDataSamplingResolution(CELL_M)
    half_lat, half_lon = radius_m / CELL_M * lat_deg, radius_m / CELL_M * lon_deg
    sim.SetReceptionAreaCorners(middle[0] - half_lat, middle[1] - half_lon, middle[0] + half_lat, middle[1] + half_lon)
    sim.SetReceptionAreaNumHorizontalPoints(_POINTS)
    sim.SetReceptionAreaNumVerticalPoints(_POINTS)
    sim.SetResultType(covlib.ResultType.PATH_LOSS_DB)
    started = time.perf_counter()
    sim.GenerateReceptionAreaResults()
    return _POINTS * _POINTS / (time.perf_counter() - started)
