"""Where to build next, on a small city whose every answer can be tried."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from smallville import UTM, X0, Y0, SmallCity, build, facility, points, small_cells, stated

from geoplan.errors import InputError
from geoplan.scenario.bench import bench_of
from geoplan.scenario.choose import (
    answer_question,
    ask,
    best_plans,
    compare_roadmap,
    marginal_curve,
    suggest_sites,
    survival,
    without_areas,
)
from geoplan.siting import Limits, solve
from geoplan.standards import load_standards

AT_CORNER = [facility("school-001", "school", (0, 0))]  # 6 of 24 cells within 500 m


def town(builds=(), facilities=AT_CORNER, places=()) -> SmallCity:
    city = SmallCity(list(facilities), list(builds))
    city.__dict__["places"] = gpd.GeoDataFrame(
        {"kind": ["microdistrict"] * len(places), "name": [name for name, _ in places]},
        geometry=[shapely.Point(*[float(v[0]) for v in points(at)]) for _, at in places],
        crs="EPSG:4326",
    )
    return city


def people_within(city, sites, limit=500.0):
    """Brute force: persons within the limit of the school that stands or of any site, on the same network."""
    reach = bench_of(city).reach(bench_of(city).standards.service("school"))
    lon = [points((0, 0))[0][0], *sites["lon"]]
    lat = [points((0, 0))[1][0], *sites["lat"]]
    cost, _ = reach.nearest(lon, lat)
    return float(city.cells["persons"][cost <= limit].sum())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_choice_of_corners_covers_more_people(count):
    city = town()
    found = suggest_sites(city, service="school", count=count)
    corners = bench_of(city).corners(bench_of(city).standards.service("school"))
    best = max(
        people_within(city, corners.iloc[list(chosen)]) for chosen in combinations(corners.index, count)
    )
    assert found.objective == found.bound == found.after == best
    assert found.before == 600
    assert people_within(city, found.sites) == best
    assert found.status == "optimal"


def test_sites_come_in_the_order_in_which_they_gain_and_their_gains_add_up():
    found = suggest_sites(town(), service="school", count=3)
    gains = found.sites["newly_covered"].tolist()
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == found.after - found.before
    assert (found.sites["status"] == "proposed").all()


def test_the_district_table_adds_up_and_its_last_row_is_the_city():
    table = suggest_sites(town(), service="school", count=2).districts.set_index("district")
    assert table.index[-1] == "smallville"
    for column in ("population", "covered_before", "covered_after", "change", "uncovered"):
        assert table[column].iloc[:-1].sum() == table.loc["smallville", column]
    assert (table["covered_after"] + table["uncovered"] == table["population"]).all()


def test_a_district_binds_the_sites():
    assert (
        suggest_sites(town(), service="school", count=2, district="medeu").sites["district"].eq("medeu").all()
    )
    with pytest.raises(InputError, match="unknown district 'mars': known are almaly, medeu"):
        suggest_sites(town(), service="school", count=1, district="mars")


def test_the_least_mean_way_is_that_of_every_choice_tried():
    city = town()
    found = suggest_sites(city, service="school", count=1, objective="mean")
    reach = bench_of(city).reach(bench_of(city).standards.service("school"))
    corners = bench_of(city).corners(bench_of(city).standards.service("school"))
    home = points((0, 0))
    means = [
        float(np.mean(reach.nearest([home[0][0], row.lon], [home[1][0], row.lat])[0]))
        for row in corners.itertuples()
    ]
    assert found.objective == pytest.approx(min(means), abs=0.01)
    assert found.unit == "m"


def test_a_facility_that_stands_rules_out_corners_near_it():
    near = ask(town(), service="school", count=1)
    apart = ask(town(), service="school", count=1, apart_m=650)
    assert len(apart.candidates) < len(near.candidates)
    home = np.array([X0, Y0])
    to_metres = gpd.GeoSeries(
        gpd.points_from_xy(apart.candidates["lon"], apart.candidates["lat"]), crs="EPSG:4326"
    ).to_crs(UTM)
    assert (to_metres.distance(shapely.Point(home)) >= 649.9).all()


def test_parcels_are_the_only_candidates_and_are_named():
    plots = gpd.GeoDataFrame(
        {"id": ["far", "near"]},
        geometry=[shapely.Point(X0 + 1000, Y0 + 400), shapely.Point(X0 + 10, Y0 + 10)],
        crs=UTM,
    )
    question = ask(town(), service="school", count=1, parcels=plots)
    answer = answer_question(question)
    assert answer.best.sites["parcel"].tolist() == ["far"]
    off = plots.set_geometry([shapely.Point(X0 + 1000, Y0 + 400), shapely.Point(X0 - 9000, Y0)])
    with pytest.raises(InputError, match="parcels: 1 of 2 lie outside the city, the first is near"):
        ask(town(), service="school", count=1, parcels=off)


def test_the_best_choice_outside_excluded_areas_is_found_and_those_in_them_are_counted():
    city = town()
    corners = bench_of(city).corners(bench_of(city).standards.service("school"))
    at = gpd.GeoSeries(gpd.points_from_xy(corners["lon"], corners["lat"]), crs="EPSG:4326").to_crs(UTM)
    free = suggest_sites(city, service="school", count=1).sites
    taken = gpd.GeoSeries(gpd.points_from_xy(free["lon"], free["lat"]), crs="EPSG:4326").to_crs(UTM)
    areas = taken.buffer(250)
    inside = at.within(areas.iloc[0]).to_numpy()
    question = without_areas(ask(city, service="school", count=1), areas.to_crs("EPSG:4326"))
    answer = answer_question(question)
    best = max(people_within(city, corners.iloc[[k]]) for k in corners.index[~inside])
    assert answer.best.after == best < people_within(city, free)
    assert question.excluded == inside.sum() > 1
    assert answer.exclusion() == (
        f"excluded: {inside.sum()} of {len(corners)} candidates lie in the 1 excluded area"
    )
    with pytest.raises(InputError, match=rf"\({len(corners)} more lie in excluded areas\)"):
        without_areas(ask(city, service="school", count=1), at.buffer(1))
    nowhere = answer_question(without_areas(ask(city, service="school", count=1), areas.translate(90_000)))
    assert nowhere.best.sites["newly_covered"].tolist() == free["newly_covered"].tolist()
    assert nowhere.exclusion() == "excluded: none; no part of the 1 excluded area lies in the city"


def test_more_sites_than_candidates_is_told():
    with pytest.raises(
        InputError, match=r"count 99: ask for at least one site and at most the \d+ candidates"
    ):
        suggest_sites(town(), service="school", count=99)
    with pytest.raises(InputError, match="count 0"):
        suggest_sites(town(), service="school", count=0)


def test_other_plans_are_the_best_of_those_that_differ_enough():
    city, shipped = town(), load_standards()
    near = shipped.siting.same_place.model_copy(update={"value": 250.0})
    siting = shipped.siting.model_copy(update={"same_place": near})
    question = ask(city, service="school", count=2, standards=shipped.model_copy(update={"siting": siting}))
    first = solve(question.problem)
    found = best_plans(question, first, count=4)
    assert len(found.answers) == 4
    assert not found.exhausted
    corners = question.candidates
    xy = gpd.GeoSeries(gpd.points_from_xy(corners["lon"], corners["lat"]), crs=4326).to_crs(UTM)
    xy = xy.get_coordinates().to_numpy()

    def differs(later, earlier):
        off = np.hypot(*(xy[list(later)][:, None] - xy[list(earlier)][None]).transpose(2, 0, 1))
        return (off.min(axis=1) >= 250).any()

    worth = {
        pair: people_within(city, corners.iloc[list(pair)]) - 600
        for pair in combinations(range(len(corners)), 2)
    }
    for k, answer in enumerate(found.answers):
        before = [earlier.sites for earlier in found.answers[:k]]
        assert all(differs(answer.sites, sites) for sites in before)
        # Every pair tried: none that differs from those before is better.
        assert answer.objective == max(
            value for pair, value in worth.items() if all(differs(pair, sites) for sites in before)
        )


def test_where_no_plan_differs_the_answer_says_so():
    tiny = small_cells()
    city = town()
    city.__dict__["cells"] = tiny[(tiny["col"] <= 1) & (tiny["row"] <= 1)].reset_index(drop=True)
    question = ask(city, service="school", count=1)
    found = best_plans(question, solve(question.problem), count=5)
    assert found.exhausted
    assert len(found.answers) < 5
    assert "fewer plans differ enough" in answer_question(question, plans=5).sentence()


def test_the_value_of_each_further_site_never_rises():
    question = ask(town(), service="school", count=4)
    curve = marginal_curve(question)
    assert curve["count"].tolist() == [1, 2, 3, 4]
    assert curve["worth"].sum() == pytest.approx(curve["objective"].iloc[-1])
    assert (curve["worth"].diff().dropna() <= 1e-9).all()
    one = suggest_sites(town(), service="school", count=1)
    assert curve["objective"].iloc[0] == one.after - one.before


def test_sensitivity_repeats_with_its_seed_and_a_site_with_no_rival_always_survives():
    alone = town(facilities=AT_CORNER)
    cells = small_cells()
    # Everybody who is left out lives in the far corner: wherever the numbers go, a site must stand there.
    cells["persons"] = np.where((cells["col"] >= 4) & (cells["row"] >= 2), 100.0, 0.0)
    alone.__dict__["cells"] = cells[cells["persons"] > 0].reset_index(drop=True)
    question = ask(alone, service="school", count=1)
    plan = solve(question.problem)
    first, again = (survival(question, plan.sites, draws=8) for _ in range(2))
    assert first.equals(again)
    assert first["survives"].tolist() == [1.0]
    with pytest.raises(InputError, match="ask for at least one"):
        survival(question, plan.sites, draws=0)
    with pytest.raises(InputError, match="computed for the objective coverage"):
        survival(ask(alone, service="school", count=1, objective="mean"), plan.sites)


def test_the_best_sites_cover_at_least_what_the_roadmaps_own_do():
    city = town([build("5.1-01", "school", **stated((200, 0))), build("5.1-02", "school")])
    table = compare_roadmap(city, service="school").set_index("plan")
    assert table.loc["without", "covered"] == 600
    assert table.loc["stated", "sites"] == 1
    assert table.loc["roadmap", "sites"] == 2
    corners = bench_of(city).corners(bench_of(city).standards.service("school"))
    best = max(people_within(city, corners.iloc[[k]]) for k in corners.index)
    assert table.loc["best for stated", "covered"] == best
    assert table.loc["best for stated", "more_than_roadmap"] == best - table.loc["stated", "covered"]
    assert table.loc["best for roadmap", "covered"] >= table.loc["roadmap", "covered"]
    # Areas that leave two corners: only what may be chosen changes, the roadmap's own sites stay where they are.
    at = gpd.GeoSeries(gpd.points_from_xy(corners["lon"], corners["lat"]), crs="EPSG:4326").to_crs(UTM)
    barred = compare_roadmap(city, service="school", areas=at.iloc[2:].buffer(1)).set_index("plan")
    assert barred.loc["stated", "covered"] == table.loc["stated", "covered"]
    best = max(people_within(city, corners.iloc[[k]]) for k in (0, 1))
    assert barred.loc["best for stated", "covered"] == best < table.loc["best for stated", "covered"]
    assert barred.loc["best for roadmap", "covered"] == people_within(city, corners.iloc[:2])
    with pytest.raises(InputError, match="the roadmap opens no site by 2030"):
        compare_roadmap(town(), service="school", year=2030)


def test_a_heuristic_answer_has_a_bound_and_says_what_it_is():
    found = suggest_sites(town(), service="school", count=2, limits=Limits(heuristic=True))
    assert found.objective <= found.bound
    assert found.status in {"heuristic", "optimal"}


def test_corners_are_named_by_their_streets_and_the_nearest_microdistrict():
    city = town(places=[("Восток", (1000, 400)), ("Запад", (0, 0))])
    city.__dict__["streets"] = city.streets.assign(
        name=np.where(city.streets["u"] + 1 == city.streets["v"], "ул. Поперечная", "ул. Продольная")
    )
    site = suggest_sites(city, service="school", count=1, district="medeu").sites.iloc[0]
    assert site["corner"] == "ул. Поперечная / ул. Продольная"
    assert site["place"] == "Восток"
