"""Equity: how unevenly access is shared among people and districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["gini", "worst_served"]


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    """Gini coefficient of values held by weighted people.

    Parameters
    ----------
    values
        (n,) not negative and finite: a travel cost or a capacity per person.
    weights
        (n,) people.

    Returns
    -------
    float
        0 where everyone has the same, towards 1 where one person has all; NaN with no people or nothing to share.

    Raises
    ------
    InputError
        If a value or weight is negative or not finite.

    Notes
    -----
    Half the relative mean absolute difference of two people drawn at random, each person being drawn again with the same
    chance: sum_ij w_i w_j |x_i - x_j| / (2 W^2 m) (Gini 1912; weighted as Lerman & Yitzhaki 1989). Of a travel cost: 0 is
    equal times, and everyone twice as far off gives the same coefficient.
    """
    x, w = _checked(values, weights)
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    total, sum_ = w.sum(), (w * x).sum()
    if total <= 0 or sum_ <= 0:
        return float("nan")
    below = np.cumsum(w) - w
    above = total - below - w
    return float((w * x * (below - above)).sum() / (total * sum_))


def worst_served(costs: ArrayLike, weights: ArrayLike, *, share: float = 0.1) -> tuple[float, float]:
    """Cost at which the worst-served share of people begins, and their mean cost.

    Parameters
    ----------
    costs
        (n,) cost of each cell; inf: no facility is reached, the worst of all.
    weights
        (n,) people.
    share
        Between 0 and 1: 0.1 for the worst-served tenth.

    Returns
    -------
    begins, mean
        The largest cost c such that at least the share of the people has c or more, and the mean over exactly that share (a
        cell at the edge counts in part); inf if any of them reaches nothing, NaN with no people.
    """
    x = np.asarray(costs, dtype=float)
    w = np.asarray(weights, dtype=float)
    if not 0 < share <= 1:
        msg = f"share {share:g}: it must be above 0 and at most 1"
        raise InputError(msg)
    keep = w > 0
    order = np.argsort(-x[keep], kind="stable")
    x, w = x[keep][order], w[keep][order]
    if not len(x):
        return float("nan"), float("nan")
    wanted = share * w.sum()
    before = np.cumsum(w) - w
    part = np.clip(wanted - before, 0, w)
    held = part > 0
    return float(x[held][-1]), float((x[held] * part[held]).sum() / wanted)


def _checked(values: ArrayLike, weights: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x, w = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    for name, numbers in (("value", x), ("weight", w)):
        bad = np.flatnonzero(~np.isfinite(numbers) | (numbers < 0))
        if len(bad):
            msg = f"{name} {bad[0]} is {numbers[bad[0]]:g}: it must be finite and not negative"
            raise InputError(msg)
    return x, w
