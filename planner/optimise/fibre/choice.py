"""Which nodes to reach and by which edges: required ones, optional ones at a price, and quotas of homes.

Minimise the cost of a tree from the root plus the penalty of every optional node it leaves out, such that it holds
every required node and, for every quota g, homes worth at least need_g. Relaxing the quotas with multipliers mu_g >= 0
gives a prize-collecting tree with prizes penalty_v + sum_g mu_g homes_gv, whose proven bound plus
sum_g mu_g (need_g - total_g) bounds every choice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.optimise.fibre.node_choice import NodeChoice, NodeQuota, extend, farthest_needed, trim
from planner.optimise.network.graph import ROOT
from planner.optimise.steiner.network import TreeResult
from planner.optimise.steiner.prize import solve_prize_collecting
from planner.optimise.steiner.tree import solve_steiner
from planner.optimise.stopping import PROVED, WORK_DONE, Stop

HALVING_ROUNDS = 12
CLIMBING_ROUNDS = 24
IDLE_ROUNDS = 3
QUICK_PART = 10  # rounds of the multiplier search take this part of the work allowed
SMALLEST_GAP_SHARE = 1e-4
PATH_SLACK = 1e-9  # paths are sums of floats


@dataclass(frozen=True)
class NodeAnswer:
    """The tree chosen.

    Attributes
    ----------
    edges : ndarray of int64
        Its edges, rising.
    value, bound : float
        Cost with penalties, and proven least, VND.
    stopped_by : str
        'proved', 'work', 'clock' or 'user'.
    """

    edges: NDArray[np.int64]
    value: float
    bound: float
    stopped_by: str


def choose_nodes(choice: NodeChoice, stop: Stop, rng: np.random.Generator) -> NodeAnswer:
    """Choose the tree.

    Parameters
    ----------
    choice : NodeChoice
        What must, may and should be reached.
    stop : Stop
        Limits of every single tree solve.
    rng : Generator
        Source of random draws.

    Returns
    -------
    NodeAnswer
        The best tree found and a bound no tree can beat.
    """
    quotas = tuple(quota for quota in choice.quotas if quota.need > 0)
    optional = choice.penalty > 0.0
    if not quotas and not optional.any():
        return _answer(solve_steiner(choice.network, [ROOT, *choice.required.tolist()], stop, rng))
    if not quotas:
        result = _collect(choice, choice.penalty, stop, rng)
        edges = _polish(choice, result.edges, (), stop, rng)
        return _closed(choice, edges, result.bound, result.stopped_by)
    return _with_quotas(choice, quotas, stop, rng)


def nearest_first(choice: NodeChoice) -> NDArray[np.int64]:
    """Reach what is asked by always joining the nearest node: what a planner does by hand.

    Parameters
    ----------
    choice : NodeChoice
        The choice; optional nodes are reached too, quotas are met by the most homes per VND.

    Returns
    -------
    ndarray of int64
        Edges of a tree.
    """
    wanted = np.union1d(choice.required, np.flatnonzero(choice.penalty > 0.0))
    edges = extend(choice, wanted, np.empty(0, np.int64), ())
    quotas = tuple(quota for quota in choice.quotas if quota.need > 0)
    return extend(choice, wanted, edges, quotas)


@dataclass
class _Incumbent:
    """Best tree and best bound so far."""

    edges: NDArray[np.int64]
    value: float
    bound: float = 0.0
    stopped_by: str = WORK_DONE

    @property
    def closed(self) -> bool:
        """Whether the gap is too small to go on."""
        return self.value - self.bound <= SMALLEST_GAP_SHARE * self.value


class _Relaxed:
    """The choice with its quotas relaxed; homes are cut at the need, which loses no tree and tightens the bound."""

    def __init__(self, choice: NodeChoice, quotas: tuple[NodeQuota, ...], stop: Stop, rng: np.random.Generator) -> None:
        self._choice = choice
        self._quotas = quotas
        self._stop = replace(stop, iterations=max(1, stop.iterations // QUICK_PART))
        self._rng = rng
        self.need = np.array([quota.need for quota in quotas], dtype=np.float64)
        self._homes = np.stack([np.minimum(quota.homes, quota.need) for quota in quotas]).astype(np.float64)
        start = _polish(choice, nearest_first(choice), quotas, stop, rng)
        value = choice.value(start)
        path = farthest_needed(choice, quotas)
        self.best = _Incumbent(start, value, path * (1.0 - PATH_SLACK) if np.isfinite(path) else 0.0)

    def thoroughly(self, stop: Stop, multiplier: NDArray[np.float64]) -> None:
        """Solve once more with all the work allowed."""
        self._stop = stop
        self.solve(multiplier)

    def solve(self, multiplier: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Bound at some multipliers, and what each quota lacks in the relaxed tree; keeps the best repaired tree."""
        choice = self._choice
        result = _collect(choice, choice.penalty + multiplier @ self._homes, self._stop, self._rng)
        bound = result.bound + float(multiplier @ (self.need - self._homes.sum(axis=1)))
        self.best.bound = max(self.best.bound, bound)
        reached = choice.reached(result.edges)
        whole = extend(choice, choice.required, result.edges, self._quotas)
        edges = _polish(choice, whole, self._quotas, self._stop, self._rng)
        value = choice.value(edges)
        if value < self.best.value:
            self.best.edges, self.best.value = edges, value
        if result.stopped_by != PROVED:
            self.best.stopped_by = result.stopped_by
        return bound, self.need - self._homes[:, reached].sum(axis=1)


def _with_quotas(choice: NodeChoice, quotas: tuple[NodeQuota, ...], stop: Stop, rng: np.random.Generator) -> NodeAnswer:
    """Search the multipliers: halving first, then subgradient steps where several quotas pull at each other."""
    relaxed = _Relaxed(choice, quotas, stop, rng)
    best = relaxed.best
    peak = _halve(relaxed)
    if len(quotas) > 1 and not best.closed:
        peak = _climb(relaxed, peak)
    if not best.closed:
        relaxed.thoroughly(stop, peak)
    return _closed(choice, best.edges, best.bound, best.stopped_by)


def _halve(relaxed: _Relaxed) -> NDArray[np.float64]:
    """Raise every multiplier while its quota is missed, lower it while it is exceeded; the best ones found."""
    size = relaxed.need.size
    low, high = np.zeros(size), np.full(size, np.inf)
    multiplier = np.zeros(size)
    guess = np.maximum(1.0, relaxed.best.value / (size * relaxed.need))
    peak, top = multiplier, -np.inf
    for _ in range(HALVING_ROUNDS):
        bound, lacking = relaxed.solve(multiplier)
        if bound > top:
            peak, top = multiplier, bound
        missed = lacking > 0.0
        if relaxed.best.closed or (not missed.any() and not multiplier.any()):
            break
        low[missed] = multiplier[missed]
        high[~missed] = multiplier[~missed]
        raised = np.where(multiplier > 0.0, 2.0 * multiplier, guess)
        multiplier = np.where(np.isfinite(high), 0.5 * (low + high), raised)
    return peak


def _climb(relaxed: _Relaxed, multiplier: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subgradient steps after Polyak on quotas scaled to 1, shorter after rounds without gain; the best multipliers."""
    top, stretch, idle = -np.inf, 1.0, 0
    here = multiplier
    for _ in range(CLIMBING_ROUNDS):
        bound, lacking = relaxed.solve(here)
        if bound > top:
            top, multiplier, idle = bound, here, 0
        else:
            idle += 1
        if relaxed.best.closed:
            break
        if idle == IDLE_ROUNDS:
            stretch, idle, here = 0.5 * stretch, 0, multiplier
            continue
        scaled = lacking / relaxed.need
        scaled[(here == 0.0) & (scaled < 0.0)] = 0.0
        norm = float(scaled @ scaled)
        if norm == 0.0:
            break
        step = stretch * (relaxed.best.value - bound) / norm
        here = np.maximum(0.0, here + step * scaled / relaxed.need)
    return multiplier


def _collect(choice: NodeChoice, prizes: NDArray[np.float64], stop: Stop, rng: np.random.Generator) -> TreeResult:
    """Prize-collecting tree that holds the required nodes."""
    worth = prizes.copy()
    worth[choice.required] = np.inf
    worth[ROOT] = np.inf
    return solve_prize_collecting(choice.network, worth, stop, rng, root=ROOT)


def _polish(
    choice: NodeChoice,
    edges: NDArray[np.int64],
    quotas: tuple[NodeQuota, ...],
    stop: Stop,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Drop branches that do not pay, then lay the tree anew for the nodes that are wanted."""
    trimmed = trim(choice, edges, quotas)
    reached = choice.reached(trimmed)
    wanted = reached & (choice.penalty > 0.0)
    for quota in quotas:
        wanted |= reached & (quota.homes > 0)
    wanted[choice.required] = True
    wanted[ROOT] = True
    again = solve_steiner(choice.network, np.flatnonzero(wanted), stop, rng).edges
    again = trim(choice, again, quotas)
    return again if choice.value(again) < choice.value(trimmed) else trimmed


def _answer(result: TreeResult) -> NodeAnswer:
    return NodeAnswer(result.edges, result.value, result.bound, result.stopped_by)


def _closed(choice: NodeChoice, edges: NDArray[np.int64], bound: float, word: str) -> NodeAnswer:
    """Answer with its value counted anew."""
    value = choice.value(edges)
    bound = min(value, max(0.0, bound))
    return NodeAnswer(edges, value, bound, PROVED if value - bound <= 0.5 else word)
