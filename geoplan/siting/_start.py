"""Start: a good plan before any proof: greedy, then swaps (Teitz & Bart 1968) until none helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.siting._worth import Horizon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting._worth import Worth

__all__ = ["grow", "improve", "net_worth"]


def net_worth(worth: Worth, rules: Rules, chosen: NDArray[np.bool_]) -> float:
    """What a plan is worth less what its sites cost, where that counts."""
    return worth.value(chosen) - float(rules.prices[chosen].sum())


def grow(worth: Worth, rules: Rules, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Add the column that gains most (for its cost, under a budget), of equal ones the first, until nothing may be added.

    Columns that gain nothing are added only while a count asks for more.
    """
    chosen = rules.lower > 0 if chosen is None else chosen.copy()
    spent = rules.members[_budgets(rules)].sum(axis=0)
    while True:
        must, free = rules.short(chosen), rules.addable(chosen)
        gain = worth.gains(chosen) - rules.prices
        if not must:
            free &= gain > 0
        if not free.any():
            return chosen
        rate = gain / np.where(spent > 0, spent, 1.0) if spent.any() else gain
        rate[~free] = -np.inf
        chosen[int(rate.argmax())] = True


def _budgets(rules: Rules) -> NDArray[np.int64]:
    """Rows that count money, not sites."""
    return np.flatnonzero(((rules.members != 0) & (rules.members != 1)).any(axis=1))


def improve(
    worth: Worth, rules: Rules, chosen: NDArray[np.bool_], *, swaps: int = 10_000
) -> NDArray[np.bool_]:
    """Swap the pair that gains most, as long as one gains: a local optimum of the vertex substitution.

    Over a horizon two sites also trade their moments. Where money is left over, what still fits is added.
    """
    chosen = chosen.copy()
    least = 1e-9 * max(1.0, abs(net_worth(worth, rules, chosen)))
    for _ in range(swaps):
        sites = np.flatnonzero(chosen)
        if not len(sites):
            break
        profit = worth.swaps(chosen, sites) - rules.prices[:, None] + rules.prices[sites][None, :]
        profit[~rules.swappable(chosen, sites)] = -np.inf
        column, place = divmod(int(profit.argmax()), len(sites))
        if profit[column, place] > least:
            chosen[sites[place]], chosen[column] = False, True
            continue
        if not (isinstance(worth, Horizon) and _trade(worth, rules, chosen, sites, least)):
            break
    return grow(worth, rules, chosen)


def _trade(
    worth: Horizon, rules: Rules, chosen: NDArray[np.bool_], sites: NDArray[np.int64], least: float
) -> bool:
    """Let two sites trade their moments, in place, if that gains."""
    places = worth.terms[0].n
    profit = worth.trades(chosen, sites)
    for pair in np.argsort(-profit, axis=None, kind="stable").tolist():
        early, late = divmod(pair, len(sites))
        if profit[early, late] <= least:
            return False
        after = chosen.copy()
        after[[sites[early], sites[late]]] = False
        after[sites[early] // places * places + sites[late] % places] = True
        after[sites[late] // places * places + sites[early] % places] = True
        if rules.keeps(after):
            chosen[:] = after
            return True
    return False
