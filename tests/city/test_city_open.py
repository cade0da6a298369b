import shutil
import time
from pathlib import Path

import pytest

from geoplan.city import City, known_cities, open_city
from geoplan.errors import InputError, LayerError

SHIPPED = Path(__file__).resolve().parents[2] / "layers"


@pytest.fixture
def layers(tmp_path):
    shutil.copytree(SHIPPED / "almaty", tmp_path / "layers" / "almaty")
    return tmp_path / "layers"


def test_the_shipped_city_opens_by_name_and_by_default():
    city = open_city()
    assert (city.name, city.folder) == ("almaty", SHIPPED / "almaty")
    assert open_city("almaty").package["name"] == "almaty"
    assert city.crs.to_epsg() == 32643


def test_the_layers_have_what_the_rest_leans_on():
    city = open_city()
    assert city.districts.index.tolist() == [
        *("alatau", "almaly", "auezov", "bostandyk", "medeu", "nauryzbay", "turksib", "zhetysu"),
    ]
    assert len(city.streets) == 56216
    assert city.streets.crs == "EPSG:4326"
    cells = city.cells
    assert cells.columns.tolist() == ["row", "col", "x", "y", "lon", "lat", "district", "persons"]
    assert cells.index.tolist() == list(range(len(cells)))
    assert (cells["persons"] > 0).all()
    assert cells["persons"].sum() == 2351424
    # centres of 100 m cells
    assert (cells["x"] % 100 == 50).all()
    assert set(cells["district"]) == set(city.districts.index)
    assert len(city.facilities) > 1200
    assert len(city.places) > 2000
    assert len(city.builds) == 254
    assert city.builds["opens"].between(2022, 2030).all()
    assert len(city.projects) > 100
    assert (city.findings["message"] != "").all()


def test_a_layer_is_read_once_and_cities_can_be_told_apart():
    city = open_city()
    assert city.streets is city.streets
    assert repr(city).startswith("City('almaty', ")
    other = city.with_facilities(city.facilities.iloc[:3])
    assert len(other.facilities) == 3
    assert len(city.facilities) > 3
    assert other.streets is city.streets
    assert other != city


def test_everything_opens_within_two_seconds():
    start = time.perf_counter()
    city = open_city()
    for layer in ("districts", "streets", "cells", "population", "facilities", "places", "builds"):
        getattr(city, layer)
    # about half a second; the bound leaves room for a busy machine
    assert time.perf_counter() - start < 2


def test_an_unknown_city_is_refused_with_the_known_ones(layers):
    with pytest.raises(InputError, match=r"^'astana': no such city in .*; known: almaty$"):
        open_city("astana", layers)


@pytest.mark.parametrize("name", ["", ".", "..", "../layers/almaty", "almaty/"])
def test_a_name_is_no_path(layers, name):
    with pytest.raises(InputError, match="no such city"):
        open_city(name, layers)


def test_a_folder_of_layers_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder of layers"):
        open_city("almaty", tmp_path / "nowhere")
    assert known_cities(SHIPPED) == ["almaty"]


def test_a_lost_package_is_told(layers):
    (layers / "almaty" / "datapackage.json").unlink()
    with pytest.raises(LayerError, match=r"datapackage\.json: is missing"):
        open_city("almaty", layers)


@pytest.mark.parametrize(
    ("file", "attribute"),
    [
        ("districts.geojson", "districts"),
        ("streets.parquet", "streets"),
        ("population.tif", "cells"),
        ("population.csv", "population"),
        ("facilities.parquet", "facilities"),
        ("places.parquet", "places"),
        ("builds.csv", "builds"),
        ("projects.csv", "projects"),
        ("findings.csv", "findings"),
        ("opened.csv", "opened"),
    ],
)
def test_a_corrupted_layer_is_told_when_it_is_asked_for(layers, file, attribute):
    path = layers / "almaty" / file
    path.write_bytes(path.read_bytes()[:-1])
    city = open_city("almaty", layers)
    with pytest.raises(LayerError, match=f"{file}: hash differs from datapackage.json"):
        getattr(city, attribute)


def test_sites_are_none_until_they_are_proposed(layers):
    path = layers / "almaty" / "sites.csv"
    path.unlink(missing_ok=True)
    assert City("almaty", path.parent).sites is None
    path.write_text("build_id,lon,lat,district\n5.1.1-01,76.9,43.2,\n", encoding="utf-8")
    sites = City("almaty", path.parent).sites
    assert sites["build_id"].tolist() == ["5.1.1-01"]
    path.write_bytes(b"")
    with pytest.raises(LayerError, match=r"sites\.csv: cannot be read"):
        _ = City("almaty", path.parent).sites
