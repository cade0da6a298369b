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
# Houses farther apart than this on one street do not say where a house between them lies.
_BETWEEN_M = 1000.0
# Nor do houses whose numbers are farther apart: one wrong register point would then place a whole quarter.
_BETWEEN_NUMBERS = 40


class Spot(NamedTuple):
    """A metric point, the radius in metres that it is sure within, and the shape that it was taken from."""

    point: shapely.Point
    radius: float
    shape: shapely.Geometry


def crossings(first: Iterable[shapely.Geometry], second: Iterable[shapely.Geometry]) -> list[Spot]:
    """Return where two streets meet, each crossing once, however many carriageways it has.

    Parameters
    ----------
    first, second
        Lines of each street, in metres.

    Returns
    -------
    list of Spot
        West to east; the radius reaches every point where a carriageway of one is within 30 m of the other.

    Raises
    ------
    None
    """
    one, two = shapely.union_all(list(first)), shapely.union_all(list(second))
    if shapely.distance(one, two) > _MEET_M:
        return []
    # Half of what the streets have in common lies on each of them: the middle is where the carriageways cross.
    common = shapely.union(
        shapely.intersection(one, shapely.buffer(two, _MEET_M)),
        shapely.intersection(two, shapely.buffer(one, _MEET_M)),
    )
    merged = shapely.get_parts(shapely.buffer(common, _ONE_CROSSING_M / 2))
    found = []
    for patch in merged:
        shape = shapely.intersection(common, patch)
        point = shapely.centroid(shape)
        found.append(Spot(point, float(shapely.hausdorff_distance(shape, point)), shape))
    return sorted(found, key=lambda spot: (spot.point.x, spot.point.y))


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
        The spot and the numbers it lies between; None where nothing can be said: no known house on one side,
        or the two lie more than 1 km or 40 numbers apart. The radius reaches both known houses.

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
        return None
    low = max(below, key=lambda entry: (entry[0], entry[2]))
    high = min(above, key=lambda entry: (entry[0], entry[2]))
    span = high[0] - low[0]
    if span > _BETWEEN_NUMBERS or float(shapely.distance(low[1], high[1])) > _BETWEEN_M:
        return None
    share = (house.number - low[0]) / span if span else 0.5
    start, end = np.array(low[1].coords[0]), np.array(high[1].coords[0])
    between = shapely.Point(*(start + (end - start) * share))
    # The known houses stand beside the street, so the point between them is not moved onto its axis unless the
    # street bends away.
    gap = float(shapely.distance(between, street))
    if gap > _BETWEEN_M / 4:
        return None
    radius = max(float(shapely.distance(between, low[1])), float(shapely.distance(between, high[1])))
    names = low[2] if low[2] == high[2] else f"{low[2]} и {high[2]}"
    return Spot(between, radius, between), names
