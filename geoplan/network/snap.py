"""Snap: put points on the nearest street, part-way along it, and remember how far off they were."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geoplan.network.graph import Network

__all__ = ["Snap", "snap"]


@dataclass(frozen=True)
class Snap:
    """N points on a network.

    `segment` is the position of the nearest segment in the network (-1: none within the limit), `fraction` how far
    along it from u (0) to v (1), `off_m` the straight metres between point and street.
    """

    segment: NDArray[np.int64]
    fraction: NDArray[np.float64]
    off_m: NDArray[np.float64]
    # What `times.point_ends` found for these points, by direction: the cells of a city are asked for again and again.
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def on(self) -> NDArray[np.bool_]:
        """Which points have a street within the limit."""
        return self.segment >= 0

    def __len__(self) -> int:
        return len(self.segment)

    def take(self, positions: NDArray[np.int64]) -> Snap:
        """Return some of the points, in the order asked."""
        return Snap(
            segment=self.segment[positions], fraction=self.fraction[positions], off_m=self.off_m[positions]
        )


def snap(network: Network, lon: ArrayLike, lat: ArrayLike, *, limit: float) -> Snap:
    """Snap points to the nearest segment of a network.

    Parameters
    ----------
    network
        The streets of one mode.
    lon, lat
        N degrees each, EPSG:4326.
    limit
        Metres beyond which a point is not on the network.

    Raises
    ------
    InputError
        If the arrays differ in length or hold NaN, infinite or impossible coordinates; the position is named.
    """
    x = np.asarray(lon, dtype=float).ravel()
    y = np.asarray(lat, dtype=float).ravel()
    if x.shape != y.shape:
        msg = f"{len(x)} longitudes and {len(y)} latitudes: give as many of one as of the other"
        raise InputError(msg)
    bad = ~(np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        msg = f"point {at}: longitude {x[at]:g}, latitude {y[at]:g} is not a place (are they swapped?)"
        raise InputError(msg)
    to_metres = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    points = shapely.points(*to_metres.transform(x, y))
    segment = np.full(len(points), -1, dtype=np.int64)
    fraction = np.zeros(len(points))
    off = np.full(len(points), np.inf)
    if len(points):
        tree = shapely.STRtree(network.lines)
        pairs, distance = tree.query_nearest(
            points, max_distance=limit, return_distance=True, all_matches=False
        )
        which, line = pairs
        segment[which] = line
        off[which] = distance
        fraction[which] = shapely.line_locate_point(network.lines[line], points[which], normalized=True)
    return Snap(segment=segment, fraction=fraction, off_m=off)
