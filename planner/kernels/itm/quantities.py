"""What the steps of the ITM hand to each other, and its codes."""

from __future__ import annotations

from typing import NamedTuple

MODE_LINE_OF_SIGHT = 1
MODE_DIFFRACTION = 2
MODE_TROPOSCATTER = 3

STATUS_OK = 0
STATUS_NO_TERRAIN = 1  # a sample of the profile is missing
STATUS_REFRACTIVITY = 2  # surface refractivity outside 150 to 400 N-units
STATUS_EARTH = 3  # effective earth radius outside 4000 to 13333 km
STATUS_GROUND = 4  # ground impedance: real part not above the imaginary part

# The bits of NTIA's version 1.4, so that warnings can be compared with its output.
WARN_TX_HEIGHT = 0x0001
WARN_RX_HEIGHT = 0x0002
WARN_FREQUENCY = 0x0004
WARN_BEYOND_1000_KM = 0x0008
WARN_BEYOND_2000_KM = 0x0010
WARN_STEEP_PATH = 0x0020
WARN_BELOW_1_KM = 0x0040
WARN_TX_HORIZON_ANGLE = 0x0080
WARN_RX_HORIZON_ANGLE = 0x0100
WARN_TX_HORIZON_NEAR = 0x0200
WARN_RX_HORIZON_NEAR = 0x0400
WARN_TX_HORIZON_FAR = 0x0800
WARN_RX_HORIZON_FAR = 0x1000
WARN_EXTREME_QUANTILE = 0x2000
WARN_REFRACTIVITY = 0x4000


class ItmSetting(NamedTuple):
    """Everything about a link that is not its terrain.

    Attributes
    ----------
    frequency_mhz : float
        Frequency, MHz.
    tx_height_agl_m : float
        Structural height of the transmitting antenna, m above ground.
    rx_height_agl_m : float
        Structural height of the receiving antenna, m above ground.
    vertical : bool
        True for vertical, False for horizontal polarisation.
    n0 : float
        Surface refractivity reduced to sea level, N-units.
    permittivity : float
        Relative permittivity of the ground.
    conductivity_s_m : float
        Conductivity of the ground, S/m.
    climate : int
        Radio climate 1 to 7, [TN101] section 10.
    variability : int
        Mode of variability: 0 single message, 1 accidental, 2 mobile, 3 broadcast; +10 without location
        variability, +20 without situation variability.
    time_pct : float
        Percentage of time, 0 < time < 100.
    location_pct : float
        Percentage of locations, 0 < location < 100.
    situation_pct : float
        Percentage of situations, 0 < situation < 100.
    """

    frequency_mhz: float
    tx_height_agl_m: float
    rx_height_agl_m: float
    vertical: bool
    n0: float
    permittivity: float
    conductivity_s_m: float
    climate: int
    variability: int
    time_pct: float
    location_pct: float
    situation_pct: float


class PathGeometry(NamedTuple):
    """Horizons and effective heights of a path; `_tx` and `_rx` name its ends.

    Attributes
    ----------
    distance_m : float
        Path length, m.
    angle_tx : float
        Elevation of the transmitter's horizon, rad.
    angle_rx : float
        Elevation of the receiver's horizon, rad.
    horizon_tx_m : float
        Distance of the transmitter's horizon, m.
    horizon_rx_m : float
        Distance of the receiver's horizon, m.
    effective_tx_m : float
        Effective height of the transmitting antenna, m.
    effective_rx_m : float
        Effective height of the receiving antenna, m.
    irregularity_m : float
        Terrain irregularity parameter (delta h), m.
    """

    distance_m: float
    angle_tx: float
    angle_rx: float
    horizon_tx_m: float
    horizon_rx_m: float
    effective_tx_m: float
    effective_rx_m: float
    irregularity_m: float


class Medium(NamedTuple):
    """Air and ground along a path.

    Attributes
    ----------
    refractivity : float
        Surface refractivity N_s at the height of the path, N-units.
    earth_radius_m : float
        Effective earth radius, m.
    impedance : complex
        Transfer impedance of the ground.
    wave_number : float
        Wave number f/47.7, 1/m.
    frequency_mhz : float
        Frequency, MHz.
    """

    refractivity: float
    earth_radius_m: float
    impedance: complex
    wave_number: float
    frequency_mhz: float


class DiffractionLine(NamedTuple):
    """Diffraction loss as the straight line the algorithm makes of it.

    Attributes
    ----------
    slope_db_m : float
        Slope, dB/m.
    intercept_db : float
        Loss at distance zero, dB.
    smooth_horizon_m : float
        Greatest line-of-sight distance over a smooth earth, m.
    """

    slope_db_m: float
    intercept_db: float
    smooth_horizon_m: float


class ItmResult(NamedTuple):
    """Loss of a path with the values that lead to it.

    Attributes
    ----------
    loss_db : float
        Basic transmission loss, dB; NaN where `status` is not 0.
    reference_db : float
        Reference attenuation relative to free space, dB.
    free_space_db : float
        Free-space loss as the algorithm rounds it, dB.
    refractivity : float
        Surface refractivity N_s, N-units.
    mode : int
        1 line of sight, 2 diffraction, 3 troposcatter.
    warnings : int
        Bits of warnings, see `WARN_*`.
    status : int
        0, or the cause why there is no loss, see `STATUS_*`.
    geometry : PathGeometry
        Horizons and effective heights.
    """

    loss_db: float
    reference_db: float
    free_space_db: float
    refractivity: float
    mode: int
    warnings: int
    status: int
    geometry: PathGeometry
