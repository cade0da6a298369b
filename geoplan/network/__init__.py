"""Network: street graph per travel mode and the times on it. Knows no people and no services."""

from geoplan.network.change import Standing, standing
from geoplan.network.graph import TIMES_OF_DAY, Network, build_network
from geoplan.network.interop import to_networkx
from geoplan.network.isochrone import isochrones
from geoplan.network.ranks import measured_nearest_k, nearest_k
from geoplan.network.snap import Snap, snap
from geoplan.network.times import nearest, rows
from geoplan.network.ways import measured_rows, routes

__all__ = [
    "TIMES_OF_DAY",
    "Network",
    "Snap",
    "Standing",
    "build_network",
    "isochrones",
    "measured_nearest_k",
    "measured_rows",
    "nearest",
    "nearest_k",
    "routes",
    "rows",
    "snap",
    "standing",
    "to_networkx",
]
