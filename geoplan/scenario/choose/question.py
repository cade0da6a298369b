"""Question: where should the next facilities go, given what stands at the end of a year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from geoplan.errors import InputError
from geoplan.scenario.asked import check_year
from geoplan.scenario.bench import bench_of
from geoplan.scenario.opening import open_scene
from geoplan.siting import Problem, inside_areas, parcel_candidates, too_near

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.access import Field
    from geoplan.city import City
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service, Standards

__all__ = ["Objective", "Question", "ask", "closer", "standing_costs", "without_areas"]

Objective = Literal["coverage", "mean"]


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
    areas: gpd.GeoSeries | None = None
    excluded: int = 0

    @property
    def limit(self) -> float:
        """Headline limit of the service in the network's unit."""
        return self.service.headline_reading.limit

    def opened(self, sites: NDArray[np.int64]) -> NDArray[np.float32]:
        """(draws, C) cost to the nearest of what stands and some candidates."""
        chosen = self.candidates.iloc[sites]
        new, _ = self.bench.reach(self.service).nearest(chosen["lon"], chosen["lat"])
        return np.minimum(self.standing, new)

    @property
    def nothing(self) -> float:
        """Objective without any new site: nobody newly covered, or the sum of people x cost."""
        if self.objective == "coverage":
            return 0.0
        assert self.problem.existing is not None
        return float(self.problem.existing @ self.problem.weights)

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
        time (p-median).
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
    limit = known.headline_reading.limit
    persons = bench.demand.persons.astype(float)
    if objective == "coverage":
        # Where stations are drawn a cell counts with the share of draws in which nobody reaches it in time.
        left = (standing > np.float32(limit)).mean(axis=0) * persons
        ceiling = np.where(left > 0, limit, -1.0)
        problem = Problem(
            model="maximal_covering",
            costs=closer(bench.reach(known), candidates, ceiling),
            weights=left,
            count=count,
            threshold=float(np.float32(limit)),
        )
    else:
        far = bench.standards.siting.mean_ceiling.value * limit
        now = np.minimum(np.median(standing, axis=0).astype(float), far)
        problem = Problem(
            model="p_median",
            costs=closer(bench.reach(known), candidates, now),
            weights=persons,
            count=count,
            existing=now,
        )
    return Question(
        bench,
        known,
        objective,
        when,
        candidates,
        standing,
        problem,
        facilities,
        district,
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


def closer(field: Field, candidates: pd.DataFrame, ceiling: NDArray[np.float64]) -> csr_array:
    """(C, J) costs from each candidate that do not exceed the cell's ceiling; the other pairs can change nothing."""
    inside = ceiling.astype(np.float32)
    parts = []
    for _, cost in field.rows(candidates["lon"], candidates["lat"], limit=float(ceiling.max(initial=0.0))):
        row, cell = np.nonzero(cost <= inside)
        parts.append(csr_array((cost[row, cell], (row, cell)), shape=cost.shape))
    return csr_array(vstack(parts, format="csr").T)


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
