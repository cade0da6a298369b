"""Planned builds -> points: the places that the roadmap states, inside the districts that it states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError
from geoplan.geocode.texts import anywhere_in, geocode

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["geocode_builds"]

_NEEDED = ("place", "district", "lon", "lat", "precision", "radius_m", "alternatives", "status", "note")


def geocode_builds(
    builds: pd.DataFrame,
    *,
    places: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    border_tolerance_m: float | None = None,
) -> pd.DataFrame:
    """Fill the point, precision, radius and alternatives of the builds that state a place.

    Parameters
    ----------
    builds
        Table of builds: place, district (slug or ''), lon, lat, precision, radius_m, alternatives, status, note.
    places, districts, border_tolerance_m
        As for `geocode`.

    Returns
    -------
    pandas.DataFrame
        A copy on the same index. Builds without a place are as they were. A place that is not found, or is not
        found in the stated district, leaves the point empty, sets precision to `district` (`city` where no district
        is stated) and says so in the note; its status becomes `proposed`, since it will be given a proposed site.

    Raises
    ------
    InputError
        If a column is missing.
    """
    missing = [name for name in _NEEDED if name not in builds.columns]
    if missing:
        msg = f"builds lack columns: {', '.join(missing)}"
        raise InputError(msg)
    out = builds.copy()
    stated = out["place"].fillna("").astype(str).str.strip() != ""
    if not stated.any():
        return out
    asked = out.loc[stated]
    # A build stands anywhere in the place that the document names.
    found = anywhere_in(
        geocode(
            asked["place"].astype(str),
            places=places,
            districts=districts,
            district=asked["district"].fillna("").astype(str),
            border_tolerance_m=border_tolerance_m,
        )
    )
    for column in ("lon", "lat", "radius_m"):
        out[column] = out[column].astype(object).where(~stated, found[column].reindex(out.index))
        out[column] = out[column].replace("", np.nan).astype(float)
    placed = found["lon"].notna()
    # The district is known or it is not; without it a place not found is known to lie in the city, no better.
    fallback = found["district"].map(lambda slug: "district" if slug else "city")
    found["precision"] = found["precision"].where(placed, fallback)
    for column in ("precision", "alternatives"):
        out[column] = out[column].astype(object).where(~stated, found[column].reindex(out.index))
    out["district"] = out["district"].where(~stated | (out["district"] != ""), found["district"])
    lost = placed.index[~placed]
    out.loc[lost, "status"] = "proposed"
    said = ("место: " + found["how"]).where(placed, "место из документа не размещено: " + found["how"])
    notes = out["note"].fillna("").astype(str)
    joined = notes.where(notes == "", notes + "; ") + said.reindex(out.index).fillna("")
    out["note"] = notes.where(~stated, joined)
    return out
