"""How large a synthetic area is."""

from __future__ import annotations

from dataclasses import dataclass

CRS = "EPSG:32648"
X_WEST_M, Y_SOUTH_M = 600_000.0, 2_320_000.0  # a corner near 105.97 E, 20.98 N
MARGIN_M = 10_500.0  # terrain around the communes: enough for a radius of 10 km


@dataclass(frozen=True)
class Size:
    """Extent and numbers of a synthetic area.

    Attributes
    ----------
    side_km : float
        Side of the square its communes fill, km.
    cell_m : float
        Side of a terrain cell, m.
    communes, villages, sites, zones : int
        How many of each.
    """

    side_km: float
    cell_m: float
    communes: int
    villages: int
    sites: int
    zones: int

    @property
    def side_m(self) -> float:
        """Side of the communes' square, m."""
        return 1000.0 * self.side_km


SIZES = {
    "S": Size(side_km=14.0, cell_m=90.0, communes=8, villages=120, sites=80, zones=12),
    "M": Size(side_km=28.0, cell_m=90.0, communes=18, villages=500, sites=300, zones=20),
    "L": Size(side_km=45.0, cell_m=60.0, communes=40, villages=1500, sites=750, zones=35),
    "XL": Size(side_km=62.4, cell_m=30.0, communes=60, villages=3000, sites=1400, zones=50),
}
