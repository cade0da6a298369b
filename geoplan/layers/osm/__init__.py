"""OpenStreetMap in all its wrappings: PBF and XML, Geofabrik's tables, graphs of osmnx."""

from geoplan.layers.osm.features import osm_features

__all__ = ["osm_features"]
