"""The published document itself: what the project promises of it."""

from __future__ import annotations

import time

import pytest

from geoplan.roadmap import merit, read_roadmap
from geoplan.roadmap.builds import BUILD_COLUMNS
from geoplan.roadmap.projects import PROJECT_COLUMNS

pytestmark = pytest.mark.sources


def groups(real, project):
    rows = real.builds[real.builds.project == project]
    return sorted(
        (year, kind, len(part), part.capacity.sum()) for (year, kind), part in rows.groupby(["opens", "kind"])
    )


def project(real, number):
    return real.projects.set_index("project").loc[number]


def test_every_numbered_row_is_a_project(real):
    assert list(real.projects.columns) == PROJECT_COLUMNS
    assert len(real.projects) == 120
    assert real.projects.project.is_unique
    assert real.projects.project.iloc[0] == "1"
    assert real.projects.project.iloc[-1] == "17.3"
    assert set(real.projects.parent) - {""} <= set(real.projects.project)
    assert project(real, "16.3").parent == "16"


def test_sections_are_the_headings_that_rows_stand_under(real):
    assert project(real, "2.4").section == "Создание инклюзивной среды в Алматы"
    assert project(real, "13.6.2").section == "Качественное образование"
    assert project(real, "16.9").section == "Доступная и качественная медицина для каждого"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("5", {"cost_2022": None, "cost_2023": 82658, "cost_2024": 161507, "cost_2025": 51285, "cost_2026_2030": 564200,
               "cost_total": 859650, "cost_mb": 164982, "cost_rb": 175261, "cost_chi": 519407}),
        ("5.1.1", {"cost_2023": 55053, "cost_2024": 121912, "cost_total": 176965, "cost_mb": 1704, "cost_rb": 175261,
                   "y2024": "Строительство 22 школ"}),
        ("5.2", {"cost_2023": 27605, "cost_2024": 39595, "cost_2025": 51285, "cost_2026_2030": 564200,
                 "cost_total": 682685, "cost_mb": 163278, "cost_rb": None, "cost_chi": 519407}),
        ("5.2.2", {"cost_total": 145061, "cost_mb": None, "cost_rb": None, "cost_chi": 145061,
                   "kpi_2030": "13 школ на 15 640 мест"}),
        ("1.1", {"y2024": "Оснащение УЗИ-аппаратами 12 поликлиник", "cost_2024": 500, "cost_2025": 500, "cost_total": 1500}),
        ("1.8.1", {"y2022": "", "y2023": "Открытие 1 Центра", "cost_2026_2030": 2184, "cost_total": 3179, "cost_mb": 3179}),
        ("6.2", {"y2023": "7 722", "cost_2023": 1420, "cost_2026_2030": 13255, "cost_total": 18709}),
        ("13.4", {"kpi_2025": "", "cost_total": 360}),
        ("13.5", {"cost_2022": 212, "cost_total": 11713, "cost_mb": 11713, "kpi_2025": "2 колледжа с 2 общежитиями"}),
        ("14.2", {"cost_2022": 1338, "cost_2023": 10422, "cost_2026_2030": 59200, "cost_total": 180236, "cost_mb": 133916,
                  "cost_rb": 14000, "cost_chi": 32320}),
        ("14.2.3", {"y2023": "", "y2024": "Разработка ПСД и строительство 2 ПМСП", "cost_2024": 8080, "cost_2025": 12120,
                    "cost_total": 20200, "cost_mb": 12120, "cost_chi": 8080, "kpi_2025": "5 поликлиник"}),
        ("16", {"cost_2026_2030": 8544, "cost_total": 27704, "cost_mb": 27704, "cost_rb": None}),
    ],
)  # fmt: skip
def test_shifted_cells_are_put_back(real, number, expected):
    row = project(real, number)
    for column, value in expected.items():
        if value is None:
            assert row[column] != row[column], column
        else:
            assert row[column] == value, column


def test_each_moved_cell_is_a_finding_and_nothing_else_is_called_realigned(real):
    moved = real.findings[(real.findings.kind == "moved") & (real.findings.project != "")]
    assert set(moved.project) == set(real.projects.project[real.projects.realigned])
    assert real.projects.realigned.sum() == 32
    assert not project(real, "14.2.2").realigned


def test_a_row_that_can_be_put_back_in_several_ways_stays_as_published(real):
    assert set(real.findings.project[real.findings.kind == "ambiguous"]) == {"14.2.1"}
    assert project(real, "14.2.1").kpi_2030 == "Капитальный ремонт 3 выкупленных административных зданий"
    # 1 650 stands for two years in one merged cell: no placement adds up, so none is invented.
    assert project(real, "7").y2025 == "1 650"
    assert "sum" in set(real.findings.kind[real.findings.project == "7"])


FOUR = ["school", "kindergarten", "polyclinic", "ambulance"]


def test_builds_of_the_four_services_are_208_new_and_5_renovations(real):
    assert list(real.builds.columns) == BUILD_COLUMNS
    assert real.builds.build_id.is_unique
    builds = real.builds[real.builds.service.isin(FOUR)]
    assert len(builds) == 213
    assert (builds.action == "renovation").sum() == 5
    schools = builds[builds.service == "school"]
    early, late = schools[schools.opens <= 2025], schools[schools.opens > 2025]
    assert early.kind.value_counts().to_dict() == {"school": 51, "annex": 7}
    assert late.kind.value_counts().to_dict() == {"school": 67}
    assert (builds.service == "kindergarten").sum() == 29
    assert (builds.service == "polyclinic").sum() == 36
    ambulance = builds[builds.service == "ambulance"]
    assert ambulance.action.value_counts().to_dict() == {"new": 12, "replacement": 6, "renovation": 5}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("5.1.1", [(2024, "school", 22, 37100)]),
        ("5.2.1", [(2023, "annex", 4, 1500), (2023, "school", 2, 1100), (2024, "annex", 2, 950), (2024, "school", 1, 475),
                   (2025, "annex", 1, 350), (2030, "school", 18, 21650)]),
        ("5.2.2", [(2024, "school", 4, 3380), (2025, "school", 3, 2150), (2030, "school", 13, 15640)]),
        ("5.2.3", [(2023, "school", 6, 3150), (2024, "school", 7, 3700), (2025, "school", 6, 3150),
                   (2030, "school", 36, 43310)]),
        ("10.1", [(2023, "kindergarten", 5, 1020), (2024, "kindergarten", 2, 510), (2025, "kindergarten", 3, 880)]),
        ("10.3", [(2023, "kindergarten", 3, 854), (2024, "kindergarten", 12, 4599), (2025, "kindergarten", 4, 1117)]),
        ("14.2.1", [(2024, "polyclinic", 3, 0)]),
        ("14.2.3", [(2024, "polyclinic", 2, 0), (2025, "polyclinic", 3, 0)]),
        ("16.1", [(2025, "substation", 3, 0)]),
        ("16.2", [(2026, "substation", 3, 0)]),
        ("16.4", [(2025, "substation", 1, 0), (2026, "substation", 1, 0)]),
        ("16.6", [(2026, "substation", 5, 0)]),
        ("16.8", [(2028, "substation", 2, 0)]),
    ],
)  # fmt: skip
def test_groups_by_year_kind_count_and_capacity(real, number, expected):
    assert groups(real, number) == expected


def test_no_capacity_is_invented(real):
    unknown = real.builds[real.builds.capacity.isna() & real.builds.service.isin(FOUR)]
    assert set(unknown.project) == {
        "14.2.1",
        "14.2.3",
        "16.1",
        "16.2",
        "16.3",
        "16.4",
        "16.5",
        "16.6",
        "16.7",
        "16.8",
    }
    assert (unknown.capacity_unit == "").all()
    assert (unknown.capacity_basis == "").all()


def test_polyclinics_by_district_and_their_years(real):
    rows = real.builds[real.builds.project == "14.2.2"]
    table = rows.groupby(["district", "kind"]).capacity.agg(["size", "sum"])
    assert {key: tuple(value) for key, value in table.T.to_dict("list").items()} == {
        ("alatau", "ambulatory"): (6, 1200),
        ("alatau", "polyclinic"): (2, 1000),
        ("auezov", "ambulatory"): (1, 200),
        ("medeu", "ambulatory"): (3, 600),
        ("medeu", "polyclinic"): (1, 500),
        ("nauryzbay", "ambulatory"): (8, 1600),
        ("nauryzbay", "polyclinic"): (2, 1000),
        ("turksib", "ambulatory"): (3, 600),
        ("turksib", "polyclinic"): (1, 340),
        ("zhetysu", "ambulatory"): (1, 200),
    }
    assert rows.opens.value_counts().to_dict() == {2023: 8, 2024: 3, 2025: 5, 2030: 12}
    assert (rows.opens_basis == "allocated").sum() == 26
    named = rows[rows.place != ""].set_index("place")
    assert named.district.to_dict() == {"мкр. Мамыр": "auezov", "мкр. Кемель": "zhetysu"}
    assert (named.opens == 2023).all()
    assert (named.opens_basis == "stated").all()
    # Each district of several opens something in the first year and something after 2025.
    assert set(rows.district[rows.opens == 2023]) == set(rows.district)
    assert set(real.builds.project[real.builds.opens_basis == "allocated"]) == {"9.1", "14.2.2"}


def test_conversions_and_the_pairing_of_14_2_3(real):
    builds = real.builds
    conversions = builds[(builds.action == "conversion") & builds.service.isin(FOUR)]
    assert set(conversions.project) == {"14.2.1"}
    assert set(conversions.district) == {"zhetysu"}
    paired = builds[builds.project == "14.2.3"]
    assert set(zip(paired.district, paired.opens, strict=True)) == {("almaly", 2024), ("bostandyk", 2025)}


def test_substations_their_places_and_what_they_replace(real):
    rows = real.builds[real.builds.service == "ambulance"]
    assert rows.groupby("project").district.first().to_dict() == {
        "16.1": "alatau", "16.2": "nauryzbay", "16.3": "medeu", "16.4": "turksib", "16.5": "bostandyk", "16.6": "",
        "16.7": "auezov", "16.8": "almaly",
    }  # fmt: skip
    placed = rows[rows.place != ""]
    assert list(zip(placed.project, placed.place, placed.replaces, strict=True)) == [
        ("16.1", "мкр. Айгерим", ""),
        ("16.1", "мкр. Теректы", ""),
        ("16.1", "мкр. Мадениет", ""),
        ("16.2", "мкр. Курамыс", ""),
        ("16.3", "пр. Достык, 220а", "подстанция №4"),
        ("16.3", "ул. Овражная, 32/9", "подстанция №10"),
        ("16.3", "ТРЦ «Апорт», мкр Думан", "старое здание (ТРЦ «Апорт», мкр Думан)"),
        ("16.4", "ул. Наманганская, 19а", ""),
        ("16.4", "в районе ипподрома", ""),
        ("16.5", "ул. Шашкина, 3а", "подстанция №9"),
        ("16.5", "ул. Тажибаева, 155а", "подстанция №5 (Розыбакиева, 177)"),
        ("16.5", "мкр. Ерменсай", "unnamed"),
        ("16.8", "в районе Абая-Жарокова", ""),
        ("16.8", "в районе Гоголя-Ауезова", ""),
    ]
    assert not real.builds.place.str.contains("Роз").any()
    four = real.builds[real.builds.service.isin(FOUR)]
    assert (four.place != "").sum() == 16
    assert (four.status == "stated").sum() == 16 + 7 + 5


def test_years_of_substations_and_their_basis(real):
    rows = real.builds[real.builds.service == "ambulance"]
    got = [(p, int(y), b) for p, y, b in zip(rows.project, rows.opens, rows.opens_basis, strict=True)]
    assert [item for item in got if item[0] == "16.1"] == [("16.1", 2025, "stated")] * 2 + [
        ("16.1", 2025, "end of period")
    ]
    assert [item for item in got if item[0] == "16.2"] == [("16.2", 2026, "stated")] * 3
    assert [item for item in got if item[0] == "16.3"] == [("16.3", 2025, "stated")] + [
        ("16.3", 2026, "end of period")
    ] * 2
    assert [item for item in got if item[0] == "16.4"] == [("16.4", 2025, "stated"), ("16.4", 2026, "stated")]
    assert [item for item in got if item[0] == "16.5"] == [("16.5", 2030, "end of period")] * 3


def test_owners(real):
    owners = real.builds.groupby("project").owner.first()
    assert owners["5.2.2"] == owners["10.3"] == "memorandum"
    assert owners["5.2.3"] == "private"
    assert set(owners.drop(["5.2.2", "10.3", "5.2.3"])) == {"state"}
    assert real.builds.note[real.builds.project == "14.2.2"].str.contains("6 из 28 частные").all()


def test_costs_add_up_to_each_project(real):
    shared = real.builds.groupby("project").cost.sum()
    totals = real.projects.set_index("project").cost_total
    for number, cost in shared.items():
        # 1.8.2 and 13.6.2 state no money.
        stated = 0 if totals[number] != totals[number] else totals[number]
        assert cost == pytest.approx(stated, abs=1e-6), number


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        ("16.1", "count", "говорит о 3, цели по годам называют 2"),
        ("5.1.1", "unnamed", "снос 3 школ"),
        ("14.2.2", "unnamed", "6 частные"),
        ("16.5", "unnamed", "мкр. Ерменсай"),
        ("16.5", "typo", "Розьбакиева"),
        ("14.2.2", "typo", "Туркисбском"),
        ("5.2.1", "count", "школы — 1, пристройки — 2"),
        ("5.2.1", "count", "школы — 1; в скобках: пристройки — 1"),
        ("1.3", "sum", "750 не равна общему объему 1 000"),
        ("8", "rounding", "14 498"),
        ("", "sum", "207 935, а по программам раздела 206 284"),
        ("14.2.4", "not_a_build", "Ремонт"),
        ("1", "sum", "2 434, а по подпроектам 2 184"),
        ("9.1", "sum", "1 725 детей, а по целям по годам 1 350 + 325 = 1 675"),
        ("10.3", "rounding", "6,5 тыс., по целям объектов выходит 6 570"),
        ("13.4.1", "late", "8820 студентов"),
        ("14.1", "count", "«показатель 2025»: поликлиники — 6"),
        ("14.1", "count", "«показатель 2030»: поликлиники — 5"),
        ("14.2", "count", "поликлиники — 33"),
        ("15", "count", "больницы — 14"),
        ("", "footnote", "возможно будет корректироваться"),
        ("", "header", "нет: «2025», «2030»"),
    ],
)
def test_findings_name_what_is_wrong(real, number, kind, words):
    rows = real.findings[(real.findings.project == number) & (real.findings.kind == kind)]
    assert rows.message.str.contains(words, regex=False).any()


def test_reading_takes_less_than_a_second_and_gives_the_same_twice(document, real):
    start = time.process_time()
    again = read_roadmap(document)
    assert time.process_time() - start < 1
    for first, second in zip(real, again, strict=True):
        assert first.equals(second)


def test_text_is_never_missing(real):
    for table in real:
        text = table.select_dtypes("str")
        assert len(text.columns) > 2
        assert not text.isna().any().any()
    assert str(real.builds.capacity.dtype) == str(real.projects.period_start.dtype) == "Int64"


def test_every_facility_of_the_document_is_a_build(real):
    others = real.builds[~real.builds.service.isin(FOUR)]
    got = {
        project: (part.service.iloc[0], part.kind.value_counts().to_dict(), part.action.unique().tolist())
        for project, part in others.groupby("project", sort=False)
    }
    assert got == {
        "1.8.1": ("other", {"centre": 1}, ["new"]),
        "1.8.2": ("other", {"department": 8}, ["new"]),
        "2.4": ("other", {"centre": 1}, ["new"]),
        "9.1": ("other", {"centre": 4}, ["new"]),
        "13.5": ("other", {"college": 2, "dormitory": 2}, ["new"]),
        "13.6.1": ("other", {"dormitory": 6}, ["new"]),
        "13.6.2": ("other", {"dormitory": 3}, ["conversion"]),
        "15.1": ("hospital", {"hospital": 1}, ["replacement"]),
        "15.2.1": ("hospital", {"hospital": 1}, ["renovation"]),
        "15.2.2": ("hospital", {"hospital": 1}, ["renovation"]),
        "15.2.3": ("other", {"centre": 1}, ["renovation"]),
        "15.2.4": ("other", {"centre": 1}, ["conversion"]),
        "15.2.5": ("other", {"maternity": 2}, ["replacement"]),
        "15.2.6": ("other", {"maternity": 1}, ["renovation"]),
        "15.3": ("hospital", {"hospital": 1}, ["new"]),
        "15.4": ("hospital", {"hospital": 1}, ["renovation"]),
        "15.5": ("hospital", {"hospital": 1}, ["new"]),
        "15.6": ("other", {"centre": 1}, ["new"]),
        "15.7": ("other", {"centre": 1}, ["conversion"]),
        "15.8": ("hospital", {"hospital": 1}, ["annex"]),
    }


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (
            "15.1-01",
            {"capacity": 500, "capacity_unit": "beds", "replaces": "старое здание ЦГКБ", "opens": 2024},
        ),
        ("15.2.5-02", {"replaces": "РД2", "opens": 2026}),
        ("15.3-01", {"capacity": 200, "capacity_unit": "beds", "district": "medeu", "opens": 2025}),
        ("15.5-01", {"capacity": 500, "district": "alatau"}),
        ("15.6-01", {"capacity": 250, "district": "medeu"}),
        ("15.7-01", {"capacity": 250, "place": "Абая-Масанчи"}),
        ("13.5-01", {"kind": "college", "capacity": 720, "capacity_unit": "seats", "place": "мкр. Зерделі"}),
        ("13.5-04", {"kind": "dormitory", "capacity": 300, "capacity_unit": "beds", "place": ""}),
        ("13.6.1-06", {"capacity": 300, "capacity_basis": "stated", "opens": 2030}),
        ("9.1-04", {"district": "turksib", "capacity": 162, "opens": 2024}),
        (
            "2.4-01",
            {"place": "", "note": 'Центра социальных услуг, в полицентре "Восточные ворота"', "opens": 2025},
        ),
    ],
)
def test_facilities_without_an_access_model(real, build, expected):
    row = real.builds.set_index("build_id").loc[build]
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("projects", "years", "kinds", "count", "seats"),
    [
        (["5.1.1"], (2022, 2030), ["school"], 22, 37100),
        (["5.2.1", "5.2.2", "5.2.3"], (2022, 2025), ["school", "annex"], 36, 19905),
        (["5.2.1", "5.2.2", "5.2.3"], (2026, 2030), ["school"], 67, 80600),
        (["10.1"], (2022, 2030), ["kindergarten"], 10, 2410),
        (["10.3"], (2022, 2030), ["kindergarten"], 19, 6570),
        (["14.2.2"], (2022, 2025), ["polyclinic", "ambulatory"], 16, None),
        (["14.2.2"], (2026, 2030), ["polyclinic", "ambulatory"], 12, None),
    ],
)
def test_totals_of_the_document_are_the_sums_of_builds(real, projects, years, kinds, count, seats):
    builds = real.builds
    rows = builds[builds.project.isin(projects) & builds.opens.between(*years) & builds.kind.isin(kinds)]
    assert len(rows) == count
    if seats is not None:
        assert rows.capacity.sum() == seats


def test_a_total_that_its_builds_do_not_reach_is_told(real_text, reread):
    found = reread(real_text.replace("2 сада на 510 мест", "2 сада на 410 мест")).findings
    assert found.message[found.project == "10.1"].str.contains("2,4 тыс.").any()
    found = reread(real_text.replace("13 школ на 15 640 мест\t109", "12 школ на 14 640 мест\t109")).findings
    told = found[found.project.isin(["5.2", "5.2.2"]) & found.kind.isin(["sum", "count"])]
    assert told.message.str.contains("80 600").any()
    assert told.message.str.contains("67").any()


def test_most_rows_add_up_once_their_cells_are_back(real):
    figures = merit(real)
    assert (figures.rows, figures.realigned, figures.with_money) == (120, 32, 106)
    assert figures.hold_before == pytest.approx(85 / 106, abs=0.02)
    assert figures.hold_after > 0.95


def test_every_cell_stays_available_as_published(real, real_text):
    lines = real_text.split("\n")
    for line, position, text in zip(real.cells.line, real.cells.position, real.cells.text, strict=True):
        assert lines[line - 1].split("\t")[position - 1] == text
    told = real.cells[(real.cells.published != real.cells.column) & (real.cells.project != "")]
    moved = real.findings[(real.findings.kind == "moved") & (real.findings.project != "")]
    assert len(told) == len(moved)
