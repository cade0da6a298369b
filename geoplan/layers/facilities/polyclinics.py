"""Polyclinics: the list gathered from facts, with the precision that its sources claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.geocode import anywhere_in, geocode
from geoplan.geocode.addresses import compare_with_address
from geoplan.layers._sources import read_source_table
from geoplan.layers.facilities._common import (
    add_note,
    district_of_points,
    numbered,
    stated_district,
    table_of,
)
from geoplan.layers.facilities._register import list_disagreements

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["claimed_precision", "read_polyclinics"]

FACTS = "facts/polyclinics.csv"
_COLUMNS = [
    "name",
    "address_as_given",
    "district",
    "kind",
    "capacity_visits_shift",
    "lat",
    "lon",
    "precision",
]
# Words of the facts files, longest first, and the precision they stand for.
_WORDS = (
    ("building", "address"),
    ("neighbour house", "address"),
    ("bus stop", "landmark"),
    ("street", "street"),
    ("microdistrict", "microdistrict"),
)
# Metres where the claim gives none: the accuracy of register points (SOURCES.md), and the facts' own figure for stops.
_DEFAULT_M = {"address": 100.0, "landmark": 200.0}
_METRES = re.compile(r"(\d+(?:\.\d+)?)\s*(km|m)\b")
_ENGLISH = re.compile(r"\s*\([^)]*(?:[A-Za-z]|\d{6})[^)]*\)")


def claimed_precision(claim: str, confidence: str = "") -> tuple[str, float]:
    """Read the precision of a facts row: ("street-interp ~150 m") -> ("street", 150.0).

    Parameters
    ----------
    claim
        Column `precision` of the facts files.
    confidence
        Column with the confidence of the coordinate; its metres are used where the claim has none.

    Returns
    -------
    tuple
        Precision word, and radius in metres (NaN where neither text gives one and there is no default). The length of
        a street is taken as the radius: the house may lie at its other end.

    Raises
    ------
    None
    """
    word = next((precision for text, precision in _WORDS if text in claim), "none")
    match = _METRES.search(claim) or _METRES.search(confidence)
    if match is None:
        return word, _DEFAULT_M.get(word, float("nan"))
    return word, float(match.group(1)) * (1000.0 if match.group(2) == "km" else 1.0)


def read_polyclinics(
    sources: Path, *, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, limit_m: float
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the polyclinics.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, places
        The city's districts and gazetteer.
    limit_m
        Radius in metres beyond which a polyclinic is not placed.

    Returns
    -------
    tuple
        Table with the columns of facilities.parquet, in the order of the source; and notes. Capacity in visits per
        shift, NaN where not known.

    Raises
    ------
    InputError
        If the source file is missing or lacks a column.
    """
    raw = read_source_table(sources, FACTS, columns=[*_COLUMNS, "coord_confidence"])
    claims = [
        claimed_precision(*pair) for pair in zip(raw["precision"], raw["coord_confidence"], strict=True)
    ]
    out = pd.DataFrame(
        {
            "name": raw["name"],
            "address": raw["address_as_given"].str.replace(_ENGLISH, "", regex=True).str.strip(),
            "stated": stated_district(raw["district"] + " район"),
            "lon": pd.to_numeric(raw["lon"]),
            "lat": pd.to_numeric(raw["lat"]),
            "precision": [word for word, _ in claims],
            "radius_m": [radius for _, radius in claims],
            "note": "",
        }
    )
    has_point = out["lon"].notna()
    found = anywhere_in(geocode(out["address"], places=places, districts=districts, district=out["stated"]))
    better = found["lon"].notna() & (found["radius_m"] <= limit_m) & (found["score"] >= 90)
    # A point without a stated radius takes that of the gazetteer's place of its address.
    vague = has_point & out["radius_m"].isna() & (found["precision"] == out["precision"])
    out["radius_m"] = out["radius_m"].where(~vague, found["radius_m"])
    rough = has_point & ~(out["radius_m"] <= limit_m)
    added = (~has_point | rough) & better
    points = gpd.GeoSeries(gpd.points_from_xy(out["lon"], out["lat"], crs="EPSG:4326"))
    given = gpd.GeoDataFrame({"address": out["address"]}, geometry=points.where(has_point, None))
    off = compare_with_address(given, places=places, districts=districts)["gap_m"]
    for column in ("lon", "lat", "precision", "radius_m"):
        out[column] = out[column].where(~added, found[column])
    out["note"] = add_note(out["note"], added, "размещено по адресу: " + found["how"])
    lost = (rough | ~has_point) & ~added
    point = raw["lon"] + " " + raw["lat"]
    out["alternatives"] = point.where(lost & has_point, "")
    out["note"] = add_note(out["note"], rough & ~added, "известное место слишком грубо: " + raw["precision"])
    out["lon"], out["lat"] = out["lon"].where(~lost), out["lat"].where(~lost)
    by_point = district_of_points(out["lon"], out["lat"], districts)
    out["district"] = by_point.where(by_point != "", out["stated"])
    out["precision"] = out["precision"].where(~lost, np.where(out["district"] == "", "none", "district"))
    out["radius_m"] = out["radius_m"].where(~lost)
    differs = ~lost & (out["stated"] != "") & (out["district"] != out["stated"])
    out["note"] = add_note(out["note"], differs, "в источнике район " + out["stated"])
    capacity = raw["capacity_visits_shift"]
    out["capacity"] = pd.to_numeric(capacity.str.extract(r"^(\d+)")[0])
    planned = capacity.str.contains(r"[^\d\s]", regex=True)
    out["note"] = add_note(out["note"], planned, "мощность в источнике: " + capacity)
    private = raw["name"].str.contains("private") | raw["kind"].str.contains("private")
    state = raw["kind"].str.startswith("state")
    out["owner"] = np.select([private, state], ["private", "state"], default="")
    out = out.assign(
        facility_id=numbered("polyclinic", len(out)),
        capacity_unit="visits_per_shift",
        source=FACTS,
        off_m=off,
        trusted=np.select([added, lost], ["the address", "neither, unplaced"], "the source's point"),
    )
    rougher = f"{int((rough & ~added).sum())} of them with a known place rougher than {limit_m:.0f} m"
    notes = [
        f"polyclinics: {int((~lost).sum())} placed, {int(lost.sum())} unplaced, {rougher}",
        f"polyclinics: capacity known for {int(out['capacity'].notna().sum())}, unknown capacity stays empty",
        *(f"polyclinics: {line}" for line in list_disagreements(out)),
    ]
    return table_of(out, service="polyclinic"), notes
