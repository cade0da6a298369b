"""`geoplan access` and `geoplan compare`: coverage per district, at one moment or between two."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from geoplan.cli._shared import (
    CityOption,
    FacilitiesOption,
    JsonOption,
    LayersOption,
    TimeOption,
    open_asked,
    print_json,
    print_table,
)
from geoplan.errors import InputError
from geoplan.files import write_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from geoplan.city import City

__all__ = ["access", "compare"]


class Measure(StrEnum):
    """What to measure; redundancy, expected, golden-hour and hospitals are measures of ambulances."""

    RESPONSE = "response"
    REDUNDANCY = "redundancy"
    EXPECTED = "expected"
    GOLDEN_HOUR = "golden-hour"
    EQUITY = "equity"
    CAPACITY = "capacity"
    GAPS = "gaps"
    HOSPITALS = "hospitals"


_OWN_THRESHOLD = (Measure.GOLDEN_HOUR, Measure.EQUITY, Measure.CAPACITY, Measure.GAPS, Measure.HOSPITALS)
_SURFACES = (None, Measure.RESPONSE, Measure.GOLDEN_HOUR)
_OF_AMBULANCES = (Measure.REDUNDANCY, Measure.EXPECTED, Measure.GOLDEN_HOUR, Measure.HOSPITALS)


def access(
    service: Annotated[str, typer.Argument(help="ambulance, polyclinic, school, kindergarten.")],
    *,
    year: Annotated[
        int | None, typer.Option("--year", help="End of this year; the last of the plan by default.")
    ] = None,
    threshold: Annotated[str | None, typer.Option("--threshold", help="Such as 10min or 500m.")] = None,
    measure: Annotated[
        Measure | None,
        typer.Option("--measure", help="People within the threshold by default (ambulance: response)."),
    ] = None,
    capacities: Annotated[
        Path | None, typer.Option("--capacities", help="CSV facility_id,capacity: measures capacity.")
    ] = None,
    time_of_day: TimeOption = "free",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Travel time over the city as .tif (Cloud Optimized GeoTIFF), or the table as .csv."
        ),
    ] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    facilities: FacilitiesOption = None,
    json: JsonOption = False,
) -> None:
    """Print who reaches a service, district by district: the best case, the range of the draws, known places only."""
    from geoplan.scenario import access_at

    if capacities is not None and measure is None:
        measure = Measure.CAPACITY
    _fits(service, measure, threshold, capacities, out)
    opened = open_asked(city, layers, facilities).at_time(time_of_day)
    if measure is Measure.CAPACITY and capacities is None:
        _published(opened, service, json=json)
    if measure is None or (measure is Measure.RESPONSE and service == "ambulance"):
        table = access_at(opened, service=service, year=year, threshold=threshold)
        shown = table if json else table.drop(columns=["service", "group"])
    else:
        shown = _measured(opened, service, measure, year, threshold, capacities)
    _tell_off_streets(opened, service)
    if out is not None and out.suffix.lower() == ".tif":
        from geoplan.report import surface_at

        surface_at(opened, out, service=service, year=year, hour=measure is Measure.GOLDEN_HOUR)
    elif out is not None:
        write_csv(shown, out)
    if json:
        print_json(shown)
    else:
        print_table(shown)


def _tell_off_streets(city: City, service: str) -> None:
    """Say on stderr which facilities have a place that no street of the service's mode is near."""
    from geoplan.scenario.asked import off_streets
    from geoplan.scenario.bench import bench_of

    bench = bench_of(city)
    known = bench.standards.service(service)
    names = off_streets(bench, known)
    if names:
        limit = bench.standards.snap.limit.value
        few = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
        told = f"{service}: no street for mode {known.mode} within {limit:g} m, so they serve nobody: {few}"
        typer.echo(told, err=True)


def _fits(
    service: str, measure: Measure | None, threshold: str | None, capacities: Path | None, out: Path | None
) -> None:
    """Refuse options that do not go together."""
    surface = out is not None and out.suffix.lower() == ".tif"
    faults = {
        f"--out {out}: give a name that ends in .tif or .csv": (
            out is not None and out.suffix.lower() not in {".tif", ".csv"}
        ),
        f"--out {out}: a surface shows travel time (no --measure) or --measure golden-hour": (
            surface and measure not in _SURFACES
        ),
        f"--capacities goes with --measure capacity, not {measure}": (
            capacities is not None and measure is not Measure.CAPACITY
        ),
        f"--measure {measure} is a measure of ambulances": measure in _OF_AMBULANCES
        and service != "ambulance",
        f"--measure {measure} takes no --threshold": threshold is not None and measure in _OWN_THRESHOLD,
    }
    for msg, wrong in faults.items():
        if wrong:
            raise typer.BadParameter(msg)


def _measured(
    city: City,
    service: str,
    measure: Measure,
    year: int | None,
    threshold: str | None,
    capacities: Path | None,
) -> pd.DataFrame:
    from geoplan.scenario import capacities as seats
    from geoplan.scenario import hour, measures
    from geoplan.scenario.gaps import gaps_at

    simple: dict[Measure, Callable[[], pd.DataFrame]] = {
        Measure.REDUNDANCY: lambda: measures.redundancy_at(city, year=year, threshold=threshold),
        Measure.EXPECTED: lambda: measures.expected_at(city, year=year, threshold=threshold),
        Measure.GOLDEN_HOUR: lambda: hour.golden_hour_at(city, year=year),
        Measure.HOSPITALS: lambda: hour.hospital_builds(city, year=year),
        Measure.EQUITY: lambda: measures.equity_at(city, service=service, year=year),
        Measure.GAPS: lambda: gaps_at(city, service=service, year=year),
    }
    if measure in simple:
        return simple[measure]()
    if measure is Measure.CAPACITY:
        table, notes = seats.capacity_at(city, service=service, capacities=capacities, year=year)
        for note in notes:
            typer.echo(note, err=True)
        return table
    msg = "--measure response is a measure of ambulances"
    raise typer.BadParameter(msg)


def _published(city: City, service: str, *, json: bool) -> NoReturn:
    """Print what was published on seats and people of a service, and say that nothing can be computed."""
    from geoplan.standards import load_standards

    load_standards().service(service)
    told = city.published
    told = told[told["service"] == service].drop(columns=["service", "value"]).reset_index(drop=True)
    msg = f"{service}: not computable: no capacities; give --capacities FILE (CSV: facility_id,capacity)"
    if json:
        print_json({"computable": False, "why": msg, "published": told})
    elif len(told):
        print_table(told)
        msg += "; above: what was published, with its date"
    raise InputError(msg)


def compare(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A moment (baseline, 2025 …) or the folder of a run.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="Another moment or folder.")],
    *,
    service: Annotated[str | None, typer.Option("--service", help="Only this service.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    facilities: FacilitiesOption = None,
    json: JsonOption = False,
) -> None:
    """Compare two moments or two runs, district by district."""
    from geoplan.scenario import compare_moments, compare_runs

    if Path(first).is_dir() and Path(second).is_dir():
        table = compare_runs(Path(first), Path(second), service=service)
    else:
        table = compare_moments(open_asked(city, layers, facilities), first, second, service=service)
    if json:
        print_json(table)
    else:
        print_table(table)
