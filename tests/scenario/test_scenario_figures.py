"""Each figure of effects.csv and coverage.csv against one worked out by hand: a slip in any of them shows here."""

from __future__ import annotations

import numpy as np
import pytest
from smallville import SmallCity, build, facility, points, stated

from geoplan.scenario import timeline
from geoplan.scenario.bench import bench_of
from geoplan.scenario.opening import open_scene, own_draws
from geoplan.scenario.proposals import draw_builds, draw_existing
from geoplan.scenario.ranges import draw_ranges
from geoplan.standards import load_standards

STANDARDS = load_standards()
HERE = facility("school-001", "school", (0, 0))  # covers 600 of 2,400 people
FAR = stated((1000, 600))  # covers 600 others


def effects(facilities, builds, service="school"):
    return timeline(SmallCity(facilities, builds), service=service).effects().set_index("build_id")


def impatient(minutes):
    """Standards under which an ambulance has only so many minutes."""
    ambulance = STANDARDS.service("ambulance")
    threshold = ambulance.thresholds[0].model_copy(update={"value": minutes})
    changed = ambulance.model_copy(
        update={"thresholds": [threshold], "headline": minutes, "map_breaks": [minutes, minutes + 1]}
    )
    return STANDARDS.model_copy(update={"services": STANDARDS.services | {"ambulance": changed}})


def test_a_build_of_last_year_already_stands_and_the_gain_alone_does_not_know_it():
    table = effects([HERE], [build("a-01", "school", **FAR), build("a-02", "school", opens=2025, **FAR)])
    assert table.loc["a-02", "covered_before"] == 1200
    assert table.loc["a-02", "newly_covered"] == 0
    assert table.loc["a-02", "gain_alone"] == 600
    assert table.loc["a-02", "loss_if_dropped"] == 0


def test_the_price_is_in_tenge_per_person():
    assert (
        effects([HERE], [build("a-01", "school", cost=6.0, **FAR)]).loc["a-01", "cost_per_newly_covered"]
        == 10_000
    )
    assert np.isnan(
        effects([HERE], [build("a-01", "school", cost=6.0, **stated((0, 0)))])["cost_per_newly_covered"].iloc[
            0
        ]
    )


def test_an_ambulance_may_not_drive_against_a_one_way_street_to_reach_people():
    # the station stands 150 m east of the corner, on the street that runs east only: to the corner it goes round
    city = SmallCity([facility("ambulance-01", "ambulance", (150, 0))], [])
    scene, _ = open_scene(bench_of(city), STANDARDS.service("ambulance"), city.builds)
    speed = STANDARDS.speeds.emergency.by_class()["residential"] / 3.6
    cost = scene.costs(2022, np.zeros(0, dtype=bool))[0]
    # the cells lie 10 m up the streets that run north
    assert cost[0] == pytest.approx((50 + 200 + 200 + 190) / speed, rel=0.01)
    assert cost[1] == pytest.approx((50 + 10) / speed, rel=0.05)


def test_times_count_from_the_call():
    plan = timeline(SmallCity([facility("ambulance-01", "ambulance", (0, 0))], []), service="ambulance")
    table = plan.coverage_table.query("scenario == 'placed' and district == 'smallville' and threshold == 10")
    mean = table.set_index("mode")["mean_min"]
    assert mean["response"] - mean["drive"] == pytest.approx(plan.service.before_driving / 60, abs=0.011)
    assert plan.service.before_driving == 60 * (1.7 + 1.0)


def test_the_range_of_a_replacement_knows_that_the_old_one_closes():
    old = facility("ambulance-05", "ambulance", (0, 0), name="Подстанция №5")
    move = build("a-01", "ambulance", action="replacement", replaces="подстанция №5", **stated((1000, 600)))
    row = timeline(SmallCity([old], [move]), service="ambulance", standards=impatient(3.5)).effects().iloc[0]
    assert row["lost"] > 0
    assert row["low"] == row["median"] == row["high"] == row["newly_covered"] == row["gained"] - row["lost"]


def test_what_a_build_replaces_closes_in_its_own_year_and_not_before():
    old = facility("ambulance-05", "ambulance", (0, 0), name="Подстанция №5")
    move = build("a-01", "ambulance", action="replacement", replaces="подстанция №5", **stated((1000, 600)))
    city = SmallCity([old], [move])
    scene, _ = open_scene(bench_of(city), STANDARDS.service("ambulance"), city.builds)
    on = np.ones(1, dtype=bool)
    assert [scene.standing(year, on)[0] for year in (2023, 2024, 2025)] == [True, False, False]
    assert scene.standing(2030, ~on)[0]


def test_a_facility_stands_from_its_first_year_until_the_year_it_closes():
    city = SmallCity(
        [HERE, facility("school-002", "school", (1000, 600), opens="2024-09", closes="2026")], []
    )
    scene, _ = open_scene(bench_of(city), STANDARDS.service("school"), city.builds)
    none = np.zeros(0, dtype=bool)
    assert [bool(scene.standing(year, none)[1]) for year in (2023, 2024, 2025, 2026)] == [
        False,
        True,
        True,
        False,
    ]
    assert scene.moments(none) == [2024, 2026]


def test_sites_of_the_city_are_chosen_as_if_no_private_build_were_planned():
    state, private = build("a-01", "school"), build("a-00", "school", owner="private")
    alone = timeline(SmallCity([HERE], [state]), service="school").builds.set_index("build_id").loc["a-01"]
    both = (
        timeline(SmallCity([HERE], [private, state]), service="school")
        .builds.set_index("build_id")
        .loc["a-01"]
    )
    assert (both["site_lon"], both["site_lat"]) == (alone["site_lon"], alone["site_lat"])


def test_ranges_are_the_percentiles_that_the_standards_name():
    builds = [build("a-01", "school"), build("a-02", "school", district="medeu")]
    city = SmallCity([HERE], builds)
    bench, service = bench_of(city), STANDARDS.service("school")
    scene, _ = open_scene(bench, service, city.builds)
    picks, drawn = own_draws(bench, service, scene)
    assert picks.shape == (200, 2)
    ranges = draw_ranges(
        scene, active=np.ones(2, dtype=bool), rows=bench.candidate_rows(service), picks=picks, drawn=drawn,
        readings=service.readings, headline=service.headline_reading, demand=bench.demand,
    )  # fmt: skip
    plan = timeline(city, service="school")
    row = plan.effects().set_index("build_id").loc["a-01"]
    newly = ranges.newly[:, 0]
    assert [row["low"], row["median"], row["high"]] == [
        round(float(v)) for v in np.percentile(newly, [5, 50, 95])
    ]
    drawn_row = plan.coverage_table.query(
        "scenario == 'drawn' and moment == '2024' and district == 'smallville' and mode == 'network'"
    ).iloc[0]
    covered = ranges.coverage[2024, 0][:, -1]
    assert drawn_row["covered"] == round(float(np.median(covered)))
    assert drawn_row["share_high"] == pytest.approx(np.percentile(covered, 95) / 2400, abs=1e-4)


def test_the_two_tables_tell_the_same_of_every_build():
    builds = [build("a-01", "school"), build("a-02", "school", **FAR), build("a-03", "school", opens=2026)]
    plan = timeline(SmallCity([HERE], builds), service="school")
    rows = plan.coverage_table[plan.coverage_table["district"] == "smallville"].set_index("moment")
    for row in plan.effects().itertuples():
        assert rows.loc[row.build_id, "covered"] == row.covered_after
        assert rows.loc[row.build_id, "mean_min"] == pytest.approx(row.mean_min_after, abs=0.006)
        assert rows.loc[row.build_id, "share_low"] <= rows.loc[row.build_id, "share_high"]


def test_builds_that_the_document_dates_before_the_baseline_stand_in_every_scenario_of_the_plan():
    plan = timeline(SmallCity([HERE], [build("a-01", "school", opens=2020)]), service="school")
    rows = plan.coverage_table.query(
        "moment == 'baseline' and district == 'smallville' and mode == 'network'"
    )
    covered = rows.set_index("scenario")["covered"]
    assert covered["without"] == 600
    assert covered["proposed"] >= covered["drawn"] > 600
    assert plan.effects()["median"].notna().all()


def test_builds_that_may_already_stand_are_left_out_of_a_scenario_of_their_own():
    plan = timeline(SmallCity([HERE], [build("a-01", "school", standing="may stand")]), service="school")
    rows = plan.coverage_table.query("moment == '2024' and district == 'smallville' and mode == 'network'")
    covered = rows.set_index("scenario")["covered"]
    assert covered["proposed"] > 600
    assert covered["proposed-may_stand"] == 600


def test_a_place_known_only_roughly_is_drawn_inside_its_radius_and_district():
    city = SmallCity([HERE], [build("a-01", "school", district="medeu", **(FAR | {"radius_m": 1500.0}))])
    bench, service = bench_of(city), STANDARDS.service("school")
    scene, _ = open_scene(bench, service, city.builds)
    candidates = bench.candidates(service)
    picks, drawn = own_draws(bench, service, scene)
    assert drawn.tolist() == [True]
    assert set(candidates["district"].iloc[picks[:, 0]]) == {"medeu"}
    sharp, kept = draw_builds(
        scene.builds, candidates, count=5, rng=np.random.default_rng(1), rough_m=2000.0, crs=city.crs
    )
    assert not kept.any()
    assert not sharp.any()


def test_an_existing_station_is_drawn_in_its_district_or_at_one_of_the_places_its_source_leaves_open():
    lon, lat = points((100, 0), (900, 0))
    places = ";".join(f"{x:.6f} {y:.6f}" for x, y in zip(lon, lat, strict=True))
    rows = [
        facility("ambulance-01", "ambulance", None, district="medeu"),
        facility("ambulance-09", "ambulance", None, district="", alternatives=places),
    ]
    city = SmallCity([*rows, facility("ambulance-02", "ambulance", (0, 0))], [])
    bench, service = bench_of(city), STANDARDS.service("ambulance")
    scene, _ = open_scene(bench, service, city.builds)
    candidates = bench.candidates(service)
    picks, extra = draw_existing(scene.existing, candidates, count=400, rng=np.random.default_rng(5))
    assert set(candidates["district"].iloc[picks[:, 0]]) == {"medeu"}
    assert len(extra) == 2
    assert np.bincount(picks[:, 1] - len(candidates)).tolist() == pytest.approx([200, 200], abs=40)
