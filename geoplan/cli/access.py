"""`geoplan access` and `geoplan compare`: coverage per district, at one moment or between two."""

from __future__ import annotations

from typing import Annotated

import typer

from geoplan.city import open_city
from geoplan.cli._shared import CityOption, JsonOption, LayersOption, print_json, print_table
from geoplan.scenario import access_at, compare_moments, compare_runs

__all__ = ["access", "compare"]


def access(
    service: Annotated[str, typer.Argument(help="ambulance, polyclinic, school, kindergarten.")],
    *,
    year: Annotated[
        int | None, typer.Option("--year", help="End of this year; the last of the plan by default.")
    ] = None,
    threshold: Annotated[str | None, typer.Option("--threshold", help="Such as 10min or 500m.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    json: JsonOption = False,
) -> None:
    """Print who reaches a service, district by district: the best case, the range of the draws, known places only."""
    table = access_at(open_city(city, layers), service=service, year=year, threshold=threshold)
    if json:
        print_json(table)
    else:
        print_table(table.drop(columns=["service", "group"]))


def compare(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A moment (baseline, 2025 …) or the folder of a run.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="Another moment or folder.")],
    *,
    service: Annotated[str | None, typer.Option("--service", help="Only this service.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    json: JsonOption = False,
) -> None:
    """Compare two moments or two runs, district by district."""
    from pathlib import Path

    if Path(first).is_dir() and Path(second).is_dir():
        table = compare_runs(Path(first), Path(second), service=service)
    else:
        table = compare_moments(open_city(city, layers), first, second, service=service)
    if json:
        print_json(table)
    else:
        print_table(table)
