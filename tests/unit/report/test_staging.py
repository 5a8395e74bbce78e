"""A run's folder appears as a whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyogrio.errors import DataSourceError

from planner.errors import PlannerError
from planner.report.staging import MARKER, staged_folder


def run(out: Path, text: str) -> None:
    with staged_folder(out) as folder:
        (folder / MARKER).write_text(text)
        assert not out.exists() or (out / MARKER).read_text() != text


def test_success_replaces_an_earlier_run(tmp_path: Path) -> None:
    run(tmp_path / "deep" / "run", "first")
    run(tmp_path / "deep" / "run", "second")
    assert (tmp_path / "deep" / "run" / MARKER).read_text() == "second"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run"]


def test_failure_leaves_the_earlier_run(tmp_path: Path) -> None:
    run(tmp_path / "run", "first")

    def fail() -> None:
        with staged_folder(tmp_path / "run") as folder:
            (folder / "half").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / "run" / MARKER).read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f".run.{ended.pid}-deadbeef.part").mkdir()
    run(tmp_path / "run", "first")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_two_runs_to_one_folder_leave_each_other_alone(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "run") as folder:
        (folder / MARKER).write_text("slow")
        run(tmp_path / "run", "quick")
        assert (tmp_path / "run" / MARKER).read_text() == "quick"
    assert (tmp_path / "run" / MARKER).read_text() == "slow"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    "fault", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), DataSourceError("Failed to commit transaction")]
)
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, fault: Exception) -> None:
    def fill() -> None:
        with staged_folder(tmp_path / "run") as folder:
            (folder / "half").write_text("x")
            raise fault

    with pytest.raises(PlannerError, match="cannot be written to its end"):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("x")
    with pytest.raises(PlannerError, match="not the result of an earlier run"), staged_folder(tmp_path / "photos"):
        pass
    assert (tmp_path / "photos" / "cat.jpg").exists()


def test_an_unwritable_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PlannerError, match="cannot be written"), staged_folder(tmp_path / "file" / "run"):
        pass
