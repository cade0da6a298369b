"""Presolve: points with one pattern of sites are one point, sites that another makes needless are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dominated", "merge_rows"]

# Products of a dominance check beyond which it costs more than it saves.
_PRODUCTS = 5e8


def merge_rows(
    table: csr_array, apart: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find rows with entries in the same columns.

    Parameters
    ----------
    table
        (I, J), indices of each row ascending; the data are not looked at.
    apart
        (I,) rows of different numbers here are never merged.

    Returns
    -------
    first, of
        Positions of the K rows that stand for all, and (I,) which of these K each row is.

    Notes
    -----
    Rows are told apart by two sums of random 64-bit numbers of their columns; those that agree are compared entry by entry.
    """
    rows = table.shape[0]
    random = np.random.default_rng(1).integers(0, 2**63, size=(2, table.shape[1] + 1), dtype=np.uint64)
    keys = np.zeros((rows, 4), dtype=np.uint64)
    for column, numbers in enumerate(random):
        sums = np.concatenate(
            [np.zeros(1, dtype=np.uint64), np.cumsum(numbers[table.indices], dtype=np.uint64)]
        )
        keys[:, column] = sums[table.indptr[1:]] - sums[table.indptr[:-1]]
    keys[:, 2] = np.diff(table.indptr)
    if apart is not None:
        keys[:, 3] = apart
    _, first, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    stands = first[of]
    each = np.repeat(np.arange(rows), np.diff(table.indptr))
    twin = table.indptr[stands[each]] + np.arange(len(each)) - table.indptr[each]
    wrong = np.unique(each[table.indices[twin] != table.indices])
    of[wrong] = len(first) + np.arange(len(wrong))
    return np.concatenate([first, wrong]), of


def dominated(
    table: csr_array, kinds: NDArray[np.int64], usable: NDArray[np.bool_], *, spare: int
) -> NDArray[np.bool_]:
    """(J,) usable columns whose rows another usable column of the same kind covers too, the first of equal ones kept.

    At least `spare` columns of each kind stay, so that a plan of so many sites never lacks one.
    """
    lengths = np.diff(table.indptr).astype(float)
    gone = np.zeros(table.shape[1], dtype=bool)
    if not table.nnz or (lengths**2).sum() > _PRODUCTS:
        return gone
    ones = csr_array((np.ones(table.nnz), table.indices, table.indptr), shape=table.shape)
    shared = (ones.T @ ones).tocoo()
    size = np.bincount(table.indices, minlength=table.shape[1])
    j, k = shared.row, shared.col
    beaten = (shared.data == size[j]) & (kinds[j] == kinds[k]) & usable[j] & usable[k]
    beaten &= (size[k] > size[j]) | ((size[k] == size[j]) & (k < j))
    gone[j[beaten]] = True
    gone |= usable & (size == 0)
    for kind in np.unique(kinds):
        mine = np.flatnonzero((kinds == kind) & usable)
        short = spare - int((~gone[mine]).sum())
        if short > 0:
            # The largest come back first.
            back = mine[gone[mine]]
            gone[back[np.argsort(-size[back], kind="stable")][:short]] = False
    return gone
