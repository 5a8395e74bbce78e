"""Existing ducts and poles along roads, and crossings of rivers and railways: what they save or cost new cable."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.costs.fibre import FibrePrices
from planner.domain.province import Province

OWN, DUCT, POLE = 0, 1, 2
SUPPORT_NAMES = ("own", "duct", "pole")


def spare_ducts(province: Province) -> NDArray[np.int64]:
    """Count the free ducts along every road.

    Parameters
    ----------
    province : Province
        Cables, with `spare_ducts` where known.

    Returns
    -------
    ndarray of int64, shape (n_roads,)
        0 where none is free or nothing is known.
    """
    cables = province.cables
    if "spare_ducts" not in cables:
        return np.zeros(len(province.roads), dtype=np.int64)
    free = cables.groupby("road_id")["spare_ducts"].sum()
    return np.asarray(province.roads["road_id"].map(free).fillna(0), dtype=np.int64)


def has_poles(province: Province) -> NDArray[np.bool_]:
    """Tell along which roads cable is known to hang on poles.

    Parameters
    ----------
    province : Province
        Cables, with `support` where known.

    Returns
    -------
    ndarray of bool, shape (n_roads,)
        False where nothing is known.
    """
    cables = province.cables
    if "support" not in cables:
        return np.zeros(len(province.roads), dtype=bool)
    hung = set(cables.loc[cables["support"] == "pole", "road_id"])
    return np.asarray(province.roads["road_id"].isin(hung), dtype=np.bool_)


def room_beside(province: Province) -> NDArray[np.int8]:
    """Tell where one more cable goes along every road with cable: on the poles of a cable that hangs, or into the duct.

    Underground cable is taken to lie in a duct with room unless the data says that it lies in the ground itself or
    that no duct is free.

    Parameters
    ----------
    province : Province
        Cables, with `support` and `spare_ducts` where known.

    Returns
    -------
    ndarray of int8, shape (n_roads,)
        1 in the duct, 2 on the poles, 0 in a new trench or where there is no cable.
    """
    cables, names = province.cables, province.roads["road_id"]
    hung = set(cables.loc[cables["placement"] == "aerial", "road_id"])
    ducted = cables["placement"] == "underground"
    if "support" in cables:
        ducted &= cables["support"] != "direct"
    in_duct = set(cables.loc[ducted, "road_id"])
    if "spare_ducts" in cables:
        free = cables.groupby("road_id")["spare_ducts"].sum()
        in_duct &= set(free.index[free > 0])
    found = np.where(names.isin(in_duct), DUCT, OWN)
    return np.where(names.isin(hung), POLE, found).astype(np.int8)


def crossing_vnd(
    province: Province, road: NDArray[np.int32], lines: NDArray[Any], prices: FibrePrices
) -> NDArray[np.float64]:
    """Price the crossings along edges; a road that was cut pays each crossing on the piece that holds it.

    Parameters
    ----------
    province : Province
        Its crossings.
    road : ndarray of int32, shape (m,)
        Row of the roads table of each edge; negative where it follows none.
    lines : ndarray of LineString, shape (m,)
        The edges.
    prices : FibrePrices
        Price of a crossing.

    Returns
    -------
    ndarray of float64, shape (m,)
        VND; 0 without a known crossing.
    """
    found = np.zeros(road.size)
    if province.crossings is None or not len(province.crossings):
        return found
    edges: dict[int, list[int]] = {}
    for edge, row in enumerate(road.tolist()):
        edges.setdefault(row, []).append(edge)
    row_of = {name: row for row, name in enumerate(province.roads["road_id"])}
    price = {"river": prices.river_crossing_vnd, "railway": prices.railway_crossing_vnd}
    table = province.crossings
    for name, kind, point in zip(table["road_id"], table["kind"], table.geometry, strict=True):
        pieces = edges.get(row_of[name], [])
        if pieces:
            nearest = int(np.argmin(shapely.distance(lines[pieces], point)))
            found[pieces[nearest]] += price[kind]
    return found
