"""The store of per-mast results on a full disk, after a killed run, and for masts without terrain."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from shapely.affinity import translate

from planner.config.schema import Scenario
from planner.coverage import store as store_module
from planner.coverage.predict import predict_coverage
from planner.coverage.propagation import Propagation
from planner.coverage.store import FieldStore, context_hash
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province


class SmallDisk:
    """A file that takes what is written until the disk is full."""

    left_bytes = 0

    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: Any) -> None:
        view = memoryview(data).cast("B")
        room = max(SmallDisk.left_bytes, 0)
        SmallDisk.left_bytes -= view.nbytes
        self._file.write(view[:room])
        if view.nbytes > room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def same(one: CoverageMap, other: CoverageMap) -> bool:
    return all(
        a.level_dbm.tobytes() == b.level_dbm.tobytes() and a.interference_mw.tobytes() == b.interference_mw.tobytes()
        for a, b in zip(one.layers, other.layers, strict=True)
    )


def test_a_disk_that_fills_up_leaves_the_store_usable(
    province: Province, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    context = context_hash(scenario, Propagation(province, scenario))
    wanted = predict_coverage(province, scenario, threads=1, store=FieldStore(tmp_path / "other", context))
    entry_bytes = sorted(path.stat().st_size for path in (tmp_path / "other").rglob("*.field"))
    store = tmp_path / "store"
    real = os.fdopen
    with monkeypatch.context() as patch:
        SmallDisk.left_bytes = 2 * entry_bytes[-1] + entry_bytes[0] // 2
        patch.setattr(store_module.os, "fdopen", lambda handle, mode: SmallDisk(real(handle, mode)))
        full = FieldStore(store, context)
        with caplog.at_level(logging.WARNING):
            assert same(wanted, predict_coverage(province, scenario, threads=1, store=full))
    assert [record.getMessage() for record in caplog.records] == [
        f"the store {store} keeps no more results: No space left on device"
    ]
    kept = len(list(store.rglob("*.field")))
    assert 1 <= kept < 5
    assert not list(store.rglob(".writing-*"))
    again = FieldStore(store, context)
    assert same(wanted, predict_coverage(province, scenario, threads=1, store=again))
    assert (again.read, again.computed, again.damaged) == (kept, 5 - kept, 0)
    assert len(list(store.rglob("*.field"))) == 5


_KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from planner.coverage import store
real = os.fdopen
class Dying:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *_): self.file.close()
    def write(self, data):
        self.file.write(memoryview(data).cast("B")[:100])
        self.file.flush()
        if memoryview(data).nbytes > 100: os.kill(os.getpid(), signal.SIGKILL)
store.os.fdopen = lambda handle, mode: Dying(real(handle, mode))
kept = store.FieldStore(Path(sys.argv[1]), "x")
kept._save(Path(sys.argv[1]) / "ab" / "entry.field", (0, 0, np.zeros((1, 200, 200), np.float32)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_run_leaves_nothing_that_is_read_and_is_cleared_away(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = tmp_path.rglob(".writing-*")
    assert not list(tmp_path.rglob("*.field"))
    FieldStore(tmp_path, "x")
    assert left.exists()  # young: it may be another run's
    os.utime(left, (time.time() - 7200.0,) * 2)
    FieldStore(tmp_path, "x")
    assert not left.exists()


def test_a_mast_without_terrain_is_kept_and_read_as_well(
    province: Province, scenario: Scenario, tmp_path: Path
) -> None:
    points = [*province.sites.geometry[:4], translate(province.sites.geometry.iloc[4], xoff=90_000.0)]
    abroad = replace(province, sites=province.sites.set_geometry(points, crs=province.crs))
    context = context_hash(scenario, Propagation(abroad, scenario))
    first = predict_coverage(abroad, scenario, threads=1, store=FieldStore(tmp_path, context))
    store = FieldStore(tmp_path, context)
    assert same(first, predict_coverage(abroad, scenario, threads=1, store=store))
    assert (store.read, store.damaged) == (5, 0)
    assert any("stand where there is no terrain" in warning for warning in first.warnings)
    assert np.isfinite(first.layers[0].level_dbm).any()
