"""`geoplan site`: where to build next."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli._shared import (
    CityOption,
    FacilitiesOption,
    JsonOption,
    LayersOption,
    open_asked,
    print_json,
    print_table,
)
from geoplan.files import write_csv
from geoplan.scenario import suggest_sites

__all__ = ["site"]


class Objective(StrEnum):
    """What the sites should make best; more objectives come with the location models."""

    COVERAGE = "coverage"


def site(
    service: Annotated[str, typer.Argument(help="ambulance, polyclinic, school, kindergarten.")],
    *,
    count: Annotated[int, typer.Option("--count", help="How many sites.")],
    year: Annotated[
        int | None, typer.Option("--year", help="What stands at the end of this year is given.")
    ] = None,
    district: Annotated[str | None, typer.Option("--district", help="Slug of the district.")] = None,
    objective: Annotated[Objective, typer.Option("--objective")] = Objective.COVERAGE,
    out: Annotated[Path | None, typer.Option("--out", help="CSV file for the sites.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    facilities: FacilitiesOption = None,
    json: JsonOption = False,
) -> None:
    """Propose sites that cover the most people still uncovered, with the bound no choice can beat."""
    del objective  # one so far; typer refuses the others
    found = suggest_sites(
        open_asked(city, layers, facilities), service=service, count=count, year=year, district=district
    )
    if out is not None:
        write_csv(found.sites, out)
    if json:
        print_json(
            {field: getattr(found, field) for field in asdict(found) if field != "sites"}
            | {"sites": found.sites}
        )
        return
    print_table(found.sites)
    typer.echo(
        f"covered {found.before:,.0f} -> {found.after:,.0f} people; no choice of candidates covers more than "
        f"{found.bound:,.0f} (gap {found.gap:.1%}); proposed sites are a calculation, not a decision",
        err=True,
    )
