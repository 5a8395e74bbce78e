"""Cable plans of a real area: reached shares, costs and kilometres follow from the works; the same twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.config.load import load_scenario
from planner.data.load import load_province
from planner.optimise.network.backhaul import SiteNeed
from planner.optimise.programme.cables import plan_cables
from planner.optimise.programme.phases import schedule_phases
from planner.optimise.programme.state import NetworkLedger, works_until


@pytest.mark.parametrize("name", ["ha_long", "hung_yen"])
def test_states_follow_from_the_works(root: Path, shared: Path, name: str) -> None:
    scenario = load_scenario(root / "scenarios" / f"{name}_2030.yaml")
    province = load_province(scenario, shared / "data" / name)
    dark = province.sites[(province.sites["backhaul"] == "microwave") & province.sites["inside"]].head(40)
    needs = [
        SiteNeed(row.site_id, row.operator, row.geometry.x, row.geometry.y, row.height_agl_m, (), True, 2030)
        for row in dark.itertuples()
    ]
    plan = plan_cables(province, scenario, needs)
    assert plan.cost_vnd == plan.fibre.cost_vnd + plan.undergrounding.cost_vnd
    assert plan.fibre.cost_vnd <= min(plan.fibre.naive_vnd.values())
    assert plan.fibre.gap_share <= 0.02
    assert plan.undergrounding.gap_share <= 0.03
    assert plan.without_sites_vnd <= plan.lower_bound_vnd <= plan.cost_vnd
    assert plan == plan_cables(province, scenario, needs)

    schedule = schedule_phases(plan.works, scenario, province)
    years = {work.work_id: work.year for work in schedule.works}
    for work in schedule.works:
        assert work.year == 0 or all(0 < years[need] <= work.year for need in work.requires)
    for phase in scenario.phases:
        for payer, budget in phase.budget_vnd.items():
            spent = sum(work.cost_vnd for work in schedule.works if (work.year, work.payer) == (phase.year, payer))
            assert spent <= budget

    ledger = NetworkLedger(province, scenario)
    done = works_until(schedule.works, None)
    before, after = ledger.cables([]), ledger.cables(done)
    routes = [work for work in done if work.kind == "fibre_route"]
    assert after["total_km"] == pytest.approx(before["total_km"] + sum(work.length_km for work in routes))
    homes = int(province.areas["households"].sum())
    new = sum(work.people for work in done if work.kind == "distribution")
    assert ledger.fibre(done)["households_share"] == pytest.approx(ledger.fibre([])["households_share"] + new / homes)
