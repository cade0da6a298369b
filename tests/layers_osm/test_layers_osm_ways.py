"""Streets from OSM's own files, on towns small enough to work out by hand."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from osm_town import at, write_osm
from shapely.geometry import box

from geoplan.errors import InputError
from geoplan.layers.osm.tags import REVERSIBLE, direction, posted_speed, way_row
from geoplan.layers.streets import read_streets
from geoplan.network import build_network, nearest, snap
from geoplan.standards import load_standards

HOME = {"highway": "residential"}
# a square of four corners, 1 2 / 4 3, all of whose sides are streets both ways
SQUARE = {1: (0, 4), 2: (4, 4), 3: (4, 0), 4: (0, 0)}
RING = {10: ([1, 2], HOME), 11: ([2, 3], HOME), 12: ([3, 4], HOME), 13: ([4, 1], HOME)}


def town(path, *, nodes=(), ways=(), relations=()):
    return write_osm(path, nodes=SQUARE | dict(nodes), ways=RING | dict(ways), relations=relations)


def ends(streets, place):
    """Number of the node at a place of the raster."""
    first = shapely.get_coordinates(shapely.get_point(streets.geometry.to_numpy(), 0))
    last = shapely.get_coordinates(shapely.get_point(streets.geometry.to_numpy(), -1))
    found = set(streets["u"][(first == at(*place)).all(axis=1)]) | set(
        streets["v"][(last == at(*place)).all(axis=1)]
    )
    (node,) = found
    return node


@pytest.mark.parametrize("suffix", ["osm.pbf", "osm"])
def test_pbf_and_xml_give_the_same_table(tmp_path, suffix):
    path = town(tmp_path / f"t.{suffix}", ways={20: ([1, 3], HOME | {"name": "Diagonal"})})
    streets = read_streets(path).table
    assert len(streets) == 5
    # 4 x 0.001 degrees of latitude on the ellipsoid at 43.2 degrees north, on the UTM plane
    side = streets[streets["name"] == ""]["length_m"].max()
    assert side == pytest.approx(444.4, abs=0.4)


def test_ways_that_cross_without_a_common_node_are_not_joined_even_at_one_place(tmp_path):
    # 5 and 6 lie at one place, one on a bridge, one under it: the ends of four streets that do not meet
    path = town(
        tmp_path / "t.osm.pbf",
        nodes={5: (2, 2), 6: (2, 2)},
        ways={20: ([1, 5, 3], HOME | {"bridge": "yes", "layer": "1"}), 21: ([2, 6, 4], HOME)},
    )
    streets = read_streets(path).table
    assert len(streets) == 6, "neither diagonal is cut"
    assert streets["bridge"].sum() == 1


def test_two_nodes_of_one_way_at_one_place_are_one_junction(tmp_path):
    path = town(
        tmp_path / "t.osm.pbf",
        nodes={5: (2, 2), 6: (2, 2), 7: (2, 3)},
        ways={20: ([1, 5], HOME), 21: ([5, 6], HOME), 22: ([6, 3], HOME)},
    )
    streets = read_streets(path).table
    assert len(streets) == 6
    assert (streets["length_m"] > 100).all()


def test_a_way_against_its_drawing_is_turned_round_and_a_reversible_one_shut(tmp_path):
    path = town(
        tmp_path / "t.osm.pbf",
        nodes={5: (3, 2)},
        ways={
            20: ([1, 5, 3], HOME | {"oneway": "-1", "name": "back"}),
            21: ([2, 4], HOME | {"oneway": "reversible", "name": "tidal"}),
        },
    )
    streets, _, notes = read_streets(path)
    back = streets[streets["name"] == "back"].iloc[0]
    assert back["oneway"]
    assert back["u"] == ends(streets, (4, 0))
    assert list(back.geometry.coords) == [at(4, 0), at(3, 2), at(0, 4)]
    tidal = streets[streets["name"] == "tidal"].iloc[0]
    assert (tidal["drive"], tidal["walk"]) == (False, True)
    assert "1 reversible ways are shut to cars: which way they run now is not known" in notes


@pytest.mark.parametrize(
    ("tags", "way"),
    [
        ({"highway": "primary"}, 0),
        ({"highway": "primary", "oneway": "yes"}, 1),
        ({"highway": "primary", "oneway": "-1"}, -1),
        ({"highway": "primary", "oneway": "reverse"}, -1),
        ({"highway": "primary", "oneway": "reversible"}, REVERSIBLE),
        ({"highway": "primary", "oneway": "alternating"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 0),
        ({"highway": "tertiary", "junction": "roundabout"}, 1),
        ({"highway": "tertiary", "junction": "circular"}, 1),
        ({"highway": "tertiary", "junction": "roundabout", "oneway": "-1"}, -1),
        ({"highway": "primary", "oneway": "yes", "oneway:motor_vehicle": "no"}, 0),
    ],
)
def test_direction(tags, way):
    assert direction(tags) == way


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        # drive, emergency, walk, wheelchair
        ({"highway": "residential"}, "DEWC"),
        ({"highway": "residential", "access": "private"}, "E"),
        ({"highway": "residential", "access": "no"}, ""),
        ({"highway": "residential", "access": "no", "emergency": "yes"}, "E"),
        ({"highway": "residential", "access": "no", "foot": "yes"}, "WC"),
        ({"highway": "service", "access": "customers"}, "DEWC"),
        ({"highway": "service", "access": "destination"}, "DEWC"),
        ({"highway": "service", "access": "emergency"}, "E"),
        ({"highway": "service", "service": "emergency_access"}, "EWC"),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, "DE"),
        ({"highway": "residential", "motor_vehicle": "no"}, "WC"),
        ({"highway": "residential", "motor_vehicle": "private"}, "EWC"),
        ({"highway": "service", "motor_vehicle": "psv"}, "EWC"),
        ({"highway": "residential", "emergency": "no", "motor_vehicle": "private"}, "WC"),
        ({"highway": "motorway"}, "DE"),
        ({"highway": "trunk", "motorroad": "yes"}, "DE"),
        ({"highway": "trunk"}, "DEWC"),
        ({"highway": "residential", "foot": "no"}, "DE"),
        ({"highway": "steps"}, "W"),
        ({"highway": "steps", "ramp:wheelchair": "yes"}, "WC"),
        ({"highway": "footway"}, "WC"),
        ({"highway": "footway", "emergency": "yes"}, "EWC"),
        ({"highway": "footway", "wheelchair": "no"}, "W"),
        ({"highway": "footway", "surface": "gravel"}, "W"),
        ({"highway": "residential", "surface": "dirt"}, "DEW"),
        ({"highway": "footway", "smoothness": "horrible"}, "W"),
        ({"highway": "path"}, "W"),
        ({"highway": "path", "surface": "asphalt"}, "WC"),
        ({"highway": "path", "wheelchair": "yes"}, "WC"),
        ({"highway": "pedestrian", "area": "yes"}, "WC"),
        ({"highway": "service", "area": "yes"}, "WC"),
        ({"highway": "construction"}, ""),
    ],
)
def test_who_may_use_a_way(tags, modes):
    row = way_row(tags)
    names = {"D": "drive", "E": "emergency", "W": "walk", "C": "wheelchair"}
    assert "".join(letter for letter, name in names.items() if row[name]) == modes


def wheelchair_metres(path, tags):
    """By wheelchair from the middle of the square's left side to the middle of its right one, across a way with tags."""
    town(
        path,
        nodes={5: (0, 2), 6: (4, 2)},
        ways={20: ([5, 6], tags), 13: ([4, 5, 1], HOME), 11: ([2, 6, 3], HOME)},
    )
    streets = read_streets(path).table
    network = build_network(streets, "wheelchair", standards=load_standards(), crs=pyproj.CRS("EPSG:32643"))
    (x, y), (x2, y2) = at(0, 2), at(4, 2)
    cost, _ = nearest(
        network, snap(network, [x], [y], limit=5), snap(network, [x2], [y2], limit=5), direction="to_facility"
    )
    return cost[0]


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "steps"},
        {"highway": "path"},
        {"highway": "track"},
        {"highway": "footway", "surface": "gravel"},
        {"highway": "footway", "surface": "asphalt", "smoothness": "very_bad"},
        {"highway": "residential", "surface": "unpaved"},
        {"highway": "residential", "wheelchair": "no"},
    ],
)
def test_a_wheelchair_goes_round_what_it_cannot_pass_by_class_or_surface(tmp_path, tags):
    straight = wheelchair_metres(tmp_path / "hard.osm", {"highway": "footway", "surface": "asphalt"})
    # 4 x 0.001 degrees of longitude are 325 m; round it, twice 222 m of latitude more
    assert straight == pytest.approx(325, abs=1)
    assert wheelchair_metres(tmp_path / "soft.osm", tags) == pytest.approx(325 + 444, abs=2)


def test_a_wheelchair_takes_a_path_or_a_track_of_a_hard_surface(tmp_path):
    for number, highway in enumerate(("path", "track")):
        found = wheelchair_metres(tmp_path / f"{number}.osm", {"highway": highway, "surface": "asphalt"})
        assert found == pytest.approx(325, abs=1)


@pytest.mark.parametrize(
    ("tags", "speed"),
    [
        ({"maxspeed": "60"}, 60),
        ({"maxspeed": "60 km/h"}, 60),
        ({"maxspeed": "5 mph"}, 8),
        ({"maxspeed": "KZ:urban"}, 0),
        ({"maxspeed": "none"}, 0),
        ({"maxspeed": "60;40"}, 0),
        ({}, 0),
        ({"maxspeed:forward": "60", "maxspeed:backward": "40"}, 40),
    ],
)
def test_posted_speed(tags, speed):
    assert posted_speed(tags) == speed


def restriction(number, members, kind, **more):
    return {number: (members, {"type": "restriction", "restriction": kind, **more})}


CROSS = {5: (2, 2)}
# four streets from the corners to the middle
SPOKES = {20: ([1, 5], HOME), 21: ([2, 5], HOME), 22: ([5, 3], HOME), 23: ([5, 4], HOME)}


def test_turn_restrictions_are_kept_as_nodes_of_the_layer(tmp_path):
    path = town(
        tmp_path / "t.osm.pbf",
        nodes=CROSS,
        ways=SPOKES,
        relations=restriction(1, [("w", 20, "from"), ("n", 5, "via"), ("w", 22, "to")], "no_straight_on")
        | restriction(2, [("w", 21, "from"), ("n", 5, "via"), ("w", 20, "to")], "only_left_turn"),
    )
    streets, turns, notes = read_streets(path)
    middle = ends(streets, (2, 2))
    expected = pd.DataFrame(
        {
            "from_u": [ends(streets, (0, 4)), ends(streets, (4, 4))],
            "via": middle,
            "to_v": [ends(streets, (4, 0)), ends(streets, (0, 4))],
            "kind": ["no", "only"],
        }
    )
    pd.testing.assert_frame_equal(
        turns, expected.sort_values(["from_u", "via", "to_v"], ignore_index=True), check_dtype=False
    )
    assert "2 turn restrictions kept" in notes


def test_restrictions_that_three_nodes_cannot_tell_are_counted_and_left_out(tmp_path):
    path = town(
        tmp_path / "t.osm.pbf",
        nodes=CROSS | {6: (1, 3)},
        ways=SPOKES | {24: ([1, 6, 5], HOME)},
        relations=restriction(1, [("w", 20, "from"), ("n", 5, "via"), ("w", 22, "to")], "no_straight_on")
        | restriction(2, [("w", 20, "from"), ("w", 21, "via"), ("w", 22, "to")], "no_u_turn")
        | restriction(
            3,
            [("w", 21, "from"), ("n", 5, "via"), ("w", 23, "to")],
            "no_straight_on",
            **{"except": "motorcar;psv"},
        )
        | restriction(4, [("w", 21, "from"), ("n", 5, "via")], "no_straight_on")
        | restriction(5, [("w", 21, "from"), ("n", 5, "via"), ("w", 99, "to")], "no_straight_on"),
    )
    _, turns, notes = read_streets(path)
    assert turns.empty
    for told in (
        "1 turn restrictions via a way are not kept",
        "1 turn restrictions for other vehicles or hours only are not kept",
        "1 turn restrictions without from, via or to are not kept",
        "1 turn restrictions name streets that are not driven here and are not kept",
        "1 turn restrictions that three nodes cannot tell from a free turn are not kept",
    ):
        assert told in notes


def test_a_way_of_which_nodes_are_missing_is_taken_in_its_parts(tmp_path):
    path = town(
        tmp_path / "t.osm.pbf", nodes={5: (1, 3)}, ways={20: ([1, 5, 77, 2, 3], HOME | {"name": "cut"})}
    )
    streets, _, notes = read_streets(path)
    assert notes[0] == "5 ways read; 1 lack nodes in the file and are taken in their parts"
    assert len(streets[streets["name"] == "cut"]) == 2


def test_ids_far_apart_take_several_passes_and_lose_nothing(tmp_path, monkeypatch):
    from geoplan.layers.osm import file

    monkeypatch.setattr(file, "_BLOCKS_A_PASS", 1)
    far = {5_000_000_001: (2, 2), 9_000_000_001: (2, 1)}
    ways = {20: ([1, 5_000_000_001, 3], HOME), 21: ([5_000_000_001, 9_000_000_001, 4], HOME)}
    streets = read_streets(town(tmp_path / "t.osm.pbf", nodes=far, ways=ways)).table
    assert len(streets) == 7
    assert ends(streets, (2, 2)) >= 0


def test_only_the_districts_surroundings_are_read_of_a_larger_file(tmp_path):
    far = {100: (900, 900), 101: (901, 900), 102: (901, 901)}
    ways = {30: ([100, 101, 102, 100], HOME | {"name": "another city"})}
    path = town(tmp_path / "t.osm.pbf", nodes=far, ways=ways)
    here = gpd.GeoDataFrame({"district": ["a"]}, geometry=[box(*at(-1, -1), *at(5, 5))], crs="EPSG:4326")
    streets, _, notes = read_streets(path, districts=here)
    assert "another city" not in set(streets["name"])
    assert notes[0] == "4 ways read"
    assert len(streets) == 4


def test_the_same_file_gives_the_same_table(tmp_path):
    path = town(tmp_path / "t.osm.pbf", nodes=CROSS, ways=SPOKES)
    one, two = read_streets(path).table, read_streets(path).table
    assert one.equals(two)
    assert np.array_equal(np.unique(one[["u", "v"]]), np.arange(5))


@pytest.fixture
def almaty():
    return gpd.GeoDataFrame({"district": ["a"]}, geometry=[box(76.9, 43.2, 76.91, 43.21)], crs="EPSG:4326")


def test_a_file_cut_in_half_is_refused_in_one_line(tmp_path, sources, almaty):
    path = town(tmp_path / "t.osm.pbf", nodes={n: (n % 50, n // 50) for n in range(100, 4000)})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(
        InputError, match=r"t\.osm\.pbf: cannot be read: it is cut short or no OSM file"
    ) as told:
        read_streets(path, districts=almaty)
    assert "\n" not in str(told.value)


def test_a_file_cut_between_two_blocks_reads_as_whole_but_is_doubted(tmp_path):
    doubt = "the file holds no relation, as every whole extract of a city does: is it cut short?"
    assert doubt in read_streets(town(tmp_path / "a.osm.pbf")).notes
    whole = restriction(1, [("w", 10, "from"), ("n", 2, "via"), ("w", 11, "to")], "no_left_turn")
    assert doubt not in read_streets(town(tmp_path / "b.osm.pbf", relations=whole)).notes


def test_streets_of_another_city_are_refused(tmp_path, almaty):
    path = town(tmp_path / "t.osm.pbf")
    elsewhere = almaty.assign(geometry=almaty.translate(-5.5, 8).to_numpy())
    with pytest.raises(
        InputError,
        match=r"no street lies in the districts: streets around 76\.90 43\.20, districts around 71",
    ):
        read_streets(path, districts=elsewhere)


def test_swapped_coordinates_are_told(tmp_path, almaty):
    path = tmp_path / "t.osm"
    town(path)
    swapped = re.sub(r'lat="([\d.]+)" lon="([\d.]+)"', r'lat="\2" lon="\1"', path.read_text())
    path.write_text(swapped)
    with pytest.raises(InputError, match="latitude and longitude are swapped"):
        read_streets(path, districts=almaty)


@pytest.mark.parametrize("name", ["t.osm.pbf", "t.osm", "t.osm.gz"])
def test_what_is_no_osm_file_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"not OSM at all, " * 20)
    with pytest.raises(InputError, match=r"cannot be read: it is (cut short or )?no OSM file"):
        read_streets(tmp_path / name)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none\.osm\.pbf: no such file"):
        read_streets(tmp_path / "none.osm.pbf")
