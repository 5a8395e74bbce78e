"""A kept reach is read back as it was; damage means computing again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from planner.optimise.sites.reach_store import load_reach, save_reach

INDPTR, ENTRY = np.array([0, 2, 3]), np.array([4, 7, 1], dtype=np.int32)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "reach" / "x.npz"
    save_reach(path, INDPTR, ENTRY)
    kept = load_reach(path)
    assert kept is not None
    np.testing.assert_array_equal(kept[0], INDPTR)
    np.testing.assert_array_equal(kept[1], ENTRY)
    assert [item.name for item in path.parent.iterdir()] == ["x.npz"]


def test_damage_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    save_reach(path, INDPTR, ENTRY)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert load_reach(path) is None
    np.savez(path, indptr=INDPTR, entry=ENTRY[::-1], seal=np.array("0" * 64))
    assert load_reach(path) is None
    path.write_bytes(b"")
    assert load_reach(path) is None


def test_no_store_and_an_unwritable_one_are_no_error(tmp_path: Path) -> None:
    assert load_reach(None) is None
    save_reach(None, INDPTR, ENTRY)
    (tmp_path / "file").write_text("x")
    save_reach(tmp_path / "file" / "x.npz", INDPTR, ENTRY)
    assert load_reach(tmp_path / "file" / "x.npz") is None
