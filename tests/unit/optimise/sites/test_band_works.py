"""Bands as works: a carrier that no site of today has, put onto sites that have the technology."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.coverage.extend import extend_coverage
from planner.coverage.predict import predict_coverage
from planner.coverage.service import entry_service
from planner.domain.province import Province
from planner.optimise.sites.choice import choose_sites, study_sites
from planner.optimise.sites.option_maker import OptionMaker
from planner.optimise.sites.options import SiteOption, proposals

OPERATORS = ("Viettel", "VNPT", "MobiFone")
ALL_BANDS = "radio.enabled_bands=['700','1800','2100','2600','3700','3850']"


@pytest.fixture
def on_5g(hamlet: Province) -> Province:
    """The hamlet with 5G on its first mast."""
    return replace(hamlet, sites=hamlet.sites.assign(has_5g=[True, False]))


def asked(root: Path, *overrides: str) -> Scenario:
    only = ["run.threads=1", "planning.candidates.max_candidates=0", "coverage.infrastructure_sharing=false"]
    return load_scenario(root / "scenarios" / "demo.yaml", [*only, *overrides])


def bands(province: Province, scenario: Scenario) -> list[SiteOption]:
    return OptionMaker(province, scenario, "5g", OPERATORS).add_bands()


def test_only_bands_no_site_has_on_sites_with_the_technology(on_5g: Province, hamlet: Province, root: Path) -> None:
    assert bands(on_5g, asked(root)) == []  # 700 MHz is off
    scenario = asked(root, ALL_BANDS)
    assert bands(hamlet, scenario) == []  # no 5G today: the upgrade brings every band
    (found,) = bands(on_5g, scenario)
    assert found.work_id == "A:S1:Viettel:nr700_viettel"
    assert found.carriers == ("nr700_viettel",)
    assert found.cost_vnd == Prices(scenario.costs).vnd(scenario.costs.sites.add_carrier)


def test_a_band_is_chosen_where_it_reaches_farther(on_5g: Province, root: Path) -> None:
    target = {
        "name": "a",
        "kind": "coverage_areas",
        "technology": "5g",
        "operator": "Viettel",
        "share": 1,
        "year": 2030,
    }
    deaf = "radio.carriers.nr2600.power_dbm=0"  # what is on air today serves nobody far away
    scenario = asked(root, ALL_BANDS, deaf, f"targets=[{target}]".replace("'", ""))
    baseline = predict_coverage(on_5g, scenario, threads=1)
    study = study_sites(on_5g, scenario, baseline, "5g")
    assert study is not None
    choice = choose_sites(study, scenario)
    assert [option.work_id for option in choice.chosen] == ["A:S1:Viettel:nr700_viettel"]
    after = extend_coverage(baseline, on_5g, scenario, proposals(choice.chosen))
    served = [
        entry_service(one, on_5g, scenario).served(
            technology="5g", operator="Viettel", receiver=scenario.coverage.receiver
        )
        for one in (baseline, after)
    ]
    assert served[1].sum() > served[0].sum()
    assert (served[1] | ~served[0]).all()
