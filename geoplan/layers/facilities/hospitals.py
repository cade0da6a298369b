"""Hospitals: those with emergency visits and those with beds, joined where they are one organisation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.geocode.addresses import compare_with_address
from geoplan.layers._sources import read_source_table, read_source_vector
from geoplan.layers.facilities._common import (
    add_note,
    district_of_points,
    numbered,
    stated_district,
    table_of,
)
from geoplan.layers.facilities._evidence import FAR_M
from geoplan.layers.facilities._register import list_disagreements
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    import shapely

__all__ = ["read_hospitals"]

EMERGENCY = "facilities/hospitals_almaty_health.geojson"
BEDS = "facilities/hospitals_beds_almaty_health.geojson"
ADDRESSES = "facts/hospital_addresses.csv"
STOPS = "facilities/health_named_bus_stops_2023.csv"
_DEPLOYED = "Number_of_ beds_actually_deployed_closed"
# An address that both files give to many different hospitals: the health department's own, not theirs.
_OFFICE = "Аль-Фараби, 71/21"
# Points of one organisation in the two files lie within 120 m of each other, or bear one address.
_SAME_M = 120.0
# A hospital farther than this from the bus stop named after it has the wrong point.
_STOP_FAR_M = 1000.0
_POINT_M = 100.0
# Names of hospital_addresses.csv and the words by which the beds file calls them.
_KNOWN = {
    "ГКБ №4": r"городская клиническая больница №4\b",
    "ГКБ №5": r"городская клиническая больница №5\b",
    "ГКБ №7": r"городская клиническая больница №7\b",
    "ЦГКБ": r"центральная городская клиническая больница",
    "БСНП": r"больница скорой неотложной помощи",
}
_CITY_HOSPITAL = re.compile(r"городская клиническая больница\"? ?№\s*(\d+)", re.IGNORECASE)


def read_hospitals(
    sources: Path, *, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, limit_m: float
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the hospitals.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, places
        The city's districts and gazetteer.
    limit_m
        Metres by which the point of a row without a name may stand off its own address.

    Returns
    -------
    tuple
        Table with the columns of facilities.parquet: first the hospitals with beds in the order of their file, then
        those with emergency visits alone; capacity in beds, `emergency_admissions` in admissions of the source's
        period, NaN where not known. And notes.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.

    Notes
    -----
    Points and addresses of hospital_addresses.csv override both files. A numbered city hospital that stands over
    1 km from the bus stop of its number takes the point of the emergency row by that stop.
    """
    metric = metric_crs(districts)
    beds = read_source_vector(
        sources, BEDS, columns=["medical_organization", "found_address_2gis", _DEPLOYED]
    )
    visits = read_source_vector(
        sources, EMERGENCY, columns=["medical_organization_id", "hospitalized_emerg", "address", "district"]
    )
    beds, visits = beds.to_crs(metric), visits.to_crs(metric)
    moved = _mend_by_stops(sources, beds, visits, metric)
    known = _known_points(sources, metric)
    taken = {near for near, _ in moved.values() if near is not None}
    numbers = beds["medical_organization"].map(_number)
    pairs = _pairs(beds[~numbers.isin(moved)], visits[~visits.index.isin(taken)])
    pairs |= {
        at: near
        for at, number in numbers.items()
        if number in moved and (near := moved[number][0]) is not None
    }
    rows = [_from_beds(row, visits, pairs.get(at), moved, known) for at, row in beds.iterrows()]
    rest = visits[~visits.index.isin(pairs.values())]
    rows += [_from_visits(row) for _, row in rest.iterrows()]
    out = pd.DataFrame(rows)
    points = gpd.GeoSeries(out["point"], crs=metric).to_crs("EPSG:4326")
    out = out.assign(lon=points.x, lat=points.y)
    out["district"] = district_of_points(out["lon"], out["lat"], districts)
    frame = gpd.GeoDataFrame({"address": out["address"]}, geometry=points.to_numpy(), crs="EPSG:4326")
    gaps = compare_with_address(frame, places=places, districts=districts)["gap_m"]
    # A row without a name has nothing but its point and its address: where they contradict, neither is believed.
    against = out["capacity"].isna() & (gaps > limit_m)
    lonlat = out["lon"].round(6).astype(str) + " " + out["lat"].round(6).astype(str)
    out["alternatives"] = lonlat.where(against, "")
    metres = gaps.fillna(0).round().astype(int).astype(str)
    out["note"] = add_note(
        out["note"], against, "не размещено: точка в " + metres + " м от собственного адреса"
    )
    outside = (out["district"] == "") | against
    out.loc[outside, ["lon", "lat"]] = np.nan
    kept = ~outside & (gaps > FAR_M)
    out["note"] = add_note(
        out["note"],
        kept,
        "точка в " + metres + " м от собственного адреса, оставлена: найдена по полному названию",
    )
    stated = pd.Series(stated_district(out["stated"]), index=out.index)
    differs = ~outside & (stated != "") & (stated != out["district"])
    out["note"] = add_note(out["note"], differs, "в источнике район " + stated)
    # The stated district goes with the address, not with the point.
    out["district"] = out["district"].where(~outside, stated)
    out["precision"] = out["precision"].where(~outside, np.where(out["district"] == "", "none", "district"))
    out["radius_m"] = out["radius_m"].where(~outside)
    out = out.assign(facility_id=numbered("hospital", len(out)), capacity_unit="beds", off_m=gaps)
    # The beds file was searched by full name; its points were mended above where a stop or a better source speaks.
    out["trusted"] = np.where(
        outside, "neither, unplaced", "the source's point, searched by the hospital's name"
    )
    joined = f"{len(pairs)} of them one organisation: {len(out)} rows"
    lost = f"{int(outside.sum())} left unplaced: outside the city, or over {limit_m:.0f} m from their own address"
    notes = [
        f"hospitals: {len(beds)} with beds, {len(visits)} with emergency visits, {joined}",
        f"hospitals: {len(known)} addresses and points from {ADDRESSES}, {len(moved)} moved to the stop of its number",
        f"hospitals: {lost}; {int(differs.sum())} stand in another district than the source says",
        *(f"hospitals: {line}" for line in list_disagreements(out)),
    ]
    return table_of(out, service="hospital"), notes


def _known_points(sources: Path, metric: object) -> pd.DataFrame:
    table = read_source_table(sources, ADDRESSES, columns=["name", "address", "lat", "lon", "precision"])
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float), crs="EPSG:4326")
    table["point"] = gpd.GeoSeries(points, crs="EPSG:4326").to_crs(metric).to_numpy()
    return table.set_index("name")


def _mend_by_stops(
    sources: Path, beds: gpd.GeoDataFrame, visits: gpd.GeoDataFrame, metric: object
) -> dict[str, tuple[int | None, shapely.Point]]:
    """Return by hospital number the point of a city hospital that stands far from the stops of its number.

    The point is that of the emergency row nearest to the stop (its index given), else the stop itself.
    """
    stops = read_source_table(sources, STOPS, columns=["stop_name", "lat", "lon"])
    numbers = stops["stop_name"].str.extract(r"^(?:Горбольница|Городская больница)\s*№\s*(\d+)$")[0]
    points = gpd.GeoSeries(
        gpd.points_from_xy(stops["lon"].astype(float), stops["lat"].astype(float), crs="EPSG:4326")
    ).to_crs(metric)
    by_number = {str(n): p for n, p in zip(numbers, points, strict=True) if isinstance(n, str)}
    moved: dict[str, tuple[int | None, shapely.Point]] = {}
    for name, point in zip(beds["medical_organization"], beds.geometry, strict=True):
        number = _number(name)
        stop = by_number.get(number)
        if stop is None or float(point.distance(stop)) <= _STOP_FAR_M:
            continue
        gaps = visits.distance(stop)
        near = gaps.idxmin()
        if float(gaps[near]) <= _STOP_FAR_M / 2:
            moved[number] = (int(near), visits.geometry[near])
        else:
            moved[number] = (None, stop)
    return moved


def _pairs(beds: gpd.GeoDataFrame, visits: gpd.GeoDataFrame) -> dict[int, int]:
    """Pair rows of the two files, each once: those of one address first, then those at one point, nearest first.

    Where an emergency row bears the address of a hospital but a far point, the point is wrong: the beds file was
    searched by full name.
    """
    found = []
    for at, row in beds.iterrows():
        for other, gap in visits.distance(row.geometry).items():
            address = row["found_address_2gis"]
            same = isinstance(address, str) and address == visits["address"][other] and _OFFICE not in address
            admitted = float(visits["hospitalized_emerg"][other])
            if gap <= _SAME_M or same:
                # Among several rows at one place the one with most admissions is the hospital.
                found.append((not same, round(gap / _SAME_M), -admitted, at, other))
    pairs: dict[int, int] = {}
    for _, _, _, at, other in sorted(found):
        if at not in pairs and other not in pairs.values():
            pairs[at] = other
    return pairs


def _number(name: str) -> str:
    match = _CITY_HOSPITAL.search(name)
    return match.group(1) if match else ""


def _from_beds(
    row: pd.Series,
    visits: gpd.GeoDataFrame,
    pair: int | None,
    moved: dict[str, tuple[int | None, shapely.Point]],
    known: pd.DataFrame,
) -> dict[str, object]:
    name = row["medical_organization"]
    number = _number(name)
    note, point, address = [], row.geometry, row["found_address_2gis"]
    precision, radius, source = "address", _POINT_M, BEDS
    if isinstance(address, str) and _OFFICE in address:
        address = ""
    if number in moved:
        point = moved[number][1]
        note.append("точка файла — другой больницы; размещено у остановки с её номером")
        address, precision, radius = "", "landmark", _STOP_FAR_M / 2
    called = next((key for key, words in _KNOWN.items() if re.search(words, name, re.IGNORECASE)), "")
    if called and called in known.index:
        address, point = known["address"][called], known["point"][called]
        source = ADDRESSES
        note.append(f"адрес и точка из {ADDRESSES}: {known['precision'][called]}")
    admitted = float("nan")
    if pair is not None:
        admitted = float(visits["hospitalized_emerg"][pair])
        source += f"; {EMERGENCY} id {visits['medical_organization_id'][pair]}"
    return {
        "name": re.sub(r"\s+", " ", name).strip(),
        "address": address,
        "capacity": float(row[_DEPLOYED]),
        "stated": row.get("district_2gis", ""),
        "precision": precision,
        "radius_m": radius,
        "owner": {"гос": "state", "Частные": "private"}.get(row.get("type2", ""), ""),
        "emergency_admissions": admitted,
        "source": source,
        "note": "; ".join(note),
        "point": point,
    }


def _from_visits(row: pd.Series) -> dict[str, object]:
    address = row["address"] if isinstance(row["address"], str) else ""
    wrong = _OFFICE in address
    return {
        # The file gives no names: the source's own number tells the rows apart.
        "name": f"Организация {row['medical_organization_id']}",
        "address": "" if wrong else address,
        "stated": row["district"] if isinstance(row["district"], str) else "",
        "precision": "address",
        "radius_m": _POINT_M,
        "owner": "",
        "capacity": float("nan"),
        "emergency_admissions": float(row["hospitalized_emerg"]),
        "source": f"{EMERGENCY} id {row['medical_organization_id']}",
        "note": "в источнике адрес конторы, не использован" if wrong else "",
        "point": row.geometry,
    }
