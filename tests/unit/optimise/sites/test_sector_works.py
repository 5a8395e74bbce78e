"""Sectors as works: in directions known sectors leave open, and as two narrow panels for each wide one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.config.load import load_scenario
from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.coverage.extend import extend_coverage
from planner.coverage.predict import predict_coverage
from planner.coverage.service import entry_service
from planner.domain.province import Province
from planner.optimise.sites.choice import choose_sites, study_sites
from planner.optimise.sites.coverage_targets import reached_coverage
from planner.optimise.sites.explain import site_works
from planner.optimise.sites.option_maker import OptionMaker
from planner.optimise.sites.options import SiteOption, proposals

OPERATORS = ("Viettel", "VNPT", "MobiFone")


@pytest.fixture(scope="module")
def demo(root: Path) -> Scenario:
    return load_scenario(root / "scenarios" / "demo.yaml", ["run.threads=1", "planning.candidates.max_candidates=0"])


def pointing(province: Province, *azimuths: tuple[float, ...] | None) -> Province:
    return replace(province, sites=province.sites.assign(azimuths_deg=list(azimuths)))


def sectors(province: Province, scenario: Scenario) -> list[SiteOption]:
    return OptionMaker(province, scenario, "4g", OPERATORS).add_sectors()


def test_only_known_open_directions_of_a_technology_on_site(hamlet: Province, demo: Scenario) -> None:
    assert sectors(hamlet, demo) == []  # nothing is known
    assert sectors(pointing(hamlet, None, (0.0, 120.0, 240.0)), demo) == []
    found = sectors(pointing(hamlet, (90.0,), (10.0, 130.0)), demo)
    assert [one.work_id for one in found] == ["S:S1:Viettel:4g:210", "S:S1:Viettel:4g:330", "S:S2:VNPT:4g:250"]
    assert [one.aim.azimuths_deg for one in found] == [(210.0,), (330.0,), (250.0,)]
    assert [one.aim.first_sector for one in found] == [2, 3, 3]
    assert {one.carriers for one in found} == {("lte1800", "lte2100")}
    price = Prices(demo.costs).vnd(demo.costs.sites.add_sector)
    assert {one.cost_vnd for one in found} == {price}
    assert "point to 90 degrees and leave 210 open" in found[0].reason
    assert OptionMaker(pointing(hamlet, (90.0,), None), demo, "5g", OPERATORS).add_sectors() == []


def test_an_upgrade_points_as_the_site_does(hamlet: Province, demo: Scenario) -> None:
    first, second = OptionMaker(pointing(hamlet, (90.0,), None), demo, "5g", OPERATORS).upgrades()
    assert first.aim.azimuths_deg == (90.0,)
    assert second.aim.azimuths_deg == tuple(demo.radio.site_defaults.azimuths_deg)


def test_a_sector_closes_a_gap_in_the_engine(hamlet: Province, demo: Scenario) -> None:
    """Both masts look away from the village between them: sectors are the cheapest way to it."""
    target = Target.model_validate(
        {"name": "4G of Viettel", "kind": "coverage_areas", "technology": "4g", "operator": "Viettel", "year": 2030}
    )
    thresholds = {"4g": demo.coverage.thresholds["4g"].model_copy(update={"level_dbm": -95.0})}
    coverage = demo.coverage.model_copy(update={"thresholds": thresholds, "infrastructure_sharing": False})
    scenario = demo.model_copy(update={"targets": [target], "coverage": coverage})
    away = pointing(hamlet, (270.0,), (90.0,))
    baseline = predict_coverage(away, scenario, threads=1)
    before = reached_coverage(away, scenario, target, entry_service(baseline, away, scenario))
    study = study_sites(away, scenario, baseline, "4g")
    assert study is not None
    choice = choose_sites(study, scenario)
    assert {one.kind for one in choice.chosen} == {"add_sector"}
    (work, *_) = site_works(away, choice)
    assert work.kind == "add_sector"
    assert work.details["azimuths_deg"] == [round(azimuth, 1) for azimuth in choice.chosen[0].aim.azimuths_deg]
    after = extend_coverage(baseline, away, scenario, proposals(choice.chosen))
    assert reached_coverage(away, scenario, target, entry_service(after, away, scenario)) > before
    names = [sector.sector_id for layer in after.layers for sector in layer.sectors if layer.operator == "Viettel"]
    assert len(set(names)) == len(names)
    forbidden = demo.planning.commitments.model_copy(update={"forbidden": [work.work_id]})
    planning = scenario.planning.model_copy(update={"commitments": forbidden})
    again = choose_sites(study, scenario.model_copy(update={"planning": planning}))
    assert work.work_id not in {one.work_id for one in again.chosen}


def test_narrow_panels_stand_in_for_wide_ones(hamlet: Province, demo: Scenario) -> None:
    baseline = predict_coverage(hamlet, demo, threads=1)
    own = [s for layer in baseline.layers for s in layer.sectors if s.site_id == "S1"]
    maker = OptionMaker(hamlet, demo, "4g", OPERATORS)
    split = maker.split_sectors(0, "Viettel", own)
    assert split is not None
    assert split.work_id == "D:S1:Viettel:4g"
    assert split.carriers == ("lte1800", "lte2100")
    ring = np.sort(np.array(split.aim.azimuths_deg))
    assert len(ring) == 6
    assert np.diff(np.append(ring, ring[0] + 360.0)) == pytest.approx(np.full(6, 60.0), abs=2.0)
    panel = Prices(demo.costs).vnd(demo.costs.sites.split_sector)
    assert split.cost_vnd == 6 * panel
    after = extend_coverage(baseline, hamlet, demo, proposals([split]))
    now = [s for layer in after.layers for s in layer.sectors if s.site_id == "S1"]
    assert len(now) == 12  # six on each carrier, the wide ones gone
    assert {sector.antenna for sector in now} == {"macro_33deg"}
    assert maker.split_sectors(0, "Viettel", now) is None  # narrow already
    antennas = {name: one.model_copy(update={"narrow_antenna": None}) for name, one in demo.radio.carriers.items()}
    wide = demo.model_copy(update={"radio": demo.radio.model_copy(update={"carriers": antennas})})
    assert OptionMaker(hamlet, wide, "4g", OPERATORS).split_sectors(0, "Viettel", own) is None
