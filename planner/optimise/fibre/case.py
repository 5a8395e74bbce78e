"""What is known before a fibre tree is chosen: network, prices, demands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.optimise.fibre.demand import FibreAsks, FibreBaseline
from planner.optimise.fibre.span_load import Spans
from planner.optimise.network.backhaul import MicrowaveLink, SiteNeed
from planner.optimise.network.graph import EdgePrices, RootedNetwork
from planner.optimise.network.roads import RoadNetwork


@dataclass(frozen=True)
class FibreCase:
    """Everything known before the tree is chosen.

    Attributes
    ----------
    roads : RoadNetwork
        The network with the sites on it.
    prices : EdgePrices
        Cost of each edge.
    rooted : RootedNetwork
        The solver's network.
    baseline : FibreBaseline
        Fibre as it is.
    asks : FibreAsks
        What targets and commitments ask.
    needs : tuple of SiteNeed
        Sites and places that need a link.
    site_node : ndarray of int64, shape (n_needs,)
        Node of each; -1 where no road is near enough, or microwave is fixed.
    fixed : ndarray of bool, shape (m,)
        Edges that are built in any case.
    links : tuple of MicrowaveLink or None
        Microwave link each may have.
    sources, core : ndarray of bool, shape (n,)
        Nodes where new fibre may begin, and nodes of the trunk.
    spans : Spans
        What existing cable holds.
    notes : list of str
        What a reader must know.
    """

    roads: RoadNetwork
    prices: EdgePrices
    rooted: RootedNetwork
    baseline: FibreBaseline
    asks: FibreAsks
    needs: tuple[SiteNeed, ...]
    site_node: NDArray[np.int64]
    fixed: NDArray[np.bool_]
    links: tuple[MicrowaveLink | None, ...]
    sources: NDArray[np.bool_]
    core: NDArray[np.bool_]
    spans: Spans
    notes: list[str]

    def solver_node(self, area: int) -> int:
        """Solver node of an area.

        Parameters
        ----------
        area : int
            Row of the areas table.

        Returns
        -------
        int
            -1 where none is reachable.
        """
        node = int(self.baseline.node[area])
        return int(self.rooted.node_of[node]) if node >= 0 else -1

    def offices(self) -> NDArray[np.int64]:
        """Solver node of every commune's office.

        Returns
        -------
        ndarray of int64, shape (n_communes,)
            -1 where none is reachable.
        """
        rows = self.baseline.office.tolist()
        return np.array([self.solver_node(row) if row >= 0 else -1 for row in rows], dtype=np.int64)
