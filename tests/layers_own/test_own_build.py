"""Layers of any city from a user's own files: the whole way, and the lines that bad files get."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from own_files import write_raster
from shapely.geometry import box

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.layers.build import build_layers
from geoplan.layers.check import check_layers
from geoplan.layers.own.build import OwnFiles
from geoplan.layers.package import read_package


def build(tmp_path, **files):
    out = tmp_path / "layers" / "town"
    return out, build_layers("town", None, out, own=OwnFiles(**files))


def test_an_osm_file_and_a_raster_make_a_city(osm, raster, tmp_path):
    out, notes = build(tmp_path, streets=osm, population=raster)
    report = check_layers(out)
    assert report.errors == []
    city = open_city("town", out.parent)
    # Astana's zone, not Almaty's
    assert city.crs.to_epsg() == 32642
    assert city.districts.index.tolist() == ["esil", "saryarka"]
    assert city.districts.loc["esil", "name_kk"] == "Есіл ауданы"
    counts = city.facilities["service"].value_counts().to_dict()
    assert counts == {"school": 2, "ambulance": 1, "hospital": 1, "kindergarten": 1, "polyclinic": 1}
    first = city.facilities.set_index("facility_id").loc["osm-n501"]
    assert (first["name"], first["capacity"], first["capacity_unit"], first["district"]) == (
        "Школа № 1",
        600,
        "seats",
        "esil",
    )
    assert {"address", "microdistrict", "street"} == set(city.places["kind"])
    assert city.builds.empty
    assert city.projects.empty
    assert any(
        note.startswith("facilities.parquet: from the tags of OpenStreetMap: 1 ambulance") for note in notes
    )
    resource = {item["path"]: item for item in read_package(out)["resources"]}
    assert resource["streets.parquet"]["licenses"][0]["name"] == "ODbL-1.0"
    assert resource["population.tif"]["licenses"][0]["name"] == "not-stated"
    assert "restrictions.parquet" in resource
    assert report.figures["districts_without"]["ambulance"] == ["saryarka"]


def test_the_same_files_give_the_same_bytes(osm, raster, tmp_path):
    first, _ = build(tmp_path / "a", streets=osm, population=raster)
    second, _ = build(tmp_path / "b", streets=osm, population=raster)
    for path in sorted(first.iterdir()):
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_own_files_take_the_place_of_what_the_osm_file_holds(
    osm, raster, halves, mapping, write_table, tmp_path
):
    mapping.write_text(
        mapping.read_text(encoding="utf-8")
        + '[facilities]\nlicence = "CC-BY-4.0"\nvintage = "2026"\n[facilities.columns]\nservice = "тип"\nname = "имя"\n'
        + '[facilities.services]\n"ОШ" = "school"\n[city]\nname_ru = "Городок"\n',
        encoding="utf-8",
    )
    facilities = write_table(
        "list.csv",
        {
            "тип": ["ОШ", "Поликлиника", "аптека", "ОШ"],
            "имя": ["Первая", "Вторая", "Третья", "Вне города"],
            "lon": [71.402, 71.42, 71.41, 71.6],
            "lat": [51.102, 51.102, 51.102, 51.1],
        },
    )
    out, notes = build(
        tmp_path, streets=osm, population=raster, districts=halves, facilities=facilities, mapping=mapping
    )
    assert check_layers(out).errors == []
    city = open_city("town", out.parent)
    assert city.districts.index.tolist() == ["levyy", "pravyy"]
    assert city.facilities[["facility_id", "name", "district"]].to_numpy().tolist() == [
        ["polyclinic-001", "Вторая", "pravyy"],
        ["school-001", "Первая", "levyy"],
    ]
    assert (
        "facilities.parquet: 1 rows of services that geoplan does not know are left out: 'аптека' 1" in notes
    )
    assert "facilities.parquet: 1 facilities outside the districts are left out" in notes
    assert city.package["names"]["kk"] == "Городок"
    resource = {item["path"]: item for item in city.package["resources"]}
    assert resource["facilities.parquet"]["licenses"][0]["name"] == "CC-BY-4.0"


def test_a_facility_without_a_point_is_placed_by_its_address(osm, raster, write_table, tmp_path):
    facilities = write_table(
        "list.csv",
        {"service": ["school", "school", "school"], "address": ["ул. Степная, 12", "ул. Неведомая, 1", ""]},
    )
    out, notes = build(tmp_path, streets=osm, population=raster, facilities=facilities)
    table = open_city("town", out.parent).facilities
    assert table["precision"].tolist() == ["address", "none", "none"]
    assert table.geometry.iloc[0].distance(gpd.points_from_xy([71.40944], [51.1020])[0]) < 0.0005
    assert "facilities.parquet: 1 of 2 facilities without a point placed by their address, 1 not" in notes


def test_a_failed_build_leaves_the_old_layers(osm, raster, tmp_path):
    out, _ = build(tmp_path, streets=osm, population=raster)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(InputError, match=r"gone\.tif: no such file|gone\.tif: cannot be read"):
        build(tmp_path, streets=osm, population=tmp_path / "gone.tif")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in out.parent.iterdir()] == ["town"]


def test_what_is_missing_is_said_before_any_work(osm, raster, tmp_path):
    with pytest.raises(InputError, match="town: give --streets"):
        build(tmp_path, population=raster)
    with pytest.raises(InputError, match="town: give --population"):
        build(tmp_path, streets=osm)
    with pytest.raises(InputError, match="town: give --districts: only an OSM file"):
        build(tmp_path, streets=tmp_path / "roads.gpkg", population=raster)
    with pytest.raises(InputError, match="city 'Город': give a short name"):
        build_layers("Город", None, tmp_path / "x", own=OwnFiles(streets=osm, population=raster))


LEFT, RIGHT = box(71.398, 51.0985, 71.41244, 51.1087), box(71.41244, 51.0985, 71.42488, 51.1087)


@pytest.mark.parametrize(
    ("shapes", "names", "crs", "fault"),
    [
        (
            [LEFT, box(71.405, 51.0985, 71.42488, 51.1087)],
            ["a", "b"],
            4326,
            "districts a and b overlap by 59",
        ),
        (
            [LEFT.difference(box(71.40, 51.10, 71.41, 51.105)), RIGHT],
            ["a", "b"],
            4326,
            "districts leave a hole of 39",
        ),
        ([LEFT, RIGHT], ["a", "a"], 4326, "two districts are called 'a'"),
        ([LEFT, RIGHT], ["a", ""], 4326, "feature 2 has no name"),
        ([LEFT, RIGHT.centroid], ["a", "b"], 4326, "feature 2 is a Point, no polygon"),
        ([LEFT, None], ["a", "b"], 4326, "feature 2 has no geometry"),
        ([LEFT, RIGHT], ["a", "b"], None, "has no coordinate reference system"),
        ([LEFT, RIGHT], ["РђР»РјР°С‚С‹", "b"], 4326, "wrong encoding"),
        ([LEFT, RIGHT], ["town", "b"], 4326, "a district is called 'town' like the city"),
    ],
)
def test_districts_that_cannot_be_used_get_one_line(osm, raster, tmp_path, shapes, names, crs, fault):
    path = tmp_path / "d.gpkg"
    gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=crs).to_file(path, driver="GPKG")
    with pytest.raises(InputError, match=fault) as error:
        build(tmp_path, streets=osm, population=raster, districts=path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "layers").exists()


def test_small_slivers_between_districts_are_mended_and_noted(osm, raster, tmp_path):
    path = tmp_path / "d.gpkg"
    shapes = [LEFT.difference(box(71.4100, 51.103, 71.4115, 51.104)), RIGHT]
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs=4326).to_file(path, driver="GPKG")
    out, notes = build(tmp_path, streets=osm, population=raster, districts=path)
    assert any("hole of 1.2 ha" in note for note in notes)
    assert check_layers(out).errors == []


def test_swapped_coordinates_are_told_as_such(osm, raster, tmp_path):
    path = tmp_path / "d.geojson"
    shapes = [box(51.0985, 71.398, 51.1087, 71.41244), box(51.0985, 71.41244, 51.1087, 71.42488)]
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs=4326).to_file(path, driver="GeoJSON")
    with pytest.raises(InputError, match=r"d\.geojson: coordinates are swapped"):
        build(tmp_path, streets=osm, population=raster, districts=path)
    table = tmp_path / "f.csv"
    pd.DataFrame({"service": ["school"], "lon": [51.10], "lat": [71.41]}).to_csv(table, index=False)
    with pytest.raises(InputError, match=r"f\.csv: coordinates are swapped"):
        build(tmp_path, streets=osm, population=raster, facilities=table)


def test_a_shapefile_without_its_dbf_is_told(osm, raster, tmp_path):
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[LEFT, RIGHT], crs=4326).to_file(tmp_path / "d.shp")
    (tmp_path / "d.dbf").unlink()
    with pytest.raises(InputError, match=r"d\.shp: its \.dbf file is missing"):
        build(tmp_path, streets=osm, population=raster, districts=tmp_path / "d.shp")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", r"f\.csv: is empty"),
        ("service,lon,lat\n", r"f\.csv: holds no rows"),
        ("service;lon;lat\nschool;71.41;51.1\n", "parted by semicolons"),
        ("kind,lon,lat\nschool,71.41,51.1\n", "column missing: service .* it has kind, lon, lat"),
        ("service,x,y\nschool,71.41,51.1\n", "column missing: lon and lat, or address; it has service, x, y"),
        (
            "service,lon,lat\nschool,71.41,51.1\n\nschool,east,51.1\n",
            "line 4: lon 'east' is no longitude in degrees",
        ),
        ("service,lon,lat\nschool,71.41,\n", "line 2: has only one of lon and lat"),
        ("service,lon,lat,capacity\nschool,71.41,51.1,много\n", "line 2: capacity 'много' is not a number"),
        (
            "service,lon,lat,capacity\nschool,71.41,51.1,-5\n",
            "line 2: capacity '-5' is not a number of 0 or more",
        ),
        ("service,lon,lat,opens\nschool,71.41,51.1,soon\n", "line 2: opens 'soon' is no year or date"),
        (
            "service,lon,lat,district\nschool,71.41,51.1,north\n",
            "line 2: unknown district 'north'; known: esil, saryarka",
        ),
        (
            "service,lon,lat,facility_id\nschool,71.41,51.1,a\nschool,71.41,51.1,a\n",
            "line 3: facility_id 'a' is there twice",
        ),
        (
            "service,lon,lat\npharmacy,71.41,51.1\n",
            "no row is of a service that geoplan knows; line 2 says 'pharmacy'",
        ),
        ("service,lon,lat\nschool,30.3,59.9\n", "100% of the facilities lie outside the city's districts"),
    ],
)
def test_facility_tables_that_cannot_be_used_get_one_line(osm, raster, tmp_path, text, fault):
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=fault) as error:
        build(tmp_path, streets=osm, population=raster, facilities=path)
    assert str(path) in str(error.value)
    assert not (tmp_path / "layers").exists()


def test_a_table_in_another_encoding_is_told_and_read_once_it_is_named(osm, raster, mapping, tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes("service,name,lon,lat\nшкола,Школа,71.41,51.1\n".encode("cp1251"))
    with pytest.raises(InputError, match=r"f\.csv: is not UTF-8"):
        build(tmp_path, streets=osm, population=raster, facilities=path)
    mapping.write_text('[facilities]\nencoding = "cp1251"\n', encoding="utf-8")
    out, _ = build(tmp_path, streets=osm, population=raster, facilities=path, mapping=mapping)
    assert open_city("town", out.parent).facilities["name"].tolist() == ["Школа"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[districts", "is no TOML"),
        ("[district]\nlayer = 'x'\n", "district: unknown key"),
        ("[districts]\ncolums = {}\n", "districts.colums: unknown key"),
        (
            "[districts.columns]\nname_ru = 'nosuch'\n",
            r"column missing: nosuch \(named in the mapping\); it has NAME",
        ),
        (
            "[facilities.services]\n'ОШ' = 'scool'\n[districts.columns]\nname_ru = 'NAME'\n",
            "'scool' is no service",
        ),
    ],
)
def test_a_mapping_that_cannot_be_used_gets_one_line(
    osm, raster, halves, mapping, write_table, tmp_path, text, fault
):
    mapping.write_text(text, encoding="utf-8")
    table = write_table("f.csv", {"service": ["school"], "lon": [71.41], "lat": [51.1]})
    with pytest.raises(InputError, match=fault):
        build(tmp_path, streets=osm, population=raster, districts=halves, facilities=table, mapping=mapping)


def test_another_citys_raster_and_streets_are_told(osm, raster, halves, mapping, tmp_path):
    far = write_raster(tmp_path / "far.tif", np.ones((4, 4)), west=30.0, north=60.0)
    with pytest.raises(InputError, match=r"far\.tif: the raster does not cover the city's districts"):
        build(tmp_path, streets=osm, population=far)
    moved = gpd.read_file(halves).translate(60_000)
    path = tmp_path / "moved.gpkg"
    gpd.GeoDataFrame({"NAME": ["a", "b"]}, geometry=moved, crs=32642).to_file(path, driver="GPKG")
    with pytest.raises(InputError, match=r"small_town\.osm"):
        build(tmp_path, streets=osm, population=raster, districts=path, mapping=mapping)


def test_a_folder_that_holds_something_else_is_left_alone(osm, raster, tmp_path):
    out = tmp_path / "layers" / "town"
    out.mkdir(parents=True)
    (out / "letter.txt").write_text("mine")
    from geoplan.errors import OutputError

    with pytest.raises(OutputError, match="holds other files"):
        build(tmp_path, streets=osm, population=raster)
    assert (out / "letter.txt").read_text() == "mine"


def test_json_of_the_check_has_the_figures(osm, raster, tmp_path, capsys, monkeypatch):
    from geoplan.cli import main

    out, _ = build(tmp_path, streets=osm, population=raster)
    monkeypatch.setattr("sys.argv", ["geoplan", "layers", "check", str(out), "--json"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    report = json.loads(capsys.readouterr().out)
    assert report["errors"] == []
    assert report["figures"]["named_streets"] == 1.0
    assert any("no official total" in line for line in report["warnings"])
    shutil.rmtree(out)
