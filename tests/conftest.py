"""What tests share: the folder of published values and real areas, where it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with reference values and data; tests that need it are skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with reference values and data is not there")
    return SHARED
