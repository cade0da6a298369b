"""Survival: which sites are chosen again when speeds, people and the threshold are a little different."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import h3
import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree

from geoplan.errors import InputError
from geoplan.scenario.choose.aims import closer
from geoplan.siting import Limits, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.scenario.choose.question import Question
    from geoplan.siting import Problem

__all__ = ["survival"]


def survival(question: Question, sites: NDArray[np.int64], *, draws: int | None = None) -> pd.DataFrame:
    """Solve the question again under drawn speeds, people and thresholds, and see which sites come back.

    Parameters
    ----------
    question
        A question of maximal covering.
    sites
        Positions of the chosen candidates.
    draws
        How many; `siting.sensitivity_draws` of the standards by default.

    Returns
    -------
    pandas.DataFrame
        A row per site, in the order given: lon, lat, district, survives (share of the draws whose plan has a site within
        `siting.same_place` metres), draws.

    Raises
    ------
    InputError
        If the question is not one of maximal covering, or draws is below 1.

    Notes
    -----
    In each draw all times are divided by one factor, the threshold is multiplied by another and the people of every
    hexagon of about 0.7 km² by one of their own, each uniform around 1 with the spread of the standards (assumptions).
    Plans of the draws are those of the heuristic (greedy, then swaps); the seed is that of the standards, so the same
    input gives the same shares.
    """
    if question.objective != "coverage":
        msg = f"sensitivity is computed for the objective coverage, not {question.objective}"
        raise InputError(msg)
    siting = question.bench.standards.siting
    count = int(siting.sensitivity_draws.value) if draws is None else draws
    if count < 1:
        msg = f"sensitivity: {count} draws; ask for at least one"
        raise InputError(msg)
    seed = int(question.bench.standards.draws.seed.value)
    stream = zlib.crc32(f"{question.service.name}/sensitivity".encode())
    rng = np.random.Generator(np.random.PCG64([seed, stream]))
    limits, factors = _limits(question, count, rng)
    table = closer(
        question.bench.reach(question.service),
        question.candidates,
        np.full(len(question.bench.demand.cells), limits.max()),
    )
    to_metres = Transformer.from_crs("EPSG:4326", question.bench.city.crs, always_xy=True)
    xy = np.column_stack(
        to_metres.transform(question.candidates["lon"].to_numpy(), question.candidates["lat"].to_numpy())
    )
    back = np.zeros(len(sites))
    for limit, factor in zip(limits, factors, strict=True):
        problem = _varied(question, table, float(limit), factor)
        plan = solve(problem, Limits(heuristic=True)).sites
        off, _ = cKDTree(xy[plan]).query(xy[sites])
        back += off <= siting.same_place.value
    out = question.candidates.iloc[sites][["lon", "lat", "district"]].reset_index(drop=True)
    return out.assign(survives=(back / count).round(3), draws=count)


def _limits(
    question: Question, count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(draws,) limits in the network's unit, and (draws, cells) factors of people."""
    siting, service = question.bench.standards.siting, question.service

    def around_one(spread: float, size: int | tuple[int, int]) -> NDArray[np.float64]:
        return rng.uniform(1 - spread, 1 + spread, size=size)

    threshold = service.headline * around_one(siting.threshold_spread.value, count)
    # Metres do not change with anybody's speed; seconds fall as it rises, which is the limit rising.
    speed = around_one(siting.speed_spread.value, count)
    limits = np.asarray([service.to_unit(float(value)) for value in threshold])
    if service.unit == "min":
        limits = limits * speed
    cells = question.bench.demand.cells
    size = int(siting.people_hexagon.value)
    hexagons = [
        h3.latlng_to_cell(lat, lon, size) for lat, lon in zip(cells["lat"], cells["lon"], strict=True)
    ]
    which, names = pd.factorize(pd.Series(hexagons), sort=True)
    people = around_one(siting.people_spread.value, (count, len(names)))
    return np.maximum(limits, 0.0), people[:, which]


def _varied(question: Question, table: object, limit: float, factor: NDArray[np.float64]) -> Problem:
    inside = np.float32(limit)
    persons = question.bench.demand.persons.astype(float) * factor
    return replace(
        question.problem,
        costs=table,
        weights=(question.standing > inside).mean(axis=0) * persons,
        threshold=float(inside),
    )
