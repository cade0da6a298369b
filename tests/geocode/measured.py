"""Ask the labelled places of a gazetteer that does not hold their answers.

`python tests/geocode/measured.py [FOLDER]` prints how right the answers are, of the labels in tests/data or a fresh draw.
"""

# ruff: noqa: T201
from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.city import open_city
from geoplan.geocode import ACCEPT, geocode
from geoplan.geocode._parse import house_number, parse
from geoplan.metric import metric_crs

DATA = Path(__file__).resolve().parents[1] / "data"
# Known addresses are taken out in this many turns: fewer would thin out the neighbours, more would take long.
TURNS = 8


def answers(folder: Path = DATA) -> pd.DataFrame:
    """Return the labelled places with answer and error: lon, lat are the truth; error_m its distance from the answer.

    A point somewhere in a microdistrict (`inside`) is asked of the whole extent, everything else of the stated radius.
    """
    labels = pd.read_csv(folder / "geocode_labels.csv", keep_default_na=False)
    city = open_city("almaty")
    districts = city.districts.reset_index()
    places = city.places
    parts = []
    houses = labels[labels["kind"] == "house"]
    known = _known_numbers(places)
    for turn in range(TURNS):
        asked = houses.iloc[turn::TURNS]
        parts.append(_ask(asked, places[~_held(asked, places, known)], districts))
    micros = pd.read_csv(folder / "geocode_micros_apart.csv", keep_default_na=False)
    rest = places[places["kind"] != "microdistrict"]
    for source, table in micros.groupby("apart"):
        points = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
        own = gpd.GeoDataFrame(table, geometry=points)[list(places.columns)]
        # Bus stops are landmarks too.
        others = rest[~rest["source"].str.contains(str(source), regex=False)]
        both = pd.concat([own, others], ignore_index=True)
        parts.append(
            _ask(labels[labels["apart"] == source], gpd.GeoDataFrame(both, geometry="geometry"), districts)
        )
    # The truth of crossings is of 2012: lines of 2012 do not answer.
    today = places[~((places["kind"] == "street") & (places["source"] == "OSM 2012"))]
    parts.append(_ask(labels[labels["kind"] == "crossing"], today, districts))
    return pd.concat(parts).sort_index()


def _ask(labels: pd.DataFrame, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    found = geocode(labels["text"], places=places, districts=districts)
    metric = metric_crs(districts)
    truth = gpd.GeoSeries(gpd.points_from_xy(labels["lon"], labels["lat"], crs=4326)).to_crs(metric)
    answer = gpd.GeoSeries(gpd.points_from_xy(found["lon"], found["lat"], crs=4326)).to_crs(metric)
    out = labels.rename(columns={"district": "true_district"}).join(found.drop(columns=["lon", "lat"]))
    out["answer"] = [f"{lat} {lon}" for lon, lat in zip(found["lon"], found["lat"], strict=True)]
    out["error_m"] = truth.distance(answer).to_numpy()
    out["answered"] = found["lon"].notna()
    out["district_right"] = np.where(out["district"] == "", np.nan, out["district"] == out["true_district"])
    out["holds_m"] = out["radius_m"].where(out["kind"] != "inside", out["extent_m"])
    out["within"] = (out["error_m"] <= out["holds_m"]).astype(float).where(out["answered"])
    out["near"] = out["answered"] & (out["radius_m"] <= 500)
    off = (out["district_right"] == 0) | (out["error_m"] > 3 * out["holds_m"])
    out["wrong"] = off & (out["score"] >= ACCEPT)
    return out


def _known_numbers(places: gpd.GeoDataFrame) -> pd.Series:
    houses = places.loc[places["kind"] == "address", "name"]
    return (
        houses.str.rsplit(", ", n=1).str[1].map(lambda text: house_number(text).number).reindex(places.index)
    )


def _held(asked: pd.DataFrame, places: gpd.GeoDataFrame, known: pd.Series) -> pd.Series:
    """Mark the known addresses that may be one of those asked: its number, within 500 m of it, under any name."""
    metric = metric_crs(places)
    points = places.geometry.to_crs(metric)
    held = pd.Series(data=False, index=places.index)
    truths = gpd.GeoSeries(gpd.points_from_xy(asked["lon"], asked["lat"], crs=4326)).to_crs(metric)
    for text, truth in zip(asked["text"], truths, strict=True):
        numbers = {part.house.number for part in parse(text) if part.house}
        same = points[known.isin(numbers)]
        held[same.index[same.distance(truth) <= 500]] = True
    return held


def summary(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the figures of the issue by a column, shares of 1."""
    groups = table.groupby(by)
    return pd.DataFrame(
        {
            "places": groups.size(),
            "answered": groups["answered"].mean(),
            "district_right": groups["district_right"].mean(),
            "within_radius": groups["within"].mean(),
            "radius_500": groups["near"].mean(),
            "wrong": groups["wrong"].mean(),
            "median_radius_m": groups["radius_m"].median(),
            "median_error_m": groups["error_m"].median(),
            "p90_error_m": groups["error_m"].quantile(0.9),
            "max_error_m": groups["error_m"].max(),
        }
    ).round(3)


if __name__ == "__main__":
    pd.set_option(
        "display.width", 250, "display.max_columns", 30, "display.max_rows", 500, "display.max_colwidth", 90
    )
    got = answers(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
    print(summary(got.assign(all="all"), "all"))
    print(summary(got, "kind"))
    print(summary(got, "precision"))
    print(summary(got, "origin"))
    print("wrong:")
    print(
        got.loc[got["wrong"], ["text", "true_district", "district", "radius_m", "error_m", "how"]].to_string()
    )
