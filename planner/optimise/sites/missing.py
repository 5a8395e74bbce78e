"""How much the coverage targets still miss on a coverage map, and where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.asked_points import asked_entries
from planner.coverage.service import Service
from planner.domain.province import Province
from planner.optimise.sites.demand import SiteDemand, areas_in_scope, site_demand


class Missing:
    """Measures what a service leaves missing of a scenario's coverage targets.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets and what covered means.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self._province, self._covered_at = province, scenario.coverage.area_covered_at
        self._asked = asked_entries(province, scenario)
        receiver = scenario.coverage.receiver
        self._targets = [
            target.model_copy(update={"receiver": target.receiver or receiver})
            for target in scenario.targets
            if target.kind.startswith("coverage")
        ]

    def share(self, service: Service) -> float:
        """Sum over the targets of the shares of areas or people that are still wanted.

        Parameters
        ----------
        service : Service
            Who is served, on the entries of `area_cells`.

        Returns
        -------
        float
            0 where every target holds. Where every commune must reach a share, each commune's own need counts.
        """
        total = 0.0
        for target in self._targets:
            demand = self._demand(target, service)
            wanted = demand.required_value if target.kind == "coverage_areas" else demand.group_need
            total += float(wanted.sum()) / self._whole(target)
        return total

    def worth(self, service: Service, technology: str) -> list[tuple[Target, NDArray[np.float64]]]:
        """What serving each entry would be worth to the open targets of a technology.

        Parameters
        ----------
        service : Service
            Who is served.
        technology : str
            '4g' or '5g'.

        Returns
        -------
        list of (Target, ndarray of float64, shape (n_entries,))
            Share of the target that the entry would bring: its people, or its part of what its area needs; 0 where
            it is served or nothing is wanted.
        """
        found = []
        for target in self._targets:
            if target.technology != technology:
                continue
            demand = self._demand(target, service)
            if demand.is_met:
                continue
            weight = demand.weight
            if target.kind == "coverage_areas":
                weight = weight / demand.group_need[demand.group]
            worth = np.zeros(service.cells.size)
            worth[demand.entry] = weight / self._whole(target)
            found.append((target, worth))
        return found

    def _demand(self, target: Target, service: Service) -> SiteDemand:
        served = service.served(
            technology=str(target.technology), operator=target.operator, receiver=str(target.receiver)
        )
        return site_demand(self._province, target, served, self._covered_at, self._asked)

    def _whole(self, target: Target) -> float:
        """Areas or people a target counts."""
        scope = areas_in_scope(self._province, target)
        if target.kind == "coverage_areas":
            return max(float(scope.sum()), 1.0)
        return max(float(self._province.areas["population"].to_numpy(dtype=np.float64)[scope].sum()), 1.0)
