"""Our streets of the 2012 extract beside the graph that osmnx itself makes of the same file."""

import itertools
from collections import Counter
from types import SimpleNamespace

import networkx as nx
import numpy as np
import osmium
import osmnx
import pyproj
import pytest
import shapely
from osmium.osm.mutable import Node, Way
from scipy.sparse.csgraph import dijkstra

from geoplan.layers.osm.tags import posted_speed
from geoplan.layers.osm.ways import DRIVE
from geoplan.layers.streets import read_streets
from geoplan.network import build_network
from geoplan.standards import load_standards

pytestmark = pytest.mark.sources
METRIC = "EPSG:32643"


def drivable_xml(source, path):
    """Write the drivable ways of an extract as XML, cut where the file lacks a node (osmnx cannot read those)."""
    places = {
        node.id: (node.location.lon, node.location.lat)
        for node in osmium.FileProcessor(str(source), osmium.osm.NODE)
    }
    parts, number = [], 0
    for way in osmium.FileProcessor(str(source), osmium.osm.WAY):
        if way.tags.get("highway") not in DRIVE or way.tags.get("area") == "yes":
            continue
        part = []
        for ref in [*(node.ref for node in way.nodes), None]:
            if ref in places:
                part.append(ref)
                continue
            if len(part) > 1:
                number += 1
                parts.append(Way(id=number, version=1, nodes=part, tags=dict(way.tags)))
            part = []
    used = sorted({ref for part in parts for ref in part.nodes})
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for ref in used:
            writer.add_node(Node(id=ref, version=1, location=places[ref]))
        for part in parts:
            writer.add_way(part)


@pytest.fixture(scope="module")
def both(tmp_path_factory, sources):
    path = tmp_path_factory.mktemp("osm") / "drive.osm"
    drivable_xml(sources / "roads/osm_2012-03_almaty.osm.pbf", path)
    theirs = osmnx.graph_from_xml(path, bidirectional=False, simplify=False, retain_all=True)
    theirs = osmnx.truncate.largest_component(theirs, strongly=True)
    streets = read_streets(path).table
    streets = streets[streets["drive"]].reset_index(drop=True)
    # the same graph from our table: an edge each way, nodes at the ends of the lines
    ours = nx.MultiDiGraph(crs="epsg:4326")
    lines = streets.geometry.to_numpy()
    for end, name in ((0, "u"), (-1, "v")):
        for node, (x, y) in zip(
            streets[name], shapely.get_coordinates(shapely.get_point(lines, end)), strict=True
        ):
            ours.add_node(int(node), x=x, y=y)
    pairs = np.sort(streets[["u", "v"]].to_numpy(), axis=1)
    _, group, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    apart = (counts[group.ravel()] > 1) | (pairs[:, 0] == pairs[:, 1])
    for row in streets.itertuples():
        chain = [row.u, row.v]
        if apart[row.Index]:
            # two nodes on the way, as its vertices give osmnx, keep parallel streets and loops apart
            between = [len(streets) + 2 * row.Index, len(streets) + 2 * row.Index + 1]
            ours.add_nodes_from(between, x=0.0, y=0.0)
            chain = [row.u, *between, row.v]
        for way in (chain,) if row.oneway else (chain, chain[::-1]):
            for u, v in itertools.pairwise(way):
                ours.add_edge(u, v, length=row.length_m / (len(chain) - 1), osmid=row.Index)
    return SimpleNamespace(theirs=theirs, ours=ours, streets=streets)


def planar(graph):
    """Give the edges of a graph of single steps their length on the UTM plane; return the nodes' places."""
    nodes = list(graph.nodes)
    x, y = np.array([(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in nodes]).T
    xy = dict(
        zip(
            nodes,
            zip(*pyproj.Transformer.from_crs(4326, METRIC, always_xy=True).transform(x, y), strict=True),
            strict=True,
        )
    )
    for u, v, data in graph.edges(data=True):
        data["length"] = float(np.hypot(xy[u][0] - xy[v][0], xy[u][1] - xy[v][1]))
    return xy


def place(data):
    return float(round(data["x"], 7)), float(round(data["y"], 7))


def places(graph):
    return Counter(place(data) for _, data in graph.nodes(data=True))


def length(graph):
    return sum(data["length"] for *_, data in graph.edges(data=True))


def test_simplified_both_have_the_same_nodes_and_edges(both):
    theirs, ours = osmnx.simplify_graph(both.theirs), osmnx.simplify_graph(both.ours)
    assert (len(theirs), len(theirs.edges)) == (7866, 21906)
    assert (len(ours), len(ours.edges)) == (7866, 21906)
    assert places(ours) == places(theirs)


def test_the_total_length_is_theirs_within_a_thousandth_and_that_of_the_plane_within_a_millionth(both):
    # osmnx measures great circles on a sphere, we the UTM plane
    assert length(both.ours) == pytest.approx(length(both.theirs), rel=1e-3)
    graph = both.theirs.copy()
    planar(graph)
    assert length(both.ours) == pytest.approx(length(graph), rel=1e-6)


def test_times_between_random_junctions_are_theirs(both):
    standards = load_standards()
    table, default = standards.speeds.drive.by_class(), standards.speeds.drive.default
    graph = both.theirs.copy()
    planar(graph)
    for *_, data in graph.edges(data=True):
        speed = table.get(data["highway"], default)
        posted = posted_speed({"maxspeed": str(data.get("maxspeed", ""))})
        data["seconds"] = data["length"] / ((min(speed, posted) if posted else speed) / 3.6)
    by_place = {place(data): node for node, data in graph.nodes(data=True)}
    network = build_network(both.streets, "drive", standards=standards, crs=pyproj.CRS(METRIC))
    ours = np.unique(both.streets[["u", "v"]])
    theirs = [by_place[place(both.ours.nodes[node])] for node in ours]
    some = np.random.default_rng(8).choice(len(ours), size=4, replace=False)
    seconds = dijkstra(network.arcs, indices=ours[some])[:, ours]
    for row, start in enumerate(some):
        told = nx.single_source_dijkstra_path_length(graph, theirs[start], weight="seconds")
        expected = np.array([told[other] for other in theirs])
        # our lengths are rounded to a tenth of a metre a segment
        np.testing.assert_allclose(seconds[row], expected, rtol=2e-4, atol=0.1)
