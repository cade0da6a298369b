"""Hierarchy: the network with its junctions put in an order, so that many searches at once become sweeps over arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Hierarchy", "build_hierarchy", "swept"]


@dataclass(frozen=True)
class Hierarchy:
    """A customised contraction hierarchy of n nodes with A pairs of arcs.

    `rank` is each node's place in the order. The arcs of rank r stand at `first[r]` to `first[r + 1]`: `above` is the higher
    rank at the other end, `up` the cost of going there, `down` of coming from there. `parent` is the lowest rank above,
    -1 at a root: all that is above a node lies on its way to the root.
    """

    rank: NDArray[np.int64]
    first: NDArray[np.int64]
    above: NDArray[np.int64]
    up: NDArray[np.float64]
    down: NDArray[np.float64]
    parent: NDArray[np.int64]

    def turned(self) -> Hierarchy:
        """The same with every arc run backwards."""
        return replace(self, up=self.down, down=self.up)

    def upwards(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Some ranks and all on their ways to the root, rising."""
        seen = np.zeros(len(self.rank), dtype=bool)
        fresh = np.unique(ranks)
        while len(fresh):
            seen[fresh] = True
            fresh = self.parent[fresh]
            fresh = np.unique(fresh[fresh >= 0])
            fresh = fresh[~seen[fresh]]
        return np.flatnonzero(seen)


def build_hierarchy(arcs: csr_array) -> Hierarchy:
    """Order the nodes of a graph and add the short cuts that replace each node by arcs among those above it.

    Parameters
    ----------
    arcs
        (n, n) directed adjacency, costs above 0.

    Notes
    -----
    Customizable contraction hierarchies (Dibbelt, Strasser & Wagner 2016): taking nodes out one after another and joining
    their neighbours is what elimination does to a symmetric matrix, so order and short cuts come from scipy's sparse
    factorisation (SuperLU, minimum degree) of a matrix with the graph's pattern. Its entries cannot cancel: the matrix is
    diagonally dominant with no positive entry off the diagonal. Short cuts then get the least cost over their lower
    triangles, from the lowest rank upwards.
    """
    n = arcs.shape[0]
    coo = arcs.tocoo()
    tail, head = coo.row.astype(np.int64), coo.col.astype(np.int64)
    rank, first, above = _order(tail, head, n)
    below = np.repeat(np.arange(n), np.diff(first))
    key = below * n + above
    up, down = np.full(len(key), np.inf), np.full(len(key), np.inf)
    here, there = rank[tail], rank[head]
    at = np.searchsorted(key, np.minimum(here, there) * n + np.maximum(here, there))
    rising = here < there
    up[at[rising]] = coo.data[rising]
    down[at[~rising]] = coo.data[~rising]
    parent = np.full(n, -1, dtype=np.int64)
    some = np.flatnonzero(np.diff(first))
    parent[some] = above[first[some]]
    _relax_triangles(n, first, above, key, _levels(parent)[below], up, down)
    return Hierarchy(rank=rank, first=first, above=above, up=up, down=down, parent=parent)


def swept(
    hierarchy: Hierarchy,
    starts: NDArray[np.int64],
    extra: NDArray[np.float64],
    ends: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cost from each of S places to every end, all at once.

    Parameters
    ----------
    hierarchy
        Of the network.
    starts, extra
        (k, S) nodes by which each place joins the network, and what it costs to get to them; inf: it does not.
    ends
        Nodes whose costs are wanted.

    Returns
    -------
    row, cost
        (n,) the row of `cost` that holds each node, -1 for nodes that were not asked for; (rows, S) costs, inf where there
        is no way.

    Notes
    -----
    One sweep up from the starts and one down to the ends, each node once for all S places (PHAST and RPHAST; Delling,
    Goldberg, Nowatzyk & Werneck 2011).
    """
    h = hierarchy
    joined = np.isfinite(extra)
    rising = h.upwards(h.rank[starts[joined]])
    falling = h.upwards(h.rank[ends])
    active = np.union1d(rising, falling)
    place = np.full(len(h.rank), -1, dtype=np.int64)
    place[active] = np.arange(len(active))
    cost = np.full((len(active), starts.shape[1]), np.inf)
    column = np.broadcast_to(np.arange(starts.shape[1]), starts.shape)
    np.minimum.at(cost, (place[h.rank[starts[joined]]], column[joined]), extra[joined])
    first, above = h.first.tolist(), place[h.above]
    for rank in rising.tolist():
        begin, end = first[rank], first[rank + 1]
        if begin < end:
            upper = above[begin:end]
            cost[upper] = np.minimum(cost[upper], cost[place[rank]] + h.up[begin:end, None])
    for rank in falling[::-1].tolist():
        begin, end = first[rank], first[rank + 1]
        if begin < end:
            through = cost[above[begin:end]]
            through += h.down[begin:end, None]
            own = cost[place[rank]]
            np.minimum(own, through.min(axis=0), out=own)
    return place[h.rank], cost


def _order(
    tail: NDArray[np.int64], head: NDArray[np.int64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rank of each node; and of each rank its higher neighbours, short cuts among them: (n + 1) positions, ranks."""
    pattern = csr_array((np.ones(len(tail)), (tail, head)), shape=(n, n))
    pattern = ((pattern + pattern.T) > 0).astype(np.float64)
    degree = np.asarray(pattern.sum(axis=1)).ravel()
    matrix = csc_array(diags_array(degree + 1) - pattern)
    factor = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    lower = csc_array(factor.L)
    lower.sort_indices()
    below = np.repeat(np.arange(n), np.diff(lower.indptr))
    above = lower.indices.astype(np.int64)
    off = above > below
    first = np.concatenate([[0], np.cumsum(np.bincount(below[off], minlength=n))])
    return factor.perm_c.astype(np.int64), first, above[off]


def _levels(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Height of each rank in the tree of parents: higher than everything below it."""
    level = [0] * len(parent)
    for rank, over in enumerate(parent.tolist()):
        if over >= 0 and level[over] <= level[rank]:
            level[over] = level[rank] + 1
    return np.asarray(level, dtype=np.int64)


def _relax_triangles(
    n: int,
    first: NDArray[np.int64],
    above: NDArray[np.int64],
    key: NDArray[np.int64],
    level: NDArray[np.int64],
    up: NDArray[np.float64],
    down: NDArray[np.float64],
) -> None:
    """Give every arc the least cost over the triangles below it, in place; ranks of one level do not touch each other."""
    arc = np.arange(len(key))
    later = first[key // max(n, 1) + 1] - arc - 1
    one = np.repeat(arc, later)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(later) - later, later)
    order = np.argsort(level[one], kind="stable")
    one, other = one[order], other[order]
    third = np.searchsorted(key, above[one] * n + above[other])
    cuts = np.flatnonzero(np.diff(level[one], prepend=-1, append=-1))
    for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        a, b, c = one[begin:end], other[begin:end], third[begin:end]
        np.minimum.at(up, c, down[a] + up[b])
        np.minimum.at(down, c, down[b] + up[a])
