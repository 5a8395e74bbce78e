"""What the sweep keeps of a path, and the block layout that lets LLVM vectorise the loss formulas.

A block is one flat float32 array of `FIELDS` rows of `BLOCK` links. Rows lie at constant offsets, so the compiler
can prove that reads and writes do not overlap, which it cannot for a dozen separate arrays. Offsets are unsigned:
signed ones cost a wraparound test per access.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK = 1024  # links per block: a block and its temporaries stay in the second-level cache

_row = iter(range(64))


def _next() -> np.uint64:
    return np.uint64(next(_row) * BLOCK)


D = _next()  # path length, km
DFS2 = _next()  # squared distance between the antennas, km^2
EDGE = _next()  # Bullington edge with clutter, median radius: nu times the root of the wavelength
EDGE_BETA = _next()  # the same at the beta0 radius
H1D = _next()  # transmitter over the diffraction model's smooth surface, m
H2D = _next()  # receiver over it, m
OMEGA = _next()  # share of the path over sea
THETA_T = _next()  # horizon angles, mrad
THETA_R = _next()
DLT = _next()  # horizon distances, km
DLR = _next()
HTE = _next()  # effective heights of the ducting model, m
HRE = _next()
HM = _next()  # terrain roughness, m
DTM = _next()  # longest land section, km
DLM = _next()  # longest inland section, km
STEP = _next()  # distance between the samples of the profile, km
COAST = _next()  # coupling of the ducting model over sea, dB
# worked out by the block functions, frequency free
SMOOTH = _next()  # Bullington edge of the smooth surface, median radius
SMOOTH_BETA = _next()
FI = _next()  # time interpolation factor
ESP = _next()  # multipath and focusing at p and beta0, dB
ESB = _next()
DUCT = _next()  # ducting loss without its frequency terms, dB
THETA_D = _next()  # path angle of the ducting model, mrad
FJ = _next()
FK = _next()
SCATTER = _next()  # troposcatter loss without its frequency term, dB
# scratch of one frequency
SPHERE = _next()
ACTUAL = _next()
LD50 = _next()
LDB = _next()
LOSS = _next()
FIELDS = next(_row)


class Links(NamedTuple):
    """A block that fills up.

    Attributes
    ----------
    values : ndarray of float32, shape (FIELDS * BLOCK,)
        The rows named above.
    cell : ndarray of int64, shape (BLOCK,)
        Flat index of each link's cell in the field of the mast.
    """

    values: NDArray[np.float32]
    cell: NDArray[np.int64]
