"""Crews: how many stations are within reach of each cell as the years pass, in every scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geoplan.access import Rows
    from geoplan.scenario.scene import Scene

__all__ = ["counts_by_year"]


def counts_by_year(
    scene: Scene,
    years: list[int],
    *,
    state: NDArray[np.bool_],
    certain: NDArray[np.bool_],
    rows: Rows,
    picks: NDArray[np.int64],
    drawn: NDArray[np.bool_],
    limit: float,
) -> Iterator[tuple[int, dict[str, NDArray[np.uint8]]]]:
    """Count the facilities within a limit of each cell, year by year.

    Parameters
    ----------
    years
        Rising.
    state, certain
        (B,) builds that count, and those of them whose place is known.
    rows
        Costs from the candidate sites, at least up to the limit.
    picks, drawn
        (draws, B) candidate that each build takes in each draw, and (B,) which builds are drawn.
    limit
        In the network's unit; a cost equal to it is within.

    Yields
    ------
    year, counts
        (draws, cells) facilities: `placed` (one row) and `proposed` as `Scene.costs` takes them, `drawn` with the builds
        where each draw puts them. What is yielded may be changed by the next step: use it at once.
    """
    inside = np.float32(limit)
    places = scene.existing[scene.existing["placed"].to_numpy()]
    own = np.zeros((len(scene.existing), scene.build_costs.shape[1]), dtype=np.uint8)
    for part, cost in scene.reach.rows(places["lon"], places["lat"]):
        own[places.index[part]] = cost <= inside
    new = (scene.build_costs <= inside).astype(np.uint8)
    sites = _reached(rows, limit)
    moving = np.zeros((len(picks), own.shape[1]), dtype=np.uint8)
    opened = np.zeros(len(scene.builds), dtype=bool)
    existing_drawn: dict[tuple[int, ...], NDArray[np.uint8]] = {}
    for year in years:
        built = state & (scene.opens <= year)
        for build in np.flatnonzero(built & drawn & ~opened).tolist():
            moving += sites[picks[:, build]]
        opened |= built
        stands, sure = scene.standing(year, state), scene.standing(year, certain)
        key = scene.drawn_key(stands)
        if key not in existing_drawn:
            existing_drawn[key] = _existing(scene, key, limit)
        existing = existing_drawn[key] + own[stands].sum(axis=0, dtype=np.uint8)
        yield (
            year,
            {
                "placed": (own[sure].sum(axis=0, dtype=np.uint8) + _sum(new, built & certain))[None, :],
                "proposed": existing + _sum(new, built),
                "drawn": existing + _sum(new, built & ~drawn) + moving,
            },
        )


def _sum(reached: NDArray[np.uint8], chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return reached[chosen].sum(axis=0, dtype=np.uint8)


def _reached(rows: Rows, limit: float) -> NDArray[np.uint8]:
    """(K, cells) 1 where a place reaches a cell within the limit."""
    if rows.dense is not None:
        return (rows.dense <= np.float32(limit)).astype(np.uint8)
    return rows.within(limit).toarray().astype(np.uint8)


def _existing(scene: Scene, key: tuple[int, ...], limit: float) -> NDArray[np.uint8]:
    """(draws, cells) existing facilities whose place is drawn; one row of zeros where there is none."""
    if scene.drawn_rows is None or scene.drawn_picks is None or not key:
        return np.zeros((1, scene.build_costs.shape[1]), dtype=np.uint8)
    sites = _reached(scene.drawn_rows, limit)
    total = np.zeros((len(scene.drawn_picks), sites.shape[1]), dtype=np.uint8)
    for column in key:
        total += sites[scene.drawn_picks[:, column]]
    return total
