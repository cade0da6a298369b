"""Published figures: deficits of seats, pupils, queues and attached people, cited with their dates, nothing computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoplan.errors import InputError
from geoplan.geocode.districts import resolve_districts
from geoplan.layers._sources import read_source_table

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_published"]

FACTS = "facts/social_facts_by_district.csv"
_COLUMNS = (
    "topic", "district", "metric", "value", "unit", "as_of", "confidence", "source_url", "source_note",
)  # fmt: skip
_SERVICES = {
    "schools": "school",
    "kindergartens": "kindergarten",
    "primary care": "polyclinic",
    "age": "other",
    "housing": "other",
}
_WHOLE_CITY = "city"


def read_published(sources: Path, *, city: str) -> tuple[pd.DataFrame, list[str]]:
    """Read the figures that officials and the press gave for a city's districts.

    Parameters
    ----------
    sources
        Folder of source files.
    city
        Name of the city, the district of figures for all of it.

    Returns
    -------
    table, notes
        The table of published.csv, by service, metric, district and date: service (`other` for people and housing), district
        (slug), place (what the figure is of, where that is less than the district), metric, value (empty where it is a range
        or words), published (the figure as published), unit, as_of, confidence, source (address), note. And a line for what
        was left out.

    Raises
    ------
    InputError
        If the file is missing, lacks a column, or names a topic or district that is not known.
    """
    raw = read_source_table(sources, FACTS, columns=_COLUMNS)
    unknown = raw[~raw["topic"].isin(_SERVICES)]
    if len(unknown):
        msg = f"{sources / FACTS}: topic {unknown['topic'].iloc[0]!r} is not known"
        raise InputError(msg)
    empty = raw["value"].str.strip() == ""
    cited = raw["source_url"].str.startswith("http")
    told = raw[~empty & cited]
    parts = told["district"].str.split(",", n=1).str
    table = pd.DataFrame(
        {
            "service": told["topic"].map(_SERVICES),
            "district": [_slug(name, city, sources) for name in parts[0]],
            "place": parts[1].fillna("").str.strip(),
            "metric": told["metric"],
            "value": pd.to_numeric(told["value"], errors="coerce"),
            "published": told["value"],
            "unit": told["unit"],
            "as_of": told["as_of"],
            "confidence": told["confidence"],
            "source": told["source_url"],
            "note": told["source_note"],
        }
    )
    order = ["service", "metric", "district", "as_of", "published"]
    notes = []
    if empty.any():
        which = [f"{row.district}: {row.metric}" for row in raw[empty].itertuples()]
        notes.append(f"{len(which)} figures searched for and not found are left out: {'; '.join(which)}")
    bare = raw[~empty & ~cited]
    if len(bare):
        which = [f"{row.district}: {row.metric}" for row in bare.itertuples()]
        notes.append(f"{len(which)} figures without an address are left out: {'; '.join(which)}")
    return table.sort_values(order, kind="stable").reset_index(drop=True), notes


def _slug(name: str, city: str, sources: Path) -> str:
    if name == _WHOLE_CITY:
        return city
    found = resolve_districts(f"{name} район")
    if len(found) != 1:
        msg = f"{sources / FACTS}: {name!r} is no district"
        raise InputError(msg)
    return found[0]
