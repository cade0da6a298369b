import re
from importlib import resources

import numpy as np
import pytest
import synthetic_plan

from geoplan import maps
from geoplan.errors import InputError, OutputError
from geoplan.maps._encode import unpack, unpack_classes

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\"'&"


def test_the_overview_comes_first_and_then_each_service(plans, tmp_path):
    names = [path.name for path in maps.write(plans, tmp_path)]
    assert names == ["index.html", "ambulance.html", "polyclinic.html", "school.html", "kindergarten.html"]


def test_one_plan_alone_can_be_written(plans, tmp_path):
    assert [path.name for path in maps.write(plans[2], tmp_path)] == ["index.html", "school.html"]


def test_the_same_plans_give_the_same_bytes(plans, pages, tmp_path):
    for path in maps.write(plans, tmp_path / "again"):
        assert path.read_text(encoding="utf-8") == pages[path.name], path.name


def test_the_classes_of_every_view_and_moment_come_back(plans, pages, data_of):
    for plan in plans:
        data = data_of(pages[f"{plan.service.name}.html"])
        assert {view["key"] for view in data["views"]} == set(plan.views)
        assert data["views"][0]["key"] == "proposed"
        for key, steps in plan.views.items():
            for packed, expected in zip(data["classes"][key], steps, strict=True):
                assert unpack_classes(packed, len(plan.cells)).tolist() == expected.tolist()


def test_cells_and_people_come_back(plans, pages, data_of):
    plan = plans[0]
    cells = data_of(pages["ambulance.html"])["cells"]
    west, south, east, north = cells["box"]
    lon = unpack(cells["lon"], "uint16") / 65_535 * (east - west) + west
    lat = unpack(cells["lat"], "uint16") / 65_535 * (north - south) + south
    assert np.abs(lon - plan.cells["lon"]).max() < 1e-5
    assert np.abs(lat - plan.cells["lat"]).max() < 1e-5
    persons = unpack(cells["persons"], "uint16") / cells["persons_scale"]
    assert persons.sum() == pytest.approx(plan.cells["persons"].sum())
    # A side of a cell is 100 m long, whichever way the grid is turned.
    east_side, north_side = np.array(cells["edges"]) * np.array(
        [111_320 * np.cos(np.radians(43.25)), 111_100]
    )
    assert np.hypot(*east_side) == pytest.approx(100, rel=0.01)
    assert np.hypot(*north_side) == pytest.approx(100, rel=0.01)


def test_what_each_build_changes_comes_back(plans, pages, data_of):
    for plan in plans:
        changes = data_of(pages[f"{plan.service.name}.html"])["changes"]
        cells, values = unpack(changes["cells"], "uint16"), unpack(changes["values"], "uint8")
        assert set(changes["spans"]) == set(plan.changes)
        for build_id, (start, end) in changes["spans"].items():
            change = plan.changes[build_id]
            assert cells[start:end].tolist() == change.cells.tolist()
            assert (values[start:end] & 15).tolist() == np.minimum(change.before, 15).tolist()
            assert (values[start:end] >> 4).tolist() == np.minimum(change.after, 15).tolist()


def test_a_build_is_compared_with_the_last_step_before_it_opens(plans, pages, data_of):
    for plan in plans:
        data = data_of(pages[f"{plan.service.name}.html"])
        for build in data["builds"]:
            base = data["moments"][build["base"]]["year"]
            assert base < build["opens"]
            assert all(not base < moment["year"] < build["opens"] for moment in data["moments"])


def test_the_panel_shows_the_median_its_range_and_the_best_case(plans, pages, data_of):
    plan = next(plan for plan in plans if plan.service.name == "school")
    table = plan.coverage_table
    rows = table[
        (table["moment"] == plan.moments[-1]) & (table["district"] == "medeu") & (table["mode"] == "network")
    ]
    rows = rows.set_index("scenario")
    shown = data_of(pages["school.html"])["coverage"]
    area = shown["proposed"][-1]["medeu"]
    assert area["share"] == rows.at["drawn", "share"]
    assert (area["low"], area["high"]) == (rows.at["drawn", "share_low"], rows.at["drawn", "share_high"])
    assert area["best"] == rows.at["proposed", "share"]
    placed = shown["placed"][-1]["medeu"]
    assert (placed["share"], placed["low"], placed["best"]) == (rows.at["placed", "share"], None, None)


def test_a_baseline_without_draws_has_no_range(plans, pages, data_of):
    assert data_of(pages["school.html"])["coverage"]["proposed"][0]["almaty"]["low"] is None
    assert data_of(pages["ambulance.html"])["coverage"]["proposed"][0]["almaty"]["low"] is not None


def test_a_facility_without_a_place_is_carried_but_has_no_point(plans, pages, data_of):
    for plan in plans:
        shown = data_of(pages[f"{plan.service.name}.html"])["facilities"]
        assert len(shown) == len(plan.facilities)
        assert shown[0]["lon"] is None
        assert shown[0]["lat"] is None


def test_what_a_build_replaces_closes_when_it_opens(plans, pages, data_of):
    for plan in plans:
        shown = data_of(pages[f"{plan.service.name}.html"])["facilities"]
        assert shown[2]["closed"] == plan.builds["opens"].iat[0]
        assert shown[1]["closed"] == 2025
        assert shown[3]["closed"] == 0


def test_the_notes_count_what_has_no_place(pages):
    assert "Учреждений без места: 1." in pages["school.html"]
    assert "Действующих подстанций без известного места: 2." in pages["ambulance.html"]


def test_pages_name_the_basis_and_source_of_the_threshold(pages):
    assert "планировочное правило" in pages["school.html"]
    assert "СНиП 2.07.01-89" in pages["school.html"]
    assert "ҚР ДСМ-225/2020" in pages["ambulance.html"]


def test_pages_name_the_draws_as_the_standards_do(pages, data_of):
    for name, page in pages.items():
        for figure in ("{draws}", "{spread}", "{snap}"):
            assert figure not in page, (name, figure)
    assert "5–95\u202f%" in data_of(pages["school.html"])["texts"]["ru"]["panel.range"]
    assert "200 розыгрышей" in data_of(pages["school.html"])["texts"]["ru"]["panel.range"]


def test_every_page_credits_openstreetmap_and_speaks_russian(pages):
    for name, page in pages.items():
        assert '<html lang="ru">' in page, name
        assert "участники OpenStreetMap" in page, name
        assert "ODbL" in page, name


def test_a_street_named_only_in_kazakh_is_on_the_kazakh_map_alone(pages, data_of):
    spoken = {label["text"]: label.get("in") for label in data_of(pages["school.html"])["labels"]}
    assert spoken["проспект Абая"] == ["ru", "kk", "en"]
    assert spoken["Төле би даңғылы"] == ["kk"]
    assert spoken["Орбита"] is None


def test_the_overview_shows_every_district_under_every_service(plans, pages):
    page = pages["index.html"]
    assert len(re.findall(r"<td [^>]*data-service", page)) == 4 * 4
    for plan in plans:
        assert f'href="{plan.service.name}.html"' in page


def test_names_from_data_never_become_markup(city, tmp_path, data_of):
    plan = synthetic_plan.make_plan(city, "school", hostile=HOSTILE)
    city_like = synthetic_plan.small_city()
    city_like.districts.loc["medeu", "name_ru"] = HOSTILE
    city_like.package["resources"][0]["sources"] = [{"title": HOSTILE}]
    plan = synthetic_plan.make_plan(city_like, "school", hostile=HOSTILE)
    for path in maps.write(plan, tmp_path):
        page = path.read_text(encoding="utf-8")
        assert "<img" not in page, path.name
        assert "<script>alert" not in page, path.name
    data = data_of((tmp_path / "school.html").read_text(encoding="utf-8"))
    assert data["facilities"][1]["name"].startswith(HOSTILE)
    assert next(b for b in data["builds"] if b["site"] == "stated")["place"].startswith(HOSTILE)


def test_pages_of_a_small_town_are_small(pages):
    assert max(len(page.encode()) for page in pages.values()) < 400_000


def test_bad_requests_are_told_in_one_line(plans, tmp_path):
    with pytest.raises(InputError, match="no plan"):
        maps.write([], tmp_path)
    with pytest.raises(InputError, match="two plans of one service"):
        maps.write([plans[0], plans[0]], tmp_path)
    other = synthetic_plan.small_city()
    other.name = "astana"
    with pytest.raises(InputError, match="almaty, astana"):
        maps.write([plans[0], synthetic_plan.make_plan(other, "school")], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(plans, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        maps.write(plans[0], tmp_path / "file" / "maps")


def test_a_city_without_a_plan_shows_one_figure_and_speaks_of_no_change(city, tmp_path):
    nothing = synthetic_plan.without_builds(synthetic_plan.make_plan(city, "school"))
    maps.write(nothing, tmp_path)
    overview = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "answer-years" not in re.sub(r"<style>.*?</style>", "", overview, flags=re.DOTALL)
    assert "медиана розыгрышей" not in overview.split('<section id="answers"')[1].split("<section")[1]
    service = (tmp_path / "school.html").read_text(encoding="utf-8")
    assert "сегодня, по данным города" in service


def test_what_the_scripts_put_into_a_text_is_not_put_in_before(pages, data_of):
    texts = data_of(pages["school.html"])["texts"]["ru"]
    scripts = (resources.files("geoplan.maps") / "assets").iterdir()
    calls = [
        (key, re.findall(r"(?:^|,) *(\w+)(?=[:,]|$)", values))
        for script in scripts
        if script.name.endswith(".js")
        for key, values in re.findall(
            r'G\.T\("([a-z_.]+)", \{([^{}]*)\}\)', script.read_text(encoding="utf-8")
        )
    ]
    assert ("gaps.near", ["name"]) in calls
    lost = [
        (key, name)
        for key, names in calls
        if key in texts
        for name in names
        if f"{{{name}}}" not in texts[key]
    ]
    assert lost == []
