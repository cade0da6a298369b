"""Streets from tables in Geofabrik's layout and from graphs of osmnx, and what is wrong with them."""

import zipfile

import geopandas as gpd
import networkx as nx
import osmnx
import pytest
import shapely
from osm_town import at, write_osm
from shapely.geometry import LineString, Point, box

from geoplan.errors import InputError
from geoplan.layers.streets import read_streets

COLUMNS = ["fclass", "name", "oneway", "maxspeed", "bridge", "tunnel"]
ROADS = [
    ("residential", "Main", "B", 40, "F", "F", [(0, 0), (4, 0)]),
    ("residential", "Back", "T", 0, "F", "F", [(4, 0), (4, 4)]),
    ("track_grade3", None, "B", 0, "T", "F", [(4, 4), (0, 4)]),
    ("residential", None, "B", 0, "F", "F", [(0, 4), (0, 0)]),
    ("residential", None, "B", 0, "F", "T", [(0, 4), (4, 0)]),
    ("residential", None, "B", 0, "F", "F", [(0, 4), (4, 4)]),
]


def roads():
    return gpd.GeoDataFrame(
        [row[:6] for row in ROADS],
        columns=COLUMNS,
        geometry=[LineString([at(*vertex) for vertex in row[6]]) for row in ROADS],
        crs="EPSG:4326",
    )


def district(**moved):
    shape = box(*at(-1, -1), *at(5, 5))
    return gpd.GeoDataFrame(
        {"district": ["a"]}, geometry=[shapely.affinity.translate(shape, **moved)], crs="EPSG:4326"
    )


def zipped(folder, keep=lambda _name: True):
    roads().to_file(folder / "gis_osm_roads_free_1.shp", encoding="utf-8")
    path = folder / "roads.shp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.glob("gis_osm_roads_free_1.*")):
            if keep(part.suffix):
                archive.write(part, part.name)
    return path


@pytest.fixture
def expected(tmp_path):
    roads().to_file(tmp_path / "expected.gpkg", layer="roads")
    return read_streets(tmp_path / "expected.gpkg").table


def test_a_zip_a_shapefile_a_geopackage_and_a_parquet_give_the_same_streets(tmp_path, expected):
    path = zipped(tmp_path)
    roads().to_parquet(tmp_path / "roads.parquet")
    roads().to_crs("EPSG:3857").to_file(tmp_path / "mercator.gpkg")
    assert len(expected) == 6
    assert expected.groupby("name")["oneway"].all()["Back"]
    for file in (path, tmp_path / "gis_osm_roads_free_1.shp", tmp_path / "roads.parquet"):
        assert read_streets(file, districts=district()).table.equals(expected), file.name
    other = read_streets(tmp_path / "mercator.gpkg", districts=district()).table
    assert other["length_m"].tolist() == expected["length_m"].tolist()


def test_of_several_layers_the_one_of_roads_is_taken(tmp_path, expected):
    path = tmp_path / "kazakhstan.gpkg"
    gpd.GeoDataFrame({"fclass": ["city"]}, geometry=[Point(76.9, 43.2)], crs="EPSG:4326").to_file(
        path, layer="gis_osm_places_free_1"
    )
    roads().to_file(path, layer="gis_osm_roads_free_1")
    assert read_streets(path).table.equals(expected)
    roads().to_file(path, layer="again")
    with pytest.raises(InputError, match=r"kazakhstan\.gpkg: several layers have the columns of streets"):
        read_streets(path)


@pytest.mark.parametrize("form", ["shp", "zip"])
def test_a_shapefile_without_its_dbf_is_told(tmp_path, form):
    path = zipped(tmp_path, keep=lambda suffix: suffix != ".dbf")
    if form == "shp":
        path = tmp_path / "gis_osm_roads_free_1.shp"
        path.with_suffix(".dbf").unlink()
    with pytest.raises(InputError, match=r"gis_osm_roads_free_1\.dbf is missing, which holds the columns"):
        read_streets(path)


def test_a_missing_column_is_told(tmp_path):
    path = tmp_path / "roads.gpkg"
    roads().drop(columns=["maxspeed", "tunnel"]).to_file(path)
    with pytest.raises(InputError, match=r"roads\.gpkg: column missing: maxspeed, tunnel"):
        read_streets(path)


def test_a_table_without_crs_or_lines_is_told(tmp_path):
    roads().set_crs(None, allow_override=True).to_file(tmp_path / "bare.gpkg")
    with pytest.raises(InputError, match=r"bare\.gpkg: has no coordinate reference system"):
        read_streets(tmp_path / "bare.gpkg")
    roads().set_geometry(shapely.centroid(roads().geometry.to_numpy()), crs="EPSG:4326").to_file(
        tmp_path / "points.gpkg"
    )
    with pytest.raises(InputError, match=r"points\.gpkg: holds no lines"):
        read_streets(tmp_path / "points.gpkg")


def test_streets_of_another_city_and_swapped_ones_are_told_apart(tmp_path):
    roads().to_file(tmp_path / "roads.gpkg")
    with pytest.raises(InputError, match=r"no street lies in the districts: streets around 76\.90 43\.20"):
        read_streets(tmp_path / "roads.gpkg", districts=district(xoff=-5))
    turned = roads().set_geometry(shapely.transform(roads().geometry.to_numpy(), lambda xy: xy[:, ::-1]))
    turned.set_crs("EPSG:4326").to_file(tmp_path / "turned.gpkg")
    with pytest.raises(
        InputError, match=r"turned\.gpkg: latitude and longitude are swapped: 43\.2000 76\.9000"
    ):
        read_streets(tmp_path / "turned.gpkg", districts=district())


def test_a_file_of_something_else_is_told(tmp_path):
    (tmp_path / "roads.gpkg").write_bytes(b"no database")
    with pytest.raises(InputError, match=r"roads\.gpkg: cannot be read") as told:
        read_streets(tmp_path / "roads.gpkg")
    assert "\n" not in str(told.value)
    with pytest.raises(InputError, match=r"none\.gpkg: source file is missing"):
        read_streets(tmp_path / "none.gpkg")


# Graphs of osmnx

HOME = {"highway": "residential"}


@pytest.fixture
def town(tmp_path):
    """A square with a bent diagonal, a one-way street, a lane beside it and a loop."""
    return write_osm(
        tmp_path / "town.osm",
        nodes={1: (0, 4), 2: (4, 4), 3: (4, 0), 4: (0, 0), 5: (1, 3), 6: (2, 5), 7: (6, 4), 8: (6, 6)},
        ways={
            10: ([1, 2], HOME),
            11: ([2, 3], HOME | {"oneway": "yes", "name": "One way", "maxspeed": "40"}),
            12: ([3, 4], HOME | {"bridge": "yes"}),
            13: ([4, 1], HOME),
            14: ([1, 5, 3], HOME),
            15: ([1, 6, 2], HOME),
            16: ([2, 7, 8, 2], HOME),
        },
    )


@pytest.mark.parametrize("simplified", [False, True])
def test_a_graph_of_osmnx_gives_the_streets_of_its_file(tmp_path, town, simplified):
    graph = osmnx.graph_from_xml(town, simplify=simplified, retain_all=True)
    osmnx.save_graphml(graph, tmp_path / "town.graphml")
    theirs, of_file = read_streets(tmp_path / "town.graphml"), read_streets(town)
    ours = of_file.table[of_file.table["drive"]]
    assert theirs.restrictions is None
    assert theirs.table["length_m"].sum() == pytest.approx(ours["length_m"].sum(), abs=0.5)
    assert theirs.table["oneway"].sum() == ours["oneway"].sum() == 1
    one_way = theirs.table[theirs.table["oneway"]].iloc[0]
    assert one_way[["name", "maxspeed_kmh"]].tolist() == ["One way", 40]
    assert one_way.geometry.coords[0] == at(4, 4)
    assert theirs.table["bridge"].sum() == 1
    # unsimplified, every vertex is a node; simplified, the side that ends nowhere else runs on into its neighbour
    assert len(theirs.table) == (11 if not simplified else 6)


def test_a_graph_in_metres_comes_back_to_degrees(tmp_path, town):
    graph = osmnx.project_graph(osmnx.graph_from_xml(town, retain_all=True))
    osmnx.save_graphml(graph, tmp_path / "metres.graphml")
    assert read_streets(tmp_path / "metres.graphml", districts=district()).table.total_bounds[
        0
    ] == pytest.approx(76.9)


def test_what_is_no_graph_of_osmnx_is_told(tmp_path):
    nx.write_graphml(nx.path_graph(3), tmp_path / "path.graphml")
    (tmp_path / "text.graphml").write_text("<graphml>")
    for name in ("path", "text"):
        with pytest.raises(InputError, match=rf"{name}\.graphml: is no graph of osmnx") as told:
            read_streets(tmp_path / f"{name}.graphml")
        assert "\n" not in str(told.value)
