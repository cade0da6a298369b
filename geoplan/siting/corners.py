"""Corners: candidate sites at street junctions where people live, at a set spacing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.network import Network

__all__ = ["street_corners"]

_CORNER = 3  # streets that meet at a corner; two are a bend or a change of name


def street_corners(
    network: Network,
    cells: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    *,
    spacing: float,
    built_up: float,
    among: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """Choose street junctions as candidate sites, no two nearer to each other than a set spacing.

    Parameters
    ----------
    network
        The streets of the service's mode.
    cells
        Populated cells: x, y (metres), persons.
    districts
        Indexed by slug; a corner belongs to the district it lies in, and one outside them all is no candidate.
    spacing
        Metres between any two candidates at the least.
    built_up
        Metres from the centre of a populated cell within which a junction counts as built up.
    among
        Only these nodes, e.g. those of main streets; any by default.

    Returns
    -------
    pandas.DataFrame
        Index 0..K-1, by node: lon, lat, district, persons (within `spacing`), node. Where junctions lie nearer than
        `spacing` the one with more people around it stays.

    Raises
    ------
    InputError
        If a distance is not positive, or no junction is left.

    Notes
    -----
    The corners kept are a maximal independent set of the graph "nearer than `spacing`", found in rounds: whoever has more
    people around than all its undecided neighbours stays, its neighbours go (Luby 1986). So every junction left out has
    a candidate within `spacing`.
    """
    if not (spacing > 0 and built_up > 0):
        msg = f"spacing {spacing:g} m, built-up {built_up:g} m: both must be above 0"
        raise InputError(msg)
    at, xy = _junctions(network, among)
    people = cKDTree(cells[["x", "y"]].to_numpy(dtype=float))
    near, _ = people.query(xy, distance_upper_bound=built_up)
    at, xy = at[np.isfinite(near)], xy[np.isfinite(near)]
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=network.crs)
    areas = districts[["geometry"]].to_crs(network.crs)
    areas.index.name = "district"
    inside = gpd.sjoin(points, areas, predicate="within")
    # A point on a common border lies in both: the first slug keeps it.
    inside = inside[~inside.index.duplicated()].sort_index()
    if inside.empty:
        msg = f"no {network.mode} junction within {built_up:g} m of where people live: no candidate site"
        raise InputError(msg)
    at, xy = at[inside.index], xy[inside.index]
    around = cKDTree(xy).sparse_distance_matrix(people, spacing, output_type="coo_matrix")
    here = cells["persons"].to_numpy(dtype=float)[around.col]
    persons = np.bincount(around.row, here, minlength=len(xy)).astype(float)
    kept = _thinned(xy, persons, spacing)
    to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(xy[kept, 0], xy[kept, 1])
    return pd.DataFrame(
        {
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "district": inside["district"].to_numpy(dtype=object)[kept],
            "persons": persons[kept],
            "node": at[kept],
        }
    )


def _junctions(
    network: Network, among: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nodes where at least three streets meet: numbers and metres."""
    ends = np.concatenate([network.u, network.v])
    meets = np.bincount(ends, minlength=network.n_nodes) >= _CORNER
    if among is not None:
        meets &= np.isin(np.arange(network.n_nodes), among)
    xy = np.zeros((network.n_nodes, 2))
    xy[network.u] = shapely.get_coordinates(shapely.get_point(network.lines, 0))
    xy[network.v] = shapely.get_coordinates(shapely.get_point(network.lines, -1))
    at = np.flatnonzero(meets)
    return at, xy[at]


def _thinned(xy: NDArray[np.float64], weight: NDArray[np.float64], spacing: float) -> NDArray[np.int64]:
    """Positions of a maximal set of points no two of which are nearer than `spacing`, the weightier first."""
    count = len(xy)
    # Ranks from 1: a rank of 0 would not stand out against the zeros of a sparse matrix.
    rank = np.empty(count)
    rank[np.lexsort((np.arange(count)[::-1], weight))] = np.arange(1, count + 1)
    pairs = cKDTree(xy).query_pairs(np.nextafter(spacing, 0), output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    near = csr_array(coo_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count)))
    undecided, kept = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    while undecided.any():
        rivals = near.multiply(np.where(undecided, rank, 0.0)[None, :]).max(axis=1).toarray().ravel()
        winners = undecided & (rank > rivals)
        kept |= winners
        undecided &= ~(winners | (near @ winners.astype(float) > 0))
    return np.flatnonzero(kept)
