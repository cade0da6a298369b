"""`geoplan layers fetch`: a city's layers from its name."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from geoplan.cli._shared import JsonOption, print_json, print_table
from geoplan.layers.fetch.servers import NOMINATIM, OVERPASS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fetch"]


def fetch(
    *,
    place: Annotated[str, typer.Option("--place", help='City and country, such as "Астана, Казахстан".')],
    out: Annotated[Path, typer.Option("--out", help="Folder to write, such as layers/astana.")],
    population: Annotated[
        Path | None,
        typer.Option("--population", help="People: GeoTIFF of persons per cell, or points or polygons."),
    ] = None,
    totals: Annotated[
        Path | None, typer.Option("--totals", help="CSV of official totals to scale the people to.")
    ] = None,
    city: Annotated[
        str | None, typer.Option("--city", help="Short name of the city; the name of --out by default.")
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            "--cache", help="Folder that keeps answers and fetched files; ~/.cache/geoplan by default."
        ),
    ] = None,
    overpass: Annotated[
        str, typer.Option("--overpass", envvar="GEOPLAN_OVERPASS", help="Overpass server to ask.")
    ] = OVERPASS,
    nominatim: Annotated[
        str, typer.Option("--nominatim", envvar="GEOPLAN_NOMINATIM", help="Nominatim server to ask.")
    ] = NOMINATIM,
    max_km2: Annotated[float, typer.Option("--max-km2", min=1.0, help="Largest area fetched.")] = 5000.0,
    json: JsonOption = False,
) -> None:
    """Fetch a city from OpenStreetMap by its name and build its layers; broken off, it goes on where it was.

    Further limits are read from the environment: GEOPLAN_FETCH_TIMEOUT_S (180), GEOPLAN_FETCH_TRIES (6),
    GEOPLAN_FETCH_FIRST_WAIT_S (5), GEOPLAN_FETCH_MAX_MB (400).
    """
    from geoplan.layers.fetch.layers import fetch_layers
    from geoplan.layers.fetch.polite import limits_of
    from geoplan.layers.show import show_layers

    bar, move, told = _progress()
    folder = cache or Path.home() / ".cache" / "geoplan"
    polite = replace(limits_of(os.environ), cache=folder, overpass=overpass, nominatim=nominatim, tell=told)
    with bar:
        fetched, notes = fetch_layers(
            place,
            out,
            polite,
            city=city,
            population=population,
            totals=totals,
            max_km2=max_km2,
            progress=move,
        )
    if json:
        sources = {name: str(getattr(fetched, name)) for name in ("streets", "districts", "mapping")}
        print_json({"folder": str(out), "sources": sources, "layers": show_layers(out), "notes": notes})
    else:
        print_table(show_layers(out)[["file", "bytes", "vintage", "notes"]])


def _progress() -> tuple[Progress, Callable[[str, int, int], None], Callable[[str], None]]:
    """Return a bar on stderr (hidden off a terminal), what moves it, and what tells of a wait."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    task = bar.add_task("", total=1)

    def move(what: str, done: int, total: int) -> None:
        bar.update(task, description=what, completed=done, total=total)

    def told(line: str) -> None:
        if not bar.disable:
            bar.console.print(line, markup=False, highlight=False)

    return bar, move, told
