"""Undergrounding on towns whose cheapest choice can be enumerated."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from planner.config.costs import UndergroundCosts
from planner.errors import ConfigError
from planner.optimise.fibre.plan import plan_fibre
from planner.optimise.network.runs import build_runs, contiguous
from planner.optimise.programme.state import NetworkLedger
from planner.optimise.stopping import Stop
from planner.optimise.underground.mobilisation import charge_mobilisation
from planner.optimise.underground.plan import plan_undergrounding
from planner.optimise.underground.run_choice import RunChoice, choose_runs

EAST = (501_500.0, 2_299_500.0, 502_500.0, 2_300_500.0)  # around A02
WEST = (499_500.0, 2_299_500.0, 500_500.0, 2_300_500.0)  # around A00
ROW = {"A00-A01": ["Viettel:aerial", "VNPT:aerial"], "A01-A02": ["Viettel:aerial"], "A02-A03": ["Viettel:underground"]}


def _zones(status="new", said=False):
    return [("E", "urban", status, said, EAST), ("W", "residential", status, said, WEST)]


def test_runs_are_cut_where_zones_begin(town):
    runs = build_runs(town(cabled=ROW, zones=_zones()))
    assert runs.length_m.tolist() == pytest.approx([500, 500, 500, 500, 500, 500])
    assert runs.zones == ((1,), (), (), (0,), (0,), ())
    assert runs.aerial.tolist() == [2, 2, 1, 1, 0, 0]
    assert runs.operators[0] == ("VNPT", "Viettel")
    assert contiguous(runs.ends, [0, 1, 3]) == [[0, 1], [3]]


def test_a_duty_buries_every_aerial_cable_inside_and_pays_one_trench(town, wishes):
    province = town(cabled=ROW, zones=_zones())
    works, bound, _ = plan_undergrounding(province, wishes([{"kind": "underground_zones", "zone_status": "new"}]))
    assert [work.details["zone_ids"] for work in works] == ["W", "E"]
    first = 500 * 600_000
    west, east = works
    assert west.cost_vnd == round(first * 1.2) + 40_000_000  # two cables share the trench, one mobilisation
    assert east.cost_vnd == first + 40_000_000
    assert west.details["share_vnd_VNPT"] == west.details["share_vnd_Viettel"] == west.cost_vnd // 2
    assert (west.due_year, west.owner) == (2028, "VNPT+Viettel")  # the zone's own year comes before the target's
    assert bound.cost_vnd == bound.lower_bound_vnd == west.cost_vnd + east.cost_vnd
    assert west.details["cable_km"] == pytest.approx(1.0)


def test_state_follows_from_the_works(town, wishes):
    province = town(cabled=ROW, zones=_zones())
    scenario = wishes([{"kind": "underground_zones", "zone_status": "new"}])
    ledger = NetworkLedger(province, scenario)
    before = ledger.cables([])
    assert before["total_km"] == pytest.approx(4.0)
    assert before["underground_share"] == pytest.approx(0.25)
    assert before["zones"]["urban"]["new"] == {"count": 1, "underground_count": 0}
    after = ledger.cables(plan_undergrounding(province, scenario).works)
    assert after["underground_share"] == pytest.approx(2.5 / 4.0)
    assert after["zones"]["urban"]["new"]["underground_count"] == 1
    assert after["by_level"] == {"trunk": {"total_km": pytest.approx(4.0), "underground_share": pytest.approx(2.5 / 4)}}
    kinds = {name: (row["total_km"], row["underground_share"]) for name, row in before["by_zone_kind"].items()}
    assert kinds["outside"] == pytest.approx((2.0, 0.25))
    assert kinds["residential"] == pytest.approx((1.0, 0.0))
    assert kinds["urban"] == pytest.approx((1.0, 0.5))
    assert after["by_zone_kind"]["residential"]["underground_share"] == 1.0


def test_new_fibre_counts_as_a_level_of_its_own(town, wishes):
    province = town(cabled=ROW, zones=_zones())
    scenario = wishes([{"kind": "fibre_households"}])
    found = NetworkLedger(province, scenario).cables(plan_fibre(province, scenario).works)
    assert set(found["by_level"]) == {"new", "trunk"}
    for table in (found["by_level"], found["by_zone_kind"]):
        assert sum(row["total_km"] for row in table.values()) == pytest.approx(found["total_km"])
        buried_km = sum(row["total_km"] * row["underground_share"] for row in table.values())
        assert buried_km == pytest.approx(found["total_km"] * found["underground_share"])


def test_a_share_of_zones_takes_the_cheapest(town, wishes):
    province = town(cabled=ROW, zones=_zones("existing"))
    target = {"kind": "underground_zones", "zone_status": "existing", "share": 0.5}
    works, bound, _ = plan_undergrounding(province, wishes([target]))
    assert [work.details["zone_ids"] for work in works] == ["E"]
    assert bound.gap_share == 0.0


def test_existing_zones_follow_the_inventory(town, wishes):
    target = {"kind": "underground_zones", "zone_status": "existing"}
    works, bound, _ = plan_undergrounding(town(cabled=ROW, zones=_zones("existing", True)), wishes([target]))
    assert works == ()
    assert bound.cost_vnd == 0
    bare = [("N", "urban", "existing", False, (502_900.0, 2_301_900.0, 503_100.0, 2_302_100.0))]
    _, _, notes = plan_undergrounding(town(cabled=ROW, zones=bare), wishes([target]))
    assert any("no work can change that" in note for note in notes)


def test_kilometres_prefer_shared_trenches(town, wishes):
    province = town(cabled=ROW)
    works, bound, _ = plan_undergrounding(province, wishes([{"kind": "underground_km", "share": 0.7}]))
    assert [work.details["road_id"] for work in works] == ["A00-A01"]  # 2 km of cable in one trench, 1.8 km needed
    assert bound.gap_share == 0.0


def test_overlapping_zones_pay_once(town, wishes):
    twice = [("E1", "urban", "new", False, EAST), ("E2", "residential", "new", False, EAST)]
    works, _, notes = plan_undergrounding(town(cabled=ROW, zones=twice), wishes([{"kind": "underground_zones"}]))
    assert [work.details["zone_ids"] for work in works] == ["E1,E2"]
    assert any("overlap" in note for note in notes)


def test_no_price_is_an_error_that_names_its_key(town, wishes):
    scenario = wishes([{"kind": "underground_zones"}])
    unpriced = scenario.costs.model_copy(update={"undergrounding": UndergroundCosts()})
    scenario = scenario.model_copy(update={"costs": unpriced})
    with pytest.raises(ConfigError, match=r"costs\.undergrounding\.per_m"):
        plan_undergrounding(town(cabled=ROW, zones=_zones()), scenario)
    nothing = wishes([], costs={"undergrounding": {}})
    assert plan_undergrounding(town(cabled=ROW, zones=_zones()), nothing).works == ()


def test_commitments_fix_and_forbid_runs(town, wishes):
    province = town(cabled=ROW, zones=_zones())
    target = {"kind": "underground_zones", "zone_status": "new"}
    fixed = wishes([target], planning={"commitments": {"fixed": ["B:A01-A02:0"]}})
    assert "B:A01-A02:0" in [work.work_id for work in plan_undergrounding(province, fixed).works]


def test_mobilisation_is_charged_per_group_and_year(town, wishes):
    province = town(cabled=ROW)
    works = plan_undergrounding(province, wishes([{"kind": "underground_km", "share": 1.0}])).works
    assert len(works) == 2
    assert sum(work.details["mobilisation_vnd"] for work in works) == 40_000_000  # they meet at A01
    apart = charge_mobilisation([replace(work, year=2027 + i) for i, work in enumerate(works)])
    assert [work.details["mobilisation_vnd"] for work in apart] == [40_000_000, 40_000_000]
    together = charge_mobilisation([replace(work, year=2027) for work in apart])
    assert sum(work.cost_vnd for work in together) == sum(work.cost_vnd for work in works)


@pytest.mark.parametrize("seed", range(8))
def test_choice_matches_enumeration(seed):
    rng = np.random.default_rng(seed)
    n = 9
    ends = np.array([[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [5, 6], [6, 7], [7, 5], [4, 8]], dtype=np.int32)
    cost = rng.integers(1, 40, n).astype(float)
    zone_runs = tuple(np.sort(rng.choice(n, rng.integers(1, 4), replace=False)) for _ in range(4))
    km = rng.integers(1, 10, n).astype(float)
    problem = RunChoice(
        cost, ends, float(rng.integers(5, 40)), rng.random(n) < 0.1, zone_runs,
        (((0, 1, 2), 2), ((1, 3), 1)), km, float(0.4 * km.sum()),
    )  # fmt: skip
    best = np.inf
    for bits in product((False, True), repeat=n):
        chosen = np.array(bits)
        done = [bool(chosen[runs].all()) for runs in zone_runs]
        enough = (chosen | ~problem.must).all() and km[chosen].sum() >= problem.need_km
        if enough and sum(done[z] for z in (0, 1, 2)) >= 2 and (done[1] or done[3]):
            best = min(best, problem.value(chosen))
    answer = choose_runs(problem, Stop(500))
    assert answer.value == pytest.approx(best)
    assert answer.bound <= best + 1e-6
    assert answer.bound >= best * (1 - 1e-3)
