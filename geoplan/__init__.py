"""geoplan: where will each build stand, whom does it bring within reach, and who is still left out?

import geoplan as gp
city = gp.open_city("almaty")
builds = gp.geocode(gp.read_roadmap("roadmap.txt").builds, city)
plan = gp.timeline(city, builds, service="ambulance")
plan.coverage(by="district"); plan.effects(); gp.maps.write([plan], "maps")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geoplan import geocode, maps
    from geoplan.city import City, open_city
    from geoplan.roadmap import read_roadmap
    from geoplan.scenario import suggest_sites, timeline

__version__ = "0.1.0"
__all__ = ["City", "geocode", "maps", "open_city", "read_roadmap", "suggest_sites", "timeline"]

# `geocode` and `maps` are the folders of that name; calling geocode(builds, city) places builds.
# Loaded when first asked for: `geoplan --help` must not wait for the geospatial stack.
_HOMES = {
    "City": "geoplan.city",
    "open_city": "geoplan.city",
    "read_roadmap": "geoplan.roadmap",
    "suggest_sites": "geoplan.scenario",
    "timeline": "geoplan.scenario",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in ("maps", "geocode"):
        return import_module(f"geoplan.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'geoplan' has no attribute {name!r}"
    raise AttributeError(msg)
