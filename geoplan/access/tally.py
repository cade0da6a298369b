"""Tally: people within each limit and their times, kept up to date cell by cell as facilities open and close."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access.coverage import percentiles_of, time_statistics
from geoplan.access.drawn import Drawn, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

    Only the cells whose known cost changes are looked at again when the state moves on, and of those under a limit only the
    ones that come within it or leave it, so that a build costs what its own neighbourhood costs. Persons are whole numbers,
    so sums taken in any order are the same.

    Parameters
    ----------
    drawn
        (draws, cells) costs of facilities whose place is drawn, or what was made of them; None where nothing is.
    known
        (cells,) cost to the nearest facility whose place is known.
    demand
        The same cells.
    limits
        Upper bounds in the unit of the costs; a cost equal to one is within.
    """

    def __init__(
        self,
        drawn: NDArray[np.float32] | Drawn | None,
        known: NDArray[np.float32],
        demand: Demand,
        limits: Sequence[float],
    ) -> None:
        self.known, self.demand = known, demand
        self.limits = (*limits, _EVERYTHING)
        self._certain = drawn is None
        self._drawn = drawn if isinstance(drawn, Drawn) else Drawn(drawn, len(known))
        everywhere = np.arange(len(known))
        self._lower = self._drawn.lower(everywhere, known)
        everybody = np.broadcast_to(demand.totals, (self.draws, len(demand.totals)))
        found = {
            limit: everybody - self._among(np.flatnonzero(known > np.float32(limit)), limit)
            for limit in dict.fromkeys(self.limits)
        }
        self._covered = [found[limit] for limit in self.limits]
        seconds, reached = self._drawn.total(everywhere, known, self._lower)
        self._seconds, self._people = seconds @ demand.weights, reached @ demand.weights
        # Persons by whole unit of cost, and the state they were counted in: counted on only when they are asked for.
        self._counts: tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.int64]] | None = None

    @property
    def draws(self) -> int:
        """Number of draws; 1 where nothing is drawn."""
        return self._drawn.draws

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
        if self._certain:
            return time_statistics(self.known, self.demand)
        by_unit = self._count_on()
        weights = np.column_stack([by_unit, by_unit.sum(axis=1)])
        spread = percentiles_of(np.arange(len(weights), dtype=np.float64), weights)
        return np.column_stack([self.mean(), spread])

    def shift(self, known: NDArray[np.float32]) -> Shift:
        """What other known costs would change under the first of the limits."""
        cells = np.flatnonzero(known != self.known)
        seconds, people = self._sums(cells, known, self._drawn.lower(cells, known[cells]))
        gained, lost = self._across(cells, known, self.limits[0])
        more, fewer = self._across(cells, known, _EVERYTHING)
        return Shift(gained=gained, lost=lost, reached=more - fewer, seconds=seconds, people=people)

    def move(self, known: NDArray[np.float32]) -> None:
        """Go on to other known costs."""
        cells = np.flatnonzero(known != self.known)
        if not len(cells):
            return
        changed = {}
        for limit in dict.fromkeys(self.limits):
            gained, lost = self._across(cells, known, limit)
            changed[limit] = gained - lost
        self._covered = [
            people + changed[limit] for people, limit in zip(self._covered, self.limits, strict=True)
        ]
        lower = self._drawn.lower(cells, known[cells])
        seconds, people = self._sums(cells, known, lower)
        self._seconds, self._people = self._seconds + seconds, self._people + people
        self._lower = self._lower.copy()
        self._lower[cells] = lower
        self.known = known

    def changed(
        self, drawn: NDArray[np.float32] | Drawn | None, known: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(draws, areas) persons gained and lost under the first limit were the drawn costs others too."""
        limit = self.limits[0]
        other = drawn if isinstance(drawn, Drawn) else Drawn(drawn, len(known))
        was, now = self.known <= np.float32(limit), known <= np.float32(limit)
        # Where a known facility is within the limit before and after, nothing that is drawn makes a difference.
        cells = np.flatnonzero(~(was & now))
        gained = np.zeros((max(self.draws, other.draws), len(self.demand.totals)))
        lost = gained.copy()
        for district, part in self._by_district(cells):
            old = ~self._drawn.beyond(part, limit) | was[part, None]
            new = ~other.beyond(part, limit) | now[part, None]
            gained[:, district] += self._people_of(new & ~old, part)
            lost[:, district] += self._people_of(old & ~new, part)
        return _with_city(gained), _with_city(lost)

    def copy(self) -> Tally:
        """Return another tally of the same state, which may move on by itself."""
        # Arrays are shared: moving on puts new ones in their place and never writes into them.
        return copy.copy(self)

    def _count_on(self) -> NDArray[np.float64]:
        """(units, districts) persons by whole unit of cost, rounded up, over all draws."""
        if self._counts is None:
            held = self._counted_afresh()
        else:
            held, known, lower = self._counts
            cells = np.flatnonzero(known != self.known)
            was, now = lower[cells], self._lower[cells]
            # Draws below both known costs stay where they are.
            held = self._counted(held, cells, known, now, was, sign=-1)
            held = self._counted(held, cells, self.known, was, now, sign=1)
        self._counts = held, self.known, self._lower
        return held

    def _counted_afresh(self) -> NDArray[np.float64]:
        districts = self.demand.weights.shape[1] - 1
        rising, known = self._drawn.rising, self.known
        worst = np.minimum(known, rising[:, -1])
        units = int(np.ceil(worst[np.isfinite(worst)]).max(initial=0)) + 2
        # What is not reached is counted in a row of its own, after the last one.
        held = np.zeros(units * districts)
        for part in blocks(len(known)):
            cost = np.minimum(np.minimum(rising[part], known[part, None]), np.float32(units - 1))
            key = np.ceil(cost).astype(np.int64) * districts + self.demand.district[part, None]
            persons = np.repeat(self.demand.persons[part].astype(np.float64), self.draws)
            held += np.bincount(key.ravel(), weights=persons, minlength=len(held))
        return held.reshape(units, districts)[:-1]

    def _among(self, cells: NDArray[np.int64], limit: float) -> NDArray[np.float64]:
        """(draws, areas) persons of some cells who have no drawn facility within a limit."""
        if self._certain or not len(cells):
            people = self.demand.weights[cells].sum(axis=0, dtype=np.float64)
            return np.broadcast_to(people, (self.draws, len(people)))
        out = np.zeros((self.draws, len(self.demand.totals)))
        for district, part in self._by_district(cells):
            out[:, district] += self._people_of(self._drawn.beyond(part, limit), part)
        return _with_city(out)

    def _by_district(self, cells: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Some cells, those of one district at a time and not too many at once."""
        of = self.demand.district[cells].astype(np.uint8)
        cells = cells[np.argsort(of, kind="stable")]
        ends = np.cumsum(np.bincount(of)).tolist()
        for district, (start, end) in enumerate(pairwise([0, *ends])):
            for part in blocks(end - start):
                yield district, cells[start:end][part]

    def _people_of(self, marks: NDArray[np.bool_], cells: NDArray[np.int64]) -> NDArray[np.float32]:
        """(draws,) persons of (cells, draws) marks.

        A sum of rows, not a product of matrices: that would wait for threads of its own, which cost more than so few cells.
        """
        return np.multiply(marks, self.demand.persons[cells, None]).sum(axis=0)

    def _across(
        self, cells: NDArray[np.int64], known: NDArray[np.float32], limit: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(draws, areas) persons whom other known costs bring within a limit, and whom they leave beyond it.

        `cells`: where they are other costs.
        """
        was, now = self.known[cells] <= np.float32(limit), known[cells] <= np.float32(limit)
        return self._among(cells[now & ~was], limit), self._among(cells[was & ~now], limit)

    def _sums(
        self, cells: NDArray[np.int64], known: NDArray[np.float32], lower: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What other known costs add to cost times persons, and to persons, of those who reach a facility.

        `lower`: in how many draws of each cell a drawn facility is nearer than that.
        """
        was = self._drawn.total(cells, self.known[cells], self._lower[cells])
        now = self._drawn.total(cells, known[cells], lower)
        weights = self.demand.weights[cells]
        return (now[0] - was[0]) @ weights, (now[1] - was[1]) @ weights

    def _counted(
        self,
        held: NDArray[np.float64],
        cells: NDArray[np.int64],
        known: NDArray[np.float32],
        start: NDArray[np.int64],
        stop: NDArray[np.int64],
        *,
        sign: int,
    ) -> NDArray[np.float64]:
        """`held` with people of some cells put in or taken out.

        Counted are the draws from `start` to `stop` of each cell, and all draws from `stop` on at its known cost.
        """
        owner, cost = self._drawn.between(cells, start, np.maximum(start, stop))
        rest = self.draws - stop
        cost = np.concatenate([cost, known[cells]])
        people = self.demand.persons[cells].astype(np.float64)
        people = np.concatenate([people[owner], people * rest])
        area = np.concatenate([self.demand.district[cells][owner], self.demand.district[cells]])
        finite = np.isfinite(cost)
        unit = np.ceil(cost[finite]).astype(np.int64)
        districts = held.shape[1]
        counts = np.bincount(unit * districts + area[finite], weights=people[finite], minlength=held.size)
        counts = np.pad(counts, (0, -len(counts) % districts)).reshape(-1, districts)
        return np.pad(held, ((0, len(counts) - len(held)), (0, 0))) + sign * counts


def _with_city(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """(draws, areas) persons with the sum of the districts put in the last column."""
    people[:, -1] = people[:, :-1].sum(axis=1)
    return people
