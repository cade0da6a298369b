"""What speaks for and against a register's points: their addresses, their neighbours in the file, other points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.geocode.addresses import compare_with_address
from geoplan.geocode.keys import street_key
from geoplan.layers.facilities._common import district_of_points, points_from
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FAR_M", "NEAR_M", "Evidence", "Witness", "gather"]

# A register point and an independent point of the same school agree within 100 m, and are off beyond 500 m
# (SOURCES.md: 124 of 196 register points against OSM, 38 beyond 500 m).
NEAR_M = 100.0
FAR_M = 500.0
# A register written district by district: the district of a row is told by the confirmed rows around it, where four
# in five of them agree. In the kindergarten register 96 % of confirmed points lie in the district told so.
_AROUND = 12
_MOST = 0.8


@dataclass(frozen=True)
class Witness:
    """Independent points beside a register, a value per row, NaN where there is none.

    Attributes
    ----------
    near_m
        Metres to the nearest independent point of the kind.
    stop_lon, stop_lat, stop_radius
        The stop named after this very facility, degrees and metres.
    """

    near_m: pd.Series
    stop_lon: pd.Series
    stop_lat: pd.Series
    stop_radius: pd.Series

    @classmethod
    def none(cls, index: pd.Index) -> Witness:
        """Return a witness that saw nothing."""
        empty = pd.Series(np.nan, index=index)
        return cls(empty, empty, empty, empty)


@dataclass(frozen=True)
class Evidence:
    """What is known about each point of a register, on its index.

    Attributes
    ----------
    own
        Register points, None where missing.
    inside
        Whether the point lies in the city.
    gap_m, kind
        Metres from the street or microdistrict of its own address, and which of the two.
    shared
        Whether rows of other addresses have the very same point: a geocoder's fallback.
    near_m
        Metres to the nearest independent point.
    stop_m
        Metres to the stop named after it.
    agrees
        Whether another house of the same street name stands near it: a street that the gazetteer lacks.
    block
        District told by the neighbours in the file, '' where they do not agree.
    off_block_m
        Metres from that district.
    """

    own: gpd.GeoSeries
    inside: pd.Series
    gap_m: pd.Series
    kind: pd.Series
    shared: pd.Series
    near_m: pd.Series
    stop_m: pd.Series
    agrees: pd.Series
    block: pd.Series
    off_block_m: pd.Series


def gather(
    register: pd.DataFrame,
    *,
    districts: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    limit_m: float,
    witness: Witness,
    in_blocks: bool,
) -> Evidence:
    """Compare a register with its addresses, itself and independent points.

    Raises
    ------
    InputError
        If the gazetteer lacks a column.
    """
    metric = metric_crs(districts)
    own = points_from(register["lon"], register["lat"])
    slugs = district_of_points(register["lon"], register["lat"], districts)
    inside = slugs != ""
    frame = gpd.GeoDataFrame({"address": register["address"]}, geometry=own)
    compared = compare_with_address(frame, places=places, districts=districts)
    shared = _shared(register, inside)
    confirmed = slugs.where((compared["gap_m"] <= NEAR_M) & ~shared, "")
    block = _blocks(confirmed) if in_blocks else pd.Series("", index=register.index)
    areas = districts.set_index("district").geometry.to_crs(metric)
    points = own.to_crs(metric)
    off = pd.Series(np.nan, index=register.index)
    for slug, area in areas.items():
        off = off.where(block != slug, points.distance(area))
    stops = points_from(witness.stop_lon, witness.stop_lat).to_crs(metric)
    return Evidence(
        own=own,
        inside=inside,
        gap_m=compared["gap_m"],
        kind=compared["kind"],
        shared=shared,
        near_m=witness.near_m,
        stop_m=points.distance(stops),
        agrees=_corroborated(register, points, inside & ~shared, limit_m),
        block=block,
        off_block_m=off,
    )


def _shared(register: pd.DataFrame, inside: pd.Series) -> pd.Series:
    points = register["lon"].round(6).astype(str) + " " + register["lat"].round(6).astype(str)
    addresses = register["address"].groupby(points).transform("nunique")
    return inside & (addresses > 1)


def _corroborated(
    register: pd.DataFrame, points: gpd.GeoSeries, usable: pd.Series, limit_m: float
) -> pd.Series:
    owner = register["address"].str.rsplit(",", n=1).str[0]
    streets = owner.map(lambda text: " ".join(street_key(text).stems))
    rows = gpd.GeoDataFrame({"street": streets, "address": register["address"]}, geometry=points)[usable]
    pairs = rows.sjoin(rows, predicate="dwithin", distance=limit_m, lsuffix="one", rsuffix="two")
    same = (pairs["street_one"] == pairs["street_two"]) & (pairs["address_one"] != pairs["address_two"])
    return pd.Series(register.index.isin(pairs.index[same]), index=register.index)


def _blocks(confirmed: pd.Series) -> pd.Series:
    """Return the district that the confirmed rows around each row agree on, '' where they do not."""
    known = pd.get_dummies(confirmed.where(confirmed != "")).astype(float).reset_index(drop=True)
    window = 2 * _AROUND + 1
    sums = known.rolling(window, center=True, min_periods=1).sum() - known
    total: NDArray[np.float64] = sums.sum(axis=1).to_numpy()
    best = sums.max(axis=1).to_numpy()
    sure = (total > 0) & (best >= _MOST * np.maximum(total, 1.0))
    return pd.Series(np.where(sure, sums.idxmax(axis=1), ""), index=confirmed.index)
