"""What relief must cost: the relaxation against every set of works, its table against plain counting."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from planner.config.load import load_scenario
from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.extend import extend_coverage
from planner.coverage.predict import predict_coverage
from planner.domain.province import Province
from planner.optimise.sites.busy_hour import BusyHour, Crowd, busy_hour
from planner.optimise.sites.options import proposals
from planner.optimise.sites.relief_bound import least_cost, least_relief_vnd, most_relieved
from planner.optimise.sites.relief_offers import ReliefDesk
from planner.optimise.sites.relief_table import ReliefTable, relief_table
from planner.radio.throughput import downlink_mbps


def test_the_bound_is_the_relaxation_and_below_every_whole_choice() -> None:
    rng = np.random.default_rng(11)
    for _ in range(25):
        sectors, works = int(rng.integers(2, 6)), int(rng.integers(2, 8))
        people = rng.uniform(10.0, 100.0, sectors)
        relief = np.minimum(
            people[:, None], rng.uniform(0.0, 120.0, (sectors, works)) * (rng.random((sectors, works)) < 0.5)
        )
        cost = rng.uniform(100.0, 900.0, works)
        need = float(rng.uniform(0.2, 0.9) * np.minimum(people, relief.sum(axis=1)).sum())
        found = least_cost(cost, sparse.csr_array(relief), people, need)
        rows = np.vstack([np.hstack([-relief, np.eye(sectors)]), np.append(np.zeros(works), -np.ones(sectors))])
        twin = linprog(
            np.append(cost, np.zeros(sectors)),
            A_ub=rows,
            b_ub=np.append(np.zeros(sectors), -need),
            bounds=[(0.0, 1.0)] * works + [(0.0, own) for own in people],
        )
        assert found == pytest.approx(twin.fun, rel=1e-6)
        whole = [
            cost[list(chosen)].sum()
            for size in range(works + 1)
            for chosen in itertools.combinations(range(works), size)
            if np.minimum(people, relief[:, list(chosen)].sum(axis=1)).sum() >= need - 1e-9
        ]
        assert found <= min(whole) + 1e-6


def test_nothing_is_asked_of_works_that_cannot_do_enough() -> None:
    relief = sparse.csr_array(np.array([[5.0, 0.0]]))
    assert least_cost(np.array([10.0, 20.0]), relief, np.array([50.0]), 30.0) <= 10.0 + 1e-9


@pytest.fixture(scope="module")
def wish() -> Target:
    return Target.model_validate({"name": "busy hour", "kind": "capacity_people", "technology": "4g", "year": 2030})


@pytest.fixture(scope="module")
def demo(root: Path, wish: Target) -> Scenario:
    lean = ["run.threads=1", "planning.candidates.max_candidates=0", "coverage.infrastructure_sharing=false"]
    found = load_scenario(root / "scenarios" / "demo.yaml", lean)
    return found.model_copy(update={"targets": [wish]})


def start_of(hamlet: Province, demo: Scenario, wish: Target, times: int) -> tuple[Province, BusyHour]:
    crowd = replace(hamlet, areas=hamlet.areas.assign(population=hamlet.areas["population"] * times))
    return crowd, busy_hour(crowd, demo, predict_coverage(crowd, demo, threads=1), [wish])


def test_no_set_of_works_that_reaches_a_share_costs_less_than_the_bound(
    hamlet: Province, demo: Scenario, wish: Target
) -> None:
    seen = 0
    for times in (40, 80, 160):
        crowd, start = start_of(hamlet, demo, wish, times)
        if not start.missed():
            continue
        desk = ReliefDesk(crowd, demo, start)
        assert 2 <= len(desk.options) <= 6
        for size in range(1, len(desk.options) + 1):
            for chosen in itertools.combinations(desk.options, size):
                wider = extend_coverage(start.coverage, crowd, demo, proposals(chosen))
                end = busy_hour(crowd, demo, wider, [wish])
                if end.share(wish) > start.share(wish):
                    seen += 1
                    cost = sum(option.whole_vnd for option in chosen)
                    assert least_relief_vnd(demo, desk, start, end) <= cost
    assert seen >= 3


def test_the_table_is_what_moves_place_by_place(hamlet: Province, demo: Scenario, wish: Target) -> None:
    """The slow twin: every entry of every overloaded sector looked at by itself."""
    crowd, start = start_of(hamlet, demo, wish, 160)
    desk = ReliefDesk(crowd, demo, start)
    taken = desk.taken(start)
    table = relief_table(demo, start, wish, desk.options, taken, share_of_peak=1.0)
    load = sparse.coo_array((table.load, (table.sector, table.work)), shape=(len(table.crowds), len(desk.options)))
    moved = sparse.coo_array((table.moved, (table.sector, table.work)), shape=load.shape)
    layers = start.coverage.layers
    rates: dict[tuple[str, int], float] = {}
    for part in start.loads[2030]:
        if layers[part.index].technology == "4g":
            for entry, rate in zip(part.entry.tolist(), part.rate_mbps.tolist(), strict=True):
                key = layers[part.index].operator, entry
                rates[key] = rates.get(key, 0.0) + rate
    for number, option in enumerate(desk.options):
        for row, sector in enumerate(table.crowds):
            want_load = want_moved = 0.0
            for part in start.loads[2030]:
                layer = layers[part.index]
                for i, entry in enumerate(part.entry.tolist()):
                    one = layer.sectors[part.sector[i]]
                    if (one.sector_id, one.operator) != (sector.sector_id, sector.operator):
                        continue
                    if option.owner != one.operator:
                        continue
                    there = [c for c, at in zip(option.carriers, taken[number], strict=True) if entry in at.tolist()]
                    if option.technology == "5g":
                        want_load += part.load[i] * (1.0 - demo.coverage.demand.share_4g) * bool(there)
                        continue
                    peak = sum(float(downlink_mbps(np.array([60.0]), c, demo.radio.carriers[c])[0]) for c in there)
                    share = 1.0 if layer.carrier in there else peak / (rates[one.operator, entry] + peak)
                    want_load += share * part.load[i]
                    want_moved += share * part.people[i]
            if option.aim.replaces and option.host == sector.site_id and option.owner == sector.operator:
                want_load = sector.load - 1.0
            assert load.toarray()[row, number] == pytest.approx(want_load, rel=1e-9, abs=1e-12)
            assert moved.toarray()[row, number] == pytest.approx(want_moved, rel=1e-9, abs=1e-12)
    assert load.nnz > 0


def test_5g_by_itself_does_not_calm_what_it_cannot() -> None:
    """Sectors 0.2 and 2.0 above their capacity, of whose load 5G may take 0.6: only the first is calmed by 5G alone."""
    crowd = Crowd("S/lte/1", "S", "Red", "4g", 100.0, 1.2)
    table = ReliefTable(
        [crowd, crowd], np.array([100.0, 100.0]), np.array([0.2, 2.0]), np.array([0.6, 0.6]),
        np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0.1, 0.1, 0.6, 0.7]), np.array([0.0, 5.0, 0.0, 5.0]),
    )  # fmt: skip
    most = most_relieved(table, np.array([True, False]))
    assert most == pytest.approx([50.0, 55.0, 0.0, 5.0 + 100.0 * 0.7 / 1.4])
