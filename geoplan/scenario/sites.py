"""Sites: the existing facilities and the builds of one service, each with its place, its years and what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.layers.standing import replaced_facility

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["existing_sites", "planned_sites"]

_NO_SITE = ("annex", "renovation")


def existing_sites(facilities: gpd.GeoDataFrame, service: str, *, drawn: bool) -> pd.DataFrame:
    """Return the existing facilities of a service, placed or not.

    Parameters
    ----------
    facilities
        The facilities layer.
    service
        One service.
    drawn
        Whether facilities without a place enter as seeded draws (ambulance) or are only counted.

    Returns
    -------
    pandas.DataFrame
        Index 0..F-1: facility_id, service, name, address, district, lon, lat (NaN: no place), precision, radius_m, opens
        and closes (year, 0: not known), owner, source, note, alternatives, placed and drawn (bool).
    """
    rows = facilities[facilities["service"] == service].reset_index(drop=True)
    point = rows.geometry
    placed = ~(point.isna() | point.is_empty)
    out = pd.DataFrame(
        {
            name: rows[name].fillna("").astype(str)
            for name in (
                "facility_id",
                "service",
                "name",
                "address",
                "district",
                "precision",
                "owner",
                "source",
                "note",
            )
        }
    )
    out["alternatives"] = rows["alternatives"].fillna("").astype(str)
    out["lon"] = np.where(placed, point.x, np.nan)
    out["lat"] = np.where(placed, point.y, np.nan)
    out["radius_m"] = rows["radius_m"].astype(float)
    out["opens"] = _year(rows["opens"])
    out["closes"] = _year(rows["closes"])
    out["placed"] = placed.to_numpy()
    out["drawn"] = ~placed.to_numpy() & drawn
    return out


def planned_sites(builds: pd.DataFrame, existing: pd.DataFrame, service: str) -> pd.DataFrame:
    """Return the builds of a service with the place each has before anything is proposed.

    Returns
    -------
    pandas.DataFrame
        builds.csv columns, index 0..B-1, and: site_status (`stated` in the document, `register`: already stands and is known
        from a register or report, `proposed`: to be proposed, `none`: annexes and renovations stand nowhere new),
        site_lon, site_lat, site_radius_m, replaced and register (position in `existing`, -1: none).

    Notes
    -----
    An annex adds capacity to a building that stands and a renovation adds no site: neither gets a proposed point.
    """
    out = builds[builds["service"] == service].reset_index(drop=True).copy()
    position = pd.Series(existing.index, index=existing["facility_id"])
    known = position[~position.index.duplicated()]
    out["replaced"] = replaced_facility(out, existing).map(known).fillna(-1).astype(int).to_numpy()
    out["register"] = out["facility_id"].fillna("").map(known).fillna(-1).astype(int).to_numpy()
    in_register = (out["register"] >= 0) & existing["placed"].reindex(out["register"]).eq(True).to_numpy()
    own_lon, own_lat = out["lon"].astype(float), out["lat"].astype(float)
    has_point = own_lon.notna() & own_lat.notna()
    register = existing.reindex(out["register"])
    out["site_lon"] = np.where(in_register, register["lon"], own_lon)
    out["site_lat"] = np.where(in_register, register["lat"], own_lat)
    out["site_radius_m"] = np.where(in_register, register["radius_m"], out["radius_m"].astype(float))
    no_site = out["action"].isin(_NO_SITE)
    stated = has_point & (out["place"].fillna("") != "")
    out["site_status"] = np.select(
        [no_site, stated, in_register | has_point], ["none", "stated", "register"], "proposed"
    )
    out.loc[out["site_status"].isin(["none", "proposed"]), ["site_lon", "site_lat", "site_radius_m"]] = np.nan
    return out


def _year(text: pd.Series) -> pd.Series:
    """Year of a date such as 2024 or 2024-07; 0 where it is not known."""
    year = text.fillna("").astype(str).str.extract(r"^(\d{4})", expand=False)
    return pd.to_numeric(year).fillna(0).astype(int)
