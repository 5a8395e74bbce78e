"""Greedy covers: lazy evaluation by gain per cost, and removal of what is not needed."""

from __future__ import annotations

import heapq

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.cover.exchange import CoverArrays
from planner.kernels.cover.structure import F64, I32, I64


@exact_kernel
def greedy_cover(indptr: I64, rows: I32, price: F64, weight: F64, count: I32) -> I64:
    """Cover all rows by the columns of most new weight per price, evaluated lazily.

    A column's stale gain is an upper limit of its present gain, so only the top of the heap is recomputed.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    price : float64 array, shape (n_cols,)
        Price of a column, positive; infinite for a column that may not be taken.
    weight : float64 array, shape (n_rows,)
        Weight of a row, positive.
    count : int32 array, shape (n_rows,)
        Times each row is covered already; changed in place.

    Returns
    -------
    int64 array
        Columns in the order they were taken.
    """
    heap = [(0.0, 0) for _ in range(0)]
    for column in range(price.size):
        gain = 0.0
        for entry in range(indptr[column], indptr[column + 1]):
            if count[rows[entry]] == 0:
                gain += weight[rows[entry]]
        if gain > 0.0 and price[column] < np.inf:
            heap.append((-gain / price[column], column))
    heapq.heapify(heap)
    taken = np.empty(price.size, np.int64)
    size = 0
    while len(heap) > 0:
        column = heapq.heappop(heap)[1]
        gain = 0.0
        for entry in range(indptr[column], indptr[column + 1]):
            if count[rows[entry]] == 0:
                gain += weight[rows[entry]]
        if gain <= 0.0:
            continue
        ratio = -gain / price[column]
        if len(heap) > 0 and ratio > heap[0][0]:
            heapq.heappush(heap, (ratio, column))
            continue
        taken[size] = column
        size += 1
        for entry in range(indptr[column], indptr[column + 1]):
            count[rows[entry]] += 1
    return taken[:size]


@exact_kernel
def drop_redundant(indptr: I64, rows: I32, order: I64, count: I32) -> I64:
    """Drop columns all of whose rows are covered otherwise, in the order given.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    order : int64 array
        Taken columns, the ones to drop first (the dearest) in front.
    count : int32 array, shape (n_rows,)
        Times each row is covered; changed in place.

    Returns
    -------
    int64 array
        Columns that stay.
    """
    kept = np.empty(order.size, np.int64)
    size = 0
    for position in range(order.size):
        column = order[position]
        needed = False
        for entry in range(indptr[column], indptr[column + 1]):
            if count[rows[entry]] == 1:
                needed = True
                break
        if needed:
            kept[size] = column
            size += 1
        else:
            for entry in range(indptr[column], indptr[column + 1]):
                count[rows[entry]] -= 1
    return kept[:size]


@exact_kernel
def greedy_budget(p: CoverArrays, count: I32, budget: float) -> I64:
    """Choose columns by gain per cost, evaluated lazily, as far as the budget goes.

    Parameters
    ----------
    p : CoverArrays
        The problem.
    count : int32 array, shape (n_rows,)
        Times each row is covered already; changed in place.
    budget : float
        Cost that may not be exceeded.

    Returns
    -------
    int64 array
        Columns in the order they were taken.
    """
    gain = np.empty(p.cost.size)
    for column in range(p.cost.size):
        total = 0.0
        for entry in range(p.indptr[column], p.indptr[column + 1]):
            if count[p.rows[entry]] == 0:
                total += p.weight[p.rows[entry]]
        gain[column] = total
    fresh = np.zeros(p.cost.size, np.int64)
    taken = np.empty(p.cost.size, np.int64)
    size, spent = 0, 0.0
    order = np.argsort(-gain / p.cost, kind="mergesort")
    heap = [(-gain[column] / p.cost[column], column) for column in order]
    while len(heap) > 0:
        ratio, column = heap[0]
        if ratio >= 0.0:
            break
        if spent + p.cost[column] > budget * (1.0 + 1e-9):
            _pop(heap)
            continue
        if fresh[column] < size:
            total = 0.0
            for entry in range(p.indptr[column], p.indptr[column + 1]):
                if count[p.rows[entry]] == 0:
                    total += p.weight[p.rows[entry]]
            fresh[column] = size
            heap[0] = (-total / p.cost[column], column)
            _sift(heap)
            continue
        _pop(heap)
        taken[size] = column
        size += 1
        spent += p.cost[column]
        for entry in range(p.indptr[column], p.indptr[column + 1]):
            count[p.rows[entry]] += 1
    return taken[:size]


@exact_kernel
def _sift(heap: list[tuple[float, int]]) -> None:
    """Let the first element of a heap sink to its place."""
    place, size = 0, len(heap)
    item = heap[0]
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if not heap[child] < item:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = item


@exact_kernel
def _pop(heap: list[tuple[float, int]]) -> None:
    """Remove the first element of a heap."""
    last = heap.pop()
    if len(heap) > 0:
        heap[0] = last
        _sift(heap)
