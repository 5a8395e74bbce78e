"""A seeded synthetic district with everything a plan needs: terrain, people, roads, base stations, cables, zones."""

from __future__ import annotations

from planner.data.synthetic.folder import SYNTHETIC_FILES, make_province_folder
from planner.data.synthetic.sizes import SIZES, Size

__all__ = ["SIZES", "SYNTHETIC_FILES", "Size", "make_province_folder"]
