"""Hospitals and polyclinics by name, where no bus stop is named after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geoplan.geocode.keys import landmark_key
from geoplan.layers._sources import read_source_table
from geoplan.layers.facilities.polyclinics import claimed_precision

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_clinics"]

HOSPITALS = "facts/hospital_addresses.csv"
POLYCLINICS = "facts/polyclinics.csv"
# Points of whole buildings and of the stops before them; rougher ones name no place.
_HOSPITAL_M = 200.0
_LEAST_M, _MOST_M = 100.0, 500.0
_LONG_NAMES = {
    "БСНП": "Больница скорой неотложной помощи",
    "ЦГКБ": "Центральная городская клиническая больница",
}


def read_clinics(
    sources: Path, landmarks: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the hospitals and polyclinics that the landmarks lack.

    Parameters
    ----------
    sources
        Folder of source files.
    landmarks
        Landmarks of the gazetteer: name, aliases.
    districts
        district, geometry (EPSG:4326).

    Returns
    -------
    tuple
        Rows of the gazetteer, kind `landmark`; and notes. Polyclinics only where their source claims 500 m or better.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    hospitals = read_source_table(sources, HOSPITALS, columns=["name", "lat", "lon"]).assign(
        radius_m=_HOSPITAL_M
    )
    clinics = read_source_table(
        sources, POLYCLINICS, columns=["name", "lat", "lon", "precision", "coord_confidence"]
    )
    claims = zip(clinics["precision"], clinics["coord_confidence"], strict=True)
    clinics = clinics.assign(radius_m=[max(claimed_precision(*claim)[1], _LEAST_M) for claim in claims])
    clinics = clinics[clinics["name"].str.contains("№") & (clinics["radius_m"] <= _MOST_M)]
    both = pd.concat([hospitals, clinics], ignore_index=True)
    both = both[(both["lat"] != "") & (both["lon"] != "")]
    known = {landmark_key(name) for name in landmarks["name"]}
    both = both[[landmark_key(name) not in known for name in both["name"]]]
    points = gpd.points_from_xy(both["lon"].astype(float), both["lat"].astype(float), crs="EPSG:4326")
    rows = gpd.GeoDataFrame(
        {
            "name": both["name"].to_numpy(),
            "kind": "landmark",
            "aliases": both["name"].map(_LONG_NAMES).fillna("").to_numpy(),
            "radius_m": both["radius_m"].to_numpy(),
            "source": "больницы и поликлиники",
        },
        geometry=points,
    )
    inside = rows.sjoin(districts[["district", "geometry"]], predicate="within").drop(columns="index_right")
    return inside, [
        f"{len(inside)} hospitals and polyclinics without a bus stop of their name are landmarks too"
    ]
