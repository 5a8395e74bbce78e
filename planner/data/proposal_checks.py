"""What a proposal must not be: in the sea, off the terrain, absurdly high or strong, twice, or about nobody's site."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.config.schema import Scenario
from planner.config.words import did_you_mean
from planner.domain.proposal import Proposal
from planner.domain.province import Province
from planner.errors import Complaint

HEIGHTS_M = (3.0, 150.0)  # of antennas on poles and masts; Viet Nam's tallest telecom masts stay below
POWERS_DBM = (10.0, 60.0)
TILTS_DEG = (-10.0, 20.0)


class ProposalChecks:
    """Checks against a province and a scenario.

    Parameters
    ----------
    province : Province
        Sites and terrain.
    scenario : Scenario
        Operators, carriers, antennas.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self._province = province
        self._scenario = scenario
        sites = province.sites
        self._operator_of = dict(zip(sites["site_id"].astype(str), sites["operator"].astype(str), strict=True))

    def complaints(self, proposals: Sequence[Proposal]) -> list[Complaint]:
        """Everything wrong with a list of proposals.

        Parameters
        ----------
        proposals : sequence of Proposal
            Rows as read.

        Returns
        -------
        list of Complaint
            Empty when all is well.
        """
        found: list[Complaint] = []
        for proposal in proposals:
            found += self._identity(proposal)
            found += self._place(proposal)
            found += self._radio(proposal)
        return found + self._duplicates(proposals)

    def _identity(self, one: Proposal) -> list[Complaint]:
        known = one.site_id in self._operator_of
        if one.action == "add" and known:
            text = f"site '{one.site_id}' exists ({self._operator_of[one.site_id]})"
            return [Complaint(one.where, text, "Give a new id, or use action 'change' for the existing site.")]
        if one.action != "add" and not known:
            near = did_you_mean(one.site_id, list(self._operator_of))
            hint = f"Did you mean '{near}'?" if near else "Name a site of the inventory."
            return [Complaint(one.where, f"no site '{one.site_id}'", hint)]
        found = []
        if known and one.operator not in ("", self._operator_of[one.site_id]):
            text = f"site '{one.site_id}' is {self._operator_of[one.site_id]}'s, not {one.operator}'s"
            return [Complaint(one.where, text, "Leave the operator empty, or add a site of the other operator.")]
        operator = one.operator or self._operator_of.get(one.site_id, "")
        if operator not in self._scenario.radio.operators:
            names = ", ".join(self._scenario.radio.operators)
            text = f"operator '{operator}'" if operator else "no operator"
            found.append(Complaint(one.where, text, f"Give one of {names}."))
            return found
        held = self._scenario.radio.operators[operator].carriers
        found += [
            Complaint(one.where, f"{operator} holds no carrier '{name}'", f"It holds {', '.join(held)}.")
            for name in one.carriers
            if name not in held
        ]
        if one.action == "add" and not one.carriers:
            found.append(Complaint(one.where, "no carriers", "Say what the site transmits: carriers, bands or 4g, 5g."))
        return found

    def _place(self, one: Proposal) -> list[Complaint]:
        if one.x_m is None or one.y_m is None:
            return []
        grid, terrain = self._province.terrain.grid, self._province.terrain
        row, col = (int(value[0]) for value in grid.cells(np.array([one.x_m]), np.array([one.y_m])))
        if not (0 <= row < grid.rows and 0 <= col < grid.cols) or np.isnan(terrain.elevation_asl_m[row, col]):
            text = f"'{one.site_id}' stands where there is no terrain (x {one.x_m:.0f} m, y {one.y_m:.0f} m)"
            remedy = "Check the order of lon and lat and the reference system, or give terrain that reaches there."
            return [Complaint(one.where, text, remedy)]
        clutter = self._scenario.propagation.clutter.get(int(terrain.land_cover[row, col]))
        if clutter is not None and clutter.environment == "water":
            text = f"'{one.site_id}' stands in water ({clutter.name})"
            return [Complaint(one.where, text, "Move it ashore; water is what the land-cover layer says.")]
        return []

    def _radio(self, one: Proposal) -> list[Complaint]:
        found = []
        for name, value, limits, unit in (
            ("height", one.height_agl_m, HEIGHTS_M, "m above ground"),
            ("power", one.power_dbm, POWERS_DBM, "dBm"),
            ("electrical tilt", one.electrical_tilt_deg, TILTS_DEG, "degrees"),
            ("mechanical tilt", one.mechanical_tilt_deg, TILTS_DEG, "degrees"),
        ):
            if value is not None and not limits[0] <= value <= limits[1]:
                remedy = f"Give {limits[0]:g} to {limits[1]:g} {unit}."
                found.append(Complaint(one.where, f"{name} of {value:g} {unit}", remedy))
        found += [
            Complaint(one.where, f"azimuth of {azimuth:g}", "Give 0 to 360 degrees from north.")
            for azimuth in one.azimuths_deg
            if not 0.0 <= azimuth <= 360.0
        ]
        antennas = self._scenario.radio.antennas
        if one.antenna is not None and one.antenna not in antennas:
            near = did_you_mean(one.antenna, list(antennas))
            hint = f"Did you mean '{near}'? " if near else ""
            remedy = f"{hint}Known: {', '.join(antennas)}."
            found.append(Complaint(one.where, f"unknown antenna '{one.antenna}'", remedy))
        if one.sector is not None and one.sector < 1:
            found.append(Complaint(one.where, f"sector {one.sector}", "Sectors count from 1."))
        return found

    @staticmethod
    def _duplicates(proposals: Sequence[Proposal]) -> list[Complaint]:
        """Rows that say the same thing twice; rows of one new site with azimuths of their own are its sectors."""
        found: list[Complaint] = []
        first: dict[tuple[object, ...], Proposal] = {}
        place: dict[str, Proposal] = {}
        for one in proposals:
            key: tuple[object, ...] = (one.action, one.site_id, one.operator, one.sector)
            if one.action == "add":
                key = (*key, one.carriers, one.azimuths_deg)
            if key in first:
                text = f"'{one.site_id}' is given twice, first in {first[key].where}"
                found.append(Complaint(one.where, text, "Keep one row, or give each sector its azimuth."))
            first.setdefault(key, one)
            before = place.setdefault(one.site_id, one)
            if before.action != one.action or (one.action == "add" and (before.x_m, before.y_m) != (one.x_m, one.y_m)):
                text = f"'{one.site_id}' contradicts {before.where}"
                found.append(Complaint(one.where, text, "Give one action and one position per site."))
        return found
