"""Counts, capacities, places and shares in single texts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.roadmap._grammar import amounts, number, things, uncounted, unquoted
from geoplan.roadmap._shares import interleave, share
from geoplan.roadmap._sites import Site, places, sites


def said(text):
    return [
        (thing.kind, thing.count, thing.verb, thing.amount, thing.each, thing.districts)
        for thing in things(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 школы на 1100 мест и 4 пристройки на 1500 мест",
         [("school", 2, "", 1100, False, []), ("annex", 4, "", 1500, False, [])]),
        ("12 садов на 4 599 мест", [("kindergarten", 12, "", 4599, False, [])]),
        ("открытие 19 частных школ не менее чем на 10 тыс. уч.мест", [("school", 19, "finish", 10000, False, [])]),
        ("Строительство двух школ по 300 мест", [("school", 2, "build", 300, True, [])]),
        ("8 СВА на 200 посещений в Медеуском районе", [("ambulatory", 8, "", 200, True, ["medeu"])]),
        ("Разработка ПСД 5 поликлиник и строительство 3 поликлиник.",
         [("polyclinic", 5, "design", None, False, []), ("polyclinic", 3, "build", None, False, [])]),
        ("Разработка ПСД, снос 3 школ и строительство", [("school", 3, "demolition", None, False, [])]),
        ("Начало строительство 3-х подстанций", [("substation", 3, "start", None, False, [])]),
        ("Разработка ПСД. 2 подстанции", [("substation", 2, "", None, False, [])]),
        ("7 722 школьников", []),
        ("подключение во вновь построенных 5 школах", []),
        ("онкологического центра с поликлиникой на 350 посещений", []),
    ],
)  # fmt: skip
def test_counted_objects(text, expected):
    assert said(text) == expected


def test_districts_follow_the_objects_they_belong_to():
    text = "2 ПМСП в Алмалинском и 3 ПМСП Бостандыкском районах"
    assert [(thing.count, thing.districts) for thing in things(text)] == [(2, ["almaly"]), (3, ["bostandyk"])]


def test_parentheses_that_do_not_add_up_are_not_taken_for_a_correction():
    assert things("3 пристройки на 900 мест (1 школа, 1 пристройка)")[0].parts == []
    assert things("3 пристройки на 900 мест (1 школа, 2 пристройки)")[0].parts == [
        ("school", 1),
        ("annex", 2),
    ]


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Строительство государственных детских садов", "kindergarten"),
        ("Увеличение доли сетевых частных детских садов на 10%", ""),
        ("Открытие филиалов во вновь построенных школах", ""),
        ("Запуск проекта «» для школ", ""),
    ],
)
def test_what_a_title_builds(title, service):
    named = uncounted(title)
    assert (named.kind if named else "") == service


def test_quoted_names_hold_no_counts():
    assert said(unquoted('Проект "Строительство 1000 школ" (36 школ на 19 905 уч.мест)')) == [
        ("school", 36, "", 19905, False, [])
    ]


def test_numbers():
    assert number("3 380") == 3380
    assert number("80,600") == 80600
    assert number("6,5", " тыс.") == 6500
    assert amounts("Создание 37 100 ученических мест") == [(37100, "seats", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(мкр. Айгерим, мкр.Теректы, мкр «Зерделі»)", ["мкр. Айгерим", "мкр. Теректы", "мкр Зерделі"]),
        ("по улице Шашкина,3а", ["ул. Шашкина, 3а"]),
        ("пр. Достык, 220а", ["пр. Достык, 220а"]),
        ("ул. Казыбек би,115 (Алмалинский район)", ["ул. Казыбек би, 115"]),
        ("в мкр Думан (ТРЦ «Апорт»)", ["ТРЦ «Апорт», мкр Думан"]),
        ("(в районе Абая-Жарокова,Гоголя-Ауезова)", ["в районе Абая-Жарокова", "в районе Гоголя-Ауезова"]),
        ("участков в районе ипподрома для строительства", ["в районе ипподрома"]),
        ("в Алатауском районе города", []),
        ("в 2024 году для 2 подстанций", []),
    ],
)
def test_places(text, expected):
    assert places(text) == expected


def test_an_old_address_is_never_a_place():
    note = "Строительство по улице Новая,1 - взамен №5 подстанции, расположенной в доме по адресу Старая,17 ."
    assert sites(note, "подстанция") == [Site("ул. Новая, 1", "подстанция №5 (Старая, 17)", "")]
    note = "Новое здание взамен №5 подстанции, расположенной по адресу Старая,17"
    assert sites(note, "подстанция") == []


def test_a_site_of_something_else_torn_down_is_new():
    former = sites("Снос старого с постройкой нового здания (бывший «Склад» ул. Новая, 9)", "подстанция")
    assert former == [Site("ул. Новая, 9", "", "на месте бывшего: «Склад»")]
    old = sites("Снос старого с постройкой нового здания (ул. Новая, 9)", "подстанция")
    assert old == [Site("ул. Новая, 9", "unnamed", "")]


@given(total=st.integers(0, 10**7), weights=st.lists(st.integers(0, 10**5), min_size=1, max_size=40))
def test_shares_are_whole_add_up_and_stay_within_one_of_the_exact(total, weights):
    parts = share(total, [float(weight) for weight in weights])
    assert sum(parts) == total
    whole = sum(weights) or len(weights)
    for part, weight in zip(parts, weights if sum(weights) else [1] * len(weights), strict=True):
        assert abs(part - Fraction(total * weight, whole)) <= 1


def test_remainders_go_to_the_largest_then_to_the_first():
    assert share(37100, [1.0] * 22).count(1687) == 8
    assert share(10, [1.0, 1.0, 1.0]) == [4, 3, 3]
    assert share(10, [1.0, 2.0, 4.0]) == [1, 3, 6]
    assert share(5, []) == []


@given(sizes=st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_every_stretch_of_the_order_holds_the_groups_in_proportion(sizes):
    order = interleave(sizes)
    assert [order.count(group) for group in range(len(sizes))] == sizes
    for length in range(1, len(order) + 1):
        for group, size in enumerate(sizes):
            quota = size * length / len(order)
            assert abs(order[:length].count(group) - quota) < len(sizes)


def test_a_group_of_its_own_opens_in_the_middle():
    assert interleave([1, 2]) == [1, 0, 1]
    assert interleave([2, 2]) == [0, 1, 0, 1]
