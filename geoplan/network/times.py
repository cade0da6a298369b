"""Times: what it costs to get between points on a network, from each or from the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoplan.network.graph import cheapest
from geoplan.network.hierarchy import swept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geoplan.network.graph import Network
    from geoplan.network.snap import Snap

__all__ = [
    "CHUNK",
    "Direction",
    "nearest",
    "node_costs",
    "point_ends",
    "rows",
    "same_segment",
    "with_facilities",
]

Direction = Literal["from_facility", "to_facility"]
# Metres or seconds within which a point is taken to stand on the junction itself, or on another point of its street:
# rounding of a fraction, no real distance.
_ONE_PLACE = 1e-6
CHUNK = 64
# An explicit zero can be read as "no arc" by csgraph: a facility on a junction still has its arc.
LEAST = 1e-9
# From so many searches on, sweeps over the hierarchy pay for making it; so many are swept together, as memory allows.
_SWEPT_FROM = 100
_SWEEP = 512


def nearest(
    network: Network, facilities: Snap, points: Snap, *, direction: Direction, limit: float = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cost between each point and its nearest facility, and which facility that is.

    Parameters
    ----------
    network
        The streets of one mode.
    facilities, points
        F facilities and P points on that network.
    direction
        `from_facility`: an ambulance comes to the point; `to_facility`: the person goes there. One-way streets make the
        two differ.
    limit
        Costs beyond it are not looked for.

    Returns
    -------
    cost, which
        P costs in the network's unit, both walks to the street counted, inf where no facility can be reached; P
        positions in `facilities`, -1 where none.

    Notes
    -----
    One Dijkstra search from all facilities at once, each joined to the street it stands on by its own arcs
    (scipy.sparse.csgraph, `min_only`); a facility and a point on one segment are compared directly too.
    """
    count = len(points)
    if not facilities.on.any():
        return np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    graph, seeds = with_facilities(network, facilities, direction)
    reached, _, source = dijkstra(
        graph, directed=True, indices=seeds, min_only=True, return_predecessors=True, limit=limit
    )
    at, extra = kept_ends(network, points, direction)
    # In place and by `take`: beside a search of some milliseconds every pass over the points counts.
    cost, by_v = reached.take(at[0]), reached.take(at[1])
    cost += extra[0]
    by_v += extra[1]
    end = np.where(by_v < cost, at[1], at[0])
    np.minimum(cost, by_v, out=cost)
    which = source.take(end).astype(np.int64)
    which -= network.n_nodes
    which[np.isinf(cost)] = -1
    f, p, direct = same_segment(network, facilities, points, direction)
    better = np.flatnonzero(direct < cost[p])
    # The last write wins, and this order puts the cheapest last.
    order = better[np.lexsort((f[better], -direct[better]))]
    cost[p[order]] = direct[order]
    which[p[order]] = f[order]
    if np.isfinite(limit):
        beyond = cost > limit
        cost[beyond], which[beyond] = np.inf, -1
    return cost, which


def rows(
    network: Network, facilities: Snap, points: Snap, *, direction: Direction, limit: float = np.inf
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Cost between every facility and every point, some facilities at a time.

    Yields
    ------
    part, cost
        Which facilities, and an array (facilities of the part, P): as in `nearest`, inf where not reached or beyond
        `limit`.
    """
    at, extra = kept_ends(network, points, direction)
    f, p, direct = same_segment(network, facilities, points, direction)
    # A facility off the network has a row too, of inf.
    for part, node, reached in _searches(network, facilities, at, direction, limit):
        cost = _at_points(reached, node[at], extra, limit)
        here = (f >= part.start) & (f < part.stop) & (direct <= limit)
        np.minimum.at(cost, (f[here] - part.start, p[here]), direct[here])
        yield part, cost


def _at_points(
    reached: NDArray[np.float64], ends: NDArray[np.int64], extra: NDArray[np.float64], limit: float
) -> NDArray[np.float64]:
    """Cost at each point by the cheaper of its two ends, inf beyond the limit.

    (F, P) of (F, nodes) costs, (2, P) ends and what they add.
    """
    if np.isfinite(limit):
        # A neighbourhood: most points have no end that any of the facilities reaches.
        near = np.flatnonzero(np.isfinite(reached.min(axis=0))[ends].any(axis=0))
        some = _at_points(reached, ends[:, near], extra[:, near], np.inf)
        some[some > limit] = np.inf
        cost = np.full((len(reached), ends.shape[1]), np.inf)
        cost[:, near] = some
        return cost
    cost = np.empty((len(reached), ends.shape[1]))
    by_v = np.empty(ends.shape[1])
    # A facility at a time and in place: one row stays in the processor's cache, a table of all of them does not.
    for row, own in zip(reached, cost, strict=True):
        row.take(ends[0], out=own, mode="clip")
        row.take(ends[1], out=by_v, mode="clip")
        np.add(own, extra[0], out=own)
        np.add(by_v, extra[1], out=by_v)
        np.minimum(own, by_v, out=own)
    return cost


def _searches(
    network: Network, facilities: Snap, ends: NDArray[np.int64], direction: Direction, limit: float
) -> Iterator[tuple[slice, NDArray[np.int64], NDArray[np.float64]]]:
    """Costs between some facilities at a time and the nodes `ends`: part, the column of each node, (part, columns).

    A search with a limit ends soon; many without one are swept over the hierarchy together.
    """
    count = len(facilities)
    if count < _SWEPT_FROM or np.isfinite(limit):
        graph, seeds = with_facilities(network, facilities, direction)
        nodes = np.arange(network.n_nodes)
        for start in range(0, count, CHUNK):
            part = slice(start, min(start + CHUNK, count))
            yield part, nodes, dijkstra(graph, directed=True, indices=seeds[part], limit=limit)
        return
    hierarchy = network.hierarchy if direction == "from_facility" else network.hierarchy.turned()
    at, extra = facility_ends(network, facilities, direction)
    for start in range(0, count, _SWEEP):
        stop = min(start + _SWEEP, count)
        node, cost = swept(hierarchy, at[:, start:stop], extra[:, start:stop], ends.ravel())
        for begin in range(start, stop, CHUNK):
            part = slice(begin, min(begin + CHUNK, stop))
            yield part, node, np.ascontiguousarray(cost[:, part.start - start : part.stop - start].T)


def node_costs(
    network: Network, origin: Snap, *, direction: Direction, limit: float = np.inf
) -> NDArray[np.float64]:
    """Cost between the nearest of some points and every node; (n_nodes,), inf where not reached or beyond `limit`."""
    graph, seeds = with_facilities(network, origin, direction)
    return dijkstra(graph, directed=True, indices=seeds, min_only=True, limit=limit)[: network.n_nodes]


def facility_ends(
    network: Network, facilities: Snap, direction: Direction
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nodes at the two ends of each facility's segment, and the cost of its own arc to them; as `point_ends`."""
    at, extra = point_ends(
        network, facilities, "to_facility" if direction == "from_facility" else "from_facility"
    )
    return at, np.maximum(extra, LEAST)


def with_facilities(
    network: Network, facilities: Snap, direction: Direction
) -> tuple[csr_array, NDArray[np.int64]]:
    """Return the graph with one node more per facility, and those nodes.

    Searches always run outwards from the facilities; people who go to a facility are searched on the turned graph.
    """
    arcs = network.arcs if direction == "from_facility" else network.turned
    count = len(facilities)
    at, extra = facility_ends(network, facilities, direction)
    joined = np.isfinite(extra)
    tail = np.concatenate([np.flatnonzero(joined[end]) for end in (0, 1)])
    head = np.concatenate([at[end][joined[end]] for end in (0, 1)])
    cost = np.concatenate([extra[end][joined[end]] for end in (0, 1)])
    # Nodes are numbered apart from facilities, so that no arc looks like a loop to `cheapest`.
    own = cheapest(tail, count + head, cost)
    # Nothing leads to a facility's own node: its arcs are rows put below those of the streets, which stay as they are.
    ends = arcs.nnz + np.cumsum(np.bincount(tail[own], minlength=count))
    graph = csr_array(
        (
            np.concatenate([arcs.data, cost[own]]),
            np.concatenate([arcs.indices, head[own].astype(arcs.indices.dtype)]),
            np.concatenate([arcs.indptr, ends.astype(arcs.indptr.dtype)]),
        ),
        shape=(network.n_nodes + count, network.n_nodes + count),
    )
    return graph, network.n_nodes + np.arange(count)


def point_ends(
    network: Network, points: Snap, direction: Direction
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nodes at the two ends of each point's segment, and the cost between them and the point.

    Arriving at a point (`from_facility`) from u runs along the segment, from v against it, which a one-way street
    forbids; leaving it (`to_facility`) is the other way about. Forbidden ends and points off the network cost inf.
    """
    on = points.on
    segment = np.where(on, points.segment, 0)
    full = network.cost[segment]
    along = points.fraction * full
    against = (1 - points.fraction) * full
    walk = np.where(on, points.off_m, 0) * network.connector
    back = network.back[segment]
    # A point that stands on a junction is at that end already, whichever way the street runs.
    if direction == "from_facility":
        cost = np.stack([along, np.where(back | (against <= _ONE_PLACE), against, np.inf)])
    else:
        cost = np.stack([np.where(back | (along <= _ONE_PLACE), along, np.inf), against])
    return _nodes_at(network, segment, np.stack([along, against]), direction), np.where(
        on, cost + walk, np.inf
    )


def _nodes_at(
    network: Network, segment: NDArray[np.int64], away: NDArray[np.float64], direction: Direction
) -> NDArray[np.int64]:
    """Nodes at which points on segments are reached, or which they reach, given how far the two ends are: (2, P)."""
    ends = np.stack([network.u[segment], network.v[segment]])
    if network.turns is None:
        return ends
    # On a junction itself every way out is open, whichever street the point was put on.
    own = network.turns.reached_at(ends) if direction == "from_facility" else network.turns.left_at(ends)
    at_u, at_v = network.turns.enter if direction == "from_facility" else network.turns.leave
    return np.where(away <= _ONE_PLACE, own, np.stack([at_u[segment], at_v[segment]]))


def kept_ends(
    network: Network, points: Snap, direction: Direction
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """`point_ends`, remembered on the points; do not change the arrays."""
    found = points.kept.get(direction)
    if found is None or found[0] is not network:
        found = points.kept[direction] = (network, *point_ends(network, points, direction))
    return found[1], found[2]


def same_segment(
    network: Network, facilities: Snap, points: Snap, direction: Direction
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Facility, point and direct cost of every pair that shares a segment and may be joined along it."""
    shared = np.zeros(len(network.u) + 1, dtype=bool)  # the last one stands for -1, off the network
    shared[facilities.segment[facilities.on]] = True
    near = np.flatnonzero(shared[points.segment])
    order = near[np.argsort(points.segment[near], kind="stable")]
    sorted_segments = points.segment[order]
    wanted = np.where(facilities.on, facilities.segment, -2)
    left = np.searchsorted(sorted_segments, wanted, side="left")
    counts = np.searchsorted(sorted_segments, wanted, side="right") - left
    f = np.repeat(np.arange(len(facilities)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    p = order[np.repeat(left, counts) + offset]
    segment = facilities.segment[f]
    ahead = points.fraction[p] - facilities.fraction[f]
    if direction == "to_facility":
        ahead = -ahead
    along = ahead * network.cost[segment]
    # Of two points on one spot neither is behind the other, whichever way the street runs.
    allowed = (along >= -_ONE_PLACE) | network.back[segment]
    cost = np.abs(along)
    cost = cost + (points.off_m[p] + facilities.off_m[f]) * network.connector
    return f[allowed], p[allowed], cost[allowed]
