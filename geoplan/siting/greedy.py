"""Greedy: the first, simple siting rule; covers the most people still uncovered, one site after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["Proposal", "greedy_maximal_covering"]


@dataclass(frozen=True)
class Proposal:
    """Chosen candidates, the people each newly covers, and the most that any choice could cover.

    `picks` and `gains` have one entry per item, in the order asked. `objective` is the sum of the gains; no choice under
    the same quotas can cover more than `bound`.
    """

    picks: NDArray[np.int64]
    gains: NDArray[np.float64]
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the objective may lie below the best possible: 0.01 is 1 %; 0 where nothing can be gained."""
        return 0.0 if self.bound <= 0 else float((self.bound - self.objective) / self.bound)


def greedy_maximal_covering(
    within: csr_array,
    uncovered: NDArray[np.float64],
    *,
    persons: NDArray[np.float32],
    districts: list[str],
    candidate_districts: NDArray[np.object_],
) -> Proposal:
    """Choose a site for every item so that the people covered grow most at each step.

    Parameters
    ----------
    within
        K x C matrix of ones: which cells a candidate would cover.
    uncovered
        (C,) people still uncovered; expected people, where the baseline itself is drawn.
    persons
        (C,) all people, who decide between candidates that gain the same.
    districts
        N quotas, in the order of opening: a district or "" for the whole city.
    candidate_districts
        (K,) district of each candidate.

    Returns
    -------
    Proposal
        No candidate is chosen twice. Among equal gains the candidate with more people inside the radius wins, then the
        first: a site where everyone is covered already at least relieves the most people.

    Raises
    ------
    InputError
        If a quota has no candidate left.

    Notes
    -----
    Greedy heuristic for the maximal covering location problem (Church & ReVelle 1974). The bound is that of Nemhauser,
    Wolsey & Fisher (1978): covering is submodular, so no choice can beat what the greedy one covers by more than the
    best remaining single gains under the same quotas.
    """
    for district in sorted(set(districts)):
        places = int((candidate_districts == district).sum()) if district else within.shape[0]
        if districts.count(district) > places:
            msg = f"{districts.count(district)} sites asked for in {district or 'the city'}, which has {places} candidates"
            raise InputError(msg)
    left = uncovered.astype(np.float64).copy()
    everyone = within @ persons.astype(np.float64)
    free = np.ones(within.shape[0], dtype=bool)
    picks = np.zeros(len(districts), dtype=np.int64)
    gains = np.zeros(len(districts))
    for item, district in enumerate(districts):
        allowed = np.flatnonzero(free & (candidate_districts == district if district else True))
        if not len(allowed):
            msg = (
                f"no candidate site left in {district or 'the city'} for item {item + 1} of {len(districts)}"
            )
            raise InputError(msg)
        gain = within @ left
        best = allowed[np.lexsort((allowed, -everyone[allowed], -np.round(gain[allowed], 6)))[0]]
        picks[item], gains[item] = best, gain[best]
        free[best] = False
        start, stop = within.indptr[best], within.indptr[best + 1]
        left[within.indices[start:stop]] = 0.0
    objective = float(gains.sum())
    remaining = within @ left
    bound = objective
    for district in sorted(set(districts)):
        count = districts.count(district)
        allowed_mask = candidate_districts == district if district else np.ones(len(remaining), dtype=bool)
        bound += float(np.sort(remaining[allowed_mask])[::-1][:count].sum())
    return Proposal(picks=picks, gains=gains, objective=objective, bound=min(bound, float(uncovered.sum())))
