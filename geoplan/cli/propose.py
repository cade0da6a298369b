"""`geoplan layers sites`: solve the places of builds without a stated one, once, and keep them with the layers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli._shared import JsonOption, print_json, print_table, steps
from geoplan.files import write_csv

__all__ = ["sites"]


def sites(
    folder: Annotated[Path, typer.Argument(help="One city's folder of layers.")],
    *,
    gap: Annotated[
        float, typer.Option("--gap", min=0, max=1, help="Stop once proven this near the best.")
    ] = 0.001,
    json: JsonOption = False,
) -> None:
    """Propose sites for all roadmap builds without one, by the exact model, and write them to sites.csv in the folder."""
    import pandas as pd

    from geoplan.city import open_city
    from geoplan.scenario.choose import solve_roadmap
    from geoplan.siting import Limits
    from geoplan.standards import load_standards

    city = open_city(folder.resolve().name, folder.resolve().parent)
    services = list(load_standards().services)
    bar, advance = steps(len(services))
    parts = []
    with bar:
        for service in services:
            advance(service)
            parts.append(solve_roadmap(city, service=service, limits=Limits(gap=gap)))
    table = pd.concat(parts, ignore_index=True)
    write_csv(table, folder / "sites.csv")
    summary = (
        table.groupby(["service", "objective", "bound", "gap", "objective_unit", "solved"], sort=False)
        .size()
        .rename("builds")
        .reset_index()
    )
    if json:
        print_json({"file": str(folder / "sites.csv"), "sites": summary})
    else:
        print_table(summary)
