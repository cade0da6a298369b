"""Start: a good plan before any proof: greedy, then swaps (Teitz & Bart 1968) until none helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting._savings import Savings

__all__ = ["greedy", "improve"]


def greedy(worth: Savings, rules: Rules) -> NDArray[np.bool_]:
    """Add the column that gains most, of equal ones the first, until the count is met."""
    chosen = rules.lower > 0
    while chosen.sum() < rules.least[0]:
        gain = worth.gains(worth.served(chosen)[0])
        gain[~rules.addable(chosen)] = -np.inf
        best = int(gain.argmax())
        if not np.isfinite(gain[best]):
            break
        chosen[best] = True
    return chosen


def improve(
    worth: Savings, rules: Rules, chosen: NDArray[np.bool_], *, swaps: int = 10_000
) -> NDArray[np.bool_]:
    """Swap the pair that gains most, as long as one gains: a local optimum of the vertex substitution."""
    chosen = chosen.copy()
    least = 1e-9 * max(1.0, worth.value(chosen))
    for _ in range(swaps):
        sites = np.flatnonzero(chosen)
        if not len(sites):
            break
        _, profit = worth.swaps(chosen, sites)
        profit[~rules.swappable(chosen, sites)] = -np.inf
        best = int(profit.argmax())
        column, place = divmod(best, len(sites))
        if profit[column, place] <= least:
            break
        chosen[sites[place]], chosen[column] = False, True
    return chosen
