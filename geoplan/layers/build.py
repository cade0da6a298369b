"""Build: every layer of a city from its source files, written whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import InputError, LayerError, OutputError
from geoplan.files import whole_folder, write_csv
from geoplan.layers._geojson import write_geojson
from geoplan.layers._geoparquet import write_geoparquet
from geoplan.layers._grid import write_grid
from geoplan.layers._sources import source_file
from geoplan.layers.districts import DECIMALS, read_districts
from geoplan.layers.facilities import read_facilities
from geoplan.layers.package import PACKAGE, write_package
from geoplan.layers.places import read_places
from geoplan.layers.population import read_population
from geoplan.layers.projects import as_layer, read_plans
from geoplan.layers.published import read_published
from geoplan.layers.schema import LAYERS
from geoplan.layers.standing import read_opened
from geoplan.layers.streets import ROADS, read_streets

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CITIES", "KEPT", "LIMIT_BYTES", "STEPS", "build_layers"]

# The cities whose source files the readers know.
CITIES = ("almaty",)
ROADMAP = "roadmap.txt"
# What the steps are called when progress is told.
STEPS = ("districts", "streets", "population", "places", "facilities", "roadmap", "files")
# All layers of a city together; they are committed and installed with the package.
LIMIT_BYTES = 6_000_000
# Results that live among the layers and that a build leaves alone.
KEPT = ("sites.csv",)


def build_layers(
    city: str, sources: Path, out: Path, progress: Callable[[str], None] | None = None
) -> list[str]:
    """Build every layer of a city and describe them in datapackage.json.

    The same sources give the same bytes. `out` is replaced as a whole when everything has been made; until
    then it stays as it was. An existing sites.csv is kept.

    Parameters
    ----------
    city
        Name of the city, one of `CITIES`.
    sources
        Folder of source files.
    out
        Folder to write, e.g. layers/almaty.
    progress
        Called with the name of each step (`STEPS`) as it begins.

    Returns
    -------
    list of str
        One line for each thing dropped, mended or doubted, led by the file's name.

    Raises
    ------
    InputError
        If the city is unknown, or a source file is missing or cannot be used.
    LayerError
        If the layers are larger than `LIMIT_BYTES`.
    OutputError
        If `out` cannot be written.
    """
    if city not in CITIES:
        msg = f"{city!r}: no sources known for this city; known: {', '.join(CITIES)}"
        raise InputError(msg)
    tell = progress or (lambda _step: None)
    sources, out = Path(sources), Path(out)
    document = source_file(sources, ROADMAP)
    notes: dict[str, list[str]] = {}

    tell("districts")
    districts, notes["districts.geojson"] = read_districts(sources)
    tell("streets")
    streets, _, notes["streets.parquet"] = read_streets(source_file(sources, ROADS), districts=districts)
    tell("population")
    grid, totals, notes["population.tif"] = read_population(sources, districts, streets)
    tell("places")
    places, notes["places.parquet"] = read_places(sources, districts, streets)
    tell("facilities")
    facilities, notes["facilities.parquet"] = read_facilities(sources, districts, places)
    tell("roadmap")
    # as it will be read back, so that a document read afresh is matched against the same table
    opened = as_layer(read_opened(sources), "opened.csv")
    plans = read_plans(document, places=places, districts=districts, facilities=facilities, opened=opened)
    notes["builds.csv"] = plans.notes
    published, notes["published.csv"] = read_published(sources, city=city)

    tell("files")
    with whole_folder(out, mark=PACKAGE) as staging:
        write_geojson(districts, staging / "districts.geojson", decimals=DECIMALS)
        write_geoparquet(streets, staging / "streets.parquet")
        write_grid(grid, staging / "population.tif")
        write_csv(totals, staging / "population.csv")
        write_geoparquet(places, staging / "places.parquet")
        write_geoparquet(plans.facilities, staging / "facilities.parquet")
        write_csv(plans.projects, staging / "projects.csv")
        write_csv(plans.builds, staging / "builds.csv")
        write_csv(plans.findings, staging / "findings.csv")
        write_csv(opened, staging / "opened.csv")
        write_csv(published, staging / "published.csv")
        write_package(staging, city=city, notes=notes)
        _keep(out, staging)
        _limit(out, staging)
    return [f"{layer.file}: {note}" for layer in LAYERS for note in notes.get(layer.file, [])]


def _keep(out: Path, staging: Path) -> None:
    """Carry the results that live among the layers over into the new folder."""
    for name in KEPT:
        if (out / name).is_file():
            try:
                shutil.copyfile(out / name, staging / name)
            except OSError as error:
                msg = f"{out / name}: cannot be kept: {error.strerror or error}"
                raise OutputError(msg) from error


def _limit(out: Path, staging: Path) -> None:
    size = sum(path.stat().st_size for path in staging.iterdir())
    if size > LIMIT_BYTES:
        msg = f"{out}: the layers take {size:,} bytes, more than {LIMIT_BYTES:,}"
        raise LayerError(msg)
