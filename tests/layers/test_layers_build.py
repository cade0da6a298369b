import shutil
from pathlib import Path

import pytest

from geoplan.errors import InputError, OutputError
from geoplan.layers.build import STEPS, build_layers

SHIPPED = Path(__file__).resolve().parents[2] / "layers" / "almaty"


@pytest.mark.sources
def test_building_again_gives_the_shipped_bytes(sources, tmp_path):
    steps = []
    out = tmp_path / "almaty"
    out.mkdir()
    # proposed sites are a result that lives among the layers: a build leaves them alone
    (out / "sites.csv").write_text("kept\n")
    (out / "old.parquet").touch()
    (out / "datapackage.json").write_text("{}")  # what tells a folder of layers from somebody's own
    notes = build_layers("almaty", sources, out, steps.append)
    assert steps == list(STEPS)
    assert (out / "sites.csv").read_text() == "kept\n"
    (out / "sites.csv").unlink()
    names = {path.name for path in out.iterdir()}
    assert names == {path.name for path in SHIPPED.iterdir()} - {"sites.csv"}
    for name in sorted(names):
        assert (out / name).read_bytes() == (SHIPPED / name).read_bytes(), name
    assert sum(path.stat().st_size for path in out.iterdir()) < 6_000_000
    assert "streets.parquet: 4 ways drawn against their one-way direction turned round" in notes


def test_an_unknown_city_is_refused(tmp_path):
    with pytest.raises(InputError, match="'astana': no sources known for this city; known: almaty"):
        build_layers("astana", tmp_path, tmp_path / "out")


def test_missing_sources_are_named_and_nothing_is_written(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such folder of source files"):
        build_layers("almaty", tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(InputError, match=r"roadmap\.txt: source file is missing"):
        build_layers("almaty", tmp_path, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sources
def test_a_build_that_fails_leaves_the_layers_as_they_were(sources, tmp_path):
    some = tmp_path / "sources"
    shutil.copytree(sources, some)
    (some / "roads").chmod(0o755)
    (some / "roads" / "geofabrik_roads_almaty.shp.zip").unlink()
    out = tmp_path / "out"
    out.mkdir()
    (out / "districts.geojson").write_text("old")
    with pytest.raises(OutputError, match="holds other files"):
        build_layers("almaty", some, out)
    (out / "datapackage.json").write_text("{}")
    with pytest.raises(InputError, match=r"geofabrik_roads_almaty\.shp\.zip: source file is missing"):
        build_layers("almaty", some, out)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert (out / "districts.geojson").read_text() == "old"
