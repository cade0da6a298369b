"""Totals of any city: official figures by district and group, and the people of a file scaled to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.layers._grid import Grid, empty_grid, whole_numbers
from geoplan.layers.own.districts import slug_of
from geoplan.layers.own.margins import fit_margins
from geoplan.layers.own.people import People, read_people
from geoplan.layers.own.vector import at_row, numbers, read_own_table, texts
from geoplan.layers.population import CELL_M, far_from_streets, spread_points, street_metres

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.layers.own.mapping import FileSpec, Mapping

__all__ = ["read_own_population"]

_COLUMNS = ["district", "year", "group", "persons", "basis", "source"]
_REST = "other"


def read_own_population(
    path: Path,
    totals: Path | None,
    mapping: Mapping,
    *,
    city: str,
    districts: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
) -> tuple[Grid, pd.DataFrame, list[str]]:
    """Read people from a file, put them into 100 m cells, and scale them to totals where these are given.

    Parameters
    ----------
    path
        A raster, points or polygons; see `read_people`.
    totals
        CSV with district (slug or name; the city's slug for all) and persons, and if known year, group (total, age_0_5, …)
        and source. None leaves the people as the file has them.
    mapping
        What the columns are called, and where the files come from.
    city
        Slug of the city.
    districts, streets
        The layers of that name.

    Returns
    -------
    tuple
        The grid of whole persons, whose district sums equal the total rows of basis `estimate`; the table population.csv;
        notes.

    Raises
    ------
    InputError
        If a file cannot be used, or its totals contradict each other.

    Notes
    -----
    Where units are wider than the cells (polygons, coarse rasters), a unit's people are split over its cells by metres of
    residential street, as dasymetric mapping does (Reibel & Bufalino 2005); points as `spread_points` does. District and
    group totals are met by iterative proportional fitting (`fit_margins`).
    """
    grid = empty_grid(districts, size=CELL_M)
    people = read_people(path, mapping.population, grid, districts)
    weights, notes = _weights(people, grid, districts, streets)
    notes = [*people.notes, *notes]
    cell_district = grid.district_of_cells(districts)
    slugs = districts["district"].tolist()
    found = np.array([weights[cell_district == slug].sum() for slug in slugs])
    source = mapping.population.source or path.name
    if totals is None:
        table = _as_found(slugs, found, mapping.population.vintage, source)
        notes.append("no totals were given: the people of each district are those of the file")
    else:
        official = _read_totals(totals, mapping.totals, districts, city=city)
        table, more = _scaled(official, slugs, found, totals, city=city)
        notes += more
    estimate = table[(table["basis"] == "estimate") & (table["group"] == "total")].set_index("district")[
        "persons"
    ]
    persons = np.zeros(grid.persons.size, dtype=np.int64)
    for slug, count in estimate.items():
        inside = cell_district == slug
        if not count:
            continue
        if not weights[inside].sum() > 0:
            msg = f"{path}: nobody lives in district {slug}, of which {totals} tells {count:,} people"
            raise InputError(msg)
        persons[inside] = whole_numbers(weights[inside], int(count))
    if persons.max() > np.iinfo(np.uint16).max:
        msg = f"{path}: {persons.max():,} persons in one cell of {CELL_M:.0f} m; are they persons per cell?"
        raise InputError(msg)
    grid = replace(grid, persons=persons.astype(np.uint16).reshape(grid.persons.shape))
    notes.append(
        f"{int((persons > 0).sum())} cells of {CELL_M:.0f} m hold people, at most {int(persons.max())} in one"
    )
    return grid, table, notes + far_from_streets(grid, streets)


def _weights(
    people: People, grid: Grid, districts: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> tuple[NDArray[np.float64], list[str]]:
    """(cells,) people of each cell."""
    if people.points is not None:
        return spread_points(people.points, people.persons, grid, districts, streets)
    parts, notes = people.persons, []
    if people.coarse:
        metres = street_metres(grid, streets)[people.cell]
        number = pd.factorize(people.unit)[0]
        whole = np.bincount(number, weights=parts)
        on_streets = np.bincount(number, weights=parts * metres)
        with_streets = on_streets[number] > 0
        shared = np.divide(parts * metres, on_streets[number], out=np.zeros_like(parts), where=with_streets)
        parts = np.where(with_streets, whole[number] * shared, parts)
        bare = int((on_streets == 0).sum())
        notes.append(
            f"inside each of {len(whole)} units wider than a cell people are spread by metres of residential street;"
            f" {bare} units without one by area"
        )
    return np.bincount(people.cell, weights=parts, minlength=grid.persons.size).astype(float), notes


def _as_found(slugs: list[str], found: NDArray[np.float64], vintage: str, source: str) -> pd.DataFrame:
    year = vintage[:4]
    return pd.DataFrame(
        {
            "district": slugs,
            "year": pd.array([int(year) if year.isdigit() else pd.NA] * len(slugs), dtype="Int64"),
            "group": "total",
            "persons": np.rint(found).astype("int64"),
            "basis": "estimate",
            "source": f"sum of {source} inside the district",
        }
    )[_COLUMNS]


def _read_totals(path: Path, spec: FileSpec, districts: gpd.GeoDataFrame, *, city: str) -> pd.DataFrame:
    """Read official rows: a row per district or city, year and group, the latest year of each kept last."""
    table = read_own_table(path, spec, needed=("district", "persons"))
    persons = numbers(path, table["persons"], name="persons")
    if persons.isna().any():
        msg = f"{path}: {at_row(path, persons.index[persons.isna()][0])}: persons is empty"
        raise InputError(msg)
    known = {city: city}
    for row in districts.itertuples():
        for name in (row.name_ru, row.name_kk, row.name_en):
            known |= {str(name).lower(): row.district, slug_of(str(name)): row.district}
    known |= {slug: slug for slug in districts["district"]}
    asked = table["district"].str.strip()
    slugs = asked.str.lower().map(known).fillna(asked.map(slug_of).map(known))
    unknown = slugs.isna()
    if unknown.any():
        row = slugs.index[unknown.to_numpy()][0]
        names = ", ".join([*districts["district"], city])
        msg = f"{path}: {at_row(path, row)}: unknown district {asked[row]!r}; known: {names}"
        raise InputError(msg)
    group = texts(table, "group").replace("", "total")
    year = texts(table, "year")
    odd = (year != "") & ~year.str.fullmatch(r"(?:19|20)\d\d")
    if odd.any():
        row = year.index[odd.to_numpy()][0]
        msg = f"{path}: {at_row(path, row)}: year {year[row]!r} is none"
        raise InputError(msg)
    origin = texts(table, "source")
    out = pd.DataFrame(
        {
            "district": slugs,
            "year": pd.to_numeric(year.where(year != "")).astype("Int64"),
            "group": group,
            "persons": persons.round().astype("int64"),
            "basis": "official",
            "source": origin.where(origin != "", spec.source or path.name),
        }
    )[_COLUMNS]
    twice = out.duplicated(["district", "year", "group"])
    if twice.any():
        row = out.index[twice.to_numpy()][0]
        msg = f"{path}: {at_row(path, row)}: a second row of {out.loc[row, 'district']}, {out.loc[row, 'group']}"
        raise InputError(msg)
    return out.sort_values(["district", "group", "year"], kind="stable", ignore_index=True)


@dataclass(frozen=True)
class _Latest:
    """The latest official figures: by district and group, and of the city by group."""

    districts: pd.DataFrame
    city: pd.Series


def _latest(official: pd.DataFrame, city: str) -> _Latest:
    last = official.groupby(["district", "group"])["persons"].last()
    table = last[last.index.get_level_values("district") != city].unstack("group")  # noqa: PD010 - one value a pair
    of_city = last[last.index.get_level_values("district") == city].droplevel("district")
    return _Latest(table, of_city)


def _scaled(
    official: pd.DataFrame, slugs: list[str], found: NDArray[np.float64], path: Path, *, city: str
) -> tuple[pd.DataFrame, list[str]]:
    """Official rows as given, and the estimate: district totals, and groups by district where any are known."""
    latest = _latest(official, city)
    rows, why = _district_totals(latest, slugs, found, path, city=city)
    year = official["year"].max()
    years = pd.array([year] * len(slugs), dtype="Int64")
    parts = [official, _rows(slugs, years, "total", rows, why)]
    notes = [
        f"{len(official)} official rows; the districts' estimate: {why}, {int(rows.sum()):,} people in all"
    ]
    groups = sorted((set(latest.districts.columns) | set(latest.city.index)) - {"total"})
    if groups:
        fitted, told = _groups(latest, slugs, groups, rows, path)
        parts += [_rows(slugs, years, group, fitted[:, k], told) for k, group in enumerate(groups)]
        notes.append(f"{', '.join(groups)} by district: {told}")
    return pd.concat(parts, ignore_index=True), notes


def _district_totals(
    latest: _Latest, slugs: list[str], found: NDArray[np.float64], path: Path, *, city: str
) -> tuple[NDArray[np.int64], str]:
    given = (
        latest.districts.reindex(slugs)["total"]
        if "total" in latest.districts
        else pd.Series(np.nan, index=slugs)
    )
    of_city = latest.city.get("total")
    missing = given.index[given.isna()]
    if len(missing) == len(slugs):
        if of_city is None:
            msg = f"{path}: has neither a total of {city} nor of its districts"
            raise InputError(msg)
        return whole_numbers(
            found, int(of_city)
        ), f"the file's districts scaled alike to the city's {of_city:,}"
    if len(missing):
        msg = f"{path}: no total for district {missing[0]}; give all districts, or the city alone"
        raise InputError(msg)
    persons = np.asarray(given, dtype=np.float64)
    if of_city is None or int(of_city) == int(persons.sum()):
        return persons.astype(np.int64), "the official totals"
    factor = of_city / persons.sum()
    why = f"the official totals x {factor:.4f}, all alike, to the city's {of_city:,}"
    return whole_numbers(persons, int(of_city)), why


def _groups(
    latest: _Latest, slugs: list[str], groups: list[str], rows: NDArray[np.int64], path: Path
) -> tuple[NDArray[np.int64], str]:
    """(districts, groups) whole persons that fit the districts' totals and the city's groups."""
    by_district = latest.districts.reindex(index=slugs, columns=groups)
    half = by_district.isna().any(axis=0) & by_district.notna().any(axis=0)
    if half.any():
        group = by_district.columns[half][0]
        msg = (
            f"{path}: group {group}: no figure for district {by_district.index[by_district[group].isna()][0]}"
        )
        raise InputError(msg)
    total = float(rows.sum())
    shares = by_district.div(
        latest.districts.reindex(slugs).get("total", pd.Series(rows, index=slugs)), axis=0
    )
    seed = shares.mul(pd.Series(rows, index=slugs), axis=0)
    scale = total / latest.city["total"] if "total" in latest.city else 1.0
    columns = np.array(
        [
            float(latest.city[name]) * scale if name in latest.city else float(seed[name].sum())
            for name in groups
        ]
    )
    if columns.sum() > total * (1 + 1e-9):
        msg = f"{path}: the groups {', '.join(groups)} sum to {columns.sum():,.0f}, more than the total {total:,.0f}"
        raise InputError(msg)
    rest = total - columns.sum()
    # where nothing is known of a group by district, it starts from the city's share
    start = seed.fillna(pd.DataFrame(np.outer(rows, columns / total), index=slugs, columns=groups)).to_numpy(
        dtype=float
    )
    others = np.maximum(rows - start.sum(axis=1), 0.0)
    if rest > 0 and not others.sum() > 0:
        others = rows * (rest / total)
    try:
        fitted = fit_margins(np.c_[start, others], rows.astype(float), np.r_[columns, rest])
    except InputError as error:
        msg = f"{path}: {error}"
        raise InputError(msg) from error
    whole = np.array(
        [
            whole_numbers(np.asarray(line, dtype=np.float64), int(count)) if count else np.zeros(len(line))
            for line, count in zip(fitted, rows, strict=True)
        ]
    )
    basis = (
        "figures of the districts"
        if by_district.notna().any().any()
        else "the city's shares, alike in all districts"
    )
    return whole[:, :-1].astype(
        np.int64
    ), f"iterative proportional fitting of {basis} to district totals and city groups"


def _rows(
    slugs: list[str], years: object, group: str, persons: NDArray[np.int64], source: str
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "district": slugs,
            "year": years,
            "group": group,
            "persons": persons,
            "basis": "estimate",
            "source": source,
        }
    )
