"""Fetched layers: from a city's name to a folder of layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.files import check_folder
from geoplan.layers.build import STEPS, build_layers
from geoplan.layers.fetch.city import fetch_city
from geoplan.layers.own.build import CITY_NAME, OwnFiles
from geoplan.layers.package import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from geoplan.layers.fetch.city import Fetched
    from geoplan.layers.fetch.polite import Polite

__all__ = ["fetch_layers"]


def fetch_layers(
    place: str,
    out: Path,
    polite: Polite,
    *,
    city: str | None = None,
    population: Path | None = None,
    totals: Path | None = None,
    max_km2: float = 5000.0,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> tuple[Fetched, list[str]]:
    """Fetch a city by its name and build its layers.

    Parameters
    ----------
    place
        City and country.
    out
        Folder of layers to write; nothing of it is written until all is there.
    polite
        How servers are asked; the fetched files are kept in its cache, in a folder with the city's name.
    city
        Slug of the city; the name of `out` where it is not given.
    population, totals
        Files of people, as `geoplan layers build` takes them. OpenStreetMap knows no people.
    max_km2
        Largest area fetched.
    progress
        Called with what is done next, how many steps are done, and how many there are.

    Returns
    -------
    tuple
        The fetched files, and a line for each choice made and each thing dropped, mended or doubted.

    Raises
    ------
    InputError
        If the place cannot be fetched, or no people are given: the fetched files are kept and the next command is told.
    OutputError
        If `out` cannot be written.
    """
    out = Path(out)
    slug = city or out.name
    if not CITY_NAME.match(slug):
        msg = f"{slug!r}: a city's short name has small Latin letters, digits, - and _ only; give --city"
        raise InputError(msg)
    for name, file in (("population", population), ("totals", totals)):
        if file is not None and not Path(file).exists():
            msg = f"{file}: no such file of {name}"
            raise InputError(msg)
    check_folder(out, mark=PACKAGE)
    fetched = fetch_city(place, polite.cache / slug, polite, max_km2=max_km2, progress=progress)
    if population is None:
        msg = (
            f"{out}: people are missing, so no layers are written: OpenStreetMap has none. All else is fetched. Take a"
            " population grid (such as WorldPop or GHSL) or a table with lon, lat and persons, then run: geoplan layers"
            f" build --city {slug} --streets {fetched.streets} --districts {fetched.districts} --mapping"
            f" {fetched.mapping} --population FILE --out {out}"
        )
        raise InputError(msg)
    steps = iter(range(len(STEPS) + 1))
    own = OwnFiles(
        streets=fetched.streets,
        districts=fetched.districts,
        population=Path(population),
        totals=None if totals is None else Path(totals),
        mapping=fetched.mapping,
    )
    notes = build_layers(
        slug, None, out, progress=lambda what: progress(what, next(steps, len(STEPS)), len(STEPS)), own=own
    )
    return fetched, [*fetched.notes, *notes]
