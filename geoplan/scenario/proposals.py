"""Proposals: give builds without a stated place a site, and draw where else they might go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from geoplan.siting import Proposal, draw_sites, greedy_maximal_covering

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.access import Rows
    from geoplan.scenario.scene import Scene

__all__ = ["draw_builds", "draw_existing", "propose"]


def propose(
    scene: Scene, candidates: pd.DataFrame, rows: Rows, *, items: NDArray[np.int64], limit: float
) -> Proposal:
    """Choose a site for some builds, in the order given, knowing every other place in the plan.

    Parameters
    ----------
    scene
        Costs of all builds placed so far; the items' own rows are inf.
    candidates, rows
        Candidate sites and their costs.
    items
        Positions of the builds to place, in order of opening.
    limit
        Headline limit in the network's unit.

    Returns
    -------
    Proposal
        Positions in `candidates`, and people gained: expected ones where existing facilities are drawn.
    """
    everyone = np.ones(len(scene.builds), dtype=bool)
    horizon = int(scene.opens.max(initial=scene.baseline_year))
    beyond = scene.costs(horizon, everyone) > np.float32(limit)
    persons = scene.reach.demand.persons
    return greedy_maximal_covering(
        rows.within(limit),
        beyond.mean(axis=0) * persons,
        persons=persons,
        districts=scene.builds["district"].fillna("").iloc[items].tolist(),
        candidate_districts=candidates["district"].to_numpy(dtype=object),
    )


def draw_builds(
    builds: pd.DataFrame,
    candidates: pd.DataFrame,
    *,
    count: int,
    rng: np.random.Generator,
    rough_m: float,
    crs: CRS,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw a candidate for each build whose place is not known well.

    Builds with a proposed site are drawn in their district, or the city. Builds whose stated place is known no better than
    `rough_m` (a microdistrict, say) are drawn within the radius of that place, in their district.

    Parameters
    ----------
    builds
        As `planned_sites` gives them.
    candidates
        lon, lat, district, persons.
    count
        Number of draws.
    rng
        Seeded generator.
    rough_m
        Metres of radius beyond which a stated place is drawn.
    crs
        Metric CRS.

    Returns
    -------
    picks, drawn
        (count, B) positions in `candidates`, 0 for builds that are not drawn, which nothing reads; (B,) which are. A rough
        place with no candidate within its radius stays the point it is.
    """
    picks = np.zeros((count, len(builds)), dtype=np.int64)
    drawn = (builds["site_status"] == "proposed").to_numpy().copy()
    items = np.flatnonzero(drawn)
    if len(items):
        quotas = builds["district"].fillna("").iloc[items].tolist()
        picks[:, items] = draw_sites(quotas, candidates, count=count, rng=rng)
    rough = builds["site_status"].isin(["stated", "register"]) & (
        builds["site_radius_m"].astype(float) > rough_m
    )
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = to_metres.transform(candidates["lon"].to_numpy(), candidates["lat"].to_numpy())
    for item in np.flatnonzero(rough):
        build = builds.iloc[int(item)]
        at_x, at_y = to_metres.transform(build["site_lon"], build["site_lat"])
        near = np.hypot(x - at_x, y - at_y) <= float(build["site_radius_m"])
        inside = np.flatnonzero(near & (candidates["district"] == build["district"]).to_numpy())
        if len(inside):
            mine = candidates.iloc[inside]
            picks[:, item] = inside[draw_sites([""], mine, count=count, rng=rng)[:, 0]]
            drawn[item] = True
    return picks, drawn


def draw_existing(
    existing: pd.DataFrame, candidates: pd.DataFrame, *, count: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], list[tuple[float, float]]]:
    """Draw a place for each existing facility that is known only by district, or only to exist.

    Returns
    -------
    picks, extra
        (count, D) positions: up to len(candidates) a candidate, from there on a place of `extra`. A facility whose source
        leaves a few places open (`alternatives`) takes each of them equally often by chance; the others are drawn in
        proportion to people within their district or the city.
    """
    drawn = existing[existing["drawn"]]
    picks = np.zeros((count, len(drawn)), dtype=np.int64)
    extra: list[tuple[float, float]] = []
    texts = drawn["alternatives"].astype(str).tolist()
    open_places = np.asarray([text != "" for text in texts], dtype=bool)
    for column in np.flatnonzero(open_places):
        pairs = [pair.split() for pair in texts[int(column)].split(";")]
        places = [(float(lon), float(lat)) for lon, lat in pairs]
        first = len(candidates) + len(extra)
        picks[:, column] = first + rng.integers(len(places), size=count)
        extra.extend(places)
    rest = np.flatnonzero(~open_places)
    if len(rest):
        # A city-wide quota is drawn apart from the districts' own, so two stations may share a hexagon, as two may in life.
        picks[:, rest] = draw_sites(drawn["district"].iloc[rest].tolist(), candidates, count=count, rng=rng)
    return picks, extra
