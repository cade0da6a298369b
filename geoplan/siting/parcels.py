"""Parcels: the user's own plots of land as candidate sites, and what rules a candidate out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS

__all__ = ["inside_areas", "parcel_candidates", "too_near"]


def parcel_candidates(parcels: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, *, crs: CRS) -> pd.DataFrame:
    """Turn plots of land into candidate sites, a point inside each.

    Parameters
    ----------
    parcels
        Points, polygons or lines in any CRS; `id`, if there, names them, else their position.
    districts
        Indexed by slug, EPSG:4326.
    crs
        Metric CRS of the city.

    Returns
    -------
    pandas.DataFrame
        Index 0..K-1 in the order of `parcels`: parcel, lon, lat, district ("" outside the city: no candidate), persons (1:
        a plot is as likely as any other), and their `capacity` and `cost` where they state one, as they are.

    Raises
    ------
    InputError
        If a feature has no geometry or the CRS is not stated; the text names the first such feature.
    """
    if parcels.crs is None:
        msg = "parcels: no CRS stated; save the file with one (EPSG:4326, say)"
        raise InputError(msg)
    names = (parcels["id"] if "id" in parcels.columns else pd.Series(parcels.index)).astype(str).to_numpy()
    bad = (parcels.geometry.isna() | parcels.geometry.is_empty).to_numpy()
    if bad.any():
        msg = f"parcels: feature {names[np.flatnonzero(bad)[0]]} has no geometry"
        raise InputError(msg)
    # A centroid can fall outside a bent plot; this point cannot. Made on the plane, where shapes are not stretched.
    points = parcels.geometry.to_crs(crs).representative_point()
    areas = districts[["geometry"]].to_crs(crs)
    areas.index.name = "district"
    joined = gpd.sjoin(
        gpd.GeoDataFrame(geometry=points.reset_index(drop=True)), areas, predicate="within", how="left"
    )
    joined = joined[~joined.index.duplicated()].sort_index()
    degrees = points.to_crs("EPSG:4326")
    out = pd.DataFrame(
        {
            "parcel": names,
            "lon": degrees.x.round(6).to_numpy(),
            "lat": degrees.y.round(6).to_numpy(),
            "district": joined["district"].fillna("").to_numpy(dtype=object),
            "persons": 1.0,
        }
    )
    for column in ("capacity", "cost"):
        if column in parcels.columns:
            out[column] = parcels[column].to_numpy()
    return out


def too_near(
    candidates: pd.DataFrame, lon: ArrayLike, lat: ArrayLike, *, metres: float, crs: CRS
) -> NDArray[np.bool_]:
    """Tell which candidates lie nearer than so many metres, as the crow flies, to a facility that stands.

    Parameters
    ----------
    candidates
        Columns lon, lat.
    lon, lat
        Facilities, degrees; those without a place (NaN) rule out nothing.
    metres
        Least distance; a candidate at exactly this distance stays.
    crs
        Metric CRS.
    """
    places = np.column_stack([np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)])
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places) or metres <= 0:
        return np.zeros(len(candidates), dtype=bool)
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    tree = cKDTree(np.column_stack(to_metres.transform(places[:, 0], places[:, 1])))
    own = to_metres.transform(candidates["lon"].to_numpy(), candidates["lat"].to_numpy())
    off, _ = tree.query(np.column_stack(own))
    return off < metres


def inside_areas(candidates: pd.DataFrame, areas: gpd.GeoSeries, *, crs: CRS) -> NDArray[np.bool_]:
    """Tell which candidates lie in an area where nothing may stand, or on its edge.

    Parameters
    ----------
    candidates
        Columns lon, lat; of a parcel its point inside counts.
    areas
        Polygons, their CRS stated; an outline that crosses itself is mended.
    crs
        Metric CRS of the city.
    """
    # On the plane: an edge of a kilometre drawn in metres bends when only its ends are turned into degrees.
    plane = shapely.make_valid(areas.to_crs(crs).to_numpy())
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    own = to_metres.transform(candidates["lon"].to_numpy(), candidates["lat"].to_numpy())
    out = np.zeros(len(candidates), dtype=bool)
    out[shapely.STRtree(plane).query(shapely.points(*own), predicate="intersects")[0]] = True
    return out
