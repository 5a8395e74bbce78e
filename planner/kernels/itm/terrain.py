"""From a terrain profile to horizons, effective heights and irregularity."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel
from planner.kernels.itm.quantities import PathGeometry

_MAX_RESAMPLED = 245  # 10 * 25 - 5 points, the most that the irregularity is computed from


@exact_kernel
def fitted_ends(heights: NDArray[np.float64], step: float, start: float, end: float) -> tuple[float, float]:
    """Line of least squares through the samples between two distances, at both ends of the whole profile.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        Heights at equal steps.
    step : float
        Step, in the unit of `start` and `end`.
    start : float
        Distance from which samples count.
    end : float
        Distance up to which samples count.

    Returns
    -------
    tuple of float
        The line's height at the first and at the last sample.
    """
    last = len(heights) - 1
    first_used = int(max(start / step, 0.0))
    last_used = last - int(max(last - end / step, 0.0))
    if last_used <= first_used:
        first_used = max(first_used - 1, 0)
        last_used = last - max(last - (last_used + 1), 0)
    length = float(last_used - first_used)
    offset = -0.5 * length
    total = 0.5 * (heights[first_used] + heights[last_used])
    moment = 0.5 * (heights[first_used] - heights[last_used]) * offset
    for i in range(first_used + 1, last_used):
        offset += 1.0
        total += heights[i]
        moment += heights[i] * offset
    mean = total / length
    slope = moment * 12.0 / ((length * length + 2.0) * length)
    centre = last_used - 0.5 * length
    return mean - slope * centre, mean + slope * (last - centre)


@exact_kernel
def ranked(values: NDArray[np.float64], rank: int) -> float:
    """Value of a rank in ascending order, by Hoare's selection: a fifth of the time of sorting all.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Values without NaN; their order changes.
    rank : int
        Rank from 0.

    Returns
    -------
    float
        The value.
    """
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return float(values[rank])


@exact_kernel
def irregularity_m(heights: NDArray[np.float64], step_m: float, start_m: float, end_m: float) -> float:
    """Terrain irregularity parameter delta h: interdecile range about a fitted line, carried to infinity.

    [ERL79] equation (3), inverted, over 35 to 245 points resampled between the limits.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        Terrain heights at equal steps, m.
    step_m : float
        Step, m.
    start_m : float
        Distance from which terrain counts, m.
    end_m : float
        Distance up to which terrain counts, m.

    Returns
    -------
    float
        Delta h, m; 0 where fewer than two steps lie between the limits.
    """
    last = len(heights) - 1
    position = start_m / step_m
    length = end_m / step_m - position
    if length < 2.0:
        return 0.0
    tenth = min(max(4, int(0.1 * (length + 8.0))), 25)
    count = 10 * tenth - 5
    stride = length / (count - 1)
    samples = np.empty(_MAX_RESAMPLED)[:count]
    i = int(position)
    position -= i + 1.0
    for j in range(count):
        while position > 0.0 and i + 1 < last:
            position -= 1.0
            i += 1
        samples[j] = heights[i + 1] + (heights[i + 1] - heights[i]) * position
        position += stride
    left, right = fitted_ends(samples, 1.0, 0.0, count - 1.0)
    slope = (right - left) / (count - 1)
    for j in range(count):
        samples[j] -= left
        left += slope
    spread_m = ranked(samples, count - tenth) - ranked(samples, tenth - 1)
    return spread_m / (1.0 - 0.8 * math.exp(-(end_m - start_m) / 50e3))


@exact_kernel
def horizons(
    heights: NDArray[np.float64], step_m: float, tx_height_m: float, rx_height_m: float, earth_radius_m: float
) -> tuple[float, float, float, float]:
    """Elevation angles and distances of both radio horizons, [TN101] equation (6.15).

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        Terrain heights at equal steps, m above sea level.
    step_m : float
        Step, m.
    tx_height_m : float
        Height of the transmitting antenna above ground, m.
    rx_height_m : float
        Height of the receiving antenna above ground, m.
    earth_radius_m : float
        Effective earth radius, m.

    Returns
    -------
    tuple of float
        Transmitter's angle, receiver's angle (rad), transmitter's distance, receiver's distance (m); in line
        of sight the angles of the ray and the path length.
    """
    last = len(heights) - 1
    distance = last * step_m
    tx_asl = heights[0] + tx_height_m
    rx_asl = heights[last] + rx_height_m
    angle_tx = (rx_asl - tx_asl) / distance - distance / (2.0 * earth_radius_m)
    angle_rx = -(rx_asl - tx_asl) / distance - distance / (2.0 * earth_radius_m)
    horizon_tx, horizon_rx = distance, distance
    from_tx, from_rx = 0.0, distance
    for i in range(1, last):
        from_tx += step_m
        from_rx -= step_m
        seen_tx = (heights[i] - tx_asl) / from_tx - from_tx / (2.0 * earth_radius_m)
        seen_rx = -(rx_asl - heights[i]) / from_rx - from_rx / (2.0 * earth_radius_m)
        if seen_tx > angle_tx:
            angle_tx, horizon_tx = seen_tx, from_tx
        if seen_rx > angle_rx:
            angle_rx, horizon_rx = seen_rx, from_rx
    return angle_tx, angle_rx, horizon_tx, horizon_rx


@exact_kernel
def smooth_horizon_m(effective_m: float, irregular_m: float, earth_radius_m: float) -> float:
    """Horizon distance that a height has on the average over irregular terrain, [Alg] equation (3.3).

    Parameters
    ----------
    effective_m : float
        Effective antenna height, m.
    irregular_m : float
        Terrain irregularity, m.
    earth_radius_m : float
        Effective earth radius, m.

    Returns
    -------
    float
        Distance, m.
    """
    shrink = math.exp(-0.07 * math.sqrt(irregular_m / max(effective_m, 5.0)))
    return math.sqrt(2.0 * effective_m * earth_radius_m) * shrink


@exact_kernel
def smooth_angle(effective_m: float, irregular_m: float, horizon_m: float, earth_radius_m: float) -> float:
    """Horizon elevation that goes with `smooth_horizon_m`, [Alg] equation (3.4).

    Parameters
    ----------
    effective_m : float
        Effective antenna height, m.
    irregular_m : float
        Terrain irregularity, m.
    horizon_m : float
        Distance of the horizon, m.
    earth_radius_m : float
        Effective earth radius, m.

    Returns
    -------
    float
        Angle, rad.
    """
    smooth = math.sqrt(2.0 * effective_m * earth_radius_m)
    return (0.65 * irregular_m * (smooth / horizon_m - 1.0) - 2.0 * effective_m) / smooth


@exact_kernel
def profile_geometry(
    heights: NDArray[np.float64], step_m: float, tx_height_m: float, rx_height_m: float, earth_radius_m: float
) -> PathGeometry:
    """Horizons, effective heights and irregularity of a profile.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        Terrain heights at equal steps, m above sea level.
    step_m : float
        Step, m.
    tx_height_m : float
        Height of the transmitting antenna above ground, m.
    rx_height_m : float
        Height of the receiving antenna above ground, m.
    earth_radius_m : float
        Effective earth radius, m.

    Returns
    -------
    PathGeometry
        What the loss depends on.
    """
    distance = (len(heights) - 1) * step_m
    angle_tx, angle_rx, horizon_tx, horizon_rx = horizons(heights, step_m, tx_height_m, rx_height_m, earth_radius_m)
    # Terrain at the foot of an antenna does not count: 15 antenna heights or a tenth of the horizon.
    start = min(15.0 * tx_height_m, 0.1 * horizon_tx)
    end = distance - min(15.0 * rx_height_m, 0.1 * horizon_rx)
    rough = irregularity_m(heights, step_m, start, end)
    if horizon_tx + horizon_rx <= 1.5 * distance:
        ground_tx, _ = fitted_ends(heights, step_m, start, 0.9 * horizon_tx)
        _, ground_rx = fitted_ends(heights, step_m, distance - 0.9 * horizon_rx, end)
        high_tx = tx_height_m + max(heights[0] - ground_tx, 0.0)
        high_rx = rx_height_m + max(heights[-1] - ground_rx, 0.0)
        return PathGeometry(distance, angle_tx, angle_rx, horizon_tx, horizon_rx, high_tx, high_rx, rough)
    ground_tx, ground_rx = fitted_ends(heights, step_m, start, end)
    high_tx = tx_height_m + max(heights[0] - ground_tx, 0.0)
    high_rx = rx_height_m + max(heights[-1] - ground_rx, 0.0)
    horizon_tx = smooth_horizon_m(high_tx, rough, earth_radius_m)
    horizon_rx = smooth_horizon_m(high_rx, rough, earth_radius_m)
    if horizon_tx + horizon_rx <= distance:
        raised = (distance / (horizon_tx + horizon_rx)) ** 2
        high_tx *= raised
        high_rx *= raised
        horizon_tx = smooth_horizon_m(high_tx, rough, earth_radius_m)
        horizon_rx = smooth_horizon_m(high_rx, rough, earth_radius_m)
    angle_tx = smooth_angle(high_tx, rough, horizon_tx, earth_radius_m)
    angle_rx = smooth_angle(high_rx, rough, horizon_rx, earth_radius_m)
    return PathGeometry(distance, angle_tx, angle_rx, horizon_tx, horizon_rx, high_tx, high_rx, rough)


@exact_kernel
def sited_height_m(height_agl_m: float, irregular_m: float, siting: int) -> float:
    """Effective height of an antenna whose site was chosen with care, [Alg] equation (3.2).

    Parameters
    ----------
    height_agl_m : float
        Structural height, m.
    irregular_m : float
        Terrain irregularity, m.
    siting : int
        0 at random, 1 with care, 2 with great care.

    Returns
    -------
    float
        Effective height, m.
    """
    if siting == 0:
        return height_agl_m
    gain = 4.0 if siting == 1 else 9.0
    if height_agl_m < 5.0:
        gain *= math.sin(0.1 * math.pi * height_agl_m)
    return height_agl_m + (1.0 + gain) * math.exp(-min(20.0, 2.0 * height_agl_m / max(1e-3, irregular_m)))
