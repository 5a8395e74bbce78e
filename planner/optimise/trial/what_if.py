"""What if: proposed changes tested while a person waits, with what they bring, cost and disturb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from planner.config.schema import Scenario
from planner.coverage.candidates_cover import cells_served
from planner.coverage.exposure import exposures
from planner.coverage.live import LiveCoverage
from planner.coverage.neighbours import Pictures, neighbour_changes
from planner.coverage.proposed import (
    added_sectors,
    addressed_sectors,
    changed_sectors,
    moved_site,
    proposed_site,
    removed_sectors,
)
from planner.coverage.store import FieldStore
from planner.data.proposals import read_proposals
from planner.domain.coverage import CoverageMap, Sector
from planner.domain.proposal import Proposal
from planner.domain.province import Province
from planner.errors import Complaint, DataError
from planner.optimise.trial.effects import Effect, Place, SiteFacts, area_table, people_table
from planner.optimise.trial.proposal_costs import proposal_costs
from planner.optimise.trial.site_links import FibreLink, MicrowavePath, SiteLinks

Progress = Callable[[str, int, int], None]


class WhatIf:
    """A province's coverage with proposals on top; changes recompute only what they touch.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        The scenario.
    threads : int, optional
        Threads of the first prediction.
    progress : callable, optional
        Called with stage, done, total.
    store : FieldStore, optional
        Per-mast results kept on disk.
    """

    def __init__(
        self,
        province: Province,
        scenario: Scenario,
        *,
        threads: int | None = None,
        progress: Progress | None = None,
        store: FieldStore | None = None,
    ) -> None:
        self.province = province
        self.scenario = scenario
        self._live = LiveCoverage(province, scenario, threads=threads, progress=progress, store=store)
        self._pictures = Pictures(province, scenario)

    def read(self, path: Path) -> list[Proposal]:
        """Read and check a proposal file against this province.

        Parameters
        ----------
        path : Path
            CSV, GeoJSON or GeoPackage.

        Returns
        -------
        list of Proposal
            Rows.
        """
        return read_proposals(path, self.scenario, self.province)

    def apply(self, proposals: Sequence[Proposal]) -> Effect:
        """Put proposals on air and tell what they do.

        Parameters
        ----------
        proposals : sequence of Proposal
            Changes, taken together.

        Returns
        -------
        Effect
            Gains, losses, neighbours, cost, links.

        Raises
        ------
        DataError
            When a proposal is about sectors that are not on air; nothing is changed.
        """
        removed, added = self._sectors(proposals)
        entries = self._live.touched_entries(removed, added)
        before = self._pictures.take(self._live.service, entries)
        shares_before = self._shares(removed, added)
        self._live.change(removed, added)
        after = self._pictures.take(self._live.service, entries)
        shares_after = self._shares(removed, added)
        sites = tuple(self._facts(proposals, added))
        return Effect(
            people=people_table(shares_before, shares_after, self.province, self.scenario),
            areas=area_table(shares_before, shares_after, self.province, self.scenario),
            neighbours=neighbour_changes(before, after),
            sites=sites,
            warnings=(*self._warnings(proposals), *self._sharing_notes(sites)),
        )

    def undo(self) -> None:
        """Take the last `apply` back, exactly.

        Raises
        ------
        IndexError
            When nothing was applied.
        """
        self._live.undo()

    def coverage_map(self) -> CoverageMap:
        """Copy of the present coverage.

        Returns
        -------
        CoverageMap
            Layers as they are now.
        """
        return self._live.coverage_map()

    def better_places(
        self, proposal: Proposal, within_m: float, *, step_m: float | None = None, count: int = 5
    ) -> list[Place]:
        """Try a new or moved site at positions around the proposed one.

        Judged by the people its operator newly serves on the proposal's carriers' technologies, without interference:
        against the coverage as it is now, and for a moved site as it would be without it.

        Parameters
        ----------
        proposal : Proposal
            A new site, or a new position of one on air.
        within_m : float
            Farthest distance tried, m.
        step_m : float, optional
            Spacing of the positions; one cell, or what gives some 400 positions, when absent.
        count : int, optional
            How many of the best are returned.

        Returns
        -------
        list of Place
            Best first, the nearest of equals first; the proposed position closes the list where it is not among them.
        """
        present = [sector for sector in self._live.sectors if sector.site_id == proposal.site_id]
        if proposal.action == "change" and present and proposal.x_m is not None:
            self._live.change(present, [])
            try:
                return self.better_places(moved_site(proposal, present), within_m, step_m=step_m, count=count)
            finally:
                self._live.undo()
        if proposal.x_m is None or proposal.y_m is None or proposal.action != "add" or not proposal.carriers:
            raise DataError(
                "No place to improve",
                [Complaint(proposal.where, "no new site with carriers, no new position", "Use 'add' or 'move'.")],
            )
        points = self._places(proposal.x_m, proposal.y_m, within_m, step_m)
        gains = self._gains(proposal, points).tolist()
        to_degrees = Transformer.from_crs(self.province.crs, "EPSG:4326", always_xy=True)
        lonlat = [to_degrees.transform(x, y) for x, y, _ in points]
        places = [Place(x, y, *at, moved, gain) for (x, y, moved), at, gain in zip(points, lonlat, gains, strict=True)]
        places.sort(key=lambda place: (-round(place.people_gained, 6), place.moved_m, place.x_m, place.y_m))
        here = next(place for place in places if place.moved_m == 0.0)
        return places[:count] if here in places[:count] else [*places[:count], here]

    @cached_property
    def _links(self) -> SiteLinks:
        return SiteLinks(self.province, self.scenario)

    def _sectors(self, proposals: Sequence[Proposal]) -> tuple[list[Sector], list[Sector]]:
        """Sectors to take off air and to put on."""
        on_air: dict[str, list[Sector]] = {}
        for sector in self._live.sectors:
            on_air.setdefault(sector.site_id, []).append(sector)
        removed: list[Sector] = []
        added: list[Sector] = []
        complaints: list[Complaint] = []
        for site_id in dict.fromkeys(one.site_id for one in proposals):
            rows = [one for one in proposals if one.site_id == site_id]
            present = on_air.get(site_id, [])
            if rows[0].action == "add":
                added += added_sectors(rows, self.scenario)
            elif not present:
                text = f"'{site_id}' transmits nothing the scenario knows"
                complaints.append(Complaint(rows[0].where, text, "Name a site with 4G or 5G on air."))
            elif idle := [row for row in rows if not addressed_sectors(row, present)]:
                on_it = ", ".join(sorted({sector.sector_id for sector in present}))
                text = f"'{site_id}' has no such sector or carrier on air"
                complaints += [Complaint(row.where, text, f"On air: {on_it}.") for row in idle]
            elif rows[0].action == "remove":
                removed += removed_sectors(rows, present)
            else:
                off, new = changed_sectors(rows, present, self.scenario)
                removed += off
                added += new
        if not complaints and not removed and not added:
            complaints.append(Complaint("proposal", "changes nothing", "Give a new value, or add or remove a site."))
        if complaints:
            raise DataError("The proposal cannot be applied; nothing was changed", complaints)
        return removed, added

    def _shares(self, removed: Sequence[Sector], added: Sequence[Sector]) -> dict[tuple[str, str], NDArray[np.float64]]:
        """Share of every area by technology and operator, for those that may change."""
        touched = [*removed, *added]
        technologies = [*sorted({sector.technology for sector in touched}), "any"]
        operators = ["any", *sorted({sector.operator for sector in touched})]
        return {
            (technology, operator): self._live.area_shares(technology, operator)
            for technology in technologies
            for operator in operators
        }

    def _facts(self, proposals: Sequence[Proposal], added: Sequence[Sector]) -> list[SiteFacts]:
        costs = proposal_costs(proposals, added, self.province, self.scenario)
        fields = exposures(self._live.sectors, self.province, self.scenario, self._live.propagation.patterns)
        facts = []
        for site_id, cost in costs.items():
            own = [sector for sector in added if sector.site_id == site_id]
            fresh = any(one.site_id == site_id and one.x_m is not None for one in proposals)
            fibre: FibreLink | None = None
            hops: tuple[MicrowavePath, ...] = ()
            if own and fresh:
                at = own[0].x_m, own[0].y_m
                fibre = self._links.fibre(*at)
                hops = tuple(self._links.microwave(*at, own[0].height_agl_m, site_id))
            exposure = next((field for field in fields if own and site_id in field.site_ids), None)
            facts.append(SiteFacts(site_id, cost, exposure, fibre, hops))
        return facts

    def _warnings(self, proposals: Sequence[Proposal]) -> list[str]:
        """Say which proposed sites stand outside every commune."""
        from shapely import points

        land = self.province.communes.geometry
        return [
            f"{one.site_id} stands outside every commune of the area."
            for one in proposals
            if one.x_m is not None and one.y_m is not None and not land.covers(points(one.x_m, one.y_m)).any()
        ]

    def _sharing_notes(self, sites: Sequence[SiteFacts]) -> list[str]:
        """Say which proposed sites share a mast where the scenario does not allow it."""
        if self.scenario.coverage.infrastructure_sharing:
            return []
        return [
            f"{site.site_id} stands on an existing mast, which coverage.infrastructure_sharing does not allow."
            for site in sites
            if site.cost.kind == "colocate"
        ]

    def _places(
        self, x_m: float, y_m: float, within_m: float, step_m: float | None
    ) -> list[tuple[float, float, float]]:
        """Positions on a lattice around a point that stand on dry ground, with their distance."""
        step = step_m or max(self.province.terrain.grid.cell_m, within_m * np.sqrt(np.pi / 400.0))
        reach = int(within_m // step)
        offsets = [(i * step, j * step) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)]
        grid, terrain = self.province.terrain.grid, self.province.terrain
        found = []
        for east, north in offsets:
            moved = float(np.hypot(east, north))
            row, col = grid.cells(np.array([x_m + east]), np.array([y_m + north]))
            if moved > within_m or not (0 <= row[0] < grid.rows and 0 <= col[0] < grid.cols):
                continue
            clutter = self.scenario.propagation.clutter.get(int(terrain.land_cover[row[0], col[0]]))
            dry = clutter is None or clutter.environment != "water"
            if moved == 0.0 or (dry and np.isfinite(terrain.elevation_asl_m[row[0], col[0]])):
                found.append((x_m + east, y_m + north, moved))
        return found

    def _gains(self, proposal: Proposal, points: Sequence[tuple[float, float, float]]) -> NDArray[np.float64]:
        """People newly served at each position, summed over the technologies of the proposal."""
        cells = self.province.area_cells
        owner = np.repeat(np.arange(len(self.province.areas)), np.diff(cells.indptr))
        people = self.province.areas["population"].to_numpy(dtype=np.float64)[owner] * cells.share
        gains = np.zeros(len(points))
        carriers = self.scenario.radio.carriers
        for technology in sorted({carriers[name].technology for name in proposal.carriers}):
            names = [name for name in proposal.carriers if carriers[name].technology == technology]
            white = ~self._live.service.served(technology=technology, operator=proposal.operator)
            sites = [
                replace(proposed_site(proposal, name, self.scenario), x_m=x, y_m=y, site_id=f"{number}")
                for number, (x, y, _) in enumerate(points)
                for name in names
            ]
            starts, entries = cells_served(self.province, self.scenario, sites, entries=np.flatnonzero(white))
            for number in range(len(points)):
                reached = np.unique(entries[starts[number * len(names)] : starts[(number + 1) * len(names)]])
                gains[number] += float(people[reached].sum())
        return gains
