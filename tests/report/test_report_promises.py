"""The roadmap's own promises: read from its words, beside what the model can and cannot say."""

import numpy as np
import pandas as pd
import pytest

import geoplan as gp
from geoplan.report.promises import promises_table

COLUMNS = ["project", "parent", "title", "period_end", "kpi_2025", "kpi_2030", "line", "note"]


def read(rows, plans, standards, builds=None):
    table = pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows], columns=COLUMNS)
    table = table.astype({"period_end": "Int64"})
    if builds is None:
        builds = pd.concat([plan.builds for plan in plans], ignore_index=True)
    return promises_table(table, builds, plans, standards)


def test_the_documents_promises_are_read_with_their_figures_and_years(standards):
    city = gp.open_city("almaty")
    found = promises_table(city.projects, city.builds, [], standards)
    read_out = {
        (row.promise, row.project, row.year): (row.promised, row.unit)
        for row in found.itertuples(index=False)
    }
    assert read_out == {
        ("seat_deficit", "5", 2025): (5000, "seats"),
        ("seat_deficit", "5", 2030): (3000, "seats"),
        ("pupils_bused", "6", 2025): (12222, "pupils"),
        ("share_bused", "6", 2030): (100, "%"),
        ("preschool_cover", "10", 2025): (97, "%"),
        ("preschool_cover", "10", 2030): (99, "%"),
        ("within_reach", "14.2.2", 2030): (300_000, "persons"),
    }
    words = found.set_index(["promise", "year"])["text"]
    assert words["within_reach", 2030] == "Расширение доступности ПМСП для более 300 тыс. человек"
    assert words["pupils_bused", 2025].startswith("Охват 41 школ, 12 222 учащихся")
    assert (found["reason"] == "service_not_run").all()
    assert not found["computable"].any()


def test_another_document_gives_other_figures(plans, standards):
    rows = [["7", "", "", None, "Уменьшение дефицита ученических мест до 1 250", "", 9, "Прочее"]]
    found = read(rows, plans, standards)
    assert set(found["promised"]) == {1250}
    assert read([["7", "", "", None, "37 100 мест", "", 9, ""]], plans, standards).empty


def test_people_within_reach_are_counted_as_the_plan_counts_them(plans, standards):
    plan = next(plan for plan in plans if plan.service.name == "polyclinic")
    rows = [["5.1.1", "", "", 2030, "", "", 9, "Расширение доступности ПМСП для 2,5 тыс. человек."]]
    found = read(rows, plans, standards, builds=plan.builds).set_index("measure")
    assert found["promised"].unique().tolist() == [2500]
    table = plan.coverage(by="city").query("mode == 'network'").set_index(["scenario", "moment"])
    last = plan.moments[-1]
    expected = table.loc[("proposed", last), "covered"] - table.loc[("proposed", "baseline"), "covered"]
    assert found.loc["gain_of_all_builds_best", "modelled"] == expected
    drawn = table.loc[("drawn", last)]
    start = table.loc[("drawn", "baseline"), "covered"]
    assert found.loc["gain_of_all_builds", "modelled"] == drawn["covered"] - start
    low = drawn["share_low"] * drawn["population"] - start
    assert found.loc["gain_of_all_builds", "low"] == pytest.approx(low, abs=1)
    # each cell once, whichever of the builds brings it inside
    inside = plan.breaks.index(plan.threshold)
    gained = {
        int(cell)
        for change in plan.changes.values()
        for cell, before, after in zip(change.cells, change.before, change.after, strict=True)
        if before > inside >= after
    }
    people = plan.cells["persons"].to_numpy()[sorted(gained)].sum()
    assert found.loc["gain_of_project_best", "modelled"] == round(people)
    assert people > 0


def test_seats_are_added_up_to_the_year_and_not_where_one_is_unknown(plans, standards):
    plan = next(plan for plan in plans if plan.service.name == "school")
    rows = [["5", "", "", 2025, "дефицита ученических мест до 5 тыс", "", 3, ""]]
    found = read(rows, plans, standards, builds=plan.builds).set_index("measure")
    assert not found.loc["seat_deficit", "computable"]
    assert found.loc["seat_deficit", "reason"] == "no_capacities"
    due = plan.builds[(plan.builds["opens"] <= 2025) & (plan.builds["action"] == "new")]
    assert found.loc["seats_added", "modelled"] == due["capacity"].sum() > 0
    unknown = plan.builds.assign(capacity=np.nan)
    found = read(rows, plans, standards, builds=unknown).set_index("measure")
    assert not found.loc["seats_added", "computable"]
    assert found.loc["seats_added", "reason"] == "capacity_not_stated"


def test_pupils_far_away_are_those_beyond_the_distance_of_the_bus(plans, standards):
    plan = next(plan for plan in plans if plan.service.name == "school")
    rows = [["6", "", "", 2030, "Охват 41 школ, 12 222 учащихся, у которых усложнен путь", "", 3, ""]]
    found = read(rows, plans, standards).set_index("measure")
    people = plan.cells["persons"].to_numpy()[plan.views["placed"][0] >= len(plan.breaks)].sum()
    expected = people * standards.capacity.school_seekers.value
    assert found.loc["pupils_beyond_bus_distance", "modelled"] == round(expected)


def test_the_latest_published_figure_of_the_whole_city_stands_beside(plans, standards):
    rows = [["5", "", "", 2025, "дефицита ученических мест до 5 тыс", "", 3, ""]]
    names = ["service", "district", "metric", "value", "as_of", "source"]
    published = pd.DataFrame(
        [
            ["school", "almaty", "seat deficit", 30_000.0, "2024 (undated page)", "a"],
            ["school", "almaty", "seat deficit", 33_000.0, "2025-10-09", "b"],
            ["school", "almaty", "seat deficit", np.nan, "2026", "c"],
            ["school", "alatau", "seat deficit", 6_000.0, "2025-12", "d"],
            ["school", "almaty", "seat deficit expected at year end", 16_500.0, "2025-12", "e"],
        ],
        columns=names,
    )
    builds = pd.concat([plan.builds for plan in plans], ignore_index=True)
    table = pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows], columns=COLUMNS)
    found = promises_table(
        table.astype({"period_end": "Int64"}), builds, plans, standards, published=published
    )
    last = found.set_index("measure").loc["published_deficit"]
    assert (last["modelled"], last["as_of"], last["source"]) == (33_000, "2025-10-09", "b")
