"""Bad input: exit 1, one line that names the file and the cause, nothing half-written."""

from __future__ import annotations

import shutil
import subprocess
import sys

import geopandas as gpd
import pytest


def one_line(err):
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("geoplan: ")
    return lines[0]


def test_an_unknown_city_is_named_with_those_known(geoplan, tmp_path):
    status, out, err = geoplan("run", "--city", "atlantis", "--out", tmp_path / "maps")
    assert status == 1
    assert "'atlantis'" in one_line(err)
    assert "almaty" in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_service_is_named_with_those_known(geoplan, tmp_path):
    status, _, err = geoplan("run", "--service", "library", "--out", tmp_path / "maps")
    assert status == 1
    assert "unknown service 'library': known are ambulance, polyclinic, school, kindergarten" in one_line(err)
    assert list(tmp_path.iterdir()) == []
    status, _, err = geoplan("access", "library")
    assert status == 1
    one_line(err)


def test_an_output_folder_that_is_a_file_is_named(geoplan, tmp_path):
    (tmp_path / "maps").write_text("in the way")
    status, _, err = geoplan("run", "--out", tmp_path / "maps")
    assert status == 1
    assert f"{tmp_path / 'maps'}: cannot be written" in one_line(err)
    assert (tmp_path / "maps").read_text() == "in the way"
    status, _, err = geoplan("run", "--out", tmp_path / "maps" / "deeper")
    assert status == 1
    one_line(err)


@pytest.mark.parametrize("what", ["missing", "folder", "junk", "empty"])
def test_an_unreadable_roadmap_is_named(geoplan, tmp_path, what):
    path = tmp_path / "plan.txt"
    if what == "folder":
        path.mkdir()
    elif what == "junk":
        path.write_bytes(bytes(range(256)) * 40)
    elif what == "empty":
        path.write_bytes(b"")
    for arguments in (("roadmap", path), ("run", "--roadmap", path, "--out", tmp_path / "maps")):
        status, _, err = geoplan(*arguments)
        assert status == 1
        assert "plan.txt" in one_line(err)
        assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize(
    "layer", ["streets.parquet", "population.tif", "facilities.parquet", "districts.geojson", "builds.csv"]
)
@pytest.mark.parametrize("how", ["missing", "changed"])
def test_a_missing_or_changed_layer_is_named(geoplan, tmp_path, root, layer, how):
    shutil.copytree(root / "layers" / "almaty", tmp_path / "layers" / "almaty")
    path = tmp_path / "layers" / "almaty" / layer
    if how == "missing":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(bytes(content))
    status, _, err = geoplan("run", "--layers", tmp_path / "layers", "--out", tmp_path / "maps")
    assert status == 1
    assert f"almaty/{layer}" in one_line(err)
    assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--colour", "red"), "No such option: --colour"),
        (("fly",), "No such command 'fly'"),
        (("access",), "Missing argument 'service'"),
        (("site", "school", "--count", "many"), "--count: "),
        (("site", "school", "--count", 1, "--gap", 3), "--gap: "),
        (("access", "ambulance", "--measure", "fly"), "--measure: 'fly' is not one of 'response', "),
        (("isochrone", "76.945,43.238", "--minutes", "soon"), "--minutes: 'soon' is not a list of numbers"),
        (("isochrone", "a,b", "--minutes", 5), "LON,LAT: 'a,b' is not a list of numbers"),
        (("geocode",), "give a text or --file"),
    ],
)
def test_a_wrong_option_is_a_usage_error_of_one_line(geoplan, arguments, told):
    status, out, err = geoplan(*arguments)
    assert (status, out) == (2, "")
    assert one_line(err).startswith(f"geoplan: {told}")
    assert err.endswith(" --help\n")


def test_the_help_waits_for_no_geospatial_library():
    # In a process of its own: here everything is loaded.
    code = "import sys, geoplan.cli; print([name for name in ('numpy', 'pandas', 'shapely') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_a_command_the_help_is_printed(geoplan):
    for arguments in ((), ("layers",)):
        status, out, err = geoplan(*arguments)
        assert (status, err) == (2, "")
        assert "Usage: geoplan" in out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: no such file"),
        (b"", "is empty (wanted: facility_id,capacity)"),
        ("facility_id,capacity\nшкола,1\n".encode("cp1251"), "cannot be read: not text in UTF-8"),
    ],
)
def test_a_file_of_capacities_that_cannot_be_read_is_told_in_plain_words(geoplan, tmp_path, content, told):
    path = tmp_path / "seats.csv"
    if content is not None:
        path.write_bytes(content)
    status, out, err = geoplan("access", "polyclinic", "--capacities", path)
    assert (status, out) == (1, "")
    assert one_line(err) == f"geoplan: {path}: {told}"


def test_what_is_neither_a_point_nor_a_file_is_named(geoplan):
    status, out, err = geoplan("isochrone", "nowhere", "--minutes", "5")
    assert (status, out) == (1, "")
    assert "nowhere: cannot be read as a vector file" in one_line(err)


def test_a_point_off_the_streets_says_so(geoplan):
    status, _, err = geoplan("isochrone", "70.0,43.2", "--minutes", "5")
    assert status == 1
    assert "70,43.2 (outside almaty): no street for mode walk within 500 m" in one_line(err)


def test_a_vector_file_that_is_none_is_named(geoplan, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("id,name\n1,a\n")
    status, _, err = geoplan("matrix", path, path)
    assert status == 1
    assert "points.csv" in one_line(err)


def test_a_file_of_several_layers_is_not_read_for_its_first(geoplan, tmp_path):
    path = tmp_path / "two.gpkg"
    for lon, name in ((76.94, "stops"), (76.95, "plots")):
        points = gpd.GeoDataFrame(
            {"id": [name]}, geometry=gpd.points_from_xy([lon], [43.24]), crs="EPSG:4326"
        )
        points.to_file(path, layer=name)
    asked = (
        ("matrix", path, path),
        ("site", "school", "--count", "1", "--candidates", path),
        ("access", "school", "--facilities", path),
    )
    for arguments in asked:
        status, out, err = geoplan(*arguments)
        assert (status, out) == (1, "")
        assert "two.gpkg: holds 2 layers (stops, plots)" in one_line(err)
