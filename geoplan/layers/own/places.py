"""A gazetteer for any city: its districts' streets, and the named places and addresses of an OSM file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from geoplan.geocode.addresses import known_addresses
from geoplan.layers.places import COLUMNS, arranged, street_places

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["own_places"]

# Radius of a place that OSM gives as a point alone: how far a neighbourhood or a named building reaches from it.
_MICRODISTRICT_M = 500.0
_LANDMARK_M = 200.0


def own_places(
    districts: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    features: Mapping[str, gpd.GeoDataFrame],
    *,
    source: str,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Build the gazetteer of a city from its streets and what an OSM file names.

    Parameters
    ----------
    districts, streets
        The layers of that name.
    features
        `places` and `addresses` as `geoplan.layers.osm.features.osm_features` gives them; empty without an OSM file.
    source
        Where they come from, for the column source.

    Returns
    -------
    tuple
        The layer places.parquet, and notes.

    Raises
    ------
    None
    """
    lines, notes = street_places(streets, districts, source=source)
    parts = [lines]
    if "places" in features:
        parts.append(_named(features["places"], districts, source))
    named = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs="EPSG:4326")
    if "addresses" in features and len(features["addresses"]):
        points = features["addresses"][["address", "geometry"]].reset_index(drop=True).assign(source=source)
        houses = known_addresses(points, places=named, districts=districts)
        notes.append(
            f"{len(houses)} known addresses of {len(points)}: the rest do not stand by the street of their own address"
        )
        named = gpd.GeoDataFrame(
            pd.concat([named, houses], ignore_index=True), geometry="geometry", crs="EPSG:4326"
        )
    places = arranged(named)
    counts = places["kind"].value_counts().sort_index()
    notes.insert(0, "places: " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    return places, notes


def _named(found: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, source: str) -> gpd.GeoDataFrame:
    found = found.reset_index(drop=True)
    joined = found[["geometry"]].sjoin(districts[["district", "geometry"]], predicate="intersects")
    slug = joined.sort_values("district")["district"].groupby(level=0).first()
    table = found.assign(district=slug.reindex(found.index).fillna(""), source=source)
    table = table[table["district"] != ""]
    plain = table["kind"].map({"microdistrict": _MICRODISTRICT_M, "landmark": _LANDMARK_M})
    table["radius_m"] = table["radius_m"].astype(float).fillna(plain)
    flat = shapely.force_2d(table.geometry.to_numpy())
    return gpd.GeoDataFrame(table[COLUMNS[:-1]], geometry=flat, crs="EPSG:4326")
