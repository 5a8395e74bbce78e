"""Set covering and maximal covering on hostile problems against scipy's own MILP on the plain model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, hstack, identity, vstack

from planner.optimise.covering import CoverProblem, CoverResult, Stop, solve_max_cover, solve_set_cover

STOP = Stop(iterations=200)
EXACT = {"mip_rel_gap": 0.0}


def problem(cost, lists, n_rows: int, weight=None) -> CoverProblem:
    indptr = np.concatenate(([0], np.cumsum([len(rows) for rows in lists]))).astype(np.int64)
    rows = np.concatenate([np.asarray(rows, np.int32) for rows in lists])
    return CoverProblem(np.asarray(cost, float), indptr, rows.astype(np.int32), n_rows, weight)


def random_lists(rng: np.random.Generator, n_rows: int, n_cols: int, share: float) -> list[np.ndarray]:
    covers = rng.random((n_cols, n_rows)) < share
    covers[rng.integers(0, n_cols, n_rows), np.arange(n_rows)] = True
    return [np.flatnonzero(line) for line in covers]


def square_edges(n: int) -> CoverProblem:
    """The fewest edges of an n-cube that meet all its squares (the CYC family): symmetric, a weak relaxation."""
    number: dict[tuple[int, int], int] = {}
    for x in range(1 << n):
        for bit in range(n):
            if not x >> bit & 1:
                number[x, bit] = len(number)
    lists: list[list[int]] = [[] for _ in number]
    square = 0
    for x in range(1 << n):
        for a in range(n):
            for b in range(a + 1, n):
                if not (x >> a & 1 or x >> b & 1):
                    for edge in ((x, a), (x, b), (x | 1 << b, a), (x | 1 << a, b)):
                        lists[number[edge]].append(square)
                    square += 1
    return problem(np.ones(len(lists)), lists, square)


def matrix(p: CoverProblem) -> csc_array:
    return csc_array((np.ones(p.rows.size), p.rows, p.indptr), shape=(p.n_rows, p.n_cols))


def best_set_cover(p: CoverProblem) -> float:
    rows = LinearConstraint(matrix(p), lb=1)
    out = milp(p.cost / p.cost.min(), constraints=rows, integrality=1, bounds=Bounds(0, 1), options=EXACT)
    return float(p.cost[out.x > 0.5].sum())


def best_max_cover(p: CoverProblem, budget: float) -> float:
    n, m = p.n_cols, p.n_rows
    links = hstack([matrix(p), -identity(m)])
    money = hstack([csc_array(p.cost[None, :]), csc_array((1, m))])
    rules = LinearConstraint(
        vstack([links, money]), np.append(np.zeros(m), -np.inf), np.append(np.full(m, np.inf), budget)
    )
    scale = max(1e-30, float(p.weights().max()))
    out = milp(
        np.concatenate((np.zeros(n), -p.weights() / scale)),
        constraints=rules,
        integrality=(np.arange(n + m) < n).astype(int),
        bounds=Bounds(0, 1),
        options=EXACT,
    )
    covered = matrix(p) @ (out.x[:n] > 0.5) > 0
    return float(p.weights()[covered].sum())


def covered_rows(p: CoverProblem, result: CoverResult) -> np.ndarray:
    covered = np.zeros(p.n_rows, bool)
    for column in result.selected:
        covered[p.rows[p.indptr[column] : p.indptr[column + 1]]] = True
    return covered


def hostile_covers() -> dict[str, CoverProblem]:
    rng = np.random.default_rng(4)
    lists = random_lists(rng, 60, 150, 0.05)
    cost = rng.integers(1, 101, 150).astype(float)
    return {
        "equal costs": problem(np.ones(150), lists, 60),
        "costs of a billion": problem(cost * 1e7 + 3.0, lists, 60),
        "costs of a billionth": problem(cost * 1e-9, lists, 60),
        "costs from 0.001 to a billion": problem(10.0 ** rng.uniform(-3.0, 9.0, 150), lists, 60),
        "very dense": problem(cost[:80], random_lists(rng, 50, 80, 0.7), 50),
        "every row once": problem(np.arange(1.0, 31.0), [[i] for i in range(30)], 30),
        "duplicate and empty columns": problem(np.tile(cost, 3), [*lists, *lists, *[[]] * 150], 60),
        "one column covers all": problem([5.0, *[1.0] * 10], [np.arange(30), *([i] for i in range(10))], 30),
        "no rows": problem([1.0, 2.0], [[], []], 0),
        "symmetric": square_edges(4),
    }


@pytest.mark.parametrize("name", hostile_covers())
def test_hostile_set_covers(name: str) -> None:
    p = hostile_covers()[name]
    result = solve_set_cover(p, STOP, np.random.default_rng(1))
    best = best_set_cover(p) if p.n_rows else 0.0
    assert covered_rows(p, result).all()
    assert result.value == pytest.approx(best, rel=1e-9)
    assert result.bound <= best * (1.0 + 1e-9)
    assert result.stopped_by == "proved"


def hostile_budgets() -> dict[str, tuple[CoverProblem, float]]:
    rng = np.random.default_rng(5)
    lists = random_lists(rng, 120, 50, 0.06)
    weight = rng.integers(0, 100, 120).astype(float)
    ones = np.ones(50)
    alone = [[i] for i in range(40)]
    return {
        "plain": (problem(ones, lists, 120, weight), 8.0),
        "no demand": (problem(ones, lists, 120, np.zeros(120)), 8.0),
        "mostly no demand": (problem(ones, lists, 120, np.where(rng.random(120) < 0.7, 0.0, weight)), 8.0),
        "as many as there are": (problem(ones, lists, 120, weight), 50.0),
        "more than there are": (problem(ones, lists, 120, weight), 1_000.0),
        "none": (problem(ones, lists, 120, weight), 0.0),
        "a part of one left": (problem(ones, lists, 120, weight), 2.7),
        "radius of nothing": (problem(np.ones(40), alone, 40, weight[:40]), 10.0),
        "all equal": (problem(np.ones(40), alone, 40, np.ones(40)), 10.0),
        "nothing covered": (problem(np.ones(3), [[], [], []], 10, np.ones(10)), 2.0),
        "weights of a billion": (problem(ones, lists, 120, weight * 1e9), 8.0),
        "weights of a billionth": (problem(ones, lists, 120, weight * 1e-9), 8.0),
        "costs of a billion": (problem(rng.integers(10**8, 10**9, 50), lists, 120, weight), 3e9),
    }


@pytest.mark.parametrize("name", hostile_budgets())
def test_hostile_budgets(name: str) -> None:
    p, budget = hostile_budgets()[name]
    result = solve_max_cover(p, budget=budget, stop=STOP, rng=np.random.default_rng(1))
    best = best_max_cover(p, budget)
    assert result.cost <= budget * (1.0 + 1e-9)
    assert result.value == pytest.approx(p.weights()[covered_rows(p, result)].sum())
    assert result.value == pytest.approx(best, rel=1e-9)
    assert result.bound >= best * (1.0 - 1e-9)
    assert result.stopped_by == "proved"
