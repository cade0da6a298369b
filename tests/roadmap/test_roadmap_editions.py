"""Edited copies of the published document: the next edition is read by the same grammar."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.sources


def edited(text, old, new):
    assert old in text
    return text.replace(old, new)


def line_of(text, number):
    lines = text.split("\n")
    return next(
        i for i, line in enumerate(lines) if line.startswith(number + "\t") and "\t2\t" not in line[:8]
    )


def with_cells(text, number, change):
    lines = text.split("\n")
    at = line_of(text, number)
    lines[at] = "\t".join(change(lines[at].split("\t")))
    return "\n".join(lines)


def test_another_count_and_capacity(real, real_text, reread):
    text = edited(real_text, "6 школ на 3 150 мест\t21 905", "8 школ на 4 001 место\t21 905")
    builds = reread(text).builds
    group = builds[(builds.project == "5.2.3") & (builds.opens == 2023)]
    assert len(group) == 8
    assert group.capacity.sum() == 4001
    assert set(group.capacity) == {500, 501}
    assert len(builds) == len(real.builds) + 2


def test_another_district(real_text, reread):
    text = edited(
        real_text, "медицинской помощи в Наурызбайском районе", "медицинской помощи в Жетысуском районе"
    )
    builds = reread(text).builds
    assert set(builds.district[builds.project == "16.2"]) == {"zhetysu"}


def test_another_district_of_the_polyclinics(real_text, reread):
    text = edited(
        real_text,
        "8 СВА на 200 посещений в Наурызбайском районе",
        "9 СВА на 250 посещений в Бостандыкском районе",
    )
    builds = reread(text).builds
    rows = builds[(builds.project == "14.2.2") & (builds.district == "bostandyk")]
    assert rows.kind.value_counts().to_dict() == {"ambulatory": 9, "polyclinic": 2}
    assert set(rows.capacity) == {250, 500}
    assert "nauryzbay" not in set(builds.district[builds.project == "14.2.2"])


def test_an_added_row(real, real_text, reread):
    lines = real_text.split("\n")
    at = line_of(real_text, "16.8")
    cells = [""] * 21
    cells[0] = "16.10"
    cells[1] = "Строительство 2 новых подстанций службы скорой медицинской помощи в Жетысуском районе"
    cells[3] = "2026-2029"
    cells[12], cells[13], cells[14], cells[15] = "Строительство", "2 001", "2 001", "2 001"
    cells[20] = "Требуется выкуп земельных участков (мкр.Кулагер, ул. Палладина, 5б)"
    lines.insert(at + 1, "\t".join(cells))
    roadmap = reread("\n".join(lines))
    rows = roadmap.builds[roadmap.builds.project == "16.10"]
    assert list(rows.place) == ["мкр. Кулагер", "ул. Палладина, 5б"]
    assert set(rows.district) == {"zhetysu"}
    assert set(rows.opens) == {2029}
    assert rows.cost.sum() == 2001
    assert list(rows.build_id) == ["16.10-01", "16.10-02"]
    assert len(roadmap.builds) == len(real.builds) + 2
    # The programme's title still speaks of 18.
    counts = roadmap.findings[(roadmap.findings.project == "16") & (roadmap.findings.kind == "count")]
    assert counts.message.str.contains("18").any()


def test_an_added_school_programme(real, real_text, reread):
    lines = real_text.split("\n")
    cells = [""] * 21
    cells[0], cells[1], cells[3] = "5.2.4", "Строительство 2 школ в Алатауском районе", "2025-2027"
    cells[12], cells[13], cells[14], cells[15] = "2 школы на 1 201 место", "900", "900", "900"
    lines.insert(line_of(real_text, "5.2.3") + 1, "\t".join(cells))
    builds = reread("\n".join(lines)).builds
    rows = builds[builds.project == "5.2.4"]
    assert list(rows.capacity) == [601, 600]
    assert set(rows.district) == {"alatau"}
    assert set(rows.opens) == {2027}


def test_buses_and_equipment_never_become_builds(real, real_text, reread):
    text = edited(real_text, "214 школ\t1 600", "Оснащение 214 школ\t1 600")
    text = edited(text, "100 автобусов в пилотном режиме", "100 автобусов для 41 школ")
    assert len(reread(text).builds) == len(real.builds)


@pytest.mark.parametrize("number", ["16.1", "14.2.3", "5.2.3", "10.3", "5.1.1", "2.4", "8.1", "15.6"])
def test_one_more_empty_cell_before_the_goals_changes_nothing(real, real_text, reread, number):
    roadmap = reread(with_cells(real_text, number, lambda cells: [*cells[:4], "", *cells[4:]]))
    before, after = (table.set_index("project").loc[number] for table in (real.projects, roadmap.projects))
    columns = [c for c in before.index if c.startswith(("y20", "cost", "period"))]
    assert before[columns].equals(after[columns])
    assert roadmap.builds.equals(real.builds)


@pytest.mark.parametrize("number", ["16.1", "5.2.3", "2.4", "15.6", "11.3"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_one_more_empty_cell_at_the_front_changes_nothing(real, real_text, reread, number, at):
    roadmap = reread(with_cells(real_text, number, lambda cells: [*cells[:at], "", *cells[at:]]))
    before, after = (table.set_index("project").loc[number] for table in (real.projects, roadmap.projects))
    columns = [c for c in before.index if c.startswith(("title", "agencies", "y20", "cost", "period"))]
    assert before[columns].equals(after[columns])
    assert after.realigned
    assert roadmap.builds.equals(real.builds)


@pytest.mark.parametrize("number", ["16.1", "16.2", "2.4", "10.3", "15.6"])
def test_a_lost_empty_cell_changes_nothing(real, real_text, reread, number):
    def change(cells):
        assert cells[4] == ""
        return [*cells[:4], *cells[5:]]

    roadmap = reread(with_cells(real_text, number, change))
    before, after = (table.set_index("project").loc[number] for table in (real.projects, roadmap.projects))
    columns = [c for c in before.index if c.startswith(("y20", "cost", "period"))]
    assert before[columns].equals(after[columns])


def test_a_substation_said_to_be_finished_later_is_counted_once(real_text, reread):
    text = edited(
        real_text, "Завершение строительство 3 подстанций\t964", "Завершение строительства 3 подстанций\t964"
    )
    text = edited(text, "Начало строительство 3-х подстанций\t2 096", "Строительство 3 подстанций\t2 096")
    builds = reread(text).builds
    assert list(builds.opens[builds.project == "16.2"]) == [2026, 2026, 2026]


def test_cp1251_gives_the_same_builds(real, real_text, reread):
    assert reread(real_text, "cp1251").builds.equals(real.builds)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(real, real_text, reread):
    roadmap = reread(real_text.replace("\n", "\r\n"), "utf-8-sig")
    for before, after in zip(real, roadmap, strict=True):
        assert before.equals(after)
