"""Facilities of any city, from a vector file, a table, or the features of an OSM file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.geocode import geocode
from geoplan.layers._checks import SERVICES
from geoplan.layers.facilities._common import COLUMNS, district_of_points, points_from
from geoplan.layers.own.vector import at_row, need_inside, numbers, read_own_rows, texts
from geoplan.metric import metric_crs
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.layers.own.mapping import FileSpec

__all__ = [
    "facilities_from",
    "facilities_of_osm",
    "facility_rows",
    "place_by_address",
    "read_own_facilities",
    "service_of",
]

# What files call the services; lower case, and the tags of OSM.
_WORDS = {
    "school": ("school", "школа", "мектеп", "сш", "гимназия", "лицей"),
    "kindergarten": ("kindergarten", "детский сад", "детсад", "балабақша", "ясли-сад", "ясли"),
    "polyclinic": (
        "polyclinic",
        "clinic",
        "doctors",
        "поликлиника",
        "емхана",
        "амбулатория",
        "врачебная амбулатория",
    ),
    "hospital": ("hospital", "больница", "аурухана"),
    "ambulance": ("ambulance", "ambulance_station", "скорая помощь", "скорая", "жедел жәрдем", "подстанция"),
}
_SERVICE = {word: service for service, words in _WORDS.items() for word in words}
_UNITS = {
    "school": "seats",
    "kindergarten": "seats",
    "polyclinic": "visits_per_shift",
    "hospital": "beds",
    "ambulance": "crews",
}
_NUMBERS = ("capacity", "radius_m", "emergency_admissions")
_DATE = re.compile(r"^(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?$")
# A point that a file states without a word on how well it is known: taken as the building.
_STATED_RADIUS_M = 50.0


def service_of(word: str, own: dict[str, str]) -> str:
    """Return the service that a word of a file means, '' if it means none; `own` words come first.

    Raises
    ------
    None
    """
    for known, service in own.items():
        if word.strip().lower() == known.strip().lower():
            return service
    return _SERVICE.get(word.strip().lower(), "")


def read_own_facilities(
    path: Path, spec: FileSpec, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read facilities from a vector file or a table.

    Parameters
    ----------
    path
        Points, polygons, or a table with lon and lat or address. Columns (or what the mapping calls them): service, and if
        known facility_id, name, address, capacity, capacity_unit, district, opens, closes, owner, source, note.
    spec
        Its mapping; `services` translates words of the file.
    districts, places
        The city's layers.

    Returns
    -------
    tuple
        The layer facilities.parquet, and notes. Rows outside the city, and of services that geoplan does not know, are left
        out and counted.

    Raises
    ------
    InputError
        If the file cannot be used, or a row holds what it must not; the text names the line or feature.
    """
    for word, service in spec.services.items():
        if service not in SERVICES:
            msg = f"mapping: facilities.services: {word} = {service!r} is no service; known: {', '.join(SERVICES)}"
            raise InputError(msg)
    frame = read_own_rows(path, spec, what="facilities", or_else=("address",))
    if "service" not in frame.columns:
        have = ", ".join(str(name) for name in frame.columns if name != "geometry")
        msg = f"{path}: column missing: service (name yours in the mapping: [facilities.columns] service = …); it has {have}"
        raise InputError(msg)
    words = texts(frame, "service")
    services = words.map(lambda word: service_of(word, spec.services))
    strange = words[services == ""]
    if len(strange) == len(words):
        msg = f"{path}: no row is of a service that geoplan knows; {at_row(path, words.index[0])} says {words.iloc[0]!r}"
        raise InputError(msg)
    notes = [f"{len(frame)} rows read from {path.name}"]
    if len(strange):
        counts = strange.value_counts().sort_index()
        told = ", ".join(f"{word!r} {count}" for word, count in counts.head(8).items())
        notes.append(f"{len(strange)} rows of services that geoplan does not know are left out: {told}")
    frame = frame[services != ""].assign(service=services[services != ""])
    placed = frame.geometry.notna()
    if placed.any():
        need_inside(
            path, frame.geometry[placed].representative_point(), districts, what="facilities", share=0.01
        )
    table, more = facilities_from(frame, path, districts, places, source=spec.source or path.name)
    return table, notes + more


def facilities_of_osm(
    found: gpd.GeoDataFrame, path: Path, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Make the facility layer from the features of an OSM file (`geoplan.layers.osm.features.osm_features`).

    Raises
    ------
    InputError
        If there is none in the city.
    """
    frame = found.reset_index(drop="osm_id" in found.columns)
    frame["facility_id"] = "osm-" + frame["osm_id"].astype(str)
    table, notes = facilities_from(frame, path, districts, places, source=f"OSM ({path.name})")
    if table.empty:
        msg = f"{path}: holds no school, kindergarten, clinic, hospital or ambulance station inside the districts"
        raise InputError(msg)
    counts = ", ".join(
        f"{count} {name}" for name, count in table["service"].value_counts().sort_index().items()
    )
    return table, [f"from the tags of OpenStreetMap: {counts}", *notes]


def facilities_from(
    frame: gpd.GeoDataFrame, path: Path, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, *, source: str
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Make the facility layer from rows whose service is known; those outside the city are left out.

    Raises
    ------
    InputError
        If a row holds what it must not.
    """
    table = facility_rows(frame, path, districts, source=source)
    placed = ~table.geometry.isna()
    off = placed & (table["_off_m"] > load_standards().geocode.border_tolerance.value)
    notes = [f"{int(off.sum())} facilities outside the districts are left out"] if off.any() else []
    table, more = place_by_address(table[~off], districts, places)
    unplaced = table.geometry.isna()
    if unplaced.any():
        notes.append(
            f"{int(unplaced.sum())} facilities have neither a point nor an address that could be placed"
        )
    table["facility_id"] = _ids(table, path)
    return _layer(table), notes + more


def facility_rows(
    frame: gpd.GeoDataFrame, path: Path, districts: gpd.GeoDataFrame, *, source: str
) -> gpd.GeoDataFrame:
    """Bring rows to the columns of the facility layer, on their own index; `_off_m` is how far off the city each lies.

    Raises
    ------
    InputError
        If a number, year or district is none; the text names the row.
    """
    out = pd.DataFrame(
        {name: texts(frame, name) for name in COLUMNS[:-1] if name not in _NUMBERS}, index=frame.index
    )
    for name in _NUMBERS:
        known = frame[name] if name in frame.columns else pd.Series("", index=frame.index, dtype=object)
        out[name] = numbers(path, known, name=name)
    for name in ("opens", "closes"):
        odd = (out[name] != "") & ~out[name].str.match(_DATE)
        if odd.any():
            row = odd.index[odd.to_numpy()][0]
            msg = f"{path}: {at_row(path, row)}: {name} {out.loc[row, name]!r} is no year or date such as 2024 or 2024-07"
            raise InputError(msg)
    unknown = (out["district"] != "") & ~out["district"].isin(districts["district"])
    if unknown.any():
        row = unknown.index[unknown.to_numpy()][0]
        known_ones = ", ".join(districts["district"])
        msg = (
            f"{path}: {at_row(path, row)}: unknown district {out.loc[row, 'district']!r}; known: {known_ones}"
        )
        raise InputError(msg)
    out["source"] = out["source"].where(out["source"] != "", source)
    unit = out["service"].map(_UNITS).fillna("")
    out["capacity_unit"] = out["capacity_unit"].where(
        (out["capacity_unit"] != "") | out["capacity"].isna(), unit
    )
    points = frame.geometry.representative_point().where(frame.geometry.notna(), None)
    placed = points.notna()
    lon = pd.Series(np.nan, index=frame.index).where(~placed, points.x)
    lat = pd.Series(np.nan, index=frame.index).where(~placed, points.y)
    points = points_from(lon, lat)
    inside = district_of_points(lon, lat, districts)
    out["district"] = out["district"].where(out["district"] != "", inside)
    metric = metric_crs(districts)
    whole = districts.geometry.to_crs(metric).union_all()
    away = pd.Series(np.nan, index=frame.index)
    away[placed] = shapely.distance(points[placed].to_crs(metric).to_numpy(), whole)
    out["_off_m"] = away
    out["precision"] = out["precision"].where(~placed | (out["precision"] != ""), "address")
    out["precision"] = out["precision"].where(placed, "none")
    out["radius_m"] = out["radius_m"].where(~placed | out["radius_m"].notna(), _STATED_RADIUS_M).where(placed)
    return gpd.GeoDataFrame(out, geometry=points, crs="EPSG:4326")


def place_by_address(
    table: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Place rows without a point by their address, where the gazetteer knows it well enough; and a note.

    Raises
    ------
    None
    """
    asked = table.geometry.isna() & (table["address"] != "")
    if not asked.any():
        return table.copy(), []
    limit = load_standards().geocode.place_radius_limit.value
    address = table.loc[asked, "address"]
    found = geocode(address, places=places, districts=districts, district=table.loc[asked, "district"])
    good = found["lon"].notna() & (found["radius_m"] <= limit)
    rows = good.index[good.to_numpy()]
    out = table.copy()
    points = points_from(found.loc[rows, "lon"], found.loc[rows, "lat"])
    out.loc[rows, "geometry"] = points
    for name in ("precision", "radius_m", "district"):
        out.loc[rows, name] = found.loc[rows, name]
    out.loc[rows, "note"] = _joined(out.loc[rows, "note"], "placed by its address")
    left = int(asked.sum()) - len(rows)
    return out, [
        f"{len(rows)} of {int(asked.sum())} facilities without a point placed by their address, {left} not"
    ]


def _joined(notes: pd.Series, more: str) -> pd.Series:
    return notes.where(notes == "", notes + "; ") + more


def _ids(table: gpd.GeoDataFrame, path: Path) -> pd.Series:
    ids = table["facility_id"]
    twice = ids[(ids != "") & ids.duplicated()]
    if len(twice):
        msg = f"{path}: {at_row(path, twice.index[0])}: facility_id {twice.iloc[0]!r} is there twice"
        raise InputError(msg)
    number = table.groupby("service").cumcount() + 1
    made = table["service"] + "-" + number.astype(str).str.zfill(3)
    out = ids.where(ids != "", made)
    clash = out[out.duplicated()]
    if len(clash):
        msg = f"{path}: {at_row(path, clash.index[0])}: facility_id {clash.iloc[0]!r} is taken; give every row one, or none"
        raise InputError(msg)
    return out


def _layer(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    order = table.sort_values(["service", "facility_id"], kind="stable", ignore_index=True)
    return gpd.GeoDataFrame(order[COLUMNS], geometry="geometry", crs="EPSG:4326")
