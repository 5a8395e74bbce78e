"""Values printed in the standards and in the literature, worked out there or by hand from their tables."""

from __future__ import annotations

import math

import pytest

from planner.kernels.free_space import free_space_loss_db
from planner.kernels.hata import RURAL, SUBURBAN, URBAN, median_loss_db
from planner.kernels.tr38901 import INH, RMA, UMA, UMI, path_loss_db


def test_free_space_at_known_points() -> None:
    """A kilometre at 1 GHz is 92.45 dB, the constant of every link-budget table."""
    assert free_space_loss_db(1000.0, 1.0) == pytest.approx(92.45, abs=0.005)
    assert free_space_loss_db(2400.0, 0.1) == pytest.approx(80.05, abs=0.01)


def _hata_1980(f: float, base: float, mobile: float, d: float) -> float:
    """Hata's own formula for a large city above 300 MHz, IEEE VT-29 (1980) equations (10) and (13)."""
    mobile_gain = 3.2 * math.log10(11.75 * mobile) ** 2 - 4.97
    loss = 69.55 + 26.16 * math.log10(f) - 13.82 * math.log10(base) - mobile_gain
    return loss + (44.9 - 6.55 * math.log10(base)) * math.log10(d)


@pytest.mark.parametrize("base", [30.0, 80.0, 200.0])
@pytest.mark.parametrize("distance_km", [1.0, 4.0, 15.0])
def test_extended_hata_continues_hata_where_hata_ends(base: float, distance_km: float) -> None:
    """Both are stated at 1500 MHz; the extension reads Okumura's 22 dB anew there, 0.012 dB apart."""
    ours = median_loss_db(1500.0, base, 1.5, distance_km, URBAN)
    assert ours == pytest.approx(_hata_1980(1500.0, base, 1.5, distance_km), abs=0.015)


def test_hata_environments_at_1500_mhz() -> None:
    """Hata's open-area reduction is 32.5 dB at 2 GHz; the suburban one is fitted through three of Okumura's."""
    urban, rural = (median_loss_db(2000.0, 50.0, 1.5, 5.0, kind) for kind in (URBAN, RURAL))
    log_f = math.log10(2000.0)
    assert urban - rural == pytest.approx(4.78 * log_f**2 - 18.33 * log_f + 40.94, abs=1e-9)
    assert urban - rural == pytest.approx(32.5, abs=0.1)
    at = {
        f: median_loss_db(f, 50.0, 1.5, 5.0, URBAN) - median_loss_db(f, 50.0, 1.5, 5.0, SUBURBAN)
        for f in (1500.0, 2000.0, 3000.0)
    }
    assert at == pytest.approx({1500.0: 11.5, 2000.0: 12.4, 3000.0: 14.0}, abs=1e-9)


@pytest.mark.parametrize(
    ("scenario", "d", "f", "bs", "ut", "los", "expected"),
    [
        # All nearer than their break points, UMa's d'BP being 4 * 24 * 0.5 * 3.5e9 / 3e8 = 560 m.
        (UMA, 250.0, 3.5, 25.0, 1.5, True, 28 + 22 * math.log10(math.hypot(250.0, 23.5)) + 20 * math.log10(3.5)),
        (UMA, 250.0, 3.5, 25.0, 1.5, False, 13.54 + 39.08 * math.log10(math.hypot(250, 23.5)) + 20 * math.log10(3.5)),
        (UMI, 100.0, 28.0, 10.0, 1.5, True, 32.4 + 21 * math.log10(math.hypot(100.0, 8.5)) + 20 * math.log10(28.0)),
        (INH, 50.0, 3.5, 3.0, 1.0, True, 32.4 + 17.3 * math.log10(math.hypot(50.0, 2.0)) + 20 * math.log10(3.5)),
    ],
)
def test_tr38901_rows_by_hand(
    scenario: int, d: float, f: float, bs: float, ut: float, los: bool, expected: float
) -> None:
    assert path_loss_db(scenario, d, f, bs, ut, 5.0, 20.0, los) == pytest.approx(expected, abs=1e-9)


def test_tr38901_begins_where_its_table_begins() -> None:
    for scenario, bs in ((RMA, 35.0), (UMA, 25.0), (UMI, 10.0)):
        assert path_loss_db(scenario, 0.0, 3.5, bs, 1.5, 5.0, 20.0, True) == path_loss_db(
            scenario, 10.0, 3.5, bs, 1.5, 5.0, 20.0, True
        )
