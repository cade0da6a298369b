"""Streets from OSM's own files: three passes, so that a country's file gives one city without being held whole."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.errors import InputError
from geoplan.layers.osm.file import id_filters, node_places, reading, scan
from geoplan.layers.osm.tags import REVERSIBLE, way_row
from geoplan.layers.osm.turns import turn_of
from geoplan.layers.osm.ways import SAMPLE, Ways

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_osm_ways"]

_TENTH_MICRO = 1e7


@dataclass(frozen=True)
class _Drawn:
    """Vertices of ways: the way's OSM number and the node's, in the order drawn."""

    ids: NDArray[np.int64]
    way: NDArray[np.int64]
    node: NDArray[np.int64]


def read_osm_ways(path: Path, area: tuple[float, float, float, float] | None) -> Ways:
    """Read the streets of an OSM file.

    Parameters
    ----------
    path
        A .osm.pbf or .osm file.
    area
        West, south, east, north in degrees: only ways with a vertex inside are taken, each of them whole. None takes all.
        Where there is none inside, the first thousand are taken, so that the caller can say where they are.

    Returns
    -------
    Ways
        Joined by node number. A way of which the file lacks nodes is taken in the parts that are there.

    Raises
    ------
    InputError
        If the file cannot be read or holds no street.
    """
    with reading(path):
        drawn = _drawn(path)
        if not len(drawn.ids):
            msg = f"{path}: holds no street (no way with the tag highway)"
            raise InputError(msg)
        drawn, degrees, notes = _placed(path, drawn, area)
        rows, turns, untaken = _described(path, drawn.ids)
    table, kept, more = _table(rows, drawn.ids)
    drawn, turns = _one_place(drawn, degrees, turns)
    return _ways(table, drawn, degrees, kept, turns, notes + more + untaken)


def _drawn(path: Path) -> _Drawn:
    """First pass: which nodes the streets run through."""
    ids, counts, nodes = array("q"), array("q"), array("q")
    for way in scan(path, osmium.osm.WAY, osmium.filter.KeyFilter("highway")):
        refs = [node.ref for node in way.nodes]
        ids.append(way.id)
        counts.append(len(refs))
        nodes.extend(refs)
    numbers = np.array(ids, dtype=np.int64)
    return _Drawn(
        ids=numbers,
        way=np.repeat(np.arange(len(numbers)), np.array(counts, dtype=np.int64)),
        node=np.array(nodes, dtype=np.int64),
    )


def _placed(
    path: Path, drawn: _Drawn, area: tuple[float, float, float, float] | None
) -> tuple[_Drawn, NDArray[np.float64], list[str]]:
    """Second pass: where these nodes lie; ways wholly outside the area fall away."""
    ids, x, y = node_places(path, np.unique(drawn.node))
    if not len(ids):
        msg = f"{path}: holds streets but none of their nodes"
        raise InputError(msg)
    at = np.minimum(np.searchsorted(ids, drawn.node), len(ids) - 1)
    there = ids[at] == drawn.node
    kept = there
    if area is not None:
        west, south, east, north = (edge * _TENTH_MICRO for edge in area)
        inside = there & (x[at] >= west) & (x[at] <= east) & (y[at] >= south) & (y[at] <= north)
        touched = np.zeros(len(drawn.ids), dtype=bool)
        touched[drawn.way[inside]] = True
        if not touched.any():
            touched[:SAMPLE] = True
        kept = there & touched[drawn.way]
    # a way is cut where the file lacks a node
    gap = np.zeros(len(drawn.way), dtype=np.int64)
    gap[1:] = ~there[:-1] | (drawn.way[1:] != drawn.way[:-1])
    part = np.cumsum(gap)[kept]
    part, first, sizes = np.unique(part, return_index=True, return_counts=True)
    way = drawn.way[kept][first]
    long_enough = np.repeat(sizes >= 2, sizes)
    number = np.repeat(np.cumsum(sizes >= 2) - 1, sizes)[long_enough]
    lacking = len(np.intersect1d(drawn.way[~there], way))
    notes = [f"{len(np.unique(way))} ways read"]
    if lacking:
        notes[0] += f"; {lacking} lack nodes in the file and are taken in their parts"
    taken = at[kept][long_enough]
    degrees = np.column_stack([x[taken] / _TENTH_MICRO, y[taken] / _TENTH_MICRO])
    placed = _Drawn(
        ids=drawn.ids[way[sizes >= 2]],
        way=number,
        node=drawn.node[kept][long_enough],
    )
    return placed, degrees, notes


def _described(
    path: Path, ids: NDArray[np.int64]
) -> tuple[dict[int, dict[str, Any]], pd.DataFrame, list[str]]:
    """Third pass: what the tags of the kept ways say, and the turn restrictions between them."""
    wanted = np.unique(ids)
    members = set(wanted.tolist())
    rows = {
        way.id: way_row(dict(way.tags))
        for way in scan(path, osmium.osm.WAY, *id_filters(wanted), osmium.filter.KeyFilter("highway"))
        if way.id in members
    }
    turns, untaken = (
        [],
        dict.fromkeys(("via a way", "for other vehicles or hours only", "without from, via or to"), 0),
    )
    relations = 0
    for relation in scan(path, osmium.osm.RELATION):
        relations += 1
        if relation.tags.get("type") != "restriction":
            continue
        listed = [(member.type, member.ref, member.role) for member in relation.members]
        if not any(kind == "w" and ref in members for kind, ref, _ in listed):
            continue
        found = turn_of(dict(relation.tags), listed)
        if isinstance(found, str):
            untaken[found] += 1
        else:
            turns += found
    notes = [f"{count} turn restrictions {why} are not kept" for why, count in untaken.items() if count]
    if not relations:
        # they stand last in a file: cut between two blocks it reads as if it were whole
        notes.append("the file holds no relation, as every whole extract of a city does: is it cut short?")
    return rows, pd.DataFrame(turns, columns=["from_way", "via", "to_way", "kind"]), notes


def _one_place(
    drawn: _Drawn, degrees: NDArray[np.float64], turns: pd.DataFrame
) -> tuple[_Drawn, pd.DataFrame]:
    """Take two nodes that follow each other on a way and lie at one place for one node: no length joins them."""
    same = (drawn.way[1:] == drawn.way[:-1]) & (degrees[1:] == degrees[:-1]).all(axis=1)
    pairs = np.flatnonzero(same & (drawn.node[1:] != drawn.node[:-1]))
    if not len(pairs):
        return drawn, turns
    ends = np.concatenate([drawn.node[pairs], drawn.node[pairs + 1]])
    numbers, at = np.unique(ends, return_inverse=True)
    links = coo_array((np.ones(len(pairs)), (at[: len(pairs)], at[len(pairs) :])), shape=(len(numbers),) * 2)
    _, group = connected_components(links, directed=False)
    first = numbers[np.unique(group, return_index=True)[1]][group]
    one = pd.Series(first, index=numbers)
    node = drawn.node.copy()
    moved = np.isin(node, numbers)
    node[moved] = one[node[moved]].to_numpy()
    via = turns["via"].map(one).fillna(turns["via"]).astype(np.int64)
    return replace(drawn, node=node), turns.assign(via=via)


def _table(
    rows: dict[int, dict[str, Any]], ids: NDArray[np.int64]
) -> tuple[pd.DataFrame, NDArray[np.bool_], list[str]]:
    """Return a row per part of a way, and which of them any mode may use."""
    table = pd.DataFrame([rows[number] for number in ids.tolist()])
    kept = table[["drive", "walk", "wheelchair", "emergency"]].any(axis=1).to_numpy()
    known = table["known"].to_numpy()
    notes = [
        f"{int((~known).sum())} ways of unknown class dropped",
        f"{int((known & ~kept).sum())} ways shut to every mode dropped",
    ]
    return table.drop(columns="known"), kept, notes


def _ways(
    table: pd.DataFrame,
    drawn: _Drawn,
    degrees: NDArray[np.float64],
    kept: NDArray[np.bool_],
    turns: pd.DataFrame,
    notes: list[str],
) -> Ways:
    """Turn ways drawn against their direction, drop those that no mode may use."""
    against = (table["oneway"] == -1).to_numpy()
    position = np.arange(len(drawn.way))
    order = np.lexsort((np.where(against[drawn.way], -position, position), drawn.way))
    taken = kept[drawn.way]
    order = order[taken]
    number = np.cumsum(kept) - 1
    reversible = int((table["oneway"] == REVERSIBLE).sum())
    notes = [
        *notes,
        f"{int(against.sum())} ways drawn against their one-way direction turned round",
        f"{int((table['maxspeed_kmh'][kept] == 0).sum())} ways have no speed limit (maxspeed_kmh 0)",
    ]
    if reversible:
        notes.append(f"{reversible} reversible ways are shut to cars: which way they run now is not known")
    table = table[kept].reset_index(drop=True)
    return Ways(
        table=table.assign(
            oneway=table["oneway"].isin([1, -1]), maxspeed_kmh=table["maxspeed_kmh"].astype("int16")
        ),
        way=number[drawn.way[order]],
        key=drawn.node[order],
        degrees=degrees[order],
        notes=notes,
        ids=drawn.ids[kept],
        turns=turns,
    )
