"""Ways: the streets that a shortest route takes, their metres beside its cost, and their geometry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geoplan.errors import InputError
from geoplan.network.graph import cheapest
from geoplan.network.snap import Snap
from geoplan.network.times import CHUNK, point_ends, same_segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.times import Direction

__all__ = ["measured_rows", "routes"]

_NO_ARC = -9999  # what csgraph writes where a node has no predecessor


def measured_rows(
    network: Network, origins: Snap, destinations: Snap, *, direction: Direction = "from_facility"
) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
    """Cost from every origin to every destination and the metres of that same way, some origins at a time.

    Parameters
    ----------
    network, origins, destinations
        As in `rows`, where they are called facilities and points.
    direction
        `to_facility`: the ways that lead from each destination to the origins instead.

    Yields
    ------
    part, cost, metres
        Which origins, and two arrays (origins of the part, destinations); inf where there is no way. Cost is in the
        network's unit, as `rows` gives it; metres are those of the cheapest way, not of the shortest, with the straight
        metres between each point and its street.

    Notes
    -----
    The metres of a way are summed along the tree of predecessors by pointer doubling (Wyllie 1979): each pass doubles the
    length of the stretch that is summed, so a tree n arcs deep takes log2 n passes over all nodes at once.
    """
    if direction == "to_facility":
        network, origins, destinations = _backwards(network), _turned(origins), _turned(destinations)
    arcs = _Arcs.of(network, origins)
    in_metres = _in_metres(network)
    at, extra = point_ends(network, destinations, "from_facility")
    _, extra_m = point_ends(in_metres, destinations, "from_facility")
    o, d, direct = same_segment(network, origins, destinations, "from_facility")
    _, _, direct_m = same_segment(in_metres, origins, destinations, "from_facility")
    columns = np.arange(len(destinations))
    for start in range(0, len(origins), CHUNK):
        part = slice(start, min(start + CHUNK, len(origins)))
        reached, before = arcs.search(part)
        cost = np.empty((part.stop - part.start, len(destinations)))
        metres = np.empty_like(cost)
        for row in range(len(cost)):
            total = reached[row][at] + extra
            end = np.argmin(total, axis=0)
            cost[row] = total[end, columns]
            along = _sum_to_root(before[row], arcs.metres_into(before[row]))
            metres[row] = along[at[end, columns]] + extra_m[end, columns]
        here = np.flatnonzero((o >= part.start) & (o < part.stop))
        better = here[direct[here] <= cost[o[here] - part.start, d[here]]]
        cost[o[better] - part.start, d[better]] = direct[better]
        metres[o[better] - part.start, d[better]] = direct_m[better]
        metres[~np.isfinite(cost)] = np.inf
        yield part, cost, metres


def routes(network: Network, origins: Snap, destinations: Snap) -> gpd.GeoDataFrame:
    """Return the cheapest route from each origin to the destination at the same position.

    Parameters
    ----------
    network
        The streets of one mode.
    origins, destinations
        N points each.

    Returns
    -------
    geopandas.GeoDataFrame
        Index 0..N-1: cost (network's unit) and metres, both with the straight way between point and street; geometry
        (EPSG:4326), a LineString along the streets from the foot of one point to that of the other. Where there is no way
        cost and metres are inf and the geometry is empty. Metres come from the layer's lengths, which are measured before
        its lines are simplified.

    Raises
    ------
    InputError
        If there are not as many origins as destinations.
    """
    if len(origins) != len(destinations):
        msg = f"{len(origins)} origins and {len(destinations)} destinations: routes run between pairs"
        raise InputError(msg)
    arcs = _Arcs.of(network, origins)
    in_metres = _in_metres(network)
    at, extra = point_ends(network, destinations, "from_facility")
    _, extra_m = point_ends(in_metres, destinations, "from_facility")
    pairs = _own_pairs(network, origins, destinations)
    pairs_m = _own_pairs(in_metres, origins, destinations)
    cost, metres = np.full(len(origins), np.inf), np.full(len(origins), np.inf)
    lines = [shapely.LineString()] * len(origins)
    for start in range(0, len(origins), CHUNK):
        part = slice(start, min(start + CHUNK, len(origins)))
        reached, before = arcs.search(part)
        for i in range(part.start, part.stop):
            total = reached[i - start][at[:, i]] + extra[:, i]
            end = int(np.argmin(total))
            if pairs[i] <= total[end] and np.isfinite(pairs[i]):
                cost[i], metres[i] = pairs[i], pairs_m[i]
                pieces = [(origins.segment[i], origins.fraction[i], destinations.fraction[i])]
            elif np.isfinite(total[end]):
                path = arcs.path(before[i - start], int(at[end, i]))
                cost[i] = total[end]
                metres[i] = arcs.metres[path].sum() + extra_m[end, i]
                pieces = [(arcs.segment[a], arcs.begin[a], arcs.stop[a]) for a in path]
                pieces.append((destinations.segment[i], float(end), destinations.fraction[i]))
            else:
                continue
            lines[i] = _joined(network, pieces)
    frame = gpd.GeoDataFrame({"cost": cost, "metres": metres}, geometry=lines, crs=network.crs)
    return frame.to_crs("EPSG:4326")


@dataclass(frozen=True)
class _Arcs:
    """The arcs of the graph with one node more per origin, sorted by tail and head, of parallel ones the cheapest.

    Each arc runs along `segment` from the fraction `begin` to the fraction `stop`.
    """

    nodes: int
    first: int
    key: NDArray[np.int64]
    cost: NDArray[np.float64]
    metres: NDArray[np.float64]
    segment: NDArray[np.int64]
    begin: NDArray[np.float64]
    stop: NDArray[np.float64]

    @classmethod
    def of(cls, network: Network, origins: Snap) -> _Arcs:
        """Both ways of every segment where allowed, and from every origin to the ends of its segment."""
        back = np.flatnonzero(network.back)
        nodes = network.n_nodes + len(origins)
        seeds = network.n_nodes + np.arange(len(origins))
        at, extra = point_ends(network, origins, "to_facility")
        _, extra_m = point_ends(_in_metres(network), origins, "to_facility")
        ends = [(end, np.flatnonzero(np.isfinite(extra[end]))) for end in (0, 1)]
        whole, none = np.ones(len(network.u)), np.zeros(len(network.u))
        (from_u, from_v), (to_u, to_v), (turn_from, turn_to) = network.enter, network.leave, network.free
        # A turn is no stretch of any street: it has no metres, and begins where it stops.
        still = np.zeros(len(turn_from))
        tail = np.concatenate([from_u, from_v[back], turn_from, *(seeds[on] for _, on in ends)])
        head = np.concatenate([to_v, to_u[back], turn_to, *(at[end][on] for end, on in ends)])
        cost = np.concatenate(
            [network.cost, network.cost[back], still, *(extra[end][on] for end, on in ends)]
        )
        metres = np.concatenate(
            [network.length, network.length[back], still, *(extra_m[end][on] for end, on in ends)]
        )
        segment = np.concatenate(
            [
                np.arange(len(network.u)),
                back,
                still.astype(np.int64),
                *(origins.segment[on] for _, on in ends),
            ]
        )
        begin = np.concatenate([none, whole[back], still, *(origins.fraction[on] for _, on in ends)])
        stop = np.concatenate([whole, none[back], still, *(np.full(len(on), float(end)) for end, on in ends)])
        kept = cheapest(tail, head, cost)
        return cls(
            nodes=nodes,
            first=network.n_nodes,
            key=tail[kept] * nodes + head[kept],
            cost=np.maximum(cost[kept], 1e-9),
            metres=metres[kept],
            segment=segment[kept],
            begin=begin[kept],
            stop=stop[kept],
        )

    def search(self, part: slice) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Costs and predecessors from some origins: (origins of the part, nodes) each."""
        tail, head = np.divmod(self.key, self.nodes)
        graph = csr_array((self.cost, (tail, head)), shape=(self.nodes, self.nodes))
        seeds = self.first + np.arange(part.start, part.stop)
        return dijkstra(graph, directed=True, indices=seeds, return_predecessors=True)

    def metres_into(self, before: NDArray[np.int32]) -> NDArray[np.float64]:
        """Metres of the arc by which a search came to each node; 0 where it did not."""
        metres = np.zeros(self.nodes)
        come = np.flatnonzero(before != _NO_ARC)
        metres[come] = self.metres[
            np.searchsorted(self.key, before[come].astype(np.int64) * self.nodes + come)
        ]
        return metres

    def path(self, before: NDArray[np.int32], node: int) -> NDArray[np.int64]:
        """Arcs from the origin of a search to a node, in order."""
        nodes = [node]
        while before[nodes[-1]] != _NO_ARC:
            nodes.append(int(before[nodes[-1]]))
        way = np.asarray(nodes[::-1], dtype=np.int64)
        return np.searchsorted(self.key, way[:-1] * self.nodes + way[1:])


def _in_metres(network: Network) -> Network:
    """Return the same network with metres for cost, so that one code gives both."""
    return replace(network, cost=network.length, connector=1.0)


def _backwards(network: Network) -> Network:
    """Return the network with every street run backwards: a way in it is a way in the other, end for end."""
    return replace(
        network,
        u=network.v,
        v=network.u,
        lines=shapely.reverse(network.lines),
        turns=None if network.turns is None else network.turns.turned(),
    )


def _turned(points: Snap) -> Snap:
    """The same points on the streets of `_backwards`."""
    return Snap(segment=points.segment, fraction=1 - points.fraction, off_m=points.off_m)


def _own_pairs(network: Network, origins: Snap, destinations: Snap) -> NDArray[np.float64]:
    """Direct cost of each pair on one segment; inf where it is not on one, or not allowed along it."""
    o, d, direct = same_segment(network, origins, destinations, "from_facility")
    out = np.full(len(origins), np.inf)
    out[o[o == d]] = direct[o == d]
    return out


def _sum_to_root(before: NDArray[np.int32], value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of the values from each node to the root of its tree."""
    total = value.copy()
    above = np.where(before == _NO_ARC, np.arange(len(before)), before)
    total[before == _NO_ARC] = 0.0
    while True:
        further = above[above]
        if np.array_equal(further, above):
            return total
        # A root points to itself and holds 0, so that what is summed already is never added again.
        total = total + total[above]
        above = further


def _joined(
    network: Network, pieces: list[tuple[np.int64, float, float]] | list[tuple[int, float, float]]
) -> shapely.LineString:
    """One line from stretches of segments; empty where origin and destination share a foot."""
    parts = [
        shapely.get_coordinates(substring(network.lines[segment], begin, stop, normalized=True))
        for segment, begin, stop in pieces
        if begin != stop
    ]
    if not parts:
        return shapely.LineString()
    coords = np.concatenate(parts)
    moved = np.ones(len(coords), dtype=bool)
    moved[1:] = (np.diff(coords, axis=0) != 0).any(axis=1)
    return shapely.LineString(coords[moved]) if moved.sum() > 1 else shapely.LineString()
