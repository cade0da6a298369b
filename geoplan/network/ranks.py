"""Ranks: not only the nearest facility of each point, but the k nearest, with the metres of the way if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError
from geoplan.network.times import rows
from geoplan.network.ways import measured_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.snap import Snap
    from geoplan.network.times import Direction

__all__ = ["measured_nearest_k", "nearest_k"]


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
    parts = (
        (part, (table,))
        for part, table in rows(network, facilities, points, direction=direction, limit=limit)
    )
    which, (cost,) = _least(parts, len(points), k, 1)
    return cost, which


def measured_nearest_k(
    network: Network,
    facilities: Snap,
    points: Snap,
    *,
    k: int,
    direction: Direction,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Cost between each point and its k nearest facilities, which those are, and the metres of those ways.

    Parameters
    ----------
    network, facilities, points, k, direction
        As in `nearest_k`.

    Returns
    -------
    cost, which, metres
        As in `nearest_k`, nearest by cost; (P, k) metres of the way that costs so, with the straight metres between each
        point and its street, inf where there is no way. On foot they are the cost.

    Raises
    ------
    InputError
        If k is below 1.
    """
    if network.unit == "m":
        cost, which = nearest_k(network, facilities, points, k=k, direction=direction)
        return cost, which, cost.copy()
    parts = (
        (part, (table, metres))
        for part, table, metres in measured_rows(network, facilities, points, direction=direction)
    )
    which, (cost, metres) = _least(parts, len(points), k, 2)
    return cost, which, metres


def _least(
    parts: Iterable[tuple[slice, tuple[NDArray[np.float64], ...]]], count: int, k: int, width: int
) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """The k least of the first table's rows for each of `count` columns: which rows, and what `width` tables say there."""
    if k < 1:
        msg = f"k = {k}: at least the one nearest facility must be asked for"
        raise InputError(msg)
    which = np.full((count, k), -1, dtype=np.int64)
    kept = [np.full((count, k), np.inf) for _ in range(width)]
    for part, tables in parts:
        names = np.broadcast_to(np.arange(part.start, part.stop), (count, part.stop - part.start))
        both = [np.concatenate([old, table.T], axis=1) for old, table in zip(kept, tables, strict=True)]
        order = np.argsort(both[0], axis=1, kind="stable")[:, :k]
        kept = [np.take_along_axis(values, order, axis=1) for values in both]
        which = np.take_along_axis(np.concatenate([which, names], axis=1), order, axis=1)
    which[~np.isfinite(kept[0])] = -1
    return which, kept
