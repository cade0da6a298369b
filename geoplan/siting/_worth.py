"""Worth: what the engine asks of a model, and how several years are worth the sum of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Horizon", "Worth"]


class Worth(Protocol):
    """A monotone function of a set of columns, with a concave relaxation."""

    @property
    def n(self) -> int: ...
    @property
    def n_blocks(self) -> int: ...
    def value(self, chosen: NDArray[np.bool_]) -> float: ...
    def gains(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]: ...
    def swaps(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.float64]: ...
    def cut(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...


@dataclass(frozen=True)
class Horizon:
    """Worth over several moments: a column is (moment of opening, candidate), and what opens stays open.

    Column t * J + j opens candidate j at moment t; `terms` holds one worth over the J candidates per moment.
    """

    terms: tuple[Worth, ...]

    @property
    def n(self) -> int:
        """Moments x candidates."""
        return len(self.terms) * self.terms[0].n

    @property
    def n_blocks(self) -> int:
        """Blocks of all moments."""
        return sum(term.n_blocks for term in self.terms)

    def _by_moment(self, columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(moments, J) which candidates stand at each moment."""
        return np.logical_or.accumulate(columns.reshape(len(self.terms), -1), axis=0)

    def values(self, chosen: NDArray[np.bool_]) -> list[float]:
        """Worth at each moment."""
        return [term.value(stand) for term, stand in zip(self.terms, self._by_moment(chosen), strict=True)]

    def value(self, chosen: NDArray[np.bool_]) -> float:
        """Worth summed over the moments."""
        return sum(self.values(chosen))

    def gains(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """What a column adds from its moment on."""
        each = [term.gains(stand) for term, stand in zip(self.terms, self._by_moment(chosen), strict=True)]
        return np.cumsum(np.stack(each)[::-1], axis=0)[::-1].ravel()

    def swaps(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """Gain of another candidate in a site's place, opening at the same moment; -inf for other moments."""
        places, stand = self.terms[0].n, self._by_moment(chosen)
        opens, candidate = sites // places, sites % places
        total = np.zeros((places, len(sites)))
        for moment, term in enumerate(self.terms):
            here = np.flatnonzero(opens <= moment)
            if len(here):
                total[:, here] += term.swaps(stand[moment], candidate[here])
        profit = np.full((len(self.terms), places, len(sites)), -np.inf)
        profit[opens, :, np.arange(len(sites))] = total.T
        return profit.reshape(self.n, len(sites))

    def trades(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.float64]:
        """(sites, sites) gain when the earlier of two sites trades its moment with the later; -inf elsewhere."""
        places, stand = self.terms[0].n, self._by_moment(chosen)
        opens, candidate = sites // places, sites % places
        profit = np.where(opens[:, None] < opens[None, :], 0.0, -np.inf)
        for moment, term in enumerate(self.terms):
            early, late = np.flatnonzero(opens <= moment), np.flatnonzero(opens > moment)
            if len(early) and len(late):
                gain = term.swaps(stand[moment], candidate[early])
                profit[np.ix_(early, late)] += gain[candidate[late]].T
        return profit

    def cut(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tangents of every moment, in the columns that have opened by then."""
        places = self.terms[0].n
        stand = np.minimum(np.cumsum(x.reshape(len(self.terms), -1), axis=0), 1.0)
        constants, coefficients = [], []
        for moment, term in enumerate(self.terms):
            constant, coefficient = term.cut(stand[moment])
            wide = np.zeros((term.n_blocks, self.n))
            wide[:, : (moment + 1) * places] = np.tile(coefficient, moment + 1)
            constants.append(constant)
            coefficients.append(wide)
        return np.concatenate(constants), np.concatenate(coefficients)
