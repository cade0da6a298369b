"""`geoplan isochrone` and `geoplan matrix` on the streets of Almaty: what they write, and what they refuse."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geoplan.city import open_city

pytestmark = pytest.mark.usefixtures("opened_once")
HERE = "76.945,43.238"


def table(path, rows):
    path.write_text("id,lon,lat\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_areas_for_each_point_as_bands_come_out_as_a_geopackage_and_a_point_off_the_streets_is_told(
    geoplan, tmp_path
):
    places = table(tmp_path / "p.csv", ["a,76.945,43.238", "b,76.93,43.24", "far,77.4,43.9"])
    for name in ("one.gpkg", "two.gpkg"):
        status, out, err = geoplan(
            "isochrone", places, "--minutes", "3,6", "--each", "--bands", "--out", tmp_path / name
        )
        assert (status, out) == (0, "")
        assert err == "points off the network, no area: far\n"
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()
    areas = gpd.read_file(tmp_path / "one.gpkg", layer="isochrones")
    assert areas.crs.to_epsg() == 4326
    assert areas["origin"].tolist() == ["a", "a", "b", "b", "far", "far"]
    assert areas["minutes"].tolist() == [6.0, 3.0] * 3
    assert areas["above_minutes"].tolist() == [3.0, 0.0] * 3
    found = areas[areas["origin"] != "far"]
    assert found.geometry.is_valid.all()
    assert set(found.geom_type) == {"MultiPolygon"}
    assert areas[areas["origin"] == "far"].geometry.is_empty.all()


def test_a_point_outside_the_city_is_used_where_a_street_is_near_and_told(geoplan, tmp_path):
    city = open_city("almaty")
    ring = city.districts.to_crs("EPSG:32643").geometry.union_all().buffer(100).boundary
    round_it = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*shapely.get_coordinates(ring.segmentize(200)).T), crs="EPSG:32643"
    )
    ways = city.streets.query("drive").to_crs("EPSG:32643")[["geometry"]]
    near = gpd.sjoin_nearest(round_it, ways, max_distance=300)
    place = near.geometry.to_crs("EPSG:4326").iloc[0]
    places = table(tmp_path / "p.csv", ["in,76.945,43.238", f"out,{place.x},{place.y}", "far,77.4,43.9"])
    told = "outside almaty, where its streets end, so times may be too long: out\n"
    status, _, err = geoplan(
        "isochrone", places, "--minutes", 3, "--mode", "drive", "--out", tmp_path / "a.gpkg"
    )
    assert (status, err) == (0, f"points off the network, no area: far\npoints {told}")
    status, text, err = geoplan("matrix", places, places, "--mode", "drive")
    assert status == 0
    assert err.splitlines(keepends=True)[1::2] == [f"origins {told}", f"destinations {told}"]
    assert len(text.splitlines()) == 10


def test_an_id_given_twice_is_refused(geoplan, tmp_path):
    places = table(tmp_path / "p.csv", ["a,76.945,43.238", "a,76.93,43.24"])
    for arguments in (("isochrone", places, "--minutes", 3), ("matrix", places, places)):
        status, out, err = geoplan(*arguments)
        assert (status, out) == (1, "")
        assert err == f"geoplan: {places}: feature 2: id 'a' is empty or there twice\n"


def test_an_evening_trip_by_car_takes_longer_than_in_free_flow(geoplan, tmp_path):
    places = table(tmp_path / "p.csv", ["a,76.945,43.238", "b,76.85,43.25"])
    seconds = {}
    for time in ("free", "midday", "evening"):
        out = tmp_path / f"{time}.csv"
        assert (
            geoplan("matrix", places, places, "--mode", "drive", "--time-of-day", time, "--out", out)[0] == 0
        )
        seconds[time] = pd.read_csv(out).set_index(["origin", "destination"]).loc[("a", "b"), "seconds"]
    assert seconds["free"] < seconds["midday"] < seconds["evening"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("43.238,76.945",), "longitude and latitude are swapped (76.945,43.238 lies in almaty)"),
        (("70,50",), "point 70,50 (outside almaty): no street for mode walk within 500 m"),
        (("nan,43.2",), "point nan,43.2: not a place"),
        ((HERE, "--mode", "fly"), "unknown mode 'fly': known are walk, wheelchair, drive, emergency"),
        ((HERE, "--mode", "drive", "--time-of-day", "noon"), "unknown time of day 'noon'"),
        ((HERE, "--time-of-day", "morning"), "the way on foot does not depend on the time of day"),
        (("missing.gpkg",), "missing.gpkg: cannot be read as a vector file"),
    ],
)
def test_a_place_mode_or_time_that_is_none_is_one_clear_line(geoplan, arguments, told):
    status, out, err = geoplan("isochrone", *arguments, "--minutes", "5")
    assert (status, out) == (1, "")
    assert err.startswith("geoplan: ")
    assert len(err.strip().splitlines()) == 1
    assert told in err


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["a,43.238,76.945"], "destinations: 43.238,76.945: longitude and latitude are swapped"),
        (["a,76.9,43.2", "b,,43.2"], "bad.csv: feature b has no coordinates"),
        ([], "bad.csv: holds no features with a geometry"),
    ],
)
def test_a_table_of_points_that_are_none_is_one_clear_line(geoplan, tmp_path, rows, told):
    good, bad = table(tmp_path / "good.csv", ["a,76.945,43.238"]), table(tmp_path / "bad.csv", rows)
    status, out, err = geoplan("matrix", good, bad)
    assert (status, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert told in err


def test_a_file_without_a_geometry_says_what_it_needs(geoplan, tmp_path):
    (tmp_path / "no.csv").write_text("name\nschool\n", encoding="utf-8")
    status, _, err = geoplan("matrix", tmp_path / "no.csv", tmp_path / "no.csv")
    assert status == 1
    assert "no.csv: holds no features with a geometry: a CSV file needs columns lon and lat" in err
