"""One mast's loss field: links per second of both engine modes, single thread."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.cases.case import Case, Job, Measurement, timed
from benchmarks.cases.peers import peer_rates
from benchmarks.cases.terrain import CELL_M, LATITUDE_DEG, make_surface
from planner.coverage.engine import LossField, allocate_scratch, mast_loss
from planner.coverage.surface import EngineSettings

_RADIUS_M = {"S": 2_000.0, "M": 5_000.0, "L": 10_000.0, "XL": 20_000.0}
_FREQUENCY_MHZ = np.array([1800.0])
_MASTS = 5
_REPEATS = 7


def _rate(job: Job, mode: str) -> Measurement:
    """Links per second over a few masts at fractional positions."""
    radius_m = _RADIUS_M[job.size]
    side = int(2.0 * radius_m / CELL_M) + 60
    surface = make_surface(side, side)
    settings = EngineSettings(radius_m=radius_m, latitude_deg=LATITUDE_DEG)
    settings = replace(settings, mode="exact" if mode == "exact" else "sweep")
    scratch = allocate_scratch(surface, settings)
    rng = np.random.default_rng(5)
    places = 0.5 * side * CELL_M + rng.uniform(-300.0, 300.0, size=(_MASTS, 2))

    def masts() -> list[LossField]:
        return [
            mast_loss(surface, float(x_m), float(y_m), 35.0, _FREQUENCY_MHZ, settings, [scratch]) for x_m, y_m in places
        ]

    links = sum(int(np.isfinite(field.loss_db).sum()) for field in masts())
    runs = [links / second for second in timed(masts, _REPEATS)]
    started = time.process_time()
    masts()
    cpu = links / (time.process_time() - started)
    facts: dict[str, Any] = {"links": links, "links_per_cpu_s": cpu, "radius_m": radius_m}
    if job.peers:
        facts["peers_links_per_s"] = peer_rates(surface, radius_m)
    return Measurement(runs, 1, facts)


def sweep_p1812(job: Job) -> Measurement:
    """Time mode `sweep` with its default rays, full P.1812-8 at 50 % of time."""
    return _rate(job, "sweep")


def exact_p1812(job: Job) -> Measurement:
    """Time mode `exact` with sampling `grid`, full P.1812-8 at 50 % of time."""
    return _rate(job, "exact")


CASES = [
    Case("sweep_p1812_r5", "M", "links/s", sweep_p1812),
    Case("exact_p1812_r5", "M", "links/s", exact_p1812),
]
