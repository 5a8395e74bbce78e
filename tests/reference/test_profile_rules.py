"""The page on profile rules shows what its script finds on real terrain."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.profile_rules import COVERS, GROUNDS, rows


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # rasterio multiplies transforms the old way
def test_the_page_holds_what_the_script_finds(root: Path, shared: Path) -> None:
    dem = shared / "data" / "standin_dem" / "california_n38_w123_w121_3s.tif"
    page = (root / "docs" / "models" / "profiles.md").read_text(encoding="utf-8")
    found = rows(dem, GROUNDS[0], COVERS[1])
    assert len(found) == 3
    assert [line for line in found if line not in page] == []
