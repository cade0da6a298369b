"""How far a microdistrict reaches: its blocks of the population list and the register houses that name it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.geocode.keys import MicroKey, addressed_micros, micro_key
from geoplan.layers._sources import read_source_table, source_file

if TYPE_CHECKING:
    from pathlib import Path

    import shapely

__all__ = ["HOUSES", "Extents", "reach", "read_extents", "register_houses"]

# What the registers' houses are called where a source is to be left out.
HOUSES = "дома реестров"
BLOCKS = "population/akimat_blocks_population.csv"
SCHOOLS = "facilities/schools_public_open-almaty.psv"
KINDERGARTENS = "facilities/kindergartens_open-almaty_2026-04.csv"
_NAMED = re.compile(
    r"мкр\.?\s*([А-Яа-яЁё0-9]+(?:[ -]+[А-Яа-яЁё]{4,}(?![.]))?(?:\s*-\s*\d+)?\s?[АБВ]?)(?![а-я])"
)
# Fewer points do not show an extent.
_FEWEST = 4
# A witness farther off bears the name of another place, or a geocoder's fallback.
_FAR_M = 3000.0
# A block's point is its middle: the microdistrict reaches half a block farther.
_HALF_BLOCK_M = 100.0
_NINE_TENTHS = 0.9

Extents = dict[MicroKey, np.ndarray]


def read_extents(sources: Path, metric: object, *, houses: bool = True) -> Extents:
    """Return the points that name each microdistrict.

    Parameters
    ----------
    sources
        Folder of source files.
    metric
        CRS in metres.
    houses
        Whether the registers' houses are taken; without them they can be asked of the blocks.

    Returns
    -------
    dict
        Key to points, (n, 2) metres: population blocks that name this microdistrict and no other, and the points of
        schools and kindergartens with an address in it.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    blocks = read_source_table(sources, BLOCKS, columns=["NOTE", "geometry"])
    points = gpd.GeoSeries.from_wkt(blocks["geometry"], crs="EPSG:4326")
    named = [{micro_key(name) for name in _NAMED.findall(note)} for note in blocks["NOTE"]]
    rows = [(keys.pop(), point) for keys, point in zip(named, points, strict=True) if len(keys) == 1]
    if houses:
        rows += register_houses(sources)
    shapes = gpd.GeoSeries([point for _, point in rows], crs="EPSG:4326").to_crs(metric)
    found: dict[MicroKey, list[tuple[float, float]]] = defaultdict(list)
    for (key, _), x, y in zip(rows, shapes.x, shapes.y, strict=True):
        found[key].append((x, y))
    return {key: np.array(pairs) for key, pairs in found.items()}


def register_houses(sources: Path) -> list[tuple[MicroKey, shapely.Point]]:
    """Read the schools and kindergartens with an address in a microdistrict: its key, and the point (EPSG:4326).

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    rows = []
    schools = pd.read_csv(source_file(sources, SCHOOLS), sep="|", dtype=str, keep_default_na=False)
    for table in (schools, read_source_table(sources, KINDERGARTENS, columns=["address", "lat", "lon"])):
        placed = table[(table["lat"] != "") & (table["lon"] != "")]
        where = gpd.points_from_xy(placed["lon"].astype(float), placed["lat"].astype(float))
        rows += [
            (key, point)
            for address, point in zip(placed["address"], where, strict=True)
            for key in addressed_micros(address)
        ]
    return rows


def reach(points: np.ndarray | None, x: float, y: float) -> float:
    """Return the metres around a centre that hold nine tenths of a microdistrict's points, 0 where too few tell.

    Raises
    ------
    None
    """
    if points is None:
        return 0.0
    gaps = np.hypot(points[:, 0] - x, points[:, 1] - y)
    near = gaps[gaps <= _FAR_M]
    if len(near) < _FEWEST:
        return 0.0
    return float(np.quantile(near, _NINE_TENTHS, method="higher")) + _HALF_BLOCK_M
