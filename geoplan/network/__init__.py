"""Network: street graph per travel mode and the times on it. Knows no people and no services."""

from geoplan.network.graph import Network, build_network
from geoplan.network.interop import to_networkx
from geoplan.network.isochrone import isochrones
from geoplan.network.ranks import nearest_k
from geoplan.network.snap import Snap, snap
from geoplan.network.times import nearest, rows
from geoplan.network.ways import measured_rows, routes

__all__ = [
    "Network",
    "Snap",
    "build_network",
    "isochrones",
    "measured_rows",
    "nearest",
    "nearest_k",
    "routes",
    "rows",
    "snap",
    "to_networkx",
]
