"""The engine's promises: same bits whatever is asked beside, edges, gaps, positions, symmetry, refusals."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from planner.coverage.engine import INCOMPLETE, NO_TERRAIN_AT_MAST, OK, allocate_scratch, mast_loss, place_mast
from planner.coverage.surface import EngineSettings, Surface
from planner.errors import ModelRangeError

MHZ = np.array([800.0, 3600.0])
MODES = [EngineSettings(mode="sweep", radius_m=1_400.0), EngineSettings(mode="exact", radius_m=1_400.0)]
PLACE = 501_507.3, 2_398_511.9, 30.0


def ground(side=100, seed=4):
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[0:side, 0:side]
    hills = 60.0 + 35.0 * np.sin(rows / 9.0) * np.cos(cols / 11.0) + rng.normal(0.0, 2.0, (side, side))
    clutter = np.where((rows // 8 + cols // 8) % 3 == 0, 10.0, 0.0)
    return Surface(hills.astype(np.float32), clutter.astype(np.float32), 30.0, 500_000.0, 2_400_000.0)


def part(surface, top, left, height, width):
    window = slice(top, top + height), slice(left, left + width)
    return Surface(
        np.ascontiguousarray(surface.elevation_asl_m[window]), np.ascontiguousarray(surface.clutter_height_m[window]),
        surface.cell_m, surface.x_west_m + left * surface.cell_m, surface.y_north_m - top * surface.cell_m,
    )  # fmt: skip


@pytest.mark.parametrize("settings", MODES, ids=["sweep", "exact"])
def test_a_tile_gives_the_bits_of_the_whole(settings):
    whole_surface = ground()
    whole = mast_loss(whole_surface, *PLACE, MHZ, settings)
    assert whole.status == OK
    assert np.isfinite(whole.loss_db[0]).sum() == pytest.approx(np.pi * (1_400.0 / 30.0) ** 2, rel=0.01)
    tile = mast_loss(part(whole_surface, 1, 2, 97, 97), *PLACE, MHZ, settings)
    np.testing.assert_array_equal(tile.loss_db, whole.loss_db)
    assert (tile.row0 + 1, tile.col0 + 2) == (whole.row0, whole.col0)
    narrow = mast_loss(part(whole_surface, 20, 30, 55, 50), *PLACE, MHZ, settings)  # cuts the disc on all sides
    rows, cols = narrow.loss_db.shape[1:]
    r, c = 20 + narrow.row0 - whole.row0, 30 + narrow.col0 - whole.col0
    np.testing.assert_array_equal(narrow.loss_db, whole.loss_db[:, r : r + rows, c : c + cols])
    assert narrow.status == OK
    assert narrow.beyond_cells == np.isfinite(whole.loss_db[0]).sum() - np.isfinite(narrow.loss_db[0]).sum()


@pytest.mark.parametrize("settings", MODES, ids=["sweep", "exact"])
def test_each_frequency_alone_gives_the_bits_of_all(settings):
    surface = ground()
    both = mast_loss(surface, *PLACE, MHZ, settings)
    for band, mhz in enumerate(MHZ):
        alone = mast_loss(surface, *PLACE, np.array([mhz]), settings)
        np.testing.assert_array_equal(alone.loss_db[0], both.loss_db[band])


def test_threads_and_used_memory_change_nothing():
    surface, settings = ground(), MODES[0]
    places = [(501_200.0 + 97.0 * i, 2_398_800.0 - 61.0 * i, 25.0 + i) for i in range(6)]
    fresh = [mast_loss(surface, *place, MHZ, settings).loss_db for place in places]
    scratch = allocate_scratch(surface, settings)
    used = [mast_loss(surface, *place, MHZ, settings, [scratch]).loss_db for place in reversed(places)][::-1]
    with ThreadPoolExecutor(3) as pool:
        threaded = list(pool.map(lambda place: mast_loss(surface, *place, MHZ, settings).loss_db, places))
    crew = [allocate_scratch(surface, settings) for _ in range(3)]
    shared = [mast_loss(surface, *place, MHZ, settings, crew) for place in places]
    for one, two, three, four in zip(fresh, used, threaded, shared, strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one, three)
        np.testing.assert_array_equal(one, four.loss_db)


@pytest.mark.parametrize("settings", MODES, ids=["sweep", "exact"])
def test_a_gap_shadows_what_lies_behind_and_is_counted(settings):
    surface = ground()
    whole = mast_loss(surface, *PLACE, MHZ, settings)
    mast = place_mast(surface, *PLACE)
    holed = surface.elevation_asl_m.copy()
    holed[mast.row + 10, mast.col + 20] = np.nan
    field = mast_loss(replace(surface, elevation_asl_m=holed), *PLACE, MHZ, settings)
    gone = np.argwhere(np.isfinite(whole.loss_db[0]) & np.isnan(field.loss_db[0]))
    assert field.status == INCOMPLETE
    assert field.missing_cells == len(gone) > 1
    away = gone + np.array([field.row0 - mast.row, field.col0 - mast.col])
    assert np.all(away[:, 1] >= 20)  # only outwards of the hole, and in its direction
    assert np.all(np.abs(away[:, 0] / away[:, 1] - 0.5) < 0.08)
    stays = np.isfinite(field.loss_db)
    np.testing.assert_allclose(field.loss_db[stays], whole.loss_db[stays], atol=2e-4)


def test_masts_at_the_rim_and_beyond():
    surface, settings = ground(), MODES[0]
    corner = mast_loss(surface, 500_001.0, 2_399_999.0, 30.0, MHZ, settings)
    assert (corner.row0, corner.col0, corner.status) == (0, 0, OK)
    assert corner.beyond_cells > corner.loss_db[0].size
    assert np.isfinite(corner.loss_db[:, :30, :30]).all()
    for x_m, y_m in ((499_999.0, 2_399_000.0), (501_000.0, 2_400_001.0), (503_000.1, 2_399_000.0)):
        outside = mast_loss(surface, x_m, y_m, 30.0, MHZ, settings)
        assert outside.status == NO_TERRAIN_AT_MAST
        assert outside.loss_db.shape == (2, 0, 0)
    unknown = surface.elevation_asl_m.copy()
    unknown[50, 50] = np.nan
    inside = mast_loss(replace(surface, elevation_asl_m=unknown), 501_515.0, 2_398_485.0, 30.0, MHZ, settings)
    assert inside.status == NO_TERRAIN_AT_MAST


@pytest.mark.parametrize("settings", MODES, ids=["sweep", "exact"])
def test_turned_and_mirrored_ground_gives_turned_and_mirrored_losses(settings):
    surface = ground(99)
    centre = 500_000.0 + 49.5 * 30.0, 2_400_000.0 - 49.5 * 30.0, 30.0
    wanted = mast_loss(surface, *centre, MHZ, settings).loss_db
    for turned in (np.rot90, np.fliplr, np.transpose):
        other = replace(
            surface,
            elevation_asl_m=np.ascontiguousarray(turned(surface.elevation_asl_m)),
            clutter_height_m=np.ascontiguousarray(turned(surface.clutter_height_m)),
        )
        got = mast_loss(other, *centre, MHZ, settings).loss_db
        for band in range(MHZ.size):
            apart = np.abs(got[band] - turned(wanted[band]))
            # cells on a diagonal change their major axis, and those halfway between two rays their ray
            assert np.nanpercentile(apart, 99) < 1e-3
            assert np.nanmax(apart) < 12.0


def test_positions_between_cells_change_the_field_smoothly():
    surface, settings = ground(), MODES[1]
    here = mast_loss(surface, *PLACE, MHZ, settings).loss_db
    near = mast_loss(surface, PLACE[0] + 0.06, PLACE[1], PLACE[2], MHZ, settings).loss_db
    assert 0.0 < np.nanmedian(np.abs(here - near)) < 0.05


def test_the_default_is_the_sweep_and_it_is_close_to_exact():
    assert EngineSettings().mode == "sweep"
    surface = ground()
    swept, exact = (mast_loss(surface, *PLACE, MHZ, settings).loss_db for settings in MODES)
    assert 0.0 < np.nanmedian(np.abs(swept - exact)) < 0.1


@pytest.mark.parametrize(
    ("mhz", "time_pct"), [([29.9], 50.0), ([6000.1], 50.0), ([], 50.0), ([800.0], 0.5), ([800.0], 50.1)]
)
def test_what_the_recommendation_does_not_state_is_refused(mhz, time_pct):
    with pytest.raises(ModelRangeError):
        mast_loss(ground(), *PLACE, np.array(mhz), replace(MODES[0], time_pct=time_pct))
