"""Streets from a graph that osmnx saved (.graphml), as downloaded or simplified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers.osm.tags import posted_speed, way_row
from geoplan.layers.osm.ways import SAMPLE, Ways

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

__all__ = ["read_graphml_ways"]

_TAGS = (
    "highway",
    "name",
    "maxspeed",
    "bridge",
    "tunnel",
    "access",
    "service",
    "junction",
    "surface",
    "area",
    "foot",
)


def read_graphml_ways(path: Path, area: tuple[float, float, float, float] | None) -> Ways:
    """Read the edges of an osmnx graph as ways that join at its nodes only.

    Parameters
    ----------
    path
        File written by `osmnx.save_graphml`.
    area
        West, south, east, north in degrees: only edges that touch this box are taken. None takes all. Where none does, the
        first thousand are taken, so that the caller can say where they are.

    Returns
    -------
    Ways
        An edge and its way back, which osmnx keeps apart, are one way. Where osmnx merged ways of unlike tags into one
        edge, the first value stands, and the lowest limit.

    Raises
    ------
    InputError
        If the file is missing or no graph of osmnx.
    """
    graph = _load(path)
    rows: list[dict[str, Any]] = []
    shapes, ends = [], []
    seen: dict[tuple[Any, ...], int] = {}
    merged = 0
    for u, v, data in graph.edges(data=True):
        line = _line(graph, u, v, data)
        mark, back = _mark(u, v, line, data), _mark(v, u, line.reverse(), data)
        if back in seen and back != mark:
            rows[seen.pop(back)]["oneway"] = False
            continue
        seen[mark] = len(rows)
        tags = {name: _text(data[name]) for name in _TAGS if name in data}
        merged += isinstance(data.get("highway"), list)
        row = way_row(tags)
        # the graph says itself which ways there are: an edge without one back is one-way
        rows.append({**row, "oneway": True, "maxspeed_kmh": _lowest(data.get("maxspeed"))})
        shapes.append(line)
        ends.append((u, v))
    if not rows:
        msg = f"{path}: the graph has no edge"
        raise InputError(msg)
    table = pd.DataFrame(rows).astype({"maxspeed_kmh": "int16"})
    lines = np.array(shapes, dtype=object)
    kept = table[["drive", "walk", "wheelchair", "emergency"]].any(axis=1).to_numpy()
    touching = (
        np.ones(len(table), dtype=bool) if area is None else shapely.intersects(lines, shapely.box(*area))
    )
    if not touching.any():
        touching[:SAMPLE] = True
    notes = [
        f"{len(table)} streets of {graph.number_of_edges()} edges read; {merged} edges merge ways of several classes",
        f"{int((~kept).sum())} streets of unknown class or shut to every mode dropped",
        "a graph holds no turn restrictions; what osmnx left out of it (its network type) is not here",
    ]
    taken = kept & touching
    return _ways(
        table[taken].drop(columns="known").reset_index(drop=True), lines[taken], np.array(ends)[taken], notes
    )


def _load(path: Path) -> nx.MultiDiGraph:
    import osmnx

    if not Path(path).is_file():
        msg = f"{path}: no such file"
        raise InputError(msg)
    try:
        graph = osmnx.load_graphml(path)
        if graph.graph["crs"] != "epsg:4326":
            graph = osmnx.project_graph(graph, to_latlong=True)
    except Exception as error:  # networkx, the XML parser and osmnx raise many kinds
        msg = f"{path}: is no graph of osmnx: {(str(error).strip() or type(error).__name__).splitlines()[0]}"
        raise InputError(msg) from error
    return graph


def _line(graph: nx.MultiDiGraph, u: int, v: int, data: dict[str, Any]) -> shapely.LineString:
    if "geometry" in data:
        return data["geometry"]
    ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (u, v)]
    return shapely.LineString(ends)


def _mark(u: int, v: int, line: shapely.LineString, data: dict[str, Any]) -> tuple[Any, ...]:
    """Return what an edge and its way back share once one of them is turned round."""
    numbers = data.get("osmid")
    ids = tuple(sorted(numbers)) if isinstance(numbers, list) else (numbers,)
    return u, v, ids, shapely.to_wkb(shapely.set_precision(line, 1e-7, mode="pointwise"))


def _text(value: Any) -> str:
    return str(value[0]) if isinstance(value, list) and value else str(value)


def _lowest(value: Any) -> int:
    texts = value if isinstance(value, list) else [value]
    speeds = [speed for speed in (posted_speed({"maxspeed": str(text)}) for text in texts) if speed]
    return min(speeds, default=0)


def _ways(table: pd.DataFrame, lines: NDArray[np.object_], ends: NDArray[np.int64], notes: list[str]) -> Ways:
    """Give each end the number of its node; what lies between joins nothing."""
    degrees, way = shapely.get_coordinates(lines, return_index=True)
    used, node = np.unique(ends, return_inverse=True)
    node = node.reshape(ends.shape)
    key = len(used) + np.arange(len(way))
    first = np.ones(len(way), dtype=bool)
    first[1:] = way[1:] != way[:-1]
    last = np.roll(first, -1)
    key[first], key[last] = node[:, 0], node[:, 1]
    return Ways(table=table, way=way, key=key, degrees=degrees, notes=notes)
