"""Rules: which sets of candidates are allowed: how many, where, which are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem

__all__ = ["Rules", "rules_of"]


@dataclass(frozen=True)
class Rules:
    """0/1 bounds per column and rows `least <= members @ x <= most`.

    `lower`, `upper` are (J,), `members` (R, J) of numbers not negative, `least`, `most` (R,).
    """

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    members: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]

    def keeps(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether a plan meets every rule."""
        sums = self.members @ chosen
        bounds = (chosen >= self.lower) & (chosen <= self.upper)
        return bool(bounds.all() and (sums >= self.least - 1e-9).all() and (sums <= self.most + 1e-9).all())

    def swappable(self, chosen: NDArray[np.bool_], sites: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(J, sites) whether putting a column in the place of a site keeps every rule."""
        free = (~chosen & (self.upper > 0))[:, None] & (self.lower[sites] == 0)[None, :]
        sums = self.members @ chosen
        for member, total, least, most in zip(self.members, sums, self.least, self.most, strict=True):
            after = total + member[:, None] - member[sites][None, :]
            free &= (after >= least - 1e-9) & (after <= most + 1e-9)
        return free

    def addable(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(J,) whether a plan that still grows may take a column and can be completed: quotas left fit the sites left."""
        free = ~chosen & (self.upper > 0)
        sums = self.members @ chosen
        free &= (sums[:, None] + self.members <= self.most[:, None] + 1e-9).all(axis=0)
        left = self.most[0] - sums[0]
        needed = np.maximum(self.least[1:] - sums[1:], 0.0)
        if needed.sum() >= left - 1e-9 and needed.sum() > 0:
            # Every site left is spoken for: only columns that some unmet quota counts.
            free &= (self.members[1:][needed > 0] > 0).any(axis=0)
        return free


def rules_of(problem: Problem) -> Rules:
    """Turn count, quotas, ceilings, locked and excluded candidates into rows; the first row is the count."""
    places = problem.n_candidates
    lower = np.zeros(places)
    lower[list(problem.locked)] = 1.0
    members, least, most = [np.ones(places)], [float(problem.count)], [float(problem.count)]
    if problem.groups is not None:
        labels = np.asarray(problem.groups, dtype=object)
        for label in sorted({*problem.quotas, *problem.at_most}):
            members.append((labels == label).astype(float))
            least.append(float(problem.quotas.get(label, 0)))
            most.append(float(min(problem.at_most.get(label, places), problem.count)))
    return Rules(lower, problem.usable.astype(float), np.stack(members), np.asarray(least), np.asarray(most))
