"""Graph: the streets of one travel mode as arrays, each arc with its cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from scipy.sparse import csr_array

from geoplan.errors import InputError, LayerError
from geoplan.network.hierarchy import Hierarchy, build_hierarchy
from geoplan.network.turns import Turns, turns_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.standards import Standards

__all__ = ["TIMES_OF_DAY", "Mode", "Network", "build_network"]

Mode = Literal["walk", "wheelchair", "drive", "emergency"]
TIMES_OF_DAY = ("free", "morning", "midday", "evening")
_FLAG = {"walk": "walk", "wheelchair": "wheelchair", "drive": "drive", "emergency": "drive"}


@dataclass(frozen=True)
class Network:
    """The streets of one mode.

    Arrays run over the S segments of the mode. `cost` is what passing a whole segment costs: metres where people
    walk, seconds where they drive; `length` is its metres. `connector` is the cost of one metre between a point and its
    street. Where `turns` are given, junctions with a forbidden turn are taken apart: `n_nodes` then counts nodes beyond
    those of the layer, while `u` and `v` remain the layer's.
    """

    mode: Mode
    unit: Literal["m", "s"]
    n_nodes: int
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    cost: NDArray[np.float64]
    length: NDArray[np.float64]
    back: NDArray[np.bool_]
    lines: NDArray[np.object_]
    connector: float
    crs: CRS
    turns: Turns | None = None

    @cached_property
    def enter(self) -> NDArray[np.int64]:
        """Nodes from which segments are entered at u and at v, (2, S)."""
        return np.stack([self.u, self.v]) if self.turns is None else self.turns.enter

    @cached_property
    def leave(self) -> NDArray[np.int64]:
        """Nodes at which segments are left at u and at v, (2, S)."""
        return np.stack([self.u, self.v]) if self.turns is None else self.turns.leave

    @property
    def free(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tails and heads of the turns at junctions taken apart, which cost nothing."""
        none = np.empty(0, dtype=np.int64)
        return (none, none) if self.turns is None else (self.turns.tail, self.turns.head)

    @cached_property
    def arcs(self) -> csr_array:
        """Directed adjacency, n_nodes x n_nodes; of parallel segments the cheapest counts. Made once: do not change it."""
        (from_u, from_v), (to_u, to_v), (turn_from, turn_to) = self.enter, self.leave, self.free
        tail = np.concatenate([from_u, from_v[self.back], turn_from])
        head = np.concatenate([to_v, to_u[self.back], turn_to])
        cost = np.concatenate([self.cost, self.cost[self.back], np.zeros(len(turn_from))])
        return cheapest_arcs(tail, head, cost, self.n_nodes)

    @cached_property
    def turned(self) -> csr_array:
        """The same arcs run backwards."""
        return csr_array(self.arcs.T)

    def fan(self, direction: Literal["from_facility", "to_facility"]) -> Fan:
        """The arcs along which a search runs outwards from the facilities, as a table; each made once."""
        return self._fan if direction == "from_facility" else self._turned_fan

    @cached_property
    def _fan(self) -> Fan:
        return _fan_of(self.arcs)

    @cached_property
    def _turned_fan(self) -> Fan:
        return _fan_of(self.turned)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The order and short cuts for many searches at once; half a second for a city, once."""
        return build_hierarchy(self.arcs)


@dataclass(frozen=True)
class Fan:
    """The arcs that leave each node: (n_nodes, most arcs of any node) heads and costs; the node itself and inf for none."""

    heads: NDArray[np.int64]
    costs: NDArray[np.float64]


def _fan_of(arcs: csr_array) -> Fan:
    n = arcs.shape[0]
    counts = np.diff(arcs.indptr)
    width = int(counts.max(initial=1))
    heads = np.repeat(np.arange(n)[:, None], width, axis=1)
    costs = np.full((n, width), np.inf)
    row = np.repeat(np.arange(n), counts)
    column = np.arange(arcs.nnz) - np.repeat(arcs.indptr[:-1], counts)
    heads[row, column], costs[row, column] = arcs.indices, arcs.data
    return Fan(heads=heads, costs=costs)


def cheapest_arcs(
    tail: NDArray[np.int64], head: NDArray[np.int64], cost: NDArray[np.float64], n_nodes: int
) -> csr_array:
    """Return a CSR matrix of arcs in which parallel arcs are reduced to the cheapest and loops dropped.

    A sparse matrix adds up entries at the same place, which would make two parallel streets one slow street.
    """
    kept = cheapest(tail, head, cost)
    # An explicit zero can be read as "no arc" by csgraph: a street of no length still joins its ends.
    least = np.maximum(cost[kept], 1e-9)
    arcs = csr_array((least, (tail[kept], head[kept])), shape=(n_nodes, n_nodes))
    # csgraph works on 32-bit positions: kept so, they are not turned at every search.
    return csr_array(
        (arcs.data, arcs.indices.astype(np.int32), arcs.indptr.astype(np.int32)), shape=arcs.shape
    )


def cheapest(
    tail: NDArray[np.int64], head: NDArray[np.int64], cost: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the positions of the cheapest arc of every pair of nodes, by tail and then head; loops are left out."""
    kept = np.flatnonzero(tail != head)
    kept = kept[np.lexsort((cost[kept], head[kept], tail[kept]))]
    first = np.ones(len(kept), dtype=bool)
    first[1:] = (tail[kept[1:]] != tail[kept[:-1]]) | (head[kept[1:]] != head[kept[:-1]])
    return kept[first]


def build_network(
    streets: gpd.GeoDataFrame,
    mode: str,
    *,
    standards: Standards,
    crs: CRS,
    time_of_day: str = "free",
    restrictions: pd.DataFrame | None = None,
) -> Network:
    """Build the network of one mode from the streets layer.

    Parameters
    ----------
    streets
        Columns u, v, length_m, highway, oneway, maxspeed_kmh, drive, walk, wheelchair and a LineString geometry that
        runs from u to v; a row per junction-to-junction segment.
    mode
        walk, wheelchair (cost in metres), drive, emergency (cost in seconds).
    standards
        Speeds by road class.
    crs
        Metric CRS for points and lines.
    time_of_day
        free (free flow), morning, midday or evening: what it leaves of the speed of each road class is in the standards,
        with a table for drivers and one for ambulances.
    restrictions
        Turns forbidden (kind `no`) or the only ones allowed (`only`): from_u, via, to_v, kind. The standards say which
        modes obey; nobody on foot does.

    Returns
    -------
    Network
        Segments that the mode may use. One-way binds drivers only: walkers go both ways.

    Raises
    ------
    InputError
        If the mode or the time of day is unknown, or a time of day is asked for on foot.
    LayerError
        If a column is missing or the mode has no street.
    """
    if mode not in _FLAG:
        msg = f"unknown mode {mode!r}: known are {', '.join(_FLAG)}"
        raise InputError(msg)
    if time_of_day not in TIMES_OF_DAY:
        msg = f"unknown time of day {time_of_day!r}: known are {', '.join(TIMES_OF_DAY)}"
        raise InputError(msg)
    on_foot = mode in {"walk", "wheelchair"}
    if on_foot and time_of_day != "free":
        msg = f"mode {mode}: the way on foot does not depend on the time of day ({time_of_day})"
        raise InputError(msg)
    # sources with access tags tell which gates open to a crew on a call; others know only what cars may use
    flag = "emergency" if mode == "emergency" and "emergency" in streets.columns else _FLAG[mode]
    needed = {"u", "v", "length_m", "highway", "oneway", "maxspeed_kmh", flag}
    missing = sorted(needed - set(streets.columns))
    if missing:
        msg = f"streets: column {missing[0]!r} is missing"
        raise LayerError(msg)
    used = streets[streets[flag].to_numpy(dtype=bool)]
    if used.empty:
        msg = f"streets: no segment for mode {mode!r}"
        raise LayerError(msg)
    length = used["length_m"].to_numpy(dtype=float)
    speed = _speeds(used, mode, standards, time_of_day)
    walking = standards.speeds.walk.default / 3.6
    u, v = used["u"].to_numpy(dtype=np.int64), used["v"].to_numpy(dtype=np.int64)
    back = np.ones(len(used), dtype=bool) if on_foot else ~used["oneway"].to_numpy(dtype=bool)
    n_nodes = int(max(streets["u"].max(), streets["v"].max())) + 1
    obeys = mode in standards.turn_restrictions.obeyed_by
    turns = turns_of(u, v, back, n_nodes, restrictions) if obeys and restrictions is not None else None
    return Network(
        mode=cast("Mode", mode),
        unit="m" if on_foot else "s",
        n_nodes=n_nodes if turns is None else turns.n_nodes,
        u=u,
        v=v,
        cost=length if on_foot else length / (speed / 3.6),
        length=length,
        back=back,
        lines=used.geometry.to_crs(crs).to_numpy(),
        connector=1.0 if on_foot else 1.0 / walking,
        crs=crs,
        turns=turns,
    )


def _speeds(
    streets: gpd.GeoDataFrame, mode: str, standards: Standards, time_of_day: str
) -> NDArray[np.float64]:
    """Speed of each segment, km/h. A posted limit binds everyone but an ambulance on a call."""
    classes = streets["highway"].astype(object)
    table = getattr(standards.speeds, mode)
    speed = classes.map(table.by_class()).astype(float).fillna(table.default).to_numpy()
    if mode == "drive":
        posted = streets["maxspeed_kmh"].to_numpy(dtype=float)
        speed = np.where(posted > 0, np.minimum(speed, posted), speed)
    if time_of_day == "free":
        return speed
    hour = getattr(getattr(standards.times_of_day, mode), time_of_day)
    return speed * classes.map(hour.by_class()).astype(float).fillna(hour.default).to_numpy()
