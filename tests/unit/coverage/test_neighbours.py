"""What neighbours feel, on pictures small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.coverage.neighbours import LayerPicture, Picture, neighbour_changes

KEY = "Op", "lte1800"


def picture(ids, best, sinr_db, loads):
    """Three sectors of one layer on five entries of 1 to 5 people."""
    serving = frozenset(ids[number] for number in best if number >= 0)
    rows = [(name, name[:1], *KEY, 10.0, load) for name, load in loads.items()]
    table = pd.DataFrame(rows, columns=["sector_id", "site_id", "operator", "carrier", "people", "load"])
    layer = LayerPicture(tuple(ids), np.array(best, np.int32), np.array(sinr_db, np.float64), serving)
    return Picture(table, np.arange(1.0, 6.0), {KEY: layer})


def test_sinr_changes_are_means_over_the_people_served_before_and_after():
    before = picture(["A1", "B1"], [0, 0, 0, 1, -1], [10.0, 8.0, 6.0, 5.0, np.nan], {"A1": 0.5, "B1": 0.25})
    after = picture(["A1", "B1", "C1"], [0, 0, 2, 1, 2], [9.0, 5.0, 7.0, 5.0, 1.0], {"A1": 0.4, "B1": 0.25, "C1": 0.2})
    found = neighbour_changes(before, after).set_index("sector_id")
    assert list(found.index) == ["A1"]  # B1 feels nothing, C1 was not on air
    assert found.loc["A1", "sinr_change_db"] == pytest.approx((1.0 * -1.0 + 2.0 * -3.0) / 3.0)
    assert found.loc["A1", "load_before"] == 0.5
    assert found.loc["A1", "load_after"] == 0.4


def test_a_moved_sector_is_known_by_its_name():
    before = picture(["A1", "B1"], [0, 0, 1, 1, 1], [10.0, 8.0, 6.0, 5.0, 4.0], {"A1": 0.5, "B1": 0.25})
    after = picture(["A1", "B1", "A1"], [2, 2, 1, 1, 1], [12.0, 9.0, 6.0, 5.0, 4.0], {"A1": 0.5, "B1": 0.25})
    found = neighbour_changes(before, after)
    assert found["sector_id"].tolist() == ["A1"]
    assert found["sinr_change_db"].iloc[0] == pytest.approx((1.0 * 2.0 + 2.0 * 1.0) / 3.0)


def test_a_layer_that_is_new_has_no_change():
    before = picture(["A1"], [0, 0, 0, 0, 0], [10.0] * 5, {"A1": 0.5})
    after = picture(["A1"], [0, 0, 0, 0, 0], [9.0] * 5, {"A1": 0.6})
    after.layers["Op", "nr3500"] = after.layers[KEY]
    only = Picture(before.loads, before.people, {})
    assert neighbour_changes(before, after)["sinr_change_db"].tolist() == [pytest.approx(-1.0)]
    assert neighbour_changes(only, after).empty
