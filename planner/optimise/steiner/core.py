"""The reduced problem a solver works on, and the way back to the edges of the network it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.kernels.steiner.paths import build_graph
from planner.kernels.steiner.shrink import cheapest_parallel, join_by, join_chains, strip_leaves
from planner.kernels.steiner.types import Graph
from planner.optimise.steiner.network import BoolArray, FloatArray, IntArray, Network

Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Core:
    """Reduced Steiner problem whose every edge stands for edges of the original network.

    Attributes
    ----------
    n_nodes : int
        Number of nodes.
    u, v : int32 arrays (m,)
        Ends.
    cost : float64 array (m,)
        Costs.
    is_terminal : bool array (n,)
        Terminals.
    first, piece : int32 arrays
        Original edges of each edge, in rows.
    settled : int64 array
        Original edges that some best tree has for certain (or that cost nothing).
    offset : float
        Their cost.
    node_of : int32 array
        Node of the core that each original node became, -1 where it was taken away.
    """

    n_nodes: int
    u: Int32Array
    v: Int32Array
    cost: FloatArray
    is_terminal: BoolArray
    first: Int32Array
    piece: Int32Array
    settled: IntArray
    offset: float
    node_of: Int32Array

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.cost)

    @property
    def terminals(self) -> Int32Array:
        """Terminals, ascending."""
        return np.flatnonzero(self.is_terminal).astype(np.int32)

    def graph(self) -> Graph:
        """Rows of the core, for the kernels.

        Returns
        -------
        Graph
            Undirected graph of `n_nodes` nodes; its edges keep their numbers.
        """
        return build_graph(self.n_nodes, self.u, self.v)

    def original_edges(self, edges: npt.NDArray[np.integer]) -> IntArray:
        """Original edges of some edges of the core, the settled ones included.

        Parameters
        ----------
        edges : int array
            Edges of the core.

        Returns
        -------
        int64 array
            Edges of the network the core came from.
        """
        return np.concatenate([self.settled, gather_rows(self.first, self.piece, edges)])


def gather_rows(first: Int32Array, item: Int32Array, rows: npt.NDArray[np.integer]) -> IntArray:
    """Concatenate some rows of a table in rows.

    Parameters
    ----------
    first, item : int32 arrays
        The table: row i is item[first[i]:first[i + 1]].
    rows : int array
        Rows to take.

    Returns
    -------
    int64 array
        Their items in order.
    """
    size = first[rows + 1] - first[rows]
    shift = np.repeat(first[rows] - np.cumsum(size) + size, size)
    return item[shift + np.arange(len(shift))].astype(np.int64)


def whole_core(network: Network, is_terminal: BoolArray) -> Core:
    """Core that is the network itself, free edges contracted.

    Parameters
    ----------
    network : Network
        The network.
    is_terminal : bool array (n,)
        Terminals.

    Returns
    -------
    Core
        Without edges of no cost.
    """
    m = network.n_edges
    core = Core(
        network.n_nodes,
        network.u,
        network.v,
        network.cost,
        is_terminal,
        np.arange(m + 1, dtype=np.int32),
        np.arange(m, dtype=np.int32),
        np.empty(0, np.int64),
        0.0,
        np.arange(network.n_nodes, dtype=np.int32),
    )
    free = network.cost == 0.0
    return contract(core, free) if free.any() else core


def contract(core: Core, chosen: BoolArray) -> Core:
    """Join the ends of the chosen edges and settle those that form their forest.

    Parameters
    ----------
    core : Core
        The problem.
    chosen : bool array (m,)
        Edges to contract.

    Returns
    -------
    Core
        Its nodes renumbered, self-loops gone.
    """
    label, used = join_by(core.n_nodes, core.u, core.v, chosen)
    is_terminal = np.zeros(int(label.max(initial=-1)) + 1, np.bool_)
    is_terminal[label[core.is_terminal]] = True
    u, v = label[core.u], label[core.v]
    settled = core.original_edges(np.flatnonzero(used))
    joined = replace(
        core,
        n_nodes=len(is_terminal),
        u=u,
        v=v,
        is_terminal=is_terminal,
        settled=settled,
        offset=core.offset + float(core.cost[used].sum()),
        node_of=np.where(core.node_of >= 0, label[core.node_of], -1).astype(np.int32),
    )
    return keep_edges(joined, (u != v) & ~chosen)


def keep_edges(core: Core, keep: BoolArray) -> Core:
    """Drop edges, keeping all nodes.

    Parameters
    ----------
    core : Core
        The problem.
    keep : bool array (m,)
        Edges that stay.

    Returns
    -------
    Core
        With fewer edges.
    """
    if keep.all():
        return core
    rows = np.flatnonzero(keep)
    first = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(core.first[rows + 1] - core.first[rows], out=first[1:])
    return replace(
        core,
        u=core.u[rows],
        v=core.v[rows],
        cost=core.cost[rows],
        first=first,
        piece=gather_rows(core.first, core.piece, rows).astype(np.int32),
    )


def without_parallels(core: Core) -> Core:
    """Drop self-loops and all but the cheapest of parallel edges.

    Parameters
    ----------
    core : Core
        The problem.

    Returns
    -------
    Core
        A simple graph.
    """
    return keep_edges(core, cheapest_parallel(core.graph(), core.cost, core.n_edges))


def only_nodes(core: Core, keep: BoolArray) -> Core:
    """Drop nodes that no edge needs any more and number the others anew.

    Parameters
    ----------
    core : Core
        The problem; no edge ends at a node to be dropped.
    keep : bool array (n,)
        Nodes that stay.

    Returns
    -------
    Core
        With fewer nodes.
    """
    number = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    return replace(
        core,
        n_nodes=int(keep.sum()),
        u=number[core.u],
        v=number[core.v],
        is_terminal=core.is_terminal[keep],
        node_of=np.where(core.node_of >= 0, number[core.node_of], -1).astype(np.int32),
    )


def simplify(core: Core, all_terminals: bool = True) -> Core:
    """Strip leaves, join chains and drop parallel edges until little changes.

    Parameters
    ----------
    core : Core
        The problem.
    all_terminals : bool
        Whether every terminal has to be connected; else terminals stay as they are.

    Returns
    -------
    Core
        With the same best value; without edges once a single terminal is left.
    """
    core = without_parallels(core)
    while True:
        before = core.n_edges
        core = _strip(core, all_terminals)
        core = without_parallels(_join(core))
        if core.n_edges >= 0.98 * before:
            return core


def _strip(core: Core, all_terminals: bool) -> Core:
    """Take leaves away; edges every tree needs are settled."""
    is_terminal = core.is_terminal.copy()
    fate = strip_leaves(core.n_nodes, core.u, core.v, is_terminal, all_terminals)
    if is_terminal.sum() <= 1:
        fate[fate == 0] = -1
    needed = fate == 1
    core = keep_edges(replace(core, is_terminal=is_terminal), fate >= 0) if (fate < 0).any() else core
    needed = needed[fate >= 0]
    return contract(replace(core, is_terminal=core.is_terminal | is_terminal), needed) if needed.any() else core


def _join(core: Core) -> Core:
    """Make every chain through non-terminals of degree 2 one edge and drop nodes without edges."""
    degree = np.bincount(core.u, minlength=core.n_nodes) + np.bincount(core.v, minlength=core.n_nodes)
    keep = core.is_terminal | (degree > 2)
    if not keep.all():
        graph = core.graph()
        u, v, cost, first, piece = join_chains(graph, core.cost[graph.edge], keep)
        rows = np.zeros(len(first), np.int32)
        size = np.add.reduceat(core.first[piece + 1] - core.first[piece], first[:-1]) if len(piece) else rows[1:]
        np.cumsum(size, out=rows[1:])
        pieces = gather_rows(core.first, core.piece, piece).astype(np.int32)
        core = replace(core, u=u, v=v, cost=cost, first=rows, piece=pieces)
    return only_nodes(core, keep)
