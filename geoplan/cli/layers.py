"""`geoplan layers …`: fetch, build, check and show a city's layers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli._shared import JsonOption, print_json, print_table, steps
from geoplan.cli.fetch import fetch
from geoplan.errors import LayerError

__all__ = ["app"]

app = typer.Typer(help="Fetch, build, check and show a city's layers.", no_args_is_help=True)
app.command()(fetch)

_WORDS = {"errors": "ERROR", "warnings": "warning", "passed": "ok", "notes": "note"}
Folder = Annotated[Path, typer.Argument(help="One city's folder of layers.")]


@app.command()
def build(
    *,
    city: Annotated[str, typer.Option("--city", help="Short name of the city, such as astana.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write, such as layers/almaty.")],
    sources: Annotated[
        Path | None,
        typer.Option("--sources", help="Folder of source files of a city that geoplan knows (almaty)."),
    ] = None,
    streets: Annotated[
        Path | None,
        typer.Option(
            "--streets",
            help=".osm.pbf, .osm, roads in Geofabrik's layout (.shp, .zip, .gpkg), .graphml of osmnx.",
        ),
    ] = None,
    districts: Annotated[
        Path | None,
        typer.Option("--districts", help="Polygons with names; else boundaries of an OSM file of streets."),
    ] = None,
    population: Annotated[
        Path | None,
        typer.Option("--population", help="GeoTIFF of persons per cell, or points or polygons with persons."),
    ] = None,
    facilities: Annotated[
        Path | None,
        typer.Option(
            "--facilities", help="Vector file or table; else the features of an OSM file of streets."
        ),
    ] = None,
    totals: Annotated[
        Path | None,
        typer.Option("--totals", help="CSV of official totals (district, persons, year, group) to scale to."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="TOML: what your columns are called; template in docs/data.md."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Build every layer of a city from any mix of files; the same files give the same bytes."""
    from geoplan.layers.build import STEPS, build_layers
    from geoplan.layers.own.build import OwnFiles
    from geoplan.layers.show import show_layers

    own = OwnFiles(streets, districts, population, facilities, totals, mapping)
    bar, advance = steps(len(STEPS))
    with bar:
        notes = build_layers(city, sources, out, progress=advance, own=own)
    if json:
        print_json({"folder": str(out), "layers": show_layers(out), "notes": notes})
    else:
        print_table(show_layers(out)[["file", "bytes", "vintage", "notes"]])


@app.command()
def check(folder: Folder, *, json: JsonOption = False) -> None:
    """Say whether the layers are sound (errors), what weakens them (warnings), and what was dropped and why (notes)."""
    from geoplan.layers.check import check_layers

    report = check_layers(folder)
    if json:
        print_json(asdict(report))
    else:
        for word in ("errors", "warnings", "passed", "notes"):
            for line in getattr(report, word):
                typer.echo(f"{_WORDS[word]:8}{line}")
    if report.errors:
        count = len(report.errors)
        msg = f"{folder}: {count} error{'s' if count > 1 else ''}; the first: {report.errors[0]}"
        raise LayerError(msg)


@app.command()
def show(folder: Folder, *, json: JsonOption = False) -> None:
    """Show what each layer is, its vintage, sources and licence."""
    from geoplan.layers.show import layer_notes, show_layers

    table = show_layers(folder)
    if json:
        print_json({"layers": table, "notes": layer_notes(folder)})
    else:
        print_table(table)
