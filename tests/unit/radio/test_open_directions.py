"""Directions a site leaves open: filled by regular sectors, turned with the site, closed once filled."""

from __future__ import annotations

import numpy as np
import pytest

from planner.config.radio import AntennaConfig
from planner.radio.antennas import antenna_pattern
from planner.radio.open_directions import open_directions

PANEL = antenna_pattern(AntennaConfig(horizontal_beamwidth_deg=65.0))
WIDE = antenna_pattern(AntennaConfig(horizontal_beamwidth_deg=90.0))
OMNI = antenna_pattern(AntennaConfig(kind="omni"))


@pytest.mark.parametrize(
    ("azimuths", "filled"),
    [
        ((), ()),
        ((0.0, 120.0, 240.0), ()),
        ((0.0,), (120.0, 240.0)),
        ((0.0, 120.0), (240.0,)),
        ((0.0, 180.0), (90.0, 270.0)),
        ((30.0, 150.0, 150.0), (270.0,)),
        ((-10.0, 350.0), (110.0, 230.0)),  # one direction, written twice
        ((0.0, 110.0, 225.0), (292.5,)),  # 135 degrees are more than a panel of 65 fills, 110 and 115 are not
    ],
)
def test_gaps_are_filled_evenly(azimuths: tuple[float, ...], filled: tuple[float, ...]) -> None:
    assert open_directions(azimuths, PANEL) == pytest.approx(filled)


def test_wide_panels_leave_less_open_and_omnis_nothing() -> None:
    assert open_directions((0.0, 140.0, 220.0), PANEL) == pytest.approx((70.0, 290.0))
    assert open_directions((0.0, 140.0, 220.0), WIDE) == ()
    assert open_directions((0.0,), OMNI) == ()


def test_what_is_filled_is_closed_and_turns_with_the_site() -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        ring = rng.uniform(0.0, 360.0, int(rng.integers(1, 5)))
        found = open_directions(ring, PANEL)
        assert open_directions([*ring, *found], PANEL) == ()
        turned = np.sort(np.mod(np.array(open_directions(ring + 17.0, PANEL)) - 17.0, 360.0))
        assert turned == pytest.approx(np.array(found), abs=1e-6)
