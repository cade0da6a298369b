"""Where is it? Addresses and names of places -> point, district and an honest precision."""

from __future__ import annotations

from geoplan.geocode.builds import geocode_builds
from geoplan.geocode.districts import resolve_districts
from geoplan.geocode.texts import ACCEPT, geocode

__all__ = ["ACCEPT", "geocode", "geocode_builds", "resolve_districts"]
