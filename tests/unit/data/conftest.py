"""A small synthetic district to break in every way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.data.synthetic import make_province_folder


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound synthetic folder; not to be changed."""
    folder = tmp_path_factory.mktemp("district")
    make_province_folder("S", 1, folder)
    return folder


@pytest.fixture
def folder(district: Path, tmp_path: Path) -> Path:
    """A copy of the sound folder, free to be broken."""
    return Path(shutil.copytree(district, tmp_path / "data"))


@pytest.fixture(scope="session")
def demo(root: Path) -> Scenario:
    """The demo scenario with a short radius."""
    return load_scenario(root / "scenarios" / "demo.yaml", ["propagation.radius_km=2"])
