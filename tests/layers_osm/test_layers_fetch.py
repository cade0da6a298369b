"""Fetching a made-up city from a server on loopback: nothing here asks another address."""

import json
import socket

import geopandas as gpd
import pytest
import shapely
from osm_town import at
from played_servers import Played, World
from shapely.geometry import box

from geoplan.errors import InputError
from geoplan.layers.fetch.city import fetch_city
from geoplan.layers.fetch.polite import Polite, limits_of
from geoplan.layers.osm import osm_features
from geoplan.layers.streets import read_streets

HOME = {"highway": "residential"}
NODES = {
    1: (0, 0),
    2: (10, 0),
    3: (20, 0),
    4: (0, 20),
    5: (10, 20),
    6: (20, 20),
    7: (10, 10),
    20: ((4, 4), {"amenity": "school", "name": "№ 1", "capacity": "900"}),
    21: ((14, 4), {"amenity": "clinic", "name": "Емхана"}),
    22: ((15, 4), {"emergency": "ambulance_station"}),
    23: ((5, 6), {"place": "neighbourhood", "name": "Самал"}),
    24: ((5, 7), {"addr:housenumber": "7", "addr:street": "Абая"}),
}
WAYS = {
    10: ([1, 2, 3], HOME | {"name": "South"}),
    11: ([4, 5, 6], HOME | {"name": "North"}),
    12: ([1, 4], HOME),
    13: ([3, 6], HOME),
    14: ([2, 7], HOME | {"name": "Абая"}),
    15: ([7, 5], HOME | {"name": "Абая"}),
    # boundaries: west and east of the middle
    30: ([2, 1, 4, 5], {}),
    31: ([2, 3, 6, 5], {}),
    32: ([2, 5], {}),
}
RELATIONS = {
    40: (
        [("w", 30, "outer"), ("w", 32, "outer")],
        {"type": "boundary", "boundary": "administrative", "admin_level": "6", "name": "West"},
    ),
    41: (
        [("w", 31, "outer"), ("w", 32, "outer")],
        {"type": "boundary", "boundary": "administrative", "admin_level": "6", "name": "East"},
    ),
    42: (
        [("w", 14, "from"), ("n", 7, "via"), ("w", 15, "to")],
        {"type": "restriction", "restriction": "no_straight_on"},
    ),
}


def place(name="Астана, Казахстан", shape=None):
    shape = shape or box(*at(0, 0), *at(20, 20))
    return {
        "display_name": name,
        "geojson": shapely.geometry.mapping(shape),
        "namedetails": {"name": "Астана", "name:en": "Astana"},
        "boundingbox": ["0", "1", "0", "1"],
    }


@pytest.fixture
def played(monkeypatch):
    from osmnx import _nominatim

    # osmnx waits a second before it asks Nominatim; what waits there are is tested below
    monkeypatch.setattr(_nominatim.time, "sleep", lambda _seconds: None)
    server = Played(World(NODES, WAYS, RELATIONS), [place()])
    yield server
    server.stop()


@pytest.fixture
def polite(played, tmp_path):
    waits = []
    asking = Polite(
        cache=tmp_path / "cache",
        overpass=f"{played.url}/api",
        nominatim=played.url,
        timeout_s=20,
        tries=4,
        first_wait_s=3.0,
        sleep=waits.append,
    )
    asking.waits = waits
    return asking


def test_a_city_comes_with_streets_districts_facilities_places_and_addresses(played, polite, tmp_path):
    steps = []
    fetched = fetch_city("Астана", tmp_path / "f", polite, progress=lambda *told: steps.append(told))
    assert fetched.place == "Астана, Казахстан"
    districts = gpd.read_file(fetched.districts)
    assert districts["name"].tolist() == ["West", "East"]
    streets, turns, _ = read_streets(fetched.streets, districts=districts)
    assert len(streets) == 8
    assert turns["kind"].tolist() == ["no"]
    found = osm_features(fetched.streets)
    assert found["facilities"]["service"].tolist() == ["school", "polyclinic", "ambulance"]
    assert found["facilities"]["capacity"].iloc[0] == 900
    assert found["places"]["name"].tolist() == ["Самал"]
    assert found["addresses"]["address"].tolist() == ["Абая, 7"]
    assert 'name_en = "Astana"' in fetched.mapping.read_text()
    assert 'vintage = "2026-11-20"' in fetched.mapping.read_text()
    assert [done for _, done, _ in steps] == list(range(5))
    assert {total for _, _, total in steps[1:]} == {5}


def test_it_asks_one_thing_at_a_time_by_name_and_for_a_free_slot_first(played, polite, tmp_path):
    fetch_city("Астана", tmp_path / "f", polite)
    assert (len(played.searches), len(played.questions), played.statuses) == (1, 4, 4)
    assert played.most_at_once == 1
    assert all("geoplan" in agent for agent in played.agents)
    assert all(question.startswith("[out:json][timeout:") for question in played.questions)


def test_what_is_kept_is_not_asked_again_and_gives_the_same_bytes(played, polite, tmp_path):
    one = fetch_city("Астана", tmp_path / "one", polite)
    asked = len(played.questions)
    two = fetch_city("Астана", tmp_path / "two", polite)
    assert len(played.questions) == asked
    for name in ("streets", "districts", "mapping"):
        assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes()


GAVE_UP = b'{"elements": [], "remark": "runtime error: Query timed out in \\"query\\" at line 1 after 180 seconds."}'
FAULTS = [
    *(429, 502, 504, "cut", "hang up", b"<html>busy</html>", b"[]", b"{}", b'{"elements": 7}', GAVE_UP),
    b'{"elements": [{"type": "node", "id": 1}]}',
    b'{"elements": [{"type": "way", "id": 1, "nodes": ["x"]}]}',
]


STREETS = 'way["highway"](poly:"43 76 43 77 44 77");out;'


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_waited_out_with_growing_pauses_and_never_kept(played, polite, fault):
    played.faults = [fault, fault]
    told = []
    polite.tell = told.append
    answer = polite.query(STREETS)
    assert sum("highway" in item.get("tags", {}) for item in answer["elements"]) == 6
    assert polite.waits == [3.0, 6.0]
    assert len(told) == 2
    (kept,) = polite.cache.glob("*.json")
    assert json.loads(kept.read_text()) == answer


def test_a_servers_own_wish_how_long_to_wait_goes_before(played, polite):
    played.faults = [(429, "17")]
    polite.query(STREETS)
    assert polite.waits == [17.0]


def test_giving_up_says_so_in_one_line_and_the_next_run_goes_on(played, polite, tmp_path):
    played.faults = [None, None, *[504] * 4]
    with pytest.raises(
        InputError, match=r"127\.0\.0\.1.*no usable answer in 4 tries \(answered 504\).*later"
    ) as told:
        fetch_city("Астана", tmp_path / "f", polite)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "f").exists()
    assert polite.waits == [3.0, 6.0, 12.0]
    before = len(played.questions)
    fetch_city("Астана", tmp_path / "f", polite)
    assert len(played.questions) == before + 3, "the streets are not asked for again"


def test_an_answer_whose_keeping_was_broken_off_is_asked_again(played, polite, tmp_path):
    fetch_city("Астана", tmp_path / "f", polite)
    kept = max(polite.cache.glob("*.json"), key=lambda path: path.stat().st_size)
    kept.write_bytes(kept.read_bytes()[:100])
    before = len(played.questions) + len(played.searches)
    fetch_city("Астана", tmp_path / "f", polite)
    assert len(played.questions) + len(played.searches) == before + 1


def test_a_refusal_is_not_asked_again(played, polite):
    played.faults = [400]
    with pytest.raises(InputError, match=r"refused the question with 400: the server says no"):
        polite.query(STREETS)
    assert len(played.questions) == 1


def test_an_answer_beyond_the_limit_is_not_taken(played, polite):
    polite.max_mb = 1
    played.faults = [b'{"elements": [' + b" " * 1_200_000 + b"]}"]
    with pytest.raises(InputError, match="larger than 1 MB"):
        polite.query(STREETS)


def test_a_server_that_is_not_there_is_told(polite, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        polite.nominatim = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError, match=r"no usable answer in 4 tries \(cannot be reached"):
        fetch_city("Астана", tmp_path / "f", polite)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([], "knows no such place"),
        ([place() | {"geojson": {"type": "Point", "coordinates": [71, 51]}}], "only points or lines"),
        ([place() | {"geojson": {"type": "Polygon", "coordinates": [[["a"]]]}}], "only points or lines"),
        ([place(shape=box(60, 40, 70, 50))], r"more than the 5,000 that are fetched at once"),
    ],
)
def test_a_place_that_is_no_city_is_refused(played, polite, tmp_path, answers, told):
    played.places = answers
    with pytest.raises(InputError, match=told):
        fetch_city("Астана", tmp_path / "f", polite)
    assert not played.questions


def test_a_large_place_is_asked_for_in_parts(played, polite, tmp_path):
    polite.max_tile_km2 = 16.0
    fetched = fetch_city("Астана", tmp_path / "f", polite)
    assert len(played.questions) > 8
    assert len(read_streets(fetched.streets).table) == 8, "what several parts hold is there once"


def test_a_place_that_nothing_divides_is_one_district(played, polite, tmp_path):
    played.world.relations = {42: RELATIONS[42], 40: RELATIONS[40]}
    fetched = fetch_city("Астана", tmp_path / "f", polite)
    assert gpd.read_file(fetched.districts)["name_en"].tolist() == ["Astana"]
    assert "1 of level 6 cover 50%" in fetched.notes[1]


def test_limits_come_from_the_environment_and_a_wrong_one_is_told():
    told = limits_of({"GEOPLAN_FETCH_TRIES": "2", "GEOPLAN_FETCH_FIRST_WAIT_S": "0"})
    assert (told.tries, told.first_wait_s, told.timeout_s) == (2, 0, 180)
    with pytest.raises(InputError, match="GEOPLAN_FETCH_MAX_MB='much': must be a whole number of at least 1"):
        limits_of({"GEOPLAN_FETCH_MAX_MB": "much"})


def test_the_name_resolver_and_osmnx_are_left_as_they_were(played, polite, tmp_path):
    import osmnx

    before = socket.getaddrinfo, osmnx.settings.overpass_url, osmnx.settings.requests_kwargs
    fetch_city("Астана", tmp_path / "f", polite)
    assert (socket.getaddrinfo, osmnx.settings.overpass_url, osmnx.settings.requests_kwargs) == before
