"""Counted: what a set of sites is worth by how many of them reach a point: expected and backup covering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["Counted"]

_HAIR = 1e-9


@dataclass(frozen=True)
class Counted:
    """f(S) = sum over points of weight x G(number of units in reach), G concave.

    `table` (I, J) holds the units a site brings to each point it reaches; `given` (I,) whole units already in reach;
    `steps` (N,) what the first, second, … unit adds, never more than the one before; further ones add nothing. Worth is
    counted from nothing, what is given included.
    """

    table: csr_array
    weights: NDArray[np.float64]
    given: NDArray[np.float64]
    steps: NDArray[np.float64]
    blocks: NDArray[np.int64]
    n_blocks: int

    @property
    def n(self) -> int:
        """Columns."""
        return int(self.table.shape[1])

    def _worth(self, units: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """G at each number of units, linear between whole ones, and its slope to the right."""
        heights = np.concatenate([[0.0], np.cumsum(self.steps)])
        slopes = np.append(self.steps, 0.0)
        below = np.minimum(np.floor(units + _HAIR).astype(np.int64), len(self.steps))
        slope = slopes[below]
        return heights[below] + slope * np.maximum(units - below, 0.0), slope

    def value(self, chosen: NDArray[np.bool_]) -> float:
        """Worth of the chosen columns, (J,) of bool."""
        return float(self._worth(self.given + self.table @ chosen)[0] @ self.weights)

    def gains(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(J,) what each column would add to the chosen ones."""
        return self._added(self.given + self.table @ chosen)

    def _added(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = np.repeat(np.arange(self.table.shape[0]), np.diff(self.table.indptr))
        more = self._worth(units[rows] + self.table.data)[0] - self._worth(units)[0][rows]
        return np.bincount(self.table.indices, weights=more * self.weights[rows], minlength=self.n).astype(
            float
        )

    def swaps(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """(J, sites) gain of putting a column in the place of a chosen site."""
        units = self.given + self.table @ chosen
        now = float(self._worth(units)[0] @ self.weights)
        columns = self.table[:, sites].toarray()
        profit = np.empty((self.n, len(sites)))
        for place in range(len(sites)):
            left = units - columns[:, place]
            profit[:, place] = self._added(left) + float(self._worth(left)[0] @ self.weights) - now
        return profit

    def cut(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tangents at x: per block a constant and (J,) coefficients, as in `Savings`."""
        units = self.given + self.table @ x
        height, slope = self._worth(units)
        rows = np.repeat(np.arange(self.table.shape[0]), np.diff(self.table.indptr))
        cell = self.blocks[rows] * self.n + self.table.indices
        each = self.table.data * (slope * self.weights)[rows]
        coefficients = np.bincount(cell, weights=each, minlength=self.n_blocks * self.n)
        constant = (height - slope * (units - self.given)) * self.weights
        constants = np.bincount(self.blocks, weights=constant, minlength=self.n_blocks)
        return constants.astype(float), coefficients.astype(float).reshape(self.n_blocks, self.n)
