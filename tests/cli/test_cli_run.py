"""The main job on the shipped layers: what it writes, how long it takes, and that it writes the same again."""

from __future__ import annotations

import json

import pandas as pd
import pytest

SERVICES = ["ambulance", "polyclinic", "school", "kindergarten"]


@pytest.fixture(scope="module")
def done(full_run):
    assert full_run.status == 0, full_run.err
    return full_run


@pytest.fixture(scope="module")
def coverage(done):
    return pd.read_csv(done.folder / "data" / "coverage.csv", dtype={"moment": str})


@pytest.fixture(scope="module")
def effects(done):
    return pd.read_csv(done.folder / "data" / "effects.csv")


@pytest.fixture(scope="module")
def builds(done):
    return pd.read_csv(done.folder / "data" / "builds.csv", keep_default_na=False)


def test_it_stays_within_its_time_and_memory(done):
    assert done.gib < 1.5
    assert (
        done.seconds < 60
    )  # about 20 s of processor time alone; two busy threads on one core take twice that


def test_nothing_but_results_stands_on_standard_output(done):
    assert done.err == ""
    lines = done.out.splitlines()
    # one school and one kindergarten have a place that no street is near
    assert [line.split()[:2] for line in lines[:2]] == [["school", "1"], ["kindergarten", "1"]]
    assert [line.split()[0] for line in lines[2:]] == [*SERVICES, "open"]


def test_every_page_is_there_and_no_larger_than_two_megabytes(done):
    folder = done.folder
    pages = {path.name: path.stat().st_size for path in folder.glob("*.html")}
    assert set(pages) == {"index.html", *(f"{service}.html" for service in SERVICES)}
    assert max(pages.values()) <= 2_000_000


def test_coverage_has_every_service_moment_and_district_and_adds_up(coverage):
    years = coverage[~coverage["moment"].str.contains("-")]
    for service in SERVICES:
        rows = years[years["service"] == service]
        assert {"placed", "proposed", "drawn", "without"} <= set(rows["scenario"])
        assert "baseline" in set(rows["moment"])
        assert rows["district"].nunique() == 9
    keys = ["scenario", "moment", "service", "mode", "threshold"]
    city = coverage[coverage["district"] == "almaty"].set_index(keys)
    parts = coverage[coverage["district"] != "almaty"].groupby(keys)[["population", "covered"]].sum()
    assert (city["population"] == 2_351_424).all()
    assert (parts["population"] == 2_351_424).all()
    # medians over draws do not add up over districts; where nothing is drawn the people do
    certain = [
        key for key in city.index if key[0] == "placed" or (key[2] != "ambulance" and key[0] == "proposed")
    ]
    pd.testing.assert_series_equal(
        city.loc[certain, "covered"], parts.loc[certain, "covered"], check_dtype=False
    )


def test_a_share_lies_between_none_and_all_and_within_its_range(coverage):
    assert coverage["share"].between(0, 1).all()
    drawn = coverage[coverage["scenario"] == "drawn"].dropna(subset="share_low")
    assert (drawn["share_low"] <= drawn["share"] + 1e-4).all()
    assert (drawn["share"] <= drawn["share_high"] + 1e-4).all()


def test_the_roadmap_brings_more_people_within_reach_of_every_service(coverage):
    for service in SERVICES:
        rows = coverage[
            (coverage["service"] == service)
            & (coverage["district"] == "almaty")
            & (coverage["mode"].isin(["response", "network"]))
        ]
        headline = rows["threshold"].min() if service == "ambulance" else rows["threshold"].iloc[0]
        rows = rows[rows["threshold"] == headline].set_index(["scenario", "moment"])["share"]
        assert (
            rows["proposed", "2030" if service != "kindergarten" else "2025"] > rows["proposed", "baseline"]
        )
        assert rows["placed", "baseline"] <= rows["proposed", "baseline"]


def test_every_build_has_one_effect_and_its_parts_add_up(effects, builds):
    assert set(builds["service"]) == {*SERVICES, "hospital", "other"}
    builds = builds[builds["service"].isin(SERVICES)]
    assert sorted(effects["build_id"]) == sorted(builds["build_id"])
    assert len(builds) == 213
    assert (effects["newly_covered"] == effects["gained"] - effects["lost"]).all()
    # where stations are drawn the median change is not the change of the medians
    certain = effects[effects["service"] != "ambulance"]
    assert (certain["covered_after"] == certain["covered_before"] + certain["newly_covered"]).all()
    assert (effects["low"] <= effects["high"]).all()
    nothing = effects.set_index("build_id").loc[
        builds.loc[builds["action"].isin(["annex", "renovation"]), "build_id"]
    ]
    assert len(nothing) == 12
    assert (nothing[["newly_covered", "gain_alone", "loss_if_dropped"]] == 0).all(axis=None)


def test_the_two_tables_tell_the_same_of_every_build(effects, coverage):
    rows = coverage[coverage["district"] == "almaty"].set_index("moment")
    stands = effects[effects["build_id"].isin(rows.index)].set_index("build_id")
    assert len(stands) == 201
    assert (rows.loc[stands.index, "covered"] == stands["covered_after"]).all()
    assert ((rows.loc[stands.index, "mean_min"] - stands["mean_min_after"]).abs() < 0.006).all()
    assert rows.loc[stands.index, ["share_low", "share_high"]].notna().all(axis=None)


def test_a_folder_that_is_not_a_run_is_left_alone(start_geoplan, tmp_path):
    mine = tmp_path / "maps" / "almaty"
    mine.mkdir(parents=True)
    (mine / "notes.txt").write_text("mine")
    result = start_geoplan("run", "--out", tmp_path / "maps", cwd=tmp_path)
    assert result.status == 1
    assert "almaty: holds other files" in result.err
    assert (mine / "notes.txt").read_text() == "mine"


def test_a_proposed_site_lies_in_its_district_and_is_called_proposed(builds, root):
    import geopandas as gpd

    districts = gpd.read_file(root / "layers" / "almaty" / "districts.geojson")
    proposed = builds[(builds["status"] == "proposed") & (builds["lon"] != "")]
    assert len(proposed) > 150
    points = gpd.GeoDataFrame(
        proposed,
        geometry=gpd.points_from_xy(proposed["lon"].astype(float), proposed["lat"].astype(float)),
        crs=4326,
    )
    found = points.sjoin(districts[["district", "geometry"]], how="left", lsuffix="asked")
    named = found[found["district_asked"] != ""]
    assert len(named) > 30
    assert (named["district_asked"] == named["district_right"]).all()
    assert set(proposed["precision"]) == {"district", "city"}


def test_the_record_holds_what_is_needed_to_run_it_again(done):
    record = json.loads((done.folder / "run.json").read_text(encoding="utf-8"))
    assert record["seed"] == record["standards"]["draws"]["seed"]["value"]
    assert set(record["services"]) == set(SERVICES)
    assert all(value.startswith("sha256:") for value in record["layers"].values())
    for service in record["services"].values():
        assert service["siting"]["newly_covered"] <= service["siting"]["bound"]
    text = (done.folder / "run.json").read_text(encoding="utf-8")
    assert str(done.folder.parent) not in text


def test_the_same_input_gives_the_same_bytes(done, start_geoplan, tmp_path):
    folder = done.folder
    again = start_geoplan("run", "--out", tmp_path / "maps", cwd=tmp_path, seed="42")
    assert again.status == 0, again.err
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    other = tmp_path / "maps" / "almaty"
    assert names == sorted(str(path.relative_to(other)) for path in other.rglob("*") if path.is_file())
    differing = [
        name
        for name in names
        if name != "timings.json" and (folder / name).read_bytes() != (other / name).read_bytes()
    ]
    assert differing == []


@pytest.mark.sources
def test_reading_the_document_afresh_gives_the_shipped_tables(done, start_geoplan, tmp_path, sources):
    result = start_geoplan(
        "run",
        "--roadmap",
        sources / "roadmap.txt",
        "--service",
        "kindergarten",
        "--out",
        tmp_path / "maps",
        cwd=tmp_path,
    )
    assert result.status == 0, result.err
    fresh = tmp_path / "maps" / "almaty" / "data"
    shipped = done.folder / "data"
    assert (fresh / "projects.csv").read_bytes() == (shipped / "projects.csv").read_bytes()
    told, own = ((folder / "findings.csv").read_bytes().splitlines() for folder in (fresh, shipped))
    off = [line for line in own if line.startswith(b",,off_network,")]
    # what the document tells is the same; what no street is near is told of the services that were run
    assert told == own[: -len(off)] + [line for line in off if b"kindergarten: " in line]
    assert len(off) == 2
    one, two = (
        pd.read_csv(folder / "builds.csv", keep_default_na=False).query("service == 'kindergarten'")
        for folder in (fresh, done.folder / "data")
    )
    pd.testing.assert_frame_equal(one, two)
