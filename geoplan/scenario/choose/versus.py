"""Versus: the roadmap's own sites beside the best ones of the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import covered
from geoplan.errors import InputError
from geoplan.scenario.bench import bench_of
from geoplan.scenario.choose.question import ask, without_areas
from geoplan.scenario.opening import open_scene
from geoplan.siting import Limits, solve

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.city import City

__all__ = ["compare_roadmap"]


def compare_roadmap(
    city: City,
    *,
    service: str,
    year: int | None = None,
    limits: Limits | None = None,
    areas: gpd.GeoSeries | None = None,
) -> pd.DataFrame:
    """Set the roadmap's sites beside the best ones with the same count.

    Parameters
    ----------
    city
        An opened city.
    service
        A service of the standards file.
    year
        Builds opening up to it count; the last year of the plan by default.
    limits
        When the solver may stop; to the optimum by default.
    areas
        Polygons in which the best plans may put nothing; the roadmap's own sites stay where they are.

    Returns
    -------
    pandas.DataFrame
        plan, sites, covered (people under the headline threshold, expected ones where stations are drawn), bound (what no
        choice of candidates can exceed), more_than_roadmap. Plans: `without` (no build of the roadmap), `stated` (only the
        builds whose place the document or a register gives), `best for stated` (as many sites, anywhere), `roadmap` (all
        builds, the proposed ones at their proposed sites), `best for roadmap` (as many, anywhere).

    Raises
    ------
    InputError
        If the service is unknown or the roadmap opens no site of it by then.

    Notes
    -----
    A replacement counts as one site and closes what it replaces in every plan with the roadmap's builds; the best plans are
    set on what stands without the roadmap, nothing closed. A model knows people and streets, not land, utilities or money:
    the difference is what the choice of place is worth at most, not a mistake of the document.
    """
    bench = bench_of(city)
    known = bench.standards.service(service)
    scene, _ = open_scene(bench, known, city.builds)
    public = (scene.builds["owner"] != "private").to_numpy()
    last = int(scene.opens[public].max(initial=scene.baseline_year))
    when = max(scene.baseline_year, last if year is None else year)
    opened = public & (scene.opens <= when) & np.isfinite(scene.builds["site_lon"].to_numpy(dtype=float))
    stated = opened & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    if not opened.any():
        msg = f"{service}: the roadmap opens no site by {when}"
        raise InputError(msg)
    limit = known.headline_reading.limit

    def people(active: np.ndarray) -> float:
        return float(covered(scene.costs(when, active), limit, bench.demand)[:, -1].mean())

    nothing = np.zeros_like(public)
    rows = [("without", 0, people(nothing), np.nan)]
    for name, active in (("stated", stated), ("roadmap", opened)):
        count = int(active.sum())
        if not count:
            continue
        rows.append((name, count, people(active), np.nan))
        question = ask(city, service=service, count=count, year=when, without_roadmap=True)
        if areas is not None:
            question = without_areas(question, areas)
        answer = solve(question.problem, limits)
        base = people(nothing)
        rows.append((f"best for {name}", count, base + answer.objective, base + answer.bound))
    table = pd.DataFrame(rows, columns=["plan", "sites", "covered", "bound"])
    own = table.set_index("plan")["covered"]
    table["more_than_roadmap"] = [
        covered_by - own[plan.removeprefix("best for ")] if plan.startswith("best for ") else np.nan
        for plan, covered_by in zip(table["plan"], table["covered"], strict=True)
    ]
    return table.round({"covered": 0, "bound": 0, "more_than_roadmap": 0})
