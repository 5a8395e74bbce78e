"""What the sweep keeps of a path, and the block layout that lets LLVM vectorise the loss formulas.

A block is one flat float32 array of `FIELDS` rows of `ROW` values, `BLOCK` of them links. Rows lie at constant
offsets, so the compiler can prove that reads and writes do not overlap, which it cannot for two dozen separate arrays.
Offsets are unsigned: signed ones cost a wraparound test per access. Lengths along a ray are in lines of its face,
heights relative to the mast's antenna, slopes in m per line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel

BLOCK = 1024  # links per block, whole groups of 64: a block stays in the second-level cache
# a row is an odd number of cache lines long: the rows of a link must not all want the same set of the first-level cache
ROW = BLOCK + 16

_row = iter(range(99))


def _next() -> np.uint64:
    return np.uint64(next(_row) * ROW)


# as traced
D = _next()  # path length, km
STEP = _next()  # distance between the samples of the profile, km
X = _next()  # distance of the receiver, and of the first sample, lines
X_FIRST = _next()
GROUND_T = _next()  # terrain at mast and receiver, m
GROUND_R = _next()
ANTENNA = _next()  # receiving antenna, without and with the Earth's bulge of the median and the beta0 radius, m
CURVED = _next()
CURVED_BETA = _next()
TOP = _next()  # steepest slope to the tops; in line of sight the largest diffraction parameter
TOP_BETA = _next()
BACK = _next()  # steepest slope back from the receiver; `NO_SLOPE` in line of sight
BACK_BETA = _next()
HST = _next()  # smooth surface at mast and receiver, m
HSR = _next()
BLOCKING = _next()  # terrain over the direct ray, m; 0 where none
STRAIGHT = _next()  # steepest slopes to bare terrain without the bulge, forth and back
STRAIGHT_BACK = _next()
SLOPE_T = _next()  # slopes to the radio horizons, bulge subtracted
SLOPE_R = _next()
NEAR = _next()  # distances of the horizon points, lines
FAR = _next()
HM = _next()  # terrain roughness, m
OMEGA = _next()  # share of the path over sea
DTM = _next()  # longest land and inland sections, km
DLM = _next()
COAST = _next()  # coupling of the ducting model over sea, dB
# unfolded, free of frequency
TRACED = int(COAST) // ROW + 1  # rows as traced
DFS2 = _next()  # squared distance between the antennas, km^2
EDGE = _next()  # Bullington edges with clutter: nu times the root of the wavelength
EDGE_BETA = _next()
SMOOTH = _next()  # Bullington edges of the smooth surface
SMOOTH_BETA = _next()
FREE = _next()  # free-space loss without its frequency term, dB
SPHERE_LOG = _next()  # binary logarithm of the radius of the first-term loss in km, for both radii
SPHERE_LOG_BETA = _next()
CLEAR = _next()  # smallest clearance over the smooth Earth by what a wavelength of 1 m needs, for both radii
CLEAR_BETA = _next()
H1D = _next()  # antennas over the diffraction model's smooth surface, m
H2D = _next()
THETA_T = _next()  # horizon angles, mrad
THETA_R = _next()
DLT = _next()  # horizon distances, km
DLR = _next()
HTE = _next()  # effective heights of the ducting model, m
HRE = _next()
FI = _next()  # time interpolation factor
ESP = _next()  # multipath and focusing at p and beta0, dB
ESB = _next()
DUCT = _next()  # ducting loss without its frequency terms, dB
THETA_D = _next()  # path angle of the ducting model, mrad
ABOVE = _next()  # horizon angles above those of site shielding, their sum, mrad; and what its logarithms take
SHIELD_T = _next()
SHIELD_R = _next()
FJ = _next()
FK = _next()
SCATTER = _next()  # troposcatter loss without its frequency term, dB
# of one frequency
SPHERE = _next()
ACTUAL = _next()
LD50 = _next()
LDB = _next()
LOSS = _next()
FIELDS = next(_row)
VALUES = FIELDS * ROW  # size of a block

NO_SLOPE = np.float32(1e9)


@inline_kernel
def whole_groups(n: int) -> int:
    """Links to work on so that all `n` go through the vectorised body of a loop.

    What is left over for the scalar rest may round differently, and which links that are depends on how many came
    before: results would change with the part of the raster that is asked for.

    Parameters
    ----------
    n : int
        Links in a block.

    Returns
    -------
    int
        The next multiple of 64.
    """
    return (n + 63) // 64 * 64


class Links(NamedTuple):
    """A block that fills up.

    Attributes
    ----------
    values : ndarray of float32, shape (VALUES,)
        The rows named above.
    cell : ndarray of int64, shape (BLOCK,)
        Flat index of each link's cell in the field of the mast.
    """

    values: NDArray[np.float32]
    cell: NDArray[np.int64]
