"""Where two streets cross."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Spot", "approaches", "crossings"]

# Two carriageways of an avenue lie up to 40 m apart, and gazetteer lines are simplified by some metres.
_MEET_M = 30.0
# Crossing points of dual carriageways nearer to each other than this are one crossing.
_ONE_CROSSING_M = 120.0
# A crossing takes up its streets' width, and the lines are off by some metres.
_LEAST_M = 60.0


class Spot(NamedTuple):
    """A metric point, the radius in metres that it is sure within, its shape, and how far streets lie apart."""

    point: shapely.Point
    radius: float
    shape: shapely.Geometry
    gap: float = 0.0


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


def approaches(
    first: list[shapely.Geometry], second: list[shapely.Geometry], *, within_m: float
) -> list[Spot]:
    """Return where two streets that do not meet come nearest to each other, each such place once.

    Parameters
    ----------
    first, second
        Lines of each street, in metres.
    within_m
        How near the streets must come to each other; places nearer to each other than this are one.

    Returns
    -------
    list of Spot
        Nearest first: the middle of the gap, with a radius that reaches both streets.

    Raises
    ------
    None
    """
    gaps = [shapely.shortest_line(one, two) for one in first for two in second]
    found: list[Spot] = []
    for gap in sorted(gaps, key=lambda line: (float(line.length), line.wkt)):
        spot = Spot(shapely.centroid(gap), float(gap.length) / 2 + _LEAST_M, gap, float(gap.length))
        if gap.length <= within_m and all(shapely.distance(spot.point, o.point) > within_m for o in found):
            found.append(spot)
    return found


def _parts_near(lines: shapely.Geometry, other: shapely.Geometry, within_m: float) -> shapely.Geometry:
    parts = shapely.get_parts(lines)
    return shapely.union_all(parts[shapely.dwithin(parts, other, within_m)])


def _in_box(line: shapely.Geometry, other: shapely.Geometry, margin_m: float) -> shapely.Geometry:
    west, south, east, north = shapely.bounds(other)
    return shapely.clip_by_rect(line, west - margin_m, south - margin_m, east + margin_m, north + margin_m)
