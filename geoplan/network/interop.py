"""Interop: the streets of one mode as a networkx graph that osmnx plots and routes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from geoplan.network.graph import Network

__all__ = ["to_networkx"]


def to_networkx(network: Network) -> nx.MultiDiGraph:
    """Return the network as a MultiDiGraph in the form of osmnx, with the very costs that geoplan uses.

    Parameters
    ----------
    network
        The streets of one mode.

    Returns
    -------
    networkx.MultiDiGraph
        Graph attribute `crs` (EPSG:4326); nodes are the layer's junctions u, v with x, y in degrees; an edge for each
        direction in which a segment may be passed, with `length` (metres), `geometry` from u to v, `segment` (position in
        the network), `reversed`, and `travel_time` (seconds) where the mode drives. On foot the cost is `length`.

    Notes
    -----
    `osmnx.routing.shortest_path(graph, a, b, weight="travel_time")` and `osmnx.plot_graph(graph)` work on it as it is.
    Points are not split into it: routes run from junction to junction. Where turns are forbidden the junctions stay taken
    apart, so that routes obey: the added nodes have the place of their junction and its number in `junction`, the turns
    between them are edges of no length (`segment` -1). A route *to* such a junction ends at the junction's own node; one
    *from* it sets out at the node that the graph attribute `starts` gives for it: `graph.graph["starts"].get(a, a)`.
    """
    to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    coords = np.column_stack(to_degrees.transform(*shapely.get_coordinates(network.lines).T))
    lines = shapely.set_coordinates(network.lines.copy(), coords)
    graph = nx.MultiDiGraph(crs="EPSG:4326", mode=network.mode)
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    last = shapely.get_coordinates(shapely.get_point(lines, -1))
    for node, (x, y) in zip(
        np.concatenate([network.u, network.v]).tolist(), np.concatenate([first, last]).tolist(), strict=True
    ):
        graph.add_node(node, x=x, y=y)
    _add_turns(graph, network)
    passed = zip(
        *network.enter.tolist(), *network.leave.tolist(), network.length.tolist(), network.cost.tolist(),
        network.back.tolist(), lines, strict=True,
    )  # fmt: skip
    for segment, (from_u, from_v, to_u, to_v, length, cost, back, line) in enumerate(passed):
        shared = {"segment": segment, "length": length}
        if network.unit == "s":
            shared["travel_time"] = cost
        graph.add_edge(from_u, to_v, **shared, geometry=line, reversed=False)
        if back:
            graph.add_edge(from_v, to_u, **shared, geometry=line.reverse(), reversed=True)
    return graph


def _add_turns(graph: nx.MultiDiGraph, network: Network) -> None:
    """Add the nodes and the edges of no length that stand for the turns at junctions taken apart."""
    turns = network.turns
    if turns is None:
        return
    graph.graph["starts"] = dict(zip(turns.via.tolist(), turns.start.tolist(), strict=True))
    first, owner = int(turns.start.min()), turns.owner.tolist()
    for node, junction in enumerate(owner, first):
        graph.add_node(node, **graph.nodes[junction], junction=junction)
    for tail, head in zip(turns.tail.tolist(), turns.head.tolist(), strict=True):
        x, y = graph.nodes[tail]["x"], graph.nodes[tail]["y"]
        graph.add_edge(
            tail, head, segment=-1, length=0.0, travel_time=0.0,
            geometry=shapely.LineString([(x, y), (x, y)]), reversed=False,
        )  # fmt: skip
