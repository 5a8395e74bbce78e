"""How far the two profile rules lie apart on real terrain: `python benchmarks/profile_rules.py DEM [--page FILE]`.

Links from random masts to random receivers up to 10 km away, P.1812-8 in float64 with both rules. The terrain is
real; the clutter, where there is any, is a seeded patchwork of heights (invented), since real clutter edges are
what separates the rules. With `--page` the table replaces the one between the marks of that page.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from planner.kernels.p1812.combine import Setting  # noqa: E402
from planner.kernels.p1812.loss import basic_loss_db  # noqa: E402
from planner.kernels.p1812.path import INLAND, Terminals, effective_radius_km  # noqa: E402
from planner.kernels.profile import (  # noqa: E402
    PROFILE_OK,
    Segment,
    equal_steps,
    grid_capacity,
    sample_bilinear,
    sample_grid,
)

BEGIN, END = "<!-- profile rules -->", "<!-- end -->"
SEED = 2026
MASTS, RECEIVERS, REACH_KM = 40, 250, 10.0
FREQUENCIES_GHZ = (0.7, 1.8, 3.6)
PATCH_M = 300.0  # mean size of an invented clutter patch
CLUTTER_M = (0.0, 0.0, 0.0, 10.0, 15.0)


class Area(NamedTuple):
    """A metric grid and what stands on it."""

    elevation: NDArray[np.float32]
    clutter: NDArray[np.float32]
    cell_m: float


def metric_grid(dem: Path, cell_m: float) -> NDArray[np.float32]:
    """Terrain of a DEM on a grid of its UTM zone, bilinear, NaN where the DEM ends."""
    import rasterio
    from rasterio.warp import Resampling, calculate_default_transform, reproject

    with rasterio.open(dem) as source:
        west, south, east, north = source.bounds
        zone = int((0.5 * (west + east) + 180.0) // 6.0) + 1
        target = f"EPSG:{(32600 if south + north > 0.0 else 32700) + zone}"
        shape = (source.crs, target, source.width, source.height, west, south, east, north)
        transform, width, height = calculate_default_transform(*shape, resolution=cell_m)
        out = np.full((height, width), np.nan, np.float32)
        terrain = source.read(1).astype(np.float32)
        terrain[terrain == source.nodata] = np.nan
        reproject(
            terrain, out, src_transform=source.transform, src_crs=source.crs, dst_transform=transform,
            dst_crs=target, src_nodata=np.nan, dst_nodata=np.nan, resampling=Resampling.bilinear,
        )  # fmt: skip
    return out


def patchwork(shape: tuple[int, int], cell_m: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Invented clutter: square patches of one height each."""
    patch = max(1, round(PATCH_M / cell_m))
    rows, cols = -(-shape[0] // patch), -(-shape[1] // patch)
    heights = rng.choice(np.array(CLUTTER_M, np.float32), (rows, cols))
    return np.ascontiguousarray(heights.repeat(patch, 0).repeat(patch, 1)[: shape[0], : shape[1]])


def both_losses(area: Area, path: Segment, settings: list[Setting], ends: Terminals) -> list[tuple[float, float]]:
    """Loss by the bilinear and by the grid rule, dB, at every setting; empty where terrain is missing."""
    cells = math.hypot(path.row1 - path.row0, path.col1 - path.col0)
    length_km = 0.001 * cells * area.cell_m
    steps = equal_steps(cells, 1.0)
    h, r = np.zeros(steps + 1), np.zeros(steps + 1)
    room = [np.zeros(grid_capacity(path)) for _ in range(3)]
    if sample_bilinear(area.elevation, area.clutter, path, steps, h, r) != PROFILE_OK:
        return []
    count, status = sample_grid(area.elevation, area.clutter, path, *room)
    if status != PROFILE_OK:
        return []
    shares, g_h, g_r = (values[:count].copy() for values in room)
    even = np.arange(steps + 1, dtype=np.float64) * (length_km / steps)
    crossed = shares * length_km
    zones = np.full(max(steps + 1, count), INLAND, np.uint8)
    return [
        (
            basic_loss_db(even, h, r, zones[: steps + 1].copy(), ends, setting),
            basic_loss_db(crossed, g_h, g_r, zones[:count].copy(), ends, setting),
        )
        for setting in settings
    ]


def differences(area: Area, rng: np.random.Generator) -> NDArray[np.float64]:
    """Grid less bilinear rule, dB, over random links, one column per frequency."""
    ends = Terminals(35.0, 1.5, 500.0, 500.0, float(effective_radius_km(45.0)))
    settings = [Setting(f, 50.0, 50.0, 0.0, True, 38.0, 325.0) for f in FREQUENCIES_GHZ]
    rows, cols = area.elevation.shape
    reach = 1000.0 * REACH_KM / area.cell_m
    found = []
    for _ in range(MASTS):
        row, col = rng.uniform(reach, rows - 1 - reach), rng.uniform(reach, cols - 1 - reach)
        far, turn = reach * np.sqrt(rng.random(RECEIVERS)), rng.uniform(0.0, 2.0 * np.pi, RECEIVERS)
        for across, along in zip(far * np.cos(turn), far * np.sin(turn), strict=True):
            path = Segment(row, col, float(round(row + across)), float(round(col + along)))
            if math.hypot(path.row1 - row, path.col1 - col) * area.cell_m < 250.0:
                continue
            losses = both_losses(area, path, settings, ends)
            if losses:
                found.append([grid - even for even, grid in losses])
    return np.array(found)


GROUNDS = ((90.0, "90 m cells, the DEM's own"), (30.0, "30 m cells, interpolated"))
COVERS = ("none", "patches of 0, 10, 15 m (invented)")


def rows(dem: Path, ground: tuple[float, str], cover: str) -> list[str]:
    """Lines of the table for one cell size and clutter."""
    cell_m, source = ground
    elevation = metric_grid(dem, cell_m)
    rng = np.random.default_rng(SEED)
    clutter = patchwork(elevation.shape, cell_m, rng)
    if cover == "none":
        clutter[:] = 0.0
    found = differences(Area(elevation, clutter, cell_m), rng)
    lines = []
    for f, column in zip(FREQUENCIES_GHZ, found.T, strict=True):
        p50, p95, p99 = np.percentile(np.abs(column), (50, 95, 99))
        size = f"{column.mean():+.2f} | {p50:.2f} | {p95:.2f} | {p99:.2f}"
        lines.append(f"| {source} | {cover} | {f:g} | {len(column)} | {size} |")
    return lines


def table(dem: Path) -> str:
    """The comparison as a Markdown table."""
    lines = [
        "| terrain (real) | clutter | GHz | links | mean, dB | median | 95 % | 99 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for ground in GROUNDS:
        for cover in COVERS:
            lines += rows(dem, ground, cover)
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Print the table, or put it in its page."""
    parser = argparse.ArgumentParser(prog="benchmarks/profile_rules.py", description=__doc__)
    parser.add_argument("dem", type=Path, help="GeoTIFF of terrain heights, m, in a geographic CRS")
    parser.add_argument("--page", type=Path, help="Markdown page whose table to replace")
    arguments = parser.parse_args(argv)
    text = table(arguments.dem)
    if arguments.page is None:
        print(text)
        return 0
    page = arguments.page.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    arguments.page.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
