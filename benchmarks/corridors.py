"""Published speeds and jams of Almaty beside what the model's streets give at that hour.

    python benchmarks/corridors.py [--sources ../shared/sources]

The tables of docs/method.md, Times of day, are printed by this. Not imported by the package.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.city import open_city
from geoplan.scenario.bench import network_of
from geoplan.standards import load_standards

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.network import Network

# Which of the layer's streets a published corridor is, and which time of day its hours are. Classes as in the layer; the
# service ways and the parallel lanes of the same name are left out.
CORRIDORS = {
    "Al-Farabi Ave eastbound": ("проспект Аль-Фараби", ("primary",)),
    "Sain St southbound": ("улица Саина", ("primary", "trunk")),
    "Abay Ave, Altynsarin-Zheltoksan": ("проспект Абая", ("secondary",)),
}
HOURS = {"7:30-8:30": "morning", "17:00-18:00": "evening"}
PERIODS = {
    "night": ("22:20", "03:30"),
    "morning": ("08:00", "09:00"),
    "midday": ("12:00", "15:00"),
    "evening": ("17:29", "19:00"),
}
# The hours of the published weekday scores that stand for a period.
PROFILE = {"night": "night", "morning": "09:00", "midday": "12:00-17:00", "evening": "18:30-19:30"}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=Path, default=Path("../shared/sources"))
    sources = parser.parse_args().sources
    print(corridors(sources).to_string(index=False))
    print()
    print(jams(sources).to_string(index=False))


def corridors(sources: Path) -> pd.DataFrame:
    """Published km/h of each corridor, and the model's free-flow and hourly km/h on the same street by car."""
    city, standards = open_city("almaty"), load_standards()
    text = (sources / "traffic" / "observed_corridor_speeds.json").read_text(encoding="utf-8")
    rows = []
    for seen in json.loads(text)["corridor_speed_kmh"]:
        name, classes = CORRIDORS[seen["street"]]
        when = HOURS[seen["hours"]]
        speeds = {}
        for time in ("free", when):
            net = network_of(city.at_time(time), "drive", standards)
            speeds[time] = _speed(net, city.streets, name, classes)
        rows.append(
            (
                seen["street"],
                seen["hours"],
                when,
                seen["kmh"],
                round(speeds["free"], 1),
                round(speeds[when], 1),
            )
        )
    return pd.DataFrame(rows, columns=["corridor", "hours", "time", "published", "model_free", "model"])


def jams(sources: Path) -> pd.DataFrame:
    """Readings of the jams of each period, their mean length and score, both as shares of the evening's above the night's.

    Beside them the weekday scores that another source publishes, for hours that are nearly those.
    """
    text = (sources / "traffic" / "observed_corridor_speeds.json").read_text(encoding="utf-8")
    published = json.loads(text)["yandex_points_weekday"]
    table = pd.read_csv(sources / "facts" / "traffic_congestion_scores_2026-09.csv")
    rows = []
    for name, (first, last) in PERIODS.items():
        at = table["time_local"]
        part = table[(at >= first) & (at <= last) if first < last else (at >= first) | (at <= last)]
        part = part[part["yandex_jam_km"].notna()]
        other = float(str(published[PROFILE[name]]).split()[0])
        rows.append((name, len(part), part["yandex_jam_km"].mean(), part["yandex_score_0_10"].mean(), other))
    out = pd.DataFrame(rows, columns=["period", "readings", "jam_km", "score", "published_score"])
    for column, share in (
        ("jam_km", "share_of_evening_delay"),
        ("score", "share_of_score"),
        ("published_score", "share_of_published"),
    ):
        night = out[column].iloc[0]
        out[share] = (out[column] - night) / (out[column].iloc[-1] - night)
    return out.round(2)


def _speed(net: Network, streets: gpd.GeoDataFrame, name: str, classes: tuple[str, ...]) -> float:
    driven = streets[streets["drive"].to_numpy(dtype=bool)]
    on = ((driven["name"] == name) & driven["highway"].isin(classes)).to_numpy()
    return float(net.length[on].sum() / net.cost[on].sum() * 3.6) if on.any() else float(np.nan)


if __name__ == "__main__":
    main()
