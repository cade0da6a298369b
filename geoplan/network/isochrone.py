"""Isochrone: the area along the streets that can be reached from a point within a cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geoplan.errors import InputError
from geoplan.network.times import node_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.snap import Snap
    from geoplan.network.times import Direction

__all__ = ["isochrones"]


def isochrones(
    network: Network, origin: Snap, *, limits: list[float], direction: Direction, width: float
) -> gpd.GeoDataFrame:
    """Return the area reached within each limit, from the streets that are reached.

    Parameters
    ----------
    network
        The streets of one mode.
    origin
        One point on it.
    limits
        Costs in the network's unit.
    direction
        `from_facility`: away from the point; `to_facility`: towards it.
    width
        Metres on either side of a reached street that count as reached.

    Returns
    -------
    geopandas.GeoDataFrame
        limit (largest first, so that small areas draw on top), geometry (EPSG:4326). A street that is only partly within
        the limit counts with that part; nothing off the network is filled in.

    Raises
    ------
    InputError
        If the point is off the network, or a limit is not positive.
    """
    if not origin.on.all() or len(origin) != 1:
        msg = "the point has no street of this mode within the snap limit: no isochrone"
        raise InputError(msg)
    if not limits or min(limits) <= 0:
        msg = "limits must be above 0"
        raise InputError(msg)
    to_node = node_costs(network, origin, direction=direction)
    areas = [
        shapely.union_all(
            shapely.buffer(_reached(network, origin, to_node, limit, direction), width, quad_segs=4)
        )
        for limit in sorted(limits, reverse=True)
    ]
    frame = gpd.GeoDataFrame({"limit": sorted(limits, reverse=True)}, geometry=areas, crs=network.crs)
    return frame.to_crs("EPSG:4326")


def _reached(
    network: Network, origin: Snap, to_node: NDArray[np.float64], limit: float, direction: Direction
) -> NDArray[np.object_]:
    """Parts of the streets within a limit: from each end inwards as far as the cost left allows."""
    towards = direction == "to_facility"
    from_u = np.where(network.back | (not towards), (limit - to_node[network.u]) / network.cost, -1)
    from_v = np.where(network.back | towards, (limit - to_node[network.v]) / network.cost, -1)
    first = np.clip(np.nan_to_num(from_u, neginf=-1), 0, 1)
    last = 1 - np.clip(np.nan_to_num(from_v, neginf=-1), 0, 1)
    whole = first >= last
    parts = [network.lines[whole & ((first > 0) | (last < 1))]]
    for keep, start, stop in (
        (~whole & (first > 0), np.zeros_like(first), first),
        (~whole & (last < 1), last, np.ones_like(last)),
    ):
        parts.append(_pieces(network.lines[keep], start[keep], stop[keep]))
    segment = origin.segment[:1]
    reach = (limit - origin.off_m[:1] * network.connector) / network.cost[segment]
    back = network.back[segment]
    ahead = origin.fraction[:1] + np.where(back | (not towards), reach, 0)
    behind = origin.fraction[:1] - np.where(back | towards, reach, 0)
    if reach[0] > 0:
        parts.append(_pieces(network.lines[segment], np.clip(behind, 0, 1), np.clip(ahead, 0, 1)))
    return np.concatenate(parts)


def _pieces(
    lines: NDArray[np.object_], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> NDArray[np.object_]:
    """The stretch of each line between two fractions of its length, its bends kept."""
    if not len(lines):
        return np.empty(0, dtype=object)
    length = shapely.length(lines)
    coords, owner = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(coords, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(np.where(np.diff(owner) == 0, step, 0.0))])
    begin = np.searchsorted(owner, np.arange(len(lines)))
    along -= along[begin][owner]
    inside = (along > (start * length)[owner]) & (along < (stop * length)[owner])
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(lines, share, normalized=True))
        for share in (start, stop)
    ]
    index = np.concatenate([np.arange(len(lines)), owner[inside], np.arange(len(lines))])
    position = np.concatenate([np.full(len(lines), -1.0), along[inside], np.full(len(lines), np.inf)])
    points = np.concatenate([ends[0], coords[inside], ends[1]])
    order = np.lexsort((position, index))
    return np.asarray(shapely.linestrings(points[order], indices=index[order]))
