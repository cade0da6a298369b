"""Districts, facilities, places and addresses out of an OSM file."""

import numpy as np
import pytest
import shapely
from osm_town import at, write_osm

from geoplan.errors import InputError
from geoplan.layers.osm import osm_features

BORDER = {"type": "boundary", "boundary": "administrative"}


@pytest.fixture
def file(tmp_path):
    return write_osm(
        tmp_path / "t.osm.pbf",
        nodes={
            # a square of 10 cut in two by 2-5, with a lake 7 8 9 in the west
            1: (0, 0),
            2: (5, 0),
            3: (10, 0),
            4: (0, 10),
            5: (5, 10),
            6: (10, 10),
            7: (1, 1),
            8: (2, 1),
            9: (1, 2),
            # the grounds of a school, with the school's node and a kindergarten's on it
            10: (6, 6),
            11: (8, 6),
            12: (8, 8),
            13: (6, 8),
            14: ((7, 7), {"amenity": "school", "name": "№ 1"}),
            15: ((7, 6), {"amenity": "kindergarten", "capacity": "90", "operator:type": "private"}),
            16: ((3, 3), {"amenity": "ambulance_station"}),
            17: ((3, 4), {"amenity": "doctors", "addr:street": "Абая", "addr:housenumber": "7"}),
            18: ((3, 5), {"amenity": "cafe"}),
            19: ((40, 40), {"amenity": "hospital", "beds": "300", "name": "Far away"}),
            20: ((4, 4), {"place": "suburb", "name": "Самал", "name:en": "Samal", "old_name": "Old;Older"}),
            21: ((4, 5), {"place": "suburb"}),
            22: ((4, 6), {"addr:housenumber": "9"}),
        },
        ways={
            30: ([2, 1, 4, 5], {}),
            31: ([2, 3, 6, 5], {}),
            32: ([2, 5], {}),
            33: ([7, 8, 9, 7], {}),
            34: ([10, 11, 12, 13, 10], {"amenity": "school", "name": "№ 1", "capacity": "many"}),
            35: ([10, 11, 12, 13, 10], {"landuse": "residential", "name": "Айгерим-1"}),
            36: ([10, 99, 98], {"amenity": "hospital", "beds": "12"}),
        },
        relations={
            40: (
                [("w", 30, "outer"), ("w", 32, "outer"), ("w", 33, "inner")],
                BORDER | {"admin_level": "6", "name": "West"},
            ),
            41: (
                [("w", 31, "outer"), ("w", 32, "outer")],
                BORDER | {"admin_level": "6", "name:ru": "Восток"},
            ),
            42: (
                [("w", 31, "outer"), ("w", 77, "outer")],
                BORDER | {"admin_level": "7", "name": "Not closed"},
            ),
            43: (
                [("w", 31, "outer"), ("w", 32, "outer")],
                BORDER | {"admin_level": "six", "name": "Mistyped"},
            ),
        },
    )


def test_districts_are_the_boundaries_that_close_with_their_holes(file):
    found = osm_features(file, ["districts"])["districts"]
    assert found["osm_id"].tolist() == ["r40", "r41"]
    assert found["admin_level"].tolist() == [6, 6]
    assert found[["name", "name_ru"]].to_numpy().tolist() == [["West", ""], ["", "Восток"]]
    west, east = found.geometry
    lake = shapely.Polygon([at(1, 1), at(2, 1), at(1, 2)])
    assert west.equals(shapely.box(*at(0, 0), *at(5, 10)) - lake)
    assert east.equals(shapely.box(*at(5, 0), *at(10, 10)))


def test_facilities_are_points_each_once(file):
    found = osm_features(file, ["facilities"])["facilities"].set_index("osm_id")
    assert found["service"].to_dict() == {
        "n15": "kindergarten",
        "n16": "ambulance",
        "n17": "polyclinic",
        "n19": "hospital",
        # the school's node lies on its own grounds
        "w34": "school",
        # of the hospital the file holds one vertex
    }
    assert found.loc["w34"].geometry.equals_exact(shapely.Point(at(7, 7)), 1e-9)
    assert found["capacity"].dropna().to_dict() == {"n15": 90.0, "n19": 300.0}
    assert found.loc["n15", "owner"] == "private"
    assert found.loc["n17", "address"] == "Абая, 7"


def test_places_have_a_name_a_kind_and_how_far_they_reach(file):
    found = osm_features(file, ["places"])["places"].set_index("osm_id")
    assert found["name"].to_dict() == {"n20": "Самал", "w35": "Айгерим-1"}
    assert set(found["kind"]) == {"microdistrict"}
    assert found.loc["n20", "aliases"] == "Old|Older|Samal"
    assert np.isnan(found.loc["n20", "radius_m"])
    # from the middle of 160 m by 222 m to a corner
    assert found.loc["w35", "radius_m"] == pytest.approx(np.hypot(81.2, 111.1), abs=1.5)


def test_addresses_need_a_street_and_a_number(file):
    assert osm_features(file, ["addresses"])["addresses"]["address"].tolist() == ["Абая, 7"]


def test_only_what_lies_in_the_area_is_read(file):
    area = (*at(5, 5), *at(9, 9))
    found = osm_features(file, area=area)
    assert found["facilities"]["osm_id"].tolist() == ["n15", "w34"]
    assert found["places"]["osm_id"].tolist() == ["w35"]
    assert found["addresses"].empty
    # both touch the area, one along its border
    assert found["districts"]["osm_id"].tolist() == ["r40", "r41"]


def test_an_unknown_kind_and_a_broken_file_are_told(file):
    with pytest.raises(InputError, match="unknown kind of feature 'shops': known are districts, facilities"):
        osm_features(file, ["shops"])
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"t\.osm\.pbf: cannot be read: it is cut short"):
        osm_features(file)
