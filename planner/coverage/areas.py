"""Coverage of residential areas: shares of people and of area, the centre point, and the summary of a province.

People are spread evenly over an area's polygon, so the share of people equals the share of area; both columns are kept
because finer population data would part them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.asked_points import all_asked_served, asked_entries, centre_cells
from planner.coverage.combined import combined_shares
from planner.coverage.service import Service, entry_service
from planner.domain.coverage import AreaCoverage, CoverageMap
from planner.domain.province import Province

_TECHNOLOGIES = ("4g", "5g", "any")
_FULL = 1e-9  # shares are sums of floats: a share this close below the bar reaches it


def area_coverage(coverage: CoverageMap, province: Province, scenario: Scenario) -> AreaCoverage:
    """Share of every residential area that is served, by operator, technology, band and receiver.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    province : Province
        Areas and their cells.
    scenario : Scenario
        Receivers, operators, thresholds.

    Returns
    -------
    AreaCoverage
        Table with the areas in the order of `Province.areas` within each block.
    """
    entries = entry_service(coverage, province, scenario)
    centres = Service(coverage, scenario, centre_cells(province))
    blocks = _blocks(scenario)
    shares = np.empty((len(blocks), len(province.areas)))
    centre = np.empty(shares.shape, dtype=bool)
    asked = asked_entries(province, scenario)
    points = Service(coverage, scenario, province.area_cells.cell[asked])
    has_points = np.empty(shares.shape, dtype=bool)
    for receiver in sorted({block[3] for block in blocks}):
        rows = [i for i, block in enumerate(blocks) if block[3] == receiver]
        shares[rows] = _shares(entries, [blocks[i] for i in rows], province)
        for i in rows:
            operator, technology, band, _ = blocks[i]
            centre[i] = centres.served(operator=operator, technology=technology, band=band, receiver=receiver)
            served = points.served(operator=operator, technology=technology, band=band, receiver=receiver)
            has_points[i] = all_asked_served(province, asked, served)
    table = _block_columns(blocks, province.areas["area_id"].to_numpy())
    table["people_share"] = np.minimum(shares.reshape(-1), 1.0)
    table["area_share"] = table["people_share"]
    table["centre_served"] = centre.reshape(-1)
    table["asked_points_served"] = has_points.reshape(-1)
    return AreaCoverage(table=table, covered_at=scenario.coverage.area_covered_at)


def _shares(service: Service, blocks: list[tuple[str, str, str, str]], province: Province) -> NDArray[np.float64]:
    """Share of every area served in blocks of one receiver: one pass over the entries for all of them."""
    receiver = blocks[0][3]
    asked = [frozenset(service.layers_for(operator, technology, band)) for operator, technology, band, _ in blocks]
    cells = province.area_cells
    found = combined_shares(service, receiver, asked, cells.indptr, cells.share)
    return np.stack([found[one] for one in asked])


def _blocks(scenario: Scenario) -> list[tuple[str, str, str, str]]:
    """Every operator, technology, band and receiver the table has rows for."""
    bands = _bands(scenario)
    blocks = []
    for operator in ["any", *sorted(scenario.radio.operators)]:
        for technology in _TECHNOLOGIES:
            for band in ["any", *sorted(bands.get((operator, technology), ()))]:
                blocks += [(operator, technology, band, str(name)) for name in scenario.radio.receivers]
    return blocks


def _bands(scenario: Scenario) -> dict[tuple[str, str], set[str]]:
    """Bands an operator, or any, transmits a technology in."""
    enabled = scenario.radio.enabled_bands
    bands: dict[tuple[str, str], set[str]] = {}
    for name, operator in scenario.radio.operators.items():
        for carrier_name in operator.carriers:
            carrier = scenario.radio.carriers[carrier_name]
            if enabled is None or carrier.band in enabled:
                for whose in (name, "any"):
                    bands.setdefault((whose, carrier.technology), set()).add(carrier.band)
    return bands


def _block_columns(blocks: list[tuple[str, str, str, str]], area_ids: NDArray[Any]) -> pd.DataFrame:
    """Columns that name the rows, as categories: a province has a quarter of a million rows."""
    columns: dict[str, Any] = {
        "area_id": pd.Categorical.from_codes(np.tile(np.arange(area_ids.size), len(blocks)), pd.Index(area_ids))
    }
    for position, name in enumerate(("operator", "technology", "band", "receiver")):
        categories, codes = np.unique([block[position] for block in blocks], return_inverse=True)
        columns[name] = pd.Categorical.from_codes(np.repeat(codes, area_ids.size), pd.Index(categories))
    return pd.DataFrame(columns)


def coverage_summary(areas: AreaCoverage, province: Province, scenario: Scenario) -> dict[str, Any]:
    """Figures of the province by technology and operator.

    An area is covered when its share of people reaches `covered_at` and, if the scenario asks, its centre and the
    middles of its clusters are served; it is white when its centre is not served.

    Parameters
    ----------
    areas : AreaCoverage
        Coverage of every area.
    province : Province
        Its areas.
    scenario : Scenario
        Receiver the targets are counted for.

    Returns
    -------
    dict
        '4g', '5g', 'any' -> areas_share, population_share, white_areas, by_operator -> the same three.
    """
    table = areas.table
    rows = table[(table["band"] == "any") & (table["receiver"] == scenario.coverage.receiver)]
    people = province.areas["population"].to_numpy(dtype=np.float64)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for (operator, technology), block in rows.groupby(["operator", "technology"], observed=True, sort=True):
        share = block["people_share"].to_numpy()
        centre = block["centre_served"].to_numpy()
        covered = covered_areas(share, block["asked_points_served"].to_numpy(), areas.covered_at)
        found[str(operator), str(technology)] = _figures(share, centre, people, covered)
    return {
        technology: {
            **found["any", technology],
            "by_operator": {name: found[name, technology] for name in sorted(scenario.radio.operators)},
        }
        for technology in _TECHNOLOGIES
    }


def covered_areas(share: NDArray[np.float64], has_points: NDArray[np.bool_], covered_at: float) -> NDArray[np.bool_]:
    """Areas that count as covered.

    Parameters
    ----------
    share : ndarray of float64, shape (n_areas,)
        Share of people served.
    has_points : ndarray of bool, shape (n_areas,)
        Whether the points that are asked for are.
    covered_at : float
        Share that counts.

    Returns
    -------
    ndarray of bool, shape (n_areas,)
        True where covered.
    """
    return (share >= covered_at - _FULL) & has_points


def _figures(
    share: NDArray[np.float64],
    centre: NDArray[np.bool_],
    people: NDArray[np.float64],
    covered: NDArray[np.bool_],
) -> dict[str, Any]:
    total = float(people.sum())
    return {
        "areas_share": float(covered.mean()) if covered.size else 0.0,
        "population_share": float((people * share).sum() / total) if total else 0.0,
        "white_areas": int((~centre).sum()),
    }


def served_entries(
    coverage: CoverageMap,
    province: Province,
    scenario: Scenario,
    technology: str,
    operator: str = "any",
    receiver: str | None = None,
) -> NDArray[np.bool_]:
    """Entries of `Province.area_cells` at which a device is served.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    province : Province
        Areas and their cells.
    scenario : Scenario
        Thresholds and receivers.
    technology : str
        '4g', '5g' or 'any'.
    operator : str, optional
        Whose customer it is, or 'any'.
    receiver : str, optional
        Receiver; the scenario's when absent.

    Returns
    -------
    ndarray of bool, shape (n_entries,)
        True where served.
    """
    service = entry_service(coverage, province, scenario)
    return service.served(technology=technology, operator=operator, receiver=receiver)


def served_shares(served: Iterable[bool] | NDArray[np.bool_], province: Province) -> NDArray[np.float64]:
    """Share of every area behind flags per entry.

    Parameters
    ----------
    served : array of bool, shape (n_entries,)
        One flag per entry of `area_cells`.
    province : Province
        Areas and their cells.

    Returns
    -------
    ndarray of float64, shape (n_areas,)
        Shares, 0 to 1.
    """
    owner = np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))
    weights = province.area_cells.share * np.asarray(served, dtype=bool)
    return np.minimum(np.bincount(owner, weights=weights, minlength=len(province.areas)), 1.0)
