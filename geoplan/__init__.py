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
    import pandas as pd

    from geoplan import maps
    from geoplan.city import City, open_city
    from geoplan.roadmap import read_roadmap
    from geoplan.scenario import suggest_sites, timeline

__version__ = "0.1.0"
__all__ = ["City", "geocode", "maps", "open_city", "read_roadmap", "suggest_sites", "timeline"]

# Loaded when first asked for: `geoplan --help` must not wait for the geospatial stack.
_HOMES = {
    "City": "geoplan.city",
    "open_city": "geoplan.city",
    "read_roadmap": "geoplan.roadmap",
    "suggest_sites": "geoplan.scenario",
    "timeline": "geoplan.scenario",
}


def geocode(builds: pd.DataFrame, city: City) -> pd.DataFrame:
    """Place builds: the point of those with a stated place, and what already stands matched to its register row.

    Parameters
    ----------
    builds
        builds.csv columns as `read_roadmap` gives them.
    city
        An opened city.

    Returns
    -------
    pandas.DataFrame
        The same rows and index; lon, lat, precision, radius_m, alternatives, facility_id, standing and note filled.
    """
    from geoplan.layers.projects import place_builds

    return place_builds(builds, city.facilities, city.opened, places=city.places, districts=city.districts)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "maps":
        return import_module("geoplan.maps")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'geoplan' has no attribute {name!r}"
    raise AttributeError(msg)
