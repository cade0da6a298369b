"""Houses of 2012: street or microdistrict, and number, as the OSM extract of that year has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from geoplan.layers._sources import read_source_layer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["OLD", "OLD_OSM", "read_old_houses"]

OLD_OSM = "roads/osm_2012-03_almaty.osm.pbf"
OLD = "OSM 2012"
_TAG = r'"{}"=>"((?:[^"\\]|\\.)*)"'


def read_old_houses(sources: Path) -> gpd.GeoDataFrame:
    """Read the houses with street and number of the OSM extract of 2012: address, source, geometry (EPSG:4326).

    Raises
    ------
    InputError
        If the file is missing or cannot be read.
    """
    layers = ("points", "multipolygons")
    houses = pd.concat(
        [read_source_layer(sources, OLD_OSM, layer=layer, columns=["other_tags"]) for layer in layers],
        ignore_index=True,
    )
    tags = houses["other_tags"].fillna("")
    street = tags.str.extract(_TAG.format("addr:street"))[0]
    number = tags.str.extract(_TAG.format("addr:housenumber"))[0]
    good = street.notna() & number.notna() & houses.geometry.notna()
    houses = houses[good]
    points = shapely.centroid(houses.geometry.to_numpy())
    address = (street[good].str.replace(r"(?i)мкн", "мкр", regex=True) + ", " + number[good]).to_numpy()
    return gpd.GeoDataFrame({"address": address, "source": OLD}, geometry=points, crs="EPSG:4326")
