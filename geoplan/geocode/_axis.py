"""A street as one line to measure along, however many carriageways, branches and gaps its drawing has."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["STEP_M", "Axis"]

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
        links = _links(self.points, part)
        first = _distances(self.points, links, 0)
        one = int(np.argmax(first))
        along = _distances(self.points, links, one)
        other = int(np.argmax(along))
        east, north = self.points[other] - self.points[one]
        self.west_east = bool(abs(east) > abs(north))
        if (east if self.west_east else north) > 0:
            along = _distances(self.points, links, other)
        self.along = along
        self.length = float(along.max())

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

    def middle(self, allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the place halfway between the first and the last step allowed: x, y."""
        steps = np.flatnonzero(allowed)
        return np.asarray(self.places[(steps[0] + steps[-1]) // 2], dtype=np.float64)

    def reach(self, place: NDArray[np.float64], allowed: NDArray[np.bool_]) -> float:
        """Return the distance from a place to the farthest step allowed, metres."""
        return float(np.hypot(*(self.places[allowed] - place).T).max())


def _links(points: NDArray[np.float64], part: NDArray[np.intp]) -> NDArray[np.intp]:
    """Join what follows on a line, what lies side by side, and, one by one, what is still apart."""
    following = np.flatnonzero(part[1:] == part[:-1])
    beside = cKDTree(points).query_pairs(_ONE_ROAD_M, output_type="ndarray")
    pairs = np.concatenate([np.column_stack([following, following + 1]), np.sort(beside, axis=1)])
    links = np.unique(pairs, axis=0)
    while True:
        count, cluster = connected_components(_graph(points, links), directed=False)
        if count == 1:
            return links
        own = np.flatnonzero(cluster == cluster[0])
        rest = np.flatnonzero(cluster != cluster[0])
        gaps, nearest = cKDTree(points[own]).query(points[rest])
        closest = int(np.argmin(gaps))
        links = np.vstack([links, np.sort([own[nearest[closest]], rest[closest]])])


def _graph(points: NDArray[np.float64], links: NDArray[np.intp]) -> coo_array:
    ends = points[links]
    # A length of nothing would be no link: two points of two parts may be one.
    lengths = np.hypot(*(ends[:, 0] - ends[:, 1]).T) + 1e-6
    return coo_array((lengths, (links[:, 0], links[:, 1])), shape=(len(points), len(points)))


def _distances(points: NDArray[np.float64], links: NDArray[np.intp], start: int) -> NDArray[np.float64]:
    return np.asarray(dijkstra(_graph(points, links).tocsr(), directed=False, indices=start))
