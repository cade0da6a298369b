"""Ranks: not only the nearest facility of each point, but the k nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError
from geoplan.network.times import rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.snap import Snap
    from geoplan.network.times import Direction

__all__ = ["nearest_k"]


def nearest_k(
    network: Network,
    facilities: Snap,
    points: Snap,
    *,
    k: int,
    direction: Direction,
    limit: float = np.inf,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cost between each point and its k nearest facilities, and which those are.

    Parameters
    ----------
    network
        The streets of one mode.
    facilities, points
        F facilities and P points on that network.
    k
        How many facilities, at least 1; it may be more than there are.
    direction
        As in `nearest`.
    limit
        Costs beyond it are not looked for.

    Returns
    -------
    cost, which
        (P, k) costs in the network's unit, rising along a row, inf where fewer can be reached; (P, k) positions in
        `facilities`, -1 there. Of facilities at equal cost the first in order comes first.

    Raises
    ------
    InputError
        If k is below 1.

    Notes
    -----
    One Dijkstra search per facility, merged into the k best so far a chunk of facilities at a time: memory grows with P
    times k, not with P times F.
    """
    if k < 1:
        msg = f"k = {k}: at least the one nearest facility must be asked for"
        raise InputError(msg)
    cost = np.full((len(points), k), np.inf)
    which = np.full((len(points), k), -1, dtype=np.int64)
    for part, table in rows(network, facilities, points, direction=direction, limit=limit):
        names = np.broadcast_to(np.arange(part.start, part.stop), (len(points), part.stop - part.start))
        both = np.concatenate([cost, table.T], axis=1)
        order = np.argsort(both, axis=1, kind="stable")[:, :k]
        cost = np.take_along_axis(both, order, axis=1)
        which = np.take_along_axis(np.concatenate([which, names], axis=1), order, axis=1)
    which[~np.isfinite(cost)] = -1
    return cost, which
