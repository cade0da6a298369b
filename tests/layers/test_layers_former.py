"""Names of an older map on today's lines, and two spellings of one street."""

import geopandas as gpd
import pytest
from shapely.geometry import LineString, box
from shapely.ops import unary_union

from geoplan.layers._former import add_former_names, name_unnamed
from geoplan.layers._spellings import one_street, other_spellings

METRIC = "EPSG:32643"
X, Y = 650_000.0, 4_790_000.0


def _line(*points):
    return LineString([(X + x, Y + y) for x, y in points])


def _table(rows, columns):
    return gpd.GeoDataFrame(
        [dict(zip([*columns, "geometry"], row, strict=True)) for row in rows], geometry="geometry", crs=METRIC
    ).to_crs(4326)


@pytest.fixture
def districts():
    area = box(X - 5000, Y - 5000, X + 5000, Y + 5000)
    return gpd.GeoDataFrame({"district": ["almaly"]}, geometry=[area], crs=METRIC).to_crs(4326)


@pytest.fixture
def lines():
    rows = [
        ("улица Новая", "street", "almaly", "", 500.0, "test", _line((0, 0), (1000, 0))),
        ("улица Длинная", "street", "almaly", "", 2000.0, "test", _line((0, 500), (4000, 500))),
    ]
    return _table(rows, ["name", "kind", "district", "aliases", "radius_m", "source"])


@pytest.fixture
def streets():
    rows = [
        ("улица Новая", "residential", _line((0, 0), (1000, 0))),
        ("улица Длинная", "residential", _line((0, 500), (1000, 500))),
        ("улица Длинная", "residential", _line((1000, 500), (4000, 500))),
        ("", "residential", _line((0, 900), (300, 900))),
        ("", "footway", _line((0, 905), (300, 905))),
        ("", "residential", _line((0, 900), (0, 1200))),
    ]
    return _table(rows, ["name", "highway"])


def test_a_name_of_a_whole_street_becomes_its_alias(lines, streets, districts):
    out, _ = add_former_names(lines, streets, {"ул. Старая": _line((0, 5), (1000, 5))}, districts)
    assert out["aliases"].tolist() == ["бывш. ул. Старая", ""]


def test_a_name_of_a_part_of_a_street_is_a_row_with_the_line_of_today(lines, streets, districts):
    out, _ = add_former_names(lines, streets, {"ул. Старая": _line((0, 510), (1000, 510))}, districts)
    assert out["aliases"].tolist() == ["", "", ""]
    part = out.iloc[2]
    assert part["name"] == "бывш. ул. Старая"
    assert part["source"].startswith("имя OSM 2012")
    metric = out.to_crs(METRIC).geometry.iloc[2]
    assert metric.length == pytest.approx(1000, abs=1)
    assert metric.distance(_line((0, 500), (1000, 500))) < 0.1, "the position is of today"


def test_another_spelling_or_a_fuller_name_is_no_former_name(lines, streets, districts):
    old = {"Новая улица": _line((0, 5), (1000, 5)), "ул. Ивана Длинная": _line((0, 505), (4000, 505))}
    out, _ = add_former_names(lines, streets, old, districts)
    assert out["aliases"].tolist() == ["", ""]


def test_a_street_along_which_nothing_runs_today_is_kept_as_it_was(lines, streets, districts):
    out, _ = add_former_names(lines, streets, {"ул. Дальняя": _line((0, 3000), (900, 3000))}, districts)
    assert out["name"].tolist()[2:] == ["ул. Дальняя"]
    assert out["source"].iloc[2] == "OSM 2012"


def test_a_nameless_street_bears_the_name_of_2012_and_a_path_or_a_crossing_street_does_not(streets):
    out, _ = name_unnamed(streets, {"ул. Тихая": _line((0, 895), (300, 895))}, METRIC)
    assert out["name"].tolist()[3:] == ["ул. Тихая", "", ""]


def test_nameless_parts_of_a_renamed_street_do_not_keep_the_old_name(streets):
    old = unary_union([_line((0, 500), (4000, 500)), _line((0, 900), (300, 900))])
    out, _ = name_unnamed(streets, {"ул. Короткая": old}, METRIC)
    assert out["name"].tolist()[3:] == ["", "", ""]


def test_one_street_in_two_spellings_is_told_by_its_line():
    names = ["улица Сатпаева", "Сәтбаев көшесі", "12 линия", "13 линия", "улица Сатпаева"]
    shapes = gpd.GeoSeries(
        [
            _line((0, 0), (500, 0)),
            _line((500, 0), (900, 0)),
            _line((0, 50), (500, 50)),
            _line((0, 90), (500, 90)),
            _line((4000, 4000), (4100, 4000)),
        ]
    ).to_numpy()
    found = other_spellings(names, ["main"] * 5, shapes)
    assert found == [["Сәтбаев көшесі"], ["улица Сатпаева"], [], [], ["Сәтбаев көшесі"]]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("улица Толстого", "улица Льва Толстого", True),
        ("улица Валиханова", "улица Уалиханова", True),
        ("улица Ленина", "проспект Достык", False),
        ("5-я линия", "6-я линия", False),
    ],
)
def test_two_names_of_one_line_may_be_one_name(one, two, same):
    assert one_street(one, two) is same
