"""Build: every layer of a city from its source files, written whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import InputError, LayerError, OutputError
from geoplan.files import check_folder, whole_folder, write_csv
from geoplan.layers._geojson import write_geojson
from geoplan.layers._geoparquet import write_geoparquet, write_parquet
from geoplan.layers._grid import write_grid
from geoplan.layers._sources import source_file
from geoplan.layers.districts import DECIMALS, read_districts
from geoplan.layers.facilities import read_facilities
from geoplan.layers.own.build import CITY_NAME, OwnFiles, OwnParts
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

    import geopandas as gpd
    import pandas as pd

    from geoplan.layers._grid import Grid
    from geoplan.layers.projects import Plans
    from geoplan.layers.streets import Streets

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
    city: str,
    sources: Path | None,
    out: Path,
    progress: Callable[[str], None] | None = None,
    *,
    own: OwnFiles | None = None,
) -> list[str]:
    """Build every layer of a city and describe them in datapackage.json.

    The same files give the same bytes. `out` is replaced as a whole when everything has been made; until
    then it stays as it was. An existing sites.csv is kept.

    Parameters
    ----------
    city
        Name of the city: one of `CITIES` where `sources` are read, else any slug.
    sources
        Folder of source files of a city whose files are known; None where all comes from a user's own files.
    out
        Folder to write, e.g. layers/almaty.
    progress
        Called with the name of each step (`STEPS`) as it begins.
    own
        A user's own files; each takes the place of that part of the sources.

    Returns
    -------
    list of str
        One line for each thing dropped, mended or doubted, led by the file's name.

    Raises
    ------
    InputError
        If the city is unknown, or a file is missing or cannot be used.
    LayerError
        If layers built from sources are larger than `LIMIT_BYTES`.
    OutputError
        If `out` cannot be written.
    """
    own = own or OwnFiles()
    if sources is not None and city not in CITIES:
        msg = f"{city!r}: no sources known for this city; known: {', '.join(CITIES)}"
        raise InputError(msg)
    if not CITY_NAME.match(city):
        msg = f"city {city!r}: give a short name of small Latin letters, digits, - and _, such as astana"
        raise InputError(msg)
    if sources is None:
        own.need_enough(city)
    out = Path(out)
    check_folder(out, mark=PACKAGE)
    parts = OwnParts(own, city=city)
    document = None if sources is None else source_file(Path(sources), ROADMAP)
    made = _made(sources, document, parts, progress or (lambda _step: None))
    with whole_folder(out, mark=PACKAGE) as staging:
        _write(made, staging)
        write_package(
            staging,
            city=city,
            notes=made.notes,
            told=own.told(parts.mapping, alone=sources is None),
            names=parts.mapping.names(),
        )
        _keep(out, staging)
        if sources is not None:
            _limit(out, staging)
    return [f"{layer.file}: {note}" for layer in LAYERS for note in made.notes.get(layer.file, [])]


@dataclass
class _Made:
    """All layers of a city, made and not yet written."""

    districts: gpd.GeoDataFrame
    streets: Streets
    grid: Grid
    totals: pd.DataFrame
    places: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    plans: Plans | None
    opened: pd.DataFrame | None
    published: pd.DataFrame | None
    notes: dict[str, list[str]]


def _made(sources: Path | None, document: Path | None, own: OwnParts, tell: Callable[[str], None]) -> _Made:
    """Make every layer: from the user's own file where there is one, else from the sources, else from the streets' file."""
    notes: dict[str, list[str]] = {}
    folder = Path(sources) if sources is not None else None
    tell("districts")
    if own.files.districts is not None or folder is None:
        districts, notes["districts.geojson"] = own.districts()
    else:
        districts, notes["districts.geojson"] = read_districts(folder)
    tell("streets")
    if own.files.streets is not None or folder is None:
        streets = own.streets(districts)
    else:
        streets = read_streets(source_file(folder, ROADS), districts=districts)
    notes["streets.parquet"] = streets.notes
    tell("population")
    if own.files.population is not None or folder is None:
        grid, totals, notes["population.tif"] = own.population(districts, streets.table)
    else:
        grid, totals, notes["population.tif"] = read_population(folder, districts, streets.table)
    tell("places")
    if folder is None:
        places, notes["places.parquet"] = own.places(districts, streets.table)
    elif own.files.streets is not None:
        places, notes["places.parquet"] = read_places(
            folder, districts, streets.table, streets_source=own.streets_source
        )
    else:
        places, notes["places.parquet"] = read_places(folder, districts, streets.table)
    tell("facilities")
    if own.files.facilities is not None or folder is None:
        facilities, notes["facilities.parquet"] = own.facilities(districts, places)
    else:
        facilities, notes["facilities.parquet"] = read_facilities(folder, districts, places)
    tell("roadmap")
    plans = opened = published = None
    if document is not None and folder is not None:
        # as it will be read back, so that a document read afresh is matched against the same table
        opened = as_layer(read_opened(folder), "opened.csv")
        plans = read_plans(document, places=places, districts=districts, facilities=facilities, opened=opened)
        facilities, notes["builds.csv"] = plans.facilities, plans.notes
        published, notes["published.csv"] = read_published(folder, city=own.city)
    tell("files")
    return _Made(districts, streets, grid, totals, places, facilities, plans, opened, published, notes)


def _write(made: _Made, folder: Path) -> None:
    write_geojson(made.districts, folder / "districts.geojson", decimals=DECIMALS)
    write_geoparquet(made.streets.table, folder / "streets.parquet")
    if made.streets.restrictions is not None:
        write_parquet(made.streets.restrictions, folder / "restrictions.parquet")
    write_grid(made.grid, folder / "population.tif")
    write_csv(made.totals, folder / "population.csv")
    write_geoparquet(made.places, folder / "places.parquet")
    write_geoparquet(made.facilities, folder / "facilities.parquet")
    if made.plans is not None and made.opened is not None:
        write_csv(made.plans.projects, folder / "projects.csv")
        write_csv(made.plans.builds, folder / "builds.csv")
        write_csv(made.plans.findings, folder / "findings.csv")
        write_csv(made.opened, folder / "opened.csv")
    if made.published is not None:
        write_csv(made.published, folder / "published.csv")


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
