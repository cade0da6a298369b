"""What the readers of all services share: the table's columns, points in districts, stated districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.geocode import resolve_districts

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "COLUMNS",
    "add_note",
    "district_of_points",
    "numbered",
    "points_from",
    "stated_district",
    "table_of",
]

COLUMNS = [
    *(
        "facility_id",
        "service",
        "name",
        "address",
        "capacity",
        "capacity_unit",
        "opens",
        "closes",
        "district",
    ),
    *("precision", "radius_m", "source", "owner", "emergency_admissions", "alternatives", "note", "geometry"),
]
_NUMBERS = ("capacity", "radius_m", "emergency_admissions")
_DECIMALS = 6


def table_of(rows: pd.DataFrame, *, service: str) -> gpd.GeoDataFrame:
    """Give rows the columns of facilities.parquet: text '' and numbers NaN where a reader knows nothing.

    Parameters
    ----------
    rows
        Columns of the layer that the reader fills, with lon and lat (degrees, NaN where unplaced).
    service
        school, kindergarten, polyclinic, hospital or ambulance.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of the layer in their order, EPSG:4326, on a new index; geometry None where unplaced.

    Raises
    ------
    None
    """
    out = rows.reset_index(drop=True).assign(service=service)
    points = points_from(out["lon"], out["lat"])
    for column in COLUMNS[:-1]:
        default: object = np.nan if column in _NUMBERS else ""
        values = out[column] if column in out else pd.Series(default, index=out.index)
        out[column] = values.astype(float) if column in _NUMBERS else values.fillna("").astype(str)
    out["radius_m"] = out["radius_m"].round()
    return gpd.GeoDataFrame(out[COLUMNS[:-1]], geometry=points)[COLUMNS]


def points_from(lon: pd.Series, lat: pd.Series) -> gpd.GeoSeries:
    """Return points in EPSG:4326 rounded to 6 decimals, None where a coordinate is missing."""
    x, y = lon.astype(float).round(_DECIMALS), lat.astype(float).round(_DECIMALS)
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=lon.index, crs="EPSG:4326")
    return points.where(x.notna() & y.notna(), None)


def district_of_points(lon: pd.Series, lat: pd.Series, districts: gpd.GeoDataFrame) -> pd.Series:
    """Return the slug of the district that each point lies in, '' outside the city or without a point."""
    points = gpd.GeoDataFrame(geometry=points_from(lon, lat))
    joined = points.dropna(subset="geometry").sjoin(
        districts[["district", "geometry"]], predicate="intersects"
    )
    first = joined.sort_values("district")["district"].groupby(level=0).first()
    return first.reindex(lon.index).fillna("").rename("district")


def stated_district(texts: Iterable[str]) -> list[str]:
    """Return the one district that each text names, '' where it names none or several."""
    found = [resolve_districts(text) for text in texts]
    return [slugs[0] if len(slugs) == 1 else "" for slugs in found]


def numbered(prefix: str, count: int) -> list[str]:
    """Return `count` identifiers in source order: school-001, school-002, …"""
    return [f"{prefix}-{number:03d}" for number in range(1, count + 1)]


def add_note(notes: pd.Series, mask: pd.Series, text: str | pd.Series) -> pd.Series:
    """Return notes with `text` appended where `mask` is true."""
    more = text if isinstance(text, pd.Series) else pd.Series(text, index=notes.index)
    joined = notes.where(notes == "", notes + "; ") + more
    return notes.where(~mask, joined)
