"""The choice of sites on a problem small enough to enumerate."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.domain.plan import Bound
from planner.optimise.covering import Stop, solve_group_cover
from planner.optimise.covering.problem import CoverProblem
from planner.optimise.sites import choice
from planner.optimise.sites.choice import SiteChoice, SiteStudy, choose_sites
from planner.optimise.sites.demand import SiteDemand
from planner.optimise.sites.greedy import plain_greedy_vnd
from planner.optimise.sites.options import SiteOption
from planner.optimise.sites.problem import Reach, SiteProblem, site_problem

SITE = SiteOption(
    work_id="", kind="upgrade", owner="Viettel", payer="operator", technology="5g", carriers=("nr2600",), host="",
    x_m=0.0, y_m=0.0, height_agl_m=30.0, commune_code="00001", cost_vnd=1,
    opex_vnd_per_year=0, has_fibre=True, reason="",
)  # fmt: skip


def joined(cost: list[float], covers: list[list[int]], need: list[float], required: float) -> SiteProblem:
    n_rows = 1 + max(row for rows in covers for row in rows)
    problem = CoverProblem(
        cost=np.array(cost),
        indptr=np.concatenate([[0], np.cumsum([len(rows) for rows in covers])]).astype(np.int64),
        rows=np.array(list(itertools.chain.from_iterable(covers)), dtype=np.int32),
        n_rows=n_rows,
        weight=np.full(n_rows, 0.5),
        fixed=np.zeros(len(cost), dtype=np.int8),
        group=(np.arange(n_rows) // 2).astype(np.int32),
        group_need=np.array(need),
        group_value=np.ones((1, len(need))),
    )
    empty = np.empty(0, dtype=np.int64)
    return SiteProblem(problem, np.array([required]), np.zeros(1), (0,), np.arange(len(need)), empty, np.zeros(1))


def slow_greedy(found: SiteProblem) -> float:
    """The obvious twin: every gain counted afresh before every pick."""
    p = found.problem
    covered: set[int] = set()
    total, left = 0.0, set(range(p.n_cols))
    while True:
        got = [sum(0.5 for row in covered if row // 2 == g) for g in range(len(p.group_need))]
        served = [value >= need - 1e-9 for value, need in zip(got, p.group_need, strict=True)]
        if sum(served) >= found.required[0] - 1e-9:
            return total
        gains = {
            c: sum(0.5 for row in set(p.rows[p.indptr[c] : p.indptr[c + 1]].tolist()) - covered if not served[row // 2])
            / p.cost[c]
            for c in sorted(left)
        }
        best = max(gains, key=lambda c: (gains[c], -c))
        if gains[best] <= 0:
            return total
        total += p.cost[best]
        left.discard(best)
        covered |= set(p.rows[p.indptr[best] : p.indptr[best + 1]].tolist())


def test_greedy_equals_its_slow_twin() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        n_groups, n_cols = 5, 9
        covers = [
            sorted(rng.choice(2 * n_groups, size=int(rng.integers(1, 6)), replace=False).tolist())
            for _ in range(n_cols)
        ]
        covers.append(list(range(2 * n_groups)))
        cost = (rng.integers(1, 20, size=n_cols + 1) * 1000.0).tolist()
        problem = joined(cost, covers, [0.75] * n_groups, float(rng.integers(1, n_groups + 1)))
        assert plain_greedy_vnd(problem) == slow_greedy(problem)


def test_an_unchanged_problem_is_not_solved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    study = SiteStudy("4g", (), {}, ())
    covers = [[0, 1], [2, 3], [0, 1, 2, 3]]
    asked = joined([1.0, 1.0, 3.0], covers, [1.0, 1.0], 2.0)
    result = solve_group_cover(asked.problem, required_value=asked.required, stop=Stop(5), rng=np.random.default_rng(0))
    start = SiteChoice(study, asked, result, Bound(2, 2, 0.0, "proved", {}))
    scenario = Scenario(name="x")
    monkeypatch.setattr(choice, "made_choice", lambda study, joined, result: replace(start, result=result))
    monkeypatch.setattr(choice, "site_problem", lambda *_: joined([1.0, 1.0, 3.0], covers, [1.0, 1.0], 2.0))
    assert choose_sites(study, scenario, start=start) is start
    monkeypatch.setattr(choice, "site_problem", lambda *_: joined([2.0, 2.0, 3.0], covers, [1.0, 1.0], 2.0))
    dearer = choose_sites(study, scenario, start=start)
    assert dearer.result.selected.tolist() == [2]


def test_people_beyond_reach_do_not_keep_the_others_from_service() -> None:
    target = Target(name="all", kind="coverage_people", technology="5g", share=1.0, year=2030)
    demand = SiteDemand(
        entry=np.arange(3),
        weight=np.array([10.0, 20.0, 5.0]),
        group=np.zeros(3, dtype=np.int32),
        group_need=np.array([35.0]),
        group_value=np.ones((1, 1)),
        group_area=np.array([-1]),
        required_value=np.array([1.0]),
    )
    options = [replace(SITE, work_id=f"U:{name}:5g", host=name) for name in ("a", "b")]
    reach = Reach(np.array([0, 1, 3]), np.array([0, 0, 1], dtype=np.int32))  # the third entry is beyond both
    asked = site_problem(
        options, np.array([1.0, 3.0]), np.zeros(2, dtype=np.int8), [(target, demand)], {"outdoor": reach}
    )
    assert asked.people_lacking.tolist() == [5.0]
    assert asked.beyond_reach.size == 0
    found = solve_group_cover(asked.problem, required_value=asked.required, stop=Stop(5), rng=np.random.default_rng(0))
    assert found.selected.tolist() == [1]  # serves all that can be served
    assert found.bound == 3.0
