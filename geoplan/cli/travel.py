"""`geoplan isochrone` and `geoplan matrix`: travel on the streets between places of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geoplan.city import open_city
from geoplan.cli._shared import CityOption, JsonOption, LayersOption, print_json, print_table
from geoplan.files import whole, write_csv, write_text
from geoplan.scenario.trips import isochrone_areas, read_points, travel_matrix

__all__ = ["isochrone", "matrix"]

ModeOption = Annotated[str, typer.Option("--mode", help="walk, wheelchair, drive, emergency.")]


def isochrone(
    point: Annotated[str, typer.Argument(metavar="LON,LAT", help="Such as 76.945,43.238.")],
    *,
    minutes: Annotated[str, typer.Option("--minutes", help="Such as 5,10,15.")],
    mode: ModeOption = "walk",
    out: Annotated[
        Path | None, typer.Option("--out", help="GeoJSON file; standard output by default.")
    ] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
) -> None:
    """Write the area reached from a point within given minutes, as GeoJSON."""
    place, times = _numbers(point, "LON,LAT"), _numbers(minutes, "--minutes")
    if len(place) != 2:
        msg = f"{point!r} is not LON,LAT"
        raise typer.BadParameter(msg)
    areas = isochrone_areas(open_city(city, layers), lon=place[0], lat=place[1], minutes=times, mode=mode)
    text = areas.to_json(drop_id=True) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(text, out)


def matrix(
    origins: Annotated[Path, typer.Argument(help="Vector file of points.")],
    destinations: Annotated[Path, typer.Argument(help="Vector file of points.")],
    *,
    mode: ModeOption = "walk",
    out: Annotated[Path | None, typer.Option("--out", help="CSV or Parquet file.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    json: JsonOption = False,
) -> None:
    """Compute seconds and metres between every origin and destination."""
    table, off = travel_matrix(
        open_city(city, layers), read_points(origins), read_points(destinations), mode=mode
    )
    for side, names in off.items():
        if names:
            typer.echo(f"{side} off the network, no times: {', '.join(names)}", err=True)
    if out is not None and out.suffix == ".parquet":
        with whole(out) as temporary:
            table.to_parquet(temporary, index=False)
    elif out is not None:
        write_csv(table, out)
    elif json:
        print_json(table)
    else:
        print_table(table)


def _numbers(text: str, name: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        msg = f"{name}: {text!r} is not a list of numbers"
        raise typer.BadParameter(msg) from None
