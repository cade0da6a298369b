from types import SimpleNamespace

import geopandas as gpd
import pytest
from shapely.geometry import LineString, MultiLineString, Point, box


def _row(name, kind, district, geometry, *, radius=100.0, aliases="", source="test"):
    return {
        "name": name,
        "kind": kind,
        "district": district,
        "aliases": aliases,
        "radius_m": radius,
        "source": source,
        "geometry": geometry,
    }


@pytest.fixture(scope="session")
def town():
    """A small town: almaly in the west, medeu in the east, the border at 76.95."""
    districts = gpd.GeoDataFrame(
        {"district": ["almaly", "medeu"]},
        geometry=[box(76.90, 43.20, 76.95, 43.26), box(76.95, 43.20, 77.00, 43.26)],
        crs=4326,
    )
    both = MultiLineString([[(76.91, 43.24), (76.95, 43.24)], [(76.91, 43.24018), (76.95, 43.24018)]])
    rows = [
        # Абая runs along 43.24 in both districts, two carriageways 20 m apart.
        _row("проспект Абая", "street", "almaly", both, radius=1700, aliases="Абай даңғылы"),
        _row("Абай даңғылы", "street", "medeu", LineString([(76.95, 43.24), (76.98, 43.24)]), radius=1300),
        _row("улица Жарокова", "street", "almaly", LineString([(76.92, 43.23), (76.92, 43.25)]), radius=1200),
        # Шашкина lies in both districts, on end.
        _row(
            "улица Зеин Шашкина",
            "street",
            "almaly",
            LineString([(76.93, 43.21), (76.935, 43.21)]),
            radius=210,
        ),
        _row(
            "улица Зеин Шашкина", "street", "medeu", LineString([(76.96, 43.21), (76.965, 43.21)]), radius=210
        ),
        _row(
            "улица Тажибаевой", "street", "almaly", LineString([(76.94, 43.22), (76.945, 43.22)]), radius=210
        ),
        _row("улица Тажибаева", "street", "medeu", LineString([(76.97, 43.22), (76.975, 43.22)]), radius=210),
        _row(
            "переулок Грозы", "street", "almaly", LineString([(76.901, 43.201), (76.902, 43.201)]), radius=90
        ),
        _row("улица Грозы", "street", "almaly", LineString([(76.903, 43.203), (76.906, 43.203)]), radius=120),
        # A street 30 m east of the border.
        _row(
            "Пограничная улица",
            "street",
            "medeu",
            LineString([(76.9503, 43.21), (76.9503, 43.22)]),
            radius=560,
        ),
        _row("Айгерим", "microdistrict", "almaly", Point(76.915, 43.215), radius=900),
        _row("Айгерим-1", "microdistrict", "almaly", Point(76.913, 43.213), radius=300),
        _row("Айгерим-2", "microdistrict", "almaly", Point(76.917, 43.217), radius=300),
        _row("Теректи", "microdistrict", "almaly", Point(76.935, 43.255), radius=400),
        _row("Рахат", "microdistrict", "almaly", Point(76.905, 43.255), radius=400),
        _row("Рахат", "microdistrict", "medeu", Point(76.99, 43.255), radius=400),
        _row("Ипподром", "landmark", "almaly", Point(76.94, 43.25), radius=200),
        _row("Ипподром", "landmark", "medeu", Point(76.98, 43.25), radius=200),
        _row("улица Айгерим", "street", "medeu", LineString([(76.96, 43.23), (76.965, 43.23)]), radius=210),
        _row(
            "Международная улица",
            "street",
            "almaly",
            LineString([(76.91, 43.25), (76.915, 43.25)]),
            radius=210,
        ),
        _row("Международный аэропорт Алматы", "landmark", "medeu", Point(76.995, 43.25), radius=200),
        _row("8-й микрорайон", "microdistrict", "almaly", Point(76.945, 43.205), radius=400),
        _row("мкр 8-й микрорайон, 37а", "address", "almaly", Point(76.946, 43.206)),
        _row("проспект Абая, 10", "address", "almaly", Point(76.930, 43.2402)),
        _row("проспект Абая, 20", "address", "almaly", Point(76.934, 43.2402)),
        _row("проспект Абая, 40", "address", "almaly", Point(76.942, 43.2402)),
        _row("проспект Абая, 13а", "address", "almaly", Point(76.931, 43.2398)),
        _row("проспект Абая, 150", "address", "almaly", Point(76.948, 43.2402)),
    ]
    places = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    return SimpleNamespace(places=places, districts=districts)
