"""Check: are a city's layers sound, and what should a planner know of them?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import InputError, LayerError
from geoplan.layers import _checks
from geoplan.layers._quality import assess
from geoplan.layers.build import KEPT, LIMIT_BYTES
from geoplan.layers.package import PACKAGE, named_files, read_package, verified_path
from geoplan.layers.read import read_grid_layer, read_layer, read_restrictions, read_table
from geoplan.layers.schema import LAYERS, REQUIRED
from geoplan.layers.show import layer_notes

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Report", "check_layers"]

_VECTORS = ("districts.geojson", "streets.parquet", "places.parquet", "facilities.parquet")
_TABLES = ("population.csv", "projects.csv", "builds.csv", "findings.csv", "opened.csv", "published.csv")
_NO_TURNS = "restrictions.parquet"
_GRID = "population.tif"


@dataclass(frozen=True)
class Report:
    """What a check of a folder of layers found.

    Attributes
    ----------
    errors
        One line for each thing that makes figures wrong: a file missing or changed, values that contradict each other.
    warnings
        One line for each thing that makes figures weaker: what is old, sparse, unplaced, doubtful.
    passed
        One line for each check passed, in the order made.
    notes
        One line for each thing that the builder dropped, mended or doubted, led by the file's name.
    figures
        The numbers behind the warnings.
    """

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def check_layers(folder: Path) -> Report:
    """Check a city's layers: hashes, columns, values, geometry, sums, connectivity, places; and how good they are.

    Parameters
    ----------
    folder
        One city's folder, with its datapackage.json.

    Returns
    -------
    Report
        Errors, warnings, what passed, the builder's notes. Checks that need a layer in error are not made.

    Raises
    ------
    InputError
        If there is no such folder.
    LayerError
        If its datapackage.json cannot be used.
    """
    folder = Path(folder)
    if not folder.is_dir():
        msg = f"{folder}: no such folder of layers"
        raise InputError(msg)
    package = read_package(folder)
    report = Report(notes=layer_notes(folder))
    _files(folder, package, report)
    layers = _read(folder, package, report)
    _sound(folder, package, layers, report)
    needed = ("districts.geojson", "streets.parquet", _GRID, "population.csv", "facilities.parquet")
    if not report.errors and all(name in layers for name in needed):
        quality = assess(
            package,
            districts=layers["districts.geojson"],
            streets=layers["streets.parquet"],
            grid=layers[_GRID],
            totals=layers["population.csv"],
            facilities=layers["facilities.parquet"],
        )
        report.passed.extend(quality.facts)
        report.warnings.extend(quality.warnings)
        report.figures.update(quality.figures)
    return report


def _files(folder: Path, package: dict[str, Any], report: Report) -> None:
    """Every file is named, there, and as long as told; nothing else lies among them."""
    named = named_files(package)
    for file in REQUIRED:
        if file not in named:
            report.errors.append(f"{folder / file}: is not named in {PACKAGE}")
    for resource in package["resources"]:
        path = folder / str(resource["path"])
        if path.is_file() and path.stat().st_size != resource["bytes"]:
            told = f"{path}: has {path.stat().st_size} bytes, {PACKAGE} tells {resource['bytes']}"
            report.errors.append(told)
    known = {layer.file for layer in LAYERS if layer.file in named} | {PACKAGE, *KEPT}
    report.errors.extend(
        f"{path}: is no layer; remove it" for path in sorted(folder.iterdir()) if path.name not in known
    )
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    if size > LIMIT_BYTES:
        report.warnings.append(
            f"size: the layers take {size:,} bytes; more than {LIMIT_BYTES:,} are not shipped"
        )
    report.passed.append(f"the layers take {size:,} bytes in {len(named)} files")


def _read(folder: Path, package: dict[str, Any], report: Report) -> dict[str, Any]:
    """Read every layer that can be read; each fault of hash, column, type or value is an error."""
    readers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(_VECTORS, lambda file: read_layer(folder, package, file)),
        **dict.fromkeys(_TABLES, lambda file: read_table(folder, package, file)),
        _GRID: lambda file: read_grid_layer(folder, package, file),
        _NO_TURNS: lambda _: read_restrictions(folder, package),
    }
    layers: dict[str, Any] = {}
    for layer in LAYERS:
        try:
            if layer.file in readers:
                layers[layer.file] = readers[layer.file](layer.file)
            elif layer.file in named_files(package):
                verified_path(folder, package, layer.file)
        except LayerError as error:
            report.errors.append(str(error))
    if not report.errors:
        report.passed.append(f"every file has the hash that {PACKAGE} tells, and values that make sense")
    return layers


def _sound(folder: Path, package: dict[str, Any], layers: dict[str, Any], report: Report) -> None:
    """Do the layers fit each other?"""
    districts, streets, facilities = "districts.geojson", "streets.parquet", "facilities.parquet"
    totals, builds, projects = "population.csv", "builds.csv", "projects.csv"
    city = str(package["name"])
    checks: list[tuple[str, Callable[..., str], tuple[str, ...]]] = [
        (districts, _checks.check_districts, (districts,)),
        (streets, _checks.check_segments, (streets,)),
        (streets, _checks.check_connected, (streets,)),
        (_NO_TURNS, _checks.check_restrictions, (_NO_TURNS, streets)),
        (totals, lambda table, areas: _checks.check_totals(table, areas, city=city), (totals, districts)),
        (_GRID, _checks.check_grid, (_GRID, totals, districts)),
        ("places.parquet", _checks.check_places, ("places.parquet", districts)),
        (facilities, _checks.check_facilities, (facilities, districts)),
        (builds, _checks.check_builds, (builds, projects, facilities, districts)),
        ("findings.csv", _checks.check_findings, ("findings.csv",)),
    ]
    named = named_files(package)
    for file, check, needed in checks:
        if file not in named or any(name not in layers for name in needed):
            continue
        try:
            report.passed.append(f"{file}: {check(*(layers[name] for name in needed))}")
        except _checks.CheckError as error:
            report.errors.append(f"{folder / file}: {error}")
