"""Rules: which sets of columns are allowed: how many, where, when, for how much, which are given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem

__all__ = ["Rules", "rules_of"]

_ROUND = 1e-9


@dataclass(frozen=True)
class Rules:
    """0/1 bounds per column and rows `least <= members @ x <= most`.

    `lower`, `upper`, `prices` are (n,); `members` (R, n) of numbers not negative, `least`, `most`, `moment` (R,); the first
    row of each moment counts its sites, -1 is a row over all moments. `place` (n,) is the candidate a column stands for:
    each opens once at most.
    """

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    members: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    moment: NDArray[np.int64]
    place: NDArray[np.int64]
    prices: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Columns."""
        return len(self.lower)

    @cached_property
    def _kinds(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Different columns of `members`, (R, kinds), and the kind of each of the n."""
        kinds, of = np.unique(self.members, axis=1, return_inverse=True)
        return kinds, of.ravel()

    def keeps(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether a plan meets every rule."""
        sums = self.members @ chosen
        inside = (chosen >= self.lower) & (chosen <= self.upper)
        once = np.bincount(self.place[chosen], minlength=1).max() <= 1
        return bool(
            inside.all()
            and once
            and (sums >= self.least - _ROUND).all()
            and (sums <= self.most + _ROUND).all()
        )

    def swappable(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n, sites) whether putting a column in the place of a site keeps every rule."""
        free = (~chosen & (self.upper > 0))[:, None] & (self.lower[sites] == 0)[None, :]
        taken = np.isin(self.place, self.place[chosen])
        free &= ~taken[:, None] | (self.place[:, None] == self.place[sites][None, :])
        # Columns that every rule counts alike may be put in the same places: there are few kinds of them.
        kinds, of = self._kinds
        fits = np.ones((kinds.shape[1], len(sites)), dtype=bool)
        sums, old = self.members @ chosen, self.members[:, sites]
        for new, out, total, least, most in zip(kinds, old, sums, self.least, self.most, strict=True):
            after = total + new[:, None] - out[None, :]
            fits &= (after >= least - _ROUND) & (after <= most + _ROUND)
        return free & fits[of]

    def addable(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) whether a plan that still grows may take a column and can be completed: quotas left fit the sites left."""
        free = ~chosen & (self.upper > 0) & ~np.isin(self.place, self.place[chosen])
        sums = self.members @ chosen
        free &= (sums[:, None] + self.members <= self.most[:, None] + _ROUND).all(axis=0)
        for moment in range(int(self.moment.max(initial=0)) + 1):
            count, *quotas = np.flatnonzero(self.moment == moment)
            left = self.most[count] - sums[count]
            needed = np.maximum(self.least[quotas] - sums[quotas], 0.0)
            if needed.sum() > 0 and needed.sum() >= left - _ROUND:
                # Every site left is spoken for: only columns that some unmet quota counts.
                unmet = [row for row, short in zip(quotas, needed, strict=True) if short > 0]
                free &= (self.members[count] == 0) | (self.members[unmet] > 0).any(axis=0)
        return free

    def short(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether the plan must still grow."""
        return bool((self.members @ chosen < self.least - _ROUND).any())


def rules_of(problem: Problem) -> Rules:
    """Turn counts, budgets, quotas, ceilings, locked and excluded candidates into rows, moment by moment."""
    places, moments = problem.n_candidates, problem.moments
    columns = len(moments) * places
    lower, upper = np.zeros(columns), np.tile(problem.usable.astype(float), len(moments))
    # What is locked stands from the first moment.
    lower[list(problem.locked)] = 1.0
    members: list[NDArray[np.float64]] = []
    least: list[float] = []
    most: list[float] = []
    of: list[int] = []

    def row(at: int, values: NDArray[np.float64], low: float, high: float) -> None:
        wide = np.zeros(columns)
        wide[at * places : (at + 1) * places] = values
        members.append(wide)
        least.append(low)
        most.append(high)
        of.append(at)

    for at, phase in enumerate(moments):
        count = phase.count
        row(at, np.ones(places), 0.0 if count is None else count, places if count is None else count)
        if phase.budget is not None:
            assert problem.site_costs is not None
            row(at, np.asarray(problem.site_costs, dtype=float), 0.0, phase.budget)
        for label, low, high in _by_group(phase.quotas, phase.at_most, places):
            row(at, (np.asarray(problem.groups, dtype=object) == label).astype(float), low, high)
    for listed, high in problem.few:
        mask = np.zeros(places)
        mask[list(listed)] = 1.0
        members.append(np.tile(mask, len(moments)))
        least.append(0.0)
        most.append(float(high))
        # Over all moments, so of none: it must not be taken for a quota of one.
        of.append(-1)
    prices = np.zeros(columns)
    if problem.charged:
        prices = np.tile(np.asarray(problem.site_costs, dtype=float), len(moments))
    return Rules(
        lower,
        upper,
        np.stack(members),
        np.asarray(least, dtype=float),
        np.asarray(most, dtype=float),
        np.asarray(of),
        np.tile(np.arange(places), len(moments)),
        prices,
    )


def _by_group(
    quotas: Mapping[str, int], at_most: Mapping[str, int], places: int
) -> list[tuple[str, float, float]]:
    return [
        (label, float(quotas.get(label, 0)), float(at_most.get(label, places)))
        for label in sorted({*quotas, *at_most})
    ]
