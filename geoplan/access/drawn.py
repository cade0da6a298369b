"""Drawn: the costs of facilities whose place is drawn, held so that a known facility that comes or goes is told quickly."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Drawn", "ragged"]

# Cells looked at in one go: their draws fit a processor's cache.
_BLOCK = 512


class Drawn:
    """Costs to the nearest drawn facility, every cell's draws in rising order.

    A known cost replaces all that is higher in its cell: once a cell's draws are in order, those are its last ones.
    Each cell lies together in memory, since few cells change at a time.

    Parameters
    ----------
    costs
        (draws, cells); None where nothing is drawn, which is one draw that reaches nobody.
    cells
        Number of cells.

    Attributes
    ----------
    draws
        Number of draws.
    """

    def __init__(self, costs: NDArray[np.float32] | None, cells: int) -> None:
        given = np.full((1, cells), np.inf, dtype=np.float32) if costs is None else costs
        self._nothing = costs is None
        self.draws = len(given)
        self._by_cell = np.empty((cells, self.draws), dtype=np.float32)
        for part in blocks(cells):
            # Copied before it is turned: read across the whole table, every value would be a page of memory away.
            self._by_cell[part] = given[:, part].copy().T

    @property
    def middle(self) -> NDArray[np.float32]:
        """(cells,) cost in the middle draw: the lower median, so that a bound met in half the draws counts as met."""
        return self.rising[:, (self.draws - 1) // 2].copy()

    @cached_property
    def rising(self) -> NDArray[np.float32]:
        """(cells, draws) costs, each cell's in rising order."""
        return np.sort(self._by_cell, axis=1)

    @cached_property
    def _running(self) -> NDArray[np.float64]:
        """(cells, draws + 1) sum of the first so many costs of each cell; of what is reached only.

        Exact: costs are whole hundredths or finer by a power of two, and a double holds the sum of thousands of them.
        """
        out = np.zeros((len(self.rising), self.draws + 1))
        for part in blocks(len(out)):
            costs = self.rising[part]
            np.cumsum(np.where(np.isfinite(costs), costs, 0), axis=1, dtype=np.float64, out=out[part, 1:])
        return out

    def beyond(self, cells: NDArray[np.int64], limit: float) -> NDArray[np.bool_]:
        """(cells, draws) where no drawn facility is within the limit."""
        return self._by_cell[cells] > np.float32(limit)

    def lower(self, cells: NDArray[np.int64], known: NDArray[np.float32]) -> NDArray[np.int64]:
        """In how many draws of each cell a drawn facility is nearer than the known cost."""
        if self._nothing:
            return np.zeros(len(cells), dtype=np.int64)
        flat, draws = self.rising.ravel(), self.draws
        start = cells * draws
        low, high = np.zeros(len(cells), dtype=np.int64), np.full(len(cells), draws)
        for _ in range(draws.bit_length()):
            middle = (low + high) // 2
            open_ = low < high
            up = open_ & (flat[start + np.minimum(middle, draws - 1)] < known)
            low = np.where(up, middle + 1, low)
            high = np.where(open_ & ~up, middle, high)
        return low

    def between(
        self, cells: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Costs of the draws from one place to another in each cell's order: which of `cells`, and the cost."""
        owner, place = ragged(cells * self.draws + start, stop - start)
        return owner, self.rising.ravel()[place]

    def total(
        self, cells: NDArray[np.int64], known: NDArray[np.float32], lower: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sum over the draws of each cell's cost, and number of the draws in which a facility is reached, known ones too.

        `lower`: in how many draws of each cell a drawn facility is nearer than its known cost.
        """
        finite = np.isfinite(known)
        if self._nothing:
            return np.where(finite, known, 0).astype(np.float64), finite.astype(np.float64)
        rest = np.where(finite, self.draws - lower, 0)
        seconds = self._running.ravel()[cells * (self.draws + 1) + lower]
        return seconds + rest * np.where(finite, known, 0).astype(np.float64), (lower + rest).astype(
            np.float64
        )


def blocks(cells: int) -> Iterator[slice]:
    """Slices of so many cells that their draws fit a processor's cache."""
    return (slice(start, min(start + _BLOCK, cells)) for start in range(0, cells, _BLOCK))


def ragged(
    start: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of consecutive positions one after another: which run each belongs to, and the position."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts - start, counts)
