"""Network: street graph per travel mode and the times on it. Knows no people and no services."""

from geoplan.network.graph import Network, build_network
from geoplan.network.isochrone import isochrones
from geoplan.network.snap import Snap, snap
from geoplan.network.times import nearest, rows

__all__ = ["Network", "Snap", "build_network", "isochrones", "nearest", "rows", "snap"]
