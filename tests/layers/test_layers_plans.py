from pathlib import Path

import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

import geoplan as gp
from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.layers.projects import place_builds, read_plans


@pytest.fixture(scope="module")
def city():
    return open_city()


def plans_of(city, document):
    return read_plans(
        document,
        places=city.places,
        districts=city.districts.reset_index(),
        facilities=city.facilities,
        opened=city.opened,
    )


@pytest.mark.sources
def test_a_document_read_afresh_gives_the_shipped_tables(city, sources):
    plans = plans_of(city, sources / "roadmap.txt")
    pd.testing.assert_frame_equal(plans.projects, city.projects)
    pd.testing.assert_frame_equal(plans.builds, city.builds)
    pd.testing.assert_frame_equal(plans.findings, city.findings)
    assert_geodataframe_equal(plans.facilities, city.facilities, check_dtype=False)


@pytest.mark.sources
def test_placing_the_builds_of_a_roadmap_gives_the_shipped_points(city, sources):
    builds = gp.read_roadmap(sources / "roadmap.txt").builds
    placed = place_builds(builds, city.facilities, city.opened, places=city.places, districts=city.districts)
    assert placed.index.equals(builds.index)
    shipped = city.builds
    for column in ("lon", "lat", "radius_m"):
        pd.testing.assert_series_equal(placed[column].astype(float), shipped[column], check_index=False)
    assert placed["facility_id"].fillna("").tolist() == shipped["facility_id"].tolist()


def test_an_unreadable_document_is_refused(city, tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        plans_of(city, tmp_path / "nowhere.txt")
    (tmp_path / "other.txt").write_text("not a roadmap\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.txt"):
        plans_of(city, tmp_path / "other.txt")


def test_the_shipped_builds_are_those_of_the_issue(city):
    builds = city.builds
    builds = builds[~builds["service"].isin(["hospital", "other"])]
    kinds = builds.groupby("service")["build_id"].size()
    assert kinds.to_dict() == {"ambulance": 23, "kindergarten": 29, "polyclinic": 36, "school": 125}
    new = builds[~builds["action"].isin(["renovation"])]
    assert (new["service"] == "ambulance").sum() == 18
    assert (builds["replaces"] != "").sum() == 6
    school = builds[builds["service"] == "school"]
    assert ((school["opens"] <= 2025) & (school["action"] == "annex")).sum() == 7
    assert ((school["opens"] <= 2025) & (school["action"] == "new")).sum() == 51
    assert (school["opens"] > 2025).sum() == 67
    assert isinstance(city.folder, Path)
