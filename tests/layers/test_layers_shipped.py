import tomllib
from pathlib import Path

import pytest

import geoplan._shipped
from geoplan._shipped import shipped_layers
from geoplan.errors import LayerError

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_checkout_uses_its_own_layers():
    assert shipped_layers() == REPOSITORY / "layers"


def test_an_installation_uses_the_layers_inside_the_package(tmp_path, monkeypatch):
    package = tmp_path / "geoplan"
    (package / "shipped").mkdir(parents=True)
    (package / "shipped" / "standards.toml").touch()
    monkeypatch.setattr(geoplan._shipped, "__file__", str(package / "_shipped.py"))
    assert shipped_layers() == package / "shipped"


def test_lost_layers_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(geoplan._shipped, "__file__", str(tmp_path / "geoplan" / "_shipped.py"))
    with pytest.raises(LayerError, match="shipped layers missing"):
        shipped_layers()


def test_every_folder_of_the_package_is_installed():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]
    folders = {
        ".".join(path.parent.relative_to(REPOSITORY).parts) for path in (REPOSITORY / "geoplan").rglob("*.py")
    }
    assert set(settings["packages"]) == folders | {"geoplan.shipped"}
    assert settings["package-dir"] == {"geoplan.shipped": "layers"}


def test_every_file_beside_the_code_is_installed():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]
    named = {
        path
        for package, patterns in settings["package-data"].items()
        for pattern in patterns
        for path in (REPOSITORY / settings["package-dir"].get(package, package.replace(".", "/"))).glob(
            pattern
        )
    }
    beside = {
        path
        for folder in ("geoplan", "layers")
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert beside - named == set()
