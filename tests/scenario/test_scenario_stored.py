"""Stored sites: used while their inputs are the same, and only then."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from smallville import SmallCity, build, facility, points

from geoplan.errors import LayerError
from geoplan.scenario import timeline
from geoplan.scenario.bench import bench_of
from geoplan.scenario.choose import solve_roadmap
from geoplan.scenario.sites import existing_sites, planned_sites
from geoplan.scenario.stored import COLUMNS, inputs_hash
from geoplan.siting import Limits
from geoplan.standards import load_standards

SCHOOL = load_standards().service("school")
EXISTING = [facility("school-001", "school", (0, 0))]
BUILDS = [build("5.1-01", "school"), build("5.1-02", "school", opens=2025)]
ODD = points((600, 200), (200, 400))  # places that the greedy rule does not choose


def town(builds=BUILDS, existing=EXISTING) -> SmallCity:
    return SmallCity(existing, builds)


def hash_of(city: SmallCity) -> str:
    existing = existing_sites(city.facilities, "school", drawn=False)
    return inputs_hash(bench_of(city), SCHOOL, existing, planned_sites(city.builds, existing, "school"))


def stored(city: SmallCity, **other) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "build_id": ["5.1-01", "5.1-02"], "service": "school", "opens": [2024, 2025], "lon": ODD[0], "lat": ODD[1],
            "district": ["medeu", "almaly"], "covers": 1, "newly_covered": 1, "reason": "", "alternatives": "",
            "objective": 40.0, "bound": 50.0, "gap": 0.2, "objective_unit": "person-years", "solved": "within gap",
            "inputs": hash_of(city),
        }
    )  # fmt: skip
    return table.assign(**other)[COLUMNS]


def planned(city: SmallCity, sites: pd.DataFrame | None):
    city.__dict__["sites"] = sites
    return timeline(city, service="school")


def test_sites_that_fit_are_used_and_their_proof_is_told():
    plan = planned(town(), stored(town()))
    assert plan.builds["site_lon"].tolist() == ODD[0].tolist()
    assert plan.builds["site_district"].tolist() == ["medeu", "almaly"]
    assert (plan.siting.how, plan.siting.gap, plan.siting.unit) == ("exact", 0.2, "person-years")
    assert (plan.builds["site_status"] == "proposed").all()


def test_sites_made_for_other_builds_facilities_or_standards_are_not_used():
    free = planned(town(), None)
    assert free.siting.how == "greedy"
    later = [BUILDS[0], build("5.1-02", "school", opens=2026)]
    moved = [facility("school-001", "school", (200, 0))]
    for other in (
        town(builds=later),
        town(existing=moved),
        town(builds=[*BUILDS, build("5.1-03", "school")]),
    ):
        plan = planned(other, stored(town()))
        assert plan.siting.how == "greedy"
        assert not plan.builds["site_lon"].isin(ODD[0]).any()


def test_the_hash_does_not_depend_on_what_decides_nothing():
    named = [facility("school-001", "school", (0, 0), name="Another name", note="x")]
    assert hash_of(town(existing=named)) == hash_of(town())
    assert hash_of(town(existing=named[:1])) != hash_of(
        town(existing=[facility("school-001", "school", (0, 1))])
    )


def test_a_figure_that_places_nothing_leaves_the_hash_and_one_that_does_changes_it():
    shipped = load_standards()

    def with_figure(name, value):
        figure = getattr(shipped.siting, name).model_copy(update={"value": value})
        siting = shipped.siting.model_copy(update={name: figure})
        city = town()
        bench_of(city, shipped.model_copy(update={"siting": siting}))
        existing = existing_sites(city.facilities, "school", drawn=False)
        bench = city.__dict__["_bench"]
        return inputs_hash(bench, SCHOOL, existing, planned_sites(city.builds, existing, "school"))

    assert with_figure("people_spread", 0.5) == hash_of(town())
    assert with_figure("corner_spacing", 150.0) != hash_of(town())


def test_a_table_edited_by_hand_is_refused_with_its_name():
    sites = stored(town())
    with pytest.raises(LayerError, match=r"sites.csv: no one place for every school build; run `make sites`"):
        planned(town(), sites.iloc[:1])
    with pytest.raises(LayerError, match=r"sites.csv: no one place for every school build"):
        planned(town(), sites.assign(lon=[1.0, float("nan")]))
    with pytest.raises(LayerError, match=r"sites.csv: column 'bound' is missing"):
        planned(town(), sites.drop(columns="bound"))


def test_the_phased_plan_is_right_for_all_years_and_no_other_choice_is_better():
    """Two builds of two years, every pair of corners tried: people-years from the opening of the first that covers."""
    city = town()
    table = solve_roadmap(city, service="school", limits=Limits(gap=0.0)).set_index("build_id")
    bench = bench_of(city)
    corners, reach = bench.corners(SCHOOL), bench.reach(SCHOOL)
    cost = np.concatenate([part for _, part in reach.rows(corners["lon"], corners["lat"])]) <= 500
    left = reach.nearest(*points((0, 0)))[0] > 500
    persons = city.cells["persons"].to_numpy() * left

    def worth(early, late):
        # The plan ends in 2025: from 2024 two years, from 2025 one.
        return persons[cost[early]].sum() + persons[cost[early] | cost[late]].sum()

    best = max(worth(a, b) for a in corners.index for b in corners.index)
    assert table["objective"].unique().tolist() == [best]
    assert table["bound"].unique().tolist() == [best]
    at = [
        corners.index[(corners["lon"] == table.loc[b, "lon"]) & (corners["lat"] == table.loc[b, "lat"])][0]
        for b in ("5.1-01", "5.1-02")
    ]
    assert worth(*at) == best


def test_phased_sites_keep_the_district_of_each_build_and_are_taken_by_a_run():
    builds = [
        build("5.1-01", "school", district="medeu"),
        build("5.1-02", "school", district="almaly"),
        build("5.1-03", "school", owner="private"),
    ]
    city = town(builds=builds)
    table = solve_roadmap(city, service="school")
    assert table.set_index("build_id")["district"][["5.1-01", "5.1-02"]].tolist() == ["medeu", "almaly"]
    assert table["lon"].nunique() == 3
    plan = planned(city, table)
    assert plan.siting.how == "exact"
    assert (
        plan.builds.set_index("build_id")["site_lon"].to_dict()
        == table.set_index("build_id")["lon"].to_dict()
    )


def test_a_city_with_nothing_to_propose_gets_an_empty_table():
    table = solve_roadmap(town(builds=[build("5.1-01", "school", action="renovation")]), service="school")
    assert table.empty
    assert table.columns.tolist() == COLUMNS


def test_sites_made_before_a_forbidden_turn_is_known_do_not_fit():
    service = load_standards().service("ambulance")

    def hashed(turns, kind="ambulance"):
        city = SmallCity([facility(f"{kind}-1", kind, (0, 0))], [build("16-1", kind)])
        city.__dict__["restrictions"] = pd.DataFrame(turns, columns=["from_u", "via", "to_v", "kind"])
        existing = existing_sites(city.facilities, kind, drawn=False)
        asked = service if kind == "ambulance" else SCHOOL
        return inputs_hash(bench_of(city), asked, existing, planned_sites(city.builds, existing, kind))

    forbidden = [(1, 2, 3, "no")]
    assert hashed([]) != hashed(forbidden)
    assert hashed([], "school") == hashed(forbidden, "school")


def test_an_ambulance_of_a_city_with_forbidden_turns_obeys_them_in_every_table():
    def mean_minutes(turns):
        city = SmallCity([facility("ambulance-1", "ambulance", (0, 0))], [])
        city.__dict__["restrictions"] = pd.DataFrame(turns, columns=["from_u", "via", "to_v", "kind"])
        minutes = timeline(city, service="ambulance").coverage(by="district")["mean_min"]
        return pd.to_numeric(minutes, errors="coerce").to_numpy(dtype=float)

    # The station's own corner is left along two streets; whoever takes the lower one may not drive on.
    free, bound = mean_minutes([]), mean_minutes([(0, 1, 2, "no"), (0, 1, 7, "no"), (0, 1, 0, "no")])
    known = np.isfinite(free)
    assert known.any()
    assert (bound[known] > free[known]).all()
