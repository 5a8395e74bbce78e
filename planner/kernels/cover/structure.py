"""Structure of a cover matrix: transpose, signatures of rows, equal rows, dominated columns.

The matrix is held by columns: column j covers the rows `rows[indptr[j]:indptr[j + 1]]`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.kernels._jit import exact_kernel

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I8 = npt.NDArray[np.int8]
U64 = npt.NDArray[np.uint64]
Bool = npt.NDArray[np.bool_]


@exact_kernel
def transpose(indptr: I64, rows: I32, n_rows: int) -> tuple[I64, I32]:
    """Turn columns -> rows into rows -> columns; the columns of a row come out in rising order.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    n_rows : int
        Number of rows.

    Returns
    -------
    tuple of arrays
        Start of every row, int64 (n_rows + 1,), and the columns row after row, int32.
    """
    start = np.zeros(n_rows + 1, np.int64)
    for entry in range(rows.size):
        start[rows[entry] + 1] += 1
    for row in range(n_rows):
        start[row + 1] += start[row]
    place = start[:-1].copy()
    columns = np.empty(rows.size, np.int32)
    for column in range(indptr.size - 1):
        for entry in range(indptr[column], indptr[column + 1]):
            row = rows[entry]
            columns[place[row]] = column
            place[row] += 1
    return start, columns


@exact_kernel
def row_signatures(indptr: I64, rows: I32, n_rows: int) -> U64:
    """Hash the set of columns that cover each row; equal sets give equal hashes.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    n_rows : int
        Number of rows.

    Returns
    -------
    uint64 array, shape (n_rows,)
        The signatures; rows no column covers have 0.
    """
    signature = np.zeros(n_rows, np.uint64)
    for column in range(indptr.size - 1):
        key = np.uint64(column + 1) * np.uint64(0x9E3779B97F4A7C15)
        key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        key ^= key >> np.uint64(31)
        for entry in range(indptr[column], indptr[column + 1]):
            signature[rows[entry]] += key
    return signature


@exact_kernel
def equal_neighbours(order: I64, row_start: I64, row_columns: I32) -> Bool:
    """Compare each row with the one before it in an order, column by column.

    Parameters
    ----------
    order : int64 array
        Rows, equal signatures side by side.
    row_start : int64 array, shape (n_rows + 1,)
        Start of every row in `row_columns`.
    row_columns : int32 array
        Columns row after row, rising.

    Returns
    -------
    bool array, shape of `order`
        True where a row has exactly the columns of its predecessor.
    """
    same = np.zeros(order.size, np.bool_)
    for place in range(1, order.size):
        one = order[place - 1]
        two = order[place]
        length = row_start[one + 1] - row_start[one]
        if length != row_start[two + 1] - row_start[two]:
            continue
        same[place] = True
        for entry in range(length):
            if row_columns[row_start[one] + entry] != row_columns[row_start[two] + entry]:
                same[place] = False
                break
    return same


class DominanceSearch(NamedTuple):
    """How far the search for dominated columns has come.

    Attributes
    ----------
    sketch : uint64 array, shape (n_cols,)
        Bits of each column's rows: a column whose bits are not all in another's is not dominated by it.
    dominated : bool array, shape (n_cols,)
        True where a column is dominated or empty.
    mark : int64 array, shape (n_rows,)
        The last column looked at that covers each row.
    tally : int64 array, shape (2,)
        The next column to look at, and the set elements looked at.
    """

    sketch: U64
    dominated: Bool
    mark: I64
    tally: I64


@exact_kernel
def begin_dominance(indptr: I64, rows: I32, n_rows: int) -> DominanceSearch:
    """Set up the search for dominated columns.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    n_rows : int
        Number of rows.

    Returns
    -------
    DominanceSearch
        To be passed to `dominated_columns`; empty columns are marked already.
    """
    n_cols = indptr.size - 1
    sketch = np.zeros(n_cols, np.uint64)
    dominated = np.zeros(n_cols, np.bool_)
    for column in range(n_cols):
        dominated[column] = indptr[column] == indptr[column + 1]
        for entry in range(indptr[column], indptr[column + 1]):
            sketch[column] |= np.uint64(1) << np.uint64((rows[entry] * 2654435761) % 64)
    return DominanceSearch(sketch, dominated, np.full(n_rows, -1, np.int64), np.zeros(2, np.int64))


@exact_kernel
def dominated_columns(
    indptr: I64, rows: I32, cost: F64, row_start: I64, row_columns: I32, s: DominanceSearch, work: int
) -> bool:
    """Mark columns whose rows another column covers at no more cost, for some counted work.

    Of equal columns at equal cost the first stays. The search for a column's dominator looks only at the columns
    of its rarest row.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    cost : float64 array, shape (n_cols,)
        Cost of a column.
    row_start : int64 array, shape (n_rows + 1,)
        Start of every row in `row_columns`.
    row_columns : int32 array
        Columns row after row.
    s : DominanceSearch
        The search, changed in place.
    work : int
        Set elements to look at before returning.

    Returns
    -------
    bool
        True when every column has been looked at.
    """
    until = s.tally[1] + work
    while s.tally[0] < cost.size and s.tally[1] < until:
        column = s.tally[0]
        s.tally[0] += 1
        size = indptr[column + 1] - indptr[column]
        if size == 0:
            continue
        rarest = rows[indptr[column]]
        for entry in range(indptr[column], indptr[column + 1]):
            row = rows[entry]
            s.mark[row] = column
            if row_start[row + 1] - row_start[row] < row_start[rarest + 1] - row_start[rarest]:
                rarest = row
        s.tally[1] += row_start[rarest + 1] - row_start[rarest]
        for place in range(row_start[rarest], row_start[rarest + 1]):
            other = row_columns[place]
            if s.sketch[column] & ~s.sketch[other] or other == column:
                continue
            other_size = indptr[other + 1] - indptr[other]
            if other_size < size or cost[other] > cost[column] or s.dominated[other]:
                continue
            if other_size == size and cost[other] == cost[column] and other > column:
                continue
            shared = 0
            for entry in range(indptr[other], indptr[other + 1]):
                if s.mark[rows[entry]] == column:
                    shared += 1
            s.tally[1] += other_size
            if shared == size:
                s.dominated[column] = True
                break
    return bool(s.tally[0] == cost.size)


@exact_kernel
def cover_counts(indptr: I64, rows: I32, chosen: I64, n_rows: int) -> I32:
    """Count how many chosen columns cover each row.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    chosen : int64 array
        Columns.
    n_rows : int
        Number of rows.

    Returns
    -------
    int32 array, shape (n_rows,)
        Times covered.
    """
    count = np.zeros(n_rows, np.int32)
    for place in range(chosen.size):
        for entry in range(indptr[chosen[place]], indptr[chosen[place] + 1]):
            count[rows[entry]] += 1
    return count


@exact_kernel
def select_columns(indptr: I64, rows: I32, columns: I64, row_map: I64) -> tuple[I64, I32]:
    """Cut a matrix down to some columns and renumber its rows.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    columns : int64 array
        Columns to keep, in their new order.
    row_map : int64 array, shape (n_rows,)
        New number of each row, -1 to leave it out.

    Returns
    -------
    tuple of arrays
        Start of every kept column, int64, and the rows by their new numbers, int32.
    """
    start = np.zeros(columns.size + 1, np.int64)
    for new in range(columns.size):
        kept = 0
        for entry in range(indptr[columns[new]], indptr[columns[new] + 1]):
            if row_map[rows[entry]] >= 0:
                kept += 1
        start[new + 1] = start[new] + kept
    out = np.empty(start[-1], np.int32)
    for new in range(columns.size):
        place = start[new]
        for entry in range(indptr[columns[new]], indptr[columns[new] + 1]):
            row = row_map[rows[entry]]
            if row >= 0:
                out[place] = row
                place += 1
    return start, out


@exact_kernel
def all_rise(indptr: I64, rows: I32) -> bool:
    """Tell whether the rows of every column rise and none repeats.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.

    Returns
    -------
    bool
        True where they do.
    """
    for column in range(indptr.size - 1):
        for entry in range(indptr[column] + 1, indptr[column + 1]):
            if rows[entry] <= rows[entry - 1]:
                return False
    return True


@exact_kernel
def without_repeats(indptr: I64, rows: I32) -> tuple[I64, I32]:
    """Leave out rows that a column names twice.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column, not falling within a column.

    Returns
    -------
    tuple of arrays
        Start of every column, int64, and its rows, int32, rising.
    """
    start = np.zeros_like(indptr)
    out = np.empty_like(rows)
    size = 0
    for column in range(indptr.size - 1):
        for entry in range(indptr[column], indptr[column + 1]):
            if entry == indptr[column] or rows[entry] != rows[entry - 1]:
                out[size] = rows[entry]
                size += 1
        start[column + 1] = size
    return start, out[:size].copy()


@exact_kernel
def homes(indptr: I64, rows: I32, plan: I64, n_rows: int) -> tuple[I64, I64]:
    """Gather rows and columns around the columns of a plan: what shares a home is likely to be used together.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    plan : int64 array
        Columns of a plan.
    n_rows : int
        Number of rows.

    Returns
    -------
    tuple of int64 arrays
        Home of every row and of every column, as places in the plan; the plan's length where there is none.
    """
    row_home = np.full(n_rows, plan.size, np.int64)
    for place in range(plan.size):
        for entry in range(indptr[plan[place]], indptr[plan[place] + 1]):
            if row_home[rows[entry]] == plan.size:
                row_home[rows[entry]] = place
    column_home = np.full(indptr.size - 1, plan.size, np.int64)
    for column in range(column_home.size):
        for entry in range(indptr[column], indptr[column + 1]):
            if row_home[rows[entry]] < plan.size:
                column_home[column] = row_home[rows[entry]]
                break
    row_after = row_home.copy()
    for column in range(column_home.size):
        for entry in range(indptr[column], indptr[column + 1]):
            if row_after[rows[entry]] == plan.size:
                row_after[rows[entry]] = column_home[column]
    return row_after, column_home
