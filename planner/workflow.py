"""The story of a run, told once: scenario, province, baseline, plan, final coverage, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from planner.config.load import resolve_scenario
from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.data.load import load_province
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Plan
from planner.domain.programme import Programme
from planner.domain.province import Province
from planner.optimise.programme.plan import propose_programme
from planner.report.earlier import read_earlier
from planner.report.staging import staged_folder
from planner.report.write import write_report

Progress = Callable[[str, int, int], None]


def run_scenario(
    scenario_file: Path,
    data_folder: Path | None,
    out_dir: Path,
    *,
    overrides: Sequence[str] = (),
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    earlier_run: Path | None = None,
) -> dict[str, Any]:
    """Carry a scenario from its file to a folder of results.

    Parameters
    ----------
    scenario_file : Path
        YAML scenario.
    data_folder : Path or None
        Folder with the province's layers; None for synthetic scenarios.
    out_dir : Path
        Folder of results; an earlier run's is replaced as a whole, and only on success.
    overrides : sequence of str, optional
        'key.path=value' texts.
    progress : callable, optional
        Called with stage, done, total.
    should_stop : callable, optional
        Asked by the solvers now and then; True makes them return the best so far with its bound.
    earlier_run : Path, optional
        Folder of a finished run of the same scenario and data under fewer commitments, to begin from.

    Returns
    -------
    dict
        The content of summary.json.
    """
    clock = _Clock()
    resolved = resolve_scenario(scenario_file, overrides)
    scenario = resolved.scenario
    with staged_folder(out_dir) as staging:
        province = load_province(scenario, data_folder)
        earlier = None if earlier_run is None else read_earlier(earlier_run, scenario, province)
        clock.lap("load")
        baseline = predict_coverage(province, scenario, progress=progress)
        clock.lap("baseline coverage")
        programme = propose_programme(province, scenario, baseline, progress, should_stop, earlier)
        clock.lap("plan")
        return write_report(staging, scenario, province, programme, clock.laps, resolved.files, overrides)


def propose_plan(province: Province, scenario: Scenario, baseline: CoverageMap | None = None) -> Plan:
    """Propose sites, fibre and undergrounding over the phases.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        What is wanted.
    baseline : CoverageMap, optional
        Coverage today; computed when absent.

    Returns
    -------
    Plan
        Works with bounds.
    """
    return propose(province, scenario, baseline).plan


def propose(province: Province, scenario: Scenario, baseline: CoverageMap | None = None) -> Programme:
    """Propose the plan and keep what it was derived from: coverage per phase and state of the networks.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        What is wanted.
    baseline : CoverageMap, optional
        Coverage today; computed when absent.

    Returns
    -------
    Programme
        The plan with the state at the end of every phase.
    """
    return propose_programme(province, scenario, baseline or predict_coverage(province, scenario))


class _Clock:
    """Wall time per stage, for the manifest."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Close a stage."""
        now = time.perf_counter()
        self.laps[stage] = now - self._last
        self._last = now
