"""Suggest: sites for facilities that are in no plan yet, on top of all that stands in a year."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import covered
from geoplan.errors import InputError
from geoplan.scenario.bench import bench_of
from geoplan.scenario.opening import open_scene
from geoplan.siting import greedy_maximal_covering

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.city import City

__all__ = ["Suggestion", "suggest_sites"]


@dataclass(frozen=True)
class Suggestion:
    """Suggested sites with what they would cover; a calculation, not a decision.

    `before` and `after` are people covered under the headline threshold, expected ones (the mean over the draws) where
    existing facilities are drawn; `objective` is `after`; no choice of as many candidate sites can cover more than `bound`.
    """

    sites: pd.DataFrame
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float
    before: float
    after: float


def suggest_sites(
    city: City, *, service: str, count: int, year: int | None = None, district: str | None = None
) -> Suggestion:
    """Suggest where `count` more facilities would cover the most people still uncovered.

    Parameters
    ----------
    city
        An opened city.
    service
        A service of the standards file.
    count
        How many sites.
    year
        What stands at the end of this year counts as given; the last year of the plan by default.
    district
        Slug of the district the sites must lie in; the whole city by default.

    Raises
    ------
    InputError
        If the service or district is unknown, or there are fewer candidate sites than asked for.
    """
    started = time.perf_counter()
    bench = bench_of(city)
    known = bench.standards.service(service)
    if not 1 <= count <= len(bench.candidates(known)):
        msg = f"count {count}: ask for at least one site and at most the {len(bench.candidates(known))} candidates"
        raise InputError(msg)
    if district is not None and district not in bench.demand.areas[:-1]:
        msg = f"unknown district {district!r}: known are {', '.join(bench.demand.areas[:-1])}"
        raise InputError(msg)
    scene, _ = open_scene(bench, known, city.builds)
    state = (scene.builds["owner"] != "private").to_numpy()
    last = int(scene.opens[state].max(initial=scene.baseline_year))
    costs = scene.costs(max(scene.baseline_year, last if year is None else year), state)
    limit = known.headline_reading.limit
    persons = bench.demand.persons
    candidates = bench.candidates(known)
    choice = greedy_maximal_covering(
        bench.candidate_rows(known).within(limit),
        (costs > np.float32(limit)).mean(axis=0) * persons,
        persons=persons,
        districts=[district or ""] * count,
        candidate_districts=candidates["district"].to_numpy(dtype=object),
    )
    before = float(covered(costs, limit, bench.demand)[:, -1].mean())
    sites = candidates.loc[choice.picks, ["lon", "lat", "district"]].reset_index(drop=True)
    sites["newly_covered"] = choice.gains.round().astype(int)
    sites["status"] = "proposed"
    after, bound = before + choice.objective, before + choice.bound
    return Suggestion(
        sites=sites.round({"lon": 6, "lat": 6}),
        objective=round(after),
        bound=round(bound),
        gap=round((bound - after) / bound, 6) if bound > 0 else 0.0,
        status="heuristic",
        seconds=round(time.perf_counter() - started, 3),
        before=round(before),
        after=round(after),
    )
