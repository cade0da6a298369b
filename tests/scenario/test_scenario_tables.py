"""Population groups, polyclinics by car, the range of people left out and the golden hour cell by cell, by brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from smallville import SmallCity, build, facility, stated

from geoplan.access import golden_hour_by_area
from geoplan.network import build_network, rows, snap
from geoplan.report.tables import report_tables
from geoplan.scenario import timeline
from geoplan.scenario.bench import bench_of
from geoplan.scenario.chain import open_chain
from geoplan.scenario.groups import group_measures
from geoplan.standards import load_standards

STANDARDS = load_standards()


def people(*rows):
    names = ["district", "year", "group", "persons", "basis", "source"]
    return pd.DataFrame(rows, columns=names)


GROUPS = people(
    ("almaly", 2026, "total", 1200, "estimate", ""), ("medeu", 2026, "total", 1200, "estimate", ""),
    ("almaly", 2026, "age_0_5", 360, "estimate", ""), ("medeu", 2026, "age_0_5", 120, "estimate", ""),
    ("almaly", 2020, "age_0_5", 1, "official", ""), ("almaly", 2020, "total", 2, "official", ""),
    ("almaly", 2026, "age_65", 100, "estimate", ""),
)  # fmt: skip


def city_of(facilities, builds, population=GROUPS):
    city = SmallCity(facilities, builds)
    city.__dict__["population"] = population
    return city


@pytest.fixture(scope="module")
def school():
    # the western school is known, the build's place is not: its range comes from the draws
    return timeline(
        city_of(
            [facility("s1", "school", (0, 0))],
            [
                build("5-01", "school", opens=2024, **stated((1000, 600))),
                build("5-02", "school", opens=2025, district="medeu"),
            ],
        ),
        service="school",
    )


def test_a_group_is_its_share_of_each_district_and_the_city_their_sum(school):
    table, total = school.coverage(by="group"), school.coverage()
    assert set(table["group"]) == {"age_0_5"}  # age_65 is not known in every district
    assert len(table) == len(total)
    keys = ["scenario", "moment", "district", "mode", "threshold"]
    both = total.merge(table, on=keys, suffixes=("", "_group"))
    assert len(both) == len(total)
    for district, share in {"almaly": 0.3, "medeu": 0.1}.items():
        here = both[both["district"] == district]
        np.testing.assert_array_equal(here["covered_group"], (here["covered"] * share).round())
        np.testing.assert_array_equal(here["share_group"], here["share"])
    for _, rows_of in table.groupby(["scenario", "moment", "mode", "threshold"]):
        by = rows_of.set_index("district")
        assert by.loc["smallville", "population"] == 480
        assert by.loc["smallville", "covered"] == by.loc[["almaly", "medeu"], "covered"].sum()
        assert by.loc["smallville", "share"] == pytest.approx(by.loc["smallville", "covered"] / 480, abs=1e-4)
        some = by.loc[["almaly", "medeu"], "mean_min"].notna()
        if some.all():
            mean = np.average(by.loc[["almaly", "medeu"], "mean_min"], weights=[360, 120])
            assert by.loc["smallville", "mean_min"] == pytest.approx(mean, abs=0.011)
    baseline = table.query("scenario == 'placed' and moment == 'baseline' and mode == 'network'")
    # six crossings of the west within 500 m of the school, 30 children each
    assert baseline.set_index("district")["covered"].to_dict() == {
        "almaly": 180,
        "medeu": 0,
        "smallville": 180,
    }


def test_measures_of_a_group_are_its_share_of_each_district_and_the_city_their_sum(school):
    table, total = school.measures_of_groups, school.measures()
    assert set(table["group"]) == {"age_0_5"}
    assert set(total["group"]) == {"total"}
    assert set(table["measure"]) == {"uncovered", "unreachable", "mean", "beyond_walk"}
    keys = ["moment", "scenario", "measure", "district"]
    both = total.merge(table, on=keys, suffixes=("", "_group"))
    assert len(both) == len(table)
    persons = both[both["unit"] == "persons"]
    for district, share in (("almaly", 0.3), ("medeu", 0.1)):
        here = persons[persons["district"] == district]
        np.testing.assert_array_equal(here["value_group"], (here["value"] * share).round())
        np.testing.assert_array_equal(here["low_group"], (here["low"] * share).round())
        np.testing.assert_array_equal(here["share_group"], here["share"])
    value = table.pivot_table(index=keys[:3], columns="district", values="value")
    counted = value[value.index.get_level_values("measure") != "mean"]
    np.testing.assert_array_equal(counted["smallville"], counted["almaly"] + counted["medeu"])
    city = table[(table["district"] == "smallville") & (table["unit"] == "persons")]
    np.testing.assert_allclose(city["share"], city["value"] / 480, atol=5e-5)
    # the mean of the city is that of the group's 480 people who reach a school, one by one
    for (moment, scenario), means in value.xs("mean", level="measure").groupby(level=[0, 1]):
        lost = value.loc[(moment, scenario, "unreachable")]
        people = np.repeat(
            [means["almaly"].iloc[0], means["medeu"].iloc[0]],
            [int(360 - lost["almaly"]), int(120 - lost["medeu"])],
        )
        assert means["smallville"].iloc[0] == pytest.approx(people.mean(), abs=0.006)
    assert city["low"].isna().all()


def test_the_mean_of_a_group_counts_only_those_who_reach_a_school(school):
    demand = bench_of(city_of([facility("s1", "school", (0, 0))], [])).demand
    same = school.measures().query("scenario == 'placed' and moment == 'baseline'").copy()
    told = {
        ("unreachable", "almaly"): 0,
        ("unreachable", "medeu"): 900,
        ("mean", "almaly"): 100,
        ("mean", "medeu"): 400,
    }
    same["value"] = [told.get(pair, 0.0) for pair in zip(same["measure"], same["district"], strict=True)]
    table = group_measures(same, GROUPS, demand).query("measure == 'mean'").set_index("district")
    # of 360 and 120 children all and 30 reach a school, on average after 100 and 400 m
    assert table.loc["smallville", "value"] == pytest.approx((360 * 100 + 30 * 400) / 390, abs=0.006)


def test_groups_stand_in_measures_csv_after_the_total(school):
    nothing = pd.DataFrame()
    tables = report_tables(
        [school], projects=nothing, builds=school.builds, findings=nothing, standards=STANDARDS
    )
    assert tables["measures"]["group"].unique().tolist() == ["total", "age_0_5"]


def test_groups_stand_in_coverage_csv_after_the_total_and_not_where_none_is_known(school):
    empty = pd.DataFrame()
    tables = report_tables(
        [school], projects=empty, builds=school.builds, findings=empty, standards=STANDARDS
    )
    assert tables["coverage"]["group"].unique().tolist() == ["total", "age_0_5"]
    bare = timeline(SmallCity([facility("s1", "school", (0, 0))], []), service="school")
    assert bare.coverage(by="group").empty
    assert set(bare.coverage()["group"]) == {"total"}


def test_people_left_out_have_the_range_of_the_draws(school):
    measures, coverage = school.measures(), school.coverage()
    left = measures[(measures["measure"] == "uncovered") & (measures["scenario"] == "proposed")]
    told = coverage[(coverage["scenario"] == "proposed") & (coverage["mode"] == "network")]
    both = left.merge(told, on=["moment", "district"])
    assert len(both) == 9
    np.testing.assert_allclose(both["low"], both["population"] * (1 - both["share_high"]), atol=0.2)
    np.testing.assert_allclose(both["high"], both["population"] * (1 - both["share_low"]), atol=0.2)
    last = both[(both["moment"] == "2025") & (both["district"] == "smallville")].iloc[0]
    assert last["low"] < last["high"]
    assert measures.query("measure == 'uncovered' and scenario == 'placed'")["low"].isna().all()


def test_polyclinics_by_car_stand_beside_the_walk():
    city = city_of(
        [facility("p1", "polyclinic", (0, 0)), facility("p2", "polyclinic", (1000, 600), closes="2024")],
        [build("14-01", "polyclinic", **stated((600, 200)))],
    )
    table = timeline(city, service="polyclinic").measures()
    network = build_network(city.streets, "drive", standards=STANDARDS, crs=city.crs)
    cells = snap(network, city.cells["lon"], city.cells["lat"], limit=500)
    places = [*city.facilities.geometry, *[point_of(b) for b in city.builds.to_dict("records")]]
    ends = snap(network, [p[0] if isinstance(p, tuple) else p.x for p in places],
                [p[1] if isinstance(p, tuple) else p.y for p in places], limit=500)  # fmt: skip
    cost = np.concatenate([part for _, part in rows(network, ends, cells, direction="to_facility")])
    for moment, stand in (("baseline", [0, 1]), ("2024", [0, 2])):
        best = cost[stand].min(axis=0) / 60
        here = table[(table["moment"] == moment) & (table["scenario"] == "placed")]
        value = here.set_index(["measure", "district"])["value"]
        assert value["car_mean", "smallville"] == pytest.approx(best.mean(), abs=0.006)
        assert value["car_median", "smallville"] == pytest.approx(np.sort(best)[11], abs=0.006)
        assert value["car_p90", "smallville"] == pytest.approx(np.sort(best)[21], abs=0.006)
        west = (city.cells["district"] == "almaly").to_numpy()
        assert value["car_mean", "almaly"] == pytest.approx(best[west].mean(), abs=0.006)
        assert value["car_unreachable", "smallville"] == 0
    school = timeline(city_of([facility("s1", "school", (0, 0))], []), service="school").measures()
    assert not school["measure"].str.startswith("car_").any()


def point_of(row):
    return row["lon"], row["lat"]


def test_the_hour_cell_by_cell_adds_up_to_the_hour_by_district():
    city = city_of(
        [
            facility("a1", "ambulance", (0, 200)),
            facility("h1", "hospital", (900, 300), capacity=300.0, emergency_admissions=9000.0),
        ],
        [build("16-01", "ambulance", **stated((1000, 600)))],
    )
    plan = timeline(city, service="ambulance")
    table = plan.hour_table
    assert table["moment"].unique().tolist() == ["baseline", "2024"]
    parts = [name for name in table if name.endswith("_min") and name != "total_min"]
    assert len(parts) == 6
    np.testing.assert_allclose(table[parts].sum(axis=1), table["total_min"], atol=0.031)
    longest = table[parts].idxmax(axis=1).str.removesuffix("_min")
    np.testing.assert_array_equal(longest, table["dominating"])
    service = STANDARDS.service("ambulance")
    bench = bench_of(city)
    chain = open_chain(bench, service, city.builds)
    for position, moment in enumerate(("baseline", "2024")):
        cells = table[table["moment"] == moment]
        whole = chain.each(plan.costs["proposed"][position], chain.to_hospital(2024, "proposed"))
        areas = golden_hour_by_area(whole, bench.demand, limit=chain.limit)
        found = (cells["persons"] * cells["within"]).groupby(cells["district"]).sum()
        assert found.to_dict() == areas.loc[["almaly", "medeu"], "within"].to_dict()
        measures = plan.measures().query("scenario == 'proposed' and district == 'smallville'")
        by = measures[measures["moment"] == moment].set_index("measure")["value"]
        for part, some in cells.groupby("dominating")["persons"].sum().items():
            assert by[f"golden_hour_longest_{part}"] == some
