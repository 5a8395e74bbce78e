"""Error of mode `sweep` against mode `exact` with the same sampling: `python benchmarks/sweep_error.py`.

Prints the table of docs/performance.md: seeded hills with clutter, one mast at a fractional position, every cell within
5 km, four frequencies. Flips are cells on the other side of a loss limit, the worst of three limits.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.cases.terrain import CELL_M, LATITUDE_DEG, make_surface  # noqa: E402
from planner.coverage.engine import allocate_scratch, mast_loss  # noqa: E402
from planner.coverage.surface import EngineSettings  # noqa: E402

MHZ = np.array([700.0, 1800.0, 2600.0, 3800.0])
SIDE = 400
GROUNDS = (("rolling, 3 % mean slope", 40.0), ("hilly, 12 % mean slope", 150.0))
RAYS = (1, 2, 3, 4, 8)


def main() -> None:
    """Print one row per ground and number of rays, the worst of the frequencies."""
    place = 0.5 * SIDE * CELL_M + 12.3, 0.5 * SIDE * CELL_M - 7.9, 35.0
    print("| ground | rays per cell | median dB | p95 dB | p99 dB | mean dB | flips % | M links/s of CPU |")
    print("|---|---|---|---|---|---|---|---|")
    for name, relief_m in GROUNDS:
        surface = make_surface(SIDE, SIDE, relief_m=relief_m)
        exact_settings = EngineSettings(mode="exact", radius_m=5_000.0, latitude_deg=LATITUDE_DEG)
        exact = mast_loss(surface, *place, MHZ, exact_settings).loss_db
        known = np.isfinite(exact[0])
        for rays in RAYS:
            settings = replace(exact_settings, mode="sweep", rays_per_cell=rays)
            scratch = allocate_scratch(surface, settings)
            swept = mast_loss(surface, *place, MHZ, settings, [scratch]).loss_db
            error = (swept - exact)[:, known]
            flips = max(
                float(((swept[band] < limit) != (exact[band] < limit))[known].mean())
                for band in range(MHZ.size)
                for limit in np.nanpercentile(exact[band], [30.0, 50.0, 70.0])
            )
            started = time.process_time()
            for _ in range(5):
                mast_loss(surface, *place, MHZ[1:2], settings, [scratch])
            rate = 5 * known.sum() / (time.process_time() - started) / 1e6
            size = np.abs(error)
            print(
                f"| {name} | {rays} | {np.median(size, axis=1).max():.3f} | {np.percentile(size, 95, axis=1).max():.2f}"
                f" | {np.percentile(size, 99, axis=1).max():.2f} | {np.abs(error.mean(axis=1)).max():.3f}"
                f" | {100.0 * flips:.2f} | {rate:.1f} |"
            )


if __name__ == "__main__":
    main()
