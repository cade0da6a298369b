"""Draw the labelled list of places: `python tests/geocode/make_labels.py ../shared/sources [SEED|all FOLDER]`.

Truth never comes from the gazetteer rows that answer:
- house: OSM houses of 2012 (street and number on the building), and state schools whose register point an OSM school
  point of 2026 confirms within 100 m. Before it asks, the test takes every known address of the same number within 500 m
  of the truth out of the gazetteer, whatever its street is called.
- crossing: nodes that two named streets of the OSM extract of 2012 share; the gazetteer's lines are of 2022. Former names
  in it come from the same extract, the places that answer do not.
- microdistrict: where its middle lies. The rule looks at the source alone, never at an error: a source that the gazetteer
  asked does not hold gives three different points of it or more, and these tell the middle of the area they cover to
  250 m, half of the 500 m asked for, nine times in ten. Such sources are the registers' houses with an address in it,
  OSM's ways that bear its name (2022), OSM's houses of 2012. Of the others nothing independent tells the middle.
- inside: a single point somewhere in a microdistrict, OSM's (Nominatim) or the mean of its bus stops of 2023, which stand at
  its edge as often as inside. It is no middle; the whole extent must hold it.
  geocode_micros_apart.csv holds the gazetteers built without each of these sources.
Derived from OpenStreetMap, © OpenStreetMap contributors, ODbL, and the city's registers (docs/data.md).
The traps are written by hand (geocode_traps.csv). With another seed and folder: a fresh draw of houses and crossings; `all`
takes all there are.
"""

# ruff: noqa: T201
from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geoplan.city import open_city
from geoplan.geocode.keys import micro_key, street_key
from geoplan.layers import _extent, _micros
from geoplan.layers._middle import middle_of, pick
from geoplan.layers._old_houses import OLD, OLD_OSM, read_old_houses
from geoplan.layers.places import SCHOOLS, _stops

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
SEED = 20260
HOUSES, SCHOOL_HOUSES, CROSSINGS = 110, 50, 80
RU = {
    "alatau": "Алатауский",
    "almaly": "Алмалинский",
    "auezov": "Ауэзовский",
    "bostandyk": "Бостандыкский",
    "medeu": "Медеуский",
    "nauryzbay": "Наурызбайский",
    "turksib": "Турксибский",
    "zhetysu": "Жетысуский",
}


# The middle of a label must itself be known to half of the 500 m that an answer is asked for.
LABEL_M = 250.0


def main(sources: Path, seed: int | None, folder: Path) -> None:
    """Write the two tables; without a seed of all houses and crossings."""
    districts = open_city("almaty").districts.reset_index()
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed) if seed is not None else None
    micros, apart = microdistricts(sources, districts)
    rows = pd.concat(
        [
            houses(sources, districts, rng),
            school_houses(sources, districts, rng),
            crossings(sources, districts, rng),
            micros,
        ],
        ignore_index=True,
    )
    rows[["lon", "lat"]] = rows[["lon", "lat"]].round(5)
    rows.to_csv(folder / "geocode_labels.csv", index=False, lineterminator="\n")
    apart.to_csv(folder / "geocode_micros_apart.csv", index=False, lineterminator="\n")
    print(rows.groupby(["kind", "origin"]).size())


def inside(points: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep points over 50 m inside a district, with its slug: at a border either side is right."""
    metric = districts.estimate_utm_crs()
    areas = districts[["district", "geometry"]].to_crs(metric)
    areas["geometry"] = areas.buffer(-50)
    found = points.to_crs(metric).sjoin(areas, predicate="within").drop(columns="index_right")
    return found.to_crs(4326)


def table(frame: gpd.GeoDataFrame, kind: str, origin: str) -> pd.DataFrame:
    """Return the columns of the list."""
    return pd.DataFrame(
        {
            "text": frame["text"],
            "kind": kind,
            "district": frame["district"],
            "lon": frame.geometry.x,
            "lat": frame.geometry.y,
            "apart": frame.get("apart", ""),
            "origin": origin,
        }
    )


def stated(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Name the district in every second text, as registers do."""
    named = frame["text"] + ", " + frame["district"].map(RU) + " район"
    frame["text"] = np.where(np.arange(len(frame)) % 2 == 0, named, frame["text"])
    return frame


def draw(frame: gpd.GeoDataFrame, count: int, rng: np.random.Generator | None) -> gpd.GeoDataFrame:
    """Draw rows without repeats, in the source's order."""
    frame = frame.drop_duplicates("text").sort_values("text", kind="stable").reset_index(drop=True)
    if rng is None:
        return frame
    picked = np.sort(rng.choice(len(frame), size=min(count, len(frame)), replace=False))
    return frame.iloc[picked].reset_index(drop=True)


def houses(sources: Path, districts: gpd.GeoDataFrame, rng: np.random.Generator | None) -> pd.DataFrame:
    """Houses with street and number of OSM 2012; blocks of microdistricts are left to the microdistricts."""
    old = read_old_houses(sources)
    old = old[old["address"].str.contains(r"(?i)ул|пр|бульвар|пер|шоссе|кош")]
    old = old.assign(text=old["address"])
    return table(stated(draw(inside(old, districts), HOUSES, rng)), "house", "OSM 2012")


def school_houses(
    sources: Path, districts: gpd.GeoDataFrame, rng: np.random.Generator | None
) -> pd.DataFrame:
    """School addresses whose register point an OSM school confirms."""
    register = pd.read_csv(sources / SCHOOLS, sep="|", dtype=str).dropna(subset=["lat", "lon"])
    points = gpd.points_from_xy(register["lon"].astype(float), register["lat"].astype(float), crs=4326)
    frame = gpd.GeoDataFrame({"text": register["address"].to_numpy()}, geometry=points)
    frame = frame[frame["text"].str.contains(r"^(?:ул|пр|бул)")]
    osm = pd.read_csv(sources / "facts/osm_school_points_2026-06.csv")
    witness = gpd.GeoDataFrame(geometry=gpd.points_from_xy(osm["lon"], osm["lat"], crs=4326))
    metric = districts.estimate_utm_crs()
    near = frame.to_crs(metric).sjoin_nearest(witness.to_crs(metric), max_distance=100.0)
    frame = frame.loc[near.index.unique()].reset_index(drop=True)
    return table(stated(draw(inside(frame, districts), SCHOOL_HOUSES, rng)), "house", "школы, точка OSM 2026")


def crossings(sources: Path, districts: gpd.GeoDataFrame, rng: np.random.Generator | None) -> pd.DataFrame:
    """Nodes shared by two named streets of 2012: pairs that meet in one place only."""
    lines = pyogrio.read_dataframe(sources / OLD_OSM, layer="lines", columns=["name", "highway"])
    lines = lines[lines["name"].notna() & lines["highway"].notna()].reset_index(drop=True)
    lines = lines[lines["name"].str.contains(r"(?i)улица|проспект|ул\.|пр\.")]
    coordinates, index = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    nodes = pd.DataFrame(
        {"x": coordinates[:, 0], "y": coordinates[:, 1], "name": lines["name"].to_numpy()[index]}
    )
    nodes["key"] = nodes["name"].map(lambda name: " ".join(street_key(name).stems))
    nodes = nodes.drop_duplicates(["x", "y", "key"])
    pairs = nodes.merge(nodes, on=["x", "y"], suffixes=("_a", "_b"))
    pairs = pairs[pairs["key_a"] < pairs["key_b"]]
    groups = pairs.groupby(["key_a", "key_b"])
    spread = groups[["x", "y"]].agg(lambda values: values.max() - values.min()).max(axis=1)
    means = groups.agg(x=("x", "mean"), y=("y", "mean"), a=("name_a", "first"), b=("name_b", "first"))
    means = means[spread < 0.001]
    text = [_crossing(i, a, b) for i, (a, b) in enumerate(zip(means["a"], means["b"], strict=True))]
    frame = gpd.GeoDataFrame({"text": text}, geometry=gpd.points_from_xy(means["x"], means["y"], crs=4326))
    return table(draw(inside(frame, districts), CROSSINGS, rng), "crossing", "OSM 2012")


def _crossing(i: int, first: str, second: str) -> str:
    def bare(name: str) -> str:
        return name.replace("улица", "").replace("проспект", "").replace("ул.", "").replace("пр.", "").strip()

    forms = (
        f"{bare(first)} - {bare(second)}",
        f"угол {first} и {second}",
        f"пересечение улиц {bare(first)} и {bare(second)}",
    )
    return forms[i % 3]


def microdistricts(sources: Path, districts: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Middles told by three points or more, and single points, each asked of a gazetteer made without their source."""
    metric = districts.estimate_utm_crs()
    stops = _stops(sources, districts)
    akimat, _ = _micros._akimat(sources, metric)
    told_by = _extent.read_points(sources, metric, stops, {centre.key for centre in akimat})
    single = {
        _micros.OSM_POINTS: _micros._nominatim(sources, districts, metric, 0.0),
        _micros.STOPS: _micros._stops(stops, metric, 0.0),
    }
    labels = [
        (_extent.HOUSES, "microdistrict", _middles(told_by[_extent.HOUSES])),
        (_extent.STREETS, "microdistrict", _middles(told_by[_extent.STREETS])),
        (OLD, "microdistrict", _middles(told_by[OLD])),
        *((source, "inside", [(c.key, c.x, c.y) for c in centres]) for source, centres in single.items()),
    ]
    asked, apart = [], []
    for source, kind, points in labels:
        rest, _ = _micros.read_microdistricts(sources, districts, stops, without=source)
        names = {
            micro_key(called): row.name
            for row in reversed(list(rest.sort_values("radius_m").itertuples(name="Row", index=False)))
            for called in [row.name, *row.aliases.split("|")]
            if called
        }
        apart.append(
            rest.assign(apart=source, lon=rest.geometry.x.round(5), lat=rest.geometry.y.round(5)).drop(
                columns="geometry"
            )
        )
        known = [(names[key], x, y) for key, x, y in points if key in names]
        where = gpd.points_from_xy([x for _, x, _ in known], [y for _, _, y in known], crs=metric)
        text = [_micro(i, name) for i, (name, _, _) in enumerate(known)]
        frame = gpd.GeoDataFrame({"text": text, "apart": source}, geometry=where).to_crs(4326)
        asked.append(table(stated(inside(frame, districts).drop_duplicates("text")), kind, source))
        print(f"{source}: {len(known)} of {len(points)} microdistricts are known to the rest")
    return pd.concat(asked, ignore_index=True), pd.concat(apart, ignore_index=True)


def _middles(points: _extent.Extents) -> list[tuple]:
    found = []
    for key in sorted(points):
        middle = middle_of(pick(points[key], *np.median(points[key], axis=0)))
        if middle and middle.sampling <= LABEL_M:
            found.append((key, middle.x, middle.y))
    return found


def _micro(i: int, name: str) -> str:
    if name[0].isdigit():
        return name
    bare = name.replace("мкр ", "").replace("микрорайон", "").replace("Микрорайон", "").strip()
    return (f"мкр. {bare}", f"микрорайон {bare}", f"{bare} ықшам ауданы", f"{bare} мкр-н")[i % 4]


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        None if sys.argv[2:3] == ["all"] else int(sys.argv[2]) if len(sys.argv) > 2 else SEED,
        Path(sys.argv[3]) if len(sys.argv) > 3 else DATA,
    )
