"""Moment: one service at the end of one year, as the query commands ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import count_within
from geoplan.scenario.bench import Bench, bench_of
from geoplan.scenario.opening import draw_count, generator, open_scene
from geoplan.scenario.proposals import draw_builds
from geoplan.scenario.query import _own_readings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Reading, Service

__all__ = ["Moment", "chosen_readings", "open_moment"]


@dataclass(frozen=True)
class Moment:
    """What stands at the end of a year, by scenario.

    `state` marks the builds that count (private ones are a scenario of their own), `certain` those of them whose place is
    known, `picks` (draws, B) the candidate that each proposed build takes in each draw.
    """

    service: Service
    bench: Bench
    scene: Scene
    year: int
    state: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    picks: NDArray[np.int64]

    @property
    def name(self) -> str:
        """`baseline` or the year."""
        return "baseline" if self.year == self.scene.baseline_year else str(self.year)

    @property
    def proposed(self) -> NDArray[np.bool_]:
        """Builds that stand by then on a proposed site."""
        status = self.scene.builds["site_status"]
        return self.state & (status == "proposed").to_numpy() & (self.scene.opens <= self.year)

    def costs(self) -> dict[str, NDArray[np.float32]]:
        """(draws, cells) cost to the nearest facility: `placed` (known places; one row) and `proposed` (the best case)."""
        return {
            "placed": self.scene.costs(self.year, self.certain, known_only=True),
            "proposed": self.scene.costs(self.year, self.state),
        }

    def drawn_costs(self) -> NDArray[np.float32]:
        """(draws, cells) cost to the nearest facility with proposed builds where each draw puts them.

        On foot only costs within the candidates' limit are known of a drawn build (`Bench.candidate_rows`).
        """
        scene = self.scene
        stands = scene.standing(self.year, self.state)
        costs = np.minimum(scene.fixed(stands), scene.built(self._known_builds()))
        costs = np.repeat(costs[None, :], len(self.picks), axis=0)
        existing = scene.drawn(stands)
        if existing is not None:
            np.minimum(costs, existing, out=costs)
        rows = self.bench.candidate_rows(self.service)
        for build in np.flatnonzero(self.proposed).tolist():
            rows.lower(costs, self.picks[:, build])
        return costs

    def counts(self, limit: float) -> dict[str, NDArray[np.int64]]:
        """(draws, cells) facilities within a limit of each cell: `placed`, `proposed` and `drawn`."""
        scene = self.scene
        known = self._known_builds()
        stands = scene.standing(self.year, self.state)
        certain = scene.standing(self.year, self.certain)
        of_builds = count_within(scene.build_costs[known], limit)
        existing = self._drawn_counts(stands, limit) + self._placed_counts(stands, limit) + of_builds
        drawn = np.repeat(existing, len(self.picks), axis=0) if len(existing) == 1 else existing.copy()
        within = self.bench.candidate_rows(self.service).within(limit)
        for build in np.flatnonzero(self.proposed).tolist():
            drawn += within[self.picks[:, build]].toarray().astype(np.int64)
        return {
            "placed": (self._placed_counts(certain, limit) + of_builds)[None, :],
            "proposed": existing + count_within(scene.build_costs[self.proposed], limit),
            "drawn": drawn,
        }

    def _known_builds(self) -> NDArray[np.bool_]:
        """Builds that stand by then at a known place."""
        return self.certain & (self.scene.opens <= self.year)

    def _placed_counts(self, stands: NDArray[np.bool_], limit: float) -> NDArray[np.int64]:
        """(cells,) existing facilities with a place within a limit."""
        places = self.scene.existing[stands & self.scene.existing["placed"].to_numpy()]
        total = np.zeros(len(self.bench.demand.cells), dtype=np.int64)
        for _, cost in self.scene.reach.rows(places["lon"], places["lat"]):
            total += count_within(cost, limit)
        return total

    def _drawn_counts(self, stands: NDArray[np.bool_], limit: float) -> NDArray[np.int64]:
        """(draws, cells) existing facilities whose place is drawn; one row of zeros where none is."""
        scene = self.scene
        if scene.drawn_rows is None or scene.drawn_picks is None:
            return np.zeros((1, len(self.bench.demand.cells)), dtype=np.int64)
        within = scene.drawn_rows.within(limit)
        total = np.zeros((len(scene.drawn_picks), within.shape[1]), dtype=np.int64)
        for column in np.flatnonzero(stands[np.flatnonzero(scene.existing["drawn"].to_numpy())]):
            total += within[scene.drawn_picks[:, column]].toarray().astype(np.int64)
        return total


def open_moment(city: City, service: Service, *, year: int | None = None) -> Moment:
    """Open a service at the end of a year; of the plan's last by default, never before the baseline.

    Raises
    ------
    InputError
        If the city has no facility of the service.
    """
    bench = bench_of(city)
    scene, _ = open_scene(bench, service, city.builds)
    state = (scene.builds["owner"] != "private").to_numpy()
    last = int(scene.opens[state].max(initial=scene.baseline_year))
    picks = draw_builds(
        scene.builds,
        bench.candidates(service),
        count=draw_count(bench),
        rng=generator(bench, service, "builds"),
    )
    return Moment(
        service=service,
        bench=bench,
        scene=scene,
        year=max(scene.baseline_year, last if year is None else year),
        state=state,
        certain=state & scene.builds["site_status"].isin(["stated", "register"]).to_numpy(),
        picks=picks,
    )


def chosen_readings(service: Service, threshold: str | None) -> list[Reading]:
    """Return the readings of one threshold, the headline reading's first.

    Raises
    ------
    InputError
        If the threshold is not a number with the service's unit.
    """
    if threshold is not None:
        return _own_readings(service, threshold)
    headline = service.headline_reading
    return [reading for reading in service.readings if reading.threshold == headline.threshold]
