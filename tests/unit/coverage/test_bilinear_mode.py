"""Mode `exact` with sampling `bilinear`: the same frame, radius and counts as the other modes, and close to them."""

from __future__ import annotations

import numpy as np
import pytest

from planner.coverage.engine import INCOMPLETE, OK, mast_loss
from planner.coverage.surface import EngineSettings, Surface

FREQUENCIES = np.array([700.0, 3600.0])


def surface(rng):
    rows, cols = np.mgrid[0:80, 0:80]
    hills = 60.0 + 25.0 * np.sin(rows / 9.0) * np.cos(cols / 11.0) + rng.normal(0.0, 1.0, (80, 80))
    clutter = np.where((rows // 8 + cols // 8) % 3 == 0, 10.0, 0.0)
    return Surface(hills.astype(np.float32), clutter.astype(np.float32), 30.0, 500_000.0, 2_400_000.0)


def lost(ground, x_m, y_m, sampling, radius_m=900.0):
    settings = EngineSettings("exact", sampling, radius_m=radius_m)
    return mast_loss(ground, x_m, y_m, 30.0, FREQUENCIES, settings)


@pytest.mark.parametrize(("x_m", "y_m"), [(501_215.0, 2_398_785.0), (501_207.3, 2_398_791.9), (500_100.0, 2_399_900.0)])
def test_both_samplings_answer_the_same_cells(x_m, y_m):
    ground = surface(np.random.default_rng(4))
    lines, steps = (lost(ground, x_m, y_m, sampling) for sampling in ("grid", "bilinear"))
    assert (lines.row0, lines.col0, lines.loss_db.shape) == (steps.row0, steps.col0, steps.loss_db.shape)
    assert (steps.status, steps.missing_cells, steps.beyond_cells) == (OK, 0, lines.beyond_cells)
    np.testing.assert_array_equal(np.isfinite(lines.loss_db), np.isfinite(steps.loss_db))
    apart = np.abs(lines.loss_db - steps.loss_db)
    assert np.nanmedian(apart) < 1.0  # 0.3 dB measured: the rules differ where clutter begins and ends
    assert np.nanmax(apart) > 0.0


def test_a_gap_is_counted_and_shadows_only_what_lies_behind():
    ground = surface(np.random.default_rng(4))
    whole = lost(ground, 501_215.0, 2_398_785.0, "bilinear")
    ground.elevation_asl_m[40, 55] = np.nan
    holed = lost(ground, 501_215.0, 2_398_785.0, "bilinear")
    assert holed.status == INCOMPLETE
    gone = np.isfinite(whole.loss_db) & ~np.isfinite(holed.loss_db)
    assert holed.missing_cells == gone[0].sum() > 0
    stays = np.isfinite(holed.loss_db)
    np.testing.assert_array_equal(holed.loss_db[stays], whole.loss_db[stays])


def test_a_part_of_the_raster_gives_the_same_bits():
    ground = surface(np.random.default_rng(4))
    whole = lost(ground, 501_215.0, 2_398_785.0, "bilinear", 600.0)
    part = Surface(
        ground.elevation_asl_m[15:70, 12:72], ground.clutter_height_m[15:70, 12:72], 30.0,
        500_000.0 + 12 * 30.0, 2_400_000.0 - 15 * 30.0,
    )  # fmt: skip
    cut = lost(part, 501_215.0, 2_398_785.0, "bilinear", 600.0)
    assert (cut.row0 + 15, cut.col0 + 12) == (whole.row0, whole.col0)
    np.testing.assert_array_equal(cut.loss_db, whole.loss_db)
    edge = Surface(
        ground.elevation_asl_m[21:60, 20:60], ground.clutter_height_m[21:60, 20:60], 30.0,
        500_000.0 + 20 * 30.0, 2_400_000.0 - 21 * 30.0,
    )  # fmt: skip
    seen = lost(edge, 501_215.0, 2_398_785.0, "bilinear", 600.0)  # its last row lies inside the disc
    down, along = 21 + seen.row0 - whole.row0, 20 + seen.col0 - whole.col0
    shared = whole.loss_db[:, down : down + seen.loss_db.shape[1], along : along + seen.loss_db.shape[2]]
    np.testing.assert_array_equal(seen.loss_db, shared)
