"""Streets: roads as junction-to-junction segments, with the modes that may use each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers._segments import Segments, connected_parts, largest_part, simplify_lines, split_ways
from geoplan.layers._sources import read_source_vector

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["DRIVE", "MODES", "STEPLESS", "WALK", "read_streets"]

ROADS = "roads/geofabrik_roads_almaty.shp.zip"
MODES = ("drive", "walk", "wheelchair")

# Which OSM highway class each mode may use. Cars: every class for motor traffic, courtyards (service) too,
# since calls and pick-ups end there. On foot: everything but motorways; trunk roads stay, since in Almaty
# they are avenues with pavements (Рыскулова, Райымбека, Саина), and so do cycleways, which carry people on
# foot where no pavement is drawn. Wheelchairs: what is walkable, without steps and unpaved ways.
_TRAFFIC = {
    *(
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
    ),
    *("unclassified", "residential", "living_street", "service"),
}
DRIVE = frozenset({"motorway", "motorway_link"} | _TRAFFIC)
STEPLESS = frozenset(_TRAFFIC | {"pedestrian", "footway", "cycleway"})
WALK = frozenset(STEPLESS | {"path", "steps", "track", "bridleway"})

# Simplified for size; length_m keeps the full line. 1 m is below the accuracy of the source.
TOLERANCE_M = 1.0
DECIMALS = 7
# Parts cut off from the network that are worth naming one by one.
ISLAND_KM = 5.0


def read_streets(sources: Path, districts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the roads and cut them into segments between junctions.

    Parameters
    ----------
    sources
        Folder of source files.
    districts
        The city's districts; they give the metric CRS.

    Returns
    -------
    tuple
        GeoDataFrame in EPSG:4326: u, v (0..n-1 over all modes), length_m (metres on the unsimplified line),
        highway, name, oneway (cars only u -> v), maxspeed_kmh (0 unknown), drive, walk, wheelchair, bridge,
        tunnel, geometry from node u to node v; and notes. A mode flag is set only inside the mode's largest
        strongly connected part.

    Raises
    ------
    InputError
        If the file is missing or has no drivable way.
    """
    columns = ["fclass", "name", "oneway", "maxspeed", "bridge", "tunnel"]
    source = read_source_vector(sources, ROADS, columns=columns)
    ways = source.explode(ignore_index=True)
    notes = [
        f"{len(source)} ways read; {_many_parts(source)} cut at the extract's edge are taken in their parts"
    ]
    ways, more = _prepare(ways)
    notes += more
    if not ways["highway"].isin(DRIVE).any():
        msg = f"{sources / ROADS}: no drivable way"
        raise InputError(msg)

    metric = districts.estimate_utm_crs()
    notes.append(_drive_alone(ways, metric))
    segments = split_ways(ways.geometry, metric)
    table = ways.drop(columns="geometry").iloc[segments.way].reset_index(drop=True)
    table = table.assign(u=segments.u, v=segments.v, length_m=segments.length_m)
    table, lines, more = _keep_connected(table, segments, metric)
    return _place(table, lines, segments.nodes, metric), notes + more


def _prepare(ways: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Rename to the layer's terms, turn ways drawn against their direction, drop classes no mode uses."""
    against = (ways["oneway"] == "T").to_numpy()
    lines = ways.geometry.to_numpy().copy()
    lines[against] = shapely.reverse(lines[against])
    prepared = gpd.GeoDataFrame(
        {
            # track_grade1…5 are OSM's highway=track with a tracktype
            "highway": ways["fclass"].str.replace(r"^track_grade\d$", "track", regex=True),
            "name": ways["name"].fillna("").str.strip(),
            "oneway": ways["oneway"].isin(["F", "T"]),
            "maxspeed_kmh": ways["maxspeed"].astype("int16"),
            "bridge": ways["bridge"] == "T",
            "tunnel": ways["tunnel"] == "T",
        },
        geometry=lines,
        crs=ways.crs,
    )
    known = prepared["highway"].isin(DRIVE | WALK)
    closed = (
        shapely.is_closed(lines) & ~prepared["oneway"].to_numpy() & prepared["highway"].isin(DRIVE).to_numpy()
    )
    gaps = (
        "the source has no turn bans, signals, lanes, surface or access;"
        " ways that cross without a shared vertex are not joined"
    )
    return prepared[known].reset_index(drop=True), [
        f"{int(against.sum())} ways drawn against their one-way direction turned round",
        f"{int((~known).sum())} ways of unknown class dropped",
        f"{int(closed.sum())} closed drivable loops are not marked one-way; a few may be one-way roundabouts",
        f"{int((ways['maxspeed'] == 0).sum())} ways have no speed limit (maxspeed_kmh 0)",
        gaps,
    ]


def _drive_alone(ways: gpd.GeoDataFrame, metric: object) -> str:
    """Count the drivable ways cut only where they meet each other, the usual figures of a street graph."""
    cars = ways[ways["highway"].isin(DRIVE)].reset_index(drop=True)
    alone = split_ways(cars.geometry, metric)
    one_way = cars["oneway"].to_numpy()[alone.way]
    _, inside, nodes = largest_part(alone.u, alone.v, one_way)
    directed = 2 * len(alone.u) - int(one_way.sum())
    return (
        f"drivable ways by themselves: {nodes} junctions, {directed} directed segments,"
        f" largest strongly connected part {inside / nodes:.1%} of the junctions;"
        " footways that meet a street cut it into more segments here"
    )


def _keep_connected(
    table: pd.DataFrame, segments: Segments, metric: object
) -> tuple[pd.DataFrame, NDArray[np.object_], list[str]]:
    """Set the flags inside each mode's largest strongly connected part; drop segments without a mode."""
    notes = []
    classes = {"drive": DRIVE, "walk": WALK, "wheelchair": STEPLESS}
    for mode in MODES:
        open_to = table["highway"].isin(classes[mode]).to_numpy()
        part = table[open_to]
        one_way = part["oneway"].to_numpy() if mode == "drive" else np.zeros(len(part), dtype=bool)
        inside, kept_nodes, nodes = largest_part(part["u"].to_numpy(), part["v"].to_numpy(), one_way)
        table[mode] = False
        table.loc[open_to, mode] = inside
        lost_km = part["length_m"].to_numpy()[~inside].sum() / 1000
        notes.append(
            f"{mode}: {kept_nodes} of {nodes} junctions ({kept_nodes / nodes:.1%}) and {int(inside.sum())} of"
            f" {len(part)} segments lie in the largest strongly connected part;"
            f" {int((~inside).sum())} segments ({lost_km:.0f} km) fall away"
        )
    kept = table[list(MODES)].any(axis=1).to_numpy()
    notes.append(f"{int((~kept).sum())} segments belong to no mode's network and are left out")
    notes += _islands(table[~kept], segments.lines[~kept], metric)
    return table[kept].reset_index(drop=True), segments.lines[kept], notes


def _islands(lost: pd.DataFrame, lines: NDArray[np.object_], metric: object) -> list[str]:
    """Name the larger parts that the extract joins to nothing: who lives there cannot be reached."""
    part = connected_parts(lost["u"].to_numpy(), lost["v"].to_numpy())
    km = lost["length_m"].groupby(part).sum() / 1000
    large = km[km >= ISLAND_KM].sort_values(ascending=False)
    notes = []
    for number, length in large.items():
        line = lines[part == number]
        middle = (
            gpd.GeoSeries([shapely.multilinestrings(line).centroid], crs=metric).to_crs("EPSG:4326").iloc[0]
        )
        notes.append(
            f"a part of {length:.0f} km around {middle.x:.3f} {middle.y:.3f} is left out: nothing in the extract,"
            " which is cut at the city's edge, joins it to the rest"
        )
    return notes


def _place(
    table: pd.DataFrame, lines: NDArray[np.object_], nodes: NDArray[np.float64], metric: object
) -> gpd.GeoDataFrame:
    """Number and sort by a Hilbert curve (small files, near reads), simplify and round the lines."""
    used = np.unique(np.concatenate([table["u"], table["v"]]))
    points = gpd.GeoSeries(shapely.points(nodes[used]), crs=metric)
    order = np.lexsort((used, points.hilbert_distance().to_numpy()))
    number = np.empty(len(nodes), dtype=np.int32)
    number[used[order]] = np.arange(len(used), dtype=np.int32)
    frame = pd.DataFrame(
        {
            "u": number[table["u"]],
            "v": number[table["v"]],
            "length_m": np.maximum(table["length_m"].round(1), 0.1),
            "highway": table["highway"],
            "name": table["name"],
            "oneway": table["oneway"],
            "maxspeed_kmh": table["maxspeed_kmh"],
            **{mode: table[mode] for mode in MODES},
            "bridge": table["bridge"],
            "tunnel": table["tunnel"],
        }
    )
    geometry = gpd.GeoSeries(simplify_lines(lines, TOLERANCE_M), crs=metric).to_crs("EPSG:4326")
    rounded = shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    streets = gpd.GeoDataFrame(frame, geometry=rounded, crs="EPSG:4326")
    streets["_way"] = np.arange(len(streets))
    return streets.sort_values(["u", "v", "_way"], ignore_index=True).drop(columns="_way")


def _many_parts(source: gpd.GeoDataFrame) -> int:
    return int((shapely.get_num_geometries(source.geometry.to_numpy()) > 1).sum())
