"""Point-to-point P.1812-8 to every cell of a disc, each over its own bilinear profile: links per second, one thread."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.cases.case import Case, Job, Measurement, timed
from benchmarks.cases.terrain import CELL_M, LATITUDE_DEG, make_surface
from planner.coverage.engine import LossField, mast_loss
from planner.coverage.surface import EngineSettings

_SCALE = {"S": 0.4, "M": 1.0, "L": 1.5, "XL": 2.0}  # of the radius a case is named after
_FREQUENCY_MHZ = np.array([1800.0])
_REPEATS = 5


def _rate(job: Job, radius_m: float, masts: int) -> Measurement:
    """Links per second over a few masts at fractional positions, 50 % of time."""
    radius_m *= _SCALE[job.size]
    side = int(2.0 * radius_m / CELL_M) + 60
    surface = make_surface(side, side)
    settings = EngineSettings("exact", "bilinear", radius_m=radius_m, latitude_deg=LATITUDE_DEG)
    rng = np.random.default_rng(5)
    places = 0.5 * side * CELL_M + rng.uniform(-300.0, 300.0, size=(masts, 2))

    def fields() -> list[LossField]:
        return [mast_loss(surface, float(x), float(y), 35.0, _FREQUENCY_MHZ, settings) for x, y in places]

    links = sum(int(np.isfinite(field.loss_db).sum()) for field in fields())
    runs = [links / second for second in timed(fields, _REPEATS)]
    started = time.process_time()
    fields()
    cpu = links / (time.process_time() - started)
    return Measurement(runs, 1, {"links": links, "links_per_cpu_s": cpu, "radius_m": radius_m})


def p2p_p1812_r5(job: Job) -> Measurement:
    """Time a disc of 5 km."""
    return _rate(job, 5_000.0, 4)


def p2p_p1812_r10(job: Job) -> Measurement:
    """Time a disc of 10 km."""
    return _rate(job, 10_000.0, 1)


CASES = [
    Case("p2p_p1812_r5", "M", "links/s", p2p_p1812_r5),
    Case("p2p_p1812_r10", "M", "links/s", p2p_p1812_r10),
]
