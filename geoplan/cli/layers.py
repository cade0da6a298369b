"""`geoplan layers …`: build, check and show a city's layers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli._shared import JsonOption, print_json, print_table, steps
from geoplan.layers.build import STEPS, build_layers
from geoplan.layers.check import check_layers
from geoplan.layers.show import layer_notes, show_layers

__all__ = ["app"]

app = typer.Typer(help="Build, check and show a city's layers.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="One city's folder of layers.")]


@app.command()
def build(
    *,
    city: Annotated[str, typer.Option("--city", help="City whose sources are read.")],
    sources: Annotated[Path, typer.Option("--sources", help="Folder of source files.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write, such as layers/almaty.")],
    json: JsonOption = False,
) -> None:
    """Build every layer from the source files; the same sources give the same bytes."""
    bar, advance = steps(len(STEPS))
    with bar:
        notes = build_layers(city, sources, out, progress=advance)
    if json:
        print_json({"folder": str(out), "layers": show_layers(out), "notes": notes})
    else:
        print_table(show_layers(out)[["file", "bytes", "vintage", "notes"]])


@app.command()
def check(folder: Folder, *, json: JsonOption = False) -> None:
    """Verify hashes, geometry, coverage, sums and connectivity; say what was dropped and why."""
    report = check_layers(folder)
    if json:
        print_json({"passed": report.passed, "notes": report.notes})
        return
    for line in report.passed:
        typer.echo(f"ok    {line}")
    for line in report.notes:
        typer.echo(f"note  {line}")


@app.command()
def show(folder: Folder, *, json: JsonOption = False) -> None:
    """Show what each layer is, its vintage, sources and licence."""
    table = show_layers(folder)
    if json:
        print_json({"layers": table, "notes": layer_notes(folder)})
    else:
        print_table(table)
