"""float32 functions against float64."""

from __future__ import annotations

import numpy as np
import pytest

from planner.kernels import fast_math
from planner.kernels._jit import kernel
from planner.kernels.intrinsics import fast_max, fast_min, tag_of, tagged

CASES = [
    ("log2", np.geomspace(1e-30, 1e30, 4001), np.log2, 5e-6),
    ("log10", np.geomspace(1e-6, 1e9, 4001), np.log10, 1.5e-6),
    ("exp2", np.linspace(-20.0, 20.0, 4001), np.exp2, 0.2),
    ("exp", np.linspace(-20.0, 5.0, 4001), np.exp, 1e-4),
    ("exp10", np.linspace(-6.0, 2.0, 4001), lambda x: 10.0**x, 1e-4),
    ("cube_root", np.geomspace(1e-6, 1e3, 4001), np.cbrt, 3e-6),
    ("tanh", np.linspace(-8.0, 8.0, 4001), np.tanh, 5e-7),
    ("arctan", np.linspace(-40.0, 40.0, 4001), np.arctan, 1e-6),
    ("sine_of_third_arcsine", np.linspace(0.0, 1.0, 4001), lambda x: np.sin(np.arcsin(x) / 3.0), 2e-7),
]


@pytest.mark.plain
@pytest.mark.parametrize(("name", "places", "wanted", "tolerance"), CASES, ids=[case[0] for case in CASES])
def test_close_to_float64(name, places, wanted, tolerance):
    places = places.astype(np.float32)
    got = np.array([getattr(fast_math, name)(x) for x in places])
    exact = wanted(places.astype(np.float64))
    assert np.abs(got - exact).max() < tolerance
    assert np.all(np.abs(got - exact) <= 1e-6 * np.maximum(np.abs(exact), 1.0) * np.maximum(np.abs(places), 1.0))


@pytest.mark.plain
def test_power_and_the_ends_of_the_range():
    two, ten = np.float32(2.0), np.float32(10.0)
    assert fast_math.power(two, ten) == pytest.approx(1024.0, rel=1e-5)
    assert fast_math.exp2(np.float32(-500.0)) == pytest.approx(2.0**-126)
    assert fast_math.log2(np.float32(0.0)) == pytest.approx(-126.0, abs=0.1)


@kernel
def _smaller_and_larger(a, b):
    return fast_min(a, b), fast_max(a, b)


@kernel
def _tag(x, keep, tag):
    marked = tagged(x, keep, tag)
    return marked, tag_of(marked, keep)


@pytest.mark.plain
def test_minimum_maximum_and_tags():
    assert _smaller_and_larger(np.float32(2.5), np.float32(-1.0)) == (-1.0, 2.5)
    assert _smaller_and_larger(-3.0, 7.0) == (-3.0, 7.0)
    keep = np.int32(~511)
    for x in (12.345, -7.5, 1e-3, -1e9):
        for tag in (0, 1, 333, 511):
            marked, found = _tag(np.float32(x), keep, np.int32(tag))
            assert found == tag
            assert marked == pytest.approx(x, rel=1e-4)
