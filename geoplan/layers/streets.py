"""Streets: roads as junction-to-junction segments, with the modes that may use each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers._segments import Segments, connected_parts, cut_ways, largest_part, simplify_lines
from geoplan.layers.osm.file import is_osm_file
from geoplan.layers.osm.graphml import read_graphml_ways
from geoplan.layers.osm.pbf import read_osm_ways
from geoplan.layers.osm.roads import read_table_ways
from geoplan.layers.osm.turns import turns_at_nodes
from geoplan.layers.osm.ways import DRIVE, STEPLESS, WALK
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.layers.osm.ways import Ways

__all__ = ["DRIVE", "MODES", "STEPLESS", "WALK", "Streets", "read_streets"]

ROADS = "roads/geofabrik_roads_almaty.shp.zip"
MODES = ("drive", "walk", "wheelchair")
# Columns of sources that have tags of access and surface.
OPTIONAL = ("surface", "access", "emergency")

# Simplified for size; length_m keeps the full line. 1 m is below the accuracy of the source.
TOLERANCE_M = 1.0
DECIMALS = 7
# Parts cut off from the network that are worth naming one by one.
ISLAND_KM = 5.0
# Streets are taken this far beyond the districts: the way round a border street leads through them.
MARGIN_M = 5000.0
_METRES_A_DEGREE = 111_000.0


class Streets(NamedTuple):
    """What `read_streets` gives.

    Attributes
    ----------
    table
        GeoDataFrame in EPSG:4326, a row per segment: u, v (0..n-1 over all modes), length_m (metres on the unsimplified
        line), highway, name, oneway (cars only u -> v), maxspeed_kmh (0 unknown), drive, walk, wheelchair, bridge, tunnel;
        where the source has them surface, access (the value that decides for cars, '' if none) and emergency (may an
        ambulance on a call use it); geometry from node u to node v. A mode flag is set only inside the mode's largest
        strongly connected part.
    restrictions
        from_u, via, to_v (nodes of `table`), kind (no: this turn is forbidden, only: all others are); None where the
        source cannot hold any.
    notes
        A line for each thing dropped, mended or doubted.
    """

    table: gpd.GeoDataFrame
    restrictions: pd.DataFrame | None
    notes: list[str]


def read_streets(path: Path, *, districts: gpd.GeoDataFrame | None = None) -> Streets:
    """Read streets of any origin and cut them into segments between junctions.

    Parameters
    ----------
    path
        .osm.pbf or .osm; a shapefile (zipped too), GeoPackage or other vector file in Geofabrik's layout; .graphml of osmnx.
    districts
        The city's districts (EPSG:4326). Only ways that come within 5 km of their bounding box are taken, so that a
        country's file gives one city. They give the metric CRS too; without them the streets' own UTM zone does.

    Returns
    -------
    Streets
        The table, the turn restrictions and the notes. The same file gives the same table.

    Raises
    ------
    InputError
        If the file cannot be read, has no drivable way, or none inside the districts.
    """
    path = Path(path)
    area = None if districts is None else _around(districts)
    ways = _read_ways(path, area)
    _fit(path, ways, districts)
    if not ways.table["drive"].any():
        msg = f"{path}: no drivable way"
        raise InputError(msg)
    metric = _metric(ways, districts)
    notes = [*ways.notes, _drive_alone(ways, metric)]
    segments = cut_ways(ways.way, ways.key, ways.degrees, metric)
    table = ways.table.iloc[segments.way].reset_index(drop=True)
    table = table.assign(u=segments.u, v=segments.v, length_m=segments.length_m)
    table, kept, more = _keep_connected(table, segments, metric)
    notes += more
    turns = None
    if ways.turns is not None:
        turns, more = turns_at_nodes(ways.turns, ways, segments, table["drive"].to_numpy())
        notes += more
    streets, number = _place(table[kept].reset_index(drop=True), segments.lines[kept], segments.nodes, metric)
    if turns is not None:
        nodes = {name: number[turns[name]] for name in ("from_u", "via", "to_v")}
        turns = turns.assign(**nodes).sort_values(list(turns.columns), ignore_index=True)
    return Streets(streets, turns, notes)


def _read_ways(path: Path, area: tuple[float, float, float, float] | None) -> Ways:
    if is_osm_file(path):
        return read_osm_ways(path, area)
    if path.suffix.lower() == ".graphml":
        return read_graphml_ways(path, area)
    return read_table_ways(path, area)


def _around(districts: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the districts' bounding box with a margin, degrees."""
    west, south, east, north = districts.total_bounds
    high = MARGIN_M / _METRES_A_DEGREE
    wide = high / np.cos(np.radians((south + north) / 2))
    return float(west - wide), float(south - high), float(east + wide), float(north + high)


def _fit(path: Path, ways: Ways, districts: gpd.GeoDataFrame | None) -> None:
    """Refuse streets that are not those of the districts, and say where they are."""
    x, y = ways.degrees.T
    if not len(x):
        return
    if np.abs(y).max() > 90 or np.abs(x).max() > 180:
        swap = " (latitude and longitude look swapped)" if np.abs(x).max() <= 90 else ""
        msg = f"{path}: coordinates beyond the globe, such as {x[0]:.4f} {y[0]:.4f}{swap}"
        raise InputError(msg)
    if districts is None:
        return
    west, south, east, north = districts.total_bounds

    def inside(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
        return bool(((a >= west) & (a <= east) & (b >= south) & (b <= north)).any())

    if inside(x, y):
        return
    if inside(y, x):
        msg = f"{path}: latitude and longitude are swapped: {x[0]:.4f} {y[0]:.4f} should be {y[0]:.4f} {x[0]:.4f}"
        raise InputError(msg)
    msg = (
        f"{path}: no street lies in the districts: streets around {np.median(x):.2f} {np.median(y):.2f},"
        f" districts around {(west + east) / 2:.2f} {(south + north) / 2:.2f} (longitude latitude)"
    )
    raise InputError(msg)


def _metric(ways: Ways, districts: gpd.GeoDataFrame | None) -> object:
    if districts is not None:
        return metric_crs(districts)
    west, south = ways.degrees.min(axis=0)
    east, north = ways.degrees.max(axis=0)
    return metric_crs(gpd.GeoSeries([shapely.box(west, south, east, north)], crs="EPSG:4326"))


def _drive_alone(ways: Ways, metric: object) -> str:
    """Count the drivable ways cut only where they meet each other, the usual figures of a street graph."""
    cars = ways.table["drive"].to_numpy()
    taken = cars[ways.way]
    number = np.cumsum(cars) - 1
    alone = cut_ways(number[ways.way[taken]], ways.key[taken], ways.degrees[taken], metric)
    one_way = ways.table["oneway"].to_numpy()[cars][alone.way]
    _, inside, nodes = largest_part(alone.u, alone.v, one_way)
    directed = 2 * len(alone.u) - int(one_way.sum())
    return (
        f"drivable ways by themselves: {nodes} junctions, {directed} directed segments,"
        f" largest strongly connected part {inside / nodes:.1%} of the junctions;"
        " footways that meet a street cut it into more segments here"
    )


def _keep_connected(
    table: pd.DataFrame, segments: Segments, metric: object
) -> tuple[pd.DataFrame, NDArray[np.bool_], list[str]]:
    """Set the flags inside each mode's largest strongly connected part; tell which segments have a mode left."""
    notes = []
    modes = [*MODES, "emergency"] if "emergency" in table else list(MODES)
    for mode in modes:
        open_to = table[mode].to_numpy(dtype=bool)
        part = table[open_to]
        one_way = (
            part["oneway"].to_numpy() if mode in {"drive", "emergency"} else np.zeros(len(part), dtype=bool)
        )
        inside, kept_nodes, nodes = largest_part(part["u"].to_numpy(), part["v"].to_numpy(), one_way)
        table[mode] = False
        table.loc[open_to, mode] = inside
        lost_km = part["length_m"].to_numpy()[~inside].sum() / 1000
        share = f" ({kept_nodes / nodes:.1%})" if nodes else ""
        notes.append(
            f"{mode}: {kept_nodes} of {nodes} junctions{share} and {int(inside.sum())} of"
            f" {len(part)} segments lie in the largest strongly connected part;"
            f" {int((~inside).sum())} segments ({lost_km:.0f} km) fall away"
        )
    kept = table[modes].any(axis=1).to_numpy()
    notes.append(f"{int((~kept).sum())} segments belong to no mode's network and are left out")
    notes += _islands(table[~kept], segments.lines[~kept], metric)
    return table, kept, notes


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
) -> tuple[gpd.GeoDataFrame, NDArray[np.int32]]:
    """Number and sort by a Hilbert curve (small files, near reads), simplify and round the lines.

    The second result is the new number of each node, -1 where it is not used.
    """
    used = np.unique(np.concatenate([table["u"], table["v"]]))
    points = gpd.GeoSeries(shapely.points(nodes[used]), crs=metric)
    order = np.lexsort((used, points.hilbert_distance().to_numpy()))
    number = np.full(len(nodes), -1, dtype=np.int32)
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
            **{name: table[name] for name in OPTIONAL if name in table},
        }
    )
    geometry = gpd.GeoSeries(simplify_lines(lines, TOLERANCE_M), crs=metric).to_crs("EPSG:4326")
    rounded = shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    streets = gpd.GeoDataFrame(frame, geometry=rounded, crs="EPSG:4326")
    streets["_way"] = np.arange(len(streets))
    return streets.sort_values(["u", "v", "_way"], ignore_index=True).drop(columns="_way"), number
