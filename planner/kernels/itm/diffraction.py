"""ITM attenuation by diffraction beyond the horizon and in line of sight, [Alg] section 4."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.itm.quantities import DiffractionLine, Medium, PathGeometry

_ACTUAL_EARTH_RADIUS_M = 6370e3  # Vogler 1964


@exact_kernel
def roughness_m(distance_m: float, irregular_m: float) -> float:
    """Terrain irregularity within a distance, [ERL79] equation (3).

    Parameters
    ----------
    distance_m : float
        Distance, m.
    irregular_m : float
        Asymptotic irregularity delta h, m.

    Returns
    -------
    float
        Delta h(d), m.
    """
    return irregular_m * (1.0 - 0.8 * math.exp(-distance_m / 50e3))


@exact_kernel
def height_deviation_m(rough_m: float) -> float:
    """Standard deviation of terrain heights seen by the wave front, [ERL79] equation (3.6a).

    Parameters
    ----------
    rough_m : float
        Terrain irregularity within the distance, m.

    Returns
    -------
    float
        Sigma_h(d), m.
    """
    return 0.78 * rough_m * math.exp(-0.5 * math.pow(rough_m, 0.25))


@exact_kernel
def _knife_edge_db(v_squared: float) -> float:
    """Loss of one knife edge from the square of its parameter, [TN101] equations (III.24b), (III.24c)."""
    if v_squared < 5.76:
        return 6.02 + 9.11 * math.sqrt(v_squared) - 1.27 * v_squared
    return 12.953 + 10.0 * math.log10(math.sqrt(v_squared)) * 2.0


@exact_kernel
def _two_edges_db(distance_m: float, geometry: PathGeometry, medium: Medium, angle_los: float) -> float:
    """Double knife edge at the two horizons, [Alg] equation (4.12) and [TN101] annex III."""
    bending = distance_m / medium.earth_radius_m - angle_los
    between = distance_m - geometry.horizon_tx_m - geometry.horizon_rx_m
    scale = 0.0795775 * medium.wave_number * bending * bending
    v_tx = scale * geometry.horizon_tx_m * between / (between + geometry.horizon_tx_m)
    v_rx = scale * geometry.horizon_rx_m * between / (between + geometry.horizon_rx_m)
    return _knife_edge_db(v_tx) + _knife_edge_db(v_rx)


@exact_kernel
def _height_function_db(x_km: float, k: float) -> float:
    """Height gain F(x, K) of the smooth earth, [Alg] section 6."""
    if x_km < 200.0:
        w = -math.log(k)
        if k < 1e-5 or x_km * w**3 > 5495.0:
            return 17.372 * math.log(x_km) - 117.0 if x_km > 1.0 else -117.0
        return 2.5e-5 * x_km * x_km / k - 8.686 * w - 15.0
    far = 0.05751 * x_km - 4.343 * math.log(x_km)
    if x_km < 2000.0:
        w = 0.0134 * x_km * math.exp(-0.005 * x_km)
        far = (1.0 - w) * far + w * (17.372 * math.log(x_km) - 117.0)
    return far


@exact_kernel
def _normalised_km(radius_m: float, length_m: float, medium: Medium) -> tuple[float, float]:
    """Distance x in Vogler's normalisation and the ground parameter K, Vogler (1964) eqs (2), (6a)."""
    ratio = math.pow((4.0 / 3.0) * _ACTUAL_EARTH_RADIUS_M / radius_m, 1.0 / 3.0)
    root = math.pow(medium.frequency_mhz, 1.0 / 3.0)
    k = 0.017778 * ratio * math.pow(medium.frequency_mhz, -1.0 / 3.0) / abs(medium.impedance)
    return (1.607 - k) * ratio * ratio * root * (length_m / 1000.0), k


@exact_kernel
def _smooth_earth_db(distance_m: float, geometry: PathGeometry, medium: Medium, angle_los: float) -> float:
    """Vogler's three-radii method, [Alg] equations (4.12), (4.20)."""
    bending = distance_m / medium.earth_radius_m - angle_los
    beyond = distance_m - geometry.horizon_tx_m - geometry.horizon_rx_m
    radius_tx = 0.5 * geometry.horizon_tx_m**2 / geometry.effective_tx_m
    radius_rx = 0.5 * geometry.horizon_rx_m**2 / geometry.effective_rx_m
    x_tx, k_tx = _normalised_km(radius_tx, geometry.horizon_tx_m, medium)
    x_rx, k_rx = _normalised_km(radius_rx, geometry.horizon_rx_m, medium)
    middle, _ = _normalised_km(beyond / bending, beyond, medium)
    x = middle + x_tx + x_rx
    distance_gain = 0.05751 * x - 10.0 * math.log10(x)
    return distance_gain - _height_function_db(x_tx, k_tx) - _height_function_db(x_rx, k_rx) - 20.0


@exact_kernel
def diffraction_db(
    distance_m: float, geometry: PathGeometry, medium: Medium, angle_los: float, smooth_m: float,
    low_product: float, area: bool,
) -> float:  # fmt: skip
    """Diffraction attenuation: knife edges and smooth earth weighted by roughness, plus clutter.

    Parameters
    ----------
    distance_m : float
        Distance, m; beyond both horizons.
    geometry : PathGeometry
        Horizons and effective heights.
    medium : Medium
        Air and ground.
    angle_los : float
        Angular distance of the line-of-sight region, rad.
    smooth_m : float
        Greatest line-of-sight distance over a smooth earth, m.
    low_product : float
        Product of the structural heights, m2.
    area : bool
        True for area mode, which lacks the constant for low antennas with known path.

    Returns
    -------
    float
        Attenuation relative to free space, dB; [ERL79] equations (3.23), (3.38c).
    """
    edges = _two_edges_db(distance_m, geometry, medium, angle_los)
    smooth = _smooth_earth_db(distance_m, geometry, medium, angle_los)
    deviation = height_deviation_m(roughness_m(smooth_m, geometry.irregularity_m))
    clutter = min(15.0, 5.0 * math.log10(1.0 + 1e-5 * low_product * medium.frequency_mhz * deviation))
    rough = roughness_m(distance_m, geometry.irregularity_m)
    excess = geometry.effective_tx_m * geometry.effective_rx_m - low_product
    heights = math.sqrt(1.0 + excess / (low_product if area else low_product + 10.0))
    reach = geometry.horizon_tx_m + geometry.horizon_rx_m
    span = (-angle_los * medium.earth_radius_m + reach) / distance_m
    q = (heights + span) * min(rough * medium.frequency_mhz / 47.7, 6283.2)
    weight = 25.1 / (25.1 + math.sqrt(q))
    return weight * smooth + (1.0 - weight) * edges + clutter


@exact_kernel
def line_of_sight_db(distance_m: float, geometry: PathGeometry, medium: Medium, line: DiffractionLine) -> float:
    """Attenuation in line of sight: two rays and extended diffraction, [Alg] equations (4.46) to (4.50).

    Parameters
    ----------
    distance_m : float
        Distance, m.
    geometry : PathGeometry
        Effective heights and irregularity.
    medium : Medium
        Air and ground.
    line : DiffractionLine
        The diffraction line to extend inwards.

    Returns
    -------
    float
        Attenuation relative to free space, dB.
    """
    deviation = height_deviation_m(roughness_m(distance_m, geometry.irregularity_m))
    total = geometry.effective_tx_m + geometry.effective_rx_m
    grazing = total / math.sqrt(distance_m**2 + total**2)
    damping = math.exp(-min(10.0, medium.wave_number * deviation * grazing))
    reflection = (grazing - medium.impedance) / (grazing + medium.impedance) * damping
    power = reflection.real**2 + reflection.imag**2
    if power < 0.25 or power < grazing:
        reflection *= math.sqrt(grazing / power)
    phase = medium.wave_number * 2.0 * geometry.effective_tx_m * geometry.effective_rx_m / distance_m
    if phase > math.pi / 2.0:
        phase = math.pi - (math.pi / 2.0) ** 2 / phase
    field = complex(math.cos(phase), -math.sin(phase)) + reflection
    two_rays = -10.0 * math.log10(field.real**2 + field.imag**2)
    diffracted = line.slope_db_m * distance_m + line.intercept_db
    ruggedness = medium.frequency_mhz * geometry.irregularity_m / max(10e3, line.smooth_horizon_m)
    weight = 1.0 / (1.0 + ruggedness)
    return weight * two_rays + (1.0 - weight) * diffracted
