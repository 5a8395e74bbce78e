"""One new three-sector site on a finished province, to the shares of the areas it may change."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.cases.case import Case, Job, Measurement
from benchmarks.cases.province import make_province, make_scenario
from planner.coverage.live import LiveCoverage
from planner.coverage.sectors import proposed_sectors
from planner.domain.coverage import ProposedSite
from planner.optimise.trial.effects import area_table

_OPERATOR, _CARRIERS = "MobiFone", ("lte1800", "nr3850")
_REPEATS = 9


def what_if(job: Job) -> Measurement:
    """Time a change of both bands of one site up to the table of areas gained and lost; undo is checked, not timed."""
    province, scenario = make_province(job.size), make_scenario(5.0)
    live = LiveCoverage(province, scenario, threads=2)
    asked = [(technology, operator) for technology in ("4g", "5g", "any") for operator in ("any", _OPERATOR)]
    west, south, east, north = province.terrain.grid.bounds_m
    rng = np.random.default_rng(11)
    runs = []
    for number in range(_REPEATS + 1):
        x_m, y_m = float(rng.uniform(west + 6e3, east - 6e3)), float(rng.uniform(south + 6e3, north - 6e3))
        sites = [ProposedSite(f"new{number}", _OPERATOR, name, x_m, y_m, 35.0) for name in _CARRIERS]
        sectors = proposed_sectors(sites, scenario)
        before = {one: live.area_shares(*one) for one in asked}
        started = time.perf_counter()
        live.change([], sectors)
        after = {one: live.area_shares(*one) for one in asked}
        area_table(before, after, province, scenario)
        runs.append(1000.0 * (time.perf_counter() - started))
        live.undo()
        if any(not np.array_equal(before[one], live.area_shares(*one)) for one in asked):
            raise AssertionError("undo left a trace")
    return Measurement(runs[1:], 2, {"sectors": len(_CARRIERS) * 3})


CASES = [Case("what_if_r5", "XL", "ms", what_if)]
