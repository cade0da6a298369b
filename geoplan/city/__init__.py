"""City: one city's layers, opened and verified; the only thing the rest asks for data."""

from __future__ import annotations

from geoplan.city.opened import City, known_cities, open_city

__all__ = ["City", "known_cities", "open_city"]
