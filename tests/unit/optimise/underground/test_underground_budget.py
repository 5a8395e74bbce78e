"""The most zones for a sum of money, against enumeration; cost against zones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.errors import ConfigError
from planner.optimise.stopping import Stop
from planner.optimise.underground.frontier import zone_frontier, zones_for_budget
from planner.optimise.underground.run_budget import cheapest_zones_first, most_zones
from planner.optimise.underground.run_choice import RunChoice

EAST = (501_500.0, 2_299_500.0, 502_500.0, 2_300_500.0)  # around A02
WEST = (499_500.0, 2_299_500.0, 500_500.0, 2_300_500.0)  # around A00
ROW = {"A00-A01": ["Viettel:aerial", "VNPT:aerial"], "A01-A02": ["Viettel:aerial"], "A02-A03": ["Viettel:underground"]}
ZONES = [("E", "urban", "existing", False, EAST), ("W", "residential", "existing", False, WEST)]


@pytest.mark.parametrize("seed", range(10))
def test_most_zones_match_enumeration(seed):
    rng = np.random.default_rng(seed)
    n = 9
    ends = np.array([[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [5, 6], [6, 7], [7, 5], [4, 8]], dtype=np.int32)
    cost = rng.integers(1, 40, n).astype(float)
    zone_runs = tuple(np.sort(rng.choice(n, rng.integers(1, 4), replace=False)) for _ in range(5))
    none = np.zeros(n, dtype=bool)
    problem = RunChoice(cost, ends, float(rng.integers(5, 40)), none, zone_runs, (), np.ones(n), 0.0)
    budget = float(rng.integers(20, 250))
    best = 0
    for bits in product((False, True), repeat=n):
        chosen = np.array(bits)
        if chosen.any() and problem.value(chosen) <= budget:
            best = max(best, sum(bool(chosen[runs].all()) for runs in zone_runs))
    answer = most_zones(problem, budget, Stop(500))
    assert answer.value == best
    assert best <= answer.bound
    assert answer.bound == best or answer.stopped_by != "proved"
    assert not answer.chosen.any() or problem.value(answer.chosen) <= budget
    greedy = cheapest_zones_first(problem, budget)
    assert sum(bool(greedy[runs].all()) for runs in zone_runs) <= best


def test_money_for_one_zone_buys_the_cheaper_one(town, wishes):
    province, scenario = town(cabled=ROW, zones=ZONES), wishes([])
    east = 500 * 600_000 + 40_000_000
    west = round(500 * 600_000 * 1.2) + 40_000_000
    one = zones_for_budget(province, scenario, east)
    assert (one.zones, one.most_zones, one.cost_vnd, one.work_ids) == (1, 1, east, ("B:A01-A02:1",))
    assert zones_for_budget(province, scenario, east - 1).zones == 0
    both = zones_for_budget(province, scenario, east + west)
    assert (both.zones, both.most_zones, both.stopped_by) == (2, 2, "proved")
    with pytest.raises(ConfigError, match="negative"):
        zones_for_budget(province, scenario, -1)


def test_the_curve_rises_from_nothing_to_all_zones(town, wishes):
    province, scenario = town(cabled=ROW, zones=ZONES), wishes([])
    points, today, count = zone_frontier(province, scenario)
    assert (today, count) == (0, 2)
    assert [point.zones for point in points] == [0, 1, 2]
    assert all(point.lower_bound_vnd <= point.cost_vnd for point in points)
    assert [point.cost_vnd for point in points] == [0, 340_000_000, 740_000_000]
