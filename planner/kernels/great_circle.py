"""Points and lengths on great circles of a sphere, ITU-R P.2001-5 Attachment H."""

from __future__ import annotations

import math

from planner.constants import EARTH_RADIUS_KM
from planner.kernels._jit import exact_kernel


@exact_kernel
def distance_km(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Great-circle length on the sphere of mean radius; the haversine form, exact for short paths.

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg : float
        The two points, degrees.

    Returns
    -------
    float
        Length, km.
    """
    lat1, lat2 = math.radians(lat1_deg), math.radians(lat2_deg)
    half_lat, half_lon = 0.5 * (lat2 - lat1), 0.5 * math.radians(lon2_deg - lon1_deg)
    a = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2.0 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, a)))


@exact_kernel
def bearing_rad(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Bearing of the great circle at its first point, equations (H.2.5) and (H.2.6).

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg : float
        The two points, degrees.

    Returns
    -------
    float
        Bearing clockwise from north, radians; 0 for coinciding points.
    """
    lat1, lat2, d_lon = math.radians(lat1_deg), math.radians(lat2_deg), math.radians(lon2_deg - lon1_deg)
    east = math.cos(lat2) * math.sin(d_lon)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(d_lon)
    return math.atan2(east, north)


@exact_kernel
def point_along(lat_deg: float, lon_deg: float, bearing: float, along_km: float) -> tuple[float, float]:
    """Point at a distance along a great circle, equations (H.3.1) to (H.3.5).

    Parameters
    ----------
    lat_deg, lon_deg : float
        Start, degrees.
    bearing : float
        Bearing at the start, radians clockwise from north.
    along_km : float
        Distance, km.

    Returns
    -------
    tuple of float
        Latitude and longitude, degrees.
    """
    lat, angle = math.radians(lat_deg), along_km / EARTH_RADIUS_KM
    sine = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
    sine = min(1.0, max(-1.0, sine))
    east = math.cos(lat) * math.sin(angle) * math.sin(bearing)
    north = math.cos(angle) - sine * math.sin(lat)
    return math.degrees(math.asin(sine)), lon_deg + math.degrees(math.atan2(east, north))


@exact_kernel
def centre_latitude_deg(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float, length_km: float) -> float:
    """Latitude half a path length along the great circle towards the second point, P.1812-8 equation (4).

    Parameters
    ----------
    lat1_deg, lon1_deg, lat2_deg, lon2_deg : float
        The two terminals, degrees.
    length_km : float
        Path length as the profile gives it, km.

    Returns
    -------
    float
        Latitude, degrees.
    """
    bearing = bearing_rad(lat1_deg, lon1_deg, lat2_deg, lon2_deg)
    return point_along(lat1_deg, lon1_deg, bearing, 0.5 * length_km)[0]
