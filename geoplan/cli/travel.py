"""`geoplan isochrone` and `geoplan matrix`: travel on the streets between places of one's own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.city import City
    from geoplan.scenario.trips import Placed

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
    from geoplan.city import open_city
    from geoplan.scenario.trips import isochrone_areas

    times = _numbers(minutes, "--minutes")
    if out is not None and out.suffix.lower() not in {".geojson", ".json", ".gpkg"}:
        msg = f"--out {out}: write .geojson or .gpkg"
        raise typer.BadParameter(msg)
    opened, places = open_city(city, layers).at_time(time_of_day), _places(point)
    areas, placed = isochrone_areas(
        opened,
        places,
        minutes=times,
        mode=mode,
        direction="to_facility" if towards else "from_facility",
        each=each,
        bands=bands,
    )
    _tell(placed, opened, "points", "no area")
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
    import geopandas as gpd

    from geoplan.scenario.points import read_points

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
    from geoplan.city import open_city
    from geoplan.scenario.points import read_points
    from geoplan.scenario.trips import travel_matrix

    opened = open_city(city, layers).at_time(time_of_day)
    table, sides = travel_matrix(opened, read_points(origins), read_points(destinations), mode=mode)
    for side, placed in sides.items():
        _tell(placed, opened, side, "no times")
    if out is not None and out.suffix == ".parquet":
        with whole(out) as temporary:
            table.to_parquet(temporary, index=False)
    elif out is not None:
        write_csv(table, out)
    elif json:
        print_json(table)
    else:
        print_table(table)


def _tell(placed: Placed, city: City, what: str, lack: str) -> None:
    """Say on stderr which points are off the streets, and which lie outside the city and are used all the same."""
    if placed.off:
        typer.echo(f"{what} off the network, {lack}: {', '.join(placed.off)}", err=True)
    if placed.outside:
        few = ", ".join(placed.outside[:10]) + (" …" if len(placed.outside) > 10 else "")
        typer.echo(
            f"{what} outside {city.name}, where its streets end, so times may be too long: {few}", err=True
        )


def _numbers(text: str, name: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        msg = f"{name}: {text!r} is not a list of numbers"
        raise typer.BadParameter(msg) from None
