"""Population: official totals, and where in each district people live."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from geoplan.errors import InputError
from geoplan.layers._grid import Grid, district_of_points, empty_grid, whole_numbers
from geoplan.layers._sources import read_source_table
from geoplan.layers._worldpop import compare_with_worldpop

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["CELL_M", "far_from_streets", "read_population", "spread_points", "street_metres"]

BLOCKS = "population/akimat_blocks_population.csv"
DISTRICT_TOTALS = "population/district_population_govkz.csv"
CITY_TOTAL = "population/city_population_bns_2026-02.csv"
CITY_SERIES = "facts/population_city_series.csv"

CITY = "almaty"
CELL_M = 100.0
# Streets that people live on; courtyards of blocks of flats are `service` in OSM.
RESIDENTIAL = ("residential", "living_street", "service")
# A block's people stay within this distance of its point. Half of the points lie less than 205 m from the
# next one, 99 of 100 less than 625 m.
REACH_M = 500.0
# Streets are measured in pieces no longer than this, each counted in the cell of its middle.
_PIECE_M = 10.0


def read_population(
    sources: Path, districts: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> tuple[Grid, pd.DataFrame, list[str]]:
    """Read official totals and spread them over cells near residential streets.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, streets
        The layers of that name.

    Returns
    -------
    tuple
        The grid of whole persons, whose district sums equal the rows of basis `estimate`; the table of totals
        (district, year, group, persons, basis, source); notes.

    Raises
    ------
    InputError
        If a file is missing or does not hold the districts or the city.

    Notes
    -----
    Dasymetric mapping with streets as the ancillary layer (Reibel & Bufalino, Environment and Planning A 37,
    2005): within a district every cell goes to the nearest block point, and a block's people are split over
    its cells in proportion to the metres of residential street in each.
    """
    table, notes = _totals(sources, districts)
    estimate = table[table["basis"] == "estimate"].set_index("district")["persons"]
    grid = empty_grid(districts, size=CELL_M)
    weights, more = _weights(sources, grid, districts, streets)
    notes += more
    cell_district = grid.district_of_cells(districts)
    persons = np.zeros(grid.persons.size, dtype=np.int64)
    for slug, total in estimate.items():
        inside = cell_district == slug
        if not weights[inside].sum() > 0:
            msg = f"{sources / BLOCKS}: no block with people in district {slug}"
            raise InputError(msg)
        persons[inside] = whole_numbers(weights[inside], int(total))
    if persons.max() > np.iinfo(np.uint16).max:
        msg = f"{sources / BLOCKS}: {persons.max()} persons in one cell, more than the raster can hold"
        raise InputError(msg)
    grid = replace(grid, persons=persons.astype(np.uint16).reshape(grid.persons.shape))
    notes.append(
        f"{int((persons > 0).sum())} cells of {CELL_M:.0f} m hold people, at most {int(persons.max())} in one;"
        " where in a district they live is modelled, their sum is not"
    )
    notes += far_from_streets(grid, streets)
    notes += compare_with_worldpop(sources, grid, districts)
    return grid, table, notes


def _totals(sources: Path, districts: gpd.GeoDataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the table of totals: as published, and the district rows scaled alike to the city's total."""
    published = read_source_table(
        sources,
        DISTRICT_TOTALS,
        columns=["district_name", "official_population", "source_precision", "source_name", "source_url"],
    )
    published = published.assign(
        district=published["district_name"].str.lower(),
        persons=published["official_population"].astype("int64"),
    ).sort_values("district", ignore_index=True)
    if published["district"].tolist() != sorted(districts["district"]):
        msg = f"{sources / DISTRICT_TOTALS}: its districts are not those of the district layer"
        raise InputError(msg)
    lower = published["source_precision"] == "lower_bound"
    bound = lower.map({True: "; lower bound ('more than')", False: ""})
    official = pd.DataFrame(
        {
            "district": published["district"],
            "year": pd.array([pd.NA] * len(published), dtype="Int64"),
            "persons": published["persons"],
            "basis": "official",
            "source": published["source_name"] + ", undated" + bound + "; " + published["source_url"],
        }
    )
    city = _city_totals(sources)
    latest = city.iloc[-1]
    sum_of_districts = int(published["persons"].sum())
    factor = latest["persons"] / sum_of_districts
    estimate = official.assign(
        year=latest["year"],
        persons=whole_numbers(published["persons"].to_numpy(dtype=float), int(latest["persons"])),
        basis="estimate",
        source=f"published row x {latest['persons']}/{sum_of_districts} = {factor:.4f}, all districts alike",
    )
    table = pd.concat([official, city, estimate], ignore_index=True)
    table.insert(2, "group", "total")
    bounds = ", ".join(published.loc[lower, "district"])
    scaled = (
        f"the {len(published)} published district totals are undated and sum to {sum_of_districts:,};"
        f" {bounds} are lower bounds; all are scaled alike to the city's {latest['persons']:,} (x {factor:.4f},"
        " basis estimate)"
    )
    ages = (
        "no yearly series by district and no age shares exist in the sources: only the group total is given"
    )
    return table, [scaled, ages]


def _city_totals(sources: Path) -> pd.DataFrame:
    """Return one official row a year for the city, the earliest of the year, by year."""
    series = read_source_table(
        sources, CITY_SERIES, columns=["date", "population", "source_note", "source_url"]
    )
    rows = series.rename(columns={"source_note": "name"})[["date", "population", "name", "source_url"]]
    current = read_source_table(
        sources,
        CITY_TOTAL,
        columns=["normalized_city_name", "population", "reference_date", "source_name", "source_url"],
    )
    current = current[current["normalized_city_name"] == CITY]
    if current.empty:
        msg = f"{sources / CITY_TOTAL}: no row for {CITY}"
        raise InputError(msg)
    current = current.rename(columns={"reference_date": "date", "source_name": "name"})[rows.columns]
    # the register's own row comes before the series' copy of the same date
    rows = (
        pd.concat([current, rows], ignore_index=True)
        .drop_duplicates("date")
        .sort_values("date", kind="stable")
    )
    rows = rows.assign(year=rows["date"].str[:4].astype("int64")).drop_duplicates("year")
    return pd.DataFrame(
        {
            "district": CITY,
            "year": rows["year"].astype("Int64"),
            "persons": rows["population"].astype("int64"),
            "basis": "official",
            "source": rows["name"] + ", as of " + rows["date"] + "; " + rows["source_url"],
        }
    ).reset_index(drop=True)


def _weights(
    sources: Path, grid: Grid, districts: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the block people that each cell gets, before scaling, shape (cells,)."""
    blocks = read_source_table(sources, BLOCKS, columns=["population", "RAYON", "geometry"])
    people = blocks["population"].astype(float).to_numpy()
    points = gpd.GeoSeries.from_wkt(blocks["geometry"], crs="EPSG:4326").to_crs(grid.crs)
    x, y = points.x.to_numpy(), points.y.to_numpy()
    block_district = district_of_points(x, y, districts, grid.crs)
    weights, spread = spread_points(np.c_[x, y], people.astype(np.float64), grid, districts, streets)
    outside = block_district == ""
    renamed = ~outside & (blocks["RAYON"].str[:3].str.lower() != _russian_start(block_district, districts))
    used = (
        f"{len(blocks)} blocks with {people.sum():,.0f} people (undated undercount, no ages) serve as weights inside"
        f" their district; {int(outside.sum())} outside the city ({people[outside].sum():,.0f} people) are left"
        f" out; {int(renamed.sum())} lie in another district than they name: the point decides"
    )
    return weights, [used, *spread]


def spread_points(
    points: NDArray[np.float64],
    people: NDArray[np.float64],
    grid: Grid,
    districts: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
) -> tuple[NDArray[np.float64], list[str]]:
    """Spread the people of points over the cells near them, by metres of residential street.

    Parameters
    ----------
    points
        (n, 2) metres in the grid's CRS.
    people
        (n,) people of each.
    grid, districts, streets
        The city's grid and layers.

    Returns
    -------
    tuple
        (cells,) people, and a note. Points outside the districts count for nothing.

    Raises
    ------
    None

    Notes
    -----
    Within a district every cell with a residential street goes to the nearest point within `REACH_M`; a point without such
    a cell keeps its people in its own.
    """
    x, y = points.T
    block_district = district_of_points(x, y, districts, grid.crs)
    cell_district = grid.district_of_cells(districts)
    cell_x, cell_y = grid.centres()
    metres = street_metres(grid, streets)

    weights = np.zeros(grid.persons.size)
    alone = 0
    alone_people = 0.0
    for slug in districts["district"]:
        block = np.flatnonzero(block_district == slug)
        in_district = np.flatnonzero(cell_district == slug)
        cell = in_district[metres[in_district] > 0]
        away, nearest = KDTree(np.c_[x, y][block]).query(np.c_[cell_x, cell_y][cell])
        cell, nearest = cell[away <= REACH_M], nearest[away <= REACH_M]
        block_metres = np.bincount(nearest, weights=metres[cell], minlength=len(block))
        np.add.at(weights, cell, people[block[nearest]] * metres[cell] / block_metres[nearest])
        # a block with no residential street near stays whole in the cell of its point
        bare = block[block_metres == 0]
        _, own = KDTree(np.c_[cell_x, cell_y][in_district]).query(np.c_[x, y][bare])
        np.add.at(weights, in_district[own], people[bare])
        alone += len(bare)
        alone_people += people[bare].sum()
    spread = (
        f"block people are spread over cells within {REACH_M:.0f} m by metres of residential street"
        f" ({', '.join(RESIDENTIAL)}); {alone} blocks without one ({alone_people:,.0f} people) stay in one cell"
    )
    return weights, [spread]


def far_from_streets(grid: Grid, streets: gpd.GeoDataFrame) -> list[str]:
    """Count the people whom no street of the walking network comes near.

    Raises
    ------
    None
    """
    lines = streets.loc[streets["walk"], "geometry"].to_crs(grid.crs).to_numpy()
    x, y = grid.centres()
    cell = np.flatnonzero(grid.persons)
    _, away = shapely.STRtree(lines).query_nearest(
        shapely.points(x[cell], y[cell]), return_distance=True, all_matches=False
    )
    far = away > REACH_M
    people = int(grid.persons.ravel()[cell[far]].sum())
    where = f"in {int(far.sum())} cells live more than {REACH_M:.0f} m from the connected walking network"
    return [f"{people:,} people {where}"]


def _russian_start(slugs: NDArray[np.object_], districts: gpd.GeoDataFrame) -> pd.Series:
    starts = dict(zip(districts["district"], districts["name_ru"].str[:3].str.lower(), strict=True))
    return pd.Series(slugs).map(starts)


def street_metres(
    grid: Grid, streets: gpd.GeoDataFrame, *, kinds: tuple[str, ...] | None = RESIDENTIAL
) -> NDArray[np.float64]:
    """Return the metres of street in each cell, shape (cells,); of some kinds of highway, residential ones by default.

    Raises
    ------
    None
    """
    chosen = streets if kinds is None else streets[streets["highway"].isin(kinds)]
    lines = chosen.geometry.to_crs(grid.crs)
    xy, line = shapely.get_coordinates(shapely.segmentize(lines.to_numpy(), _PIECE_M), return_index=True)
    same = line[1:] == line[:-1]
    middle = ((xy[1:] + xy[:-1]) / 2)[same]
    length = np.hypot(*np.diff(xy, axis=0)[same].T)
    cell = grid.cell_of(middle[:, 0], middle[:, 1])
    inside = cell >= 0
    return np.bincount(cell[inside], weights=length[inside], minlength=grid.persons.size).astype(np.float64)
