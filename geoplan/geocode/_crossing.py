"""Where two streets cross."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Spot", "crossings"]

# Two carriageways of an avenue lie up to 40 m apart, and gazetteer lines are simplified by some metres.
_MEET_M = 30.0
# Crossing points of dual carriageways nearer to each other than this are one crossing.
_ONE_CROSSING_M = 120.0
# A crossing takes up its streets' width, and the lines are off by some metres.
_LEAST_M = 60.0


class Spot(NamedTuple):
    """A metric point, the radius in metres that it is sure within, and the shape that it was taken from."""

    point: shapely.Point
    radius: float
    shape: shapely.Geometry


def crossings(
    first: Iterable[shapely.Geometry], second: Iterable[shapely.Geometry], *, within_m: float = _MEET_M
) -> list[Spot]:
    """Return where two streets meet, each crossing once, however many carriageways it has.

    Parameters
    ----------
    first, second
        Lines of each street, in metres.
    within_m
        How near the streets must come to each other.

    Returns
    -------
    list of Spot
        West to east; the radius reaches every point where a carriageway of one is within 30 m of the other.

    Raises
    ------
    None
    """
    one: shapely.Geometry = shapely.union_all(list(first))
    two: shapely.Geometry = shapely.union_all(list(second))
    if not shapely.dwithin(one, two, within_m):
        return []
    # Only the parts that come near the other, and of those what lies in its box: a buffer of a whole avenue is slow.
    one, two = _parts_near(one, two, within_m), _parts_near(two, one, within_m)
    one, two = _in_box(one, two, within_m), _in_box(two, one, within_m)
    # Half of what the streets have in common lies on each of them: the middle is where the carriageways cross.
    common = shapely.union(
        shapely.intersection(one, shapely.buffer(two, within_m, quad_segs=4)),
        shapely.intersection(two, shapely.buffer(one, within_m, quad_segs=4)),
    )
    merged = shapely.get_parts(shapely.buffer(common, _ONE_CROSSING_M / 2, quad_segs=4))
    found = []
    for patch in merged:
        shape = shapely.intersection(common, patch)
        point = shapely.centroid(shape)
        radius = max(_LEAST_M, float(shapely.hausdorff_distance(shape, point)))
        found.append(Spot(point, radius, shape))
    return sorted(found, key=lambda spot: (spot.point.x, spot.point.y))


def _parts_near(lines: shapely.Geometry, other: shapely.Geometry, within_m: float) -> shapely.Geometry:
    parts = shapely.get_parts(lines)
    return shapely.union_all(parts[shapely.dwithin(parts, other, within_m)])


def _in_box(line: shapely.Geometry, other: shapely.Geometry, margin_m: float) -> shapely.Geometry:
    west, south, east, north = shapely.bounds(other)
    return shapely.clip_by_rect(line, west - margin_m, south - margin_m, east + margin_m, north + margin_m)
