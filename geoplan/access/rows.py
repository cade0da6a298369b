"""Rows: the costs from many possible places to every cell, kept so that hundreds of draws can be tried quickly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geoplan.access.field import Field

__all__ = ["Rows", "cost_rows"]


@dataclass(frozen=True)
class Rows:
    """Costs from K places to the C cells.

    `dense` (K, C) where a place reaches most of the city (an ambulance); `sparse`, with only the costs within a limit,
    where it reaches a neighbourhood (people on foot). Exactly one of the two is set.
    """

    dense: NDArray[np.float32] | None = None
    sparse: csr_array | None = None

    def __len__(self) -> int:
        table = self.dense if self.dense is not None else self.sparse
        assert table is not None
        return int(table.shape[0])

    def joined(self, other: Rows) -> Rows:
        """These places and then the other's, kept the same way."""
        if self.dense is not None and other.dense is not None:
            return Rows(dense=np.concatenate([self.dense, other.dense]))
        return Rows(sparse=csr_array(vstack([self.sparse, other.sparse], format="csr")))

    def lower(self, state: NDArray[np.float32], picks: NDArray[np.int64]) -> None:
        """Lower each draw's costs, in place, by opening the picked place in it.

        Parameters
        ----------
        state
            (draws, C) cost to the nearest so far.
        picks
            (draws,) place opened in each draw.
        """
        if self.dense is not None:
            np.minimum(state, self.dense[picks], out=state)
            return
        draw, cell, cost = self._entries(picks)
        state[draw, cell] = np.minimum(state[draw, cell], cost)

    def gain(
        self,
        state: NDArray[np.float32],
        picks: NDArray[np.int64],
        *,
        limit: float,
        weights: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """Persons in each draw that the picked place brings within the limit and nothing else did.

        `weights` are persons, (C, areas); the answer is (draws, areas).
        """
        if self.dense is not None:
            new = (self.dense[picks] <= np.float32(limit)) & (state > np.float32(limit))
            return (new.astype(np.float32) @ weights).astype(np.float64)
        draw, cell, cost = self._entries(picks)
        new = (cost <= np.float32(limit)) & (state[draw, cell] > np.float32(limit))
        draw, people = draw[new], weights[cell[new]]
        sums = [
            np.bincount(draw, weights=people[:, area], minlength=len(picks))
            for area in range(weights.shape[1])
        ]
        return np.stack(sums, axis=1)

    def within(self, limit: float) -> csr_array:
        """Which cells each place reaches within the limit: a K x C matrix of ones."""
        if self.dense is not None:
            return csr_array((self.dense <= np.float32(limit)).astype(np.float32))
        assert self.sparse is not None
        kept = self.sparse.tocoo()
        inside = kept.data <= np.float32(limit)
        ones = np.ones(int(inside.sum()), dtype=np.float32)
        return csr_array((ones, (kept.row[inside], kept.col[inside])), shape=self.sparse.shape)

    def _entries(
        self, picks: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Draw, cell and cost of every entry of the picked rows."""
        table = self.sparse
        assert table is not None
        start = table.indptr[picks].astype(np.int64)
        counts = table.indptr[picks + 1].astype(np.int64) - start
        draw = np.repeat(np.arange(len(picks)), counts)
        position = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        position += np.repeat(start, counts)
        return draw, table.indices[position].astype(np.int64), table.data[position]


def cost_rows(field: Field, lon: ArrayLike, lat: ArrayLike, *, limit: float = np.inf) -> Rows:
    """Compute the costs from K places to every cell.

    Parameters
    ----------
    field
        The network seen from the cells.
    lon, lat
        K places, degrees.
    limit
        Keep only costs up to it (sparse); by default all are kept (dense).
    """
    count = len(np.asarray(lon))
    cells = len(field.demand.cells)
    if not np.isfinite(limit):
        dense = np.full((count, cells), np.inf, dtype=np.float32)
        for part, cost in field.rows(lon, lat):
            dense[part] = cost
        return Rows(dense=dense)
    parts = []
    for _, cost in field.rows(lon, lat, limit=limit):
        row, cell = np.nonzero(np.isfinite(cost))
        parts.append(csr_array((cost[row, cell], (row, cell)), shape=cost.shape))
    empty = csr_array((0, cells), dtype=np.float32)
    return Rows(sparse=csr_array(vstack(parts, format="csr")) if parts else empty)
