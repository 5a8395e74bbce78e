"""Coverage with more sites: only the new masts are computed and merged into the layers that stand.

A layer that loses sectors to others in their place is merged anew from all its masts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.config.schema import Scenario
from planner.coverage.masts import LayerKey, Mast, build_masts, layer_sectors
from planner.coverage.predict import (
    MastNotes,
    Progress,
    empty_rasters,
    finished_layer,
    merge_masts,
    thread_count,
)
from planner.coverage.propagation import Propagation
from planner.coverage.sectors import proposed_sectors
from planner.coverage.store import FieldStore, open_store
from planner.domain.coverage import CoverageLayer, CoverageMap, ProposedSite, Sector
from planner.domain.province import Province
from planner.kernels.antenna import ServerRasters


def extend_coverage(
    coverage: CoverageMap,
    province: Province,
    scenario: Scenario,
    sites: Sequence[ProposedSite],
    *,
    progress: Progress | None = None,
    store: FieldStore | None = None,
) -> CoverageMap:
    """Add proposed sites to a coverage map.

    Levels and best servers are those of a prediction of everything together; sums of interference agree to rounding,
    because they are added in another order.

    Parameters
    ----------
    coverage : CoverageMap
        Coverage that stands; not changed.
    province : Province
        Terrain.
    scenario : Scenario
        Carriers, propagation, thresholds.
    sites : sequence of ProposedSite
        What is added; none gives the same map. One that replaces takes the place of whatever its operator has on its
        carrier at its site, among the standing sectors and among `sites`.
    progress : callable, optional
        Called with stage, done, total.
    store : FieldStore, optional
        Per-mast results kept on disk.

    Returns
    -------
    CoverageMap
        Layers with the sites in them, sorted as a prediction sorts them.
    """
    added = layer_sectors(proposed_sectors(_not_replaced(sites), scenario))
    if not added:
        return coverage
    layers = {(layer.operator, layer.carrier): layer for layer in coverage.layers}
    left = _left_after(layers, sites)
    fresh = layer_sectors([sector for key, new in added.items() for sector in (*left.get(key, ()), *new)])
    standing = {key: layer for key, layer in layers.items() if key not in left}
    propagation = Propagation(province, scenario)
    masts = [_shifted(mast, standing) for mast in build_masts(fresh, scenario)]
    rasters = {key: _reopened(standing[key]) if key in standing else empty_rasters(coverage.grid) for key in fresh}
    kept = open_store(scenario, propagation) if store is None else store
    notes = MastNotes(len(masts))
    merge_masts(propagation, masts, rasters, kept, thread_count(scenario, None), progress, notes)
    sectors = {key: (*(standing[key].sectors if key in standing else ()), *new) for key, new in fresh.items()}
    finished = {key: finished_layer(key, sectors[key], rasters[key], scenario, coverage.grid.cell_m) for key in fresh}
    return replace(coverage, layers=_sorted_layers(layers | finished))


def _not_replaced(sites: Sequence[ProposedSite]) -> list[ProposedSite]:
    """Proposals but those another one of them stands in for."""
    taken = {(one.site_id, one.operator, one.carrier) for one in sites if one.replaces}
    return [one for one in sites if one.replaces or (one.site_id, one.operator, one.carrier) not in taken]


def _left_after(
    layers: dict[LayerKey, CoverageLayer], sites: Sequence[ProposedSite]
) -> dict[LayerKey, tuple[Sector, ...]]:
    """Sectors that stay of each layer that loses some."""
    gone = {(one.operator, one.carrier, one.site_id) for one in sites if one.replaces}
    left = {}
    for key in sorted({(operator, carrier) for operator, carrier, _ in gone}):
        sectors = layers[key].sectors if key in layers else ()
        stay = tuple(sector for sector in sectors if (*key, sector.site_id) not in gone)
        if len(stay) < len(sectors):
            left[key] = stay
    return left


def _shifted(mast: Mast, standing: dict[LayerKey, CoverageLayer]) -> Mast:
    """Count the new sectors of a layer behind those that stand."""
    groups = tuple(
        replace(
            group,
            arrays=group.arrays._replace(
                in_layer=group.arrays.in_layer
                + np.int32(len(standing[group.layer].sectors) if group.layer in standing else 0)
            ),
        )
        for group in mast.groups
    )
    return replace(mast, groups=groups)


def _reopened(layer: CoverageLayer) -> ServerRasters:
    """Copies of a layer's rasters in the form masts are merged into."""
    return ServerRasters(
        np.where(np.isnan(layer.level_dbm), np.float32(-np.inf), layer.level_dbm),
        np.where(np.isnan(layer.second_dbm), np.float32(-np.inf), layer.second_dbm),
        layer.best_sector.copy(),
        layer.interference_mw.copy(),
    )


def _sorted_layers(layers: dict[LayerKey, CoverageLayer]) -> tuple[CoverageLayer, ...]:
    order = sorted(layers.values(), key=lambda one: (one.operator, one.technology, one.band, one.carrier))
    return tuple(order)
