"""Kilometres of cable and the share underground, by level and by kind of zone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.network.runs import Runs

NEW = "new"
OUTSIDE = "outside"

KilometreTable = dict[str, dict[str, float]]


class CableStock:
    """The inventory's cables cut into runs, each piece with its level and its zone's kind.

    Parameters
    ----------
    province : Province
        Cables, roads, zones.
    runs : Runs
        Stretches of the cabled roads.
    """

    def __init__(self, province: Province, runs: Runs) -> None:
        cables = province.cables
        self._zones = province.zones
        row_of = {name: row for row, name in enumerate(province.roads["road_id"])}
        road = np.array([row_of.get(name, -1) for name in cables["road_id"]], dtype=np.int64)
        order = np.argsort(runs.road, kind="stable")
        first = np.searchsorted(runs.road[order], road)
        count = np.searchsorted(runs.road[order], road, side="right") - first
        cable = np.repeat(np.arange(len(cables)), count)
        step = np.arange(cable.size) - np.repeat(np.cumsum(count) - count, count)
        self._run = order[np.repeat(first, count) + step]
        whole_m = np.bincount(runs.road, runs.length_m, len(province.roads))
        part = np.divide(runs.length_m, whole_m[runs.road], out=np.ones(runs.n_runs), where=whole_m[runs.road] > 0.0)
        self._km = cables["length_m"].to_numpy(dtype=np.float64)[cable] * part[self._run] / 1e3
        self._in_ground = (cables["placement"] == "underground").to_numpy()[cable]
        self._level = cables["level"].astype(str).to_numpy(dtype=str)[cable]
        kinds = province.zones["kind"].astype(str).tolist()
        named = [min((kinds[zone] for zone in zones), default=OUTSIDE) for zones in runs.zones]
        self._kind = np.array(named, dtype=str)[self._run] if named else np.zeros(0, dtype=str)

    def tables(self, buried: NDArray[np.bool_], routes: Sequence[Work]) -> dict[str, KilometreTable]:
        """Count kilometres after some works.

        Parameters
        ----------
        buried : ndarray of bool, shape (n_runs,)
            Runs whose aerial cables were put underground.
        routes : sequence of Work
            New fibre routes, one cable each.

        Returns
        -------
        dict
            'by_level' and 'by_zone_kind': name -> 'total_km' and 'underground_share'; where zones of two kinds
            overlap, the first kind by name counts.
        """
        km = np.concatenate([self._km, [work.length_km for work in routes]])
        ground_km = np.concatenate(
            [
                np.where(self._in_ground | buried[self._run], self._km, 0.0),
                [float(work.details["buried_km"]) for work in routes],
            ]
        )
        level = np.concatenate([self._level, np.full(len(routes), NEW)])
        kind = np.concatenate([self._kind, self._kinds_of(routes)])
        return {"by_level": _counted(level, km, ground_km), "by_zone_kind": _counted(kind, km, ground_km)}

    def _kinds_of(self, routes: Sequence[Work]) -> NDArray[np.str_]:
        """Kind of the zone that holds the middle of each route."""
        found = [OUTSIDE] * len(routes)
        if routes and len(self._zones):
            lines = np.array([work.geometry for work in routes], dtype=object)
            middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
            route, zone = shapely.STRtree(self._zones.geometry.to_numpy()).query(middle, predicate="intersects")
            kinds = self._zones["kind"].astype(str).to_numpy()
            for at, name in sorted(zip(route.tolist(), kinds[zone].tolist(), strict=True), reverse=True):
                found[at] = name
        return np.array(found, dtype=str)


def _counted(name: NDArray[np.str_], km: NDArray[np.float64], ground_km: NDArray[np.float64]) -> KilometreTable:
    """Sums per name."""
    names, index = np.unique(name, return_inverse=True)
    total = np.bincount(index, km, names.size)
    ground = np.bincount(index, ground_km, names.size)
    return {
        str(one): {"total_km": float(all_km), "underground_share": float(part / all_km) if all_km > 0.0 else 1.0}
        for one, all_km, part in zip(names, total, ground, strict=True)
    }
