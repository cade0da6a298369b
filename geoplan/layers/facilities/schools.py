"""State schools: the city's register, judged by OSM school points and bus stops named after schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.layers._sources import read_source_table, read_source_vector, source_file
from geoplan.layers.facilities._common import (
    district_of_points,
    numbered,
    points_from,
    stated_district,
    table_of,
)
from geoplan.layers.facilities._evidence import FAR_M, Witness
from geoplan.layers.facilities._register import list_disagreements, settle
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_schools"]

REGISTER = "facilities/schools_public_open-almaty.psv"
OSM = "facts/osm_school_points_2026-06.csv"
STOPS = "gazetteer/bus_stops_2023.geojson"
_STOP_NAME = (
    r"(?i)(?:^|/\s*)(?:средняя\s+|специализированная\s+)?((?:школа|гимназия|лицей)(?:-[а-я]+)?)\s*№\s*(\d+)"
)
# A stop named after a house stands within 200 m of it (facts/polyclinics.csv, confidence of its bus stop rows).
_STOP_M = 200.0


def read_schools(
    sources: Path, *, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, limit_m: float
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the state schools.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, places
        The city's districts and gazetteer.
    limit_m
        Radius in metres beyond which a school is not placed.

    Returns
    -------
    tuple
        Table with the columns of facilities.parquet, in the order of the register; and notes. The register gives
        no capacities.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    path = source_file(sources, REGISTER)
    raw = pd.read_csv(path, sep="|", dtype=str, keep_default_na=False)
    missing = {"name", "type", "district", "address", "lat", "lon"} - set(raw.columns)
    if missing:
        msg = f"{path}: column missing: {', '.join(sorted(missing))}"
        raise InputError(msg)
    register = pd.DataFrame(
        {
            "name": raw["name"],
            "address": raw["address"],
            "stated": stated_district(raw["district"] + " район"),
            "lon": pd.to_numeric(raw["lon"]),
            "lat": pd.to_numeric(raw["lat"]),
        }
    )
    witness = _witness(sources, raw, register, districts)
    settled, notes = settle(register, districts=districts, places=places, limit_m=limit_m, witness=witness)
    # The register has no date: no `opens`. One school of it is known to have opened later (see standing).
    settled = settled.assign(
        facility_id=numbered("school", len(settled)), capacity_unit="seats", owner="state", source=REGISTER
    )
    notes = [*notes, *list_disagreements(settled)]
    return table_of(settled, service="school"), [f"schools: {note}" for note in notes]


def _witness(
    sources: Path, raw: pd.DataFrame, register: pd.DataFrame, districts: gpd.GeoDataFrame
) -> Witness:
    metric = metric_crs(districts)
    osm = read_source_table(sources, OSM, columns=["lat", "lon"])
    points = points_from(osm["lon"], osm["lat"]).to_crs(metric)
    own = gpd.GeoDataFrame(geometry=points_from(register["lon"], register["lat"])).to_crs(metric)
    known = own.dropna(subset="geometry")
    near = (
        known.sjoin_nearest(gpd.GeoDataFrame(geometry=points), distance_col="gap")["gap"]
        .groupby(level=0)
        .min()
    )

    stops = _stops(sources, districts)
    # Boarding and special schools have numbers of their own: only "Школа-интернат № 9" speaks of them.
    boarding = raw["name"].str.contains("интернат", case=False)
    number = raw["name"].str.extract(r"№\s*(\d+)")[0]
    key = number.where(~boarding, "интернат " + number.fillna("")).fillna("")
    found = stops.reindex(key).set_index(register.index)
    return Witness(near.reindex(register.index), found["lon"], found["lat"], found["radius"])


def _stops(sources: Path, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return by school number the mean point of the stops named after it, where all of them lie near each other."""
    metric = metric_crs(districts)
    stops = read_source_vector(sources, STOPS, columns=["stop_name"])
    parts = stops["stop_name"].fillna("").str.extract(_STOP_NAME)
    named = stops.assign(kind=parts[0].str.lower(), number=parts[1])
    inside = district_of_points(stops.geometry.x, stops.geometry.y, districts) != ""
    named = named[named["number"].notna() & inside].to_crs(metric)
    named["key"] = np.where(
        named["kind"].str.contains("интернат"), "интернат " + named["number"], named["number"]
    )
    named = named.assign(x=named.geometry.x, y=named.geometry.y)
    means = named.groupby("key")[["x", "y"]].transform("mean")
    named["spread"] = np.hypot(named["x"] - means["x"], named["y"] - means["y"])
    table = named.groupby("key").agg(x=("x", "mean"), y=("y", "mean"), spread=("spread", "max"))
    # Two stops of one number far apart would be two schools, or a mistake: neither is used.
    table = table[table["spread"] <= FAR_M]
    lonlat = gpd.GeoSeries(gpd.points_from_xy(table["x"], table["y"]), index=table.index, crs=metric).to_crs(
        4326
    )
    radius = np.maximum(table["spread"], _STOP_M)
    return pd.DataFrame(
        {"lon": lonlat.x.round(6), "lat": lonlat.y.round(6), "radius": radius}, index=table.index
    )
