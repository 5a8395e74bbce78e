"""The price list: what the configuration states, brought to VND of one price year."""

from __future__ import annotations

from dataclasses import dataclass

from planner.config.costs import Cost, CostsConfig, GroundName
from planner.errors import Complaint, ConfigError

GROUNDS: tuple[GroundName, ...] = ("urban", "suburban", "rural")


@dataclass(frozen=True)
class PriceLine:
    """One row of the catalogue as printed.

    Attributes
    ----------
    key : str
        Full key of the price in the scenario.
    vnd : int
        Price, VND of the catalogue's price year.
    value : float
        Price as its source states it, in `currency`.
    currency : str
        Currency of the source.
    price_year : int
        Year of the source's price.
    scale : float
        Factor from a foreign price to a Vietnamese one.
    source : str
        Who says so.
    assumed : bool
        Whether it is the planner's assumption.
    """

    key: str
    vnd: int
    value: float
    currency: str
    price_year: int
    scale: float
    source: str
    assumed: bool


class Prices:
    """Prices of a scenario in VND of its price year.

    Parameters
    ----------
    costs : CostsConfig
        Key `costs` of the scenario.

    Raises
    ------
    ConfigError
        Where an exchange rate is missing or not positive, or a price per ground is incomplete.
    """

    def __init__(self, costs: CostsConfig) -> None:
        self.costs = costs
        complaints = [*_missing_rates(costs), *_missing_grounds(costs)]
        if complaints:
            raise ConfigError("the price catalogue is incomplete", complaints)

    def exact_vnd(self, cost: Cost) -> float:
        """Bring a price to VND of the price year, not rounded.

        Parameters
        ----------
        cost : Cost
            Price as its source states it.

        Returns
        -------
        float
            VND.
        """
        years = self.costs.price_year - cost.price_year
        inflation: float = (1.0 + self.costs.inflation_per_year) ** years
        return cost.value * self.costs.exchange_vnd[cost.currency] * cost.scale * inflation

    def vnd(self, cost: Cost) -> int:
        """Bring a price to whole VND of the price year.

        Parameters
        ----------
        cost : Cost
            Price as its source states it.

        Returns
        -------
        int
            VND.
        """
        return round(self.exact_vnd(cost))

    def lines(self) -> list[PriceLine]:
        """List every price of the scenario with its source.

        Returns
        -------
        list of PriceLine
            In the order of the configuration.
        """
        found: list[tuple[str, Cost]] = []
        for part in ("sites", "fibre", "undergrounding"):
            section = getattr(self.costs, part)
            for name in type(section).model_fields:
                value = getattr(section, name)
                if isinstance(value, Cost):
                    found.append((f"costs.{part}.{name}", value))
                elif isinstance(value, dict):
                    found += [(f"costs.{part}.{name}.{ground}", cost) for ground, cost in value.items()]
        return [
            PriceLine(
                key,
                self.vnd(cost),
                cost.value,
                cost.currency,
                cost.price_year,
                cost.scale,
                cost.source,
                cost.assumed,
            )
            for key, cost in found
        ]


def _missing_rates(costs: CostsConfig) -> list[Complaint]:
    """Complain about currencies without a usable exchange rate."""
    return [
        Complaint(
            f"costs.exchange_vnd.{currency}",
            f"found {costs.exchange_vnd.get(currency, 'nothing')}",
            f"Give VND per {currency}, more than 0.",
        )
        for currency in ("VND", "USD", "GBP")
        if not costs.exchange_vnd.get(currency, 0.0) > 0.0
    ]


def _missing_grounds(costs: CostsConfig) -> list[Complaint]:
    """Complain about prices per ground that leave a ground out."""
    tables = {"costs.fibre.buried_per_m": costs.fibre.buried_per_m}
    if costs.undergrounding.per_m is not None:
        tables["costs.undergrounding.per_m"] = costs.undergrounding.per_m
    return [
        Complaint(f"{key}.{ground}", "no price", "Give a price for urban, suburban and rural ground.")
        for key, table in tables.items()
        for ground in GROUNDS
        if ground not in table
    ]
