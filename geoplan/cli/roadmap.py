"""`geoplan roadmap`: read a roadmap document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli._shared import JsonOption, print_json, print_table

__all__ = ["roadmap"]


def roadmap(
    file: Annotated[Path, typer.Argument(help="Roadmap document: .txt, .tsv, .csv, .xlsx or .docx.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for projects.csv, builds.csv, findings.csv, cells.csv."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when a sum does not add up.")] = False,
    json: JsonOption = False,
) -> None:
    """Read a roadmap document: its projects, its planned builds, and what does not add up in it."""
    from geoplan.roadmap import merit, read_roadmap, write_roadmap

    read = read_roadmap(file)
    if out is not None:
        write_roadmap(read, out)
    if json:
        figures = {
            **merit(read)._asdict(),
            "findings": read.findings["kind"].value_counts().sort_index().to_dict(),
        }
        tables = {"projects": read.projects, "builds": read.builds, "findings": read.findings}
        print_json({**tables, "merit": figures})
    else:
        counts = (
            read.builds.groupby(["service", "kind", "action"], sort=True)
            .size()
            .rename("builds")
            .reset_index()
        )
        print_table(counts)
        kinds = read.findings["kind"].value_counts().sort_index()
        typer.echo(
            f"{len(read.projects)} projects, {len(read.builds)} builds, {len(read.findings)} findings",
            err=True,
        )
        typer.echo("; ".join(f"{kind} {count}" for kind, count in kinds.items()), err=True)
        told = merit(read)
        typer.echo(
            f"{told.realigned} of {told.rows} rows realigned; of {told.with_money} rows with money "
            f"{told.hold_before:.0%} added up as published, {told.hold_after:.0%} do as read",
            err=True,
        )
    if check and read.findings["kind"].eq("sum").any():
        raise typer.Exit(1)
