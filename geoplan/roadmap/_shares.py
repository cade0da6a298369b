"""Share a whole number among several, and spread years over groups that the document never crosses."""

from __future__ import annotations

import math

__all__ = ["interleave", "share"]


def share(total: int, weights: list[float]) -> list[int]:
    """Share `total` in proportion to `weights`, in whole numbers whose sum is exactly `total`.

    Parameters
    ----------
    total
        What is shared.
    weights
        One per receiver, not negative; all zero counts as all equal.

    Returns
    -------
    list of int
        Rounded down, the rest given one each to the largest remainders, the earlier of equals first (method of
        Hamilton: Balinski & Young, Fair Representation, 1982).
    """
    if not weights:
        return []
    whole = math.fsum(weights)
    if whole <= 0:
        weights, whole = [1.0] * len(weights), float(len(weights))
    exact = [total * weight / whole for weight in weights]
    floors = [math.floor(value) for value in exact]
    left = total - sum(floors)
    order = sorted(range(len(weights)), key=lambda i: (-(exact[i] - floors[i]), i))
    for i in order[:left]:
        floors[i] += 1
    return floors


def interleave(sizes: list[int]) -> list[int]:
    """Order the members of groups so that each stretch of the order holds the groups in proportion.

    Parameters
    ----------
    sizes
        Members of each group.

    Returns
    -------
    list of int
        Group of each place in the order: member k of n stands at (k + 1/2) / n, the earlier group first at equal
        places (the divisor sequence of Webster, Balinski & Young 1982: largest remainders at every length).
    """
    spots = [((2 * k + 1) / (2 * size), group) for group, size in enumerate(sizes) for k in range(size)]
    return [group for _, group in sorted(spots)]
