"""Capacities: who finds a place, computed only from capacities that the user gives; seats are never invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoplan.access import Demand, assign_least_cost, assign_nearest_first, cost_rows, e2sfca
from geoplan.errors import InputError, cause
from geoplan.scenario.moment import Moment, open_moment
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.sparse import coo_array, csr_array

    from geoplan.city import City

__all__ = ["capacity_at", "read_capacities", "seated_sites"]


def capacity_at(
    city: City, *, service: str, capacities: Path | None, year: int | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Who finds a place at the end of a year, per district, with the capacities of a file.

    Parameters
    ----------
    city
        An opened city.
    service
        A service people walk to.
    capacities
        CSV file, see `read_capacities`.
    year
        Facilities and builds that stand by its end and are in the file count; the last year of the plan by default.

    Returns
    -------
    table, notes
        district, population, capacity_per_1000 (people's mean of E2SFCA), without (people in no catchment). For schools also
        pupils, unmet_nearest_first, mean_m_nearest_first, unmet_least_cost, mean_m_least_cost (pupils without a seat, metres
        of those with one). For polyclinics also attached_known (people whose nearest polyclinic has a capacity in the
        file) and attached_per_visit (their mean number of people attached to one visit per shift there). And lines on
        what was left out.

    Raises
    ------
    InputError
        If no file is given, it cannot be used, or the service is not walked to.
    """
    standards = load_standards()
    known = standards.service(service)
    if known.unit != "m":
        msg = f"{service}: capacity is measured for services people walk to"
        raise InputError(msg)
    if capacities is None:
        msg = f"{service}: not computable: no capacities; give --capacities FILE (CSV: facility_id,capacity)"
        raise InputError(msg)
    rule = standards.capacity
    given = read_capacities(capacities)
    at = open_moment(city, known, year=year)
    sites, notes = seated_sites(at, given)
    demand = at.bench.demand
    radii = [radius * known.headline for radius in rule.decay.radii]
    reach = max([*radii, rule.school_reach.value]) if service == "school" else radii[-1]
    costs = cost_rows(at.scene.reach, sites["lon"], sites["lat"], limit=reach).sparse
    assert costs is not None
    supply = sites["capacity"].to_numpy(dtype=float)
    people = demand.weights.astype(np.float64)
    each = _e2sfca(costs, supply, people[:, -1], radii, rule.decay.weights)
    totals = demand.totals
    table = pd.DataFrame(
        {
            "district": demand.areas,
            "population": np.round(totals).astype(np.int64),
            "capacity_per_1000": (each @ people / totals * 1000).round(2),
            "without": np.round((each == 0) @ people).astype(np.int64),
        }
    )
    table.insert(0, "moment", at.name)
    if service == "polyclinic":
        table = table.assign(**_attached(at, given))
    if service != "school":
        if service == "kindergarten":
            notes.append("kindergarten: unmet places not computable: the number of children is not known")
        return table, notes
    share = rule.school_seekers.value
    within = _up_to(costs, rule.school_reach.value)
    table["pupils"] = np.round(totals * share).astype(np.int64)
    for name, assign in (("nearest_first", assign_nearest_first), ("least_cost", assign_least_cost)):
        given_seats = assign(within, supply, people[:, -1] * share)
        unmet, mean = _outcome(given_seats, within, demand, share)
        table[f"unmet_{name}"] = np.round(unmet).astype(np.int64)
        table[f"mean_m_{name}"] = mean.round(1)
    return table, notes


def read_capacities(path: Path) -> pd.Series:
    """Read a capacity file: CSV with the columns facility_id (or build_id) and capacity; others are ignored.

    Returns
    -------
    pandas.Series
        Capacity by id, in the service's own unit (seats, visits per shift).

    Raises
    ------
    InputError
        If it cannot be read, lacks a column, holds an id twice, or a capacity that is not a number of 0 or more; the line
        is named. An empty capacity is unknown: leave the row out.
    """
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except pd.errors.EmptyDataError as error:
        msg = f"{path}: is empty (wanted: facility_id,capacity)"
        raise InputError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read: {cause(error)}"
        raise InputError(msg) from error
    for column in ("facility_id", "capacity"):
        if column not in table.columns:
            msg = f"{path}: column {column!r} is missing (wanted: facility_id,capacity)"
            raise InputError(msg)
    values = pd.to_numeric(table["capacity"], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if len(bad):
        msg = f"{path}: line {bad[0] + 2}: capacity {table['capacity'].iloc[bad[0]]!r} is not a number of 0 or more"
        raise InputError(msg)
    names = table["facility_id"].fillna("").str.strip()
    twice = np.flatnonzero(names.duplicated() | (names == ""))
    if len(twice):
        msg = f"{path}: line {twice[0] + 2}: facility_id {names.iloc[twice[0]]!r} is empty or there twice"
        raise InputError(msg)
    return pd.Series(values, index=pd.Index(names, name="facility_id"), name="capacity")


def seated_sites(at: Moment, given: pd.Series) -> tuple[pd.DataFrame, list[str]]:
    """Lon, lat and capacity of what stands, has a place and a capacity; and what was left out, a line each.

    Raises
    ------
    InputError
        If an id is that of no facility and no build of the service, or nothing is left.
    """
    existing, builds = at.scene.existing, at.scene.builds
    places = _standing_places(at)
    sites = places.assign(capacity=places["id"].map(given))
    unknown = int(sites["capacity"].isna().sum())
    notes = []
    unused = [name for name in given.index if name not in set(places["id"])]
    known_names = set(existing["facility_id"]) | set(builds["build_id"])
    strange = [name for name in unused if name not in known_names]
    if strange:
        msg = f"capacities: {strange[0]!r} is neither a facility nor a build of {at.service.name}"
        raise InputError(msg)
    if unused:
        notes.append(f"no known place, or not standing then, left out: {', '.join(unused)}")
    if unknown:
        notes.append(f"capacity not given, left out: {unknown} of {len(sites)} facilities with a place")
    sites = sites.dropna(subset=["capacity"])
    if sites.empty:
        msg = f"{at.service.name}: not computable: no facility that stands has both a place and a capacity"
        raise InputError(msg)
    return sites, notes


def _attached(at: Moment, given: pd.Series) -> dict[str, NDArray[Any]]:
    """People attached to polyclinics of known capacity, and how many share one visit per shift, by area.

    Everybody is taken to be attached to the nearest polyclinic that stands, whether its capacity is known or not.
    """
    places = _standing_places(at)
    demand = at.bench.demand
    _, which = at.scene.reach.nearest(places["lon"], places["lat"])
    people, some = demand.weights.astype(np.float64), which >= 0
    attached = np.bincount(which[some], weights=people[some, -1], minlength=len(places))
    visits = places["id"].map(given).to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(visits > 0, attached / visits, np.nan)
    known = some.copy()
    known[some] = np.isfinite(each[which[some]])
    here = people[known].sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = each[which[known]] @ people[known] / here
    return {"attached_known": np.round(here).astype(np.int64), "attached_per_visit": mean.round(2)}


def _standing_places(at: Moment) -> pd.DataFrame:
    """Id, lon and lat of what stands and has a place."""
    scene = at.scene
    here = scene.existing[scene.standing(at.year, at.certain) & scene.existing["placed"].to_numpy()]
    built = scene.builds[at.certain & (scene.opens <= at.year)]
    return pd.concat(
        [
            pd.DataFrame({"id": here["facility_id"], "lon": here["lon"], "lat": here["lat"]}),
            pd.DataFrame({"id": built["build_id"], "lon": built["site_lon"], "lat": built["site_lat"]}),
        ],
        ignore_index=True,
    )


def _e2sfca(
    costs: csr_array,
    supply: NDArray[np.float64],
    persons: NDArray[np.float64],
    radii: list[float],
    weights: list[float],
) -> NDArray[np.float64]:
    dense = np.full(costs.shape, np.inf, dtype=np.float32)
    table = costs.tocoo()
    dense[table.row, table.col] = table.data
    return e2sfca(dense, supply, persons, zones=radii, weights=weights)


def _up_to(costs: csr_array, limit: float) -> coo_array:
    """The entries within a limit."""
    table = costs.tocoo()
    inside = table.data <= np.float32(limit)
    return type(table)((table.data[inside], (table.row[inside], table.col[inside])), shape=table.shape)


def _outcome(
    seated: coo_array, costs: coo_array, demand: Demand, share: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pupils without a seat per area, and the mean metres of those with one (NaN: none)."""
    member = (demand.weights > 0).astype(np.float64)
    by_cell = np.bincount(seated.col, weights=seated.data, minlength=len(member))
    metres = np.asarray(costs.tocsr()[seated.row, seated.col]).ravel().astype(np.float64)
    walked = np.bincount(seated.col, weights=seated.data * metres, minlength=len(member))
    with_seat = by_cell @ member
    mean = np.divide(walked @ member, with_seat, out=np.full_like(with_seat, np.nan), where=with_seat > 0)
    return np.maximum(demand.totals * share - with_seat, 0), mean
