"""Points along streets: where two cross, and where a house lies between two known ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geoplan.geocode._parse import House

__all__ = ["Spot", "crossings", "interpolate"]

# Two carriageways of an avenue lie up to 40 m apart, and gazetteer lines are simplified by some metres.
_MEET_M = 30.0
# Crossing points of dual carriageways nearer to each other than this are one crossing.
_ONE_CROSSING_M = 120.0
# A crossing takes up its streets' width, and the lines are off by some metres.
_LEAST_M = 60.0
# Between two known houses of its side a house lies within this of the straight interpolation in nine cases of ten, by
# their distance and by the numbers between them (leave-one-out on the 1,261 known addresses, docs/data.md).
_BETWEEN = ((250.0, 40, 200.0), (2000.0, 80, 300.0), (3000.0, 80, 450.0), (3000.0, 150, 550.0))
# The same where the two may stand on opposite sides.
_EITHER_SIDE = (750.0, 20, 400.0)
# A point farther than this from its street is moved onto it: the street bends between the known houses.
_OFF_STREET_M = 100.0
# Beside one known house, the side of the street unknown: nine in ten of the 1,261 known addresses lie within this of the
# known neighbour whose number is nearest (leave-one-out; difference of numbers, metres).
_BESIDE = ((2, 200.0), (4, 250.0), (8, 325.0))


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


def interpolate(
    house: House, known: list[tuple[House, shapely.Point]], street: shapely.Geometry
) -> tuple[Spot, str] | None:
    """Place a house between the nearest known houses of its side, or beside the one of its own number.

    Parameters
    ----------
    house
        The house asked for.
    known
        Houses of the street with their points, in metres.
    street
        Line of the street, in metres.

    Returns
    -------
    tuple or None
        The spot and the numbers it lies between, where the two lie at most 3 km and 150 numbers apart; the radius
        is nine tenths of the errors met so (no more than reaches both). Else the known house whose number differs by 8 at
        most. None where there is none.

    Raises
    ------
    None
    """
    side = [
        (other.number, point, other.text) for other, point in known if other.number % 2 == house.number % 2
    ]
    below = [entry for entry in side if entry[0] <= house.number]
    above = [entry for entry in side if entry[0] >= house.number]
    if not below or not above:
        return _beside(house, known)
    low = max(below, key=lambda entry: (entry[0], entry[2]))
    high = min(above, key=lambda entry: (entry[0], entry[2]))
    span, apart = high[0] - low[0], float(shapely.distance(low[1], high[1]))
    error = next((metres for far, most, metres in _BETWEEN if apart <= far and span <= most), 0.0)
    if not error:
        return _beside(house, known)
    share = (house.number - low[0]) / span if span else 0.5
    start, end = np.array(low[1].coords[0]), np.array(high[1].coords[0])
    between = shapely.Point(*(start + (end - start) * share))
    if float(shapely.distance(between, street)) > _OFF_STREET_M:
        between = shapely.get_point(shapely.shortest_line(street, between), 0)
    reach = max(float(shapely.distance(between, low[1])), float(shapely.distance(between, high[1])))
    names = low[2] if low[2] == high[2] else f"{low[2]} и {high[2]}"
    return Spot(between, min(reach, error), between), names


def _beside(house: House, known: list[tuple[House, shapely.Point]]) -> tuple[Spot, str] | None:
    """Return the point of the known house with the nearest number, of either side."""
    lower = [(other.number, other.text, point) for other, point in known if other.number <= house.number]
    upper = [(other.number, other.text, point) for other, point in known if other.number >= house.number]
    if lower and upper:
        low, high = max(lower, key=lambda one: one[:2]), min(upper, key=lambda one: one[:2])
        far, most, error = _EITHER_SIDE
        if high[0] - low[0] <= most and float(shapely.distance(low[2], high[2])) <= far:
            point = shapely.centroid(shapely.multipoints([low[2], high[2]]))
            names = low[1] if low[1] == high[1] else f"{low[1]} и {high[1]}"
            return Spot(point, error, point), names
    gaps = [(abs(other.number - house.number), other.text, point) for other, point in known]
    if not gaps:
        return None
    gap, text, point = min(gaps, key=lambda entry: entry[:2])
    radius = next((metres for most, metres in _BESIDE if gap <= most), 0.0)
    return (Spot(point, radius, point), text) if radius else None
