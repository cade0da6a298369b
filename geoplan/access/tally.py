"""Tally: people within each limit and their times, kept up to date cell by cell as facilities open and close."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access.coverage import covered, percentiles_of, time_statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["Shift", "Tally"]

_EVERYTHING = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Shift:
    """What a change of costs does: (draws, areas) persons gained and lost under the first limit, (areas,) sums of the times.

    `reached` is what it adds to the persons who reach a facility at all, (draws, areas);
    `seconds` and `people` are what the change adds to the sum of cost times persons and of persons who reach a facility,
    over all draws.
    """

    gained: NDArray[np.float64]
    lost: NDArray[np.float64]
    reached: NDArray[np.float64]
    seconds: NDArray[np.float64]
    people: NDArray[np.float64]


class Tally:
    """Coverage and times of one state of the network: the lower of known costs and, in each draw, of drawn ones.

    Only the cells whose known cost changes are looked at again when the state moves on, so that a build costs what its own
    neighbourhood costs. Persons are whole numbers, so sums taken in any order are the same.

    Parameters
    ----------
    drawn
        (draws, cells) costs of facilities whose place is drawn; None where nothing is.
    known
        (cells,) cost to the nearest facility whose place is known.
    demand
        The same cells.
    limits
        Upper bounds in the unit of the costs; a cost equal to one is within.
    """

    def __init__(
        self,
        drawn: NDArray[np.float32] | None,
        known: NDArray[np.float32],
        demand: Demand,
        limits: Sequence[float],
    ) -> None:
        self.drawn, self.known, self.demand = drawn, known, demand
        self.limits = (*limits, _EVERYTHING)
        costs = self._costs(known)
        found = {limit: covered(costs, limit, demand) for limit in dict.fromkeys(self.limits)}
        self._covered = [found[limit] for limit in self.limits]
        reached = np.isfinite(costs)
        self._people = reached.sum(axis=0, dtype=np.float64) @ demand.weights
        self._seconds = np.where(reached, costs, 0).sum(axis=0, dtype=np.float64) @ demand.weights
        self._area = np.argmax(demand.weights[:, :-1] > 0, axis=1)
        self._by_unit: NDArray[np.float64] | None = None

    @property
    def draws(self) -> int:
        """Number of draws; 1 where nothing is drawn."""
        return 1 if self.drawn is None else len(self.drawn)

    def covered(self, position: int) -> NDArray[np.float64]:
        """(draws, areas) persons within the limit at a position of `limits`."""
        return self._covered[position]

    @property
    def reached(self) -> NDArray[np.float64]:
        """(draws, areas) persons who reach a facility at all."""
        return self._covered[-1]

    def mean(self, shift: Shift | None = None) -> NDArray[np.float64]:
        """(areas,) mean cost of those who reach a facility, as it is or after a shift; NaN where nobody does."""
        seconds = self._seconds if shift is None else self._seconds + shift.seconds
        people = self._people if shift is None else self._people + shift.people
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(people > 0, seconds / people, np.nan)

    def times(self) -> NDArray[np.float64]:
        """(areas, 3) mean, median and 90th percentile; see `time_statistics`."""
        if self.drawn is None:
            return time_statistics(self.known, self.demand)
        if self._by_unit is None:
            self._by_unit = self._histogram(np.arange(len(self.known)), self._costs(self.known))
        by_area = self._by_unit.T
        weights = np.column_stack([by_area, by_area.sum(axis=1)])
        spread = percentiles_of(np.arange(len(weights), dtype=np.float64), weights)
        return np.column_stack([self.mean(), spread])

    def shift(self, known: NDArray[np.float32]) -> Shift:
        """What other known costs would change under the first of the limits."""
        cells = np.flatnonzero(known != self.known)
        was, now = self._costs(self.known, cells), self._costs(known, cells)
        weights = self.demand.weights[cells]
        inside = np.float32(self.limits[0])
        old, new = was <= inside, now <= inside
        seconds, people = _sums(now, weights)
        before = _sums(was, weights)
        return Shift(
            gained=_count(new & ~old, weights),
            lost=_count(old & ~new, weights),
            reached=_count(np.isfinite(now), weights) - _count(np.isfinite(was), weights),
            seconds=seconds - before[0],
            people=people - before[1],
        )

    def move(self, known: NDArray[np.float32]) -> None:
        """Go on to other known costs."""
        cells = np.flatnonzero(known != self.known)
        if not len(cells):
            return
        was, now = self._costs(self.known, cells), self._costs(known, cells)
        weights = self.demand.weights[cells]
        for limit in dict.fromkeys(self.limits):
            inside = np.float32(limit)
            new, old = now <= inside, was <= inside
            if np.array_equal(new, old):
                continue
            change = ((new.astype(np.float32) - old) @ weights).astype(np.float64)
            for position, other in enumerate(self.limits):
                if other == limit:
                    self._covered[position] = self._covered[position] + change
        for sign, costs in ((-1, was), (1, now)):
            seconds, people = _sums(costs, weights)
            self._seconds = self._seconds + sign * seconds
            self._people = self._people + sign * people
        if self._by_unit is not None:
            less, more = self._histogram(cells, was), self._histogram(cells, now)
            width = max(self._by_unit.shape[1], less.shape[1], more.shape[1])
            self._by_unit = _wide(self._by_unit, width) - _wide(less, width) + _wide(more, width)
        self.known = known

    def copy(self) -> Tally:
        """Return another tally of the same state, which may move on by itself."""
        other = copy.copy(self)
        # Arrays are shared: moving on puts new ones in their place and never writes into them.
        other._covered = list(self._covered)  # noqa: SLF001
        return other

    def _costs(
        self, known: NDArray[np.float32], cells: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(draws, cells) costs, of some cells or all."""
        here = known if cells is None else known[cells]
        if self.drawn is None:
            return here[None, :]
        drawn = self.drawn if cells is None else self.drawn[:, cells]
        return np.minimum(drawn, here)

    def _histogram(self, cells: NDArray[np.int64], costs: NDArray[np.float32]) -> NDArray[np.float64]:
        """(districts, units) persons by whole unit of cost, rounded up, over all draws."""
        finite = np.isfinite(costs)
        whole = np.ceil(np.where(finite, costs, 0)).astype(np.int32)
        width = int(whole.max(initial=0)) + 1
        districts = self.demand.weights.shape[1] - 1
        key = (self._area[cells] * width + whole)[finite]
        persons = np.broadcast_to(self.demand.persons[cells], costs.shape)[finite]
        held = np.bincount(key, weights=persons, minlength=districts * width)
        return held.reshape(districts, width).astype(np.float64, copy=False)


def _count(cells: NDArray[np.bool_], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    return (cells.astype(np.float32) @ weights).astype(np.float64)


def _sums(
    costs: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cost times persons, and persons, of those who reach a facility, over all draws."""
    reached = np.isfinite(costs)
    seconds = np.where(reached, costs, 0).sum(axis=0, dtype=np.float64) @ weights
    return seconds, reached.sum(axis=0, dtype=np.float64) @ weights


def _wide(table: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    return np.pad(table, ((0, 0), (0, width - table.shape[1])))
