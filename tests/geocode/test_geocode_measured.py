"""How right the geocoder is: the figures of docs/data.md, on places whose answers its gazetteer does not hold."""

import time

import pandas as pd
import pytest
from measured import DATA, answers, summary

from geoplan.city import open_city
from geoplan.geocode import ACCEPT, geocode


@pytest.fixture(scope="module")
def city():
    return open_city("almaty")


@pytest.fixture(scope="module")
def asked():
    return answers()


@pytest.fixture(scope="module")
def traps(city):
    table = pd.read_csv(DATA / "geocode_traps.csv", keep_default_na=False)
    found = geocode(table["text"], places=city.places, districts=city.districts.reset_index())
    return table.join(found.rename(columns={"district": "district_found", "precision": "precision_found"}))


def test_every_trap_is_seen(traps):
    same = (traps["district"] == traps["district_found"]) & (traps["precision"] == traps["precision_found"])
    assert traps.loc[~same, ["text", "district_found", "precision_found", "how"]].to_dict("records") == []


def test_a_name_of_several_places_lists_them(traps):
    several = traps["note"].str.contains("districts|border") & (traps["precision"] == "none")
    assert several.sum() >= 8
    assert traps.loc[several, "alternatives"].str.contains("; ").all()


def test_the_list_is_long_enough(asked, traps):
    assert len(asked) + len(traps) >= 400
    counts = asked["kind"].value_counts()
    assert counts["microdistrict"] >= 64
    assert (counts.drop("microdistrict") >= 80).all()


def test_the_district_is_right(asked):
    assert asked["district_right"].mean() >= 0.97


def test_answers_lie_within_their_own_radius(asked):
    assert asked["within"].mean() >= 0.90
    # What is asked for in a microdistrict is asked of its extent, not of the radius of its middle.
    answers_alone = asked[asked["kind"] != "inside"]
    assert answers_alone["within"].mean() >= 0.90
    assert summary(asked, "kind").loc["microdistrict", "within_radius"] >= 0.90


def test_hardly_any_answer_is_wrong_and_sure(asked, traps):
    sure = traps["score"] >= ACCEPT
    wrong = sure & (traps["district_found"] != traps["district"])
    assert asked["wrong"].mean() <= 0.01
    assert (asked["wrong"].sum() + wrong.sum()) / (len(asked) + len(traps)) <= 0.01


def test_houses_are_placed_within_500_m(asked):
    assert summary(asked, "kind").loc["house", "radius_500"] >= 0.60


def test_microdistricts_and_crossings_are_placed_within_500_m(asked):
    both = asked[asked["kind"].isin(["microdistrict", "crossing"])]
    assert both["near"].mean() >= 0.95


def test_what_each_of_the_two_has_reached_stays_reached(asked):
    shares = summary(asked, "kind")["radius_500"]
    assert shares["crossing"] >= 0.98
    assert shares["microdistrict"] >= 0.88


def test_crossings_that_are_found_are_within_500_m(asked):
    found = asked[asked["precision"] == "intersection"]
    assert len(found) >= 55
    assert found["near"].all()


def test_streets_that_end_near_each_other_are_a_crossing_but_no_sure_one(city):
    texts = pd.Series(
        ["Грибоедова - Колпаковского", "Габдулина - Манаса", "Гоголя - Чайковского", "пр. Сүйінбай, 505"]
    )
    found = geocode(texts, places=city.places, districts=city.districts.reset_index())
    assert found["precision"].tolist() == ["intersection", "intersection", "none", "address"]
    assert "не сходятся на 113 м" in found["how"][0]
    assert "прежнее имя" not in found["how"][0]
    assert 113 / 2 <= found["radius_m"][0] <= 150
    # A street of the name as written there is, elsewhere; Габдуллина meets Манаса.
    assert "Ғабдуллин" in found["how"][1]
    assert (found["score"][:2] < ACCEPT).all()
    assert "Суюнбая" in found["how"][3]


def test_a_street_too_short_for_the_number_is_not_a_sure_answer(city):
    streets = city.places[city.places["kind"] == "street"]
    texts = pd.Series(["ул. Исаева, 92/2, Ауэзовский район", "ул. Исаева, 2, Ауэзовский район"])
    found = geocode(texts, places=streets, districts=city.districts.reset_index())
    assert found["precision"].eq("street").all()
    assert found["score"][0] < ACCEPT <= found["score"][1]
    assert "дома 92/2 на ней нет" in found["how"][0]


def test_a_thousand_texts_a_second(city):
    labels = pd.read_csv(DATA / "geocode_labels.csv", keep_default_na=False)
    texts = pd.concat([labels["text"] + f", {n}" for n in (3, 17, 41)], ignore_index=True)
    districts = city.districts.reset_index()
    places = city.places
    start = time.process_time()
    geocode(texts.iloc[:1], places=places, districts=districts)
    loading = time.process_time() - start
    # The better of two passes: other work on the machine's cores slows a pass down, never speeds one up.
    passes = []
    for _ in range(2):
        start = time.process_time()
        geocode(texts, places=places, districts=districts)
        passes.append(time.process_time() - start - loading)
    spent = min(passes)
    assert loading < 1.0
    assert len(texts) / spent >= 1000
