"""Networks as arrays, the results of the Steiner solvers, and the way from and to networkx."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from planner.errors import Complaint, DataError

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MOST_COMPLAINTS = 20


@dataclass(frozen=True)
class Network:
    """Undirected network as arrays.

    Self-loops, parallel edges and edges of no cost are allowed; negative or undefined costs are not.

    Attributes
    ----------
    n_nodes : int
        Number of nodes.
    u, v : int32 arrays (m,)
        Ends of the edges, 0-based.
    cost : float64 array (m,)
        Cost of the edges, not negative, any unit.

    Raises
    ------
    DataError
        Where arrays do not fit together, an end is no node, or a cost is negative, NaN or infinite.
    """

    n_nodes: int
    u: npt.NDArray[np.int32]
    v: npt.NDArray[np.int32]
    cost: FloatArray

    def __post_init__(self) -> None:
        if not len(self.u) == len(self.v) == len(self.cost):
            raise DataError(
                f"network: {len(self.u)}, {len(self.v)} and {len(self.cost)} entries in u, v and cost; need as many"
            )
        object.__setattr__(self, "cost", np.ascontiguousarray(self.cost, dtype=np.float64))
        ends_fit = [(a >= 0) & (a < self.n_nodes) for a in (np.asarray(self.u), np.asarray(self.v))]
        complaints = [
            Complaint(f"edge {e}", f"ends {self.u[e]} and {self.v[e]} of {self.n_nodes} nodes", "Ends are 0 to n-1.")
            for e in np.flatnonzero(~(ends_fit[0] & ends_fit[1]))[:MOST_COMPLAINTS]
        ]
        bad = ~(np.isfinite(self.cost) & (self.cost >= 0.0))
        complaints += [
            Complaint(f"edge {e}", f"cost {self.cost[e]}", "Costs are finite and not negative.")
            for e in np.flatnonzero(bad)[:MOST_COMPLAINTS]
        ]
        if complaints:
            raise DataError(f"network of {self.n_nodes} nodes and {len(self.u)} edges", complaints)
        object.__setattr__(self, "u", np.ascontiguousarray(self.u, dtype=np.int32))
        object.__setattr__(self, "v", np.ascontiguousarray(self.v, dtype=np.int32))

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.cost)


@dataclass(frozen=True)
class TreeResult:
    """A tree with the proof of how good it is.

    Attributes
    ----------
    edges : int64 array
        Edges of the tree, indices into the network's edges, ascending.
    value : float
        Objective: cost of the edges, plus missed prizes where prizes are collected.
    bound : float
        No tree has a smaller objective.
    gap_share : float
        (value - bound) / value, 0 where both are 0.
    seconds : float
        Wall time of the solve, s.
    stopped_by : str
        "proved", "work", "clock" or "user".
    nodes : int64 array
        Nodes of the tree, ascending.
    """

    edges: IntArray
    value: float
    bound: float
    gap_share: float
    seconds: float
    stopped_by: str
    nodes: IntArray


def share_between(value: float, bound: float) -> float:
    """Gap of a value to its lower bound as a share of the value.

    Parameters
    ----------
    value, bound : float
        Objective and lower bound.

    Returns
    -------
    float
        0 where both are equal, never negative.
    """
    if value <= bound:
        return 0.0
    return (value - bound) / abs(value)


def tree_nodes(network: Network, edges: IntArray, always: Iterable[int]) -> IntArray:
    """Nodes of a tree given by its edges.

    Parameters
    ----------
    network : Network
        The network.
    edges : int64 array
        The edges.
    always : iterable of int
        Nodes that belong to the tree even without edges.

    Returns
    -------
    int64 array
        The nodes, ascending.
    """
    held = np.zeros(network.n_nodes, np.bool_)
    for ends in (network.u[edges], network.v[edges], np.fromiter(always, dtype=np.int64)):
        held[ends] = True
    return np.flatnonzero(held)


def from_networkx(graph: Any, weight: str = "cost") -> tuple[Network, list[Hashable], list[tuple[Any, ...]]]:
    """Arrays of a networkx graph.

    Parameters
    ----------
    graph : networkx.Graph or networkx.MultiGraph
        Undirected graph whose edges carry the attribute `weight`.
    weight : str
        Name of the cost attribute.

    Returns
    -------
    network : Network
        The arrays.
    nodes : list
        Name of each node number.
    edges : list of tuple
        (u, v), or (u, v, key) in a multigraph, of each edge number.

    Raises
    ------
    DataError
        Where the graph is directed, or an edge has no number as cost.
    """
    if graph.is_directed():
        raise DataError("network: a directed graph; trees are laid in undirected ones (use to_undirected)")
    nodes = list(graph.nodes)
    number = {name: i for i, name in enumerate(nodes)}
    edges = list(graph.edges(keys=True)) if graph.is_multigraph() else list(graph.edges)
    costs: list[float] = []
    complaints: list[Complaint] = []
    for edge in edges:
        cost = graph.edges[edge].get(weight)
        try:
            costs.append(float(cost))
        except (TypeError, ValueError):
            costs.append(0.0)
            complaints.append(Complaint(f"edge {edge}", f"{weight} is {cost!r}", "Give it a number."))
    if complaints:
        raise DataError(f"networkx graph: {len(complaints)} edges without a cost", complaints[:MOST_COMPLAINTS])
    u = np.fromiter((number[edge[0]] for edge in edges), np.int32, len(edges))
    v = np.fromiter((number[edge[1]] for edge in edges), np.int32, len(edges))
    return Network(len(nodes), u, v, np.asarray(costs, dtype=np.float64)), nodes, edges


def to_networkx(
    network: Network,
    edges: IntArray | None = None,
    nodes: Sequence[Hashable] | None = None,
    weight: str = "cost",
) -> nx.MultiGraph[Any]:
    """Build a networkx multigraph of a network, or of some of its edges; edge keys are the edge numbers.

    Parameters
    ----------
    network : Network
        The network.
    edges : int64 array, optional
        Edges to take (a tree), all by default.
    nodes : sequence, optional
        Name of each node number, the numbers themselves by default.
    weight : str
        Name of the cost attribute.

    Returns
    -------
    networkx.MultiGraph
        With all nodes where `edges` is None, else with the ends of the edges.
    """
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    name: Sequence[Hashable] = range(network.n_nodes) if nodes is None else nodes
    if edges is None:
        graph.add_nodes_from(name)
        edges = np.arange(network.n_edges)
    for e in edges:
        a, b = name[network.u[e]], name[network.v[e]]
        graph.add_edge(a, b, key=int(e), **{weight: float(network.cost[e])})
    return graph
