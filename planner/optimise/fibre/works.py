"""From a chosen tree to works: routes, homes, commune terminals and microwave hops, with what each one serves."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np
from numpy.typing import NDArray
from shapely import Point

from planner.config.schema import Scenario
from planner.costs.catalogue import GROUNDS, Prices
from planner.costs.fibre import fibre_prices
from planner.costs.supports import SUPPORT_NAMES
from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.fibre.completion import Completion
from planner.optimise.fibre.demand import FibreBaseline
from planner.optimise.fibre.fibre_counts import FIBRES_PER_COMMUNE, FIBRES_PER_SITE
from planner.optimise.fibre.served import Served, route_reason
from planner.optimise.fibre.tree import LaidTree, cable_size, lead_operators
from planner.optimise.network.backhaul import SiteNeed
from planner.optimise.network.graph import EdgePrices
from planner.optimise.network.roads import LATERAL, RoadNetwork


class WorkWriter:
    """Writes the works of a fibre plan.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Prices, payers, splitter ratio.
    roads : RoadNetwork
        The network.
    prices : EdgePrices
        Cost of each edge.
    tree : LaidTree
        Chosen edges.
    """

    def __init__(
        self, province: Province, scenario: Scenario, roads: RoadNetwork, prices: EdgePrices, tree: LaidTree
    ) -> None:
        self._province = province
        self._scenario = scenario
        self._roads = roads
        self._prices = prices
        self._tree = tree
        self._names = {edge: self.route_name(edge) for edge in tree.edges}
        self._site_nodes: dict[str, int] = {}
        self._owners = lead_operators(province, roads)

    def routes(
        self,
        baseline: FibreBaseline,
        homes: Mapping[int, int],
        communes: Mapping[int, int],
        sites: Mapping[int, list[SiteNeed]],
    ) -> list[Work]:
        """Write a work per edge of the tree.

        Parameters
        ----------
        baseline : FibreBaseline
            Fibre as it is.
        homes : mapping of int to int
            Area row -> homes connected by the plan.
        communes : mapping of int to int
            Commune row -> year, for communes the plan connects.
        sites : mapping of int to list of SiteNeed
            Network node -> sites linked there.

        Returns
        -------
        list of Work
            Routes nearer to existing fibre first.
        """
        self._site_nodes = {need.site_id: node for node, needs in sites.items() for need in needs}
        served = self._served(baseline, homes, communes, sites)
        return [self._route(edge, served[edge]) for edge in self._tree.edges]

    def route_of(self, node: int) -> tuple[str, ...]:
        """Name the work that reaches a node.

        Parameters
        ----------
        node : int
            Network node; -1 is no node.

        Returns
        -------
        tuple of str
            Its id, or nothing where existing fibre is there.
        """
        edge = self._tree.reaches.get(node)
        return () if edge is None else (self._names[edge],)

    def distribution(
        self,
        baseline: FibreBaseline,
        homes: Mapping[int, int],
        due: Mapping[int, int],
        beside: Completion,
    ) -> list[Work]:
        """Write a work per area whose homes are connected.

        Parameters
        ----------
        baseline : FibreBaseline
            Fibre as it is.
        homes : mapping of int to int
            Area row -> homes to connect.
        due : mapping of int to int
            Area row -> year.
        beside : Completion
            Line terminals and further routes homes hang on.

        Returns
        -------
        list of Work
            In the order of the areas.
        """
        prices = fibre_prices(Prices(self._scenario.costs))
        planning, fibre = self._scenario.planning, self._scenario.costs.fibre
        areas = self._province.areas
        works = []
        for row in sorted(homes):
            count, name = homes[row], str(areas["area_id"].iat[row])
            left = int(baseline.homes_left[row])
            part = "all" if count == left else f"{count} of the {left}"
            splitters = ceil(count / planning.splitter_ratio)
            works.append(
                Work(
                    work_id=f"D:{name}", kind="distribution", sub_plan="fibre",
                    owner=self._owner_at(int(baseline.node[row])), payer=planning.fibre_payer,
                    cost_vnd=count * prices.home_vnd, opex_vnd_per_year=0, year=0, length_km=0.0,
                    area_ids=(name,), people=count,
                    reason=f"{part} homes without fibre in {areas['name'].iat[row]}",
                    geometry=areas.geometry.iat[row].representative_point(),
                    details={
                        "area_id": name, "commune_code": str(areas["commune_code"].iat[row]), "homes": count,
                        "distribution_km": count * fibre.distribution_m_per_home / 1e3, "splitters": splitters,
                        "pon_km": _finite(beside.away_km, int(baseline.node[row])),
                    },
                    requires=(*self.route_of(int(baseline.node[row])), *self._fed_by(int(baseline.node[row]), beside)),
                    due_year=due.get(row, 0),
                )
            )  # fmt: skip
        return works

    def line_terminals(
        self, baseline: FibreBaseline, homes: Mapping[int, int], due: Mapping[int, int], beside: Completion
    ) -> list[Work]:
        """Write a work per line terminal for homes beyond the reach of the trunk's.

        Parameters
        ----------
        baseline : FibreBaseline
            Fibre as it is.
        homes : mapping of int to int
            Area row -> homes to connect.
        due : mapping of int to int
            Area row -> year.
        beside : Completion
            Line terminals and the nodes that hang on them.

        Returns
        -------
        list of Work
            By node; homes that hang on a terminal require it.
        """
        price = fibre_prices(Prices(self._scenario.costs)).line_terminal_vnd
        roads, reach_km = self._roads, self._scenario.planning.pon_reach_km
        works = []
        for node in beside.terminals.tolist():
            rows = [row for row in homes if beside.terminal_of.get(int(baseline.node[row])) == node]
            count = sum(homes[row] for row in rows)
            works.append(
                Work(
                    work_id=f"L:{roads.node_id[node]}", kind="line_terminal", sub_plan="fibre",
                    owner=self._owner_at(node), payer=self._scenario.planning.fibre_payer, cost_vnd=price,
                    opex_vnd_per_year=0, year=0, length_km=0.0,
                    area_ids=tuple(sorted(str(self._province.areas["area_id"].iat[row]) for row in rows)), people=0,
                    reason=f"{count} homes are farther than {reach_km:g} km of fibre from the trunk",
                    geometry=Point(float(roads.x_m[node]), float(roads.y_m[node])),
                    details={"node": str(roads.node_id[node]), "homes": count, "areas": len(rows)},
                    requires=self.route_of(node), due_year=min((due[row] for row in rows if due.get(row)), default=0),
                )
            )  # fmt: skip
        return works

    def _fed_by(self, node: int, beside: Completion) -> tuple[str, ...]:
        """Ids of the line terminal and of the further routes that homes at a node hang on."""
        place = beside.terminal_of.get(node, -1)
        terminal = () if place < 0 else (f"L:{self._roads.node_id[place]}",)
        return (*terminal, *(self.route_name(edge) for edge in beside.over.get(node, ())))

    def terminals(self, baseline: FibreBaseline, communes: Mapping[int, int]) -> list[Work]:
        """Write a work per commune that gets its terminal.

        Parameters
        ----------
        baseline : FibreBaseline
            Fibre as it is.
        communes : mapping of int to int
            Commune row -> year it is due.

        Returns
        -------
        list of Work
            In the order of the communes.
        """
        price = fibre_prices(Prices(self._scenario.costs)).commune_terminal_vnd
        table, areas = self._province.communes, self._province.areas
        works = []
        for row in sorted(communes):
            office = int(baseline.office[row])
            code = str(table["commune_code"].iat[row])
            node = int(baseline.node[office])
            works.append(
                Work(
                    work_id=f"T:{code}", kind="commune_terminal", sub_plan="fibre", owner=self._owner_at(node),
                    payer=self._scenario.planning.fibre_payer, cost_vnd=price, opex_vnd_per_year=0, year=0,
                    length_km=0.0, area_ids=(str(areas["area_id"].iat[office]),),
                    people=int(table["population"].iat[row]),
                    reason=f"{table['name'].iat[row]} is not on fibre",
                    geometry=areas.geometry.iat[office].representative_point(),
                    details={"commune_code": code, "office_area_id": str(areas["area_id"].iat[office])},
                    requires=self.route_of(node), due_year=communes[row],
                )
            )  # fmt: skip
        return works

    def beside(self, edge: int, name: str, reason: str, details: Mapping[str, object]) -> Work:
        """Write the work of an edge beside the tree.

        Parameters
        ----------
        edge : int
            Road edge.
        name : str
            Id of the work.
        reason : str
            Why it is in the plan.
        details : mapping of str to object
            Columns beside those of every route.

        Returns
        -------
        Work
            A fibre route that nothing requires yet.
        """
        roads, prices = self._roads, self._prices
        ends = (int(roads.u[edge]), int(roads.v[edge]))
        return Work(
            work_id=name, kind="fibre_route", sub_plan="fibre",
            owner=self._owners.get(ends[0], self._owners.get(ends[1], "any")),
            payer=self._scenario.planning.fibre_payer, cost_vnd=int(prices.vnd[edge]),
            opex_vnd_per_year=int(prices.rent_vnd[edge]), year=0, length_km=float(roads.length_m[edge]) / 1e3,
            area_ids=(), people=0, reason=reason, geometry=roads.line[edge],
            details={
                **self._laid(edge), **details,
                "node_a": str(roads.node_id[ends[0]]), "node_b": str(roads.node_id[ends[1]]),
            },
        )  # fmt: skip

    def _laid(self, edge: int) -> dict[str, object]:
        """How an edge is laid, as plain columns."""
        prices = self._prices
        buried_m, aerial_m = float(prices.buried_m[edge]), float(prices.aerial_m[edge])
        return {
            "road_id": self._road_id(edge),
            "placement": _placement(buried_m, aerial_m),
            "buried_km": buried_m / 1e3,
            "aerial_km": aerial_m / 1e3,
            "ground": GROUNDS[int(prices.ground[edge])],
            "slope_deg": float(np.nan_to_num(prices.slope_deg[edge])),
            "alone_vnd": int(prices.alone_vnd[edge]),
            "support": SUPPORT_NAMES[int(prices.support[edge])],
            "crossing_vnd": int(prices.crossing_vnd[edge]),
            "rent_present_vnd": int(prices.rent_present_vnd[edge]),
        }

    def route_name(self, edge: int) -> str:
        """Id of an edge's work: its road with the part where the road was cut, or its site.

        Parameters
        ----------
        edge : int
            Road edge.

        Returns
        -------
        str
            Beginning with 'F:'.
        """
        roads = self._roads
        if roads.road[edge] == LATERAL:
            return f"F:{roads.node_id[roads.u[edge]]}"
        name = str(self._province.roads["road_id"].iat[int(roads.road[edge])])
        whole = int((roads.road == roads.road[edge]).sum()) == 1
        return f"F:{name}" if whole else f"F:{name}:{edge}"

    def _owner_at(self, node: int) -> str:
        """Operator whose cable leads to a node."""
        if node < 0:
            return "any"
        edge = self._tree.reaches.get(node)
        start = node if edge is None else self._tree.start[edge]
        return self._owners.get(start, "any")

    def _served(
        self,
        baseline: FibreBaseline,
        homes: Mapping[int, int],
        communes: Mapping[int, int],
        sites: Mapping[int, list[SiteNeed]],
    ) -> dict[int, Served]:
        """What hangs on every edge, collected from the leaves."""
        tree = self._tree
        own: dict[int, Served] = {edge: Served([], 0, 0, []) for edge in tree.edges}
        for row in range(len(self._province.areas)):
            edge = tree.reaches.get(int(baseline.node[row]))
            if edge is not None:
                own[edge].areas.append(row)
                own[edge].homes += homes.get(row, 0)
        for row in communes:
            edge = tree.reaches.get(int(baseline.node[int(baseline.office[row])]))
            if edge is not None:
                own[edge].communes += 1
        for node, needs in sites.items():
            edge = tree.reaches.get(node)
            if edge is not None:
                own[edge].sites += needs
        for edge in reversed(tree.edges):
            up = tree.before.get(edge)
            if up is not None:
                own[up].areas += own[edge].areas
                own[up].homes += own[edge].homes
                own[up].communes += own[edge].communes
                own[up].sites += own[edge].sites
        return own

    def _route(self, edge: int, served: Served) -> Work:
        """Work of one edge."""
        roads, prices, tree = self._roads, self._prices, self._tree
        areas, planning = self._province.areas, self._scenario.planning
        rows = sorted(set(served.areas))
        only_sites = not rows and not served.communes
        builders = [need.operator for need in served.sites if only_sites and need.what == "radio site"]
        owner = builders[0] if builders else self._owner_at(tree.below[edge])
        fibres = (
            ceil(served.homes / planning.splitter_ratio)
            + FIBRES_PER_SITE * len(served.sites)
            + FIBRES_PER_COMMUNE * served.communes
        )
        up = tree.before.get(edge)
        here = [need for need in served.sites if tree.reaches.get(self._site_nodes[need.site_id]) == edge]
        return Work(
            work_id=self._names[edge], kind="fibre_route", sub_plan="fibre", owner=owner,
            payer=planning.fibre_payer, cost_vnd=int(prices.vnd[edge]),
            opex_vnd_per_year=int(prices.rent_vnd[edge]), year=0,
            length_km=float(roads.length_m[edge]) / 1e3,
            area_ids=tuple(str(areas["area_id"].iat[row]) for row in rows),
            people=int(areas["population"].to_numpy()[rows].sum()),
            reason=route_reason(len(rows), served.communes, served.sites),
            geometry=roads.line[edge],
            details={
                **self._laid(edge),
                "fibres_needed": fibres, "cable_fibres": cable_size(fibres), "homes": served.homes,
                "communes": served.communes, "sites": len(served.sites),
                "node_a": str(roads.node_id[roads.u[edge]]), "node_b": str(roads.node_id[roads.v[edge]]),
                "starts_at": str(roads.node_id[tree.start[edge]]),
                "for_works": ",".join(name for need in here for name in need.work_ids),
            },
            requires=() if up is None else (self._names[up],),
            due_year=min((need.due_year for need in here if need.due_year), default=0),
        )  # fmt: skip

    def _road_id(self, edge: int) -> str:
        """Road an edge follows; empty for a lateral."""
        row = int(self._roads.road[edge])
        return "" if row == LATERAL else str(self._province.roads["road_id"].iat[row])


def _finite(km: NDArray[np.float64], node: int) -> float | None:
    """Distance at a node; None where there is none."""
    return float(km[node]) if node >= 0 and np.isfinite(km[node]) else None


def _placement(buried_m: float, aerial_m: float) -> str:
    """'buried', 'aerial' or 'mixed'."""
    if buried_m > 0.0 and aerial_m > 0.0:
        return "mixed"
    return "buried" if buried_m > 0.0 else "aerial"
