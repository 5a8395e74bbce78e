"""Prediction: the same to the bit however it is run; layers obey the physics they are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.coverage.propagation import Propagation
from planner.coverage.sectors import build_sectors, proposed_sectors
from planner.coverage.store import FieldStore, context_hash
from planner.domain.coverage import CoverageMap, ProposedSite
from planner.domain.province import Province
from planner.errors import ModelRangeError

CELL_M, WEST, NORTH = 90.0, 600_000.0, 2_360_000.0
Maker = Callable[..., Scenario]


def assert_same(one: CoverageMap, other: CoverageMap) -> None:
    assert [(a.operator, a.carrier) for a in one.layers] == [(b.operator, b.carrier) for b in other.layers]
    for a, b in zip(one.layers, other.layers, strict=True):
        for name in ("level_dbm", "second_dbm", "best_sector", "interference_mw"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


@pytest.fixture(scope="module")
def coverage(province: Province, scenario: Scenario) -> CoverageMap:
    return predict_coverage(province, scenario, threads=1)


def test_sectors_and_what_was_assumed(province: Province, scenario: Scenario, make_scenario: Maker) -> None:
    sectors, assumed = build_sectors(province, scenario)
    assert len(sectors) == 3 * (5 + 2)
    assert assumed["sector azimuths"] == 21
    assert {sector.technology for sector in sectors if sector.site_id == "S2"} == {"4g"}
    dark = make_scenario(radio={**scenario.radio.model_dump(), "enabled_bands": ["1800"]})
    assert build_sectors(province, dark)[1]["Red 5g sites without a carrier in the scenario"] == 1


def test_inventory_azimuths_are_used(province: Province, scenario: Scenario) -> None:
    sites = province.sites.assign(azimuths_deg=[(10.0, 200.0)] + [()] * 4)
    sectors, assumed = build_sectors(replace(province, sites=sites), scenario)
    own = [sector.azimuth_deg for sector in sectors if sector.site_id == "S1" and sector.carrier == "lte"]
    assert own == [10.0, 200.0]
    assert assumed["sector azimuths"] == 15


def test_threads_and_row_order_do_not_matter(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    assert_same(coverage, predict_coverage(province, scenario, threads=3))
    shuffled = replace(province, sites=province.sites.iloc[::-1].reset_index(drop=True))
    assert_same(coverage, predict_coverage(shuffled, scenario, threads=2))


def test_levels_are_ordered_and_add_up(coverage: CoverageMap) -> None:
    for layer in coverage.layers:
        served = layer.best_sector >= 0
        assert np.array_equal(np.isfinite(layer.level_dbm), served)
        both = np.isfinite(layer.second_dbm)
        assert np.all(layer.second_dbm[both] <= layer.level_dbm[both])
        second_mw = 10.0 ** (0.1 * layer.second_dbm[both].astype(np.float64))
        assert np.all(layer.interference_mw[both] >= second_mw * (1.0 - 1e-5))


def test_best_server_against_a_plain_twin(
    province: Province, scenario: Scenario, coverage: CoverageMap, make_scenario: Maker
) -> None:
    """Levels of every sector apart, sorted in float64."""
    layer = next(one for one in coverage.layers if (one.operator, one.carrier) == ("Red", "lte"))
    alone = []
    for number in range(len(layer.sectors)):
        site_id = layer.sectors[number].site_id
        only = replace(province, sites=province.sites[province.sites["site_id"] == site_id])
        azimuth = layer.sectors[number].azimuth_deg
        narrow = make_scenario(radio={**scenario.radio.model_dump(), "site_defaults": {"azimuths_deg": [azimuth]}})
        single = predict_coverage(only, narrow, threads=1)
        alone.append(next(one for one in single.layers if one.carrier == "lte").level_dbm)
    stack = np.where(np.isnan(alone), -np.inf, np.array(alone, dtype=np.float64))
    order = np.sort(stack, axis=0)
    known = layer.best_sector >= 0
    np.testing.assert_allclose(layer.level_dbm[known], order[-1][known], atol=0.02)
    total = (10.0 ** (0.1 * stack)).sum(axis=0)
    want = total - 10.0 ** (0.1 * order[-1])
    got = layer.interference_mw.astype(np.float64)
    loud = known & (want > 1e-15)
    np.testing.assert_allclose(got[loud], want[loud], rtol=0.01)


def test_extra_sites_only_add(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    new = ProposedSite("N1", "Red", "nr", WEST + 60.4 * CELL_M, NORTH - 40.2 * CELL_M, 42.0)
    more = predict_coverage(province, scenario, extra_sites=[new], threads=1)
    before = next(one for one in coverage.layers if (one.operator, one.carrier) == ("Red", "nr"))
    after = next(one for one in more.layers if (one.operator, one.carrier) == ("Red", "nr"))
    assert len(after.sectors) == len(before.sectors) + 3
    was = np.where(np.isnan(before.level_dbm), -np.inf, before.level_dbm)
    assert np.all(np.where(np.isnan(after.level_dbm), -np.inf, after.level_dbm) >= was)
    assert proposed_sectors([new], scenario)[0].sector_id == "N1/nr/1"


def test_store_gives_the_same_to_the_bit(
    province: Province, scenario: Scenario, coverage: CoverageMap, tmp_path: Path
) -> None:
    context = context_hash(scenario, Propagation(province, scenario))
    first = FieldStore(tmp_path, context)
    assert_same(coverage, predict_coverage(province, scenario, threads=1, store=first))
    assert (first.computed, first.read) == (5, 0)
    second = FieldStore(tmp_path, context)
    assert_same(coverage, predict_coverage(province, scenario, threads=2, store=second))
    assert (second.computed, second.read) == (0, 5)


def test_damaged_and_foreign_entries_are_recomputed(
    province: Province, scenario: Scenario, coverage: CoverageMap, tmp_path: Path
) -> None:
    context = context_hash(scenario, Propagation(province, scenario))
    predict_coverage(province, scenario, threads=1, store=FieldStore(tmp_path, context))
    entries = sorted(tmp_path.rglob("*.field"))
    entries[0].write_bytes(entries[0].read_bytes()[:-40])
    entries[1].write_bytes(b"")
    raw = bytearray(entries[2].read_bytes())
    raw[len(raw) // 2] ^= 1
    entries[2].write_bytes(bytes(raw))
    entries[3].write_bytes(entries[4].read_bytes())
    store = FieldStore(tmp_path, context)
    assert_same(coverage, predict_coverage(province, scenario, threads=1, store=store))
    assert store.computed == 4
    assert store.damaged == 4
    assert_same(coverage, predict_coverage(province, scenario, threads=1, store=FieldStore(tmp_path, context)))


def test_a_store_that_cannot_be_written_changes_nothing(
    province: Province, scenario: Scenario, coverage: CoverageMap, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    store = FieldStore(blocked, "x")
    assert_same(coverage, predict_coverage(province, scenario, threads=1, store=store))
    assert blocked.read_text(encoding="utf-8") == "not a folder"


def test_context_follows_terrain_and_settings(province: Province, scenario: Scenario, make_scenario: Maker) -> None:
    base = context_hash(scenario, Propagation(province, scenario))
    other = make_scenario(propagation={"radius_km": 4.0, "delta_n": 60.0})
    assert context_hash(other, Propagation(province, other)) != base
    raised = province.terrain.elevation_asl_m.copy()
    raised[3, 3] += 1.0
    moved = replace(province, terrain=replace(province.terrain, elevation_asl_m=raised))
    assert context_hash(scenario, Propagation(moved, scenario)) != base


@pytest.mark.parametrize("model", ["free_space", "hata", "itm", "tr38901_rma", "p452"])
def test_other_models_run_on_the_same_window(province: Province, model: str, make_scenario: Maker) -> None:
    scenario = make_scenario(propagation={"radius_km": 2.0, "model": model})
    only = replace(province, sites=province.sites.iloc[:1])
    layer = predict_coverage(only, scenario, threads=1).layers[0]
    reference = predict_coverage(only, make_scenario(propagation={"radius_km": 2.0}), threads=1).layers[0]
    known, expected = np.isfinite(layer.level_dbm), np.isfinite(reference.level_dbm)
    assert np.count_nonzero(known != expected) <= 0.02 * expected.sum()  # rim cells
    both = known & expected
    assert abs(float(np.median(layer.level_dbm[both] - reference.level_dbm[both]))) < 25.0


def test_model_by_environment_and_calibration(province: Province, make_scenario: Maker) -> None:
    only = replace(province, sites=province.sites.iloc[:1])
    plain = make_scenario(propagation={"radius_km": 2.0})
    clutter = {code: entry.model_dump() for code, entry in plain.propagation.clutter.items()}
    clutter[10]["offset_db"] = 7.0
    clutter[40]["slope_db_per_decade"] = 10.0
    fitted = make_scenario(propagation={"radius_km": 2.0, "clutter": clutter})
    mixed = make_scenario(propagation={"radius_km": 2.0, "model_by_environment": {"trees": "free_space"}})
    base, tuned, mix = (predict_coverage(only, one, threads=1).layers[0] for one in (plain, fitted, mixed))
    trees = (province.terrain.land_cover == 10) & np.isfinite(base.level_dbm)
    np.testing.assert_allclose((base.level_dbm - tuned.level_dbm)[trees], 7.0, atol=1e-3)
    row, col = np.nonzero((province.terrain.land_cover == 40) & np.isfinite(base.level_dbm))
    d_km = np.hypot(col + 0.5 - 20.3, row + 0.5 - 20.8) * CELL_M / 1e3
    want = 10.0 * np.log10(np.maximum(d_km, 0.01))
    np.testing.assert_allclose((base.level_dbm - tuned.level_dbm)[row, col], want, atol=0.02)
    fields = province.terrain.land_cover == 40
    np.testing.assert_array_equal(mix.level_dbm[fields], base.level_dbm[fields])
    assert np.all(mix.level_dbm[trees] >= base.level_dbm[trees] - 0.1)


def test_missing_terrain_is_said_and_never_zero(province: Province, scenario: Scenario) -> None:
    holes = province.terrain.elevation_asl_m.copy()
    holes[:, 30:33] = np.nan
    hollow = replace(province, terrain=replace(province.terrain, elevation_asl_m=holes))
    only = replace(hollow, sites=hollow.sites[hollow.sites["site_id"] == "S1"])
    found = predict_coverage(only, scenario, threads=1)
    assert any("lacks terrain" in text for text in found.warnings)
    assert np.isnan(found.layers[0].level_dbm[20, 30:60]).all()
    assert np.isfinite(found.layers[0].level_dbm[20, 5:29]).all()


def test_radius_from_the_link_budget(province: Province, make_scenario: Maker) -> None:
    weak = make_scenario(
        propagation={"radius_km": None}, coverage={"thresholds": {"4g": {"level_dbm": -70}, "5g": {"level_dbm": -70}}}
    )
    strong = make_scenario(propagation={"radius_km": None})
    near, far = (predict_coverage(province, one, threads=1) for one in (weak, strong))
    assert any("derived from the link budget" in text for text in far.warnings)
    assert np.isfinite(near.layers[0].level_dbm).sum() < np.isfinite(far.layers[0].level_dbm).sum()


def test_a_cut_signal_is_said(province: Province, scenario: Scenario, make_scenario: Maker) -> None:
    short = make_scenario(propagation={"radius_km": 0.5})
    assert any("still usable" in text for text in predict_coverage(province, short, threads=1).warnings)


def test_each_band_by_its_own_model(province: Province, scenario: Scenario, make_scenario: Maker) -> None:
    """P.1812 ends at 6 GHz; a carrier at 26 GHz on the same mast has a model of its own."""
    radio = scenario.radio.model_dump()
    radio["carriers"]["nr"] |= {"band": "26000", "frequency_mhz": 26_500.0, "bandwidth_mhz": 100.0, "scs_khz": 120}
    only = replace(province, sites=province.sites.iloc[:1])
    mixed = make_scenario(radio=radio, propagation={"radius_km": 2.0, "model_by_band": {"26000": "tr38901_umi"}})
    found = predict_coverage(only, mixed, threads=1)
    base = predict_coverage(only, make_scenario(propagation={"radius_km": 2.0}), threads=1)
    lte, high = found.layers
    np.testing.assert_allclose(lte.level_dbm, base.layers[0].level_dbm, atol=0.01)
    assert np.isfinite(high.level_dbm).any()
    with pytest.raises(ModelRangeError, match="6000"):
        predict_coverage(only, make_scenario(radio=radio, propagation={"radius_km": 2.0}), threads=1)


def test_model_warnings_reach_the_reader_from_the_store_too(
    province: Province, make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    asked = make_scenario(propagation={"model_by_band": {"2600": "tr38901_uma"}}, run={"store": str(tmp_path)})
    first = predict_coverage(province, asked, threads=1)
    assert any("bs_height_m 40 m" in warning for warning in first.warnings)
    assert predict_coverage(province, asked, threads=1).warnings == first.warnings


def test_border_areas_are_said_until_neighbours_are_given(
    province: Province, coverage: CoverageMap, scenario: Scenario
) -> None:
    (note,) = [text for text in coverage.warnings if "neighbouring" in text]
    assert "areas within 3 km of the border may be served from beyond it" in note
    abroad = replace(province, sites=province.sites.assign(inside=[True] * 4 + [False]))
    assert not [text for text in predict_coverage(abroad, scenario, threads=1).warnings if "neighbouring" in text]
