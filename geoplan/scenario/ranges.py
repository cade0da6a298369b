"""Ranges: the same builds drawn at random many times, to show how much the proposed sites flatter the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import covered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Demand, Rows
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Reading

__all__ = ["Ranges", "draw_ranges"]


@dataclass(frozen=True)
class Ranges:
    """Outcome of the draws.

    `coverage` maps (year, position of the reading) to persons covered, (draws, areas); `newly` holds what each build newly
    covers at its opening under the headline reading, (draws, B), NaN for builds that do not count.
    """

    coverage: dict[tuple[int, int], NDArray[np.float64]]
    newly: NDArray[np.float64]


def draw_ranges(
    scene: Scene,
    *,
    active: NDArray[np.bool_],
    rows: Rows,
    picks: NDArray[np.int64],
    readings: list[Reading],
    headline: Reading,
    demand: Demand,
) -> Ranges:
    """Open the builds year by year in every draw.

    Parameters
    ----------
    scene
        What stands when.
    active
        Which builds count.
    rows
        Costs from the candidate sites, at least up to the largest limit of `readings`.
    picks
        (draws, B) candidate that each build takes in each draw; read only for builds whose site is proposed.
    readings, headline
        Thresholds to count people within; the one for `newly`.
    demand
        The cells' people.
    """
    draws = len(picks)
    proposed = (scene.builds["site_status"] == "proposed").to_numpy() & active
    known = scene.everywhere & active & ~proposed
    cells = scene.build_costs.shape[1]
    state = np.full((draws, cells), np.inf, dtype=np.float32)
    newly = np.full((draws, len(scene.builds)), np.nan)
    coverage: dict[tuple[int, int], NDArray[np.float64]] = {}
    for year in [scene.baseline_year, *scene.moments(active)]:
        opening = scene.everywhere & active & (scene.opens == year)
        before = _total(scene, year, known & (scene.opens < year), active & (scene.opens < year), state)
        for build in np.flatnonzero(opening).tolist():
            newly[:, build] = _newly(
                scene, build, year, active=active, before=before, state=state, rows=rows,
                picks=picks[:, build] if proposed[build] else None, limit=headline.limit, demand=demand,
            )  # fmt: skip
        for build in np.flatnonzero(opening & proposed).tolist():
            rows.lower(state, picks[:, build])
        after = _total(scene, year, known & (scene.opens <= year), active, state)
        for position, reading in enumerate(readings):
            coverage[year, position] = np.broadcast_to(
                covered(after, reading.limit, demand), (draws, len(demand.areas))
            )
    return Ranges(coverage=coverage, newly=newly)


def _total(
    scene: Scene,
    year: int,
    known: NDArray[np.bool_],
    closing: NDArray[np.bool_],
    state: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(draws, cells) costs of all that stands: known builds, existing facilities, drawn builds."""
    stands = scene.standing(year, closing)
    total = np.minimum(state, np.minimum(scene.fixed(stands), scene.built(known)))
    drawn = scene.drawn(stands)
    return total if drawn is None else np.minimum(total, drawn)


def _newly(
    scene: Scene,
    build: int,
    year: int,
    *,
    active: NDArray[np.bool_],
    before: NDArray[np.float32],
    state: NDArray[np.float32],
    rows: Rows,
    picks: NDArray[np.int64] | None,
    limit: float,
    demand: Demand,
) -> NDArray[np.float64]:
    """(draws,) people whom one build newly covers, on top of all that opened in earlier years; net of those lost."""
    persons = demand.persons
    if picks is not None:
        return rows.gain(before, picks, limit=limit, persons=persons)
    base = before
    if scene.builds["replaced"].to_numpy()[build] >= 0:
        earlier = active & (scene.opens < year)
        closing = earlier.copy()
        closing[build] = True
        proposed = (scene.builds["site_status"] == "proposed").to_numpy()
        base = _total(scene, year, earlier & scene.everywhere & ~proposed, closing, state)
    after = np.minimum(base, scene.build_costs[build])
    inside = np.float32(limit)
    change = (after <= inside).astype(np.float32) - (before <= inside).astype(np.float32)
    return (change @ persons).astype(np.float64)
