"""Runs: the stretches of streets that a search reaches within a limit, and what is left of it along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.snap import Snap
    from geoplan.network.times import Direction

__all__ = ["Runs", "street_runs", "vertices"]


@dataclass(frozen=True)
class Runs:
    """R stretches of segments, each passed one way.

    `start` and `stop` are fractions of the segment from u; `left` is what is left of the limit at `start`, `price` what
    the whole segment costs.
    """

    segment: NDArray[np.int64]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    left: NDArray[np.float64]
    price: NDArray[np.float64]

    def until(self, rest: float) -> Runs:
        """The parts on which at least `rest` of the limit is left."""
        return self._cut(self.start, self._where(rest))

    def beyond(self, rest: float) -> Runs:
        """The parts on which less than `rest` of the limit is left."""
        return self._cut(self._where(rest), self.stop)

    def _where(self, rest: float) -> NDArray[np.float64]:
        """Where on each run just `rest` is left; its start or its stop if that is nowhere on it."""
        share = np.clip((self.left - rest) / self.price, 0, np.abs(self.stop - self.start))
        return self.start + np.sign(self.stop - self.start) * share

    def _cut(self, start: NDArray[np.float64], stop: NDArray[np.float64]) -> Runs:
        some = np.flatnonzero(start != stop)
        gone = np.abs(start - self.start) * self.price
        return Runs(
            segment=self.segment[some],
            start=start[some],
            stop=stop[some],
            left=(self.left - gone)[some],
            price=self.price[some],
        )


def street_runs(
    network: Network, origin: Snap, to_node: NDArray[np.float64], limit: float, direction: Direction
) -> Runs:
    """Runs reached within a limit: from both ends of every segment inwards, and from each point along its own.

    Parameters
    ----------
    network, origin
        Points on a network.
    to_node
        (n_nodes,) cost between the nearest of the points and each node, in that direction.
    limit
        Cost in the network's unit.
    direction
        `from_facility`: away from the points; `to_facility`: towards them, so that streets are passed backwards.
    """
    towards = direction == "to_facility"
    every = np.arange(len(network.u))
    with_line, against = network.back | (not towards), network.back | towards
    at_u, at_v = network.leave if towards else network.enter
    from_u = np.where(with_line, limit - to_node[at_u], -np.inf)
    from_v = np.where(against, limit - to_node[at_v], -np.inf)
    # Each side counts up to where the other comes as cheaply: no stretch is told twice.
    met = _met(from_u, from_v, network.cost)
    parts = [
        _runs(network, every, np.zeros(len(every)), met, from_u),
        _runs(network, every, np.ones(len(every)), met, from_v),
    ]
    on = np.flatnonzero(origin.on)
    own = origin.segment[on]
    left = limit - origin.off_m[on] * network.connector
    for end, allowed in ((1.0, with_line[own]), (0.0, against[own])):
        far = np.full(len(own), end)
        parts.append(_runs(network, own, origin.fraction[on], far, np.where(allowed, left, -np.inf)))
    names = ("segment", "start", "stop", "left", "price")
    return Runs(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _met(
    from_u: NDArray[np.float64], from_v: NDArray[np.float64], price: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where on each segment as much is left coming from u as from v; an end where one side is not reached."""
    u, v = np.maximum(from_u, 0), np.maximum(from_v, 0)
    met = np.clip((1 + (u - v) / np.maximum(price, 1e-9)) / 2, 0, 1)
    return np.where(v <= 0, 1.0, np.where(u <= 0, 0.0, met))


def _runs(
    network: Network,
    segment: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    left: NDArray[np.float64],
) -> Runs:
    price = np.maximum(network.cost[segment], 1e-9)
    share = np.minimum(np.abs(end - begin), np.maximum(left, 0) / price)
    some = np.flatnonzero((left > 0) & (share > 0))
    stop = begin + np.where(end > begin, share, -share)
    return Runs(segment=segment[some], start=begin[some], stop=stop[some], left=left[some], price=price[some])


def vertices(
    network: Network, runs: Runs
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """The corners of each run in the order in which it is passed, both ends among them.

    Returns
    -------
    xy, left, owner
        (N, 2) metres; N: what is left of the limit there; N: which run, rising.
    """
    lines = network.lines[runs.segment]
    if not len(lines):
        return np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.int64)
    coords, owner = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(coords, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(np.where(np.diff(owner) == 0, step, 0.0))])
    along -= along[np.searchsorted(owner, np.arange(len(lines)))][owner]
    share = along / np.maximum(shapely.length(lines), 1e-9)[owner]
    low, high = np.minimum(runs.start, runs.stop), np.maximum(runs.start, runs.stop)
    inside = (share > low[owner]) & (share < high[owner])
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(lines, fraction, normalized=True))
        for fraction in (runs.start, runs.stop)
    ]
    which = np.arange(len(lines))
    xy = np.concatenate([ends[0], coords[inside], ends[1]])
    index = np.concatenate([which, owner[inside], which])
    place = np.concatenate([runs.start, share[inside], runs.stop])
    gone = np.abs(place - runs.start[index])
    order = np.lexsort((gone, index))
    left = runs.left[index] - gone * runs.price[index]
    return xy[order], left[order], index[order]
