"""`geoplan site` and `geoplan layers sites`, as a user types them, on the shipped layers."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geoplan._shipped import shipped_layers
from geoplan.maps._texts import load_texts

pytestmark = pytest.mark.usefixtures("opened_once")


def test_site_prints_plans_that_differ_what_each_site_is_worth_and_by_district(geoplan, tmp_path):
    out = tmp_path / "sites.gpkg"
    status, text, err = geoplan(
        "site",
        "kindergarten",
        "--count",
        3,
        "--district",
        "alatau",
        "--plans",
        2,
        "--curve",
        "--out",
        out,
        "--json",
    )
    assert (status, err) == (0, "")
    found = json.loads(text)
    assert [site["district"] for site in found["sites"]] == ["alatau"] * 3
    assert found["before"] < found["after"] == found["objective"] == found["bound"]
    assert (found["gap"], found["status"]) == (0, "optimal")
    city = found["districts"][-1]
    assert city["district"] == "almaty"
    assert round(city["change"]) == found["after"] - found["before"]
    assert sum(site["newly_covered"] for site in found["sites"]) == pytest.approx(city["change"], abs=2)
    assert [plan["objective"] for plan in found["plans"]] == sorted(
        (plan["objective"] for plan in found["plans"]), reverse=True
    )
    assert found["plans"][0]["sites"] != found["plans"][1]["sites"]
    assert [row["count"] for row in found["curve"]] == [1, 2, 3]
    assert found["curve"][2]["objective"] == pytest.approx(city["change"], abs=1)
    layer = gpd.read_file(out, layer="sites")
    assert layer.geometry.x.round(6).tolist()[:3] == [site["lon"] for site in found["sites"]]
    assert len(gpd.read_file(out, layer="districts")) == 8


def test_parcels_of_ones_own_and_a_file_that_cannot_be_one(geoplan, tmp_path):
    plots = tmp_path / "plots.geojson"
    gpd.GeoDataFrame(
        {"id": ["north", "centre"]},
        geometry=[shapely.box(76.875, 43.308, 76.876, 43.309), shapely.box(76.945, 43.238, 76.946, 43.239)],
        crs="EPSG:4326",
    ).to_file(plots)
    status, text, _ = geoplan("site", "ambulance", "--count", 1, "--candidates", plots, "--json")
    assert status == 0
    assert [site["parcel"] for site in json.loads(text)["sites"]] == ["north"]
    bad = tmp_path / "bad.geojson"
    bad.write_text("nothing")
    status, out, err = geoplan("site", "ambulance", "--count", 1, "--candidates", bad)
    assert (status, out) == (1, "")
    assert err.startswith(f"geoplan: {bad}: cannot be read as a vector file")
    assert err.count("\n") == 1


def test_no_site_is_put_into_an_excluded_area(geoplan, tmp_path):
    north = gpd.GeoSeries([shapely.box(76.5, 43.3, 77.3, 43.6)], crs="EPSG:4326")
    areas, page = tmp_path / "areas.gpkg", tmp_path / "next.html"
    north.to_crs("EPSG:32643").to_file(areas)
    asked = ("site", "kindergarten", "--district", "alatau", "--count", 1, "--exclude", areas, "--out", page)
    status, text, err = geoplan(*asked)
    assert status == 0
    site = next(csv.DictReader(io.StringIO(text)))
    assert 43.25 < float(site["lat"]) < 43.301
    line = next(line for line in err.splitlines() if line.startswith("excluded: "))
    taken, tried = re.fullmatch(
        r"excluded: ([\d,]+) of ([\d,]+) candidates lie in the 1 excluded area", line
    ).groups()
    assert 0 < int(taken.replace(",", "")) < int(tried.replace(",", ""))
    label = load_texts("ru")("choice.excluded")
    row = re.search(rf"<dt[^<]*(?:<span[^>]*>)?{label}.*?<dd.*?</dd>", page.read_text(), re.DOTALL).group()
    assert f">{taken}<" in row.replace("\u00a0", ",")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lines.geojson", "feature 1 is not a polygon"),
        ("nowhere.gpkg", "cannot be read as a vector file"),
        ("plane.parquet", "no CRS stated; save the file with one (EPSG:4326, say)"),
        ("far.parquet", "feature 1 lies off the globe; is it in the CRS that it names?"),
    ],
)
def test_a_file_that_holds_no_areas_is_told_before_anything_is_computed(geoplan, tmp_path, name, message):
    box = shapely.box(76.5, 43.3, 77.3, 43.6)
    shapes = {
        "lines.geojson": gpd.GeoSeries([box.boundary], crs="EPSG:4326"),
        "plane.parquet": gpd.GeoSeries([box]),
        "far.parquet": gpd.GeoSeries([shapely.box(1e9, 1e9, 2e9, 2e9)], crs="EPSG:32643"),
    }
    if name in shapes:
        frame = shapes[name].to_frame("geometry")
        getattr(frame, "to_parquet" if name.endswith("parquet") else "to_file")(tmp_path / name)
    status, out, err = geoplan("site", "kindergarten", "--count", 1, "--exclude", tmp_path / name)
    assert (status, out) == (1, "")
    assert err.startswith(f"geoplan: {tmp_path / name}: {message}")
    assert err.count("\n") == 1
    status, _, err = geoplan("site", "school", "--exclude", tmp_path / name)
    assert (status, "--exclude" in err) == (2, True)


def test_sites_by_year_are_printed_and_written_with_the_year_they_open(geoplan, tmp_path):
    out = tmp_path / "sites.csv"
    asked = (
        "site",
        "kindergarten",
        "--district",
        "alatau",
        "--years",
        "2024:1,2025:2",
        "--out",
        out,
        "--json",
    )
    status, text, err = geoplan(*asked)
    assert (status, err) == (0, "")
    found = json.loads(text)
    assert [site["opens"] for site in found["sites"]] == [2024, 2025, 2025]
    assert [(row["year"], row["until"], row["sites"]) for row in found["years"]] == [
        (2024, 2024, 1),
        (2025, 2025, 2),
    ]
    assert found["unit"] == "person-years"
    assert found["without"] < found["yearly"]["objective"] <= found["objective"] <= found["bound"]
    assert found["objective"] == pytest.approx(sum(row["covered"] for row in found["years"]), abs=3)
    table = pd.read_csv(out)
    assert table["opens"].tolist() == [2024, 2025, 2025] * 2
    assert table["plan"].tolist() == ["1"] * 3 + ["yearly"] * 3


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--years", "2026"), "'2026': write each year once, with its number"),
        (("--years", "2026:2,2026:1"), "'2026:1': write each year once"),
        (("--budgets", "2026:much"), "'2026:much'"),
        (("--years", "2026:2", "--count", 1), "give one of --count, --years and --budgets"),
    ],
)
def test_years_are_written_as_year_and_number(geoplan, options, part):
    status, out, err = geoplan("site", "school", *options)
    assert (status, out) == (2, "")
    assert part in err
    assert err.count("\n") == 1


def test_the_roadmaps_sites_beside_the_best_of_as_many(geoplan):
    status, text, _ = geoplan("site", "ambulance", "--compare-roadmap", "--json")
    assert status == 0
    rows = {row["plan"]: row for row in json.loads(text)["roadmap"]}
    assert rows["stated"]["sites"] == rows["best for stated"]["sites"] < rows["roadmap"]["sites"]
    assert rows["without"]["covered"] < rows["stated"]["covered"] < rows["best for stated"]["covered"]
    assert rows["best for roadmap"]["covered"] <= rows["best for roadmap"]["bound"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("school", "--count", 2, "--district", "mars"), "unknown district 'mars'"),
        (("hospitals", "--count", 2), "unknown service 'hospitals'"),
        (
            ("school", "--count", 2, "--objective", "capacity"),
            "school: not computable: no capacities; give --capacities FILE (CSV: facility_id,capacity)",
        ),
        (("school", "--count", 99_999), "count 99999: ask for at least one site and at most the"),
        (
            ("school", "--count", 1, "--out", "sites.docx"),
            "sites.docx: sites are written as .csv, .gpkg, .html",
        ),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_line(geoplan, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = geoplan("site", *arguments)
    assert (status, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_without_a_count_the_usage_is_told(geoplan):
    status, _, err = geoplan("site", "school")
    assert status == 2
    assert "--count" in err
    status, _, err = geoplan("site", "school", "--count", 1, "--room", 100)
    assert (status, "--objective capacity" in err) == (2, True)


def test_the_shipped_sites_fit_their_inputs_and_keep_every_quota():
    """Every build without a stated place has a site, in its district, apart from the others of its service."""
    folder = shipped_layers() / "almaty"
    sites, builds = pd.read_csv(folder / "sites.csv"), pd.read_csv(folder / "builds.csv")
    assert not sites["build_id"].duplicated().any()
    assert not sites.duplicated(["service", "lon", "lat"]).any()
    known = sites.merge(
        builds[["build_id", "district", "opens"]], on="build_id", suffixes=("", "_asked"), how="left"
    )
    stated = known["district_asked"].fillna("") != ""
    assert (known["district"] == known["district_asked"])[stated].all()
    assert (known["opens"] == known["opens_asked"]).all()
    assert (sites["objective"] <= sites["bound"]).all()
    assert (sites["gap"] <= 0.001).all()


def test_solving_again_gives_the_shipped_file(geoplan, tmp_path):
    """On a copy of the layers; the solver has no clock, so another machine finds the same sites."""
    folder = tmp_path / "almaty"
    shutil.copytree(shipped_layers() / "almaty", folder)
    shipped = (folder / "sites.csv").read_bytes()
    (folder / "sites.csv").unlink()
    status, text, err = geoplan("layers", "sites", folder, "--json")
    assert (status, err) == (0, "")
    assert {row["service"] for row in json.loads(text)["sites"]} == {
        "ambulance", "polyclinic", "school", "kindergarten"
    }  # fmt: skip
    assert (folder / "sites.csv").read_bytes() == shipped
