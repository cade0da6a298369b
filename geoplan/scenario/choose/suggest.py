"""Suggest: sites for facilities that are in no plan yet, on top of all that stands in a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import covered
from geoplan.scenario.choose.question import Question, ask
from geoplan.scenario.choose.settle import settle
from geoplan.scenario.microdistricts import microdistricts_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.scenario.choose.aims import Objective
    from geoplan.siting import Limits, Solution

__all__ = ["Suggestion", "chosen_table", "district_table", "suggest", "suggest_sites"]

# Decimals of an objective by its unit; two of metres and seconds.
_PLACES = {"people": 0, "person-years": 0, "share": 6}


@dataclass(frozen=True)
class Suggestion:
    """Suggested sites with what they would do; a calculation, not a decision.

    Attributes
    ----------
    sites
        In the order in which they gain most: lon, lat, district, place (nearest microdistrict of the gazetteer), corner
        (streets that meet there) or parcel, newly_covered (people, after the ones above), status.
    districts
        district, population, covered_before, covered_after, change, uncovered, share_before, share_after.
    objective
        `coverage`: people covered; `mean`: mean cost of all people, seconds or metres; `max`: the largest cost of all whom
        anything reaches; `equity`: share covered of the worst district; `capacity`: people with a place. No choice of as
        many candidates can be better than `bound`; `gap` is how far, 0.01 is 1 %.
    before, after
        People covered under the headline threshold, expected ones (the mean over the draws) where existing facilities
        are drawn.
    """

    sites: pd.DataFrame
    districts: pd.DataFrame
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float
    before: float
    after: float
    unit: str
    year: int
    candidates: int


def suggest_sites(
    city: City,
    *,
    service: str,
    count: int,
    year: int | None = None,
    district: str | None = None,
    objective: Objective = "coverage",
    parcels: gpd.GeoDataFrame | None = None,
    apart_m: float = 0.0,
    limits: Limits | None = None,
) -> Suggestion:
    """Suggest where `count` more facilities would do most.

    Parameters
    ----------
    city, service, count, year, district, objective, parcels, apart_m
        As in `ask`.
    limits
        When to stop; to the optimum by default.

    Raises
    ------
    InputError
        If the service or district is unknown, or there are fewer candidate sites than asked for.
    """
    question = ask(
        city,
        service=service,
        count=count,
        year=year,
        district=district,
        objective=objective,
        parcels=parcels,
        apart_m=apart_m,
    )
    return suggest(question, settle(question, question.problem, limits))


def suggest(question: Question, answer: Solution) -> Suggestion:
    """Say what an answer to a question means for the people."""
    districts = district_table(question, answer.sites)
    objective, bound, unit = question.shown(answer.objective), question.shown(answer.bound), question.unit
    gap = answer.gap
    if question.objective == "coverage":
        # The model counts only people still left out; what stands covers the others.
        gap = (bound - objective) / bound if bound > 0 else 0.0
    whole = _PLACES.get(unit, 2)
    return Suggestion(
        sites=chosen_table(question, answer.sites, answer.opens),
        districts=districts.round({"covered_before": 0, "covered_after": 0, "change": 0, "uncovered": 0}),
        objective=round(objective, whole),
        bound=round(bound, whole),
        gap=round(gap, 6),
        status=answer.status,
        seconds=round(answer.seconds, 3),
        before=round(base_of(districts)),
        after=round(float(districts["covered_after"].iloc[-1])),
        unit=unit,
        year=question.year,
        candidates=len(question.candidates),
    )


def base_of(districts: pd.DataFrame) -> float:
    """People of the whole city covered before."""
    return float(districts["covered_before"].iloc[-1])


def district_table(question: Question, sites: NDArray[np.int64]) -> pd.DataFrame:
    """Coverage by district before and after some candidates open; the last row is the city."""
    demand = question.bench.demand
    before = covered(question.standing, question.limit, demand).mean(axis=0)
    after = covered(question.opened(sites), question.limit, demand).mean(axis=0)
    people = demand.totals
    return pd.DataFrame(
        {
            "district": demand.areas,
            "population": people.round().astype(int),
            "covered_before": before,
            "covered_after": after,
            "change": after - before,
            "uncovered": people - after,
            "share_before": (before / people).round(4),
            "share_after": (after / people).round(4),
        }
    )


def chosen_table(question: Question, sites: NDArray[np.int64], opens: NDArray[np.int64]) -> pd.DataFrame:
    """The chosen candidates, the one that gains most first, each with what it adds to those above it.

    Of a plan over years those of earlier years come first, and `opens` says when; gains are those at the end of it.
    """
    order, gains = _by_gain(question, sites, opens)
    chosen = question.candidates.iloc[sites[order]].reset_index(drop=True)
    out = chosen[["lon", "lat", "district"]].copy()
    if question.problem.phases:
        out.insert(0, "opens", opens[order])
    out["place"] = microdistricts_of(question.bench.city).nearest(chosen)
    if "parcel" in chosen.columns:
        out["parcel"] = chosen["parcel"]
    else:
        out["corner"] = _corner_names(question, chosen)
    out["newly_covered"] = gains.round().astype(int)
    out["status"] = "proposed"
    return out.round({"lon": 6, "lat": 6})


def _by_gain(
    question: Question, sites: NDArray[np.int64], opens: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Order sites by year, then greedily by the people each newly covers; of equal ones the first candidate."""
    limit = np.float32(question.limit)
    persons = question.bench.demand.persons.astype(float)
    left = (question.standing > limit).mean(axis=0) * persons
    reach = question.bench.reach(question.service)
    chosen = question.candidates.iloc[sites]
    within = np.zeros((len(sites), len(left)), dtype=bool)
    for part, cost in reach.rows(chosen["lon"], chosen["lat"], limit=question.limit):
        within[part] = cost <= limit
    order, gains, free = [], [], np.ones(len(sites), dtype=bool)
    for _ in range(len(sites)):
        next_ones = free & (opens == opens[free].min())
        gain = np.where(next_ones, within @ left, -1.0)
        best = int(gain.argmax())
        order.append(best)
        gains.append(float(gain[best]))
        free[best] = False
        left = np.where(within[best], 0.0, left)
    return np.asarray(order, dtype=np.int64), np.asarray(gains)


def _corner_names(question: Question, chosen: pd.DataFrame) -> list[str]:
    """The streets that meet at each corner, as 'A / B'; '' where none has a name."""
    streets = question.bench.city.streets
    ends = pd.DataFrame(
        {
            "node": np.concatenate([streets["u"], streets["v"]]),
            "name": np.concatenate([streets["name"], streets["name"]]),
        }
    )
    ends = ends[ends["node"].isin(chosen["node"]) & ends["name"].fillna("").ne("")].drop_duplicates()
    names = ends.sort_values(["node", "name"]).groupby("node")["name"].agg(" / ".join)
    known = names.to_dict()
    return [str(known.get(node, "")) for node in chosen["node"]]
