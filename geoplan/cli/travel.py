"""`geoplan isochrone` and `geoplan matrix`: travel on the streets between places of one's own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import geopandas as gpd
import typer

from geoplan.city import open_city
from geoplan.cli._shared import (
    CityOption,
    JsonOption,
    LayersOption,
    TimeOption,
    print_json,
    print_table,
)
from geoplan.errors import InputError
from geoplan.files import whole, write_csv, write_geopackage_layer, write_text
from geoplan.scenario.points import check_places, read_points
from geoplan.scenario.trips import isochrone_areas, travel_matrix

if TYPE_CHECKING:
    from geoplan.city import City

__all__ = ["isochrone", "matrix"]

ModeOption = Annotated[str, typer.Option("--mode", help="walk, wheelchair, drive, emergency.")]


def isochrone(
    point: Annotated[
        str, typer.Argument(metavar="LON,LAT|FILE", help="Such as 76.945,43.238, or a vector file of points.")
    ],
    *,
    minutes: Annotated[str, typer.Option("--minutes", help="Such as 5,10,15.")],
    mode: ModeOption = "walk",
    towards: Annotated[
        bool, typer.Option("--towards", help="From where the point is reached, instead of what it reaches.")
    ] = False,
    each: Annotated[
        bool, typer.Option("--each", help="An area for each point of the file; one for all by default.")
    ] = False,
    bands: Annotated[
        bool, typer.Option("--bands", help="Rings: each area without the next smaller one.")
    ] = False,
    time_of_day: TimeOption = "free",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="GeoJSON or GeoPackage (.gpkg); GeoJSON on standard output by default."),
    ] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
) -> None:
    """Write the area reached from points within given minutes."""
    times = _numbers(minutes, "--minutes")
    if out is not None and out.suffix.lower() not in {".geojson", ".json", ".gpkg"}:
        msg = f"--out {out}: write .geojson or .gpkg"
        raise typer.BadParameter(msg)
    opened, places = open_city(city, layers).at_time(time_of_day), _places(point)
    areas, off = isochrone_areas(
        opened,
        places,
        minutes=times,
        mode=mode,
        direction="to_facility" if towards else "from_facility",
        each=each,
        bands=bands,
    )
    if off:
        typer.echo(f"points off the network, no area: {', '.join(off)}", err=True)
    _tell_outside(places, opened, "points", off)
    if out is not None and out.suffix.lower() == ".gpkg":
        write_geopackage_layer(areas, out, layer="isochrones")
        return
    text = areas.to_json(drop_id=True) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(text, out)


def _places(text: str) -> gpd.GeoSeries:
    """Points from LON,LAT or from a file."""
    if "," not in text or Path(text).exists():
        return read_points(Path(text))
    place = _numbers(text, "LON,LAT")
    if len(place) != 2:
        msg = f"{text!r} is not LON,LAT"
        raise typer.BadParameter(msg)
    if not all(math.isfinite(value) for value in place):
        msg = f"point {text}: not a place"
        raise InputError(msg)
    return gpd.GeoSeries(gpd.points_from_xy(place[:1], place[1:]), crs="EPSG:4326")


def matrix(
    origins: Annotated[Path, typer.Argument(help="Vector file of points.")],
    destinations: Annotated[Path, typer.Argument(help="Vector file of points.")],
    *,
    mode: ModeOption = "walk",
    time_of_day: TimeOption = "free",
    out: Annotated[Path | None, typer.Option("--out", help="CSV or Parquet file.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    json: JsonOption = False,
) -> None:
    """Compute seconds and metres between every origin and destination."""
    opened = open_city(city, layers).at_time(time_of_day)
    sides = {"origins": read_points(origins), "destinations": read_points(destinations)}
    table, off = travel_matrix(opened, sides["origins"], sides["destinations"], mode=mode)
    for side, names in off.items():
        if names:
            typer.echo(f"{side} off the network, no times: {', '.join(names)}", err=True)
        _tell_outside(sides[side], opened, side, names)
    if out is not None and out.suffix == ".parquet":
        with whole(out) as temporary:
            table.to_parquet(temporary, index=False)
    elif out is not None:
        write_csv(table, out)
    elif json:
        print_json(table)
    else:
        print_table(table)


def _tell_outside(points: gpd.GeoSeries, city: City, what: str, off: list[str]) -> None:
    """Say on stderr which points lie outside the city and are used all the same, since one of its streets is near."""
    names = [name for name in check_places(points, city, what=what) if name not in off]
    if names:
        few = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
        typer.echo(
            f"{what} outside {city.name}, where its streets end, so times may be too long: {few}", err=True
        )


def _numbers(text: str, name: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        msg = f"{name}: {text!r} is not a list of numbers"
        raise typer.BadParameter(msg) from None
