"""Coverage targets as covering problems: inhabited cells that want service, grouped as the target counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.domain.province import Province
from planner.optimise.counting import count_required

_EPS = 1e-9


@dataclass(frozen=True)
class SiteDemand:
    """What one coverage target still asks for.

    Rows are entries of `Province.area_cells` that are not served today; groups are what the target counts: areas, or
    everybody (one group per commune where every commune must reach the share by itself).

    Attributes
    ----------
    entry : ndarray of int64, shape (n_rows,)
        Entry of `area_cells` behind each row.
    weight : ndarray of float64, shape (n_rows,)
        Share of its area (area targets) or people (people targets).
    group : ndarray of int32, shape (n_rows,)
        Group of each row.
    group_need : ndarray of float64, shape (n_groups,)
        Weight a group still needs to count as served.
    group_value : ndarray of float64, shape (n_shares, n_groups)
        What serving a group adds to each share that must be reached: one, or one per commune.
    group_area : ndarray of int64, shape (n_groups,)
        Row of `Province.areas` behind a group; -1 for groups that are not areas.
    required_value : ndarray of float64, shape (n_shares,)
        Value still needed; all zero when the target is met today.
    """

    entry: NDArray[np.int64]
    weight: NDArray[np.float64]
    group: NDArray[np.int32]
    group_need: NDArray[np.float64]
    group_value: NDArray[np.float64]
    group_area: NDArray[np.int64]
    required_value: NDArray[np.float64]

    @property
    def is_met(self) -> bool:
        """Whether nothing is left to do."""
        return bool((self.required_value <= _EPS).all())


def entry_owner(province: Province) -> NDArray[np.int64]:
    """Area row of every entry of `area_cells`.

    Parameters
    ----------
    province : Province
        The province.

    Returns
    -------
    ndarray of int64
        One row number per entry.
    """
    return np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))


def areas_in_scope(province: Province, target: Target) -> NDArray[np.bool_]:
    """Areas a target is counted over.

    Parameters
    ----------
    province : Province
        The province.
    target : Target
        A coverage target.

    Returns
    -------
    ndarray of bool, shape (n_areas,)
        True where the area counts.
    """
    if target.area_kinds is None:
        return np.ones(len(province.areas), dtype=bool)
    return np.asarray(province.areas["kind"].isin(target.area_kinds), dtype=bool)


def site_demand(
    province: Province,
    target: Target,
    served: NDArray[np.bool_],
    covered_at: float,
    asked: NDArray[np.bool_] | None = None,
) -> SiteDemand:
    """Turn a coverage target and what is served today into rows, groups and needs.

    Parameters
    ----------
    province : Province
        The province.
    target : Target
        A target of kind 'coverage_areas' or 'coverage_people'.
    served : ndarray of bool, shape (n_entries,)
        Entries of `area_cells` served today for the target's technology, operator and receiver.
    covered_at : float
        Share of its people at which an area counts as covered.
    asked : ndarray of bool, shape (n_entries,), optional
        Entries without which no area counts as covered (its centre, the middles of its clusters): each weighs one more
        and its area needs one more, which no other entries can make up for.

    Returns
    -------
    SiteDemand
        The problem.
    """
    scope = areas_in_scope(province, target)
    if target.kind == "coverage_people":
        return _people_demand(province, target, served, scope)
    return _areas_demand(province, target, served, scope, covered_at, asked)


def _areas_demand(
    province: Province,
    target: Target,
    served: NDArray[np.bool_],
    scope: NDArray[np.bool_],
    covered_at: float,
    asked: NDArray[np.bool_] | None,
) -> SiteDemand:
    owner, weight = entry_owner(province), province.area_cells.share
    need = np.full(len(scope), covered_at)
    if asked is not None:
        weight = weight + asked
        need += np.bincount(owner, weights=asked, minlength=len(scope))
    reached = np.bincount(owner, weights=weight * served, minlength=len(scope))
    is_open = scope & (reached < need - _EPS)
    group_of_area = np.full(len(scope), -1, dtype=np.int32)
    group_of_area[is_open] = np.arange(is_open.sum(), dtype=np.int32)
    entry = np.flatnonzero(~served & is_open[owner])
    return SiteDemand(
        entry=entry,
        weight=weight[entry],
        group=group_of_area[owner[entry]],
        group_need=np.asarray((need - reached)[is_open], dtype=np.float64),
        group_area=np.flatnonzero(is_open),
        group_value=_area_values(province, target, is_open),
        required_value=_area_requirements(province, target, scope, is_open),
    )


def _area_values(province: Province, target: Target, is_open: NDArray[np.bool_]) -> NDArray[np.float64]:
    """One row of ones, or one row per commune where every commune must reach the share by itself."""
    if not target.per_commune:
        return np.ones((1, int(is_open.sum())))
    codes, commune = np.unique(province.areas["commune_code"].to_numpy(dtype=str), return_inverse=True)
    return np.asarray(commune[is_open][None, :] == np.arange(len(codes))[:, None], dtype=np.float64)


def _area_requirements(
    province: Province, target: Target, scope: NDArray[np.bool_], is_open: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Areas still wanted, in all or per commune; never negative."""
    if not target.per_commune:
        counts, done = [int(scope.sum())], [int((scope & ~is_open).sum())]
    else:
        codes, commune = np.unique(province.areas["commune_code"].to_numpy(dtype=str), return_inverse=True)
        counts = np.bincount(commune, weights=scope, minlength=len(codes)).astype(int).tolist()
        done = np.bincount(commune, weights=scope & ~is_open, minlength=len(codes)).astype(int).tolist()
    wanted = [
        max(0, count_required(target.share, count, strictly_over=target.strictly_over) - ready)
        for count, ready in zip(counts, done, strict=True)
    ]
    return np.array(wanted, dtype=np.float64)


def _people_demand(
    province: Province, target: Target, served: NDArray[np.bool_], scope: NDArray[np.bool_]
) -> SiteDemand:
    owner = entry_owner(province)
    people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * province.area_cells.share
    if target.per_commune:
        codes, commune = np.unique(province.areas["commune_code"].to_numpy(dtype=str), return_inverse=True)
    else:
        codes, commune = np.array(["all"]), np.zeros(len(scope), dtype=np.int64)
    of_entry = commune[owner]
    counted = scope[owner]
    total = np.bincount(of_entry, weights=people * counted, minlength=len(codes))
    reached = np.bincount(of_entry, weights=people * (counted & served), minlength=len(codes))
    need = target.share * total - reached + (1e-6 * total if target.strictly_over else 0.0)
    is_open = need > _EPS * np.maximum(total, 1.0)
    number = np.full(len(codes), -1, dtype=np.int32)
    number[is_open] = np.arange(is_open.sum(), dtype=np.int32)
    entry = np.flatnonzero(~served & counted & is_open[of_entry])
    return SiteDemand(
        entry=entry,
        weight=people[entry],
        group=number[of_entry[entry]],
        group_need=need[is_open],
        group_value=np.ones((1, int(is_open.sum()))),
        group_area=np.full(int(is_open.sum()), -1, dtype=np.int64),
        required_value=np.array([is_open.sum()], dtype=np.float64),
    )
