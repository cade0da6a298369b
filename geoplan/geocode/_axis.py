"""A street as one line to measure along, however many carriageways, branches and gaps its drawing has."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["STEP_M", "Axis", "nearest"]

# Distance between the points that a street is measured by: a building plot or two.
STEP_M = 25.0
# Carriageways of one street lie up to 40 m apart, and lines are simplified by some metres: they are measured as one.
_ONE_ROAD_M = 45.0


class Axis:
    """Points of a street and how far along it each lies, from the end that lies north (of a street that runs
    west to east: east), where most streets are numbered from.

    Parameters
    ----------
    line
        The street in metres, all of its parts; gaps between them are bridged straight, nearest first.

    Raises
    ------
    None
    """

    def __init__(self, line: shapely.Geometry) -> None:
        parts = shapely.get_parts(shapely.segmentize(line, STEP_M))
        self.points, part = shapely.get_coordinates(parts, return_index=True)
        graph, first = _joined(self.points, part)
        one = int(np.argmax(first))
        along = _distances(graph, one)
        other = int(np.argmax(along))
        east, north = self.points[other] - self.points[one]
        self.west_east = bool(abs(east) > abs(north))
        if (east if self.west_east else north) > 0:
            along = _distances(graph, other)
        self.along = along
        self.length = float(along.max())
        self._near: dict[tuple[str, float], NDArray[np.bool_]] = {}

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.points)

    @cached_property
    def steps(self) -> NDArray[np.float64]:
        """Distances from the start, every STEP_M or a little less, both ends included."""
        return np.linspace(0.0, self.length, int(np.ceil(self.length / STEP_M)) + 1)

    @cached_property
    def places(self) -> NDArray[np.float64]:
        """A point of the street for each of `steps`: x, y."""
        order = np.argsort(self.along, kind="stable")
        at = np.searchsorted(self.along[order], self.steps)
        low, high = np.clip(at - 1, 0, len(order) - 1), np.clip(at, 0, len(order) - 1)
        nearer = np.where(
            self.steps - self.along[order[low]] <= self.along[order[high]] - self.steps, low, high
        )
        return np.asarray(self.points[order[nearer]], dtype=np.float64)

    def where(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far along the street each point (x, y) lies: that of the nearest point of the street."""
        return np.asarray(self.along[self._tree.query(points)[1]], dtype=np.float64)

    def near(self, slug: str, area: shapely.Geometry, within_m: float) -> NDArray[np.bool_]:
        """Return which steps lie in a district's area, or so near it; asked for every house, it is kept by the slug."""
        key = (slug, within_m)
        if key not in self._near:
            self._near[key] = np.asarray(shapely.dwithin(area, shapely.points(self.places), within_m))
        return self._near[key]

    def middle(self, allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the place allowed that is nearest to halfway between the first and the last: x, y."""
        steps = np.flatnonzero(allowed)
        return np.asarray(self.places[nearest(int(steps[0] + steps[-1]) // 2, allowed)], dtype=np.float64)

    def reach(self, place: NDArray[np.float64], allowed: NDArray[np.bool_]) -> float:
        """Return the distance from a place to the farthest step allowed, metres."""
        return float(np.hypot(*(self.places[allowed] - place).T).max())


def nearest(step: int, allowed: NDArray[np.bool_]) -> int:
    """Return the step allowed that is nearest to `step`, by count; of two the first.

    Raises
    ------
    ValueError
        If none is allowed.
    """
    steps = np.flatnonzero(allowed)
    return int(steps[np.argmin(np.abs(steps - step))])


def _joined(points: NDArray[np.float64], part: NDArray[np.intp]) -> tuple[csr_array, NDArray[np.float64]]:
    """Join what follows on a line, what lies side by side, and, one by one, what is still apart.

    Returns the graph and the distances in it from the first point.
    """
    following = np.flatnonzero(part[1:] == part[:-1])
    beside = cKDTree(points).query_pairs(_ONE_ROAD_M, output_type="ndarray")
    pairs = np.concatenate([np.column_stack([following, following + 1]), np.sort(beside, axis=1)])
    # Each pair once; as one number it is sorted out in half the time.
    low, high = np.divmod(np.unique(pairs[:, 0] * len(points) + pairs[:, 1]), len(points))
    links = np.column_stack([low, high])
    while True:
        graph = _graph(points, links)
        first = _distances(graph, 0)
        own, rest = np.flatnonzero(np.isfinite(first)), np.flatnonzero(np.isinf(first))
        if not len(rest):
            return graph, first
        gaps, nearest = cKDTree(points[own]).query(points[rest])
        closest = int(np.argmin(gaps))
        links = np.vstack([links, np.sort([own[nearest[closest]], rest[closest]])])


def _graph(points: NDArray[np.float64], links: NDArray[np.intp]) -> csr_array:
    """Return the lengths of links, both ways: a graph that is taken for directed needs no turning over."""
    one, two = links.T
    # A length of nothing would be no link: two points of two parts may be one.
    lengths = np.hypot(*(points[one] - points[two]).T) + 1e-6
    ways = (np.concatenate([one, two]), np.concatenate([two, one]))
    return csr_array((np.tile(lengths, 2), ways), shape=(len(points), len(points)))


def _distances(graph: csr_array, start: int) -> NDArray[np.float64]:
    return np.asarray(dijkstra(graph, indices=start))
