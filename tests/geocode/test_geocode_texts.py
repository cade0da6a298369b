from types import SimpleNamespace

import pandas as pd
import pytest
import shapely

from geoplan.errors import InputError
from geoplan.geocode import ACCEPT, geocode


def ask(town, text, district=""):
    texts = pd.Series([text], index=[7], dtype=object)
    known = pd.Series([district], index=[7])
    table = geocode(
        texts, places=town.places, districts=town.districts, district=known, border_tolerance_m=50.0
    )
    assert list(table.index) == [7]
    return table.loc[7]


def test_a_crossing_of_dual_carriageways_is_one_point_between_them(town):
    found = ask(town, "в районе Абая-Жарокова")
    assert (found.precision, found.district) == ("intersection", "almaly")
    assert found.lon == pytest.approx(76.92, abs=2e-4)
    assert found.lat == pytest.approx(43.24009, abs=2e-4)
    assert found.radius_m <= 60


@pytest.mark.parametrize(
    "text",
    [
        "Абая/Жарокова",
        "угол Абая и Жарокова",
        "пересечение улиц Абая и Жарокова",
        "Абай мен Жароков көшелерінің қиылысы",
        "Абай даңғылы мен Жароков көшесінің қиылысында",
        "Абай және Жароков қиылысында, Алмалы ауданы",
        "Абай-Жароков қиылысы",
        "ул. Абая-Жарокова",
        "ул. Абая уг. Жарокова 5",
        "пр. Абая угол ул. Жарокова",
    ],
)
def test_a_crossing_may_be_written_in_several_ways(town, text):
    assert ask(town, text).precision == "intersection"


def test_streets_that_do_not_meet_are_no_crossing(town):
    found = ask(town, "Грозы-Жарокова", "almaly")
    assert found.precision == "district"
    assert pd.isna(found.lon)


def test_a_name_in_two_districts_is_placed_only_in_the_stated_one(town):
    unknown = ask(town, "ул. Шашкина, 3а")
    assert unknown.precision == "none"
    assert unknown.district == ""
    assert pd.isna(unknown.lon)
    assert "(almaly) 76.9325" in unknown.alternatives
    assert "(medeu) 76.9625" in unknown.alternatives
    stated = ask(town, "ул. Шашкина, 3а", "medeu")
    assert (stated.district, stated.precision) == ("medeu", "street")
    assert stated.lon == pytest.approx(76.9625, abs=2e-3)
    assert stated.radius_m <= 215


def test_the_district_named_in_the_text_goes_before_the_stated_one(town):
    assert ask(town, "ул. Шашкина, 3а, Медеуский район", "almaly").district == "medeu"


def test_the_street_of_a_woman_is_taken_only_where_the_man_has_none_in_the_district(town):
    assert "Тажибаевой" in ask(town, "ул. Тажибаева, 155а", "almaly").how
    assert ask(town, "ул. Тажибаева, 155а", "medeu").lon == pytest.approx(76.9725, abs=1e-4)
    assert ask(town, "ул. Тажибаева, 155а").district == "medeu"


def test_a_lane_is_not_the_street_of_its_name(town):
    assert ask(town, "пер. Грозы, 3", "almaly").lat == pytest.approx(43.201, abs=1e-4)
    assert ask(town, "ул. Грозы, 3", "almaly").lat == pytest.approx(43.203, abs=1e-4)


def test_within_fifty_metres_of_the_border_the_stated_district_wins(town):
    found = ask(town, "ул. Пограничная", "almaly")
    assert (found.district, found.precision) == ("almaly", "street")
    far = ask(town, "мкр. Рахат-3", "almaly")
    assert far.precision == "district"


def test_a_microdistrict_without_its_number_is_the_whole_and_with_it_the_part(town):
    assert ask(town, "мкр. Айгерим").radius_m == 900
    assert ask(town, "мкр. Айгерим-1").lon == pytest.approx(76.913)
    assert ask(town, "мкр Айгерим 2, дом 5").lon == pytest.approx(76.917)


def test_kazakh_and_russian_spellings_agree(town):
    assert ask(town, "мкр. Теректы").precision == "microdistrict"
    assert ask(town, "Абай даңғылы, 150", "almaly").precision == "address"


def test_a_microdistrict_in_two_districts_is_ambiguous(town):
    assert pd.isna(ask(town, "мкр. Рахат").lon)
    assert ask(town, "мкр. Рахат", "medeu").lon == pytest.approx(76.99)


def test_landmarks_are_found_in_any_case_ending(town):
    found = ask(town, "в районе ипподрома", "medeu")
    assert (found.precision, found.lon) == ("landmark", pytest.approx(76.98))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        None,
        float("nan"),
        "\x00\x01\x02",
        "\udcff\ud800",
        "<script>alert(1)</script>",
        "=1+1",
        "=cmd|'/c calc'!A1",
        "11",
        "-",
        ",,,",
        "()",
    ],
)
def test_what_is_no_place_is_not_found(town, text):
    found = ask(town, text)
    assert (found.precision, found.district, found.score) == ("none", "", 0)
    assert found.how


@pytest.mark.parametrize("text", ["а" * 10_000, "Абая 10 " * 1300, "<b>" * 4000, "(" * 10_000, "1-" * 5000])
def test_ten_kilobytes_are_not_found_at_once(town, text):
    assert ask(town, text).precision == "none"
    assert len(ask(town, text).how) < 300


def test_tags_and_control_characters_are_taken_out(town):
    assert ask(town, "<b>мкр.\x00 Теректи</b>\u200b").precision == "microdistrict"
    assert ask(town, "мкр.&nbsp;Теректи").precision == "microdistrict"


@pytest.mark.parametrize(
    "text", ["г. Астана, пр. Абая", "Москва, ул. Жарокова", "ул. Жарокова, Алматинская область", "г. Алатау"]
)
def test_another_town_is_not_this_one(town, text):
    found = ask(town, text)
    assert (found.precision, found.district) == ("none", "")


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("Abay ave 150", "address"),
        ("Abay - Zharokov", "intersection"),
        ("mkr. Terekti", "microdistrict"),
        ("Aigerim-1 microdistrict", "microdistrict"),
    ],
)
def test_latin_letters_are_read(town, text, precision):
    assert ask(town, text).precision == precision


def test_a_number_and_a_kind_of_place_are_not_another_number(town):
    places = town.places.copy()
    places.loc[places["name"] == "Ипподром", "name"] = "Школа № 99"
    row = geocode(
        pd.Series(["школа №97", "гимназия 99", "школа-лицей № 99"]), places=places, districts=town.districts
    )
    assert row["precision"].tolist()[:2] == ["none", "none"]
    assert row["alternatives"][2].count("Школа № 99") == 2


def test_a_former_name_finds_the_street_below_the_accept_line(town):
    places = town.places.copy()
    places.loc[places["name"] == "улица Жарокова", "aliases"] = "бывш. ул. Старая Сельская"
    found = geocode(pd.Series(["ул. Старая Сельская"]), places=places, districts=town.districts).loc[0]
    assert (found.district, found.precision) == ("almaly", "street")
    assert found.score < ACCEPT
    assert "прежнее имя" in found.how


def test_a_house_on_a_street_of_two_districts_is_placed_without_a_district(town):
    found = ask(town, "проспект Абая, 14")
    assert (found.district, found.precision) == ("almaly", "street")


def test_a_district_alone_is_a_district_and_nonsense_is_nothing(town):
    assert ask(town, "Медеуский район").precision == "district"
    assert ask(town, "Алматы").precision == "city"
    nonsense = ask(town, "чепуха")
    assert (nonsense.precision, nonsense.score) == ("none", 0)
    assert "не найдено" in nonsense.how
    assert ask(town, "").precision == "none"


def test_a_microdistrict_tells_which_of_two_streets_is_meant(town):
    places = town.places.copy()
    row = places[places["name"] == "Теректи"].copy()
    places.loc[places.index[places["name"] == "Теректи"], "radius_m"] = 400
    assert len(row) == 1
    found = ask(town, "мкр. Айгерим, ул. Шашкина, 5", "")
    # Neither Шашкина is in Айгерим: the microdistrict is what is sure.
    assert found.precision == "microdistrict"


def test_districts_on_another_index_or_unknown_are_refused(town):
    texts = pd.Series(["мкр. Рахат"])
    kwargs = {"places": town.places, "districts": town.districts}
    with pytest.raises(InputError, match="one index"):
        geocode(texts, district=pd.Series(["medeu"], index=[5]), **kwargs)
    with pytest.raises(InputError, match="'nowhere'"):
        geocode(texts, district=pd.Series(["nowhere"]), **kwargs)
    with pytest.raises(InputError, match="radius_m"):
        geocode(texts, places=town.places.drop(columns="radius_m"), districts=town.districts)


def test_a_former_name_goes_after_the_street_that_bears_it_today(town):
    rows = town.places.iloc[[4]].assign(name="улица Новая", aliases="бывш. улица Жарокова", district="medeu")
    places = pd.concat([town.places, rows], ignore_index=True)
    found = geocode(
        pd.Series(["ул. Жарокова", "ул. Жарокова, Медеуский район"]), places=places, districts=town.districts
    )
    assert found["district"].tolist() == ["almaly", "medeu"]
    assert found["score"].tolist() == [100, 85]
    assert found["score"].iloc[1] < ACCEPT


def test_a_crossing_reaches_to_where_its_former_streets_meet(town):
    # Жарокова moved on by a block: what bore the name until lately lies 100 m east of it.
    line = shapely.LineString([(76.9212, 43.23), (76.9212, 43.25)])
    row = town.places.iloc[[2]].assign(name="бывш. улица Жарокова").set_geometry([line], crs=4326)
    places = pd.concat([town.places, row], ignore_index=True)
    before = ask(town, "Абая-Жарокова")
    found = geocode(pd.Series(["Абая-Жарокова"]), places=places, districts=town.districts).iloc[0]
    assert (found["lon"], found["score"]) == (before["lon"], 100)
    assert before["radius_m"] == 60
    assert 150 < found["radius_m"] < 165


@pytest.mark.parametrize(
    "text", ["школа в мкр. Айгерим-1", "в мкр-не Айгерим-1", "подстанция в микрорайоне Айгерим-1"]
)
def test_what_stands_in_a_microdistrict_is_not_part_of_its_name(town, text):
    assert ask(town, text).lon == pytest.approx(76.913)


def test_colours_of_a_terminal_are_no_text(town):
    assert ask(town, "\x1b[31mпр. Абая, 150\x1b[0m").precision == "address"


def test_a_stub_does_not_keep_a_former_avenue_from_its_name(town):
    stub = town.places.iloc[[7]].assign(name="улица Ленина", radius_m=8)
    avenue = town.places.iloc[[2]].assign(aliases="бывш. проспект Ленина")
    places = pd.concat([town.places.drop(index=2), stub, avenue], ignore_index=True)
    found = geocode(pd.Series(["ул. Ленина"]), places=places, districts=town.districts).iloc[0]
    assert found["precision"] == "none"
    assert found["alternatives"].count("almaly") == 2


def test_a_bare_name_with_a_number_is_the_microdistrict_of_that_number(town):
    # Айгерим has a whole of its own and a street of that name: neither is the second Айгерим.
    assert ask(town, "Айгерим 2").lon == pytest.approx(76.917)
    assert ask(town, "Айгерим 2 дом 5").lon == pytest.approx(76.917)
    assert pd.isna(ask(town, "Айгерим 7").lon)


@pytest.mark.parametrize(
    "text", ["8 мкр. дом 37а", "мкр 8-37а", "8 мкр 37а", "8-й микрорайон, д. 37 а", "мкр. 8 здание 37а"]
)
def test_a_house_behind_its_microdistrict_is_told_from_the_number_of_the_microdistrict(town, text):
    found = ask(town, text)
    assert (found.precision, found.lon) == ("address", pytest.approx(76.946))


def test_the_word_for_a_house_is_no_part_of_the_street(town):
    assert ask(town, "пр. Абая дом 150").precision == "address"
    assert ask(town, "пр. Абая д.150").precision == "address"


def test_a_part_of_a_fuller_name_is_unsure_where_nothing_says_what_it_is(town):
    airport = ask(town, "аэропорт Алматы")
    assert (airport.precision, airport.lon) == ("landmark", pytest.approx(76.995))
    assert airport.score < ACCEPT
    # The avenue is not meant, and not taken with a high score.
    assert pd.isna(ask(town, "международный аэропорт").lon)
    assert ask(town, "Шашкина", "almaly").score < ACCEPT <= ask(town, "ул. Шашкина", "almaly").score


def _with_street(town, name, line):
    row = town.places[town.places["name"] == "улица Жарокова"].iloc[[0]].assign(name=name)
    row = row.set_geometry([shapely.LineString(line)], crs=town.places.crs)
    return SimpleNamespace(places=pd.concat([town.places, row], ignore_index=True), districts=town.districts)


def test_streets_that_meet_twice_close_by_are_answered_between_and_far_apart_are_not(town):
    # Жарокова runs along 76.92 from 43.23 to 43.25; the other bends back and meets it again.
    near = _with_street(
        town, "улица Кривая", [(76.915, 43.235), (76.925, 43.235), (76.925, 43.2375), (76.915, 43.2375)]
    )
    found = ask(near, "Кривая - Жарокова")
    assert found.precision == "intersection"
    assert found.lat == pytest.approx(43.23625, abs=2e-4)
    assert 139 <= found.radius_m <= 300
    assert "рядом таких пересечений: 2" in found.how
    far = _with_street(
        town, "улица Кривая", [(76.915, 43.231), (76.925, 43.231), (76.925, 43.249), (76.915, 43.249)]
    )
    lost = ask(far, "Кривая - Жарокова")
    assert lost.precision == "none"
    assert lost.alternatives.count("пересечение") == 2


@pytest.mark.parametrize(
    "text", ["Табачно-заводская и Жарокова", "Табачно-заводская - Жарокова", "Жарокова/Табачно-заводская"]
)
def test_a_hyphen_within_a_name_does_not_part_two_streets(town, text):
    more = _with_street(town, "улица Табачно-заводская", [(76.915, 43.235), (76.925, 43.235)])
    found = ask(more, f"пересечение улиц {text}")
    assert (found.precision, found.lon) == ("intersection", pytest.approx(76.92, abs=2e-4))


@pytest.mark.parametrize(("number", "score"), [("9" * 7, 100), ("9" * 400, 100), ("9" * 6, 85), ("0", 100)])
def test_what_is_no_house_number_is_the_street_alone(town, number, score):
    found = ask(town, f"ул. Жарокова, {number}")
    assert (found.precision, found.score) == ("street", score)
    assert found.how.startswith("улица «улица Жарокова» (test)")


@pytest.mark.parametrize("geometry", [shapely.Point(76.92, 43.22), shapely.LineString([(76.92, 43.22)] * 2)])
def test_a_street_drawn_as_a_point_has_no_count_of_numbers(town, geometry):
    row = town.places.iloc[[2]].assign(name="улица Точечная", aliases="").set_geometry([geometry], crs=4326)
    places = pd.concat([town.places, row], ignore_index=True)
    found = geocode(pd.Series(["ул. Точечная, 5"]), places=places, districts=town.districts).iloc[0]
    assert (found["precision"], found["lon"]) == ("street", pytest.approx(76.92))
    assert found["score"] < ACCEPT


def test_a_house_on_a_street_that_leaves_its_district_stands_inside(town):
    # From almaly into medeu for 800 m, and back: its middle lies in medeu.
    bow = [(76.945, 43.235), (76.9485, 43.235), (76.9585, 43.233), (76.9485, 43.231), (76.945, 43.231)]
    found = ask(_with_street(town, "улица Дуга", bow), "ул. Дуга, 20", "almaly")
    assert found.district == "almaly"
    assert found.lon < 76.951


@pytest.mark.parametrize(
    "text",
    [
        "150 к. 2",
        "150 к2",
        "150 корпус 2",
        "дом 150 корпус 2",
        "150, корп. 2",
        "150, кв. 17",
        "150 оф. 3б",
        "150-7",
    ],
)
def test_a_part_of_a_house_is_that_house(town, text):
    assert ask(town, f"пр. Абая, {text}").precision == "address"


def test_two_numbers_behind_a_street_are_no_crossing_of_numbered_streets(town):
    fifth = _with_street(town, "5-я улица", [(76.97, 43.235), (76.98, 43.235)])
    both = _with_street(fifth, "7-я улица", [(76.975, 43.23), (76.975, 43.25)])
    found = ask(both, "ул. Жарокова, 5-7")
    assert (found.precision, found.lon) == ("street", pytest.approx(76.92, abs=1e-3))
    assert ask(both, "ул. Жарокова, 5 к. 7").lon == found.lon
