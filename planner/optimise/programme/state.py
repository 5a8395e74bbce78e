"""Fibre and cables at any moment: the inventory plus the works done until then, in the shape of summary.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.fibre.demand import fibre_baseline
from planner.optimise.network.roads import build_network
from planner.optimise.network.runs import build_runs
from planner.optimise.network.zone_duty import zones_underground
from planner.optimise.underground.cable_stock import CableStock


class NetworkLedger:
    """Counts fibre and cables before and after works.

    Parameters
    ----------
    province : Province
        The inventory.
    scenario : Scenario
        Its `data.max_snap_m` limits how far an area may be from its road node.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self._province = province
        network, _ = build_network(province)
        self.baseline = fibre_baseline(province, network, max_snap_m=scenario.data.max_snap_m)
        self.runs = build_runs(province)
        self._stock = CableStock(province, self.runs)

    def fibre(self, works: Sequence[Work]) -> dict[str, float]:
        """Count communes and homes on fibre.

        Parameters
        ----------
        works : sequence of Work
            Works done.

        Returns
        -------
        dict of str to float
            'communes_share' and 'households_share', 0 to 1; 1 where there is none to count.
        """
        codes = self._province.communes["commune_code"].to_numpy(dtype=str)
        on_fibre = set(codes[self.baseline.commune_lit].tolist())
        on_fibre |= {str(work.details["commune_code"]) for work in works if work.kind == "commune_terminal"}
        homes = int(self._province.areas["households"].sum())
        with_fibre = homes - int(self.baseline.homes_left.sum())
        with_fibre += sum(int(work.details["homes"]) for work in works if work.kind == "distribution")
        return {
            "communes_share": len(on_fibre) / len(codes) if codes.size else 1.0,
            "households_share": with_fibre / homes if homes else 1.0,
        }

    def cables(self, works: Sequence[Work]) -> dict[str, Any]:
        """Count kilometres of cable, the share underground, and zones.

        New fibre routes count as one cable each; distribution inside villages is not counted, as the inventory does
        not hold it either.

        Parameters
        ----------
        works : sequence of Work
            Works done.

        Returns
        -------
        dict
            'total_km', 'underground_share'; 'zones': kind -> status -> 'count', 'underground_count'; 'by_level' and
            'by_zone_kind': name -> 'total_km', 'underground_share'. New fibre has the level 'new', and what lies in
            no zone the kind 'outside'.
        """
        cables = self._province.cables
        total_km = float(cables["length_m"].sum()) / 1e3
        buried_km = float(cables.loc[cables["placement"] == "underground", "length_m"].sum()) / 1e3
        buried = np.zeros(self.runs.n_runs, dtype=bool)
        for work in works:
            if work.kind == "fibre_route":
                total_km += work.length_km
                buried_km += float(work.details["buried_km"])
            elif work.kind == "underground":
                buried_km += float(work.details["cable_km"])
                buried[int(work.details["run"])] = True
        return {
            "total_km": total_km,
            "underground_share": buried_km / total_km if total_km else 1.0,
            "zones": self._zones(buried),
            **self._stock.tables(buried, [work for work in works if work.kind == "fibre_route"]),
        }

    def zone_states(self, works: Sequence[Work]) -> NDArray[np.bool_]:
        """Tell which zones have their cable underground.

        Parameters
        ----------
        works : sequence of Work
            Works done.

        Returns
        -------
        ndarray of bool, shape (n_zones,)
            In the order of the zones table.
        """
        buried = np.zeros(self.runs.n_runs, dtype=bool)
        buried[[int(work.details["run"]) for work in works if work.kind == "underground"]] = True
        return zones_underground(self._province, self.runs, buried)

    def _zones(self, buried: NDArray[np.bool_]) -> dict[str, dict[str, dict[str, int]]]:
        """Counts by kind and status."""
        zones = self._province.zones
        done = zones_underground(self._province, self.runs, buried)
        table: dict[str, dict[str, dict[str, int]]] = {}
        for kind, status, underground in sorted(zip(zones["kind"], zones["status"], done.tolist(), strict=True)):
            cell = table.setdefault(kind, {}).setdefault(status, {"count": 0, "underground_count": 0})
            cell["count"] += 1
            cell["underground_count"] += int(underground)
        return table


def works_until(works: Sequence[Work], year: int | None) -> list[Work]:
    """Select the works done by a year.

    Parameters
    ----------
    works : sequence of Work
        Works with their years; year 0 means never.
    year : int or None
        Last year counted; None for the end of the programme.

    Returns
    -------
    list of Work
        In the same order.
    """
    return [work for work in works if work.year > 0 and (year is None or work.year <= year)]


def state_at(ledger: NetworkLedger, works: Sequence[Work], year: int | None) -> tuple[dict[str, float], dict[str, Any]]:
    """Fibre and cables at the end of a year.

    Parameters
    ----------
    ledger : NetworkLedger
        The inventory.
    works : sequence of Work
        Works with their years.
    year : int or None
        The year; None for the end of the programme.

    Returns
    -------
    tuple of dict
        The objects `fibre` and `cables` of summary.json.
    """
    done = works_until(works, year)
    return ledger.fibre(done), ledger.cables(done)
