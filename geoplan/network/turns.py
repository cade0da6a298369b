"""Turns: junctions taken apart where a turn is forbidden, so that any search obeys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Turns", "turns_of"]


@dataclass(frozen=True)
class Turns:
    """The S segments joined by turns instead of by shared nodes, at those junctions where a turn is forbidden.

    `enter` and `leave` are (2, S): the node from which a segment is entered, and at which it is left, at u and at v. The
    T arcs `tail` to `head` are the turns that are allowed; they cost nothing. `n_nodes` counts the added nodes too. A place
    on one of the K junctions `via` itself is reached at the node of `goal` at the same position and left at that of `start`.
    `owner` is the junction of each added node, in the order of their numbers.
    """

    n_nodes: int
    via: NDArray[np.int64]
    goal: NDArray[np.int64]
    start: NDArray[np.int64]
    owner: NDArray[np.int64]
    enter: NDArray[np.int64]
    leave: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]

    def reached_at(self, junctions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Nodes at which places on junctions of the layer are reached."""
        return self._at(junctions, self.goal)

    def left_at(self, junctions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Nodes from which places on junctions of the layer set out."""
        return self._at(junctions, self.start)

    def turned(self) -> Turns:
        """The same for a network whose segments run from v to u and are passed backwards."""
        return replace(
            self,
            goal=self.start,
            start=self.goal,
            enter=self.leave[::-1],
            leave=self.enter[::-1],
            tail=self.head,
            head=self.tail,
        )

    def _at(self, junctions: NDArray[np.int64], nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        at = np.minimum(np.searchsorted(self.via, junctions), len(self.via) - 1)
        return np.where(self.via[at] == junctions, nodes[at], junctions)


def turns_of(
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    back: NDArray[np.bool_],
    n_nodes: int,
    restrictions: pd.DataFrame,
) -> Turns | None:
    """Take apart the junctions at which a turn is forbidden.

    Parameters
    ----------
    u, v, back
        S segments: their ends, and whether they may be passed from v to u.
    n_nodes
        Nodes of the layer; added ones are numbered from there.
    restrictions
        from_u, via, to_v (nodes), kind: `no` forbids the turn, `only` all others of that approach.

    Returns
    -------
    Turns or None
        None if no restriction binds here. One whose approach or exit cannot be driven on these segments binds nothing.

    Notes
    -----
    Such a junction gets a node for every way in and one for every way out, and an arc for every allowed pair (Caldwell
    1961, at these junctions only). The junction's own node is reached by every way in and leads nowhere; one more node
    leads to every way out and to it: points that stand on the junction itself come from none of its streets.
    """
    count = len(u)
    segment = np.concatenate([np.arange(count), np.flatnonzero(back)])
    reversed_ = np.arange(len(segment)) >= count
    tails = np.where(reversed_, v[segment], u[segment])
    heads = np.where(reversed_, u[segment], v[segment])
    moves = set(zip(tails.tolist(), heads.tolist(), strict=True))
    banned: set[tuple[int, int, int]] = set()
    only: dict[tuple[int, int], set[int]] = {}
    named = (restrictions[name].tolist() for name in ("from_u", "via", "to_v", "kind"))
    for start, via, end, kind in zip(*named, strict=True):
        if (start, via) not in moves or (via, end) not in moves:
            continue
        if kind == "only":
            only.setdefault((start, via), set()).add(end)
        else:
            banned.add((start, via, end))
    split = sorted({via for _, via, _ in banned} | {via for _, via in only})
    if not split:
        return None
    enter, leave = np.stack([u, v]), np.stack([u, v])
    new = n_nodes
    starts: list[int] = []
    tail: list[int] = []
    head: list[int] = []
    for via in split:
        ways_in, ways_out, source = np.flatnonzero(heads == via), np.flatnonzero(tails == via), new
        starts.append(source)
        tail.append(source)
        head.append(via)
        # At v a street is left by passing it with its line, at u by passing it backwards; entered the other way about.
        first_in = source + 1
        first_out = first_in + len(ways_in)
        new = first_out + len(ways_out)
        for node, move in enumerate(ways_in.tolist(), first_in):
            leave[0 if reversed_[move] else 1, segment[move]] = node
            tail.append(node)
            head.append(via)
        for node, move in enumerate(ways_out.tolist(), first_out):
            enter[1 if reversed_[move] else 0, segment[move]] = node
            tail.append(source)
            head.append(node)
        for a, come in enumerate(ways_in.tolist(), first_in):
            start = int(tails[come])
            allowed = only.get((start, via))
            for b, go in enumerate(ways_out.tolist(), first_out):
                end = int(heads[go])
                if (start, via, end) not in banned and (allowed is None or end in allowed):
                    tail.append(a)
                    head.append(b)
    return Turns(
        n_nodes=new,
        via=np.array(split),
        goal=np.array(split),
        start=np.array(starts),
        owner=np.repeat(split, np.diff([*starts, new])),
        enter=enter,
        leave=leave,
        tail=np.array(tail),
        head=np.array(head),
    )
