"""Seats: the question by who finds a place, with capacities that the user gives; none is ever invented."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import cost_rows
from geoplan.errors import InputError
from geoplan.scenario.capacities import read_capacities, seated_sites
from geoplan.scenario.choose.aims import closer
from geoplan.scenario.moment import open_moment
from geoplan.siting import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geoplan.scenario.choose.question import Question

__all__ = ["with_seats"]


def with_seats(
    question: Question, capacities: Path, *, room: float | None = None, seekers: float | None = None
) -> Question:
    """Ask for the sites that give most people a place within the headline threshold, instead of covering most.

    Parameters
    ----------
    question
        Of the objective `coverage`, as `ask` puts it.
    capacities
        CSV file of what stands, see `read_capacities`; what is not in it, or has no place, gives nobody a place.
    room
        Places of each new site; None: the `capacity` of each parcel.
    seekers
        Share of all people who seek a place; None: that of the standards, where they have one.

    Returns
    -------
    Question
        Capacitated maximal covering; a cell's people may be shared among sites.

    Raises
    ------
    InputError
        If the file cannot be used, the service is not walked to, nothing says how many seek a place or how many places a
        new site has, or `room` or `seekers` is out of range.
    """
    bench, service = question.bench, question.service
    if service.unit != "m":
        msg = f"{service.name}: capacity is measured for services people walk to"
        raise InputError(msg)
    given = read_capacities(capacities)
    share = _share(question, seekers)
    limit = service.headline_reading.limit
    sites, notes = seated_sites(open_moment(bench.city, service, year=question.year), given)
    standing = cost_rows(bench.reach(service), sites["lon"], sites["lat"], limit=limit).sparse
    assert standing is not None
    table = standing.tocoo()
    existing = np.full((len(bench.demand.cells), len(sites)), np.inf)
    existing[table.col, table.row] = table.data
    everywhere = np.full(len(existing), limit)
    problem = Problem(
        model="capacitated_covering",
        costs=closer(bench.reach(service), question.candidates, everywhere),
        weights=bench.demand.persons.astype(float) * share,
        count=question.problem.count,
        threshold=float(np.float32(limit)),
        existing=existing,
        capacities=_rooms(question, room),
        existing_capacities=sites["capacity"].to_numpy(dtype=float),
    )
    return replace(question, objective="capacity", problem=problem, notes=(*question.notes, *notes))


def _share(question: Question, seekers: float | None) -> float:
    """Share of people who seek a place."""
    name = question.service.name
    if seekers is not None:
        if not 0 < seekers <= 1:
            msg = f"seekers {seekers:g}: give a share of all people, above 0 and at most 1"
            raise InputError(msg)
        return seekers
    if name == "school":
        return float(question.bench.standards.capacity.school_seekers.value)
    msg = f"{name}: not computable: how many people seek a place is not known; give --seekers SHARE"
    raise InputError(msg)


def _rooms(question: Question, room: float | None) -> NDArray[np.float64]:
    """(J,) places of each candidate."""
    candidates = question.candidates
    if room is not None:
        if not (np.isfinite(room) and room >= 0):
            msg = f"room {room:g}: give the places of a new site, a number of 0 or more"
            raise InputError(msg)
        return np.full(len(candidates), float(room))
    if "capacity" not in candidates.columns:
        msg = f"{question.service.name}: not computable: no capacity of new sites; give --room N, or parcels with a capacity"
        raise InputError(msg)
    return parcel_figures(candidates, "capacity")


def parcel_figures(candidates: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """(J,) a figure of the user's parcels.

    Raises
    ------
    InputError
        If one is not a number of 0 or more; the parcel is named.
    """
    values = pd.to_numeric(candidates[column], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if len(bad):
        first = candidates.iloc[bad[0]]
        msg = f"parcels: {first['parcel']}: {column} {first[column]!r} is not a number of 0 or more"
        raise InputError(msg)
    return values
