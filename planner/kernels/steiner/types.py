"""The arrays the Steiner kernels share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Graph(NamedTuple):
    """Undirected graph, every edge once in the row of each of its ends.

    Attributes
    ----------
    first : int32 array (n + 1,)
        Where the row of each node starts.
    head : int32 array (2 m,)
        Node at the other end.
    edge : int32 array (2 m,)
        Number of the edge.
    back : int32 array (2 m,)
        Slot of the same edge in the row of the other end.
    """

    first: Ints
    head: Ints
    edge: Ints
    back: Ints


class Tree(NamedTuple):
    """Rooted tree in preorder: a subtree is the range from its top to `last`.

    Attributes
    ----------
    node : int32 array (k,)
        Node at each preorder number.
    parent : int32 array (k,)
        Preorder number of the parent, -1 at the root.
    up_slot : int32 array (k,)
        Slot, in the node's own row, of the edge to its parent; -1 at the root.
    last : int32 array (k,)
        Greatest preorder number in the subtree.
    order : int32 array (n,)
        Preorder number of each node of the graph, -1 outside the tree.
    """

    node: Ints
    parent: Ints
    up_slot: Ints
    last: Ints
    order: Ints


class Labels(NamedTuple):
    """Nearest node of a tree, for every node within some distance of it.

    Attributes
    ----------
    distance : float64 array (n,)
        Cost of the path to the nearest tree node, inf where none is in reach.
    towards : int32 array (n,)
        Slot, in the node's own row, of the first edge of the path; -1 at tree nodes and where none is in reach.
    base : int32 array (n,)
        That tree node, -1 where none is in reach.
    reach : float64 array (1,)
        Cost up to which paths are labelled.
    """

    distance: Floats
    towards: Ints
    base: Ints
    reach: Floats
