"""Radio-climatic zones along a ray: share of sea and longest land sections, ITU-R P.1812-8 sections 3.6 and 4.1.

Every sample stands for half the way to its neighbours, as in `planner.kernels.p1812.path.zone_lengths`. Lengths are in
lines of the face until they are written into a block.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import lean_kernel
from planner.kernels.fast_math import f4
from planner.kernels.p1812.path import INLAND, SEA
from planner.kernels.sweep.faces import Face
from planner.kernels.sweep.links import COAST, DLM, DTM, FAR, NEAR, OMEGA
from planner.kernels.sweep.rays import Profile
from planner.kernels.sweep.tables import Tables

_ZERO, _HALF, _ONE = f4(0.0), f4(0.5), f4(1.0)
_COUPLING_OMEGA, _COUPLING_KM = 0.75, 5.0  # equation (49)


class ZoneRuns(NamedTuple):
    """Zones from the mast up to each line of a ray, that line included; empty where all is inland.

    Attributes
    ----------
    sea, land, inland : ndarray of float32
        Length over sea, of the land section and of the inland section that reach the line, lines.
    most_land, most_inland : ndarray of float32
        Longest such sections so far, lines.
    shore : ndarray of float32
        Length over land before the first sea; all of it while there is none, lines.
    """

    sea: NDArray[np.float32]
    land: NDArray[np.float32]
    inland: NDArray[np.float32]
    most_land: NDArray[np.float32]
    most_inland: NDArray[np.float32]
    shore: NDArray[np.float32]


@lean_kernel
def _extend(runs: ZoneRuns, i: int, zone: int, length: float) -> None:
    """Add a sample to the runs."""
    before = i > 0
    over_sea, is_inland = zone == SEA, zone == INLAND
    sea = runs.sea[i - 1] if before else _ZERO
    land = runs.land[i - 1] if before else _ZERO
    inland = runs.inland[i - 1] if before else _ZERO
    runs.sea[i] = sea + (length if over_sea else _ZERO)
    runs.land[i] = _ZERO if over_sea else land + length
    shore = runs.shore[i - 1] if before else _ZERO
    runs.shore[i] = shore if over_sea or sea > _ZERO else shore + length
    runs.inland[i] = inland + length if is_inland else _ZERO
    runs.most_land[i] = max(runs.most_land[i - 1] if before else _ZERO, runs.land[i])
    runs.most_inland[i] = max(runs.most_inland[i - 1] if before else _ZERO, runs.inland[i])


@lean_kernel
def trace_zones(face: Face, tables: Tables, out: Profile, runs: ZoneRuns, last: int) -> None:
    """Fill the runs of a sampled ray from the zone of the nearer of the two cells beside each sample.

    Parameters
    ----------
    face : Face
        The face, with zones.
    tables : Tables
        Distances.
    out : Profile
        The sampled ray.
    runs : ZoneRuns
        Filled from index 0 to `last`.
    last : int
        Last line sampled.
    """
    if last < 1:
        return
    x1 = tables.x[1]
    _extend(runs, 0, face.zone[(face.steps + 1) * (face.steps + 1)], _HALF * x1)
    for i in range(1, last + 1):
        at = out.far[i] if out.weight[i] >= _HALF else out.near[i]
        _extend(runs, i, face.zone[at], _HALF * (x1 + _ONE) if i == 1 else _ONE)


@lean_kernel
def _coupling_db(coast_km: float, horizon_km: float, height_asl_m: float) -> float:
    """Over-sea surface-duct coupling of a terminal by its distance to the coast, equation (49)."""
    if coast_km > horizon_km or coast_km > f4(_COUPLING_KM):
        return _ZERO
    near = math.exp(-0.25 * coast_km * coast_km)
    return f4(-3.0 * near * (1.0 + math.tanh(0.07 * (50.0 - height_asl_m))))


@lean_kernel
def zone_rows(
    values: NDArray[np.float32],
    i: int,
    face: Face,
    runs: ZoneRuns,
    receiver: tuple[int, int, float, float],
    heights_asl_m: tuple[float, float],
) -> None:
    """Fill a link's rows of zones; those of its horizons are filled.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    i : uint64
        The link's place in it.
    face : Face
        The face, with zones.
    runs : ZoneRuns
        Runs of its ray.
    receiver : tuple
        Line and offset of the receiver's cell, its distance in lines, and km per line.
    heights_asl_m : tuple of float
        Both antennas, m above sea level.
    """
    k, j, x, step_km = receiver
    zone_t = face.zone[(face.steps + 1) * (face.steps + 1)]
    zone_r = face.zone[(j + face.steps + 1) * (face.steps + 1) + k]
    half = _HALF if k > 1 else _HALF * x
    first = _HALF * x
    sea = runs.sea[k - 1] if k > 1 else (first if zone_t == SEA else _ZERO)
    land = runs.land[k - 1] if k > 1 else (_ZERO if zone_t == SEA else first)
    inland = runs.inland[k - 1] if k > 1 else (first if zone_t == INLAND else _ZERO)
    most_land = runs.most_land[k - 1] if k > 1 else land
    most_inland = runs.most_inland[k - 1] if k > 1 else inland
    sea += half if zone_r == SEA else _ZERO
    land = _ZERO if zone_r == SEA else land + half
    inland = inland + half if zone_r == INLAND else _ZERO
    omega = min(sea / x, _ONE)
    values[OMEGA + i] = omega
    values[DTM + i], values[DLM + i] = max(most_land, land) * step_km, max(most_inland, inland) * step_km
    coast = _ZERO
    if omega >= f4(_COUPLING_OMEGA):
        from_t = (runs.shore[k - 1] if k > 1 else (_ZERO if zone_t == SEA else first)) * step_km
        coast = _coupling_db(from_t, values[NEAR + i] * step_km, heights_asl_m[0])
        coast += _coupling_db(land * step_km, (x - values[FAR + i]) * step_km, heights_asl_m[1])
    values[COAST + i] = coast
