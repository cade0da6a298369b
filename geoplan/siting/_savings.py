"""Savings: what a set of sites is worth where each point is served by its best one; maximal covering and p-median alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Savings", "savings_of"]

_FULL = 1 - 1e-9


@dataclass(frozen=True)
class Savings:
    """f(S) = sum over points of weight x the largest saving of a site in S, 0 if none reaches it.

    `table` (I, J) holds the savings, positive, each row sorted from the largest; `weights` are (I,); `blocks` (I,) numbers
    the share of the objective each point belongs to, `n_blocks` of them.
    """

    table: csr_array
    weights: NDArray[np.float64]
    blocks: NDArray[np.int64]
    n_blocks: int

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Row of every entry."""
        return np.repeat(np.arange(self.table.shape[0]), np.diff(self.table.indptr))

    @cached_property
    def _weighted(self) -> NDArray[np.float64]:
        return self.weights[self.rows]

    @cached_property
    def _cell(self) -> NDArray[np.int64]:
        """Block and column of every entry, as one number."""
        return self.blocks[self.rows] * self.table.shape[1] + self.table.indices

    @cached_property
    def even(self) -> bool:
        """Whether every saving is the same, as in covering: no order among sites then."""
        return bool((self.table.data == self.table.data[:1]).all())

    def served(
        self, chosen: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Per point the largest and second largest saving of the chosen sites, and which column gives the first (-1)."""
        table, points = self.table, self.table.shape[0]
        on = np.flatnonzero(chosen[table.indices])
        row = self.rows[on]
        first = np.ones(len(on), dtype=bool)
        first[1:] = row[1:] != row[:-1]
        second = np.zeros(len(on), dtype=bool)
        second[1:] = first[:-1] & ~first[1:]
        best, next_best = np.zeros(points), np.zeros(points)
        which = np.full(points, -1, dtype=np.int64)
        best[row[first]] = table.data[on[first]]
        which[row[first]] = table.indices[on[first]]
        next_best[row[second]] = table.data[on[second]]
        return best, next_best, which

    def value(self, chosen: NDArray[np.bool_]) -> float:
        """Worth of the chosen columns, (J,) of bool."""
        return float(self.served(chosen)[0] @ self.weights)

    def gains(self, best: NDArray[np.float64]) -> NDArray[np.float64]:
        """(J,) what each column would add, given the best saving of every point so far."""
        more = np.maximum(self.table.data - best[self.rows], 0.0) * self._weighted
        # An empty table would make bincount count in whole numbers.
        return np.bincount(self.table.indices, weights=more, minlength=self.table.shape[1]).astype(float)

    def swaps(
        self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gain of adding each column, and (J, sites) gain of putting it in the place of each site.

        The fast interchange of Whitaker (1983) and Resende & Werneck (2007): gain - loss + what the newcomer makes good.
        """
        best, next_best, which = self.served(chosen)
        position = np.full(self.table.shape[1], -1, dtype=np.int64)
        position[sites] = np.arange(len(sites))
        of = np.where(which >= 0, position[which], -1)
        gain = self.gains(best)
        served = of >= 0
        loss = np.bincount(
            of[served], weights=((best - next_best) * self.weights)[served], minlength=len(sites)
        )
        mine = of[self.rows]
        data = self.table.data
        good = (mine >= 0) & (data > next_best[self.rows])
        on = np.flatnonzero(good)
        row = self.rows[on]
        extra = (np.minimum(data[on], best[row]) - next_best[row]) * self.weights[row]
        size = self.table.shape[1] * len(sites)
        both = np.bincount(self.table.indices[on] * len(sites) + mine[on], weights=extra, minlength=size)
        return gain, gain[:, None] - loss[None, :] + both.reshape(-1, len(sites))

    def cut(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tangents of the relaxation at x: per block a constant and (J,) coefficients.

        Every plan's value in a block is at most constant + coefficients @ plan, and the relaxation's value at x is just
        that: the Benders cuts of Cordeau, Furini & Ljubic (2019) for covering and of Duran-Mateluna, Ales & Elloumi (2023)
        for the p-median, aggregated over each block.
        """
        table, points = self.table, self.table.shape[0]
        used = x[table.indices]
        sums = np.concatenate([[0.0], np.cumsum(used)])
        starts = table.indptr[:-1]
        filled = sums[1:] - sums[starts][self.rows]
        critical = np.zeros(points)
        reached = np.flatnonzero(filled >= _FULL)
        row = self.rows[reached]
        first = np.ones(len(reached), dtype=bool)
        first[1:] = row[1:] != row[:-1]
        critical[row[first]] = table.data[reached[first]]
        above = np.maximum(table.data - critical[self.rows], 0.0) * self._weighted
        coefficients = np.bincount(self._cell, weights=above, minlength=self.n_blocks * table.shape[1])
        constant = np.bincount(self.blocks, weights=critical * self.weights, minlength=self.n_blocks)
        return constant.astype(float), coefficients.astype(float).reshape(self.n_blocks, table.shape[1])


def savings_of(table: csr_array, weights: NDArray[np.float64], *, blocks: int = 1) -> Savings:
    """Sort each row from the largest saving and number the blocks; rows of no weight or no entry are dropped."""
    kept = np.flatnonzero((weights > 0) & (np.diff(table.indptr) > 0))
    table = csr_array(table[kept])
    rows = np.repeat(np.arange(len(kept)), np.diff(table.indptr))
    order = np.lexsort((table.indices, -table.data, rows))
    sorted_table = csr_array(
        (
            table.data[order].astype(float),
            table.indices[order].astype(np.int64),
            table.indptr.astype(np.int64),
        ),
        shape=table.shape,
    )
    # Points that share their best candidate lie together: a block is a neighbourhood.
    lead = sorted_table.indices[sorted_table.indptr[:-1]] if len(kept) else np.zeros(0, dtype=np.int64)
    rank = np.argsort(np.argsort(lead, kind="stable"), kind="stable")
    number = rank * blocks // max(len(kept), 1)
    return Savings(sorted_table, weights[kept].astype(float), number.astype(np.int64), blocks)
