"""More sites on a map that stands: sectors that replace others, and places a proposal would take over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.config.schema import Scenario
from planner.coverage.extend import extend_coverage
from planner.coverage.predict import predict_coverage
from planner.coverage.sectors import carriers_today, site_proposal
from planner.coverage.taken_over import levels_heard, places_taken
from planner.domain.coverage import CoverageMap, ProposedSite
from planner.domain.province import Province

TURNED = (20.0, 140.0, 200.0, 260.0)


def with_azimuths(province: Province, site_id: str, azimuths: tuple[float, ...]) -> Province:
    sites = province.sites.copy()
    sites["azimuths_deg"] = [azimuths if name == site_id else None for name in sites["site_id"]]
    return replace(province, sites=sites)


def proposed(province: Province, site_id: str, carrier: str, **changes: object) -> ProposedSite:
    row = next(row for row in province.sites.itertuples() if row.site_id == site_id)
    return replace(site_proposal(row, carrier), **changes)  # type: ignore[arg-type]


def same(left: CoverageMap, right: CoverageMap) -> None:
    assert [(one.operator, one.carrier) for one in left.layers] == [(one.operator, one.carrier) for one in right.layers]
    for one, other in zip(left.layers, right.layers, strict=True):
        np.testing.assert_array_equal(one.level_dbm, other.level_dbm)
        np.testing.assert_allclose(one.interference_mw, other.interference_mw, rtol=1e-5, atol=1e-30)
        names = [sector.azimuth_deg for sector in one.sectors]
        others = [sector.azimuth_deg for sector in other.sectors]
        served = one.best_sector >= 0
        assert (served == (other.best_sector >= 0)).all()
        assert (np.array(names)[one.best_sector[served]] == np.array(others)[other.best_sector[served]]).all()


def test_sectors_that_replace_others_are_as_if_they_had_always_stood(province: Province, scenario: Scenario) -> None:
    baseline = predict_coverage(province, scenario, threads=1)
    carriers = [name for tech in ("4g", "5g") for name in carriers_today(scenario, "Red", tech)]
    instead = [proposed(province, "S1", name, azimuths_deg=TURNED, replaces=True) for name in carriers]
    changed = extend_coverage(baseline, province, scenario, instead)
    same(changed, predict_coverage(with_azimuths(province, "S1", TURNED), scenario, threads=1))
    assert all(len({one.sector_id for one in layer.sectors}) == len(layer.sectors) for layer in changed.layers)
    same(extend_coverage(changed, province, scenario, []), changed)


def test_a_replacing_proposal_stands_in_for_another_of_the_same_call(province: Province, scenario: Scenario) -> None:
    baseline = predict_coverage(province, scenario, threads=1)
    plain = proposed(province, "S3", "nr")  # Blue has no 5G there today
    narrow = replace(plain, azimuths_deg=TURNED, replaces=True)
    both = extend_coverage(baseline, province, scenario, [plain, narrow])
    same(both, extend_coverage(baseline, province, scenario, [narrow]))
    after = extend_coverage(extend_coverage(baseline, province, scenario, [plain]), province, scenario, [narrow])
    same(both, after)


def test_places_taken_are_those_a_proposal_serves_best(province: Province, scenario: Scenario) -> None:
    baseline = predict_coverage(province, scenario, threads=1)
    shift = 25.0 * province.terrain.grid.cell_m
    new = [
        replace(proposed(province, site_id, carrier), site_id="X", x_m=point.x + shift, y_m=point.y - shift)
        for site_id, carrier, point in zip(
            ("S1", "S1", "S3"), ("lte", "nr", "lte"), province.sites.geometry.iloc[[0, 0, 2]], strict=True
        )
    ]
    taken = places_taken(province, baseline, new, levels_heard(province, scenario, new))
    cell = province.area_cells.cell
    for one, entries in zip(new, taken, strict=True):
        layer = next(
            layer
            for layer in extend_coverage(baseline, province, scenario, [one]).layers
            if (layer.operator, layer.carrier) == (one.operator, one.carrier)
        )
        mine = np.array([sector.site_id == "X" for sector in layer.sectors])
        best = layer.best_sector.reshape(-1)[cell]
        level = layer.level_dbm.reshape(-1)[cell]
        enough = level >= layer.threshold_dbm[scenario.coverage.receiver]
        assert entries.tolist() == np.flatnonzero((best >= 0) & mine[best] & enough).tolist()
        assert entries.size > 0
