"""Ambulance substations: what exists, where it is known to be, and where only that it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.geocode import geocode
from geoplan.layers._sources import read_source_table
from geoplan.layers.facilities._common import district_of_points, stated_district, table_of
from geoplan.layers.facilities.polyclinics import claimed_precision

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["read_ambulance"]

FACTS = "facts/ambulance_substations.csv"
_COLUMNS = ["no", "name", "address_as_given", "district", "status", "year_or_date", "lat", "lon", "precision"]
# Rows that are not substations which exist: hints, sites, projects, the hospital where the central crews stand.
_NOT_EXISTING = r"unverified|under construction|design|hospital"
_STREET = re.compile(r"(?:ул|пр)\.\s*[^,]+,\s*[^\s,;()]+")
_SEVERAL = {"two": 2, "three": 3, "four": 4}
# The station that project 16.3 replaces, known from the roadmap alone.
ROADMAP_PLACE = "мкр Думан"
ROADMAP_DISTRICT = "medeu"


def read_ambulance(
    sources: Path, *, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the ambulance substations that exist.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, places
        The city's districts and gazetteer.

    Returns
    -------
    tuple
        Table with the columns of facilities.parquet, a row per substation: the main one first, then by number, then
        those without a number. A station known only by its district, or only to exist, has no geometry and the
        precision `district` or `city`. And notes.

    Raises
    ------
    InputError
        If the source file is missing, lacks a column, or joins stations in words that are not understood.

    Notes
    -----
    The radius limit of other services does not apply: a replaced station must stay known as well as its source
    knows it. The unnamed third station of project 16.5 is not added.
    """
    raw = read_source_table(sources, FACTS, columns=_COLUMNS)
    exists = ~raw["status"].str.contains(_NOT_EXISTING) & (raw["status"] != "")
    rows = [part for row in _records(raw[exists]) for part in _split(row)]
    out = pd.DataFrame([_station(row) for row in rows])
    out = _place_ambiguous(out, places, districts)
    out = pd.concat([out, _from_roadmap(places, districts)], ignore_index=True)
    by_point = district_of_points(out["lon"], out["lat"], districts)
    out["district"] = by_point.where(by_point != "", out["stated"])
    out = _ordered(out).assign(owner="state")
    left_out = raw.loc[~exists, "name"].tolist()
    counts = out["precision"].value_counts()
    placed = int(out["lon"].notna().sum())
    known = f"{counts.get('district', 0)} known by district, {counts.get('city', 0)} only to exist"
    names = "; ".join(left_out)
    notes = [
        f"ambulance: {len(out)} existing substations, {placed} placed; {known}",
        f"ambulance: {len(left_out)} rows are hints, sites, projects or a hospital, no existing substations: {names}",
        "ambulance: an old station in мкр Думан is added from the roadmap (16.3); the unnamed third one of 16.5 is not",
    ]
    return table_of(out, service="ambulance"), notes


def _records(table: pd.DataFrame) -> list[dict[str, str]]:
    return [dict(zip(table.columns, map(str, row), strict=True)) for row in table.to_numpy().tolist()]


def _split(row: dict[str, str]) -> list[dict[str, str]]:
    """Split a row that stands for several stations."""
    numbers = re.findall(r"\d+", row["no"])
    if len(numbers) > 1:
        return [{**row, "no": number, "name": f"подстанция №{number}"} for number in numbers]
    several = re.match(r"([a-z]+) substations", row["name"])
    if several is None:
        return [row]
    count = _SEVERAL.get(several.group(1))
    if count is None:
        msg = f"{FACTS}: {row['name']}: how many substations?"
        raise InputError(msg)
    return [{**row, "no": f"?{index}"} for index in range(1, count + 1)]


def _station(row: dict[str, str]) -> dict[str, object]:
    number = row["no"]
    district = (stated_district([row["district"] + " район"]) or [""])[0]
    precision, radius = claimed_precision(row["precision"], row.get("coord_note", ""))
    placed = bool(row["lat"] and row["lon"])
    if not placed:
        precision, radius = ("district" if district else "city"), float("nan")
    opened = re.search(r"opened", row["status"])
    street = _STREET.search(row["address_as_given"])
    # What the source says around the street ("temporarily", "to be replaced by") is kept.
    said = "" if street and row["address_as_given"].startswith(street.group(0)) else row["address_as_given"]
    if number == "HQ":
        name = "Главная станция"
    elif number.isdigit():
        name = f"Подстанция №{number}"
    else:
        name = f"Подстанция без номера, {row['district']} район, {number[1:]}"
    return {
        "key": number,
        "facility_id": _identifier(number, district),
        "name": name,
        "address": street.group(0) if street else "",
        "stated": district,
        "lon": float(row["lon"]) if placed else float("nan"),
        "lat": float(row["lat"]) if placed else float("nan"),
        "precision": precision,
        "radius_m": radius,
        "opens": row["year_or_date"] if opened else "",
        "alternatives": "",
        "source": FACTS,
        "note": "; ".join(part for part in (row["status"], said) if part),
    }


def _identifier(number: str, district: str) -> str:
    if number == "HQ":
        return "ambulance-hq"
    return f"ambulance-{int(number):02d}" if number.isdigit() else f"ambulance-{district}-{number[1:]}"


def _place_ambiguous(
    out: pd.DataFrame, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Give a station without a point, whose address names streets, the points where it may be."""
    street = out["address"]
    asked = out["lon"].isna() & (street != "") & (out["stated"] == "")
    found = geocode(street[asked], places=places, districts=districts)
    points = found["alternatives"].map(lambda text: ";".join(re.findall(r"\d+\.\d+ \d+\.\d+", text)))
    out["alternatives"] = points.reindex(out.index).fillna("")
    # The street is that of the new building, not of the one that stands.
    out["address"] = street.where(~asked, "")
    more = "; улица есть в нескольких районах (" + street + "): не размещено"
    out["note"] = out["note"].where(~asked, out["note"] + more)
    return out


def _from_roadmap(places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    found = geocode(
        pd.Series([ROADMAP_PLACE]), places=places, districts=districts, district=pd.Series([ROADMAP_DISTRICT])
    ).iloc[0]
    placed = bool(np.isfinite(found["lon"]))
    row = {
        "key": "Думан",
        "facility_id": "ambulance-duman",
        "name": "Подстанция мкр Думан",
        "address": ROADMAP_PLACE,
        "stated": ROADMAP_DISTRICT,
        "lon": found["lon"],
        "lat": found["lat"],
        "precision": found["precision"] if placed else "district",
        "radius_m": found["extent_m"],
        "opens": "",
        "alternatives": "",
        "source": "roadmap 16.3",
        "note": "старое здание, номер неизвестен; существует по дорожной карте, которая его заменяет (16.3)",
    }
    return pd.DataFrame([row])


def _ordered(out: pd.DataFrame) -> pd.DataFrame:
    numbers = pd.to_numeric(out["key"], errors="coerce")
    rank = numbers.where(out["key"] != "HQ", 0).fillna(np.inf)
    return out.assign(rank=rank).sort_values(["rank", "facility_id"], kind="stable", ignore_index=True)
