"""People: whose count the figures rest on - an official one with its year, or an estimate - and that it stays the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from geoplan.city import City
    from geoplan.maps._languages import Languages, Words

__all__ = ["people_note"]


def people_note(city: City, cells: pd.DataFrame, texts: Languages, *, planned: bool) -> Words:
    """Return where the number of people comes from and, where a plan runs over years, that it does not change with them.

    Parameters
    ----------
    cells
        The city's cells with `persons`: their sum is what every share is a share of.

    Raises
    ------
    InputError
        If the text table lacks a text.
    """
    persons = float(cells["persons"].sum())
    kind, year = _official(city, persons)
    parts = [texts(f"people.{kind}", persons=texts.count(persons), year=texts.plain(year))]
    if planned:
        parts.append(texts("people.same_years"))
    return texts.join(" ", parts)


def _official(city: City, persons: float) -> tuple[str, str]:
    """Whether the cells add up to an official figure, the city's or its districts' together, and the latest year of one."""
    table = city.population
    table = table[(table["group"] == "total") & (table["basis"] == "official")]
    whole = table["district"] == city.name
    years = []
    for rows in (table[whole], table[~whole]):
        sums = rows.groupby("year", dropna=False)["persons"].sum()
        # Cells hold whole persons; a district's rounding may move one.
        near = (sums - persons).abs() <= len(city.districts)
        years += ["" if pd.isna(year) else str(year) for year in sums.index[near]]
    if not years:
        return "estimate", ""
    return ("official" if max(years) else "undated"), max(years)
