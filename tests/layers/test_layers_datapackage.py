"""The data package against the standard (Data Package 2.0), with the library of its makers."""

import json
import shutil
from pathlib import Path

import pytest
from frictionless import Package, Resource

from geoplan.layers.package import Told, read_package, write_package
from geoplan.layers.read import read_table
from geoplan.layers.schema import LAYERS, REQUIRED, layer_named

SHIPPED = Path(__file__).resolve().parents[2] / "layers" / "almaty"


def faults(descriptor):
    return [error.message for error in Package.metadata_validate(descriptor)]


def test_the_shipped_package_conforms_to_version_2():
    descriptor = json.loads((SHIPPED / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert faults(descriptor) == []
    for resource in descriptor["resources"]:
        assert resource["$schema"].endswith("/2.0/dataresource.json")
        assert resource["hash"].startswith("sha256:")
        assert resource["licenses"]
        assert resource["sources"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda package: package.pop("resources"),
        lambda package: package["resources"][0].pop("path"),
        lambda package: package.update(licenses=[{"title": "neither name nor path"}]),
        lambda package: package["resources"][0]["schema"]["fields"][0].pop("name"),
    ],
)
def test_a_package_that_breaks_the_standard_is_seen(damage):
    descriptor = json.loads((SHIPPED / "datapackage.json").read_text(encoding="utf-8"))
    damage(descriptor)
    assert faults(descriptor)


@pytest.mark.parametrize("file", [layer.file for layer in LAYERS if layer.file.endswith(".csv")])
def test_the_rows_of_each_table_are_what_its_schema_says(file):
    package = Package(str(SHIPPED / "datapackage.json"))
    report = package.get_resource(layer_named(file).name).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:3]


def test_the_geoparquet_resources_open_with_their_schema():
    descriptor = Package(str(SHIPPED / "datapackage.json")).get_resource("places").to_descriptor()
    rows = Resource(descriptor, basepath=str(SHIPPED)).read_rows(size=3)
    assert [row["kind"] for row in rows]
    assert all(row.valid for row in rows)


def test_a_city_without_a_roadmap_needs_none_of_its_tables(tmp_path):
    for name in REQUIRED:
        shutil.copy(SHIPPED / name, tmp_path)
    told = {"streets.parquet": Told("2026-11", (("My own survey", ""),), "CC-BY-4.0")}
    write_package(
        tmp_path, city="astana", notes={}, told=told, names={"ru": "Астана", "kk": "Астана", "en": "Astana"}
    )
    package = read_package(tmp_path)
    assert faults(package) == []
    assert package["title"] == "geoplan layers of Astana"
    streets = next(item for item in package["resources"] if item["path"] == "streets.parquet")
    assert streets["vintage"] == "2026-11"
    assert streets["sources"] == [{"title": "My own survey"}]
    assert streets["licenses"] == [{"name": "CC-BY-4.0"}]
    assert "CC-BY-4.0" in [licence["name"] for licence in package["licenses"]]
    builds = read_table(tmp_path, package, "builds.csv")
    assert builds.empty
    assert list(builds.columns) == list(layer_named("builds.csv").columns)
    assert builds["opens"].dtype == "int64"
