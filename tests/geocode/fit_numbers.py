"""Foretell every known address from the others of its street: `python tests/geocode/fit_numbers.py [fit]`.

Prints how often the answers hold; with `fit` (some minutes) also looks for the figures of geocode.numbering
under which what is known is likelier: the sum over all houses of the logarithm of the certainty that the others leave where
the house stands, one in twenty taken to be misplaced (leave-one-out, Rasmussen and Williams 2006, chapter 5.4.2).
"""

# ruff: noqa: T201
from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from geoplan.city import open_city
from geoplan.geocode._gazetteer import Gazetteer, Match
from geoplan.geocode._houses import Houses
from geoplan.geocode._numbers import Known, Numbering, Street, narrowest, usual_numbering

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.geocode._axis import Axis

FITTED = ("north_south", "west_east", "pace", "start", "wander", "side", "forgotten", "known", "misplaced")
# One house that a register and OSM both know says nothing of its neighbours.
SAME_HOUSE_M = 500.0
_MISPLACED = 0.05


class KnownStreet(NamedTuple):
    """A street with the known houses on it."""

    axis: Axis
    known: Known
    points: np.ndarray
    sources: list[str]


def known_streets(places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> list[KnownStreet]:
    """Return the streets of a gazetteer on which a house is known."""
    gazetteer = Gazetteer(places, districts)
    houses = Houses(gazetteer, (), 0.0)
    named: dict[tuple, set[int]] = {}
    for row, keys in gazetteer.street_keys.items():
        for key in keys:
            if key.stems in gazetteer.houses:
                named.setdefault((key.stems, key.kind), set()).add(row)
    streets, told = {}, set()
    for matched in named.values():
        for street in houses.whole([Match(row, 100.0) for row in sorted(matched)]):
            rows = houses.rows(street)
            known = [pair for pair in houses.known(rows) if pair[1] not in told]
            told.update(row for _, row in known)
            streets[rows] = known
    found = []
    for rows, known in sorted(streets.items()):
        if known:
            axis = houses.learnt(rows).axis
            points = np.array([gazetteer.points[row].coords[0] for _, row in known])
            numbers = np.array([house.number for house, _ in known], dtype=float)
            sources = [gazetteer.sources[row] for _, row in known]
            found.append(KnownStreet(axis, Known(numbers, axis.where(points)), points, sources))
    return found


def foretold(streets: list[KnownStreet], usual: Numbering) -> pd.DataFrame:
    """Return a row for each known house: radius_m, error_m, within, source, and the likelihood of where it stands."""
    rows = []
    for street in streets:
        steps, known = street.axis.steps, street.known
        for number, along, point, source in zip(*known, street.points, street.sources, strict=True):
            near = np.hypot(*(street.points - point).T) < SAME_HOUSE_M
            others = ~((known.numbers == number) & near)
            learnt = Street(street.axis, Known(known.numbers[others], known.along[others]), usual)
            found = learnt.where(int(number))
            step, half = narrowest(found.shares, steps)
            error = float(np.hypot(*(street.axis.places[step] - point)))
            density = found.shares[np.abs(steps - along).argmin()] / max(street.axis.length / len(steps), 1.0)
            chance = (1 - _MISPLACED) * density + _MISPLACED / max(street.axis.length, 1.0)
            rows.append((max(half * usual.stretch, usual.least_radius), error, source, float(np.log(chance))))
    table = pd.DataFrame(rows, columns=["radius_m", "error_m", "source", "likelihood"])
    return table.assign(within=table["error_m"] <= table["radius_m"])


def fit(streets: list[KnownStreet]) -> Numbering:
    """Return the numbering that makes what is known likeliest (Nelder and Mead, from today's)."""
    start = np.log([getattr(usual_numbering(), name) for name in FITTED])

    def unlikely(change: np.ndarray) -> float:
        values = np.exp(start + 0.3 * change)
        usual = usual_numbering()._replace(**dict(zip(FITTED, values.tolist(), strict=True)))
        if usual.misplaced > 0.3:
            return np.inf
        return -float(foretold(streets, usual)["likelihood"].sum())

    simplex = np.vstack([np.zeros(len(start)), 0.8 * np.eye(len(start))])
    best = minimize(
        unlikely,
        np.zeros(len(start)),
        method="Nelder-Mead",
        options={"maxfev": 240, "adaptive": True, "initial_simplex": simplex},
    )
    return usual_numbering()._replace(
        **dict(zip(FITTED, np.exp(start + 0.3 * best.x).round(2).tolist(), strict=True))
    )


def report(streets: list[KnownStreet], usual: Numbering) -> None:
    """Print how often the answers hold."""
    table = foretold(streets, usual)
    print(usual)
    print(f"{len(streets)} streets, {len(table)} houses, log likelihood {table['likelihood'].sum():.1f}")
    groups = table.groupby("source").agg(
        houses=("within", "size"),
        within=("within", "mean"),
        median_radius_m=("radius_m", "median"),
        median_error_m=("error_m", "median"),
        up_to_500_m=("radius_m", lambda radii: (radii <= 500).mean()),
    )
    print(groups.round(3).to_string())
    print(f"all: within {table['within'].mean():.3f}, up to 500 m {(table['radius_m'] <= 500).mean():.3f}")


if __name__ == "__main__":
    CITY = open_city("almaty")
    STREETS = known_streets(CITY.places, CITY.districts.reset_index())
    report(STREETS, usual_numbering())
    if sys.argv[1:] == ["fit"]:
        report(STREETS, fit(STREETS))
