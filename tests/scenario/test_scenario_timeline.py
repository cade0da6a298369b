"""Before and after a build, worked out by hand on a small city of 24 cells and 2,400 people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from smallville import SmallCity, build, facility, points, stated

from geoplan.errors import InputError
from geoplan.scenario import access_at, compare_moments, suggest_sites, timeline
from geoplan.scenario.scene import middle_draw
from geoplan.scenario.views import classes
from geoplan.standards import load_standards

SCHOOL = load_standards().service("school")


def plan_of(facilities, builds, service="school"):
    return timeline(SmallCity(facilities, builds), service=service)


def share(plan, scenario, moment, district="smallville", mode="network", column="covered"):
    table = plan.coverage_table
    rows = table[
        (table["scenario"] == scenario)
        & (table["moment"] == moment)
        & (table["district"] == district)
        & (table["mode"] == mode)
    ]
    assert len(rows) == 1
    return rows[column].iloc[0]


def effect(plan, build_id):
    return plan.effects().set_index("build_id").loc[build_id]


# A school at a crossing reaches, within 500 m of street (each cell 10 m off it), crossings up to two blocks away: 410 m.
AT_CORNER = [facility("school-001", "school", (0, 0))]  # 6 crossings: (0,0) (1,0) (2,0) (0,1) (1,1) (0,2)


def test_a_new_school_in_the_far_corner_adds_its_own_six_crossings():
    plan = plan_of(AT_CORNER, [build("5.1-01", "school", **stated((1000, 600)))])
    assert plan.moments == ["baseline", "2024"]
    assert share(plan, "proposed", "baseline") == 600
    assert share(plan, "proposed", "2024") == 1200
    assert share(plan, "proposed", "2024", "medeu") == 600
    assert share(plan, "without", "2024") == 600
    row = effect(plan, "5.1-01")
    assert (row["covered_before"], row["covered_after"], row["newly_covered"]) == (600, 1200, 600)
    assert (row["gained"], row["lost"], row["gain_alone"], row["loss_if_dropped"]) == (600, 0, 600, 600)
    assert row["district_most_helped"] == "medeu"
    assert (row["low"], row["high"]) == (600, 600)  # a stated place leaves nothing to draw
    assert row["mean_min_after"] < row["mean_min_before"]


def test_the_straight_reading_stands_beside_the_network_one():
    plan = plan_of(AT_CORNER, [])
    # as the crow flies 500 m also reach (2,1) and (1,2): 456 and 457 m
    assert share(plan, "proposed", "baseline", mode="straight") == 800
    assert share(plan, "proposed", "baseline") == 600


def test_an_annex_and_a_renovation_add_no_coverage_and_no_point():
    builds = [
        build("5.1-01", "school", action="annex", kind="annex"),
        build("5.1-02", "school", action="renovation"),
    ]
    plan = plan_of(AT_CORNER, builds)
    assert plan.builds["site_status"].tolist() == ["none", "none"]
    assert plan.builds["site_lon"].isna().all()
    assert (plan.effects()[["newly_covered", "gain_alone", "loss_if_dropped", "low", "high"]] == 0).all(
        axis=None
    )
    assert plan.moments == ["baseline"]


def test_a_replacement_elsewhere_closes_the_old_one_and_may_lose_people():
    old = facility("ambulance-05", "ambulance", (0, 0), name="Подстанция №5")
    move = build(
        "16.5-01", "ambulance", action="replacement", replaces="подстанция №5", **stated((1000, 600))
    )
    plan = plan_of([old], [move], service="ambulance")
    limit = plan.service.headline_reading
    assert limit.limit == pytest.approx(10 * 60 - plan.service.before_driving)
    before, after = plan.views["proposed"]
    assert before[0] < after[0]  # the cell beside the old station is worse off
    assert before[23] > after[23]


def test_a_replacement_in_place_changes_nothing():
    old = facility("ambulance-05", "ambulance", (0, 0), name="Подстанция №5")
    move = build("16.5-01", "ambulance", action="replacement", replaces="подстанция №5", **stated((0, 0)))
    plan = plan_of([old], [move], service="ambulance")
    assert (plan.views["proposed"][0] == plan.views["proposed"][1]).all()
    assert plan.changes == {}
    assert effect(plan, "16.5-01")["newly_covered"] == 0


def test_gained_and_lost_are_both_told():
    standards = load_standards()
    slow = standards.model_copy(
        update={
            "services": standards.services
            | {
                "ambulance": standards.service("ambulance").model_copy(
                    update={
                        "thresholds": [standards.service("ambulance").thresholds[0].model_copy(update={"value": 3.5})],
                        "headline": 3.5, "map_breaks": [3.5, 5],
                    }
                )
            }
        }
    )  # fmt: skip
    old = facility("ambulance-05", "ambulance", (0, 0), name="Подстанция №5")
    move = build(
        "16.5-01", "ambulance", action="replacement", replaces="подстанция №5", **stated((1000, 600))
    )
    plan = timeline(SmallCity([old], [move]), service="ambulance", standards=slow)
    row = effect(plan, "16.5-01")
    assert row["gained"] > 0
    assert row["lost"] > 0
    assert row["newly_covered"] == row["gained"] - row["lost"]


def test_a_build_that_already_stands_is_never_added_twice():
    twin = facility("school-002", "school", (1000, 600), opens="2023-09")
    plan = plan_of(
        [*AT_CORNER, twin], [build("5.1-01", "school", facility_id="school-002", standing="stands")]
    )
    assert plan.builds["site_status"].tolist() == ["register"]
    assert share(plan, "proposed", "baseline") == 600  # not there before its build
    assert share(plan, "without", "2024") == 600
    assert share(plan, "proposed", "2024") == 1200
    assert share(plan, "placed", "2024") == 1200


def test_a_new_building_on_the_site_of_the_old_one_changes_nothing():
    plan = plan_of(AT_CORNER, [build("5.1-01", "school", facility_id="school-001", standing="stands")])
    assert share(plan, "proposed", "baseline") == share(plan, "proposed", "2024") == 600
    row = effect(plan, "5.1-01")
    assert (row["newly_covered"], row["gain_alone"], row["loss_if_dropped"]) == (0, 0, 0)


def test_a_facility_that_opens_outside_the_roadmap_enters_with_its_own_year():
    other = facility("school-002", "school", (1000, 600), opens="2025-09")
    plan = plan_of([*AT_CORNER, other], [build("5.1-01", "school", **stated((0, 0)))])
    assert plan.moments == ["baseline", "2024", "2025"]
    assert [share(plan, "without", moment) for moment in plan.moments] == [600, 600, 1200]
    assert effect(plan, "5.1-01")["newly_covered"] == 0


def test_a_proposed_site_is_the_best_case_and_the_range_of_the_draws_lies_below_it():
    plan = plan_of(AT_CORNER, [build("5.1-01", "school"), build("5.1-02", "school", district="medeu")])
    assert plan.builds["site_status"].tolist() == ["proposed", "proposed"]
    assert plan.builds["site_district"].tolist()[1] == "medeu"
    best = share(plan, "proposed", "2024")
    assert best > share(plan, "drawn", "2024")
    low, high = (share(plan, "drawn", "2024", column=name) for name in ("share_low", "share_high"))
    assert low <= share(plan, "drawn", "2024", column="share") <= high
    assert high <= share(plan, "proposed", "2024", column="share")
    assert low == share(plan, "proposed", "2024", column="share_low")
    assert share(plan, "placed", "2024") == 600
    row = effect(plan, "5.1-01")
    assert 0 <= row["low"] <= row["high"] <= row["newly_covered"]


def test_private_builds_are_a_separate_switch():
    plan = plan_of(AT_CORNER, [build("5.2-01", "school", owner="private")])
    assert share(plan, "proposed", "2024") == 600
    assert share(plan, "proposed+private", "2024") > 600
    assert set(plan.views) == {"placed", "proposed", "proposed+private"}
    assert effect(plan, "5.2-01")["newly_covered"] > 0


def test_a_station_known_only_to_exist_is_drawn_and_not_absent():
    known = facility("ambulance-01", "ambulance", (0, 0))
    lost = facility("ambulance-02", "ambulance", None, district="medeu", precision="district")
    plan = plan_of([known, lost], [], service="ambulance")
    assert plan.unplaced["existing"] == 1
    assert plan.unplaced["existing_drawn"] == 1
    table = plan.coverage_table.query("moment == 'baseline' and district == 'smallville' and threshold == 10")
    mean = table[table["mode"] == "response"].set_index("scenario")["mean_min"]
    assert mean["proposed"] < mean["placed"]


def test_schools_without_a_place_are_counted_and_not_drawn():
    plan = plan_of([*AT_CORNER, facility("school-002", "school", None, precision="none")], [])
    assert plan.unplaced["existing"] == 1
    assert plan.unplaced["existing_drawn"] == 0
    assert share(plan, "proposed", "baseline") == 600


def test_the_same_input_gives_the_same_tables():
    builds = [build("5.1-01", "school"), build("5.1-02", "school", district="medeu", opens=2025)]
    first, second = plan_of(AT_CORNER, builds), plan_of(AT_CORNER, builds)
    pd.testing.assert_frame_equal(first.coverage_table, second.coverage_table)
    pd.testing.assert_frame_equal(first.effects_table, second.effects_table)
    np.testing.assert_array_equal(first.views["proposed"], second.views["proposed"])


def test_builds_of_one_year_have_no_order_among_them():
    one, two = (
        build("5.1-01", "school", **stated((1000, 600))),
        build("5.1-02", "school", **stated((1000, 400))),
    )
    there, back = plan_of(AT_CORNER, [one, two]), plan_of(AT_CORNER, [two, one])
    pd.testing.assert_frame_equal(there.effects_table, back.effects_table)
    assert effect(there, "5.1-01")["covered_before"] == effect(there, "5.1-02")["covered_before"] == 600
    # together they cover less than one by one: each alone counts the crossings they share
    assert effect(there, "5.1-01")["loss_if_dropped"] < effect(there, "5.1-01")["gain_alone"]


def test_classes_include_their_bound_and_mark_the_unreachable():
    costs = np.asarray([300.0, 300.01, 500.0, 9999.0, np.inf], dtype=np.float32)
    assert classes(costs, SCHOOL).tolist() == [0, 1, 1, len(SCHOOL.map_breaks), 255]


def test_the_typical_draw_is_the_one_that_half_of_them_meet():
    costs = np.asarray([[1.0], [2.0], [3.0], [np.inf]], dtype=np.float32)
    assert middle_draw(costs).tolist() == [2.0]


def test_unknown_service_and_a_city_without_it_say_so():
    city = SmallCity(AT_CORNER, [])
    with pytest.raises(InputError, match="unknown service 'library': known are ambulance"):
        timeline(city, service="library")
    with pytest.raises(InputError, match="smallville: the facilities layer has no polyclinic"):
        timeline(city, service="polyclinic")


def test_access_at_takes_a_threshold_of_ones_own_and_includes_its_bound():
    city = SmallCity(AT_CORNER, [build("5.1-01", "school", **stated((1000, 600)))])
    table = access_at(city, service="school", year=2022, threshold="210m").set_index(["scenario", "district"])
    assert (
        table.loc[("proposed", "smallville"), "covered"] == 300
    )  # its own crossing and two neighbours at 210 m
    less = access_at(city, service="school", year=2022, threshold="209 m").set_index(["scenario", "district"])
    assert less.loc[("proposed", "smallville"), "covered"] == 100
    after = access_at(city, service="school", threshold="0.5km").set_index(["scenario", "district"])
    assert after.loc[("proposed", "smallville"), "covered"] == 1200
    for bad in ("soon", "10min", "-5m", "0m"):
        with pytest.raises(InputError, match="threshold"):
            access_at(city, service="school", threshold=bad)


def test_compare_gives_the_change_of_every_district():
    city = SmallCity(AT_CORNER, [build("5.1-01", "school", **stated((1000, 600)))])
    table = compare_moments(city, "baseline", "2024", service="school").set_index("district")
    assert table["change"].to_dict() == {"almaly": 0, "medeu": 600, "smallville": 600}
    later = compare_moments(city, "2023", "2029", service="school").set_index("district")
    assert later["change"].to_dict() == table["change"].to_dict()  # nothing changes before 2024 or after
    with pytest.raises(InputError, match="moment 'soon': give baseline, a year or"):
        compare_moments(city, "soon", "2024", service="school")
    with pytest.raises(InputError, match="year 2019: give one from 2022"):
        compare_moments(city, "2019", "2029", service="school")


def test_suggested_sites_reach_their_own_promise():
    city = SmallCity(AT_CORNER, [])
    found = suggest_sites(city, service="school", count=2)
    assert found.before == 600
    assert found.after == found.before + found.sites["newly_covered"].sum()
    assert found.after <= found.bound <= 2400
    assert 0 <= found.gap <= 1
    built = [
        facility(f"s{i}", "school", None, geometry=shapely.Point(row.lon, row.lat))
        for i, row in found.sites.iterrows()
    ]
    assert share(plan_of([*AT_CORNER, *built], []), "proposed", "baseline") == found.after
    with pytest.raises(InputError, match="unknown district 'mars'"):
        suggest_sites(city, service="school", count=1, district="mars")
    with pytest.raises(InputError, match="at least one"):
        suggest_sites(city, service="school", count=0)


def test_points_helper_is_inside_the_utm_zone():
    lon, lat = points((0, 0))
    assert 76 < lon[0] < 78
    assert 43 < lat[0] < 44


def test_a_measure_that_cannot_be_computed_is_named_with_the_reason():
    plan = plan_of([facility("ambulance-01", "ambulance", (0, 0))], [], service="ambulance")
    assert [measure for measure, _ in plan.not_computable] == ["golden hour"]
    assert "hospital" in plan.not_computable[0][1]
    assert "golden_hour" not in set(plan.measures()["measure"])
    assert plan_of(AT_CORNER, []).not_computable == ()
