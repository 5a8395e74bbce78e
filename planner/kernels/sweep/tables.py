"""Distance tables of a face, shared by all its rays, and how loops over lines are rounded up to whole groups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import f4

LOW = f4(-1e9)  # below any slope or height; squares stay finite
PAD = 32  # loops run over whole groups of lines: a rest in scalar code would cost more than the vectors
_ZERO, _ONE = f4(0.0), f4(1.0)
_GROUP = np.uint64(5)  # log2 of PAD


class Tables(NamedTuple):
    """Functions of the distance along a face, index = step from the mast's cell.

    Those that look back from the receiver at line `k` are reversed and shifted: index `i + steps - k` holds the
    value for line `i`. From line `k` on `off` is very negative and `on` zero, so that whole groups can be summed
    and compared.

    Attributes
    ----------
    x, x2, inverse, inverse_root : ndarray of float32, shape (steps + PAD + 2,)
        Distance from the mast to each grid line, its square, inverse, and inverse root; lines.
    back, back_root : ndarray of float32
        Inverse and inverse root of the distance to the receiver.
    off, on : ndarray of float32
        0 and 1 before the receiver's line, `LOW` and 0 from there on.
    line : ndarray of int32
        Numbers of the lines.
    """

    x: NDArray[np.float32]
    x2: NDArray[np.float32]
    inverse: NDArray[np.float32]
    inverse_root: NDArray[np.float32]
    back: NDArray[np.float32]
    back_root: NDArray[np.float32]
    off: NDArray[np.float32]
    on: NDArray[np.float32]
    line: NDArray[np.int32]


@lean_kernel
def fill_tables(tables: Tables, off_major: float, steps: int) -> None:
    """Work out a face's distance tables.

    Parameters
    ----------
    tables : Tables
        Filled.
    off_major : float32
        Offset of the mast along the face, cells.
    steps : int
        Steps to the rim.
    """
    for i in range(tables.x.size):
        x = f4(max(i, 1)) - off_major
        tables.x[i] = x
        tables.x2[i] = x * x
        tables.inverse[i] = _ONE / x
        tables.inverse_root[i] = _ONE / np.sqrt(x)
        before = i < steps
        lines = f4(max(steps - i, 1))
        tables.back[i] = _ONE / lines
        tables.back_root[i] = _ONE / np.sqrt(lines)
        tables.off[i] = _ZERO if before else LOW
        tables.on[i] = _ONE if before else _ZERO
        tables.line[i] = i


@inline_kernel
def padded(first: int, lines: int) -> int:
    """End of the whole groups of lines that start at `first` and hold `lines`.

    Parameters
    ----------
    first, lines : int
        First line and how many are wanted.

    Returns
    -------
    uint64
        First line after the groups.
    """
    return np.uint64(first) + (((np.uint64(lines) + np.uint64(PAD - 1)) >> _GROUP) << _GROUP)


@inline_kernel
def tag_mask(steps: int) -> int:
    """Bits of a float32 that `tagged` keeps so that line numbers up to `steps` fit below them.

    Parameters
    ----------
    steps : int
        Largest line number.

    Returns
    -------
    int32
        The mask.
    """
    mask = -1
    while ~mask < steps:
        mask <<= 1
    return np.int32(mask)
