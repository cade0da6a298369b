"""A city that is not Almaty and has no roadmap: from files to pages."""

import json

import pytest

from geoplan.city import open_city
from geoplan.cli import main
from geoplan.layers.build import build_layers
from geoplan.layers.check import check_layers
from geoplan.layers.own.build import OwnFiles


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["geoplan", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    told = capsys.readouterr()
    return int(stop.value.code or 0), told.out, told.err


def test_a_town_runs_from_the_command_with_no_roadmap(osm, raster, tmp_path, monkeypatch, capsys):
    layers = tmp_path / "layers"
    build = (
        "layers",
        "build",
        "--city",
        "town",
        "--streets",
        osm,
        "--population",
        raster,
        "--out",
        layers / "town",
    )
    assert command(monkeypatch, capsys, *build)[0] == 0
    where = ("--city", "town", "--layers", layers)
    status, out, err = command(monkeypatch, capsys, "run", *where, "--out", tmp_path / "maps")
    assert status == 0
    # What is left out is said: the town has no hospital that could end the golden hour.
    assert err.startswith("ambulance: not computable: golden hour: ")
    assert err.count("\n") == 1
    assert [line.split()[0] for line in out.splitlines()] == [
        "ambulance",
        "polyclinic",
        "school",
        "kindergarten",
        "open",
    ]
    home = tmp_path / "maps" / "town"
    assert {path.name for path in home.glob("*.html")} >= {"index.html", "school.html", "ambulance.html"}
    record = json.loads((home / "run.json").read_text(encoding="utf-8"))
    assert record["services"]["school"]["moments"] == ["baseline"]
    assert "builds.csv" not in record["layers"]
    # gaps and sites, as for any other city
    status, out, _ = command(monkeypatch, capsys, "access", "school", *where, "--json")
    rows = [row for row in json.loads(out) if row["district"] == "town" and row["mode"] == "network"]
    assert status == 0
    assert 0 < rows[0]["share"] < 1
    status, out, _ = command(monkeypatch, capsys, "site", "school", "--count", "1", *where, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["after"] > found["before"]


def test_a_city_without_a_service_leaves_it_out_and_says_so(
    osm, raster, write_table, tmp_path, monkeypatch, capsys
):
    schools = write_table("schools.csv", {"service": ["school"], "lon": [71.41], "lat": [51.104]})
    out = tmp_path / "layers" / "town"
    build_layers("town", None, out, own=OwnFiles(streets=osm, population=raster, facilities=schools))
    arguments = ("run", "--city", "town", "--layers", out.parent, "--out", tmp_path / "maps")
    status, told, err = command(monkeypatch, capsys, *arguments)
    assert status == 0
    assert "town: no ambulance, no polyclinic, no kindergarten in the facilities layer: left out" in err
    assert told.startswith("school")
    status, _, err = command(monkeypatch, capsys, *arguments, "--service", "ambulance")
    assert status == 1
    assert err.strip() == "geoplan: town: the facilities layer has no ambulance"


@pytest.mark.sources
def test_the_city_of_2012_runs_from_an_osm_extract(sources, tmp_path, monkeypatch, capsys):
    out = tmp_path / "layers" / "alma2012"
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[districts.columns]\ndistrict = "slug"\nname_ru = "nameRu"\n[streets]\nvintage = "2012-03"\n'
    )
    own = OwnFiles(
        streets=sources / "roads" / "osm_2012-03_almaty.osm.pbf",
        districts=sources / "districts" / "almaty_districts_osm_simplified_2026-07.geojson",
        population=sources / "population" / "worldpop_100m_almaty_clip.tif",
        mapping=mapping,
    )
    notes = build_layers("alma2012", None, out, own=own)
    report = check_layers(out)
    assert report.errors == []
    assert (
        "facilities.parquet: from the tags of OpenStreetMap: 43 hospital, 6 kindergarten, 1 polyclinic, 61 school"
        in notes
    )
    assert any(line.startswith("ambulance: none in the layer") for line in report.warnings)
    city = open_city("alma2012", out.parent)
    assert len(city.districts) == 8
    assert len(city.restrictions) == 80
    assert city.cells["persons"].sum() == 2_279_167
    arguments = (
        "run",
        "--city",
        "alma2012",
        "--layers",
        out.parent,
        "--service",
        "school",
        "--out",
        tmp_path / "maps",
    )
    status, told, _ = command(monkeypatch, capsys, *arguments)
    assert status == 0
    assert told.startswith("school        within 500 m: 3.9% at the baseline")
