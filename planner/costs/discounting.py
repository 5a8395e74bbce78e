"""Money over time: present values and the yearly cost that follows an investment."""

from __future__ import annotations


def discount_factor(rate: float, years: float) -> float:
    """Return the present value of one VND paid after some years.

    Parameters
    ----------
    rate : float
        Discount rate a year, 0.05 for 5 %.
    years : float
        Years from the base year; negative years count as none.

    Returns
    -------
    float
        Factor, 0 to 1 for a rate that is not negative.
    """
    return float((1.0 + rate) ** -max(0.0, years))


def annuity_factor(rate: float, years: int) -> float:
    """Return the present value of one VND paid at the end of each of some years.

    Parameters
    ----------
    rate : float
        Discount rate a year.
    years : int
        Number of yearly payments.

    Returns
    -------
    float
        Factor; the number of years where the rate is 0.
    """
    if rate == 0.0:
        return float(years)
    return float((1.0 - (1.0 + rate) ** -years) / rate)


def present_value(
    capex_vnd: float, opex_vnd_per_year: float, *, rate: float, years_to_start: float, horizon_years: int
) -> float:
    """Return the present value of an investment and of its operation.

    Parameters
    ----------
    capex_vnd : float
        Investment, VND, paid when the work is done.
    opex_vnd_per_year : float
        Yearly cost from then on, VND.
    rate : float
        Discount rate a year.
    years_to_start : float
        Years from the base year to the work.
    horizon_years : int
        Years of operation counted.

    Returns
    -------
    float
        VND of the base year.
    """
    running = opex_vnd_per_year * annuity_factor(rate, horizon_years)
    return (capex_vnd + running) * discount_factor(rate, years_to_start)
