"""ITM reference attenuation: line of sight, diffraction and scatter joined, [Alg] section 4."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.itm.diffraction import diffraction_db, line_of_sight_db
from planner.kernels.itm.quantities import (
    MODE_DIFFRACTION,
    MODE_LINE_OF_SIGHT,
    MODE_TROPOSCATTER,
    DiffractionLine,
    Medium,
    PathGeometry,
)
from planner.kernels.itm.scatter import troposcatter_db


@exact_kernel
def _line_of_sight_region_db(distance_m: float, geometry: PathGeometry, medium: Medium, line: DiffractionLine) -> float:
    """Attenuation within the smooth-earth horizon: A + k1 d + k2 ln d, [ERL79] equations (3.16) to (3.21)."""
    reach = geometry.horizon_tx_m + geometry.horizon_rx_m
    smooth = line.smooth_horizon_m
    at_smooth = smooth * line.slope_db_m + line.intercept_db
    near = 0.04 * medium.frequency_mhz * geometry.effective_tx_m * geometry.effective_rx_m
    if line.intercept_db >= 0.0:
        near = min(near, 0.5 * reach)
        middle = near + 0.25 * (reach - near)
    else:
        middle = max(-line.intercept_db / line.slope_db_m, 0.25 * reach)
    at_middle = line_of_sight_db(middle, geometry, medium, line)
    fitted = False
    k1, k2 = 0.0, 0.0
    if near < middle:
        at_near = line_of_sight_db(near, geometry, medium, line)
        log_ratio = math.log(smooth / near)
        rise = (smooth - near) * (at_middle - at_near) - (middle - near) * (at_smooth - at_near)
        k2 = max(0.0, rise / ((smooth - near) * math.log(middle / near) - (middle - near) * log_ratio))
        fitted = line.intercept_db > 0.0 or k2 > 0.0
        if fitted:
            k1 = (at_smooth - at_near - k2 * log_ratio) / (smooth - near)
            if k1 < 0.0:
                k1 = 0.0
                k2 = max(at_smooth - at_near, 0.0) / log_ratio
                if k2 == 0.0:
                    k1 = line.slope_db_m
    if not fitted:
        k1 = max(at_smooth - at_middle, 0.0) / (smooth - middle)
        k2 = 0.0
        if k1 == 0.0:
            k1 = line.slope_db_m
    base = at_smooth - k1 * smooth - k2 * math.log(smooth)
    return base + k1 * distance_m + k2 * math.log(distance_m)


@exact_kernel
def _beyond_horizon_db(
    distance_m: float, geometry: PathGeometry, medium: Medium, line: DiffractionLine, angle_los: float
) -> tuple[float, int]:
    """Attenuation beyond the horizon, the lesser of two lines, and its mode; [Alg] section 4."""
    reach = geometry.horizon_tx_m + geometry.horizon_rx_m
    d5, d6 = reach + 200e3, reach + 400e3
    at_d6, gain = troposcatter_db(d6, geometry, medium, angle_los, -1.0)
    at_d5, _ = troposcatter_db(d5, geometry, medium, angle_los, gain)
    if at_d5 < 1000.0:
        slope = (at_d6 - at_d5) / 200e3
        scale = math.pow(medium.earth_radius_m**2 / medium.frequency_mhz, 1.0 / 3.0)
        edge = max(line.smooth_horizon_m, reach + 1.088 * scale * math.log(medium.frequency_mhz))
        crossing = (at_d5 - line.intercept_db - slope * d5) / (line.slope_db_m - slope)
        edge = max(edge, crossing)
        if distance_m > edge:
            intercept = (line.slope_db_m - slope) * edge + line.intercept_db
            return slope * distance_m + intercept, MODE_TROPOSCATTER
    elif distance_m > 10e6:
        return line.slope_db_m * distance_m + line.intercept_db, MODE_TROPOSCATTER
    return line.slope_db_m * distance_m + line.intercept_db, MODE_DIFFRACTION


@exact_kernel
def reference_attenuation_db(
    geometry: PathGeometry, medium: Medium, low_product: float, area: bool
) -> tuple[float, int]:
    """Reference attenuation of a path and the mode of propagation.

    Parameters
    ----------
    geometry : PathGeometry
        Horizons, effective heights, irregularity and length.
    medium : Medium
        Air and ground.
    low_product : float
        Product of the structural antenna heights, m2.
    area : bool
        True for area mode.

    Returns
    -------
    tuple of float and int
        Attenuation relative to free space, dB, not negative; 1 line of sight, 2 diffraction, 3 troposcatter.
    """
    radius = medium.earth_radius_m
    smooth = math.sqrt(2.0 * geometry.effective_tx_m * radius) + math.sqrt(2.0 * geometry.effective_rx_m * radius)
    reach = geometry.horizon_tx_m + geometry.horizon_rx_m
    angle_los = -max(geometry.angle_tx + geometry.angle_rx, -reach / radius)
    scale = math.pow(radius**2 / medium.frequency_mhz, 1.0 / 3.0)
    d3 = max(smooth, reach + 5.0 * scale)
    d4 = d3 + 10.0 * scale
    at_d3 = diffraction_db(d3, geometry, medium, angle_los, smooth, low_product, area)
    at_d4 = diffraction_db(d4, geometry, medium, angle_los, smooth, low_product, area)
    slope = (at_d4 - at_d3) / (d4 - d3)
    line = DiffractionLine(slope, at_d3 - slope * d3, smooth)
    if geometry.distance_m < smooth:
        loss = _line_of_sight_region_db(geometry.distance_m, geometry, medium, line)
        mode = MODE_LINE_OF_SIGHT
    else:
        loss, mode = _beyond_horizon_db(geometry.distance_m, geometry, medium, line, angle_los)
    return max(loss, 0.0), mode
