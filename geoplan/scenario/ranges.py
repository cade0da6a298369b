"""Ranges: the same builds drawn at random many times, to show how much the proposed sites flatter the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import covered

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geoplan.access import Demand, Rows
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Reading

__all__ = ["Ranges", "draw_ranges"]


@dataclass(frozen=True)
class Ranges:
    """Outcome of the draws.

    `coverage` maps (year, position of the reading) to persons covered, (draws, areas). For builds, under the headline
    reading: `newly` holds what each newly covers in the whole city at its opening, (draws, B), NaN for builds that do not
    count; `after` maps the position of a build to persons covered once it stands, (draws, areas).
    """

    coverage: dict[tuple[int, int], NDArray[np.float64]]
    newly: NDArray[np.float64]
    after: dict[int, NDArray[np.float64]]


def draw_ranges(
    scene: Scene,
    *,
    active: NDArray[np.bool_],
    rows: Rows,
    picks: NDArray[np.int64],
    drawn: NDArray[np.bool_],
    readings: list[Reading],
    headline: Reading,
    demand: Demand,
    watch: Callable[[int, NDArray[np.float32]], None] = lambda _year, _costs: None,
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
    picks, drawn
        (draws, B) candidate that each build takes in each draw, and (B,) which builds are drawn: as `draw_builds` gives
        them.
    readings, headline
        Thresholds to count people within; the one for `newly` and `after`.
    demand
        The cells' people.
    watch
        Called with each year and the (draws, cells) costs at its end, for measures of one's own.
    """
    draws = len(picks)
    known = scene.everywhere & active & ~drawn
    replaces = scene.builds["replaced"].to_numpy() >= 0
    state = np.full((draws, scene.build_costs.shape[1]), np.inf, dtype=np.float32)
    out = Ranges(coverage={}, newly=np.full((draws, len(scene.builds)), np.nan), after={})
    # A document may hold builds of years before the baseline: they open first, each in its own year.
    early = sorted(
        {int(year) for year in scene.opens[scene.everywhere & active] if year < scene.baseline_year}
    )
    for year in [*early, scene.baseline_year, *scene.moments(active)]:
        opening = np.flatnonzero(scene.everywhere & active & (scene.opens == year)).tolist()
        earlier = active & (scene.opens < year)
        before = _total(scene, year, known & earlier, earlier, state)
        was = covered(before, headline.limit, demand)
        for build in opening:
            if drawn[build] and not replaces[build]:
                gain = rows.gain(before, picks[:, build], limit=headline.limit, weights=demand.weights)
            else:
                after = _emptied(scene, build, year, known=known, earlier=earlier, before=before, state=state)
                if drawn[build]:
                    rows.lower(after, picks[:, build])
                else:
                    np.minimum(after, scene.build_costs[build], out=after)
                gain = covered(after, headline.limit, demand) - was
            out.newly[:, build] = gain[:, -1]
            out.after[build] = was + gain
        for build in opening:
            if drawn[build]:
                rows.lower(state, picks[:, build])
        total = _total(scene, year, known & (scene.opens <= year), active, state)
        for position, reading in enumerate(readings):
            out.coverage[year, position] = covered(total, reading.limit, demand)
        watch(year, total)
    return out


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


def _emptied(
    scene: Scene,
    build: int,
    year: int,
    *,
    known: NDArray[np.bool_],
    earlier: NDArray[np.bool_],
    before: NDArray[np.float32],
    state: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(draws, cells) costs, an array of its own, once what a build replaces has closed and before it stands itself."""
    if scene.builds["replaced"].to_numpy()[build] < 0:
        return before.copy()
    closing = earlier.copy()
    closing[build] = True
    return _total(scene, year, known & earlier, closing, state)
