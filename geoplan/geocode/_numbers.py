"""How house numbers run along a street: where a number that is not known lies, from those that are.

A street's numbers rise from one of its ends by some metres a number, more or less evenly, each side for itself; some
known houses are misplaced. That is a Gaussian process over the number for each of the two directions (Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, chapter 2), with the chance that a house is misplaced estimated from
how well all others foretell it. What the two directions foretell is weighed by how well each explains the known houses and
cut off at the ends of the street, or of its part in the districts asked for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from geoplan.standards import load_standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.geocode._axis import Axis

__all__ = ["Known", "Numbering", "Spread", "Street", "narrowest", "usual_numbering"]


class Numbering(NamedTuple):
    """What is usual of a city's numbers; metres, standard deviations where nothing else is said."""

    # Mean metres a number, of streets that run north to south, and west to east.
    north_south: float
    west_east: float
    pace: float
    start: float
    # Of the wander from an even pace, for each square root of a number.
    wander: float
    # By how much one side may run ahead of the other, and over how many numbers that is forgotten.
    side: float
    forgotten: float
    # Of a known house that is not misplaced.
    known: float
    # Shares: known houses that are misplaced; streets that are numbered from their northern, or eastern, end.
    misplaced: float
    from_north_or_east: float
    # The model is surer of itself than it may be: what its radii are multiplied by, once more beyond the last known house;
    # and the least they may be.
    stretch: float
    stretch_beyond: float
    least_radius: float


@lru_cache(maxsize=1)
def usual_numbering() -> Numbering:
    """Return what the standards say is usual (geocode.numbering).

    Raises
    ------
    InputError
        If the standards cannot be read.
    """
    figures = load_standards().geocode.numbering
    return Numbering(**{name: getattr(figures, name).value for name in Numbering._fields})


# An answer is to hold nine tenths of what is asked for.
_SHARE = 0.9
_ROUNDS = 8
# In the first rounds a house may be this much farther off than it should be, lest a good one be cast out at once.
_LENIENT_ROUNDS, _LENIENT = 2, 4.0
_LEAST_WEIGHT = 1e-3
# Houses stand beside the street and are as long as a building.
_HOUSE_M = 30.0
_TINY = 1e-300
_BELIEVED = 0.5


class Known(NamedTuple):
    """Known houses of a street: their numbers, and how far along its axis they lie, metres."""

    numbers: NDArray[np.float64]
    along: NDArray[np.float64]


class Spread(NamedTuple):
    """Where a number lies: `shares` of certainty over the axis's steps, adding up to 1, and what bore it out.

    `fits`: how likely it is that the street's numbers run as far as this one; `inside`: that it lies at the steps allowed.
    `witnesses`: numbers of the known houses that were believed.
    """

    shares: NDArray[np.float64]
    fits: float
    inside: float
    witnesses: NDArray[np.float64]


def narrowest(shares: NDArray[np.float64], steps: NDArray[np.float64]) -> tuple[int, float]:
    """Return the shortest stretch that holds nine tenths of the certainty: the step at its middle, half its length, metres.

    Raises
    ------
    None
    """
    before = np.concatenate([[0.0], np.cumsum(shares)])
    needed = before[:-1] + _SHARE * before[-1]
    last = np.searchsorted(before, needed) - 1
    lengths = np.where(last < len(steps), steps[np.minimum(last, len(steps) - 1)] - steps, np.inf)
    first = int(np.argmin(lengths))
    middle = (first + int(last[first])) // 2
    return middle, float(max(steps[last[first]] - steps[middle], steps[middle] - steps[first]))


class _Direction(NamedTuple):
    """Numbers taken to rise from one end: `solved` is the kernel's inverse, `off` what it makes of the known houses."""

    numbers: NDArray[np.float64]
    solved: NDArray[np.float64]
    off: NDArray[np.float64]
    weights: NDArray[np.float64]
    evidence: float


class Street:
    """One street's numbers, learnt once and asked often.

    Parameters
    ----------
    axis
        The street's axis.
    known
        Its known houses; may be none.
    usual
        What is usual in the city.

    Raises
    ------
    None
    """

    def __init__(self, axis: Axis, known: Known, usual: Numbering) -> None:
        self.axis = axis
        self.usual = usual
        self._pace = usual.west_east if axis.west_east else usual.north_south
        self._rising = self._learn(known.numbers, known.along)
        self._falling = self._learn(known.numbers, axis.length - known.along)

    def where(self, number: int, *, allowed: NDArray[np.bool_] | None = None) -> Spread:
        """Return where a number lies along the street.

        Parameters
        ----------
        number
            The number asked for.
        allowed
            Steps of the axis that the house may stand at; all of them by default.

        Returns
        -------
        Spread
            Its shares are nothing where nothing is allowed.

        Raises
        ------
        None
        """
        steps = self.axis.steps
        chances = np.array([self.usual.from_north_or_east, 1.0 - self.usual.from_north_or_east])
        evidence = np.array([self._rising.evidence, self._falling.evidence]) + np.log(chances)
        odds = np.exp(evidence - evidence.max())
        odds /= odds.sum()
        total, fits = np.zeros(len(steps)), 0.0
        for share, direction, ahead in (
            (odds[0], self._rising, steps),
            (odds[1], self._falling, self.axis.length - steps),
        ):
            mean, deviation = self._foretell(direction, float(number))
            total += (
                share * np.exp(-0.5 * ((ahead - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
            )
            fits += float(share * ndtr((self.axis.length - mean) / deviation))
        if allowed is not None:
            total = np.where(allowed, total, 0.0)
        inside = float(total.sum()) * (steps[1] - steps[0] if len(steps) > 1 else 1.0)
        likelier = self._rising if odds[0] >= odds[1] else self._falling
        witnesses = likelier.numbers[likelier.weights > _BELIEVED]
        return Spread(total / max(total.sum(), _TINY), fits, inside, witnesses)

    def _learn(self, numbers: NDArray[np.float64], ahead: NDArray[np.float64]) -> _Direction:
        """Take each house's word by how well the others foretell it (leave-one-out in closed form, chapter 5.4.2)."""
        usual, length = self.usual, max(self.axis.length, 1.0)
        if not len(numbers):
            return _Direction(numbers, np.zeros((0, 0)), numbers, numbers, 0.0)
        kernel = self._kernel(numbers, numbers)
        gap = ahead - self._pace * numbers
        noise = usual.known**2
        weights = np.full(len(numbers), 1.0 - usual.misplaced)
        for turn in range(_ROUNDS):
            blur = noise / weights
            solved = np.linalg.inv(kernel + np.diag(blur))
            own = np.diag(solved)
            residual = (solved @ gap) / own
            variance = np.maximum(1.0 / own - blur, 0.0) + noise * (
                _LENIENT if turn < _LENIENT_ROUNDS else 1.0
            )
            good = (
                (1.0 - usual.misplaced)
                * np.exp(-0.5 * residual**2 / variance)
                / np.sqrt(2 * np.pi * variance)
            )
            weights = np.clip(good / (good + usual.misplaced / length), _LEAST_WEIGHT, 1.0)
        evidence = float(np.log(good + usual.misplaced / length).sum())
        return _Direction(numbers, np.asarray(solved), np.asarray(solved @ gap), weights, evidence)

    def _foretell(self, direction: _Direction, number: float) -> tuple[float, float]:
        asked = np.array([number])
        mean, variance = self._pace * number, float(self._kernel(asked, asked)[0, 0])
        if len(direction.numbers):
            beside = self._kernel(asked, direction.numbers)[0]
            mean += float(beside @ direction.off)
            variance -= float(beside @ direction.solved @ beside)
        return mean, float(np.sqrt(max(variance, 0.0) + _HOUSE_M**2))

    def _kernel(self, one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
        usual = self.usual
        one, two = one[:, None], two[None, :]
        same_side = (one % 2 == two % 2) * np.exp(-np.abs(one - two) / usual.forgotten)
        even = usual.start**2 + usual.pace**2 * one * two
        return np.asarray(even + usual.wander**2 * np.minimum(one, two) + usual.side**2 * same_side)
