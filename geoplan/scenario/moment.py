"""Moment: one service at the end of one year, as the query commands ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.scenario.asked import check_year
from geoplan.scenario.bench import Bench, bench_of
from geoplan.scenario.crews import counts_by_year
from geoplan.scenario.opening import open_scene, own_draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service

__all__ = ["Moment", "open_moment"]


@dataclass(frozen=True)
class Moment:
    """What stands at the end of a year, by scenario.

    `state` marks the builds that count (private ones are a scenario of their own), `certain` those of them whose place is
    known, `drawn` those whose place is drawn (proposed, or known only roughly), `picks` (draws, B) the candidate that each
    of them takes in each draw.
    """

    service: Service
    bench: Bench
    scene: Scene
    year: int
    state: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    picks: NDArray[np.int64]
    drawn: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """`baseline` or the year."""
        return "baseline" if self.year == self.scene.baseline_year else str(self.year)

    @property
    def built(self) -> NDArray[np.bool_]:
        """Builds that stand by then."""
        return self.state & (self.scene.opens <= self.year)

    def costs(self) -> dict[str, NDArray[np.float32]]:
        """(draws, cells) cost to the nearest facility: `placed` (known places; one row) and `proposed` (the best case)."""
        return {
            "placed": self.scene.costs(self.year, self.certain, known_only=True),
            "proposed": self.scene.costs(self.year, self.state),
        }

    def drawn_costs(self) -> NDArray[np.float32]:
        """(draws, cells) cost to the nearest facility with the builds where each draw puts them.

        On foot only costs within the candidates' limit are known of a drawn build (`Bench.candidate_rows`).
        """
        scene = self.scene
        stands = scene.standing(self.year, self.state)
        costs = np.minimum(scene.fixed(stands), scene.built(self.built & ~self.drawn))
        costs = np.repeat(costs[None, :], len(self.picks), axis=0)
        existing = scene.drawn(stands)
        if existing is not None:
            np.minimum(costs, existing, out=costs)
        rows = self.bench.candidate_rows(self.service)
        for build in np.flatnonzero(self.built & self.drawn).tolist():
            rows.lower(costs, self.picks[:, build])
        return costs

    def counts(self, limit: float) -> dict[str, NDArray[np.int64]]:
        """(draws, cells) facilities within a limit of each cell: `placed`, `proposed` and `drawn`."""
        at_end = counts_by_year(
            self.scene,
            [self.year],
            state=self.state,
            certain=self.certain,
            rows=self.bench.candidate_rows(self.service),
            picks=self.picks,
            drawn=self.drawn,
            limit=limit,
        )
        _, found = next(at_end)
        return {scenario: counts.astype(np.int64) for scenario, counts in found.items()}


def open_moment(city: City, service: Service, *, year: int | None = None) -> Moment:
    """Open a service at the end of a year; of the plan's last by default.

    Raises
    ------
    InputError
        If the city has no facility of the service, or nothing can be said of the year (`check_year`).
    """
    bench = bench_of(city)
    check_year(bench, city.builds, year)
    scene, _ = open_scene(bench, service, city.builds)
    state = (scene.builds["owner"] != "private").to_numpy()
    last = int(scene.opens[state].max(initial=scene.baseline_year))
    picks, drawn = own_draws(bench, service, scene)
    return Moment(
        service=service,
        bench=bench,
        scene=scene,
        year=max(scene.baseline_year, last if year is None else year),
        state=state,
        certain=state & scene.builds["site_status"].isin(["stated", "register"]).to_numpy(),
        picks=picks,
        drawn=drawn,
    )
