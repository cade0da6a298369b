"""Overlay: a user's own list of facilities laid over a city's, without building layers again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.layers.facilities._common import COLUMNS
from geoplan.layers.own.facilities import facility_rows, place_by_address, service_of
from geoplan.layers.own.mapping import FileSpec
from geoplan.layers.own.vector import at_row, read_own_rows, texts
from geoplan.layers.swapped import swapped
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["overlay_facilities"]

ACTIONS = ("add", "replace", "remove")
_NUMBERS = ("capacity", "radius_m", "emergency_admissions")


def overlay_facilities(
    facilities: gpd.GeoDataFrame, path: Path, *, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Add, replace and remove facilities by a user's list.

    Parameters
    ----------
    facilities
        The city's layer.
    path
        A table (columns action, facility_id, service, name, lon, lat, address, capacity, capacity_unit, district, opens,
        closes, owner, note; any may be left out) or a vector file with such columns. `action` is add, replace or remove;
        empty it means replace where the city has the facility_id, else add. A row to add needs a service, and a point or an
        address; one to replace gives what changes, empty cells keep what stands; one to remove needs its facility_id alone.
    districts, places
        The city's layers; `districts` with its column `district`.

    Returns
    -------
    tuple
        The facilities with the list laid over them, and a note on each kind of change.

    Raises
    ------
    InputError
        If a row cannot be used; the text names its line, the cause, and how many more there are.
    """
    path = Path(path)
    frame = read_own_rows(path, FileSpec(), what="facilities", or_else=("address", "facility_id"))
    rows = pd.DataFrame(
        {name: texts(frame, name) for name in ("action", "facility_id", "service", "address")}
    )
    known = rows["facility_id"].isin(facilities["facility_id"]) & (rows["facility_id"] != "")
    action = rows["action"].str.lower()
    action = action.where(action != "", known.map({True: "replace", False: "add"}))
    service = rows["service"].map(lambda word: service_of(word, {}))
    placed = frame.geometry.notna()
    ids = rows["facility_id"]
    faults: list[tuple[pd.Series, Callable[[Any], str]]] = [
        (
            ~action.isin(ACTIONS),
            lambda row: f"action {rows.loc[row, 'action']!r} is none of {', '.join(ACTIONS)}",
        ),
        ((action != "add") & ~known, lambda row: f"the city has no facility {ids[row]!r} to {action[row]}"),
        (
            (action == "add") & known,
            lambda row: f"facility {ids[row]!r} is there already; replace it, or give another id",
        ),
        ((ids != "") & ids.duplicated(), lambda row: f"facility_id {ids[row]!r} stands in the list twice"),
        (
            (rows["service"] != "") & (service == ""),
            lambda row: f"unknown service {rows.loc[row, 'service']!r}",
        ),
        ((action == "add") & (rows["service"] == ""), lambda _: "a facility to add needs a service"),
        (
            (action == "add") & ~placed & (rows["address"] == ""),
            lambda _: "a facility to add needs lon and lat, or an address",
        ),
    ]
    _refuse(path, faults)
    frame = frame.assign(service=service)
    changed = frame[action != "remove"]
    table = facility_rows(changed, path, districts, source=path.name)
    off = table["_off_m"] > load_standards().geocode.border_tolerance.value
    lon, lat = table.geometry.x, table.geometry.y
    turned = off & swapped(lon.to_numpy(), lat.to_numpy(), districts)
    _refuse(
        path,
        [
            (turned, lambda row: f"longitude {lon[row]:g} and latitude {lat[row]:g} are swapped"),
            (off, lambda row: f"lies {table.loc[row, '_off_m']:,.0f} m outside the city's districts"),
        ],
    )
    moved = (action[changed.index] == "add") | (rows.loc[changed.index, "address"] != "")
    asked, _ = place_by_address(table[moved], districts, places)
    lost = asked.geometry.isna()
    _refuse(
        path,
        [
            (
                lost,
                lambda row: (
                    f"address {asked.loc[row, 'address']!r} is not found in the gazetteer; give lon and lat"
                ),
            )
        ],
    )
    table.loc[asked.index] = asked
    out = _merged(facilities, table, action, ids)
    counts = action.value_counts()
    told = {"add": "added", "replace": "replaced", "remove": "removed"}
    notes = [
        f"{path.name}: "
        + ", ".join(f"{int(counts.get(name, 0))} facilities {word}" for name, word in told.items())
    ]
    return out, notes


def _refuse(path: Path, faults: list[tuple[pd.Series, Callable[[Any], str]]]) -> None:
    """Raise with the first bad line of all faults, its cause, and how many more lines are bad."""
    bad: dict[Any, str] = {}
    for mask, cause in faults:
        for row in mask.index[mask.to_numpy(dtype=bool)]:
            bad.setdefault(row, cause(row))
    if bad:
        first = min(bad, key=lambda row: int(str(row)))
        more = f" (and {len(bad) - 1} more bad rows)" if len(bad) > 1 else ""
        msg = f"{path}: {at_row(path, first)}: {bad[first]}{more}"
        raise InputError(msg)


def _merged(
    facilities: gpd.GeoDataFrame, table: gpd.GeoDataFrame, action: pd.Series, ids: pd.Series
) -> gpd.GeoDataFrame:
    kept = facilities[~facilities["facility_id"].isin(ids[action == "remove"])].copy()
    replaced = table[action[table.index] == "replace"]
    position = pd.Series(kept.index, index=kept["facility_id"])
    for row in replaced.index:
        at = position[replaced.loc[row, "facility_id"]]
        own = replaced.loc[row]
        fresh_place = own["geometry"] is not None
        for name in COLUMNS[:-1]:
            value = own[name]
            blank = bool(np.isnan(value)) if name in _NUMBERS else value == ""
            place = name in {"precision", "radius_m", "district"}
            if blank or name == "facility_id" or (place and not fresh_place and name != "district"):
                continue
            kept.loc[at, name] = value
        if fresh_place:
            kept.loc[at, "geometry"] = own["geometry"]
            kept.loc[at, "alternatives"] = ""
    added = table[action[table.index] == "add"].copy()
    taken = set(facilities["facility_id"]) | set(ids)
    numbers = iter(range(1, len(added) + len(taken) + 1))
    fresh = []
    for own_id in added["facility_id"]:
        name = str(own_id) or next(f"own-{k:03d}" for k in numbers if f"own-{k:03d}" not in taken)
        fresh.append(name)
    added["facility_id"] = fresh
    joined = pd.concat([kept[COLUMNS], added[COLUMNS]], ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs="EPSG:4326")
