"""Steiner instances: PACE `.gr` and SteinLib `.stp`, plain or compressed, with prizes where they have them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.instances.files import read_lines
from planner.errors import DataError
from planner.optimise.steiner import Network


@dataclass(frozen=True)
class SteinerInstance:
    """A network with terminals or prizes; `root` is None where any tree will do."""

    network: Network
    terminals: list[int]
    prizes: np.ndarray
    root: int | None


@dataclass
class _Draft:
    """What has been read so far."""

    path: Path
    n_nodes: int = -1
    promised: dict[str, int] = field(default_factory=dict)
    u: list[int] = field(default_factory=list)
    v: list[int] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    terminals: list[int] = field(default_factory=list)
    prize: dict[int, float] = field(default_factory=dict)
    root: int | None = None
    early: list[tuple[int, int]] = field(default_factory=list)


def read_instance(path: Path) -> SteinerInstance:
    """Read an instance; a DataError names file and line of what is wrong."""
    draft = _Draft(path)
    section = ""
    for number, line in enumerate(read_lines(path), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        key = words[0].lower()
        if key == "section":
            section = " ".join(words[1:]).lower()
        elif key == "end":
            section = ""
        elif key == "eof":
            break
        elif section in {"graph", "terminals"}:
            _take(draft, key, words, number)
    return _checked(draft)


def _take(draft: _Draft, key: str, words: list[str], number: int) -> None:
    """Take one line of the sections that matter."""
    if key == "nodes":
        draft.n_nodes = _whole(draft, words, 1, number)
    elif key in {"edges", "terminals"}:
        draft.promised[key] = _whole(draft, words, 1, number)
    elif key == "e":
        draft.u.append(_node(draft, words, 1, number))
        draft.v.append(_node(draft, words, 2, number))
        draft.cost.append(_amount(draft, words, 3, number))
    elif key == "t":
        draft.terminals.append(_node(draft, words, 1, number))
    elif key == "tp":
        draft.prize[_node(draft, words, 1, number)] = _amount(draft, words, 2, number)
    elif key in {"root", "rootp"}:
        draft.root = _node(draft, words, 1, number)
    elif key in {"a", "arcs"}:
        raise DataError(f"{draft.path}, line {number}: arcs; only undirected instances (E lines) are read")
    else:
        raise DataError(f"{draft.path}, line {number}: {' '.join(words)[:60]!r} is no line of a graph or terminals")


def _whole(draft: _Draft, words: list[str], at: int, number: int) -> int:
    try:
        return int(words[at])
    except (IndexError, ValueError) as fault:
        raise DataError(
            f"{draft.path}, line {number}: {' '.join(words)!r}: word {at + 1} must be a whole number"
        ) from fault


def _node(draft: _Draft, words: list[str], at: int, number: int) -> int:
    """A node, 0-based; checked later where it stands before the number of nodes."""
    node = _whole(draft, words, at, number)
    if draft.n_nodes < 0:
        draft.early.append((node, number))
    else:
        _check_node(draft, node, number)
    return node - 1


def _check_node(draft: _Draft, node: int, number: int) -> None:
    if not 1 <= node <= draft.n_nodes:
        raise DataError(f"{draft.path}, line {number}: node {node}; nodes are 1 to {draft.n_nodes}")


def _amount(draft: _Draft, words: list[str], at: int, number: int) -> float:
    """A cost or prize."""
    try:
        value = float(words[at])
    except (IndexError, ValueError) as fault:
        raise DataError(f"{draft.path}, line {number}: {' '.join(words)!r}: word {at + 1} must be a number") from fault
    if not math.isfinite(value) or value < 0.0:
        raise DataError(f"{draft.path}, line {number}: {value}; costs and prizes are finite and not negative")
    return value


def _checked(draft: _Draft) -> SteinerInstance:
    """The instance, if the file held as much as it promised."""
    if draft.n_nodes < 0:
        raise DataError(f"{draft.path}: no graph section with a Nodes line; PACE .gr or SteinLib .stp is needed")
    for node, number in draft.early:
        _check_node(draft, node, number)
    found = {"edges": len(draft.cost), "terminals": len(draft.terminals) + len(draft.prize) + (draft.root is not None)}
    for key, promised in draft.promised.items():
        if found[key] < promised:
            raise DataError(f"{draft.path}: {promised} {key} are announced, {found[key]} found; the file is truncated")
    prizes = np.zeros(draft.n_nodes)
    for node, prize in draft.prize.items():
        prizes[node] = prize
    network = Network(
        draft.n_nodes, np.asarray(draft.u, np.int32), np.asarray(draft.v, np.int32), np.asarray(draft.cost, float)
    )
    return SteinerInstance(network, draft.terminals, prizes, draft.root)
