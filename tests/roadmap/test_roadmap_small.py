"""A small document of our own in the same layout: the grammar without the published one."""

from __future__ import annotations

import pandas as pd
import pytest

from geoplan.errors import InputError, OutputError
from geoplan.roadmap import read_roadmap, write_roadmap


def rows(roadmap, number):
    return roadmap.builds[roadmap.builds.project == number]


def kinds(roadmap, number):
    return set(roadmap.findings.kind[roadmap.findings.project == number])


def test_shifted_money_goes_back_by_arithmetic(small):
    projects = small.projects.set_index("project")
    expected = {"cost_2023": 3000, "cost_2024": 5000, "cost_2025": 900, "cost_2026_2030": 20000, "cost_total": 28900,
                "cost_mb": 8900, "cost_chi": 20000}  # fmt: skip
    assert projects.loc["1", list(expected)].to_dict() == expected
    assert pd.isna(projects.loc["1", "cost_2022"])
    assert projects.loc["1.2", "cost_chi"] == 20000
    assert projects.loc["1.2", "kpi_2030"] == "5 школ на 4 003 места"
    assert projects.loc["3.1", "y2023"] == "Строительство 1 СВА (мкр. Альмерек)"
    assert list(projects.index[projects.realigned]) == ["1", "1.2", "3.1"]
    assert set(projects.section) == {"Школы и сады", "Медицина рядом"}


def test_parentheses_correct_the_kinds_and_the_group_sum_stays(small):
    group = rows(small, "1.1")
    of_2024 = group[group.opens == 2024]
    assert sorted(of_2024.kind) == ["annex", "school", "school"]
    assert of_2024.capacity.sum() == 1400
    assert sorted(of_2024.capacity) == [466, 467, 467]
    assert group.kind.value_counts().to_dict() == {"school": 3, "annex": 2}
    assert kinds(small, "1.1") == {"count"}


def test_single_facilities_have_a_stated_capacity(small):
    basis = rows(small, "1.1").groupby("opens").capacity_basis.agg(set).to_dict()
    assert basis == {2023: {"stated"}, 2024: {"mean of group"}, 2025: {"stated"}}


def test_a_window_of_years_gives_its_last_year(small):
    group = rows(small, "1.2")
    assert set(zip(group.opens, group.opens_basis, strict=True)) == {(2030, "end of period")}
    assert list(group.capacity) == [801, 801, 801, 800, 800]
    assert set(group.owner) == {"private"}


def test_costs_of_a_group_are_shared_by_capacity(small):
    group = rows(small, "1.1").query("opens == 2024")
    assert list(group.cost) == pytest.approx(
        [5000 * 467 / 1400, 5000 * 467 / 1400, 5000 * 466 / 1400], abs=1e-3
    )
    assert group.cost.sum() == pytest.approx(5000, abs=1e-9)
    assert set(rows(small, "4.2").cost_basis) == {""}
    assert rows(small, "4.2").cost.isna().all()


def test_buses_equipment_and_repairs_of_what_stands_are_no_builds(small):
    assert not set(small.builds.project) & {"2.2", "2.3", "3.3"}
    assert "not_a_build" in kinds(small, "3.3")


def test_places_named_in_goals_belong_to_the_only_such_building_of_a_district(small):
    named = rows(small, "3.1").query("place != ''")
    assert named[["place", "district", "kind"]].to_numpy().tolist() == [
        ["мкр. Альмерек", "turksib", "ambulatory"]
    ]
    others = rows(small, "3.1").query("place == ''")
    assert set(others.district) == {"medeu"}
    assert set(others.opens_basis) == {"allocated"}
    assert sorted(others.opens) == [2025, 2030, 2030]


def test_replacements_conversions_and_renovations(small):
    replaced = rows(small, "4.2")
    assert list(replaced.action) == ["replacement"] * 2
    assert list(replaced.place) == ["ул. Весенняя, 7б", "мкр. Казахфильм"]
    assert list(replaced.replaces) == ["подстанция №21 (Осенняя, 12)", "unnamed"]
    assert set(replaced.opens) == {2028}
    assert list(rows(small, "3.2").action) == ["conversion"] * 2
    assert list(rows(small, "4.3").action) == ["renovation"] * 3
    assert list(rows(small, "4.3").status) == ["stated"] * 3


def test_microdistricts_and_crossings(small):
    assert list(rows(small, "4.1").place) == ["мкр. Кулагер", "в районе Райымбека-Пушкина"]
    assert list(rows(small, "4.1").opens) == [2025, 2026]
    assert "order" in kinds(small, "4.1")


def test_precision_says_what_is_known_before_geocoding(small):
    known = small.builds.groupby("build_id").precision.first()
    assert known["3.2-01"] == "district"
    assert known["1.2-01"] == "city"
    assert known["4.1-01"] == ""


def test_numbers_that_do_not_add_up_are_told(small_text, reread):
    text = small_text.replace("8 900\t8 900", "8 901\t9 500")
    found = reread(text).findings
    found = found[found.project == "1.1"]
    assert found.message[found.kind == "rounding"].str.contains("8 900").any()
    assert found.message[found.kind == "sum"].str.contains("9 500").any()


def test_section_totals_are_compared(small, small_text, reread):
    assert "sum" not in set(small.findings.kind)
    found = reread(small_text.replace("6 070", "6 470")).findings
    assert list(found.message[found.kind == "sum"].str.contains("программам раздела")) == [False, True]


def test_a_row_in_doubt_keeps_what_its_sums_prove(small, small_text, reread):
    lines = small_text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("3.1\t"))
    cells = lines[at].split("\t")
    lines[at] = "\t".join([*cells[:16], "", *cells[16:]])
    roadmap = reread("\n".join(lines))
    assert "ambiguous" in kinds(roadmap, "3.1")
    columns = [
        "y2023",
        "y2024",
        "y2025",
        "cost_2023",
        "cost_2024",
        "cost_2025",
        "cost_2026_2030",
        "cost_total",
    ]
    before, after = (table.projects.set_index("project").loc["3.1", columns] for table in (small, roadmap))
    assert before.equals(after)


def test_a_truncated_row_is_a_finding(small_text, reread):
    lines = small_text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("4.2\t"))
    lines[at] = lines[at][:60]
    roadmap = reread("\n".join(lines))
    assert "truncated" in kinds(roadmap, "4.2")
    assert roadmap.findings.line[roadmap.findings.kind == "truncated"].tolist() == [at + 1]


def test_a_row_repeated_whole_is_told_with_its_line_and_read_once(small, small_text, reread):
    lines = small_text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("4.3\t"))
    lines.insert(at + 1, lines[at])
    roadmap = reread("\n".join(lines))
    told = roadmap.findings[roadmap.findings.kind == "number"]
    assert told.line.tolist() == [at + 2]
    assert f"строке {at + 1}" in told.message.iloc[0]
    assert roadmap.builds.equals(small.builds)


def test_a_repeated_number_keeps_build_ids_apart(small_text, reread):
    lines = small_text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("4.3\t"))
    lines.insert(at, lines[at] + " другое")
    roadmap = reread("\n".join(lines))
    assert "number" in kinds(roadmap, "4.3")
    assert list(rows(roadmap, "4.3").build_id) == [f"4.3-0{i}" for i in range(1, 7)]


def test_an_absurd_count_is_a_finding_not_a_table(small_text, reread):
    roadmap = reread(small_text.replace("5 школ на 4 003 места\t20 000", "50000 школ на 4 003 места\t20 000"))
    assert rows(roadmap, "1.2").empty
    assert "count" in kinds(roadmap, "1.2")


def test_a_line_that_is_no_row_is_told(small_text, reread):
    roadmap = reread(small_text.replace("2.3\tОснащение", "2,3?\tОснащение"))
    assert roadmap.findings.message[roadmap.findings.kind == "unread"].str.contains("2,3?", regex=False).any()


def test_tables_are_written_and_read_back(small, tmp_path):
    write_roadmap(small, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "builds.csv",
        "cells.csv",
        "findings.csv",
        "projects.csv",
    ]
    builds = pd.read_csv(tmp_path / "out" / "builds.csv", dtype={"project": str})
    assert list(builds.build_id) == list(small.builds.build_id)
    assert builds.capacity.dropna().eq(builds.capacity.dropna().round()).all()
    before = (tmp_path / "out" / "projects.csv").read_bytes()
    write_roadmap(small, tmp_path / "out")
    assert (tmp_path / "out" / "projects.csv").read_bytes() == before
    (tmp_path / "file").write_text("x")
    with pytest.raises((InputError, OutputError), match="file"):
        write_roadmap(small, tmp_path / "file")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_encodings(small, small_text, tmp_path, encoding):
    path = tmp_path / "x.txt"
    path.write_bytes(small_text.encode(encoding))
    assert read_roadmap(path).builds.equals(small.builds)


def bad(tmp_path, content):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (bytes(range(256)) * 20, "not a text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text"),
        ("Просто письмо без таблиц\n".encode(), "no header block"),
        ("1\tПроект\tУО\t2023\n".encode("cp1251"), "no header block"),
        ("№ п/п\tНаименование\t\t\t2022 год\t\t2023 год\n".encode(), "line 1: the header names 2022, 2023"),
    ],
)
def test_what_is_no_roadmap_is_refused_in_one_line(tmp_path, content, words):
    path = bad(tmp_path, content)
    with pytest.raises(InputError) as caught:
        read_roadmap(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_header_without_rows_is_refused(small_text, tmp_path):
    path = bad(tmp_path, "\n".join(small_text.split("\n")[:5]).encode())
    with pytest.raises(InputError, match="no numbered row"):
        read_roadmap(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.txt: no such file"):
        read_roadmap(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="is a folder"):
        read_roadmap(tmp_path)


def test_a_file_cut_inside_a_letter_is_read_and_told(small_text, tmp_path):
    whole = small_text.encode()
    cut = whole[: whole.index("Казахфильм".encode()) + 3]
    roadmap = read_roadmap(bad(tmp_path, cut))
    assert "truncated" in set(roadmap.findings.kind)
    assert "4.2" in set(roadmap.projects.project)
