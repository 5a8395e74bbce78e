"""ITU's digital maps, read where a user has them; here small ones of our own with the same layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.config.propagation import PropagationConfig
from planner.data.itu_maps import read_map, refractivity, value_at
from planner.errors import DataError


def _write(path: Path, values: np.ndarray) -> str:
    path.write_text("\n".join(" ".join(f"{value:.4f}" for value in row) for row in values), encoding="utf-8")
    return str(path)


@pytest.fixture
def ramp(tmp_path: Path) -> str:
    """A map of the real size whose value is 100 + latitude / 2 + longitude / 10."""
    latitude, longitude = 90.0 - 1.5 * np.arange(121), 1.5 * np.arange(241)
    return _write(tmp_path / "DN50.TXT", 100.0 + latitude[:, None] / 2.0 + longitude[None, :] / 10.0)


def test_values_lie_between_the_nodes(ramp: str) -> None:
    values = read_map(Path(ramp))
    assert values.shape == (121, 241)
    for latitude, longitude in ((21.3, 106.2), (-89.9, 0.0), (90.0, 359.9), (-90.0, 180.0), (0.0, 12.345)):
        assert value_at(values, latitude, longitude) == pytest.approx(100 + latitude / 2 + longitude / 10, abs=1e-3)
    assert value_at(values, 10.0, -60.0) == pytest.approx(100 + 5 + 30, abs=1e-3)


def test_the_scenario_values_hold_without_maps(ramp: str) -> None:
    plain = PropagationConfig(delta_n=52.0, n0=345.0)
    assert refractivity(plain, 21.0, 106.0) == (52.0, 345.0)
    mapped = PropagationConfig(delta_n=52.0, n0=345.0, dn50_file=ramp)
    assert refractivity(mapped, 21.0, 106.0) == pytest.approx((121.1, 345.0), abs=1e-3)


@pytest.mark.parametrize("content", ["", "1 2 3\n4 5\n", "1 2 3\n4 5 6\n7 8 9\n", "a b c\n", "1 2 nan 4 5\n" * 3])
def test_files_that_are_no_map_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "N050.TXT"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"N050.TXT"):
        read_map(path)


def test_swapped_maps_are_noticed(ramp: str) -> None:
    with pytest.raises(DataError, match="swapped"):
        refractivity(PropagationConfig(n050_file=ramp), 21.0, 106.0)
