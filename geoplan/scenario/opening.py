"""Opening a scene: place everything that can be placed, propose the rest, and cost every place."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import cost_rows
from geoplan.errors import InputError
from geoplan.scenario.plan import Siting
from geoplan.scenario.proposals import draw_builds, draw_existing, propose
from geoplan.scenario.scene import Scene
from geoplan.scenario.sites import existing_sites, planned_sites
from geoplan.scenario.stored import stored_sites

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.scenario.bench import Bench
    from geoplan.standards import Service

__all__ = ["draw_count", "generator", "open_fixed", "open_scene", "own_draws"]


def open_scene(bench: Bench, service: Service, builds: pd.DataFrame) -> tuple[Scene, Siting]:
    """Place everything that can be placed, propose the rest, and compute what each place costs every cell."""
    scene = open_fixed(bench, service, builds)
    stored = stored_sites(bench, service, scene.existing, scene.builds)
    if stored is not None:
        return scene, _take(scene, stored)
    return scene, _propose(scene, bench, service)


def open_fixed(bench: Bench, service: Service, builds: pd.DataFrame) -> Scene:
    """Place what stands and what has a stated place; builds to be proposed reach nobody yet.

    Raises
    ------
    InputError
        If the city has no facility of the service.
    """
    city = bench.city
    existing = existing_sites(city.facilities, service.name, drawn=service.draw_existing)
    if existing.empty:
        msg = f"{city.name}: the facilities layer has no {service.name}"
        raise InputError(msg)
    planned = planned_sites(builds, existing, service.name)
    reach = bench.reach(service)
    candidates = bench.candidates(service)
    scene = Scene(
        existing=existing,
        builds=planned,
        reach=reach,
        baseline_year=int(bench.standards.baseline.year.value),
        build_costs=np.full((len(planned), len(city.cells)), np.inf, dtype=np.float32),
    )
    if existing["drawn"].any():
        rng = generator(bench, service, "existing")
        scene.drawn_picks, extra = draw_existing(existing, candidates, count=draw_count(bench), rng=rng)
        scene.drawn_rows = bench.candidate_rows(service)
        if extra:
            lon, lat = np.asarray(extra).T
            scene.drawn_rows = scene.drawn_rows.joined(cost_rows(reach, lon, lat))
    _fill(scene, np.flatnonzero(planned["site_status"].isin(["stated", "register"])))
    return scene


def _take(scene: Scene, stored: pd.DataFrame) -> Siting:
    """Put the builds where the stored model put them."""
    planned = scene.builds
    items = np.flatnonzero(planned["site_status"] == "proposed")
    found = stored.reindex(planned["build_id"].iloc[items])
    planned.loc[items, ["site_lon", "site_lat"]] = found[["lon", "lat"]].to_numpy(dtype=float)
    planned.loc[items, "site_district"] = found["district"].to_numpy()
    _fill(scene, items)
    own = found[(planned["owner"].iloc[items] != "private").to_numpy()]
    if own.empty:
        return Siting()
    first = own.iloc[0]
    return Siting(
        how="exact",
        objective=float(first["objective"]),
        bound=float(first["bound"]),
        gap=float(first["gap"]),
        unit=str(first["objective_unit"]),
    )


def _propose(scene: Scene, bench: Bench, service: Service) -> Siting:
    """Place the builds without a stated place one after another, where each covers most."""
    planned, candidates = scene.builds, bench.candidates(service)
    siting = Siting()
    proposed = (planned["site_status"] == "proposed").to_numpy()
    private = (planned["owner"] == "private").to_numpy()
    order = np.lexsort((planned["build_id"].to_numpy(dtype=object), scene.opens))
    # Private builds come after: what the city builds must not be placed around what it cannot count on.
    state = proposed & ~private
    for group in (state, proposed & private):
        items = order[group[order]]
        if not len(items):
            continue
        choice = propose(
            scene,
            candidates,
            bench.candidate_rows(service),
            items=items,
            limit=service.headline_reading.limit,
        )
        planned.loc[items, ["site_lon", "site_lat"]] = candidates.loc[choice.picks, ["lon", "lat"]].to_numpy()
        planned.loc[items, "site_district"] = candidates.loc[choice.picks, "district"].to_numpy()
        _fill(scene, items)
        # The bound holds for the builds of the city; private ones are placed around them.
        if group is state:
            siting = Siting(how="greedy", objective=choice.objective, bound=choice.bound, gap=choice.gap)
    return siting


def _fill(scene: Scene, items: NDArray[np.int64]) -> None:
    """Compute the costs from some builds to every cell."""
    if len(items):
        sites = scene.builds.iloc[items]
        for part, cost in scene.reach.rows(sites["site_lon"], sites["site_lat"]):
            scene.build_costs[items[part]] = cost
        scene.forget()


def own_draws(bench: Bench, service: Service, scene: Scene) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw the builds of a scene whose place is not known well; see `draw_builds`."""
    return draw_builds(
        scene.builds,
        bench.candidates(service),
        count=draw_count(bench),
        rng=generator(bench, service, "builds"),
        rough_m=bench.standards.geocode.place_radius_limit.value,
        crs=bench.city.crs,
    )


def draw_count(bench: Bench) -> int:
    return int(bench.standards.draws.count.value)


def generator(bench: Bench, service: Service, part: str) -> np.random.Generator:
    """Give each service and part its own stream, so that one more build in one does not change another."""
    stream = zlib.crc32(f"{service.name}/{part}".encode())
    return np.random.Generator(np.random.PCG64([int(bench.standards.draws.seed.value), stream]))
