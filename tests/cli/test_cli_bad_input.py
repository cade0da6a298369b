"""What a user may get wrong about facilities, years and capacities is one clear line, or a reported row; never a drop."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from smallville import SmallCity, build, facility, stated

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.report.tables import report_tables
from geoplan.scenario import timeline
from geoplan.scenario.moment import open_moment
from geoplan.scenario.scene import middle_draw
from geoplan.standards import load_standards

pytestmark = pytest.mark.usefixtures("opened_once")


def one_line(err):
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("geoplan: ")
    return lines[0]


HEAD = "service,name,lon,lat,capacity\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "school,x,70,50,\n", "list.csv: line 2: lies 903,251 m outside the city's districts"),
        (
            HEAD + "school,a,76.94,43.24,\nschool,x,43.24,76.94,\n",
            "list.csv: line 3: longitude 43.24 and latitude 76.94 are swapped",
        ),
        (HEAD + "school,x,nan,43.2,\n", "list.csv: line 2: lon 'nan' is no longitude in degrees"),
        (HEAD + "school,x,inf,43.2,\n", "list.csv: line 2: lon 'inf' is no longitude in degrees"),
        (HEAD + "school,x,76.94,43.24,-5\n", "list.csv: line 2: capacity '-5' is not a number of 0 or more"),
        (HEAD, "list.csv: holds no rows"),
        ("service,name\nschool,x\n", "list.csv: column missing: lon and lat, or address or facility_id"),
    ],
)
def test_a_list_of_facilities_that_cannot_be_used(geoplan, tmp_path, text, told):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    status, out, err = geoplan("access", "school", "--year", 2022, "--facilities", path)
    assert (status, out) == (1, "")
    assert told in one_line(err)


def test_a_layer_without_geometry_is_named(geoplan, tmp_path):
    path = tmp_path / "list.gpkg"
    frame = gpd.GeoDataFrame({"service": ["school"], "name": ["x"]}, geometry=[None], crs="EPSG:4326")
    frame.to_file(path)
    status, out, err = geoplan("access", "school", "--year", 2022, "--facilities", path)
    assert (status, out) == (1, "")
    assert "list.gpkg" in one_line(err)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("school", "--year", 1800), "year 1800: give one from 2022 (the baseline) to 2060"),
        (("ambulance", "--measure", "redundancy", "--year", 9999), "year 9999: give one from 2022"),
        (("school", "--threshold", "-5m"), "threshold '-5m': write a number with its unit, such as 500m"),
        (("school", "--threshold", "nanm"), "threshold 'nanm': write a number with its unit"),
        (("school", "--threshold", "10min"), "threshold '10min'"),
        (
            ("hospitals",),
            "unknown service 'hospitals': known are ambulance, polyclinic, school, kindergarten",
        ),
        (("school", "--city", "atlantis"), "atlantis"),
    ],
)
def test_a_question_that_has_no_answer(geoplan, arguments, told):
    status, out, err = geoplan("access", *arguments)
    assert (status, out) == (1, "")
    assert told in one_line(err)


def test_the_year_of_a_site_is_checked_too(geoplan):
    status, out, err = geoplan("site", "school", "--count", 1, "--year", 20300)
    assert (status, out) == (1, "")
    assert "year 20300: give one from 2022 (the baseline) to 2060" in one_line(err)


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        (("1800", "2025"), "year 1800: give one from 2022 (the baseline) to 2060"),
        (("baseline", "9999"), "year 9999: give one from 2022 (the baseline) to 2060"),
        (("baseline", "tomorrow"), "moment 'tomorrow': give baseline, a year or, for both, folders of runs"),
        (("no/folder", "2025"), "moment 'no/folder': give baseline, a year or, for both, folders of runs"),
    ],
)
def test_moments_that_cannot_be_compared(geoplan, moments, told):
    status, out, err = geoplan("compare", *moments, "--service", "kindergarten")
    assert (status, out) == (1, "")
    assert told in one_line(err)


@pytest.mark.parametrize("value", ["-3", "nan", "many", "inf"])
def test_a_capacity_that_is_none(geoplan, tmp_path, value):
    path = tmp_path / "seats.csv"
    path.write_text(f"facility_id,capacity\nschool-001,{value}\n", encoding="utf-8")
    status, out, err = geoplan("access", "school", "--capacities", path)
    assert (status, out) == (1, "")
    assert "seats.csv: line 2: capacity" in one_line(err.splitlines()[-1])


def test_a_facility_far_from_any_street_is_told_and_serves_nobody(geoplan, tmp_path):
    path, out = tmp_path / "hut.csv", tmp_path / "table.csv"
    path.write_text(
        "facility_id,service,name,lon,lat\nhut,school,x,77.1576,43.3451\n,school,y,76.94,43.24\n",
        encoding="utf-8",
    )
    status, _, err = geoplan("access", "school", "--year", 2022, "--facilities", path, "--out", out)
    assert status == 0
    told = next(line for line in err.splitlines() if line.startswith("school: no street for mode walk"))
    assert "within 500 m" in told
    assert "hut" in told
    assert "own-001" not in told
    assert pd.read_csv(out)["covered"].iloc[-1] > 0


def test_what_is_off_the_network_is_listed_among_the_findings():
    city = SmallCity(
        [
            facility("s1", "school", (0, 0)),
            facility("hut", "school", (2000, 600)),
            facility("s3", "school", None),
        ],
        [
            build("5-01", "school", **stated((400, 400))),
            build("5-02", "school", **stated((400, 1500))),
            build("5-03", "school", action="annex", **stated((400, 1500))),
        ],
    )
    plan = timeline(city, service="school")
    own = pd.DataFrame({"project": ["1"], "line": [9], "kind": ["sum"], "message": ["…"]})
    nothing = pd.DataFrame()
    standards = load_standards()
    tables = report_tables([plan], projects=nothing, builds=plan.builds, findings=own, standards=standards)
    table = tables["findings"]
    assert table["kind"].tolist() == ["sum", "off_network", "off_network"]
    assert table["line"].tolist() == [9, "", ""]
    assert table["project"].tolist() == ["1", "", "5"]
    assert "school: hut: ближе 500 м нет улицы" in table["message"].iloc[1]
    assert "school: 5-02: " in table["message"].iloc[2]
    assert plan.unplaced["existing_off_network"] == 1


@pytest.mark.parametrize("service", ["ambulance", "polyclinic", "school", "kindergarten"])
def test_an_empty_set_of_facilities_is_named(service):
    with pytest.raises(InputError, match=f"smallville: the facilities layer has no {service}"):
        timeline(SmallCity([facility("h1", "hospital", (0, 0))], []), service=service)


def test_facilities_without_any_place_leave_everybody_unreachable():
    plan = timeline(SmallCity([facility("s1", "school", None)], []), service="school")
    row = (
        plan.coverage()
        .query("district == 'smallville' and mode == 'network' and scenario == 'placed'")
        .iloc[0]
    )
    assert (row["covered"], row["unreachable"]) == (0, 2400)
    assert plan.unplaced["existing"] == 1


def test_a_surface_holds_the_minutes_of_each_cell_where_it_lies(geoplan, tmp_path):
    path = tmp_path / "walk.tif"
    assert geoplan("access", "polyclinic", "--year", 2022, "--out", path)[0] == 0
    city = open_city("almaty")
    at = open_moment(city, load_standards().service("polyclinic"), year=2022)
    minutes = middle_draw(at.costs()["placed"]) / (4.8 / 3.6) / 60
    cells = at.bench.demand.cells
    with rasterio.open(path) as surface:
        assert surface.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert surface.overviews(1)
        assert surface.crs.to_epsg() == 32643
        assert surface.res == (100, 100)
        band = surface.descriptions.index("minutes, known places only") + 1
        some = np.linspace(0, len(cells) - 1, 500).astype(int)
        where = zip(cells["x"].iloc[some], cells["y"].iloc[some], strict=True)
        found = np.array(list(surface.sample(where, indexes=[band, surface.count])))
        expected = np.where(np.isfinite(minutes[some]), minutes[some], surface.nodata)
        np.testing.assert_allclose(found[:, 0], expected, atol=0.006)
        np.testing.assert_array_equal(found[:, 1], cells["persons"].iloc[some])
