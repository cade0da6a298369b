"""Isochrone: the area along the streets that can be reached from points within a cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geoplan.errors import InputError
from geoplan.network.runs import Runs, street_runs, vertices
from geoplan.network.times import node_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.snap import Snap
    from geoplan.network.times import Direction

__all__ = ["isochrones"]

# Corners of the polygon that stands for a circle of reached ground; it lies inside the circle.
_CORNERS = 16


def isochrones(
    network: Network,
    origin: Snap,
    *,
    limits: list[float],
    direction: Direction,
    width: float,
    each: bool = False,
    bands: bool = False,
) -> gpd.GeoDataFrame:
    """Return the area reached within each limit, from the streets that are reached.

    Parameters
    ----------
    network
        The streets of one mode.
    origin
        Points on it; those off it reach nothing.
    limits
        Costs in the network's unit.
    direction
        `from_facility`: away from the points; `to_facility`: towards them.
    width
        Metres on either side of a reached street that count as reached, if what is left of the limit pays for them.
    each
        An area for each point, instead of one for all together (what the nearest of them reaches).
    bands
        Rings, each without the next smaller area, instead of whole areas.

    Returns
    -------
    geopandas.GeoDataFrame
        origin (position; only if `each`), above (lower bound of a band; only if `bands`), limit (largest first, so that
        small areas draw on top), geometry (EPSG:4326; empty where nothing is reached).

    Raises
    ------
    InputError
        If no point is on the network, or a limit is not a number above 0.

    Notes
    -----
    A street that is only partly within the limit counts with that part. The ground beside it counts as far as the straight
    way to it, at the price of snapping, fits into what is left: so the area tapers off to nothing where the limit is
    reached, and no place in it costs more than the limit. Ground between streets is not filled in.
    """
    if not origin.on.any():
        msg = "no street of this mode within the snap limit of any point: no isochrone"
        raise InputError(msg)
    if not limits or not all(np.isfinite(limit) and limit > 0 for limit in limits):
        msg = f"limits {limits}: give numbers above 0"
        raise InputError(msg)
    falling = sorted(set(limits), reverse=True)
    groups = [np.array([i]) for i in range(len(origin))] if each else [np.arange(len(origin))]
    records: list[tuple[int, float, float, shapely.Geometry]] = []
    for group in groups:
        points = origin.take(group)
        to_node = node_costs(network, points, direction=direction, limit=falling[0])
        inner, below = None, 0.0
        rows = []
        for limit in reversed(falling):
            runs = street_runs(network, points, to_node, limit, direction)
            area = _area(network, runs, width, inner, limit - below)
            ring = area if inner is None or not bands else shapely.difference(area, inner)
            rows.append((int(group[0]), below, limit, ring))
            inner, below = area, limit
        records += reversed(rows)
    frame = gpd.GeoDataFrame(
        {
            "origin": [row[0] for row in records],
            "above": [row[1] for row in records],
            "limit": [row[2] for row in records],
        },
        geometry=[row[3] for row in records],
        crs=network.crs,
    )
    unwanted = [name for name, wanted in (("origin", each), ("above", bands)) if not wanted]
    frame = frame.drop(columns=unwanted).to_crs("EPSG:4326")
    # Degrees are rounded afresh, by which a sliver may fold over; what it leaves as a line is no area.
    return frame.set_geometry([_ground(shape) for shape in frame.geometry], crs=frame.crs)


def _ground(shape: shapely.Geometry) -> shapely.Geometry:
    if shapely.is_empty(shape):
        return shapely.Polygon()
    if shapely.is_valid(shape):
        return shape
    parts = shapely.get_parts(shapely.make_valid(shape))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _area(
    network: Network, runs: Runs, width: float, inner: shapely.Geometry | None, more: float
) -> shapely.Geometry:
    """The ground beside runs of streets: at each place as wide as what is left there pays for, `width` at most.

    `inner` is the area of a limit that is smaller by `more`: only what that left open is added to it.
    """
    if inner is not None:
        runs = runs.beyond(more + width * network.connector)
    # Circles are drawn as polygons inside them, so that neither kind of ground reaches too far.
    full = _lines(network, runs.until(width * network.connector))
    xy, left, owner = vertices(network, runs.beyond(width * network.connector))
    ends = _tapers(xy, np.clip(left / network.connector, 0, width), owner)
    sides = shapely.buffer(full, width, quad_segs=_CORNERS // 4)
    return shapely.union_all(np.concatenate([sides, ends, [] if inner is None else [inner]]))


def _lines(network: Network, runs: Runs) -> NDArray[np.object_]:
    xy, _, owner = vertices(network, runs)
    return np.asarray(shapely.linestrings(xy, indices=owner) if len(xy) else [], dtype=object)


def _tapers(
    xy: NDArray[np.float64], radius: NDArray[np.float64], owner: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Hulls of the circles at every two vertices that follow each other: what a shrinking circle passes over."""
    follows = np.flatnonzero(np.diff(owner) == 0)
    if not len(follows):
        return np.empty(0, dtype=object)
    angle = np.arange(_CORNERS) * (2 * np.pi / _CORNERS)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    rings = xy[:, None, :] + radius[:, None, None] * circle
    both = np.concatenate([rings[follows], rings[follows + 1]], axis=1)
    index = np.repeat(np.arange(len(follows)), 2 * _CORNERS)
    return np.asarray(shapely.convex_hull(shapely.multipoints(both.reshape(-1, 2), indices=index)))
