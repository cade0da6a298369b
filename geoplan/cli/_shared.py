"""Options and printing that the sub-commands share."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from geoplan.files import safe_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from geoplan.city import City

__all__ = [
    "CityOption",
    "FacilitiesOption",
    "JsonOption",
    "LayersOption",
    "TimeOption",
    "open_asked",
    "print_json",
    "print_table",
    "steps",
]

CityOption = Annotated[str, typer.Option("--city", help="City, the name of a folder of layers.")]
LayersOption = Annotated[
    Path | None, typer.Option("--layers", help="Folder that holds city folders; the shipped one by default.")
]
FacilitiesOption = Annotated[
    Path | None,
    typer.Option(
        "--facilities",
        help="Your own list, laid over the city's: adds, replaces, removes; template in docs/data.md.",
    ),
]
TimeOption = Annotated[
    str,
    typer.Option(
        "--time-of-day", help="When streets are driven: free (free flow), morning, midday, evening."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def open_asked(city: str, layers: Path | None, facilities: Path | None) -> City:
    """Open a city, with a user's own facilities laid over it if there are any; what that changed is said on stderr."""
    from geoplan.city import open_city

    opened = open_city(city, layers)
    if facilities is None:
        return opened
    opened, notes = opened.with_own_facilities(facilities)
    for note in notes:
        typer.echo(note, err=True)
    return opened


def print_json(value: Any) -> None:
    """Print one JSON document; a figure that is not known is null."""
    sys.stdout.write(json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_table(table: pd.DataFrame) -> None:
    """Print a table: for people on a terminal, as CSV into a pipe, where text that looks like a formula is quoted."""
    import pandas as pd

    if not sys.stdout.isatty():
        sys.stdout.write(safe_cells(table).to_csv(index=False, lineterminator="\n"))
        return
    shown = Table(box=None, pad_edge=False)
    for name in table.columns:
        numeric = pd.api.types.is_numeric_dtype(table[name])
        shown.add_column(str(name), justify="right" if numeric else "left")
    for row in table.itertuples(index=False):
        shown.add_row(*("" if pd.isna(cell) else str(cell) for cell in row))
    Console().print(shown)


def steps(total: int) -> tuple[Progress, Callable[[str], None]]:
    """Return a progress bar on stderr (hidden off a terminal) and the function that moves it on by a named step."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    task = bar.add_task("", total=total)
    moves = iter(range(total + 1))

    def advance(name: str) -> None:
        bar.update(task, description=name, completed=next(moves, total))

    return bar, advance


def _plain(value: Any) -> Any:
    """Turn tables and numpy values into what JSON holds; NaN and infinity into null."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return [dict(zip(value.columns, map(_plain, row), strict=True)) for row in _rows(value)]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    return table.itertuples(index=False, name=None)
