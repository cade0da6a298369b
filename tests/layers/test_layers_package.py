import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoplan.errors import InputError, LayerError
from geoplan.files import safe_cells, write_csv
from geoplan.layers.check import check_layers
from geoplan.layers.package import read_package, verified_path, write_package
from geoplan.layers.projects import as_layer
from geoplan.layers.read import read_layer, read_table
from geoplan.layers.schema import LAYERS, REQUIRED, layer_named
from geoplan.layers.show import layer_notes, show_layers

SHIPPED = Path(__file__).resolve().parents[2] / "layers" / "almaty"


@pytest.fixture
def layers(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "almaty"))


def describe(folder):
    """Write the package again, as an honest builder of these files would."""
    write_package(folder, city="almaty", notes={})


def assert_told(folder, pattern):
    """One line of the errors names the file and the cause."""
    errors = check_layers(folder).errors
    assert any(re.search(pattern, error) for error in errors), errors


def test_the_shipped_layers_pass_every_check():
    report = check_layers(SHIPPED)
    assert report.errors == []
    text = "\n".join(report.passed)
    assert "districts.geojson: 8 valid districts cover 703 km2 without a hole or an overlap" in text
    assert "population.csv: district estimates sum to the city's 2,351,424 of 2026" in text
    assert "drive 35994 junctions, 84976 directed segments" in text
    assert "walk 41962 junctions" in text
    assert any(
        note.startswith("streets.parquet: drivable ways by themselves: 33511") for note in report.notes
    )
    assert any(note.startswith("population.tif: 3611 blocks") for note in report.notes)


def test_the_shipped_layers_are_described(layers):
    package = read_package(layers)
    there = [layer.file for layer in LAYERS if (layers / layer.file).is_file()]
    assert [resource["path"] for resource in package["resources"]] == there
    assert set(REQUIRED) <= set(there)
    for resource in package["resources"]:
        path = layers / resource["path"]
        assert resource["bytes"] == path.stat().st_size
        assert resource["sources"]
        assert resource["licenses"]
        assert resource["vintage"]
        assert len(resource["hash"]) == len("sha256:") + 64
        assert resource["description"].splitlines()[1:] == resource["notes"]
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)


def test_shown_layers_and_notes_come_from_the_package(layers):
    table = show_layers(layers).set_index("file")
    assert table.loc["streets.parquet", "licence"] == "ODbL-1.0"
    assert table["bytes"].sum() < 6_000_000
    assert len(layer_notes(layers)) == table["notes"].sum()


def test_a_changed_layer_is_told_in_one_line(layers):
    path = layers / "streets.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    told = f"{path}: hash differs from datapackage.json; run `geoplan layers build` or restore the file"
    assert told in check_layers(layers).errors


def test_a_missing_layer_is_told_in_one_line(layers):
    (layers / "population.tif").unlink()
    assert_told(layers, r"population\.tif: is missing; run `geoplan layers build`")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resources": [{"path": "streets.parquet"}]}', "\udc80"])
def test_a_broken_package_is_told_in_one_line(layers, text):
    (layers / "datapackage.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(LayerError, match=r"datapackage\.json: is not a data package"):
        read_package(layers)


def test_a_file_that_the_package_does_not_name_is_refused(layers):
    with pytest.raises(LayerError, match=r"sites\.csv: is not named in datapackage\.json"):
        verified_path(layers, read_package(layers), "sites.csv")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder of layers"):
        check_layers(tmp_path / "nowhere")


def test_a_strange_file_among_the_layers_is_told(layers):
    (layers / "notes.txt").touch()
    assert_told(layers, r"notes\.txt: is no layer")


def test_a_layer_without_a_column_is_told(layers):
    table = pd.read_csv(layers / "population.csv").drop(columns="basis")
    write_csv(table, layers / "population.csv")
    describe(layers)
    assert_told(layers, r"population\.csv: column missing: basis")


def test_a_file_that_is_no_parquet_is_told_in_one_line(layers):
    (layers / "streets.parquet").write_bytes(b"PAR1 but not really")
    describe(layers)
    with pytest.raises(LayerError, match=r"streets\.parquet: cannot be read: ") as error:
        read_layer(layers, read_package(layers), "streets.parquet")
    assert "\n" not in str(error.value)


def test_a_cell_of_the_wrong_type_is_told(layers):
    text = (layers / "population.csv").read_text(encoding="utf-8")
    (layers / "population.csv").write_text(
        text.replace("2351424,official", "many,official"), encoding="utf-8"
    )
    describe(layers)
    with pytest.raises(LayerError, match=r"population\.csv: column persons holds a cell that is not integer"):
        read_table(layers, read_package(layers), "population.csv")


def test_moving_people_between_districts_is_noticed(layers):
    text = (layers / "population.csv").read_text(encoding="utf-8")
    moved = text.replace("total,243854,", "total,243853,").replace("total,344936,", "total,344937,")
    assert moved != text
    (layers / "population.csv").write_text(moved, encoding="utf-8")
    describe(layers)
    assert_told(layers, r"population\.tif: alatau has 344,936 persons, population\.csv tells 344,937")


def test_losing_a_person_is_noticed(layers):
    text = (layers / "population.csv").read_text(encoding="utf-8")
    (layers / "population.csv").write_text(text.replace("total,243854,", "total,243853,"), encoding="utf-8")
    describe(layers)
    assert_told(layers, r"sum to 2,351,423, the city has 2,351,424")


def test_a_table_reads_back_as_it_was_formula_like_text_included(tmp_path):
    table = pd.DataFrame(
        {
            "project": ["1", "2"],
            "line": [3, 4],
            "kind": ["typo", "sum"],
            "message": ["- 5, not 6", "'quoted'"],
        }
    )
    write_csv(table, tmp_path / "findings.csv")
    assert "'- 5, not 6" in (tmp_path / "findings.csv").read_text()
    describe_one(tmp_path, "findings.csv")
    back = read_table(tmp_path, read_package(tmp_path), "findings.csv")
    pd.testing.assert_frame_equal(back, table, check_dtype=False)
    pd.testing.assert_frame_equal(as_layer(table, "findings.csv"), back)


def describe_one(folder, file):
    path = folder / file
    import hashlib

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    resource = {"path": file, "hash": f"sha256:{digest}", "bytes": path.stat().st_size}
    (folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": [resource]}))


def test_empty_cells_keep_their_kind():
    table = pd.DataFrame({name: ["", "7"] for name in layer_named("builds.csv").columns})
    typed = as_layer(safe_cells(table), "builds.csv")
    assert typed["opens"].isna().tolist() == [True, False]
    assert typed["opens"].dtype == "Int64"
    assert np.isnan(typed["lon"].iloc[0])
    assert typed["note"].tolist() == ["", "7"]
