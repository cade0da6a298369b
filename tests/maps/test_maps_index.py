"""The overview: its sections hold the very figures of the tables they are made from."""

import html
import re

import pandas as pd
import pytest
import synthetic_plan

from geoplan import maps
from geoplan.maps._texts import load_texts
from geoplan.report import report_tables, write_tables
from geoplan.report.palette import gap_bins, gap_ink
from geoplan.report.standards import standards_table
from geoplan.scenario.yearly import COLUMNS
from geoplan.standards import load_standards

HOSTILE = "<img src=x onerror=alert(1)>\"'\u202e" + "x" * 5000
RU = load_texts("ru")
PROJECTS = pd.DataFrame(
    [
        ["5", 2025, "дефицита ученических мест до 5 тыс", "дефицита ученических мест до 3 тыс", 51, HOSTILE],
        ["14.2.2", 2030, "", "", 117, "Расширение доступности ПМСП для более 300 тыс. человек. Далее"],
    ],
    columns=["project", "period_end", "kpi_2025", "kpi_2030", "line", "note"],
)
FINDINGS = pd.DataFrame(
    [
        ["1", 9, "sum", HOSTILE],
        ["2", 10, "sum", "разница 250"],
        ["3", 11, "moved", "ячейка"],
        ["", 45, "typo", "п"],
    ],
    columns=["project", "line", "kind", "message"],
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Plans with golden hour, the tables of a run, and the overview written beside them."""
    city = synthetic_plan.small_city()
    plans = [synthetic_plan.make_plan(city, service) for service in synthetic_plan.SERVICES]
    for plan in plans:
        plan.builds["build_id"] = plan.service.name + plan.builds["build_id"]
        plan.builds["lon"] = plan.builds["lat"] = float("nan")
    ambulance = plans[0]
    people = ambulance.cells["persons"].sum()
    rows = [
        ["ambulance", moment, "proposed", "golden_hour_within", "total", area, "", float("nan"), "", share * people,
         (share - 0.05) * people, (share + 0.02) * people, "persons", share, "planning convention", "golden_hour"]
        for moment, share in ((ambulance.moments[0], 0.61), (ambulance.moments[-1], 0.874))
        for area in [*city.districts.index, city.name]
    ]  # fmt: skip
    names = COLUMNS
    object.__setattr__(ambulance, "measures_table", pd.DataFrame(rows, columns=names))
    folder = tmp_path_factory.mktemp("overview")
    builds = pd.concat([plan.builds for plan in plans], ignore_index=True)
    tables = report_tables(
        plans, projects=PROJECTS, builds=builds, findings=FINDINGS, standards=load_standards()
    )
    write_tables(tables, folder / "data")
    (folder / "data" / "geoplan.xlsx").write_bytes(b"x" * 1_500_000)
    (folder / "pictures").mkdir()
    (folder / "pictures" / "school.png").write_bytes(b"x" * 2048)
    maps.write(plans, folder, tables=tables)
    return plans, tables, (folder / "index.html").read_text(encoding="utf-8"), folder


def flat(text):
    """Text with every run of spaces, thin and fixed ones too, as one space."""
    return re.sub(r"\s+", " ", text)


def section(page, name):
    """The text of a section, tags taken out, in the language shown first."""
    found = re.search(rf'<section id="{name}".*?</section>', page, re.DOTALL).group(0)
    return flat(html.unescape(re.sub(r"<[^>]*>", " ", found.replace("<wbr>", "")))).replace(" :", ":")


def test_every_service_has_a_chart_and_the_same_figures_in_a_table(made):
    plans, _, page, _ = made
    text = section(page, "years")
    assert page.count('<svg class="chart"') == 4
    for svg in re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL):
        assert not re.search(r">[^<]*[A-Za-zА-я][^<]*<", svg), (
            "a chart has no words: it speaks every language"
        )
    for plan in plans:
        reading = plan.service.headline_reading
        table = plan.coverage(by="city")
        table = table[(table["mode"] == reading.mode) & (table["threshold"] == reading.threshold)]
        for scenario in ("drawn", "proposed", "placed"):
            for share in table.loc[table["scenario"] == scenario, "share"]:
                assert flat(RU.percent(share)) in text


def test_the_heat_table_counts_those_left_out(made):
    plans, _, page, _ = made
    for plan in plans:
        reading = plan.service.headline_reading
        rows = plan.coverage()
        rows = rows[(rows["mode"] == reading.mode) & (rows["threshold"] == reading.threshold)]
        rows = rows[(rows["scenario"] == "drawn") & (rows["moment"] == plan.moments[-1])]
        cells = re.findall(rf'<td [^>]*data-service="{plan.service.name}">(.*?)</td>', page, re.DOTALL)
        shown = [flat(html.unescape(re.sub(r"<[^>]*>", " ", cell))) for cell in cells]
        assert len(shown) == len(rows)
        for share, people, covered in rows[["share", "population", "covered"]].to_numpy():
            left = flat(f" {RU.count(people - covered)} {RU.percent(1 - share)} ")
            assert any(left in cell for cell in shown), (plan.service.name, share)


def test_the_golden_hour_says_that_it_is_a_planning_convention(made):
    text = section(made[2], "golden")
    assert "61,0 %" in text
    assert "87,4 %" in text
    assert "82,4–89,4 %" in text
    assert "планировочное правило, а не норма" in text
    assert "13,4 мин" in text


def test_promises_are_the_documents_own_with_what_the_model_says_or_why_it_cannot(made):
    _, tables, page, _ = made
    text = section(page, "promises")
    assert "300 тыс. чел. к 2030 году" in text
    assert "Расширение доступности ПМСП для более 300 тыс. человек" in text
    assert "п. 14.2.2, строка 117" in text
    assert "5 000 мест к 2025 году" in text
    assert "3 000 мест к 2030 году" in text
    assert text.count("Не вычислимо: сколько мест в действующих школах") == 2
    best = tables["promises"].set_index("measure").loc["gain_of_all_builds_best", "modelled"]
    assert flat(RU.people(best)) in text


def test_the_audit_counts_each_kind_and_shows_hostile_text_as_text(made):
    page = made[2]
    text = section(page, "audit")
    assert "Проверка нашла 4 места" in text
    assert "суммы не сходятся 2" in text
    assert "ячейка стояла не в своём столбце 1" in text
    assert "разница 250" in text
    assert HOSTILE in text
    assert "<img" not in page
    assert 'href="data/findings.csv"' in page


def test_builds_are_told_apart_by_how_their_place_is_known(made):
    plans, _, page, _ = made
    text = section(page, "statuses")
    for plan in plans:
        status = plan.builds["site_status"]
        known = int(status.isin(["stated", "register"]).sum())
        counts = (len(status), known, (status == "proposed").sum(), (status == "none").sum())
        assert f"{RU('service.' + plan.service.name + '.short')} {' '.join(map(str, counts))}" in text


def test_every_norm_and_assumption_is_listed(made):
    text = section(made[2], "basis")
    table = standards_table(load_standards(), "ru")
    for entry, source in table[["entry", "source"]].to_numpy():
        assert entry in text
        assert re.sub(r"\s+", " ", source) in text
    assert f"допущение: {(table['basis'] == 'assumption').sum()}" in text


def test_files_that_are_there_are_offered_with_their_sizes(made):
    _, _, page, folder = made
    links = re.findall(r'<li><a href="((?:data|pictures)/[^"]+)">', page)
    assert sorted(links) == sorted(
        str(path.relative_to(folder)) for part in ("data", "pictures") for path in (folder / part).iterdir()
    )
    assert links[0] == "data/geoplan.xlsx"
    text = section(page, "files")
    assert "geoplan.xlsx 1,4 МБ" in text
    assert "school.png 2 КБ" in text


def test_without_the_tables_of_a_run_the_sections_they_fill_are_left_out(made, tmp_path):
    plans = made[0]
    page = maps.write(plans, tmp_path)[0].read_text(encoding="utf-8")
    for name in ("promises", "audit", "files"):
        assert f'<section id="{name}"' not in page
    for name in ("years", "gaps", "statuses"):
        assert f'<section id="{name}"' in page


def test_figures_are_legible_on_every_colour_of_the_heat_table():
    def light(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lights = []
    for low, _, colour in gap_bins():
        one, two = sorted((light(colour), light(gap_ink(low))))
        assert (two + 0.05) / (one + 0.05) >= 4.5, colour
        lights.append(light(colour))
    assert lights == sorted(lights, reverse=True), "darker is more, in grey too"


def test_figures_of_the_standards_are_written_as_people_write_them(made):
    text = section(made[2], "basis")
    assert " 500 м " in text
    assert "20300101 (зерно случайных чисел)" in text
    assert " 1,7 мин " in text
    assert re.findall(r"\d[.,]0 \w+", text) == []
