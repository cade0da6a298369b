import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given
from hypothesis import strategies as st
from made_up_town import write_districts, write_roads
from shapely.geometry import LineString

from geoplan.errors import InputError
from geoplan.layers._geoparquet import write_geoparquet
from geoplan.layers._segments import largest_part, simplify_lines, split_ways
from geoplan.layers.districts import read_districts
from geoplan.layers.streets import ROADS, read_streets

METRIC = "EPSG:32643"


def lines(*ways):
    return gpd.GeoSeries([LineString(way) for way in ways], crs="EPSG:4326")


def test_ways_are_cut_where_they_share_a_vertex_and_only_there():
    cross = lines(
        [(76.90, 43.20), (76.91, 43.20), (76.92, 43.20)],
        [(76.91, 43.19), (76.91, 43.20), (76.91, 43.21)],
        # crosses the first way without a vertex there: a bridge
        [(76.905, 43.19), (76.905, 43.21)],
    )
    segments = split_ways(cross, METRIC)
    assert segments.way.tolist() == [0, 0, 1, 1, 2]
    assert len(segments.nodes) == 7
    # the shared vertex is one node
    assert segments.v[0] == segments.u[1] == segments.v[2] == segments.u[3]


def test_a_vertex_that_a_way_uses_twice_is_a_junction():
    loop = lines([(76.90, 43.20), (76.91, 43.20), (76.91, 43.21), (76.90, 43.21), (76.91, 43.20)])
    segments = split_ways(loop, METRIC)
    assert len(segments.way) == 2
    assert segments.u[1] == segments.v[1]


def test_lengths_are_metres_along_the_line_and_repeated_vertices_give_no_segment():
    way = lines([(76.90, 43.20), (76.90, 43.20), (76.90, 43.21)])
    segments = split_ways(way, METRIC)
    assert len(segments.way) == 1
    # 0.01 degrees of latitude at 43 degrees north
    assert segments.length_m[0] == pytest.approx(1110.9, abs=0.5)
    assert segments.length_m[0] == pytest.approx(shapely.length(segments.lines)[0])


def test_the_ends_of_lines_are_exactly_the_nodes():
    ways = lines([(76.90, 43.20), (76.91, 43.205), (76.92, 43.20)], [(76.92, 43.20), (76.93, 43.20)])
    segments = split_ways(ways, METRIC)
    first = shapely.get_coordinates(shapely.get_point(segments.lines, 0))
    last = shapely.get_coordinates(shapely.get_point(segments.lines, -1))
    assert np.array_equal(first, segments.nodes[segments.u])
    assert np.array_equal(last, segments.nodes[segments.v])


@given(arcs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_the_largest_part_is_that_of_networkx(arcs):
    u, v, one_way = (np.array(column) for column in zip(*arcs, strict=True))
    graph = nx.DiGraph()
    for a, b, single in arcs:
        graph.add_edge(a, b)
        if not single:
            graph.add_edge(b, a)
    inside, size, nodes = largest_part(u, v, one_way.astype(bool))
    assert nodes == graph.number_of_nodes()
    assert size == max(len(part) for part in nx.strongly_connected_components(graph))
    kept = set(u[inside]) | set(v[inside])
    assert any(kept <= part for part in nx.strongly_connected_components(graph) if len(part) == size)


def test_simplifying_keeps_the_ends_and_never_makes_a_point_of_a_loop():
    nearly_straight = LineString([(0, 0), (50, 0.5), (100, 0)])
    tiny_loop = LineString([(0, 0), (0.5, 0), (0.5, 0.5), (0, 0)])
    simple = simplify_lines(np.array([nearly_straight, tiny_loop]), 1.0)
    assert list(simple[0].coords) == [(0, 0), (100, 0)]
    assert simple[1].equals(tiny_loop)


@pytest.fixture
def town(made_up):
    districts, _ = read_districts(made_up)
    streets, _, notes = read_streets(made_up / ROADS, districts=districts)
    return streets, notes


def test_modes_follow_the_class_of_the_street(town):
    streets, _ = town
    flags = streets.groupby("highway")[["drive", "walk", "wheelchair"]].agg(["all", "any"])
    assert flags.loc["footway"].tolist() == [False, False, True, True, True, True]
    assert flags.loc["steps"].tolist() == [False, False, True, True, False, False]
    # track_grade2 is highway=track
    assert flags.loc["track"].tolist() == [False, False, True, True, False, False]
    assert "unknown" not in streets["highway"].unique()


def test_each_mode_keeps_its_largest_part_and_the_rest_is_counted(town):
    streets, notes = town
    # nobody can drive back from it, everybody can walk back
    dead_end = streets[streets["name"] == "Dead end one way"].iloc[0]
    assert not dead_end["drive"]
    assert dead_end["walk"]
    assert "Island" not in streets["name"].to_numpy()
    told = next(note for note in notes if note.startswith("walk: "))
    assert told.startswith("walk: 8 of 10 junctions (80.0%) and 10 of 11 segments")
    assert told.endswith("1 segments (0 km) fall away")


def test_a_way_drawn_against_its_direction_is_turned_round(town):
    streets, _ = town
    back = streets[streets["name"] == "Back"]
    assert back["oneway"].all()
    west = back.iloc[0].geometry.coords[0]
    # drawn from (2, 2) to (1, 2), to be driven from (1, 2)
    assert west == (76.91, 43.22)


def test_a_street_that_a_footway_meets_is_cut_there(town):
    streets, _ = town
    assert len(streets[streets["name"] == "Yard"]) == 2


def test_geometry_and_nodes_agree_after_rounding(town):
    streets, _ = town
    ends = {}
    for row in streets.itertuples():
        for node, vertex in ((row.u, row.geometry.coords[0]), (row.v, row.geometry.coords[-1])):
            assert ends.setdefault(node, vertex) == vertex
    assert sorted(ends) == list(range(len(ends)))


def test_a_source_without_drivable_ways_is_refused(tmp_path):
    folder = tmp_path / "s"
    write_districts(folder)
    write_roads(folder, [("footway", None, "B", 0, [(0, 0), (1, 1)])])
    districts, _ = read_districts(folder)
    with pytest.raises(InputError, match=r"geofabrik_roads_almaty\.shp\.zip: no drivable way"):
        read_streets(folder / ROADS, districts=districts)


def test_geoparquet_reads_back_as_it_was_and_has_the_same_bytes_each_time(town, tmp_path):
    streets, _ = town
    write_geoparquet(streets, tmp_path / "a.parquet")
    write_geoparquet(streets, tmp_path / "b.parquet")
    back = gpd.read_parquet(tmp_path / "a.parquet")
    assert_geodataframe_equal(back, streets)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert b"geopandas" not in (tmp_path / "a.parquet").read_bytes()


def test_geoparquet_keeps_a_row_without_a_place(tmp_path):
    frame = gpd.GeoDataFrame(
        {"name": ["placed", "lost"]}, geometry=[shapely.Point(76.9, 43.2), None], crs="EPSG:4326"
    )
    write_geoparquet(frame, tmp_path / "f.parquet")
    back = gpd.read_parquet(tmp_path / "f.parquet")
    assert back.geometry.isna().tolist() == [False, True]
    assert back["name"].tolist() == ["placed", "lost"]


@pytest.mark.sources
def test_the_drivable_network_of_almaty_has_the_known_size(real_streets):
    streets, notes = real_streets
    alone = next(note for note in notes if note.startswith("drivable ways by themselves"))
    assert "33511 junctions, 80699 directed segments, largest strongly connected part 97.9%" in alone
    assert int(streets["walk"].sum()) == 56216
    assert int(streets["drive"].sum()) == 45733
    assert int(streets["wheelchair"].sum()) == 54235
    assert streets.loc[streets["highway"].isin(["steps", "path", "track"]), "wheelchair"].sum() == 0
    # the whole city: about 5,700 km of streets and paths
    assert streets["length_m"].sum() / 1000 == pytest.approx(5748, abs=5)


@pytest.mark.sources
def test_simplifying_moves_no_street_by_more_than_a_metre(real_streets):
    streets, _ = real_streets
    drawn = streets.to_crs(METRIC).length
    assert ((streets["length_m"] - drawn) < 0.05 * streets["length_m"] + 2).all()
    assert ((drawn - streets["length_m"]) < 0.2).all()
