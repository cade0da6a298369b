"""The golden hour with the hospitals of the roadmap: what adds a place, what does not, and the same figures everywhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from smallville import SmallCity, build, facility, stated

from geoplan.access import expected_coverage, people_by_count, redundancy
from geoplan.city import open_city
from geoplan.scenario import timeline
from geoplan.scenario.bench import bench_of
from geoplan.scenario.chain import open_chain
from geoplan.scenario.crews import counts_by_year
from geoplan.scenario.hour import golden_hour_at, hospital_builds
from geoplan.scenario.measures import expected_at, redundancy_at
from geoplan.scenario.moment import open_moment
from geoplan.standards import load_standards

STANDARDS = load_standards()
HOSPITAL = facility("big", "hospital", (1000, 600), capacity=300.0, emergency_admissions=9000.0)
STATION = facility("west", "ambulance", (0, 200))


def hospital(build_id, action="new", *, capacity=300, opens=2025, **other):
    return build(build_id, "hospital", action=action, capacity=capacity, opens=opens, **other)


def town(*builds):
    return SmallCity([STATION, HOSPITAL], list(builds))


@pytest.mark.parametrize(
    ("planned", "status"),
    [
        (hospital("h", "replacement", replaces="старое здание"), "in place"),
        (hospital("h", "renovation"), "in place"),
        (hospital("h", "annex"), "in place"),
        (hospital("h", capacity=50), "not capable"),
        (hospital("h", capacity=np.nan), "not capable"),
        (hospital("h", note="детской больницы"), "not capable"),
        (hospital("h"), "proposed"),
        (hospital("h", **stated((0, 0))), "stated"),
        (hospital("h", "replacement", **stated((0, 0))), "stated"),
    ],
)
def test_only_a_new_place_with_enough_beds_changes_the_hour(planned, status):
    table = hospital_builds(town(planned))
    assert table["status"].tolist() == [status]
    adds = status in {"proposed", "stated"}
    assert (table["drive_after_min"] < table["drive_before_min"]).tolist() == [adds]
    scenarios = set(golden_hour_at(town(planned))["scenario"])
    assert ("proposed-hospitals" in scenarios) == adds


def test_a_hospital_counts_from_its_year_and_a_drawn_one_never_as_a_known_place():
    city = town(hospital("h", opens=2026, district="almaly"))
    bench = bench_of(city)
    chain = open_chain(bench, STANDARDS.service("ambulance"), city.builds)
    np.testing.assert_array_equal(chain.to_hospital(2025, "proposed"), chain.existing)
    np.testing.assert_array_equal(chain.to_hospital(2026, "placed"), chain.existing)
    assert (chain.to_hospital(2026, "proposed") <= chain.existing).all()
    assert chain.to_drawn_hospital(2025).shape == (1, 24)
    assert chain.to_drawn_hospital(2026).shape == (200, 24)
    # the site is the one with which all people drive least, by trying each
    candidates = bench.candidates(STANDARDS.service("ambulance"))
    own = candidates[candidates["district"] == "almaly"]
    reach = open_moment(city, STANDARDS.service("ambulance")).scene.reach
    from dataclasses import replace

    towards = replace(reach, direction="to_facility")
    sums = {
        (row.lon, row.lat): np.minimum(chain.existing, towards.nearest([row.lon], [row.lat])[0]).sum()
        for row in own.itertuples()
    }
    assert (chain.builds["lon"][0], chain.builds["lat"][0]) == min(sums, key=sums.get)


def test_the_very_hour_is_within_the_hour():
    city = town()
    chain = open_chain(bench_of(city), STANDARDS.service("ambulance"), city.builds)
    demand = bench_of(city).demand
    left = 3600 - 60 * (1.7 + 1 + 13.4 + 15)
    to_hospital = np.full(24, 600.13, dtype=np.float32)
    for extra, people in ((0.0, 2400), (0.01, 0)):
        to_scene = np.full(24, np.float32(round(left - 600.13 + extra, 2)))
        assert chain.within(to_scene, to_hospital, demand)[-1] == people
    assert chain.within(np.full(24, np.inf, np.float32), to_hospital, demand)[-1] == 0


@pytest.fixture(scope="module")
def almaty():
    return open_city("almaty")


def test_the_hour_of_almaty_is_that_of_the_chain_cell_by_cell(almaty):
    at = open_moment(almaty, STANDARDS.service("ambulance"), year=2025)
    chain = open_chain(at.bench, at.service, almaty.builds)
    to_scene, to_hospital = at.costs()["placed"][0], chain.to_hospital(2025, "placed")
    cells = chain.each(to_scene, to_hospital)
    brute = at.bench.demand.persons[(cells["total"] <= 3600).to_numpy()].sum()
    assert chain.within(to_scene, to_hospital, at.bench.demand)[-1] == brute
    table = hospital_builds(almaty)
    assert table.set_index("build_id")["status"].to_dict() == {
        "15.1-01": "in place", "15.2.1-01": "in place", "15.2.2-01": "in place", "15.3-01": "proposed",
        "15.4-01": "in place", "15.5-01": "proposed", "15.8-01": "in place",
    }  # fmt: skip
    assert (table.loc[table["status"] == "in place", ["gained", "low", "high"]] == 0).all(axis=None)


def test_people_by_count_gives_redundancy_and_expected_coverage():
    demand = bench_of(town()).demand
    counts = np.random.default_rng(1).integers(0, 5, (3, 24)).astype(np.uint8)
    people = people_by_count(counts, demand)
    np.testing.assert_array_equal(people[..., 2:].sum(axis=-1), redundancy(counts.astype(np.int64), demand))
    levels = np.arange(people.shape[-1])
    np.testing.assert_allclose(
        people @ (1 - 0.5**levels), expected_coverage(counts, demand, busy_fraction=0.5)
    )
    np.testing.assert_array_equal(people.sum(axis=-1), np.tile(demand.totals, (3, 1)))


def test_the_yearly_table_tells_what_the_command_tells():
    stations = [
        STATION,
        facility("east", "ambulance", None, district="medeu", precision="district"),
        HOSPITAL,
    ]
    builds = [
        build("16-01", "ambulance", opens=2024), build("16-02", "ambulance", opens=2026, **stated((400, 400))),
        hospital("h", opens=2025),
    ]  # fmt: skip
    city = SmallCity(stations, builds)
    table = timeline(city, service="ambulance").measures()
    bounds = ("10min", "15min", "30min", "60min")
    for year in (2022, 2024, 2026):
        moment = "baseline" if year == 2022 else str(year)
        keys = ["scenario", "measure", "mode", "threshold", "district"]
        rows = table[(table["moment"] == moment)].fillna({"threshold": 0}).set_index(keys).sort_index()
        asked = {
            "redundant": pd.concat([redundancy_at(city, year=year, threshold=t) for t in bounds]),
            "expected": pd.concat([expected_at(city, year=year, threshold=t) for t in bounds]),
            "golden_hour_within": golden_hour_at(city, year=year)
            .rename(columns={"within": "golden_hour_within"})
            .assign(mode="", threshold=0),
        }
        assert len(asked["redundant"].groupby(["mode", "threshold"])) == 8
        for measure, answers in asked.items():
            for answer in answers[answers["scenario"] != "proposed-hospitals"].itertuples():
                row = rows.loc[answer.scenario, measure, answer.mode, answer.threshold, answer.district]
                assert row["value"] == getattr(answer, measure)
                if answer.scenario == "proposed":
                    assert row["low"] / 1200 == pytest.approx(
                        answer.share_low * (1 if answer.population == 1200 else 2)
                    )


def test_counts_of_the_years_are_those_of_each_moment():
    stations = [STATION, facility("east", "ambulance", None, district="medeu", precision="district")]
    builds = [build("16-01", "ambulance", opens=2024), build("16-02", "ambulance", opens=2026)]
    city = SmallCity(stations, builds)
    for year in (2022, 2024, 2026):
        at = open_moment(city, STANDARDS.service("ambulance"), year=year)
        walk = counts_by_year(
            at.scene, [2022, 2024, 2026], state=at.state, certain=at.certain,
            rows=at.bench.candidate_rows(at.service), picks=at.picks, drawn=at.drawn, limit=100.0,
        )  # fmt: skip
        found = next(counts for when, counts in walk if when == year)
        for scenario, counts in at.counts(100.0).items():
            np.testing.assert_array_equal(found[scenario], counts)
