"""Portions of counted work: fixed without a clock, by the machine's pace with one."""

from __future__ import annotations

import pytest

from planner.optimise.stopping import Pace, Stop, Watch


class HandClock(Watch):
    """A watch that the test moves on."""

    now_s = 0.0

    @property
    def seconds(self) -> float:
        return self.now_s


def portions(limit_s: float | None, per_unit_s: float, count: int) -> tuple[list[int], HandClock]:
    """Sizes of the first portions of work that takes so long per unit."""
    watch = HandClock(Stop(1, limit_s))
    pace = Pace(watch, most=1_000)
    sizes: list[int] = []

    def work(units: int) -> None:
        sizes.append(units)
        watch.now_s += units * per_unit_s

    for _ in range(count):
        pace.run(work)
    return sizes, watch


@pytest.mark.parametrize("per_unit_s", [1e-6, 1.0])
def test_without_a_clock_portions_do_not_depend_on_the_machine(per_unit_s: float) -> None:
    assert portions(None, per_unit_s, 3)[0] == [1_000] * 3


def test_with_a_clock_a_portion_takes_a_hundredth_of_the_limit() -> None:
    sizes, _ = portions(10.0, 1e-3, 4)
    assert sizes[0] < 100
    assert sizes[1:] == [100] * 3


def test_quick_work_comes_in_whole_portions() -> None:
    assert portions(10.0, 1e-6, 3)[0][1:] == [1_000] * 2


def test_the_last_portion_fits_what_is_left() -> None:
    sizes, watch = portions(1.0, 1e-3, 150)
    assert watch.seconds <= 1.1
    assert min(sizes) == 1
