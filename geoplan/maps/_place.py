"""Place: what the pages call the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoplan.city import City
    from geoplan.maps._languages import Languages, Words

__all__ = ["city_name"]


def city_name(city: City, texts: Languages) -> Words:
    """Return the city's name in every language: the layers' own, else its slug in plain letters."""
    plain = city.name.replace("-", " ").title()
    names = city.package.get("names") or {}
    return texts.each(lambda table: str(names.get(table.language) or plain))
