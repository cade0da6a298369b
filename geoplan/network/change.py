"""Change: nearest facilities kept up as facilities come and go, searched only where something changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from geoplan.errors import InputError
from geoplan.network.snap import Snap
from geoplan.network.times import facility_ends, kept_ends, point_ends, same_segment, with_facilities

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geoplan.network.graph import Fan, Network
    from geoplan.network.times import Direction

__all__ = ["Standing", "standing"]


@dataclass(frozen=True)
class Standing:
    """The nearest of some facilities at every node and point, as `nearest` gives it, ready to be changed.

    `cost` and `which` are those of the points; positions in `facilities` stay as they are when one is removed, its place is
    off the network from then on. `node_cost` and `node_which` are the same at the nodes.
    """

    network: Network
    points: Snap
    direction: Direction
    facilities: Snap
    cost: NDArray[np.float64]
    which: NDArray[np.int64]
    node_cost: NDArray[np.float64]
    node_which: NDArray[np.int64]

    def added(self, facilities: Snap) -> Standing:
        """Return what stands with more facilities, which follow the others in position."""
        count = len(self.facilities)
        node_cost, node_which = self.node_cost.copy(), self.node_which.copy()
        at, extra = facility_ends(self.network, facilities, self.direction)
        names = np.broadcast_to(count + np.arange(len(facilities)), at.shape)
        changed = _lower(node_cost, node_which, at.ravel(), extra.ravel(), names.ravel())
        touched = _spread(self.network.fan(self.direction), node_cost, node_which, changed)
        both = Snap(
            segment=np.concatenate([self.facilities.segment, facilities.segment]),
            fraction=np.concatenate([self.facilities.fraction, facilities.fraction]),
            off_m=np.concatenate([self.facilities.off_m, facilities.off_m]),
        )
        new = replace(self, facilities=both, node_cost=node_cost, node_which=node_which)
        own = _marked(len(self.network.u), facilities.segment[facilities.on])[self.points.segment]
        return _at_points(new, np.flatnonzero(self._beside(touched) | own), facilities, count)

    def removed(self, positions: list[int]) -> Standing:
        """Return what stands without some facilities.

        Raises
        ------
        InputError
            If there is no facility at a position.
        """
        gone = np.unique(np.asarray(positions, dtype=np.int64))
        if len(gone) and not 0 <= gone[0] <= gone[-1] < len(self.facilities):
            msg = f"facility {gone[0] if gone[0] < 0 else gone[-1]}: there are {len(self.facilities)}"
            raise InputError(msg)
        segment = self.facilities.segment.copy()
        segment[gone] = -1
        left = replace(self.facilities, segment=segment)
        node_cost, node_which = self.node_cost.copy(), self.node_which.copy()
        leaves = _marked(len(self.facilities), gone)
        lost = np.flatnonzero(leaves[node_which])
        node_cost[lost], node_which[lost] = np.inf, -1
        into = self.network.turned if self.direction == "from_facility" else self.network.arcs
        # What is left reaches the lost nodes from outside them, or from a facility that stands among them.
        tail, head, cost = _rows_of(into, lost)
        changed = [_lower(node_cost, node_which, tail, node_cost[head] + cost, node_which[head])]
        at, extra = facility_ends(self.network, left, self.direction)
        names = np.broadcast_to(np.arange(len(left)), at.shape)
        among = _marked(self.network.n_nodes, lost)[at] & np.isfinite(extra)
        changed.append(_lower(node_cost, node_which, at[among], extra[among], names[among]))
        front = np.unique(np.concatenate(changed))
        _spread(self.network.fan(self.direction), node_cost, node_which, front)
        new = replace(self, facilities=left, node_cost=node_cost, node_which=node_which)
        again = np.flatnonzero(leaves[self.which])
        cost_all, which_all = self.cost.copy(), self.which.copy()
        cost_all[again], which_all[again] = np.inf, -1
        return _at_points(replace(new, cost=cost_all, which=which_all), again, left, 0)

    def _beside(self, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which points have one of some nodes at an end of their segment."""
        mark = _marked(self.network.n_nodes, nodes)
        (at_u, at_v), _ = kept_ends(self.network, self.points, self.direction)
        return self.points.on & (mark[at_u] | mark[at_v])


def standing(network: Network, facilities: Snap, points: Snap, *, direction: Direction) -> Standing:
    """Find the nearest facility of every point, kept so that facilities can be added and removed.

    Parameters
    ----------
    network, facilities, points, direction
        As in `nearest`.

    Notes
    -----
    A facility that comes changes a connected region round it, and one that goes leaves one: only their nodes are searched,
    a front of nodes at a time, each followed no further than it improves on what stands (label correcting; Bellman 1958).
    Costs are to the last bit those of a search afresh: both take the least of the same sums, added up in the same order.
    """
    count = len(facilities)
    node_cost = np.full(network.n_nodes, np.inf)
    node_which = np.full(network.n_nodes, -1, dtype=np.int64)
    if facilities.on.any():
        graph, seeds = with_facilities(network, facilities, direction)
        reached, _, source = dijkstra(
            graph, directed=True, indices=seeds, min_only=True, return_predecessors=True
        )
        node_cost = reached[: network.n_nodes]
        node_which = np.where(np.isfinite(node_cost), source[: network.n_nodes] - network.n_nodes, -1)
    empty = Standing(
        network=network,
        points=points,
        direction=direction,
        facilities=facilities,
        cost=np.full(len(points), np.inf),
        which=np.full(len(points), -1, dtype=np.int64),
        node_cost=node_cost,
        node_which=node_which.astype(np.int64),
    )
    return _at_points(empty, np.arange(len(points)), facilities, 0) if count else empty


def _at_points(now: Standing, some: NDArray[np.int64], facilities: Snap, first: int) -> Standing:
    """Work out some points anew; `facilities`, numbered from `first`, may share a segment with them."""
    points = now.points.take(some)
    at, extra = point_ends(now.network, points, now.direction)
    by = now.node_cost[at] + extra
    end = np.argmin(by, axis=0)
    column = np.arange(len(some))
    best, name = by[end, column], now.node_which[at[end, column]]
    f, p, direct = same_segment(now.network, facilities, points, now.direction)
    order = np.lexsort((f, -direct))
    f, p, direct = f[order], p[order], direct[order]
    better = direct < best[p]
    best[p[better]], name[p[better]] = direct[better], first + f[better]
    cost, which = now.cost.copy(), now.which.copy()
    lower = best < cost[some]
    cost[some[lower]], which[some[lower]] = best[lower], name[lower]
    return replace(now, cost=cost, which=which)


def _marked(count: int, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Marks of some of `count` positions, and one more that stands for -1 and is never marked."""
    mark = np.zeros(count + 1, dtype=bool)
    mark[positions] = True
    return mark


def _rows_of(
    arcs: csr_array, nodes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """All arcs of some rows: row, column, cost."""
    begin = arcs.indptr[nodes]
    counts = arcs.indptr[nodes + 1] - begin
    at = np.repeat(begin - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    return np.repeat(nodes, counts), arcs.indices[at].astype(np.int64), arcs.data[at]


def _lower(
    cost: NDArray[np.float64],
    which: NDArray[np.int64],
    nodes: NDArray[np.int64],
    offered: NDArray[np.float64],
    names: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Lower the costs of nodes to what is offered where that is less, in place; returns the nodes that changed."""
    better = offered < cost[nodes]
    nodes, offered, names = nodes[better], offered[better], names[better]
    order = np.lexsort((-offered, nodes))
    nodes, offered, names = nodes[order], offered[order], names[order]
    # The last write wins, and the order puts the cheapest last.
    cost[nodes], which[nodes] = offered, names
    return nodes[np.flatnonzero(np.diff(nodes, append=-1))]


def _spread(
    fan: Fan, cost: NDArray[np.float64], which: NDArray[np.int64], front: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Carry lower costs on from a front of nodes until none is lowered any more, in place; returns all nodes lowered."""
    touched = [front]
    while len(front):
        heads = fan.heads[front]
        offered = cost[front][:, None] + fan.costs[front]
        better = np.flatnonzero(offered < cost[heads])
        nodes, offer = heads.ravel()[better], offered.ravel()[better]
        names = which[front[better // fan.heads.shape[1]]]
        np.minimum.at(cost, nodes, offer)
        least = offer == cost[nodes]
        front = nodes[least]
        which[front] = names[least]
        touched.append(front)
    return np.concatenate(touched)
