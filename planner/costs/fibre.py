"""What fibre costs: routes per metre by ground, slope and placement; homes; communes' terminals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.costs.catalogue import GROUNDS, Prices


class FibrePrices(NamedTuple):
    """Prices of fibre by ground code (0 urban, 1 suburban, 2 rural), VND.

    Attributes
    ----------
    buried_per_m : ndarray of float64, shape (3,)
        Buried route with its trench, VND/m.
    aerial_per_m : ndarray of float64, shape (3,)
        Route on poles, VND/m.
    in_open_trench_per_m : ndarray of float64, shape (3,)
        Cable laid into a trench somebody else pays for, VND/m.
    outside_per_m : ndarray of float64, shape (3,)
        Route outside zones with a duty, by `costs.fibre.placement`, VND/m.
    outside_buried : bool
        Whether that placement is underground.
    home_vnd : int
        One more home on fibre: distribution cable and connection, VND.
    commune_terminal_vnd : int
        Terminal in a commune office, VND.
    line_terminal_vnd : int
        Line terminal for homes beyond the reach of the trunk's, VND.
    river_crossing_vnd, railway_crossing_vnd : int
        Each crossing beside its metres, VND.
    in_duct_per_m : ndarray of float64, shape (3,)
        Cable drawn into an existing duct, VND/m, beside its rent.
    on_poles_share : float
        Share of the aerial price left on existing poles, beside their rent.
    duct_rent_per_m_year, pole_rent_per_m_year : float
        Rent of existing ducts and poles, VND/m and year.
    slope_factor : float
        Extra share of cost per 10 degrees of slope.
    """

    buried_per_m: NDArray[np.float64]
    aerial_per_m: NDArray[np.float64]
    in_open_trench_per_m: NDArray[np.float64]
    outside_per_m: NDArray[np.float64]
    outside_buried: bool
    home_vnd: int
    commune_terminal_vnd: int
    line_terminal_vnd: int
    river_crossing_vnd: int
    railway_crossing_vnd: int
    in_duct_per_m: NDArray[np.float64]
    on_poles_share: float
    duct_rent_per_m_year: float
    pole_rent_per_m_year: float
    slope_factor: float


def fibre_prices(prices: Prices) -> FibrePrices:
    """Bring the fibre part of the catalogue to arrays over ground codes.

    Parameters
    ----------
    prices : Prices
        Catalogue.

    Returns
    -------
    FibrePrices
        Prices in VND of the price year.
    """
    fibre = prices.costs.fibre
    buried = np.array([prices.exact_vnd(fibre.buried_per_m[ground]) for ground in GROUNDS])
    aerial = buried * fibre.aerial_factor
    outside_buried = fibre.placement == "buried" or (fibre.placement == "cheapest" and fibre.aerial_factor >= 1.0)
    home = fibre.distribution_m_per_home * prices.exact_vnd(fibre.distribution_per_m)
    return FibrePrices(
        buried_per_m=buried,
        aerial_per_m=aerial,
        in_open_trench_per_m=buried * fibre.cable_share,
        outside_per_m=buried if outside_buried else aerial,
        outside_buried=outside_buried,
        home_vnd=round(home + prices.exact_vnd(fibre.home_connection)),
        commune_terminal_vnd=prices.vnd(fibre.commune_terminal),
        line_terminal_vnd=prices.vnd(fibre.line_terminal),
        river_crossing_vnd=prices.vnd(fibre.river_crossing),
        railway_crossing_vnd=prices.vnd(fibre.railway_crossing),
        in_duct_per_m=buried * fibre.cable_share,
        on_poles_share=fibre.pole_reuse_share,
        duct_rent_per_m_year=prices.exact_vnd(prices.costs.undergrounding.duct_rent_per_m_year),
        pole_rent_per_m_year=prices.exact_vnd(fibre.pole_rent_per_m_year),
        slope_factor=fibre.slope_factor,
    )


def slope_multiplier(slope_deg: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Return how much dearer a route is on a slope.

    Parameters
    ----------
    slope_deg : ndarray of float64
        Ground slope along the route, degrees; NaN counts as flat.
    factor : float
        Extra share per 10 degrees.

    Returns
    -------
    ndarray of float64
        Multiplier, 1 on the flat.
    """
    return 1.0 + factor * np.nan_to_num(slope_deg, nan=0.0) / 10.0
