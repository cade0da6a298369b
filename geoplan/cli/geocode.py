"""`geoplan geocode`: where is it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli._shared import CityOption, JsonOption, LayersOption, print_json, print_table
from geoplan.errors import InputError, cause
from geoplan.layers.fetch.servers import NOMINATIM

__all__ = ["geocode"]


def geocode(
    text: Annotated[list[str] | None, typer.Argument(help="What to place.")] = None,
    *,
    file: Annotated[Path | None, typer.Option("--file", help="Text file, one place a line.")] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask Nominatim for what the layers do not hold; off by default.")
    ] = False,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", help="Folder that keeps its answers; ~/.cache/geoplan by default."),
    ] = None,
    server: Annotated[str, typer.Option("--server", help="Nominatim server to ask.")] = NOMINATIM,
    json: JsonOption = False,
) -> None:
    """Place texts offline: point, district, precision, score and how it was found."""
    # What a terminal sends that is no UTF-8 cannot be printed again: each such byte is shown as a question mark.
    texts = [typed.encode(errors="replace").decode() for typed in text or []]
    if file is not None:
        try:
            texts += file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{file}: cannot be read: {cause(error)}"
            raise InputError(msg) from error
    if file is not None and not texts:
        msg = f"{file}: holds no text"
        raise InputError(msg)
    if not texts:
        msg = "give a text or --file"
        raise typer.BadParameter(msg)
    import pandas as pd

    from geoplan.city import open_city
    from geoplan.geocode import geocode as geocode_texts

    opened = open_city(city, layers)
    asked, districts = pd.Series(texts, dtype=object), opened.districts.reset_index()
    found = geocode_texts(asked, places=opened.places, districts=districts)
    if online:
        from geoplan.city.online import geocode_online

        folder = cache or Path.home() / ".cache" / "geoplan"
        found = geocode_online(found, asked, districts=districts, cache=folder, url=server)
    found.insert(0, "text", texts)
    if json:
        blank = found.astype(object).where(found.notna() & (found != ""), None)
        print_json(blank.to_dict("records"))
    else:
        print_table(found)
