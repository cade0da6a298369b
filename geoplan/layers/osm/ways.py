"""Ways: what every reader of streets gives, whatever the file was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["DRIVE", "SAMPLE", "STEPLESS", "WALK", "Ways", "coordinate_keys", "of_lines"]

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

# So many ways of a file that has none in the area show where it lies.
SAMPLE = 1000
# OSM keeps degrees with 7 decimals (1 cm).
_DECIMALS = 7


@dataclass(frozen=True)
class Ways:
    """Ways as drawn, with the node that each vertex is.

    Attributes
    ----------
    table
        A row per way: highway, name, oneway (cars only along the line), maxspeed_kmh (0 unknown), bridge, tunnel, drive,
        walk, wheelchair (may the mode use it at all), and where the source has tags of access and surface: surface,
        access, emergency (may an ambulance on a call use it).
    way
        Position of the way in `table` that each vertex belongs to, ascending; the vertices of a way are in order.
    key
        The node that each vertex is: ways join where they hold the same key, and only there.
    degrees
        Longitude and latitude of each vertex, shape (vertices, 2).
    notes
        A line for each thing dropped, mended or doubted.
    ids
        OSM number of each way in `table`, where the source keeps them.
    turns
        Turn restrictions of the source, None if it cannot hold any: from_way, to_way (numbers of `ids`),
        via (a key), kind (no, only).
    """

    table: pd.DataFrame
    way: NDArray[np.int64]
    key: NDArray[np.int64]
    degrees: NDArray[np.float64]
    notes: list[str] = field(default_factory=list)
    ids: NDArray[np.int64] | None = None
    turns: pd.DataFrame | None = None


def coordinate_keys(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a key per vertex that is the same where both coordinates are, to 7 decimals.

    For sources that keep no node numbers: two nodes of OSM at one place cannot be told apart there.
    """
    # both coordinates as whole numbers of 1e-7 degrees in one 64-bit key
    whole = np.round(degrees * 10**_DECIMALS).astype(np.int64)
    return whole[:, 0] * 4_000_000_000 + whole[:, 1]


def of_lines(table: pd.DataFrame, lines: gpd.GeoSeries, notes: list[str]) -> Ways:
    """Make ways of LineStrings in EPSG:4326, on the rows of `table`; they join where they share a vertex."""
    degrees, way = shapely.get_coordinates(lines.to_numpy(), return_index=True)
    return Ways(table=table, way=way, key=coordinate_keys(degrees), degrees=degrees, notes=notes)
