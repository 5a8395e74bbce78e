"""Scenario files: extends, overrides, presets, and letters that say what is wrong where."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.config.load import load_scenario, resolve_scenario
from planner.config.schema import Scenario
from planner.errors import ConfigError

SCENARIOS = ("demo", "bac_giang_2030", "bac_ninh_2030", "hung_yen_2030", "ha_long_2030")
PRESETS = [path.stem for path in sorted((Path(__file__).resolve().parents[3] / "configs" / "coverage").glob("*.yaml"))]


def _write(folder: Path, text: str, name: str = "scenario.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _complaints(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_scenario(path, overrides)
    return [str(complaint) for complaint in caught.value.complaints]


@pytest.mark.parametrize("name", SCENARIOS)
def test_shipped_scenarios_load(root: Path, name: str) -> None:
    resolved = resolve_scenario(root / "scenarios" / f"{name}.yaml")
    assert resolved.scenario.name == name
    assert resolved.scenario.base_year == 2025
    assert resolved.scenario.targets
    assert resolved.scenario.phases[-1].year == 2030
    assert {path.name for path in resolved.files} >= {"vietnam.yaml", "planning.yaml", f"{name}.yaml"}


@pytest.mark.parametrize("preset", PRESETS)
def test_every_threshold_preset_loads(root: Path, preset: str) -> None:
    scenario = load_scenario(root / "scenarios" / "demo.yaml", [f"coverage.preset={preset}"])
    assert set(scenario.coverage.thresholds) == {"4g", "5g"}


def test_700_mhz_is_a_switch(root: Path, tmp_path: Path) -> None:
    demo = root / "scenarios" / "demo.yaml"
    with_700 = _write(tmp_path, f"extends: ['{demo}', radio/with_700.yaml]\nname: x\n")
    assert "700" not in (load_scenario(demo).radio.enabled_bands or [])
    assert "700" in (load_scenario(with_700).radio.enabled_bands or [])


def test_maps_merge_lists_replace_and_the_nearest_file_wins(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "name: base\nradio: {antennas: {a: {gain_dbi: 3}, b: {gain_dbi: 4}}}\ndata: {notes: [one, two]}\n",
        "a.yaml",
    )
    _write(tmp_path, "radio: {antennas: {a: {gain_dbi: 5}}}\n", "b.yaml")
    path = _write(tmp_path, "extends: [a.yaml, b.yaml]\ndata: {notes: [three]}\n")
    scenario = load_scenario(path)
    gains = {name: antenna.gain_dbi for name, antenna in scenario.radio.antennas.items()}
    assert gains == {"macro_65deg": 17.0, "a": 5.0, "b": 4.0}
    assert scenario.data.notes == ["three"]
    assert scenario.name == "base"


def test_default_entries_of_a_map_stay_when_one_is_replaced(tmp_path: Path) -> None:
    path = _write(
        tmp_path, "name: x\ndata: {files: {dem: other*.tif}}\npropagation: {clutter: {10: {name: wood, height_m: 9}}}\n"
    )
    scenario = load_scenario(path)
    assert scenario.data.files["dem"] == "other*.tif"
    assert scenario.data.files["sites"] == "bts*.csv"
    assert scenario.propagation.clutter[10].height_m == 9
    assert scenario.propagation.clutter[50].name == "built-up"


def test_codes_with_leading_zeros_stay_text(tmp_path: Path) -> None:
    path = _write(tmp_path, "name: x\nplanning: {priority_communes: [07210, 06985]}\n")
    assert load_scenario(path).planning.priority_communes == ["07210", "06985"]


def test_budgets_may_be_written_as_1e12(tmp_path: Path) -> None:
    path = _write(tmp_path, "name: x\nphases: [{year: 2026, budget_vnd: {operator: 1e12, province: 30_000_000}}]\n")
    assert load_scenario(path).phases[0].budget_vnd == {"operator": 10**12, "province": 30_000_000}


def test_overrides_walk_maps_and_lists(root: Path) -> None:
    scenario = load_scenario(
        root / "scenarios" / "demo.yaml",
        [
            "propagation.radius_km=4.5",
            "phases.1.budget_vnd.operator=7",
            "data.notes=[a, b]",
            "costs.sites.new_macro.value=5e8",
        ],
    )
    assert scenario.propagation.radius_km == 4.5
    assert scenario.phases[1].budget_vnd["operator"] == 7
    assert scenario.data.notes == ["a", "b"]
    assert scenario.costs.sites.new_macro.value == 5e8


def test_a_price_replaced_without_a_source_does_not_keep_the_old_source(root: Path, tmp_path: Path) -> None:
    path = _write(
        tmp_path, f"extends: '{root / 'scenarios' / 'demo.yaml'}'\ncosts: {{sites: {{new_macro: {{value: 1}}}}}}\n"
    )
    assert load_scenario(path).costs.sites.new_macro.source == "set by the scenario"


def test_every_fault_is_told_at_once_with_its_place_and_a_remedy(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "name: x\nbas_year: 2024\nradius_km: 4\n"
        "data: {files: {demm: a.tif}, cell_m: wide}\n"
        "propagation: {radius: 3, model: p1821}\n"
        "radio: {carriers: {c: {technology: 6g, band: 1800, frequency_mhz: 1800}}}\n",
    )
    told = "\n".join(_complaints(path, "propagation.time_pct=400", "report.top=3"))
    for wanted in (
        "scenario.yaml:2 bas_year: unknown key 'bas_year'. Did you mean 'base_year'?",
        "scenario.yaml:3 radius_km: unknown key 'radius_km'. Did you mean 'propagation.radius_km'?",
        "scenario.yaml:4 data.files.demm: unknown key 'demm'. Did you mean 'dem'?",
        "data.cell_m: found 'wide'. It should be a valid number",
        "propagation.radius: unknown key 'radius'. Did you mean 'radius_km'?",
        "propagation.model: found 'p1821'. Did you mean 'p1812'?",
        "radio.carriers.c.technology: found '6g'. One of: 4g, 5g.",
        'radio.carriers.c.band: found the number 1800. This is text: put it in quotes ("1800").',
        "radio.carriers.c.bandwidth_mhz: missing. Give `bandwidth_mhz`: Channel bandwidth.",
        "--set propagation.time_pct: found 400. It should be less than or equal to 50 (%).",
        "--set report.top: unknown key 'top'. Did you mean 'top_works'?",
    ):
        assert wanted in told


def test_contradictions_name_both_sides(root: Path) -> None:
    told = "\n".join(
        _complaints(
            root / "scenarios" / "demo.yaml",
            "targets.0.operator=Gmobile",
            "targets.1.operator=Viettell",
            "targets.2.base_year=2035",
            "costs.undergrounding.per_m=null",
            "phases.0.year=2031",
            "radio.operators.VNPT.carriers=[lte1800, nr3800]",
            "radio.carriers.lte1800.antenna=macro65",
            'radio.enabled_bands=["1800", "2600", "900"]',
            "coverage.thresholds={}",
            "coverage.preset=null",
            "planning.commitments={fixed: [A], forbidden: [A]}",
            "data.operator_aliases={VT: Vietel}",
        )
    )
    for wanted in (
        "targets.0.technology: Gmobile does not hold a 5g carrier",
        "targets.1.operator: no operator 'Viettell' in radio.operators. Did you mean 'Viettel'?",
        "targets.2.year: 2028 lies before its base_year 2035",
        "costs.undergrounding.per_m: no price for urban, suburban, rural ground",
        "phases: years [2031, 2028, 2030]",
        "radio.operators.VNPT.carriers: no carrier 'nr3800' in radio.carriers. Did you mean 'nr3850'?",
        "radio.carriers.lte1800.antenna: no antenna 'macro65'",
        "radio.enabled_bands: no carrier has band '900'",
        "coverage.thresholds.5g: missing",
        "planning.commitments: A fixed and forbidden at once",
        "data.operator_aliases.VT: no operator 'Vietel'",
    ):
        assert wanted in told


def test_receivers_share_one_height_and_must_be_there(root: Path) -> None:
    demo = root / "scenarios" / "demo.yaml"
    (told,) = _complaints(demo, "radio.receivers.indoor.height_agl_m=4.5")
    assert "outdoor 1.5 m, in_vehicle 1.5 m, indoor 4.5 m" in told
    higher = [f"radio.receivers.{name}.height_agl_m=4.5" for name in ("outdoor", "in_vehicle", "indoor")]
    assert load_scenario(demo, higher).radio.receivers["indoor"].height_agl_m == 4.5
    base = {"name": "x", "radio": {"receivers": {"outdoor": {}}}}
    assert Scenario.model_validate(base).coverage.receiver == "outdoor"
    with pytest.raises(
        ValueError, match=r"coverage\.receiver: no receiver 'indoor' in radio\.receivers; known: outdoor"
    ):
        Scenario.model_validate({**base, "coverage": {"receiver": "indoor"}})


def test_targets_that_contradict_each_other_are_told(root: Path) -> None:
    told = "\n".join(
        _complaints(
            root / "scenarios" / "demo.yaml",
            "targets=[{name: a, kind: fibre_communes, year: 2028, share: 0.9},"
            " {name: b, kind: fibre_communes, year: 2028, share: 0.8},"
            " {name: c, kind: underground_km, year: 2026, share: 0.5, zone_status: new},"
            " {name: d, kind: coverage_people, technology: 5g, year: 2026, share: 0.9},"
            " {name: e, kind: coverage_people, technology: 5g, year: 2030, share: 0.7},"
            " {name: e, kind: fibre_households, operator: VNPT, year: 2030}]",
        )
    )
    for wanted in (
        "targets.1.share: 'a' and 'b' ask for 90.00% and 80.00% of the same in 2028. Keep one of them",
        "targets.2.zone_status: says nothing about a target of kind underground_km. Drop the key",
        "targets.4.share: 'e' asks for 70.00% in 2030, less than 'd' for 2026 (90.00%)",
        "targets.5.operator: says nothing about a target of kind fibre_households",
        "2 targets are named 'e'",
    ):
        assert wanted in told


def test_shares_may_rise_and_a_phase_needs_its_money(root: Path) -> None:
    rising = (
        "targets=[{name: a, kind: fibre_communes, year: 2026, share: 0.5},"
        " {name: b, kind: fibre_communes, year: 2028, share: 1.0}]"
    )
    assert len(load_scenario(root / "scenarios" / "demo.yaml", [rising]).targets) == 2
    told = _complaints(root / "scenarios" / "demo.yaml", "phases=[{year: 2026}]")
    assert any("phases.0.budget_vnd: missing" in line for line in told)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("name: x\n  title: [\n", "scenario.yaml:2:8: not valid YAML"),
        ("name: x\ndata: {cell_m: 90\n", "not valid YAML"),
        ("", "the file is empty"),
        ("- name\n", "the file is not a map of keys"),
        ("name: x\ntitle: a\ntitle: b\n", "scenario.yaml:3: key 'title' appears twice"),
        ("name: &a x\ntitle: *a\n", "an alias (*name)"),
        ("name: !!python/object/apply:os.system [ls]\n", "tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("extends: [nowhere.yaml]\nname: x\n", "scenario.yaml:1 extends: no file 'nowhere.yaml'"),
        ("extends: scenario.yaml\nname: x\n", "extends itself in a circle"),
        ("extends: {a: b}\nname: x\n", "Give a list of file names"),
        ("title: x\n", "name: missing"),
        ("name: x\nradio: 3\n", "This is a map of keys: carriers, operators"),
        ("name: x\ncoverage: {preset: fc}\n", "no preset 'fc'. Did you mean 'fcc'?"),
        ("name: x\n? [a, b]\n: c\n", "a key that is a list or a map"),
    ],
)
def test_damaged_files_are_told_with_their_line(tmp_path: Path, text: str, wanted: str) -> None:
    assert any(wanted in line for line in _complaints(_write(tmp_path, text)))


def test_a_file_that_is_no_text_or_too_large_or_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("name: Bắc".encode("utf-16"))
    (tmp_path / "large.yaml").write_bytes(b"# " + b"x" * 2_100_000)
    assert "not UTF-8" in _complaints(tmp_path / "latin.yaml")[0]
    assert "more than 2,000,000" in _complaints(tmp_path / "large.yaml")[0]
    assert "cannot be read" in _complaints(tmp_path / "missing.yaml")[0]
    assert "cannot be read" in _complaints(tmp_path)[0]


@pytest.mark.parametrize(
    ("override", "wanted"),
    [
        ("nonsense", "not of the form key.path=value"),
        ("phases.9.year=2030", "the list has entries 0 to 2"),
        ("base_year.x=1", "base_year is a plain value"),
        ("data.notes=[a", "is not readable as a YAML value"),
    ],
)
def test_overrides_that_cannot_be(root: Path, override: str, wanted: str) -> None:
    assert any(wanted in line for line in _complaints(root / "scenarios" / "demo.yaml", override))


def test_antenna_files_are_found_beside_the_file_that_names_them(tmp_path: Path) -> None:
    _write(tmp_path, "x", "parts/panel.msi")
    _write(tmp_path, "radio: {antennas: {panel: {kind: file, file: panel.msi}}}\n", "parts/radio.yaml")
    scenario = load_scenario(_write(tmp_path, "extends: parts/radio.yaml\nname: x\n"))
    assert scenario.radio.antennas["panel"].file == (tmp_path / "parts" / "panel.msi").resolve()


def test_a_missing_antenna_file_is_told(tmp_path: Path) -> None:
    path = _write(tmp_path, "name: x\nradio: {antennas: {panel: {kind: file, file: panel.msi}}}\n")
    assert any("radio.antennas.panel.file: no file" in line for line in _complaints(path))


def test_the_resolved_scenario_can_be_read_back(root: Path) -> None:
    scenario = load_scenario(root / "scenarios" / "bac_giang_2030.yaml")
    assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario
