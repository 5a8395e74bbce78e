"""Masts: sectors that share a position and a height, and therefore one set of terrain profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.config.schema import Scenario
from planner.domain.coverage import Sector
from planner.kernels.antenna import PatternTables, SectorArrays
from planner.radio.link_budget import reference_power_dbm

LayerKey = tuple[str, str]  # operator, carrier


@dataclass(frozen=True)
class SectorGroup:
    """Sectors of a mast in one layer that have the same antenna.

    Attributes
    ----------
    layer : tuple of str
        Operator and carrier.
    antenna : str
        Antenna name.
    arrays : SectorArrays
        Pointing, power per resource element, and index in the layer.
    """

    layer: LayerKey
    antenna: str
    arrays: SectorArrays


@dataclass(frozen=True)
class Mast:
    """One position and height with everything it transmits.

    Attributes
    ----------
    x_m, y_m, height_agl_m : float
        Position and height above ground, m.
    carriers : tuple of str
        Carriers on it, sorted.
    groups : tuple of SectorGroup
        Its sectors by layer and antenna.
    """

    x_m: float
    y_m: float
    height_agl_m: float
    carriers: tuple[str, ...]
    groups: tuple[SectorGroup, ...]


def layer_sectors(sectors: Iterable[Sector]) -> dict[LayerKey, tuple[Sector, ...]]:
    """Sectors by operator and carrier, layers sorted by operator, technology and band, sectors in the given order.

    Parameters
    ----------
    sectors : iterable of Sector
        All sectors.

    Returns
    -------
    dict
        (operator, carrier) -> its sectors.
    """
    found: dict[LayerKey, list[Sector]] = {}
    for sector in sectors:
        found.setdefault((sector.operator, sector.carrier), []).append(sector)
    order = sorted(found, key=lambda key: (key[0], found[key][0].technology, found[key][0].band, key[1]))
    return {key: tuple(found[key]) for key in order}


def build_masts(
    layers: Mapping[LayerKey, Sequence[Sector]],
    scenario: Scenario,
    numbers: Mapping[LayerKey, Iterable[int]] | None = None,
) -> list[Mast]:
    """Group sectors by mast, in an order that depends on positions only.

    Parameters
    ----------
    layers : mapping
        (operator, carrier) -> sectors; an index counts within its layer.
    scenario : Scenario
        Carriers.
    numbers : mapping, optional
        (operator, carrier) -> indices of the sectors wanted; all when absent.

    Returns
    -------
    list of Mast
        Sorted by position and height.
    """
    at: dict[tuple[float, float, float], dict[tuple[LayerKey, str], list[int]]] = {}
    for key, sectors in layers.items():
        for index in range(len(sectors)) if numbers is None else numbers[key]:
            sector = sectors[index]
            place = at.setdefault((sector.x_m, sector.y_m, sector.height_agl_m), {})
            place.setdefault((key, sector.antenna), []).append(index)
    return [_mast(place, groups, layers, scenario) for place, groups in sorted(at.items())]


def _mast(
    place: tuple[float, float, float],
    groups: Mapping[tuple[LayerKey, str], list[int]],
    layers: Mapping[LayerKey, Sequence[Sector]],
    scenario: Scenario,
) -> Mast:
    built = tuple(
        SectorGroup(key, antenna, sector_arrays([layers[key][i] for i in indices], indices, scenario))
        for (key, antenna), indices in groups.items()
    )
    return Mast(*place, carriers=tuple(sorted({group.layer[1] for group in built})), groups=built)


def sector_arrays(sectors: list[Sector], indices: list[int], scenario: Scenario) -> SectorArrays:
    """Lay sectors out for the kernels.

    Parameters
    ----------
    sectors : list of Sector
        Sectors of one mast, carrier and antenna.
    indices : list of int
        Their indices in the layer.
    scenario : Scenario
        Carriers.

    Returns
    -------
    SectorArrays
        The arrays.
    """
    power = [
        reference_power_dbm(
            sector.carrier, scenario.radio.carriers[sector.carrier], sector.power_dbm, sector.feeder_loss_db
        )
        for sector in sectors
    ]
    return SectorArrays(
        np.array([sector.azimuth_deg for sector in sectors], dtype=np.float32),
        np.array([sector.electrical_tilt_deg for sector in sectors], dtype=np.float32),
        np.array([sector.mechanical_tilt_deg for sector in sectors], dtype=np.float32),
        np.array(power, dtype=np.float32),
        np.array(indices, dtype=np.int32),
    )


def strongest_dbm(group: SectorGroup, patterns: Mapping[str, PatternTables]) -> float:
    """Largest EIRP per resource element of a group.

    Parameters
    ----------
    group : SectorGroup
        Sectors.
    patterns : mapping of str to PatternTables
        Antennas.

    Returns
    -------
    float
        EIRP per resource element, dBm.
    """
    return float(group.arrays.power_dbm.max()) + patterns[group.antenna].gain_dbi
