"""Exposure distance of masts, and the residential areas inside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from planner.config.schema import Scenario
from planner.domain.coverage import Sector
from planner.domain.province import Province
from planner.kernels.antenna import AZIMUTH_STEPS_PER_DEG, PatternTables
from planner.radio.emf import exposure_distance_m


@dataclass(frozen=True)
class Exposure:
    """Exposure distance around one mast.

    Attributes
    ----------
    site_ids : tuple of str
        Sites on the mast.
    x_m, y_m : float
        Position, m.
    distance_m : float
        Largest distance at which the summed main beams still meet the limit, m.
    sector_m : dict of str to float
        Sector id -> its own distance, m.
    area_ids : tuple of str
        Residential areas that come nearer than that.
    """

    site_ids: tuple[str, ...]
    x_m: float
    y_m: float
    distance_m: float
    sector_m: dict[str, float]
    area_ids: tuple[str, ...]


def exposures(
    sectors: Iterable[Sector], province: Province, scenario: Scenario, patterns: Mapping[str, PatternTables]
) -> list[Exposure]:
    """Exposure distance of every mast; what stands on one mast adds up direction by direction.

    Parameters
    ----------
    sectors : iterable of Sector
        All that transmits.
    province : Province
        Residential areas.
    scenario : Scenario
        Limit and duty factor.
    patterns : mapping of str to PatternTables
        Antennas.

    Returns
    -------
    list of Exposure
        One per position, sorted by it.
    """
    at: dict[tuple[float, float], list[Sector]] = {}
    for sector in sectors:
        at.setdefault((sector.x_m, sector.y_m), []).append(sector)
    places = sorted(at)
    distances = [_distance_m(at[place], scenario, patterns) for place in places]
    tree = shapely.STRtree(province.areas.geometry.to_numpy())
    mast, area = tree.query(shapely.points(np.array(places).reshape(-1, 2)), predicate="dwithin", distance=distances)
    names = province.areas["area_id"].to_numpy()
    inside: dict[int, list[str]] = {}
    for one, row in sorted(zip(mast.tolist(), area.tolist(), strict=True)):
        inside.setdefault(one, []).append(str(names[row]))
    return [
        Exposure(
            site_ids=tuple(sorted({sector.site_id for sector in at[place]})),
            x_m=place[0],
            y_m=place[1],
            distance_m=distances[i],
            sector_m={
                sector.sector_id: exposure_distance_m(
                    [sector.power_dbm - sector.feeder_loss_db + patterns[sector.antenna].gain_dbi], scenario
                )
                for sector in at[place]
            },
            area_ids=tuple(inside.get(i, ())),
        )
        for i, place in enumerate(places)
    ]


def _distance_m(sectors: list[Sector], scenario: Scenario, patterns: Mapping[str, PatternTables]) -> float:
    """Largest distance over all azimuths of the summed main beams of a mast."""
    turns = np.arange(0, 360)
    watts = np.zeros(turns.size)
    for sector in sectors:
        pattern = patterns[sector.antenna]
        steps = ((turns - sector.azimuth_deg) % 360.0 * AZIMUTH_STEPS_PER_DEG).astype(np.int64)
        gain = pattern.gain_dbi - pattern.horizontal_db[steps].astype(np.float64)
        watts += 10.0 ** (0.1 * (sector.power_dbm - sector.feeder_loss_db + gain - 30.0))
    return exposure_distance_m([10.0 * np.log10(watts.max()) + 30.0], scenario)
