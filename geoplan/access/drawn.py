"""Drawn: the costs of facilities whose place is drawn, held so that a known facility that comes or goes is told quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Drawn", "ragged"]


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
    """

    def __init__(self, costs: NDArray[np.float32] | None, cells: int) -> None:
        self._costs = np.full((1, cells), np.inf, dtype=np.float32) if costs is None else costs
        self._rising = np.sort(np.ascontiguousarray(self._costs.T), axis=1)
        self._beyond: dict[float, NDArray[np.bool_]] = {}

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self._costs)

    @property
    def middle(self) -> NDArray[np.float32]:
        """(cells,) cost in the middle draw: the lower median, so that a bound met in half the draws counts as met."""
        return self._rising[:, (self.draws - 1) // 2].copy()

    def beyond(self, limit: float) -> NDArray[np.bool_]:
        """(cells, draws) where no drawn facility is within the limit."""
        if limit not in self._beyond:
            self._beyond[limit] = np.ascontiguousarray(~(self._costs <= np.float32(limit)).T)
        return self._beyond[limit]

    def lower(self, cells: NDArray[np.int64], known: NDArray[np.float32]) -> NDArray[np.int64]:
        """In how many draws of each cell a drawn facility is nearer than the known cost."""
        flat, draws = self._rising.ravel(), self.draws
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
        return owner, self._rising.ravel()[place]

    def total(self, known: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(cells,) sum of the costs and number of the draws in which a facility is reached, known ones among them."""
        costs = np.minimum(self._rising, known[:, None])
        reached = np.isfinite(costs)
        return np.where(reached, costs, 0).sum(axis=1, dtype=np.float64), reached.sum(
            axis=1, dtype=np.float64
        )


def ragged(
    start: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of consecutive positions one after another: which run each belongs to, and the position."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts - start, counts)
