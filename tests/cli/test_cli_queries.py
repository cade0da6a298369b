"""The small commands, as a user types them, on the shipped layers."""

from __future__ import annotations

import json
import sys

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geoplan.cli import main

pytestmark = pytest.mark.usefixtures("opened_once")
CENTRE = (76.945, 43.238)


@pytest.fixture
def geoplan(geoplan):
    """Run a command that succeeds; gives its standard output."""

    def run(*arguments):
        status, out, err = geoplan(*arguments)
        assert not status, err
        return out

    return run


def test_geocode_prints_one_object_per_text_in_order_and_null_where_nothing_is_known(geoplan):
    found = json.loads(geoplan("geocode", "Абая-Жарокова, Алмалинский район", "ывапролджэ", "--json"))
    fields = [
        "text",
        "district",
        "lon",
        "lat",
        "precision",
        "radius_m",
        "score",
        "how",
        "alternatives",
        "extent_m",
    ]
    assert [list(row) for row in found] == [fields] * 2
    assert found[0]["district"] == "almaly"
    assert found[0]["precision"] == "intersection"
    assert found[1]["lon"] is None
    assert found[1]["district"] is None


def test_a_formula_is_quoted_in_csv_and_not_in_json(geoplan):
    assert geoplan("geocode", "=1+1").splitlines()[1].startswith("'=1+1,")
    assert json.loads(geoplan("geocode", "=1+1", "--json"))[0]["text"] == "=1+1"


def test_bytes_that_are_no_text_are_no_crash(geoplan):
    # What Python makes of \xff on a command line.
    found = json.loads(geoplan("geocode", "\udcff Абая-Жарокова", "--json"))[0]
    assert (found["text"][0], found["precision"]) == ("?", "intersection")


def test_access_prints_a_row_per_district_with_the_range(geoplan):
    table = pd.DataFrame(json.loads(geoplan("access", "kindergarten", "--year", 2025, "--json")))
    best = table[table["scenario"] == "proposed"].set_index("district")
    assert len(best) == 9
    city = best.loc["almaty"]
    # a district may do worse than any draw in the best case, when no site is proposed there; the city may not
    assert city["share_low"] <= city["share_high"] <= city["share"]
    assert best.loc["almaty", "population"] == 2_351_424


def test_a_longer_threshold_covers_more(geoplan):
    def covered(threshold):
        rows = json.loads(geoplan("access", "kindergarten", "--threshold", threshold, "--json"))
        return next(r["covered"] for r in rows if r["district"] == "almaty" and r["scenario"] == "placed")

    assert covered("200m") < covered("300m") < covered("600m")


def test_site_prints_sites_objective_bound_and_gap(geoplan, tmp_path):
    out = tmp_path / "sites.csv"
    found = json.loads(
        geoplan("site", "kindergarten", "--count", 3, "--district", "alatau", "--out", out, "--json")
    )
    assert [site["district"] for site in found["sites"]] == ["alatau"] * 3
    assert found["before"] < found["after"] == found["objective"] <= found["bound"]
    assert found["gap"] == pytest.approx((found["bound"] - found["after"]) / found["bound"], abs=1e-4)
    assert found["status"] == "optimal"
    assert len(pd.read_csv(out)) == 3


def test_isochrones_hold_one_another_and_the_point(geoplan, tmp_path):
    out = tmp_path / "area.geojson"
    geoplan("isochrone", f"{CENTRE[0]},{CENTRE[1]}", "--minutes", "5,15", "--mode", "emergency", "--out", out)
    areas = gpd.read_file(out).set_index("minutes")
    assert areas.loc[15, "geometry"].area > areas.loc[5, "geometry"].area
    assert areas.loc[5, "geometry"].distance(shapely.Point(CENTRE)) < 0.002


def test_a_matrix_names_rows_by_id_and_agrees_with_itself_turned_round_on_foot(geoplan, tmp_path):
    points = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"]},
        geometry=[shapely.Point(76.945, 43.238), shapely.Point(76.90, 43.25), shapely.Point(76.80, 43.9)],
        crs="EPSG:4326",
    )
    path, out = tmp_path / "points.gpkg", tmp_path / "matrix.csv"
    points.to_file(path)
    geoplan("matrix", path, path, "--mode", "walk", "--out", out)
    table = pd.read_csv(out).set_index(["origin", "destination"])
    assert table.loc[("a", "b"), "metres"] == pytest.approx(table.loc[("b", "a"), "metres"], abs=0.2)
    assert table.loc[("a", "b"), "metres"] > 3500  # 3.9 km as the crow flies
    assert table.loc[("a", "b"), "seconds"] > table.loc[("a", "b"), "metres"] / 2
    assert table.loc[["c"], "metres"].isna().all()


def test_a_matrix_by_car_gives_the_metres_of_the_way_whose_seconds_it_gives(geoplan, tmp_path):
    points = gpd.GeoDataFrame(
        {"id": ["a", "b"]},
        geometry=[shapely.Point(76.945, 43.238), shapely.Point(76.90, 43.25)],
        crs="EPSG:4326",
    )
    path, out = tmp_path / "points.gpkg", tmp_path / "matrix.csv"
    points.to_file(path)
    geoplan("matrix", path, path, "--mode", "drive", "--out", out)
    table = pd.read_csv(out).set_index(["origin", "destination"])
    for pair in (("a", "b"), ("b", "a")):
        assert 3880 < table.loc[pair, "metres"] < 6000  # 3.9 km as the crow flies
        assert 12 < table.loc[pair, "metres"] / table.loc[pair, "seconds"] * 3.6 < 60
    assert table.loc[("a", "a"), "seconds"] * 4.8 / 3.6 == pytest.approx(
        table.loc[("a", "a"), "metres"], abs=0.2
    )


def test_compare_gives_the_change_of_every_district(geoplan):
    table = pd.DataFrame(
        json.loads(geoplan("compare", "baseline", "2025", "--service", "kindergarten", "--json"))
    )
    assert len(table) == 9
    assert (table["change"] == table["covered_b"] - table["covered_a"]).all()
    assert table.set_index("district").loc["almaty", "change"] > 0


@pytest.mark.parametrize(
    ("measure", "column"),
    [
        ("redundancy", "redundant"),
        ("expected", "expected"),
        ("golden-hour", "dominating"),
        ("equity", "gini"),
    ],
)
def test_each_measure_prints_a_row_per_district_as_json_and_as_a_table(geoplan, measure, column):
    found = pd.DataFrame(
        json.loads(geoplan("access", "ambulance", "--measure", measure, "--year", 2022, "--json"))
    )
    assert len(set(found.groupby("district").size())) == 1
    assert found["district"].nunique() == 9
    assert column in found
    text = geoplan("access", "ambulance", "--measure", measure, "--year", 2022)
    assert text.splitlines()[0].split(",") == list(found.columns)


def test_the_response_measure_is_what_access_prints_by_default(geoplan):
    usual = geoplan("access", "ambulance", "--year", 2022)
    assert geoplan("access", "ambulance", "--year", 2022, "--measure", "response") == usual


def test_capacity_needs_a_file_and_says_so_in_one_line(monkeypatch, capsys):
    for arguments, code, told in (
        (["school", "--measure", "capacity"], 1, "not computable: no capacities"),
        (["school", "--measure", "redundancy"], 2, "measure of ambulances"),
        (["ambulance", "--measure", "golden-hour", "--threshold", "9min"], 2, "no --threshold"),
        (["school", "--measure", "equity", "--capacities", "x.csv"], 2, "--capacities goes with"),
    ):
        monkeypatch.setattr(sys, "argv", ["geoplan", "access", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        assert stop.value.code == code
        error = capsys.readouterr().err
        assert told in error
        assert len(error.splitlines()) == 1
