"""The covering core against trying every subset of columns on small random problems."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.optimise.covering import (
    CoverProblem,
    CoverResult,
    Stop,
    solve_group_budget,
    solve_group_cover,
    solve_max_cover,
    solve_set_cover,
)

STOP = Stop(iterations=40)


def random_problem(seed: int, *, whole_costs: bool, block: int = 3) -> CoverProblem:
    """9 columns, 15 rows in groups of `block` neighbours; every row is covered by at least one column."""
    rng = np.random.default_rng(seed)
    covers = rng.random((9, 15)) < 0.3
    covers[rng.integers(0, 9, 15), np.arange(15)] = True
    cost = rng.integers(1, 9, 9).astype(float) if whole_costs else rng.uniform(0.5, 9.0, 9)
    group = (np.arange(15) // block).astype(np.int32)
    n_groups = int(group.max()) + 1
    weight = rng.integers(1, 6, 15).astype(float)
    total = np.bincount(group, weight)
    return CoverProblem(
        cost=cost,
        indptr=np.concatenate(([0], np.cumsum(covers.sum(axis=1)))).astype(np.int64),
        rows=np.nonzero(covers)[1].astype(np.int32),
        n_rows=15,
        weight=weight,
        group=group,
        group_need=total * rng.uniform(0.5, 1.0, n_groups),
        group_value=rng.integers(1, 5, n_groups).astype(float),
    )


def subsets(problem: CoverProblem) -> list[tuple[np.ndarray, float]]:
    """Every subset of columns as (covered rows, cost); fixed and forbidden columns respected."""
    covers = np.zeros((problem.n_cols, problem.n_rows), bool)
    covers[np.repeat(np.arange(problem.n_cols), np.diff(problem.indptr)), problem.rows] = True
    states = problem.states()
    found = []
    for bits in product((False, True), repeat=problem.n_cols):
        chosen = np.array(bits)
        if chosen[states == -1].any() or not chosen[states == 1].all():
            continue
        found.append((covers[chosen].any(axis=0), float(problem.cost[chosen].sum())))
    return found


def served_value(problem: CoverProblem, covered: np.ndarray) -> float:
    assert problem.group is not None
    assert problem.group_need is not None
    reached = np.bincount(problem.group, problem.weights() * covered, problem.n_groups)
    return float(problem.values()[0][reached >= problem.group_need - 1e-9].sum())


def covered_by(problem: CoverProblem, result: CoverResult) -> np.ndarray:
    covered = np.zeros(problem.n_rows, bool)
    for column in result.selected:
        covered[problem.rows[problem.indptr[column] : problem.indptr[column + 1]]] = True
    return covered


@pytest.mark.parametrize("seed", range(12))
def test_set_cover_is_optimal_and_proved(seed: int) -> None:
    problem = random_problem(seed, whole_costs=seed % 2 == 0)
    best = min(cost for covered, cost in subsets(problem) if covered.all())
    result = solve_set_cover(problem, STOP, np.random.default_rng(seed))
    assert covered_by(problem, result).all()
    assert result.value == pytest.approx(best)
    assert result.bound == pytest.approx(best)


@pytest.mark.parametrize("seed", range(12))
def test_max_cover_is_optimal_and_proved(seed: int) -> None:
    problem = random_problem(seed, whole_costs=seed % 2 == 0)
    budget = float(problem.cost.sum() * 0.3)
    weight = problem.weights()
    best = max(weight[covered].sum() for covered, cost in subsets(problem) if cost <= budget + 1e-9)
    result = solve_max_cover(problem, budget=budget, stop=STOP, rng=np.random.default_rng(seed))
    assert result.cost <= budget + 1e-9
    assert result.value == pytest.approx(best)
    assert result.bound == pytest.approx(best)


@pytest.mark.parametrize("block", [3, 15])
@pytest.mark.parametrize("seed", range(12))
def test_group_cover_is_optimal_and_proved(seed: int, block: int) -> None:
    problem = random_problem(seed, whole_costs=seed % 2 == 0, block=block)
    reachable = served_value(problem, np.ones(15, bool))
    required = reachable * (1.0 if seed % 3 == 0 else 0.7)
    best = min(cost for covered, cost in subsets(problem) if served_value(problem, covered) >= required - 1e-9)
    result = solve_group_cover(problem, required_value=required, stop=STOP, rng=np.random.default_rng(seed))
    assert served_value(problem, covered_by(problem, result)) >= required - 1e-9
    assert result.value == pytest.approx(best)
    assert result.bound == pytest.approx(best, rel=2e-4)
    assert result.bound <= best + 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_group_budget_is_optimal_and_proved(seed: int) -> None:
    problem = random_problem(seed, whole_costs=seed % 2 == 0)
    budget = float(problem.cost.sum() * 0.35)
    best = max(served_value(problem, covered) for covered, cost in subsets(problem) if cost <= budget + 1e-9)
    result = solve_group_budget(problem, budget=budget, stop=STOP, rng=np.random.default_rng(seed))
    assert result.cost <= budget + 1e-9
    assert served_value(problem, covered_by(problem, result)) == pytest.approx(result.value)
    assert result.value == pytest.approx(best)
    assert result.bound == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_fixed_and_forbidden_columns_are_respected(seed: int) -> None:
    problem = random_problem(seed, whole_costs=True)
    fixed = np.zeros(9, np.int8)
    fixed[seed] = 1
    fixed[(seed + 4) % 9] = -1
    problem = CoverProblem(**{**problem.__dict__, "fixed": fixed})
    everything = np.zeros(15, bool)
    for column in np.flatnonzero(fixed >= 0):
        everything[problem.rows[problem.indptr[column] : problem.indptr[column + 1]]] = True
    required = served_value(problem, everything)
    best = min(cost for covered, cost in subsets(problem) if served_value(problem, covered) >= required - 1e-9)
    result = solve_group_cover(problem, required_value=required, stop=STOP, rng=np.random.default_rng(seed))
    assert seed in result.selected
    assert (seed + 4) % 9 not in result.selected
    assert result.value == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_several_targets_hold_at_once(seed: int) -> None:
    problem = random_problem(seed, whole_costs=True)
    values = np.zeros((2, 5))
    values[0, :3] = 1.0
    values[1, 2:] = 2.0
    problem = CoverProblem(**{**problem.__dict__, "group_value": values})
    required = np.array([2.0, 4.0])

    def meets(covered: np.ndarray) -> bool:
        assert problem.group is not None
        assert problem.group_need is not None
        reached = np.bincount(problem.group, problem.weights() * covered, 5) >= problem.group_need - 1e-9
        return bool((values[:, reached].sum(axis=1) >= required - 1e-9).all())

    best = min(cost for covered, cost in subsets(problem) if meets(covered))
    result = solve_group_cover(problem, required_value=required, stop=STOP, rng=np.random.default_rng(seed))
    assert meets(covered_by(problem, result))
    assert result.value == pytest.approx(best)
    assert result.bound <= best + 1e-9


def test_alone_names_what_only_one_column_serves() -> None:
    problem = random_problem(3, whole_costs=True)
    result = solve_group_cover(
        problem, required_value=float(problem.values().sum()), stop=STOP, rng=np.random.default_rng(3)
    )
    for position, column in enumerate(result.selected):
        without = np.zeros(15, bool)
        for other in result.selected[result.selected != column]:
            without[problem.rows[problem.indptr[other] : problem.indptr[other + 1]]] = True
        own = problem.rows[problem.indptr[column] : problem.indptr[column + 1]]
        assert set(result.alone.rows[position]) == {row for row in own if not without[row]}
        reached = np.bincount(problem.group, problem.weights() * without, 5)
        lost = result.served & (reached < problem.group_need - 1e-9)
        assert set(result.alone.groups[position]) == set(np.flatnonzero(lost))
