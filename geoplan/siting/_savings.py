"""Savings: what a set of sites is worth where each point is served by its best one; maximal covering and p-median alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geoplan.siting._presolve import merge_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Layout", "Savings", "lay_out"]

_FULL = 1 - 1e-9


@dataclass(frozen=True)
class Layout:
    """Savings of every reachable pair, which several years may share.

    `table` (I, J) holds them, positive, each row sorted from the largest; `blocks` (I,) numbers the share of the objective a
    point belongs to, `n_blocks` of them; `kept` are positions in the problem, and `of` the row each of those points is in:
    points with one pattern of equal savings share a row.
    """

    table: csr_array
    blocks: NDArray[np.int64]
    n_blocks: int
    kept: NDArray[np.int64]
    of: NDArray[np.int64]

    def gathered(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of each row, from that of each point of the problem."""
        rows = self.table.shape[0]
        return np.bincount(self.of, weights=weights[self.kept], minlength=rows).astype(float)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Row of every entry."""
        return np.repeat(np.arange(self.table.shape[0]), np.diff(self.table.indptr))

    @cached_property
    def even(self) -> float:
        """The saving of every pair where all are the same, as in covering; else 0."""
        data = self.table.data
        return float(data[0]) if len(data) and bool((data == data[0]).all()) else 0.0

    @cached_property
    def cell(self) -> NDArray[np.int64]:
        """Block and column of every entry, as one number."""
        return self.blocks[self.rows] * self.table.shape[1] + self.table.indices


@dataclass(frozen=True)
class Savings:
    """f(S) = sum over points of weight x the largest saving of a site in S, 0 if none reaches it."""

    layout: Layout
    weights: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Columns."""
        return int(self.layout.table.shape[1])

    @property
    def n_blocks(self) -> int:
        """Shares of the objective with tangents of their own."""
        return self.layout.n_blocks

    def served(
        self, chosen: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Per point the largest and second largest saving of the chosen sites, and which column gives the first (-1)."""
        table, points = self.layout.table, self.layout.table.shape[0]
        on = np.flatnonzero(chosen[table.indices])
        row = self.layout.rows[on]
        first = _starts(row)
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

    def gains(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(J,) what each column would add to the chosen ones."""
        return self._gains(self.served(chosen)[0])

    def _gains(self, best: NDArray[np.float64]) -> NDArray[np.float64]:
        rows, table = self.layout.rows, self.layout.table
        if self.layout.even:
            return (table.T @ np.where(best > 0, 0.0, self.weights)).astype(float)
        more = np.maximum(table.data - best[rows], 0.0) * self.weights[rows]
        # An empty table would make bincount count in whole numbers.
        return np.bincount(table.indices, weights=more, minlength=self.n).astype(float)

    def swaps(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """(J, sites) gain of putting a column in the place of a chosen site.

        The fast interchange of Whitaker (1983) and Resende & Werneck (2007): gain - loss + what the newcomer makes good.
        """
        best, next_best, which = self.served(chosen)
        position = np.full(self.n, -1, dtype=np.int64)
        position[sites] = np.arange(len(sites))
        of = np.where(which >= 0, position[which], -1)
        gain = self._gains(best)
        mine = of >= 0
        lost = ((best - next_best) * self.weights)[mine]
        loss = np.bincount(of[mine], weights=lost, minlength=len(sites))
        rows, table = self.layout.rows, self.layout.table
        if self.layout.even:
            on = np.flatnonzero((mine & (next_best == 0))[rows])
        else:
            on = np.flatnonzero(mine[rows] & (table.data > next_best[rows]))
        row = rows[on]
        extra = (np.minimum(table.data[on], best[row]) - next_best[row]) * self.weights[row]
        size = self.n * len(sites)
        both = np.bincount(table.indices[on] * len(sites) + of[row], weights=extra, minlength=size)
        return gain[:, None] - loss[None, :] + both.reshape(-1, len(sites))

    def cut(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tangents of the relaxation at x: per block a constant and (J,) coefficients.

        Every plan's value in a block is at most constant + coefficients @ plan, and the relaxation's value at x is just
        that: the Benders cuts of Cordeau, Furini & Ljubic (2019) for covering and of Duran-Mateluna, Ales & Elloumi (2023)
        for the p-median, aggregated over each block.
        """
        rows, table = self.layout.rows, self.layout.table
        if self.layout.even:
            return self._cut_even(x)
        sums = np.concatenate([[0.0], np.cumsum(x[table.indices])])
        reached = np.flatnonzero(sums[1:] - sums[table.indptr[:-1]][rows] >= _FULL)
        first = reached[_starts(rows[reached])]
        critical = np.zeros(table.shape[0])
        critical[rows[first]] = table.data[first]
        above = np.maximum(table.data - critical[rows], 0.0) * self.weights[rows]
        coefficients = np.bincount(self.layout.cell, weights=above, minlength=self.n_blocks * self.n)
        constant = np.bincount(self.layout.blocks, weights=critical * self.weights, minlength=self.n_blocks)
        return constant.astype(float), coefficients.astype(float).reshape(self.n_blocks, self.n)

    def _cut_even(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tangents where every pair saves the same: points reached in full are constant, the others grow with each site."""
        layout = self.layout
        full = layout.table @ x >= _FULL * layout.even
        weighted = self.weights * layout.even
        on = np.flatnonzero(~full[layout.rows])
        coefficients = np.bincount(
            layout.cell[on], weights=weighted[layout.rows[on]], minlength=self.n_blocks * self.n
        )
        constant = np.bincount(layout.blocks, weights=weighted * full, minlength=self.n_blocks)
        return constant.astype(float), coefficients.astype(float).reshape(self.n_blocks, self.n)


def _starts(row: NDArray[np.int64]) -> NDArray[np.bool_]:
    """First entry of every run of equal rows."""
    first = np.ones(len(row), dtype=bool)
    first[1:] = row[1:] != row[:-1]
    return first


def lay_out(table: csr_array, counted: NDArray[np.bool_], *, blocks: int) -> Layout:
    """Sort each row from the largest saving and number the blocks; rows that do not count or are empty are dropped."""
    kept = np.flatnonzero(counted & (np.diff(table.indptr) > 0))
    table, of = csr_array(table[kept]), np.arange(len(kept))
    if table.nnz and (table.data == table.data[0]).all():
        first, of = merge_rows(table)
        table = csr_array(table[first])
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    order = np.lexsort((table.indices, -table.data, rows))
    ordered = csr_array(
        (
            table.data[order].astype(float),
            table.indices[order].astype(np.int64),
            table.indptr.astype(np.int64),
        ),
        shape=table.shape,
    )
    # Points that share their best candidate lie together: a block is a neighbourhood.
    lead = ordered.indices[ordered.indptr[:-1]] if table.nnz else np.zeros(0, dtype=np.int64)
    rank = np.argsort(np.argsort(lead, kind="stable"), kind="stable")
    block = rank * blocks // max(len(rank), 1)
    return Layout(ordered, block.astype(np.int64), blocks, kept, of)
