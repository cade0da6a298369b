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
    Points are not split into it: routes run from junction to junction. Turn restrictions are not in it: such a graph has
    no place for them.
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
    passed = zip(
        network.u.tolist(), network.v.tolist(), network.length.tolist(), network.cost.tolist(),
        network.back.tolist(), lines, strict=True,
    )  # fmt: skip
    for segment, (u, v, length, cost, back, line) in enumerate(passed):
        shared = {"segment": segment, "length": length}
        if network.unit == "s":
            shared["travel_time"] = cost
        graph.add_edge(u, v, **shared, geometry=line, reversed=False)
        if back:
            graph.add_edge(v, u, **shared, geometry=line.reverse(), reversed=True)
    return graph
