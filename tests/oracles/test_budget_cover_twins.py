"""Most weight within a budget: the kernels against a linear programme and against counting afresh."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import bmat, csr_matrix, identity

from planner.kernels.cover.budget_prices import PriceState, fractional_choice, price_search, price_start
from planner.kernels.cover.exchange import CoverArrays, ExchangeState, exchange_search, exchange_start
from planner.kernels.cover.structure import all_rise, homes, transpose
from planner.optimise.covering.presolve import Matrix

COLUMNS, ROWS = 40, 150


def arrays(seed: int) -> CoverArrays:
    rng = np.random.default_rng(seed)
    covers = rng.random((COLUMNS, ROWS)) < 0.08
    covers[rng.integers(0, COLUMNS, ROWS), np.arange(ROWS)] = True
    indptr = np.concatenate(([0], np.cumsum(covers.sum(axis=1)))).astype(np.int64)
    rows = np.nonzero(covers)[1].astype(np.int32)
    cost = rng.uniform(1.0, 4.0, COLUMNS) if seed % 2 else np.ones(COLUMNS)
    return CoverArrays(cost, indptr, rows, *transpose(indptr, rows, ROWS), rng.integers(1, 9, ROWS).astype(float))


def dense(p: CoverArrays) -> np.ndarray:
    return csr_matrix((np.ones(p.rows.size), p.rows, p.indptr), shape=(COLUMNS, ROWS)).toarray()


def blank() -> PriceState:
    n, m = COLUMNS, ROWS
    three = (np.zeros((3, n)), np.zeros((3, m)), np.zeros((3, n)), np.zeros((3, m)))
    return PriceState(*three, np.zeros(n), np.zeros(m), np.zeros(6), np.zeros(2, np.int64))


def relaxation(p: CoverArrays, budget: float) -> float:
    link = bmat([[-csr_matrix(dense(p).T), identity(ROWS)], [csr_matrix(p.cost[None, :]), None]])
    aim = np.concatenate((np.zeros(COLUMNS), -p.weight))
    return -float(linprog(aim, A_ub=link, b_ub=np.append(np.zeros(ROWS), budget), bounds=(0.0, 1.0)).fun)


@pytest.mark.parametrize("seed", range(6))
def test_prices_reach_the_linear_relaxation(seed: int) -> None:
    p, budget = arrays(seed), 9.0
    s = blank()
    price_start(p, s, np.array([0, 1]), np.zeros(0))
    made = price_search(p, s, budget, 0.0, 20_000)
    exact = relaxation(p, budget)
    worth = dense(p) @ s.best
    order = np.argsort(-worth / p.cost)
    bound = fractional_choice(worth, p.cost, budget, order, np.empty(COLUMNS))[0] + (p.weight - s.best).sum()
    assert made < 20_000
    assert (s.best >= 0.0).all()
    assert (s.best <= p.weight).all()
    assert bound == pytest.approx(s.totals[0], rel=1e-9)
    assert exact * (1.0 - 1e-9) <= bound <= exact * (1.0 + 1e-6)
    assert s.share[1] @ p.cost <= budget * (1.0 + 1e-9)
    assert s.totals[1] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_prices_without_a_budget_reach_the_relaxation_of_set_covering(seed: int) -> None:
    p = arrays(seed)
    covers = dense(p)
    p = p._replace(weight=np.where(covers, p.cost[:, None], np.inf).min(axis=0))
    s = blank()
    begin = np.random.default_rng(seed).uniform(0.0, p.weight)
    price_start(p, s, np.arange(COLUMNS), begin)
    assert price_search(p, s, np.inf, -np.inf, 20_000) < 20_000
    exact = float(linprog(p.cost, A_ub=-covers.T, b_ub=-np.ones(ROWS), bounds=(0.0, 1.0)).fun)
    bound = s.best.sum() - np.maximum(0.0, covers @ s.best - p.cost).sum()
    assert bound == pytest.approx(p.weight.sum() - s.totals[0], rel=1e-9)
    assert exact * (1.0 - 1e-5) <= bound <= exact * (1.0 + 1e-9)
    assert p.weight.sum() - s.totals[1] == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_gains_stay_exact_through_the_search(seed: int) -> None:
    p, budget = arrays(seed), 9.0
    n, m = COLUMNS, ROWS
    marks = [np.zeros(n, np.int8) for _ in range(4)]
    s = ExchangeState(
        taken=marks[0],
        score=np.zeros(n),
        count=np.zeros(m, np.int32),
        owner=np.zeros(m, np.int64),
        open=marks[1],
        before=marks[2],
        best=marks[3],
        totals=np.zeros(5),
        moves=np.zeros(3, np.int64),
        random=np.array([seed + 1], np.uint64),
    )
    exchange_start(p, s, np.array([0, 1]))
    for _ in range(200):
        exchange_search(p, s, budget, 7)  # cuts most descents off
    covers = dense(p)
    taken = s.taken == 1
    count = covers[taken].sum(axis=0)
    alone = covers @ (p.weight * (count == 1))
    new = covers @ (p.weight * (count == 0))
    np.testing.assert_array_equal(s.count, count)
    np.testing.assert_allclose(s.score, np.where(taken, alone, new), atol=1e-9)
    assert s.totals[0] == pytest.approx(p.weight[count > 0].sum())
    assert s.totals[1] == pytest.approx(p.cost[taken].sum())
    best = s.best == 1
    assert s.totals[2] == pytest.approx(p.weight[covers[best].any(axis=0)].sum())
    assert p.cost[best].sum() <= budget * (1.0 + 1e-9)
    assert s.moves[0] > 20


def test_gathering_keeps_the_problem() -> None:
    p = arrays(1)
    columns, row_of = np.arange(COLUMNS) + 100, np.append(np.arange(ROWS), -1)
    matrix = Matrix(columns, p.cost, p.indptr, p.rows, p.row_start, p.row_columns, p.weight, np.zeros(0, int), row_of)
    moved = matrix.gathered(np.array([7, 3]))
    assert all_rise(moved.indptr, moved.rows)
    assert moved.row_of[-1] == -1
    q = CoverArrays(moved.cost, moved.indptr, moved.rows, moved.row_start, moved.row_columns, moved.weight)
    back = np.empty((COLUMNS, ROWS))
    back[moved.columns - 100] = dense(q)[:, moved.row_of[:-1]]
    np.testing.assert_array_equal(back, dense(p))
    np.testing.assert_array_equal(moved.weight[moved.row_of[:-1]], p.weight)
    np.testing.assert_array_equal(moved.cost, p.cost[moved.columns - 100])
    plan = np.array([np.flatnonzero(moved.columns == column)[0] for column in (107, 103)])
    row_home = homes(moved.indptr, moved.rows, plan, ROWS)[0]
    covered = dense(q)[plan].any(axis=0)
    assert (np.diff(row_home[covered]) >= 0).all()
    assert row_home[covered].max() == 1
