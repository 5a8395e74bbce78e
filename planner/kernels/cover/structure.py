"""Structure of a cover matrix: transpose, signatures of rows, equal rows, dominated columns.

The matrix is held by columns: column j covers the rows `rows[indptr[j]:indptr[j + 1]]`.
"""

from __future__ import annotations

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


@exact_kernel
def dominated_columns(
    indptr: I64, rows: I32, cost: F64, row_start: I64, row_columns: I32, work_limit: int
) -> tuple[Bool, int]:
    """Mark columns whose rows another column covers at no more cost.

    Of equal columns at equal cost the first stays. The search for a column's dominator looks only at the columns
    of its rarest row, and stops for good when the counted work is spent: then fewer columns are marked.

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
    work_limit : int
        Number of set elements that may be looked at.

    Returns
    -------
    tuple
        Bool array (n_cols,), True where dominated, and the work spent.
    """
    n_cols = indptr.size - 1
    sketch = np.zeros(n_cols, np.uint64)
    for column in range(n_cols):
        for entry in range(indptr[column], indptr[column + 1]):
            sketch[column] |= np.uint64(1) << np.uint64((rows[entry] * 2654435761) % 64)
    dominated = np.zeros(n_cols, np.bool_)
    mark = np.full(row_start.size - 1, -1, np.int64)
    work = 0
    for column in range(n_cols):
        size = indptr[column + 1] - indptr[column]
        if size == 0:
            dominated[column] = True
            continue
        if work > work_limit:
            continue
        rarest = rows[indptr[column]]
        for entry in range(indptr[column], indptr[column + 1]):
            row = rows[entry]
            mark[row] = column
            if row_start[row + 1] - row_start[row] < row_start[rarest + 1] - row_start[rarest]:
                rarest = row
        for place in range(row_start[rarest], row_start[rarest + 1]):
            other = row_columns[place]
            other_size = indptr[other + 1] - indptr[other]
            work += 1
            if other == column or other_size < size or cost[other] > cost[column] or dominated[other]:
                continue
            if other_size == size and cost[other] == cost[column] and other > column:
                continue
            if sketch[column] & ~sketch[other]:
                continue
            shared = 0
            for entry in range(indptr[other], indptr[other + 1]):
                if mark[rows[entry]] == column:
                    shared += 1
            work += other_size
            if shared == size:
                dominated[column] = True
                break
    return dominated, work


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
