"""Existing facilities of every service, placed or not, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geoplan.layers.facilities._common import COLUMNS
from geoplan.layers.facilities.ambulance import read_ambulance
from geoplan.layers.facilities.hospitals import read_hospitals
from geoplan.layers.facilities.kindergartens import read_kindergartens
from geoplan.layers.facilities.polyclinics import read_polyclinics
from geoplan.layers.facilities.schools import read_schools
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "read_facilities"]


def read_facilities(
    sources: Path,
    districts: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *,
    radius_limit_m: float | None = None,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the existing schools, kindergartens, polyclinics, hospitals and ambulance substations.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, places
        The city's districts and gazetteer, EPSG:4326.
    radius_limit_m
        Radius in metres beyond which a school, kindergarten or polyclinic is not placed;
        `geocode.place_radius_limit` of the standards by default.

    Returns
    -------
    tuple
        The table of facilities.parquet (see `COLUMNS`) in EPSG:4326, every row of every source, geometry None where
        unplaced; and notes, a line for each thing dropped, mended or doubted.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    if radius_limit_m is None:
        radius_limit_m = load_standards().geocode.place_radius_limit.value
    tables, notes = [], []
    for table, more in (
        read_schools(sources, districts=districts, places=places, limit_m=radius_limit_m),
        read_kindergartens(sources, districts=districts, places=places, limit_m=radius_limit_m),
        read_polyclinics(sources, districts=districts, places=places, limit_m=radius_limit_m),
        read_hospitals(sources, districts=districts, places=places, limit_m=radius_limit_m),
        read_ambulance(sources, districts=districts, places=places),
    ):
        tables.append(table)
        notes += more
    joined = pd.concat(tables, ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs="EPSG:4326"), notes
