import numpy as np
import pandas as pd
import pytest

from geoplan.geocode import geocode_builds
from geoplan.layers.standing import match_standing, read_opened, replaced_facility

BUILD_COLUMNS = [
    *(
        "build_id",
        "project",
        "service",
        "action",
        "kind",
        "capacity",
        "opens",
        "district",
        "place",
        "replaces",
        "owner",
    ),
]


def _builds(rows):
    table = pd.DataFrame(rows, columns=BUILD_COLUMNS)
    status = np.where(table["place"] != "", "stated", "proposed")
    empty = {"precision": "", "alternatives": "", "facility_id": "", "standing": "", "note": ""}
    return table.assign(lon=np.nan, lat=np.nan, radius_m=np.nan, status=status, **empty)


@pytest.fixture(scope="module")
def plan():
    return _builds(
        [
            ("5.1.1-01", "5.1.1", "school", "new", "school", 1687, 2024, "", "", "", "state"),
            ("5.1.1-02", "5.1.1", "school", "new", "school", 1687, 2024, "", "", "", "state"),
            ("5.2.1-01", "5.2.1", "school", "new", "school", 550, 2023, "", "", "", "state"),
            ("5.2.1-03", "5.2.1", "school", "annex", "annex", 375, 2023, "", "", "", "state"),
            ("5.2.1-04", "5.2.1", "school", "annex", "annex", 375, 2023, "", "", "", "state"),
            ("5.2.1-11", "5.2.1", "school", "new", "school", 1203, 2030, "", "", "", "state"),
            ("5.2.3-01", "5.2.3", "school", "new", "school", 525, 2023, "", "", "", "private"),
            ("10.1-01", "10.1", "kindergarten", "new", "kindergarten", 204, 2023, "", "", "", "state"),
            ("14.2.2-05", "14.2.2", "polyclinic", "new", "ambulatory", 200, 2023, "auezov", "мкр. Мамыр", "", "state"),
            ("14.2.2-06", "14.2.2", "polyclinic", "new", "ambulatory", 200, 2023, "zhetysu", "мкр. Кемель", "", "state"),
            ("14.2.2-08", "14.2.2", "polyclinic", "new", "ambulatory", 200, 2023, "turksib", "", "", "state"),
            ("16.3-01", "16.3", "ambulance", "replacement", "substation", None, 2025, "medeu", "пр. Достык, 220а",
             "подстанция №4", "state"),
            ("16.3-03", "16.3", "ambulance", "replacement", "substation", None, 2026, "medeu", "ТРЦ «Апорт», мкр Думан",
             "старое здание (ТРЦ «Апорт», мкр Думан)", "state"),
            ("16.4-01", "16.4", "ambulance", "new", "substation", None, 2025, "turksib", "ул. Наманганская, 19а", "",
             "state"),
            ("16.5-02", "16.5", "ambulance", "replacement", "substation", None, 2030, "bostandyk", "ул. Тажибаева, 155а",
             "подстанция №5 (Розыбакиева, 177)", "state"),
            ("16.5-03", "16.5", "ambulance", "replacement", "substation", None, 2030, "bostandyk", "мкр. Ерменсай",
             "unnamed", "state"),
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def matched(almaty, plan):
    builds = geocode_builds(plan, places=almaty.places, districts=almaty.districts)
    builds, facilities, notes = match_standing(builds, almaty.facilities, read_opened(almaty.sources))
    return builds.set_index("build_id"), facilities.set_index("facility_id"), notes


@pytest.mark.sources
def test_a_build_on_its_register_row_enters_once(matched):
    builds, facilities, _ = matched
    school = builds.loc["5.1.1-01"]
    assert (school["standing"], school["facility_id"], school["district"]) == (
        "stands",
        "school-158",
        "auezov",
    )
    row = facilities.loc["school-158"]
    assert row["name"].endswith("№97")
    assert row["opens"] == "", "a new building on the site of the old school: there was a school in 2022"
    assert "новое здание на месте старого" in row["note"]
    assert (school["lon"], school["lat"]) == (row["geometry"].x, row["geometry"].y)
    assert (builds["facility_id"] == "school-158").sum() == 1
    assert builds.loc["5.1.1-02", "facility_id"] == ""


@pytest.mark.sources
def test_an_annex_is_matched_to_its_school_which_stood_before(matched):
    builds, facilities, _ = matched
    assert builds.loc[["5.2.1-03", "5.2.1-04"], "facility_id"].tolist() == ["school-012", "school-145"]
    assert facilities.loc[["school-012", "school-145"], "opens"].tolist() == ["", ""]


@pytest.mark.sources
def test_an_object_that_the_register_lacks_stands_at_the_reported_place(matched):
    builds, _, _ = matched
    new = builds.loc["14.2.2-08"]
    assert (new["standing"], new["facility_id"], new["precision"]) == ("stands", "", "microdistrict")
    assert (new["lon"], new["lat"], new["status"]) == (77.01543, 43.33593, "stated")
    assert builds.loc["14.2.2-06", "standing"] == "stands"
    assert builds.loc["14.2.2-05", "standing"] == "stands"


@pytest.mark.sources
def test_an_object_that_may_be_one_of_several_rows_may_stand(matched):
    builds, facilities, _ = matched
    for build in ("5.2.1-01", "10.1-01"):
        assert builds.loc[build, "standing"] == "may stand"
        assert builds.loc[build, "facility_id"] == ""
        assert "неизвестно" in builds.loc[build, "note"]
    assert (facilities["opens"] != "").sum() == 1, "substation 13"


@pytest.mark.sources
def test_early_builds_may_stand_and_late_or_private_ones_are_not_marked(matched):
    builds, _, _ = matched
    assert builds.loc["5.1.1-02", "standing"] == "may stand"
    assert builds.loc["5.2.1-11", "standing"] == ""
    assert builds.loc["5.2.3-01", "standing"] == "", "the register holds no private schools"
    assert builds.loc["16.4-01", "standing"] == "", "substation 13 is not known to be this build"


@pytest.mark.sources
def test_matching_twice_changes_nothing(almaty, plan):
    opened = read_opened(almaty.sources)
    builds = geocode_builds(plan, places=almaty.places, districts=almaty.districts)
    once, table, _ = match_standing(builds, almaty.facilities, opened)
    twice, again, _ = match_standing(builds, table, opened)
    pd.testing.assert_frame_equal(once, twice)
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(again))


@pytest.mark.sources
def test_replacements_name_the_facility_and_one_in_place_keeps_its_point(matched):
    builds, facilities, _ = matched
    replaced = replaced_facility(builds, facilities.reset_index())
    assert replaced[replaced != ""].to_dict() == {
        "16.3-01": "ambulance-04",
        "16.3-03": "ambulance-duman",
        "16.5-02": "ambulance-05",
    }
    assert builds.loc["16.3-01", "lon"] == facilities.loc["ambulance-04", "geometry"].x
    assert builds.loc["16.5-02", "lon"] != facilities.loc["ambulance-05", "geometry"].x
