"""Check: do a city's layers hold what they must, and what was dropped on the way?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import InputError, LayerError
from geoplan.layers import _checks
from geoplan.layers.build import KEPT, LIMIT_BYTES
from geoplan.layers.package import PACKAGE, read_package, verified_path
from geoplan.layers.read import read_grid_layer, read_layer, read_table
from geoplan.layers.schema import LAYERS
from geoplan.layers.show import layer_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

__all__ = ["Report", "check_layers"]


@dataclass(frozen=True)
class Report:
    """What a check of a folder of layers found.

    Attributes
    ----------
    passed
        One line for each check, in the order made.
    notes
        One line for each thing that the builder dropped, mended or doubted, led by the file's name.
    """

    passed: list[str]
    notes: list[str]


def check_layers(folder: Path) -> Report:
    """Check a city's layers: hashes, size, columns, geometry, coverage, sums, connectivity, places.

    Parameters
    ----------
    folder
        One city's folder, with its datapackage.json.

    Returns
    -------
    Report
        What was checked, and the builder's notes.

    Raises
    ------
    InputError
        If there is no such folder.
    LayerError
        At the first check that fails; the text names the file and the cause.
    """
    folder = Path(folder)
    if not folder.is_dir():
        msg = f"{folder}: no such folder of layers"
        raise InputError(msg)
    package = read_package(folder)
    passed = [_files(folder, package), _size(folder)]

    def vector(file: str) -> gpd.GeoDataFrame:
        return read_layer(folder, package, file)

    districts, streets = vector("districts.geojson"), vector("streets.parquet")
    places, facilities = vector("places.parquet"), vector("facilities.parquet")
    totals = read_table(folder, package, "population.csv")
    grid = read_grid_layer(folder, package, "population.tif")
    projects, builds, findings = (
        read_table(folder, package, file) for file in ("projects.csv", "builds.csv", "findings.csv")
    )
    checks: list[tuple[str, Callable[[], str]]] = [
        ("districts.geojson", lambda: _checks.check_districts(districts)),
        ("streets.parquet", lambda: _checks.check_segments(streets)),
        ("streets.parquet", lambda: _checks.check_connected(streets)),
        ("population.csv", lambda: _checks.check_totals(totals, districts, city=package["name"])),
        ("population.tif", lambda: _checks.check_grid(grid, totals, districts)),
        ("places.parquet", lambda: _checks.check_places(places, districts)),
        ("facilities.parquet", lambda: _checks.check_facilities(facilities, districts)),
        ("builds.csv", lambda: _checks.check_builds(builds, projects, facilities, districts)),
        ("findings.csv", lambda: _checks.check_findings(findings)),
    ]
    for file, check in checks:
        try:
            passed.append(f"{file}: {check()}")
        except _checks.CheckError as error:
            msg = f"{folder / file}: {error}"
            raise LayerError(msg) from error
    return Report(passed=passed, notes=layer_notes(folder))


def _files(folder: Path, package: dict) -> str:
    named = {resource["path"] for resource in package["resources"]}
    layers = [layer for layer in LAYERS if layer.required or layer.file in named]
    for layer in layers:
        path = verified_path(folder, package, layer.file)
        told = next(item["bytes"] for item in package["resources"] if item["path"] == layer.file)
        if path.stat().st_size != told:
            msg = f"{path}: has {path.stat().st_size} bytes, {PACKAGE} tells {told}"
            raise LayerError(msg)
    known = {layer.file for layer in layers} | {PACKAGE, *KEPT}
    strange = sorted(path.name for path in folder.iterdir() if path.name not in known)
    if strange:
        msg = f"{folder / strange[0]}: is no layer; remove it"
        raise LayerError(msg)
    return f"{len(layers)} files are there and have the bytes and hashes of {PACKAGE}"


def _size(folder: Path) -> str:
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > LIMIT_BYTES:
        msg = f"{folder}: the layers take {size:,} bytes, more than {LIMIT_BYTES:,}"
        raise LayerError(msg)
    return f"the layers take {size:,} of {LIMIT_BYTES:,} bytes"
