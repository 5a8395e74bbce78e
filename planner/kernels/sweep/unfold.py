"""From what was traced to what the formulas take: edges, smooth-surface heights, horizon angles and distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import arctan, f4
from planner.kernels.intrinsics import fast_max, fast_min
from planner.kernels.sweep.links import (
    ANTENNA,
    BACK,
    BACK_BETA,
    BLOCKING,
    CURVED,
    CURVED_BETA,
    DFS2,
    DLR,
    DLT,
    EDGE,
    EDGE_BETA,
    FAR,
    GROUND_R,
    GROUND_T,
    H1D,
    H2D,
    HRE,
    HSR,
    HST,
    HTE,
    NEAR,
    NO_SLOPE,
    SLOPE_R,
    SLOPE_T,
    STEP,
    STRAIGHT,
    STRAIGHT_BACK,
    THETA_R,
    THETA_T,
    TOP,
    TOP_BETA,
    X_FIRST,
    D,
    X,
)

_ZERO, _ONE, _TWO = f4(0.0), f4(1.0), f4(2.0)
_PER_KM = f4(0.001)


@inline_kernel
def bullington_edge(top: float, back: float, receiver_m: float, x: float, x_first: float, step_m: float) -> float:
    """Bullington edge, equations (13) to (20): nu times the root of the wavelength.

    Parameters
    ----------
    top : float32
        Steepest slope from the mast to the tops, m per line; in line of sight the largest diffraction parameter.
    back : float32
        Steepest slope from the receiver back to them; `NO_SLOPE` in line of sight.
    receiver_m : float32
        Receiving antenna less the Earth's bulge, m over the mast's antenna.
    x, x_first : float32
        Distance of the receiver and of the first sample, lines.
    step_m : float32
        Metres per line.

    Returns
    -------
    float32
        The edge.
    """
    visible = top * np.sqrt(_TWO * x / step_m)
    crossing = (receiver_m + back * x) / fast_max(top + back, f4(1e-9))
    crossing = fast_min(fast_max(crossing, x_first), fast_max(x - _ONE, x_first))
    clearance = (top - receiver_m / x) * crossing
    rest = fast_max(x - crossing, f4(1e-3))
    hidden = clearance * np.sqrt(_TWO * x / (crossing * rest * step_m))
    return visible if back == NO_SLOPE else hidden


@lean_kernel
def unfold_diffraction(values: NDArray[np.float32], n: int, beta: bool) -> None:
    """Unfold what diffraction takes.

    Parameters
    ----------
    values : ndarray of float32
        The block, as traced.
    n : int
        Links in it.
    beta : bool
        Whether the beta0 radius is wanted.
    """
    for i in range(np.uint64(n)):
        d_km, x, step_m = values[D + i], values[X + i], values[STEP + i] * f4(1000.0)
        antenna = values[ANTENNA + i]
        rise_km = antenna * _PER_KM
        values[DFS2 + i] = fast_max(d_km * d_km + rise_km * rise_km, f4(1e-6))
        top, back, receiver = values[TOP + i], values[BACK + i], values[CURVED + i]
        values[EDGE + i] = bullington_edge(top, back, receiver, x, values[X_FIRST + i], step_m)
    if beta:
        for i in range(np.uint64(n)):
            x, step_m = values[X + i], values[STEP + i] * f4(1000.0)
            top, back, receiver = values[TOP_BETA + i], values[BACK_BETA + i], values[CURVED_BETA + i]
            values[EDGE_BETA + i] = bullington_edge(top, back, receiver, x, values[X_FIRST + i], step_m)
    for i in range(np.uint64(n)):
        antenna, blocking = values[ANTENNA + i], values[BLOCKING + i]
        direct = antenna / values[X + i]
        forth, back = values[STRAIGHT + i] - direct, values[STRAIGHT_BACK + i] + direct
        share = forth / fast_max(forth + back, f4(1e-9))  # equation (89)
        low_t = fast_min(values[HST + i] - blocking * share, values[GROUND_T + i])
        low_r = fast_min(values[HSR + i] - blocking * (_ONE - share), values[GROUND_R + i])
        values[H1D + i], values[H2D + i] = -low_t, antenna - low_r


@lean_kernel
def unfold_horizons(values: NDArray[np.float32], n: int) -> None:
    """Unfold what ducting and troposcatter take.

    Parameters
    ----------
    values : ndarray of float32
        The block, as traced.
    n : int
        Links in it.
    """
    for i in range(np.uint64(n)):
        x, step_km = values[X + i], values[STEP + i]
        per_step = _PER_KM / step_km
        antenna = values[ANTENNA + i]
        bend = _TWO * (antenna - values[CURVED + i]) / x  # slope of the Earth's bulge at the receiver
        values[THETA_T + i] = f4(1000.0) * arctan(values[SLOPE_T + i] * per_step)
        values[THETA_R + i] = f4(1000.0) * arctan((values[SLOPE_R + i] - bend) * per_step)
        values[DLT + i] = values[NEAR + i] * step_km
        values[DLR + i] = (x - values[FAR + i]) * step_km
        values[HTE + i] = -fast_min(values[HST + i], values[GROUND_T + i])
        values[HRE + i] = antenna - fast_min(values[HSR + i], values[GROUND_R + i])
