"""Houses whose number is not known: on which street of a name, in which district, and how sure that is."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas import points_from_xy
from shapely import affinity
from shapely.geometry import LineString, Point, box

from geoplan.geocode import ACCEPT, _houses, geocode
from geoplan.geocode._numbers import usual_numbering

# Metres from the city's south-western corner, in its own UTM zone.
UTM, CORNER = "EPSG:32643", (655_000, 4_785_000)
BORDER = 4000


def laid(shapes):
    moved = [affinity.translate(shape, *CORNER) for shape in shapes]
    return gpd.GeoSeries(moved, crs=UTM).to_crs(4326)


def city(streets, houses=()):
    """Two districts, almaly up to 4 km and medeu beyond; streets (name, district, line), houses (address, x, y)."""
    areas = gpd.GeoDataFrame(
        {"district": ["almaly", "medeu"]},
        geometry=laid([box(0, 0, BORDER, 9000), box(BORDER, 0, 9000, 9000)]).to_numpy(),
        crs=4326,
    )
    rows = [(name, "street", district, LineString(line)) for name, district, line in streets]
    rows += [
        (address, "address", "medeu" if x > BORDER else "almaly", Point(x, y)) for address, x, y in houses
    ]
    names, kinds, districts, shapes = zip(*rows, strict=True)
    table = pd.DataFrame({"name": names, "kind": kinds, "district": districts})
    table = table.assign(aliases="", radius_m=100.0, source="test")
    return gpd.GeoDataFrame(table, geometry=laid(shapes).to_numpy(), crs=4326), areas


def ask(where, text):
    places, districts = where
    found = geocode(pd.Series([text]), places=places, districts=districts, border_tolerance_m=50.0).iloc[0]
    point = gpd.GeoSeries(points_from_xy([found["lon"]], [found["lat"]]), crs=4326).to_crs(UTM)
    return found, point.x[0] - CORNER[0], point.y[0] - CORNER[1]


def west_east(name, start, end, y=1000, district="almaly"):
    return name, district, [(start, y), (end, y)]


def numbered(name, numbers, start, metres, y=1000):
    """Houses of a street numbered from its eastern end at `start`."""
    return [(f"{name}, {number}", start - number * metres, y) for number in numbers]


def test_the_farther_the_number_the_less_a_street_without_known_houses_holds_it():
    kilometre = city([west_east("улица Мира", 500, 1500)])
    likely, doubtful, too_far = (ask(kilometre, f"ул. Мира, {number}")[0] for number in (45, 70, 140))
    assert "по счёту" in likely["how"]
    assert likely["score"] == 100
    # In less than a quarter of cases numbers run so far on a street so long.
    assert "по счёту" in doubtful["how"]
    assert doubtful["score"] < ACCEPT
    assert too_far["how"].endswith("по счёту номеров дома 140 на ней нет")
    assert too_far["score"] < ACCEPT


def test_where_the_count_tells_nothing_the_whole_short_street_is_the_answer():
    found, x, _ = ask(city([west_east("улица Мира", 500, 1000)]), "ул. Мира, 3")
    assert x == pytest.approx(750, abs=15)
    assert found["radius_m"] == pytest.approx(250, abs=15)


def test_a_street_named_with_its_locality_is_not_meant_without_it():
    streets = [west_east("улица Мира", 200, 1200), west_east("Мира (Шапагат)", 200, 1200, y=6000)]
    found, _, y = ask(city(streets), "ул. Мира, 5")
    assert found["precision"] == "street"
    assert y == pytest.approx(1000, abs=5)


def test_a_namesake_that_hardly_reaches_the_number_drops_out():
    streets = [west_east("улица Мира", 100, 3900), west_east("улица Мира", 3600, 3900, y=6000)]
    found, _, y = ask(city(streets), "ул. Мира, 60")
    assert found["precision"] == "street"
    assert y == pytest.approx(1000, abs=5)
    # House 3 may stand on either.
    assert ask(city(streets), "ул. Мира, 3")[0]["precision"] == "none"


@pytest.mark.parametrize(
    ("known", "also", "precision"),
    [
        ([], [], "none"),
        ([40, 60], [], "street"),
        ([40, 60], [44], "street"),
        ([40, 60], [40, 60], "none"),
        ([40], [], "street"),
        ([40], [44], "none"),
        # Of the other side of the street, or too far off in the count: no witness.
        ([41], [], "none"),
        ([140], [], "none"),
    ],
)
def test_known_houses_tell_the_longest_of_two_namesakes(known, also, precision):
    streets = [west_east("улица Мира", 100, 3900), west_east("улица Мира", 100, 3400, y=6000)]
    houses = numbered("улица Мира", known, 3900, 24) + numbered("улица Мира", also, 3400, 24, y=6000)
    found, _, y = ask(city(streets, houses), "ул. Мира, 50")
    assert found["precision"] == precision
    assert precision == "none" or y == pytest.approx(1000, abs=5)


def test_a_house_known_on_two_namesakes_is_neither():
    streets = [west_east("улица Мира", 100, 3900), west_east("улица Мира", 100, 3400, y=6000)]
    houses = numbered("улица Мира", [50], 3900, 24) + numbered("улица Мира", [50], 3400, 24, y=6000)
    assert ask(city(streets, houses), "ул. Мира, 50")[0]["precision"] == "none"


def test_a_house_known_in_another_district_than_stated_is_not_the_answer():
    streets = [
        west_east("улица Мира", 2000, BORDER),
        west_east("улица Мира", BORDER, 6000, district="medeu"),
    ]
    where = city(streets, numbered("улица Мира", [20], 6000, 24))
    assert ask(where, "ул. Мира, 20")[0]["precision"] == "address"
    found, x, _ = ask(where, "ул. Мира, 20, Алмалинский район")
    assert (found["precision"], found["district"]) == ("street", "almaly")
    assert x <= BORDER + 50
    # The numbers begin 2 km away: the count does not place house 20 here.
    assert found["how"].endswith("дома 20 на ней нет")
    assert found["score"] < ACCEPT


def test_near_a_border_the_other_district_is_named_and_past_a_fifth_none_is_chosen():
    streets = [
        west_east("улица Мира", 2000, BORDER),
        west_east("улица Мира", BORDER, 6000, district="medeu"),
    ]
    # House 80 stands at the border.
    where = city(streets, numbered("улица Мира", [30, 40, 50, 110, 120, 130], 6000, 25))
    seen = {number: ask(where, f"ул. Мира, {number}")[0] for number in range(60, 101, 2)}
    assert (seen[60]["district"], seen[60]["score"]) == ("medeu", 100)
    assert (seen[100]["district"], seen[100]["score"]) == ("almaly", 100)
    assert seen[80]["precision"] == "none"
    assert seen[80]["alternatives"].count("Мира") == 2
    told = [found for found in seen.values() if "район может быть и" in found["how"]]
    assert told
    assert all(found["score"] < ACCEPT for found in told)


def test_a_radius_beyond_the_last_known_house_is_wider_by_what_the_standards_say(monkeypatch):
    where = city([west_east("улица Мира", 100, 3900)], numbered("улица Мира", [10, 20, 30, 40], 3900, 24))
    wide = ask(where, "ул. Мира, 60")[0]["radius_m"]
    usual = usual_numbering()
    monkeypatch.setattr(_houses, "usual_numbering", lambda: usual._replace(stretch_beyond=1.0))
    assert wide == pytest.approx(usual.stretch_beyond * ask(where, "ул. Мира, 60")[0]["radius_m"], abs=2)


def test_houses_of_other_streets_bear_no_witness():
    # A lane of the name, and a house 300 m off, whose number would turn the count round.
    streets = [west_east("улица Мира", 100, 2100), ("переулок Мира", "almaly", [(1000, 1400), (1000, 1500)])]
    houses = numbered("улица Мира", [10, 20, 30], 2100, 24)
    alone = ask(city(streets[:1], houses), "ул. Мира, 40")[1]
    assert ask(city(streets, [*houses, ("улица Мира, 42", 1900, 1450)]), "ул. Мира, 40")[1] == alone


def test_parts_of_a_street_with_a_gap_between_are_one_for_its_numbers():
    streets = [
        west_east("улица Мира", 2000, 3800),
        west_east("улица Мира", 4200, 6000, district="medeu"),
    ]
    where = city(streets, numbered("улица Мира", [10, 30, 50, 60], 6000, 25))
    found, x, _ = ask(where, "ул. Мира, 110")
    assert found["district"] == "almaly"
    # House 110 lies 2,750 m from the end where the numbers begin.
    assert abs(x - 3250) <= found["radius_m"]
    assert found["how"].endswith("известен дом 60")


def test_a_street_just_beyond_the_border_holds_houses_of_the_stated_district():
    along = [(BORDER + 30, 1000), (BORDER + 30, 3000)]
    where = city([("улица Мира", "medeu", along)])
    near = ask(where, "ул. Мира, 30, Алмалинский район")[0]
    assert near["district"] == "almaly"
    assert "по счёту" in near["how"]


def test_one_house_known_in_two_places_lies_between_them():
    houses = [("улица Мира, 20", 1000, 1000), ("улица Мира, 20", 1300, 1000)]
    found, x, _ = ask(city([west_east("улица Мира", 100, 2100)], houses), "ул. Мира, 20")
    assert (found["precision"], found["radius_m"]) == ("address", pytest.approx(150, abs=1))
    assert x == pytest.approx(1150, abs=1)


def test_a_radius_ends_with_the_stated_district():
    streets = [
        west_east("улица Мира", 2000, BORDER),
        west_east("улица Мира", BORDER, BORDER + 300, district="medeu"),
    ]
    found, x, _ = ask(city(streets), "ул. Мира, 5, Медеуский район")
    # From the middle of what lies in medeu or within 50 m of it, to its ends.
    assert BORDER + 100 < x < BORDER + 175
    assert max(x - BORDER, BORDER + 300 - x) <= found["radius_m"] < 195


def test_a_mended_name_is_no_surer_for_its_houses():
    where = city(
        [west_east("улица Жангельдина", 100, 3900)], numbered("улица Жангельдина", [10, 30], 3900, 24)
    )
    found = ask(where, "ул. Жангелдина, 20")[0]
    assert "по счёту" in found["how"]
    assert (found["score"], ask(where, "ул. Жангельдина, 20")[0]["score"]) == (80, 100)


def test_a_radius_reaches_no_farther_than_the_street():
    # Out, and back 60 m beside it: what lies far along the street may stand close by.
    bow = [(500, 1000), (2000, 1000), (2000, 1060), (500, 1060)]
    found, x, _ = ask(city([("улица Мира", "almaly", bow)]), "ул. Мира, 55")
    assert "по счёту" in found["how"]
    assert found["radius_m"] <= max(np.hypot(x - 500, 60), np.hypot(2000 - x, 60)) + 1


def test_a_locality_in_brackets_tells_which_of_two_namesakes_is_meant():
    streets = [west_east("улица Мира", 200, 1200), west_east("Мира (Шапагат)", 200, 1200, y=6000)]
    houses = [("улица Мира, 5", 1000, 1000), ("Мира (Шапагат), 5", 1000, 6000)]
    for text in ("ул. Мира (Шапагат), 5", "Мира (Шапагат), 5", "ул. Мира, 5 (Шапагат)", "ул. Мира (Шапагат)"):
        found, _, y = ask(city(streets, houses), text)
        assert found["score"] == 100
        assert y == pytest.approx(6000, abs=5)
    # Brackets that no street bears are another name of it.
    found, _, y = ask(city(streets, houses), "ул. Мира (Ленина), 5")
    assert (found["precision"], y) == ("address", pytest.approx(1000, abs=5))
    former = [*streets, ("бывш. улица Мира (Ленина)", "almaly", [(200, 8000), (1200, 8000)])]
    assert ask(city(former, houses), "ул. Мира (Ленина), 5")[2] == pytest.approx(1000, abs=5)


def test_two_fuller_names_of_what_was_written_are_two_streets():
    streets = [
        west_east("улица Льва Толстого", 100, 3900),
        west_east("улица Алексея Толстого", 100, 3900, y=1500),
    ]
    houses = numbered("улица Льва Толстого", [10, 30], 3900, 24)
    houses += numbered("улица Алексея Толстого", [14, 40], 3900, 24, y=1500)
    assert ask(city(streets, houses), "ул. Толстого, 20")[0]["precision"] == "none"
    # In two districts one fuller name is one street.
    parts = [
        west_east("улица Льва Толстого", 100, BORDER),
        west_east("улица Льва Толстого", BORDER, 6000, district="medeu"),
    ]
    found = ask(city(parts, numbered("улица Льва Толстого", [10, 30], 6000, 24)), "ул. Толстого, 20")[0]
    assert (found["precision"], found["district"], found["score"]) == ("street", "medeu", 90)


def asked_in(town, text, district=""):
    found = geocode(
        pd.Series([text]),
        places=town.places,
        districts=town.districts,
        district=pd.Series([district]),
        border_tolerance_m=50.0,
    )
    return found.iloc[0]


def test_a_known_house_is_an_address_and_one_between_two_known_is_interpolated(town):
    exact = asked_in(town, "пр. Абая, 150")
    assert (exact.precision, exact.district, exact.lon) == ("address", "almaly", pytest.approx(76.948))
    between = asked_in(town, "пр. Абая, 14", "almaly")
    assert between.precision == "street"
    # Four tenths of the way from house 10 to house 20, which stand 320 m apart.
    assert between.lon == pytest.approx(76.930 + 0.004 * 0.4, abs=1e-3)
    assert between.radius_m == 200
    assert between.score >= ACCEPT
    assert "известны дома 10 и 20" in between.how


def test_the_farther_apart_the_known_houses_the_wider_the_radius(town):
    between = asked_in(town, "пр. Абая, 30", "almaly")
    assert between.precision == "street"
    assert between.lon == pytest.approx(76.938, abs=1e-3)
    assert between.radius_m > asked_in(town, "пр. Абая, 14", "almaly").radius_m
    assert "известны дома 20 и 40" in between.how


def test_a_house_beyond_the_last_known_one_is_no_sure_answer(town):
    beyond = asked_in(town, "пр. Абая, 50", "almaly")
    assert (beyond.precision, beyond.lon > 76.942) == ("street", True)
    assert beyond.how.endswith("известен дом 40")
    assert beyond.score < ACCEPT
    assert beyond.radius_m > asked_in(town, "пр. Абая, 30", "almaly").radius_m


def test_a_house_on_a_street_without_known_ones_is_told_by_the_count_alone(town):
    found = asked_in(town, "ул. Жарокова, 40")
    assert (found.precision, found.district) == ("street", "almaly")
    assert "известных домов рядом нет" in found.how
    # The street is 2.2 km long, and numbered from its northern end more often than not.
    assert 43.23 < found.lat < 43.25
    assert found.radius_m < 1112
    assert asked_in(town, "ул. Жарокова, 10").lat > asked_in(town, "ул. Жарокова, 60").lat


def test_one_street_in_two_districts_is_one_street_for_its_numbers(town):
    assert asked_in(town, "пр. Абая, 30").district == "almaly"
    # House 120 may stand on either side of the border: that is said, and not sure.
    border = asked_in(town, "пр. Абая, 120")
    assert border.score < ACCEPT
    assert "район может быть и" in border.how
