"""Centres and clusters that an area must have served, on outlines in one and in two parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from planner.config.schema import Scenario
from planner.coverage.areas import area_coverage, coverage_summary
from planner.coverage.asked_points import all_asked_served, asked_entries, centre_cells, cluster_middles
from planner.coverage.predict import predict_coverage
from planner.domain.province import AreaCells, Province

Maker = Callable[..., Scenario]
SIDE = 90


def placed(province: Province, areas: list[list[tuple[int, int]]]) -> Province:
    """The province with its first areas on the given cells (row, col), of equal share."""
    cells = [np.array([row * SIDE + col for row, col in one]) for one in areas]
    indptr = np.concatenate([[0], np.cumsum([len(one) for one in cells])]).astype(np.int64)
    share = np.concatenate([np.full(len(one), 1.0 / len(one)) for one in cells])
    return replace(
        province, areas=province.areas.iloc[: len(areas)], area_cells=AreaCells(indptr, np.concatenate(cells), share)
    )


def block(row: int, col: int, side: int) -> list[tuple[int, int]]:
    return [(row + i, col + j) for i in range(side) for j in range(side)]


def test_every_part_has_its_middle(province: Province) -> None:
    two = placed(province, [block(10, 10, 3) + block(20, 30, 3), block(40, 40, 5)])
    assert two.area_cells.cell[cluster_middles(two)].tolist() == [11 * SIDE + 11, 21 * SIDE + 31, 42 * SIDE + 42]


def test_corners_join_and_neighbours_do_not(province: Province) -> None:
    diagonal = placed(province, [[(5, 5), (6, 6), (7, 7)]])
    assert diagonal.area_cells.cell[cluster_middles(diagonal)].tolist() == [6 * SIDE + 6]
    other_diagonal = placed(province, [[(5, 7), (6, 6), (7, 5)]])
    assert cluster_middles(other_diagonal).size == 1
    between = placed(province, [[(5, 5), (5, 7)], [(5, 6)]])  # the second area stands between the parts of the first
    assert cluster_middles(between).size == 3
    rim = placed(province, [[(5, SIDE - 1), (6, 0)]])  # next to each other in memory, not on the ground
    assert cluster_middles(rim).size == 2


def test_what_a_scenario_asks_for(province: Province, make_scenario: Maker) -> None:
    assert not asked_entries(province, make_scenario()).any()
    centre = asked_entries(province, make_scenario(coverage={"require_centre": True}))
    np.testing.assert_array_equal(province.area_cells.cell[centre], centre_cells(province))
    two = placed(province, [block(8, 6, 5) + block(20, 30, 3)])
    both = asked_entries(two, make_scenario(coverage={"require_centre": True, "require_clusters": True}))
    assert both.sum() == 2  # the centre is the middle of the larger part
    assert all_asked_served(two, both, np.array([True, True])).tolist() == [True]
    assert all_asked_served(two, both, np.array([True, False])).tolist() == [False]
    assert all_asked_served(two, np.zeros_like(both), np.array([], dtype=bool)).tolist() == [True]


@pytest.mark.parametrize(("asked", "covered"), [(False, 1.0), (True, 0.0)])
def test_a_cluster_without_service_uncovers_its_area(
    province: Province, make_scenario: Maker, asked: bool, covered: float
) -> None:
    scenario = make_scenario(
        coverage={"area_covered_at": 0.5, "require_clusters": asked, "consider_uplink": False},
        propagation={"radius_km": 1.5},
    )
    only = replace(province, sites=province.sites[province.sites["site_id"] == "S1"])
    near, far = block(19, 19, 3), block(80, 80, 2)
    two = placed(only, [near + far])
    areas = area_coverage(predict_coverage(two, scenario, threads=1), two, scenario)
    assert coverage_summary(areas, two, scenario)["4g"]["areas_share"] == covered
