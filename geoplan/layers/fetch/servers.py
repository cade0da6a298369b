"""Which servers of OpenStreetMap are asked where a user names none."""

from __future__ import annotations

__all__ = ["NOMINATIM", "OVERPASS"]

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org"
