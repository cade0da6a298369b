"""Places: the gazetteer of microdistricts, streets, landmarks and known addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.geocode.addresses import known_addresses
from geoplan.geocode.keys import ONE_STREET_M, landmark_key, street_key
from geoplan.layers._clinics import read_clinics
from geoplan.layers._former import add_former_names, name_unnamed, read_old_streets
from geoplan.layers._micros import read_microdistricts
from geoplan.layers._old_houses import read_old_houses
from geoplan.layers._sources import read_source_table, read_source_vector, source_file
from geoplan.layers._spellings import other_spellings
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["COLUMNS", "arranged", "read_places", "street_places"]

GEOFABRIK = "OSM (Geofabrik, около 2022)"
ROADS = "roads/geofabrik_roads_almaty.shp.zip"
STOPS = "gazetteer/bus_stops_2023.geojson"
SCHOOLS = "facilities/schools_public_open-almaty.psv"
KINDERGARTENS = "facilities/kindergartens_open-almaty_2026-04.csv"
HOSPITALS = "facts/hospital_addresses.csv"
MEDICAL = "facilities/hospitals_almaty_health.geojson"
COLUMNS = ["name", "kind", "district", "aliases", "radius_m", "source", "geometry"]
SPREAD = ["extent_m", "doubt_m"]

# Names of streets are found again on lines simplified by this much; crossings allow for it.
_SIMPLIFY_M = 5.0
_DECIMALS = 5
# Stops of one name nearer than this stand for one landmark (both sides of a road, two stops along it).
_ONE_LANDMARK_M = 500.0
# A stop named after a house stands within 200 m of it (facts/polyclinics.csv, confidence of its bus stop rows).
_STOP_M = 200.0
_STREET_STOP = re.compile(
    r"(?i)(?:^|\s)(?:улица|проспект|переулок|бульвар|шоссе|тракт|street|микрора?й?о?н|микройрайон|микрорайн)(?:\s|$)|/"
)


def read_places(
    sources: Path,
    districts: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    *,
    streets_source: str = GEOFABRIK,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Build the gazetteer.

    Parameters
    ----------
    sources
        Folder of source files.
    districts
        The city's districts: district, geometry (EPSG:4326).
    streets
        Street segments: name, highway, geometry (EPSG:4326).
    streets_source
        Where the streets come from, for the column source. Where they are not Geofabrik's, its ways that join no network
        are not added.

    Returns
    -------
    tuple
        GeoDataFrame in EPSG:4326: name, kind (microdistrict, street, landmark, address), district, aliases
        ('|'-joined), radius_m (metres that the point may be off), source, extent_m (metres around the point that hold all of
        the place; radius_m but for microdistricts), doubt_m (how far off an OSM point lies that contradicts the others,
        0: none does), geometry; sorted by kind, name, district, place. A row for each street name
        and district it runs in, and for each of two namesakes; lines are simplified to 5 m. And notes.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    stops = _stops(sources, districts)
    micros, notes = read_microdistricts(sources, districts, stops)
    metric = metric_crs(districts)
    old = read_old_streets(sources, metric)
    if streets_source == GEOFABRIK:
        streets, more = _with_unjoined(streets, sources, metric)
        notes += more
    streets, more = name_unnamed(streets, old, metric)
    notes += more
    lines, more = street_places(streets, districts, source=streets_source)
    notes += more
    lines, more = add_former_names(lines, streets, old, districts)
    notes += more
    landmarks, more = _landmarks(stops, districts)
    notes += more
    clinics, more = read_clinics(sources, landmarks, districts)
    notes += more
    named = pd.concat([micros, lines, landmarks, clinics], ignore_index=True)
    houses, more = _addresses(sources, named, districts)
    notes += more
    places = arranged(pd.concat([named, houses], ignore_index=True))
    counts = places["kind"].value_counts().sort_index()
    notes.insert(0, "places: " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    return places, notes


def arranged(places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a gazetteer as its layer holds it: rounded to 5 decimals, sorted by kind, name, district and place.

    Raises
    ------
    None
    """
    places = places.reindex(columns=[*COLUMNS[:-1], *SPREAD, "geometry"])
    places["extent_m"] = places["extent_m"].where(places["extent_m"].notna(), places["radius_m"])
    places["doubt_m"] = places["doubt_m"].fillna(0.0)
    places["geometry"] = shapely.set_precision(places.geometry.to_numpy(), 10.0**-_DECIMALS)
    corner = shapely.bounds(places.geometry.to_numpy())
    places = places.assign(_x=corner[:, 0], _y=corner[:, 1])
    places = places.sort_values(["kind", "name", "district", "_x", "_y"], kind="stable", ignore_index=True)
    places = places.drop(columns=["_x", "_y"])
    return gpd.GeoDataFrame(places, geometry="geometry", crs="EPSG:4326")


def _stops(sources: Path, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    stops = read_source_vector(sources, STOPS, columns=["stop_name"])
    stops = stops[stops["stop_name"].notna()]
    inside = stops[["stop_name", "geometry"]].sjoin(districts[["district", "geometry"]], predicate="within")
    return inside.drop(columns="index_right").sort_values("stop_name", kind="stable", ignore_index=True)


# Streets


def _with_unjoined(
    streets: gpd.GeoDataFrame, sources: Path, metric: object
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Add the ways that no network of the street layer holds: one cannot route on them, but they have names."""
    ways = read_source_vector(sources, ROADS, columns=["name", "fclass"]).rename(
        columns={"fclass": "highway"}
    )
    middles = ways.geometry.to_crs(metric).interpolate(0.5, normalized=True).to_numpy()
    tree = shapely.STRtree(streets.geometry.to_crs(metric).to_numpy())
    joined = tree.query(middles, predicate="dwithin", distance=_SIMPLIFY_M)[0]
    loose = ways.drop(index=ways.index[np.unique(joined)])
    note = f"{int(loose['name'].notna().sum())} named ways that are joined to no network of the street layer are held too"
    table = pd.concat([streets[["name", "highway", "geometry"]], loose[["name", "highway", "geometry"]]])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=streets.crs).reset_index(drop=True), [note]


def street_places(
    streets: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, *, source: str
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return a row for each street name and district it runs in, and for each of two namesakes; and a note.

    Raises
    ------
    None
    """
    metric = metric_crs(districts)
    named = streets.loc[streets["name"].fillna("") != "", ["name", "geometry"]].to_crs(metric)
    named = named.reset_index(drop=True)
    middle = gpd.GeoDataFrame(geometry=named.geometry.interpolate(0.5, normalized=True), crs=metric)
    areas = districts[["district", "geometry"]].to_crs(metric)
    joined = middle.sjoin(areas, predicate="within", how="left")
    named["district"] = joined["district"][~joined.index.duplicated()].fillna("")
    outside = int((named["district"] == "").sum())
    named = named[named["district"] != ""].reset_index(drop=True)
    keys = named["name"].map(street_key)
    named["key"] = keys.map(lambda key: " ".join([key.kind, *key.stems]))
    named["part"] = _connected(named.geometry.to_numpy(), named["key"], ONE_STREET_M)
    rows = []
    for (_, district, part), group in named.groupby(["key", "district", "part"], sort=True):
        counts = group["name"].value_counts()
        spellings = sorted(counts.index, key=lambda name: (-counts[name], name))
        line = shapely.line_merge(shapely.union_all(group.geometry.to_numpy()))
        line = shapely.simplify(line, _SIMPLIFY_M)
        rows.append((spellings[0], district, "|".join(spellings[1:]), _reach(line), line, part))
    columns = ["name", "district", "aliases", "radius_m", "geometry", "part"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=metric)
    kinds = [street_key(name).kind for name in table["name"]]
    spellings = other_spellings(table["name"].tolist(), kinds, table.geometry.to_numpy())
    table["aliases"] = [
        "|".join(dict.fromkeys([*([own] if own else []), *other]))
        for own, other in zip(table["aliases"], spellings, strict=True)
    ]
    note = f"{len(table)} streets by district of {named['key'].nunique()} names; {outside} named segments outside the city"
    table = table.assign(kind="street", source=source).to_crs("EPSG:4326")
    return table[COLUMNS], [note]


def _connected(shapes: NDArray[np.object_], keys: pd.Series, gap_m: float) -> NDArray[np.int64]:
    """Number the clusters: shapes of one key that lie within `gap_m` of each other, step by step, are one."""
    codes = pd.factorize(keys, sort=True)[0]
    # Keys are moved apart along a third of the globe each, so that one tree serves all of them.
    apart = shapely.box(*shapely.total_bounds(shapes)).length + 2 * gap_m if len(shapes) else 0.0
    moved = shapely.transform(shapely.force_2d(shapes), lambda xy: xy)
    counts = shapely.get_num_coordinates(moved)
    coordinates = shapely.get_coordinates(moved)
    coordinates[:, 0] += np.repeat(codes, counts) * apart
    moved = shapely.set_coordinates(moved, coordinates)
    left, right = shapely.STRtree(moved).query(moved, predicate="dwithin", distance=gap_m)
    links = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(shapes), len(shapes)))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _reach(line: shapely.Geometry) -> float:
    """Return how far the street reaches from the point of it nearest to its centre, metres, rounded up."""
    point = shapely.get_point(shapely.shortest_line(line, shapely.centroid(line)), 0)
    return float(np.ceil(shapely.hausdorff_distance(line, point)))


# Landmarks


def _landmarks(stops: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    metric = metric_crs(districts)
    named = stops[~stops["stop_name"].str.contains(_STREET_STOP)].to_crs(metric).reset_index(drop=True)
    named["key"] = named["stop_name"].map(lambda name: " ".join(landmark_key(name)))
    named["key"] = named["key"] + "|" + named["district"]
    named["part"] = _connected(named.geometry.to_numpy(), named["key"], _ONE_LANDMARK_M)
    rows = []
    for (_, part), group in named.groupby(["key", "part"], sort=True):
        points = shapely.multipoints(group.geometry.to_numpy())
        centre = shapely.centroid(points)
        spread = float(shapely.hausdorff_distance(points, centre)) if len(group) > 1 else 0.0
        spellings = sorted(group["stop_name"].unique())
        radius = float(np.ceil(max(_STOP_M, spread)))
        rows.append((spellings[0], group["district"].iloc[0], "|".join(spellings[1:]), radius, centre, part))
    columns = ["name", "district", "aliases", "radius_m", "geometry", "part"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=metric)
    note = (
        f"{len(table)} landmarks from {len(named)} bus stops; {len(stops) - len(named)} stops in the city are named after"
        " streets or microdistricts"
    )
    return table.assign(kind="landmark", source="остановки 2023").to_crs("EPSG:4326")[COLUMNS], [note]


# Known addresses


def _addresses(
    sources: Path, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    registers = [
        _register(
            pd.read_csv(source_file(sources, SCHOOLS), sep="|", dtype=str, keep_default_na=False),
            "реестр школ",
        ),
        _register(
            read_source_table(sources, KINDERGARTENS, columns=["address", "lat", "lon"]), "реестр детсадов"
        ),
        _register(read_source_table(sources, HOSPITALS, columns=["address", "lat", "lon"]), "адреса больниц"),
        _hospitals(sources, MEDICAL),
        read_old_houses(sources),
    ]
    points = pd.concat(registers, ignore_index=True)
    houses = known_addresses(points, places=places, districts=districts)
    note = (
        f"{len(houses)} known addresses of {len(points)}: the rest do not stand by the street, or in the microdistrict,"
        " of their own address"
    )
    return houses, [note]


def _register(table: pd.DataFrame, kind: str) -> gpd.GeoDataFrame:
    placed = table[(table["lat"] != "") & (table["lon"] != "")]
    points = gpd.points_from_xy(placed["lon"].astype(float), placed["lat"].astype(float), crs="EPSG:4326")
    return gpd.GeoDataFrame({"address": placed["address"].to_numpy(), "source": kind}, geometry=points)


def _hospitals(sources: Path, file: str) -> gpd.GeoDataFrame:
    """Read the hospitals: several points contradict their address, which is why only confirmed ones are used."""
    table = read_source_vector(sources, file, columns=["address"])
    return gpd.GeoDataFrame(
        {"address": table["address"].to_numpy(), "source": "больницы"},
        geometry=table.geometry.to_numpy(),
        crs=table.crs,
    )
