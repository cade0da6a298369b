"""Question: where should the next facilities go, given what stands at the end of a year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geoplan.access import covered
from geoplan.errors import InputError
from geoplan.scenario.asked import check_year
from geoplan.scenario.bench import bench_of
from geoplan.scenario.choose.aims import Objective, covering_problem, problem_of
from geoplan.scenario.opening import open_scene
from geoplan.siting import district_shares, inside_areas, parcel_candidates, solve, too_near

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.siting import Problem
    from geoplan.standards import Service, Standards

__all__ = ["Question", "ask", "standing_costs", "without_areas"]


@dataclass(frozen=True)
class Question:
    """A siting problem of the city, and what is needed to say what an answer means.

    Attributes
    ----------
    candidates
        Index 0..J-1: lon, lat, district; `parcel` where they are the user's own.
    standing
        (draws, C) cost to the nearest facility that stands.
    problem
        The model to solve on them.
    facilities
        What stands at the end of the year: name, district, lon, lat (NaN: no place is known), status (`existing`; `stated`,
        `register` or `proposed`: a build of the roadmap opened by then).
    district
        Slug of the district the sites must lie in; None: the whole city.
    areas
        Polygons in which nothing may stand; None: none were given.
    excluded
        Candidates left out because they lie in one of them, of those that nothing else rules out.
    unreached
        People whom nothing that stands and no candidate reaches: a largest way leaves them out.
    notes
        What else the answer rests on, a line each.
    scene, counted
        What stands in any year, and (builds,) which builds of the roadmap count.
    standing_by_year
        Of a plan over years: each year from the first opening and the people within the threshold then without new sites.
    """

    bench: Bench
    service: Service
    objective: Objective
    year: int
    candidates: pd.DataFrame
    standing: NDArray[np.float32]
    problem: Problem
    facilities: pd.DataFrame
    district: str | None
    scene: Scene
    counted: NDArray[np.bool_]
    areas: gpd.GeoSeries | None = None
    excluded: int = 0
    unreached: float = 0.0
    notes: tuple[str, ...] = ()
    standing_by_year: tuple[tuple[int, float], ...] = ()

    @property
    def limit(self) -> float:
        """Headline limit of the service in the network's unit."""
        return self.service.headline_reading.limit

    def opened(self, sites: NDArray[np.int64]) -> NDArray[np.float32]:
        """(draws, C) cost to the nearest of what stands and some candidates."""
        chosen = self.candidates.iloc[sites]
        new, _ = self.bench.reach(self.service).nearest(chosen["lon"], chosen["lat"])
        return np.minimum(self.standing, new)

    @cached_property
    def nothing(self) -> float:
        """Objective without any new site, as the model counts it; inf where somebody is reached by new sites alone."""
        problem = self.problem
        if self.objective == "coverage":
            return 0.0
        if self.objective == "capacity":
            return float(
                solve(replace(problem, count=0, allowed=np.zeros(problem.n_candidates, bool))).objective
            )
        assert problem.existing is not None
        if self.objective == "equity":
            return min(district_shares(problem, np.zeros(0, dtype=np.int64)).values())
        if self.objective == "max":
            return float(problem.existing[np.asarray(problem.weights) > 0].max())
        return float(problem.existing @ problem.weights)

    @cached_property
    def base(self) -> float:
        """People of the whole city within the headline threshold without any new site; person-years of a plan over years."""
        if self.standing_by_year:
            return sum(people for _, people in self.standing_by_year)
        return float(covered(self.standing, self.limit, self.bench.demand)[:, -1].mean())

    @property
    def unit(self) -> str:
        """Unit in which the objective is shown: people, person-years, share, m or s."""
        if self.problem.phases:
            return "person-years"
        plain = {"coverage": "people", "capacity": "people", "equity": "share"}
        return plain.get(self.objective) or self.bench.reach(self.service).network.unit

    @property
    def scale(self) -> float:
        """What a difference of the model's objective is multiplied by to be shown: a mean is that of one person."""
        return 1 / float(self.problem.weights.sum()) if self.objective == "mean" else 1.0

    def shown(self, value: float) -> float:
        """Return an objective, or its bound, as it is shown; the model of coverage counts only people still left out."""
        return value * self.scale + (self.base if self.objective == "coverage" else 0.0)

    @cached_property
    def covering(self) -> Problem:
        """The most people within the threshold, on the same candidates: for sites that the objective leaves free."""
        return covering_problem(self.bench, self.service, self.candidates, self.standing)

    def of(self, count: int) -> Problem:
        """The same problem for another number of sites."""
        return replace(self.problem, count=count)


def ask(
    city: City,
    *,
    service: str,
    count: int,
    year: int | None = None,
    district: str | None = None,
    objective: Objective = "coverage",
    parcels: gpd.GeoDataFrame | None = None,
    apart_m: float = 0.0,
    without_roadmap: bool = False,
    standards: Standards | None = None,
) -> Question:
    """Put the question: what stands, who is left out, which places may be chosen.

    Parameters
    ----------
    city
        An opened city.
    service
        A service of the standards file.
    count
        How many sites.
    year
        What stands at the end of this year is kept; the last year of the plan by default.
    district
        Slug of the district the sites must lie in; the whole city by default.
    objective
        `coverage`: the most people within the headline threshold (maximal covering); `mean`: the least mean distance or
        time (p-median); `max`: the least largest one of all whom anything reaches (p-center); `equity`: the share within
        the threshold of the worst district as high as can be, then that of the next. `capacity` is put by `with_seats`.
    parcels
        Plots of the user's own as candidates; street corners by default.
    apart_m
        Metres within which a standing facility rules a candidate out.
    without_roadmap
        Leave out every build of the roadmap.
    standards
        Thresholds, speeds, spacing; the shipped ones by default.

    Raises
    ------
    InputError
        If the service, district or objective is unknown, or fewer candidates are left than sites asked for.
    """
    bench = bench_of(city, standards)
    known = bench.standards.service(service)
    if objective not in get_args(Objective):
        msg = f"unknown objective {objective!r}: known are {', '.join(get_args(Objective))}"
        raise InputError(msg)
    if objective == "capacity":
        msg = f"{service}: not computable: no capacities; give --capacities FILE (CSV: facility_id,capacity)"
        raise InputError(msg)
    if district is not None and district not in bench.demand.areas[:-1]:
        msg = f"unknown district {district!r}: known are {', '.join(bench.demand.areas[:-1])}"
        raise InputError(msg)
    check_year(bench, city.builds, year)
    scene, _ = open_scene(bench, known, city.builds)
    when, standing = standing_costs(scene, year, without_roadmap=without_roadmap)
    candidates = _candidates(bench, known, parcels)
    allowed = np.ones(len(candidates), dtype=bool)
    if district is not None:
        allowed &= (candidates["district"] == district).to_numpy()
    facilities = _facilities(scene, when, without_roadmap=without_roadmap)
    if apart_m > 0:
        allowed &= ~too_near(candidates, facilities["lon"], facilities["lat"], metres=apart_m, crs=city.crs)
    candidates = candidates[allowed].reset_index(drop=True)
    _check_count(count, len(candidates))
    problem, unreached = problem_of(objective, bench, known, candidates, standing)
    return Question(
        bench,
        known,
        objective,
        when,
        candidates,
        standing,
        replace(problem, count=count),
        facilities,
        district,
        scene,
        _counted(scene, without_roadmap=without_roadmap),
        unreached=unreached,
    )


def without_areas(question: Question, areas: gpd.GeoSeries) -> Question:
    """Return the same question with no candidate left inside some areas, or on their edge.

    Parameters
    ----------
    question
        As `ask` puts it.
    areas
        Polygons, their CRS stated, in which nothing may stand.

    Raises
    ------
    InputError
        If fewer candidates are left than sites asked for.
    """
    barred = inside_areas(question.candidates, areas, crs=question.bench.city.crs)
    excluded, kept = int(barred.sum()), np.flatnonzero(~barred)
    _check_count(question.problem.count or 0, len(kept), excluded)
    return replace(
        question,
        candidates=question.candidates.iloc[kept].reset_index(drop=True),
        problem=replace(question.problem, costs=csr_array(csr_array(question.problem.costs)[:, kept])),
        areas=areas,
        excluded=excluded,
    )


def _check_count(count: int, places: int, excluded: int = 0) -> None:
    if not 1 <= count <= places:
        msg = f"count {count}: ask for at least one site and at most the {places} candidates"
        if excluded:
            msg += f" ({excluded} more lie in excluded areas)"
        raise InputError(msg)


def standing_costs(
    scene: Scene, year: int | None, *, without_roadmap: bool = False
) -> tuple[int, NDArray[np.float32]]:
    """Year that counts, and (draws, cells) cost to the nearest of what stands at its end; private builds do not count."""
    state = _counted(scene, without_roadmap=without_roadmap)
    public = (scene.builds["owner"] != "private").to_numpy()
    last = int(scene.opens[public].max(initial=scene.baseline_year))
    when = max(scene.baseline_year, last if year is None else year)
    return when, scene.costs(when, state)


def _counted(scene: Scene, *, without_roadmap: bool) -> NDArray[np.bool_]:
    public = (scene.builds["owner"] != "private").to_numpy()
    return np.zeros_like(public) if without_roadmap else public


def _facilities(scene: Scene, year: int, *, without_roadmap: bool) -> pd.DataFrame:
    """All that stands at the end of a year, its place known, proposed or not known."""
    state = _counted(scene, without_roadmap=without_roadmap)
    old = scene.existing.loc[scene.standing(year, state), ["name", "district", "lon", "lat"]]
    # Annexes and renovations stand nowhere new.
    opened = state & (scene.opens <= year) & (scene.builds["site_status"] != "none").to_numpy()
    new = scene.builds[opened]
    return pd.concat(
        [
            old.assign(status="existing"),
            pd.DataFrame(
                {
                    "name": new["place"].fillna(""),
                    "district": new["district"].fillna(""),
                    "lon": new["site_lon"].astype(float),
                    "lat": new["site_lat"].astype(float),
                    "status": new["site_status"],
                }
            ),
        ],
        ignore_index=True,
    )


def _candidates(bench: Bench, service: Service, parcels: gpd.GeoDataFrame | None) -> pd.DataFrame:
    if parcels is None:
        return bench.corners(service)
    found = parcel_candidates(parcels, bench.city.districts, crs=bench.city.crs)
    outside = found["district"] == ""
    if outside.any():
        first = str(found.loc[outside, "parcel"].iloc[0])
        msg = f"parcels: {int(outside.sum())} of {len(found)} lie outside the city, the first is {first}"
        raise InputError(msg)
    off = ~bench.reach(service).place(found["lon"], found["lat"]).on
    if off.any():
        first = str(found.loc[off, "parcel"].iloc[0])
        msg = f"parcels: {int(off.sum())} of {len(found)} have no street of mode {service.mode} near, the first is {first}"
        raise InputError(msg)
    return found
