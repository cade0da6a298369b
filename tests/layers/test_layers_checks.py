import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from geoplan.layers import _checks
from geoplan.layers._checks import CheckError

WEST = box(76.90, 43.20, 76.92, 43.24)
EAST = box(76.92, 43.20, 76.94, 43.24)


def frame(geometry, **columns):
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")


@pytest.fixture
def districts():
    return frame(
        [WEST, EAST], district=["west", "east"], name_ru=["з", "в"], name_kk=["б", "ш"], name_en=["W", "E"]
    )


@pytest.fixture
def streets():
    """A one-way square and a two-way tail."""
    vertices = [(76.90, 43.20), (76.91, 43.20), (76.91, 43.21), (76.90, 43.21), (76.93, 43.21)]
    ends = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4)]
    return frame(
        [LineString([vertices[a], vertices[b]]) for a, b in ends],
        u=[a for a, _ in ends],
        v=[b for _, b in ends],
        length_m=100.0,
        oneway=[True, True, True, True, False],
        drive=True,
        walk=True,
        wheelchair=True,
    )


def test_good_layers_pass(districts, streets):
    assert "2 valid districts" in _checks.check_districts(districts)
    assert _checks.check_segments(streets) == "5 segments between 5 junctions meet in their nodes"
    assert "drive 5 junctions, 6 directed segments; walk 5 junctions, 10" in _checks.check_connected(streets)


def test_a_hole_between_districts_fails(districts):
    hole = box(76.905, 43.21, 76.906, 43.211)
    districts.loc[0, "geometry"] = WEST.difference(hole)
    with pytest.raises(CheckError, match=r"1 holes between districts, 0\.9 ha"):
        _checks.check_districts(districts)


def test_an_overlap_of_districts_fails(districts):
    districts.loc[1, "geometry"] = box(76.9199, 43.20, 76.94, 43.24)
    with pytest.raises(CheckError, match="districts overlap by"):
        _checks.check_districts(districts)


def test_a_district_without_a_name_fails(districts):
    districts.loc[1, "name_kk"] = ""
    with pytest.raises(CheckError, match="east has an empty name"):
        _checks.check_districts(districts)


def test_a_one_way_dead_end_fails(streets):
    streets.loc[4, "oneway"] = True
    with pytest.raises(CheckError, match="drive network is not strongly connected: 1 of 5"):
        _checks.check_connected(streets)


def test_a_segment_that_ends_off_its_node_fails(streets):
    streets.loc[4, "geometry"] = LineString([(76.9100001, 43.21), (76.93, 43.21)])
    with pytest.raises(CheckError, match="do not meet in one point"):
        _checks.check_segments(streets)


def test_a_gap_in_the_node_numbers_fails(streets):
    streets["v"] = streets["v"].replace(4, 5)
    with pytest.raises(CheckError, match=r"not numbered 0\.\.4"):
        _checks.check_segments(streets)


def facilities(**changes):
    columns = {
        "facility_id": ["school-001", "school-002", "school-003"],
        "service": "school",
        "precision": ["address", "street", "none"],
        "district": ["west", "", ""],
    } | changes
    return frame([Point(76.91, 43.21), Point(76.93, 43.21), None], **columns)


def test_facilities_pass_and_the_unplaced_are_counted(districts):
    told = _checks.check_facilities(facilities(), districts)
    assert told == "3 facilities with unique ids; placed: 2 of 3 school"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"facility_id": ["a", "a", "b"]}, "facility_id 'a' occurs more than once"),
        ({"district": ["east", "", ""]}, "school-001 lies in another district than it names"),
        ({"district": ["north", "", ""]}, "school-001 has an unknown district"),
        ({"precision": ["address", "none", "none"]}, "school-002 has a point but no precision"),
        ({"precision": ["address", "street", "street"]}, "school-003 has a precision but no point"),
        ({"service": "cinema"}, r"school-001 has an unknown service \(and 2 more\)"),
    ],
)
def test_a_wrong_facility_fails(districts, changes, fault):
    with pytest.raises(CheckError, match=fault):
        _checks.check_facilities(facilities(**changes), districts)


def test_a_facility_outside_the_city_fails(districts):
    table = facilities()
    table.loc[1, "geometry"] = Point(77.5, 43.2)
    with pytest.raises(CheckError, match="school-002 lies outside the city"):
        _checks.check_facilities(table, districts)


def test_within_50_m_of_a_border_the_stated_district_stands(districts):
    table = facilities()
    # 40 m east of the border
    table.loc[0, "geometry"] = Point(76.9205, 43.21)
    assert "3 facilities" in _checks.check_facilities(table, districts)


def builds(**changes):
    columns = {
        "service": "school",
        "build_id": ["1-01", "1-02"],
        "project": "1",
        "district": ["west", ""],
        "precision": ["address", ""],
        "facility_id": ["school-001", ""],
        "lon": [76.91, np.nan],
        "lat": [43.21, np.nan],
    }
    return pd.DataFrame(columns | changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"service": ["school", "library"]}, "has an unknown service"),
        ({"project": "9"}, r"1-01 names a project that projects\.csv lacks"),
        ({"facility_id": ["school-999", ""]}, "1-01 names an unknown facility"),
        ({"lat": [np.nan, np.nan]}, "1-01 has half a point"),
        ({"lat": [44.0, np.nan]}, "1-01 lies outside the city"),
        ({"build_id": ["1-01", "1-01"]}, "occurs more than once"),
    ],
)
def test_a_wrong_build_fails(districts, changes, fault):
    projects = pd.DataFrame({"project": ["1"]})
    assert _checks.check_builds(builds(), projects, facilities(), districts).startswith("2 builds")
    with pytest.raises(CheckError, match=fault):
        _checks.check_builds(builds(**changes), projects, facilities(), districts)


def test_places_need_a_known_kind_and_a_place(districts):
    places = frame([Point(76.91, 43.21), None], name=["a", "b"], kind="street", district=["west", ""])
    with pytest.raises(CheckError, match="b has no valid geometry"):
        _checks.check_places(places, districts)
    places = places[:1].assign(kind="river")
    with pytest.raises(CheckError, match="a has an unknown kind"):
        _checks.check_places(places, districts)
