"""Effects: what each build changes, on top of earlier years, alone, and if it were dropped from the whole plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoplan.scenario.coverage import Columns, build_columns, joined, middle_of, minutes
from geoplan.scenario.plan import Change
from geoplan.scenario.views import classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Drawn
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.ranges import Ranges
    from geoplan.scenario.scene import Scene
    from geoplan.scenario.states import States
    from geoplan.standards import Service

__all__ = ["COLUMNS", "effects_table"]

COLUMNS = [
    "build_id", "service", "opens", "step", "threshold", "threshold_unit", "covered_before", "covered_after",
    "newly_covered", "gained", "lost", "gain_alone", "loss_if_dropped", "low", "high", "mean_min_before",
    "mean_min_after", "district_most_helped", "cost_per_newly_covered", "median", "site_status", "standing",
]  # fmt: skip
_TENGE_PER_MILLION = 1_000_000


@dataclass(frozen=True)
class _Step:
    """What one thing that happens changes under the headline limit: persons per draw and area, mean costs by area.

    `before` and `after` are persons within the limit, `gained` and `lost` what makes the difference, `reached` who reach a
    facility at all afterwards; (draws, areas) each. `means` are the mean costs of those who do, before and after.
    """

    before: NDArray[np.float64]
    gained: NDArray[np.float64]
    lost: NDArray[np.float64]
    reached: NDArray[np.float64]
    means: tuple[NDArray[np.float64], NDArray[np.float64]]

    @property
    def after(self) -> NDArray[np.float64]:
        """Persons within the limit afterwards, (draws, areas)."""
        return self.before + self.gained - self.lost

    @property
    def net(self) -> tuple[int, int]:
        """Whole persons of the whole city gained and lost in the draw whose net change is the median one."""
        gained, lost = self.gained[:, -1], self.lost[:, -1]
        net = gained - lost
        middle = int(np.argsort(net, kind="stable")[(len(net) - 1) // 2])
        return round(float(gained[middle])), round(float(lost[middle]))

    def counts(self) -> dict[str, Any]:
        """Whole persons of the whole city.

        Where existing stations are drawn there is an outcome per draw. `covered_before` and `covered_after` are medians over
        the draws; gained and lost are those of the draw whose net change is the median one, so that net = gained - lost. The
        median change is not the change of the medians.
        """
        won, gone = self.net
        return {
            "covered_before": round(float(middle_of(self.before[:, -1]))),
            "covered_after": round(float(middle_of(self.after[:, -1]))),
            "newly_covered": won - gone,
            "gained": won,
            "lost": gone,
        }


def effects_table(
    scene: Scene,
    service: Service,
    bench: Bench,
    *,
    scopes: dict[str, NDArray[np.bool_]],
    ranges: dict[str, Ranges],
    states: States,
) -> tuple[pd.DataFrame, dict[str, Change], pd.DataFrame]:
    """Build effects.csv, the cells each build changes, and the coverage rows of each build.

    Builds that open in one year have no order among them: `covered_before` is what stood at the end of the year before
    (and what opened in that year outside the roadmap), `covered_after` adds this build alone. `gain_alone` sets the build
    on the baseline, `loss_if_dropped` takes it out of the full plan; neither depends on any order. Private builds are
    measured in the plan with private builds, all others in the plan without.

    Returns
    -------
    effects, changes, coverage
        `newly_covered`: at the proposed site, where none is stated. `median`, `low`, `high`: median and 5-95 % of it over
        the draws. `cost_per_newly_covered`: tenge per person of the median; empty where the cost is not known or the
        median draw newly covers nobody.
    """
    rows: list[dict[str, object]] = []
    changes: dict[str, Change] = {}
    moments: list[Columns] = []
    views = _Views(scene, service)
    seconds = {suffix: _full(scene, active) for suffix, active in scopes.items()}
    private = (scene.builds["owner"] == "private").to_numpy()
    costs = scene.builds["cost"].to_numpy(dtype=float, na_value=np.nan)
    known = _known_columns(scene, service)
    spread = {suffix: _spread(found, bench) for suffix, found in ranges.items()}
    for build in range(len(scene.builds)):
        suffix = "+private" if private[build] else ""
        active = scopes[suffix]
        row = known[build]
        if not scene.everywhere[build]:
            rows.append(row | _no_effect(scene, service, bench, build, active, states))
            continue
        year = int(scene.opens[build])
        earlier = active & (scene.opens < year)
        this = earlier | _one(active, build)
        step = _step(scene, states, build, (year, earlier), (year, this))
        row |= _measured(step, service, bench)
        row |= _order_free(scene, states, build, active, seconds[suffix])
        row["low"], row["median"], row["high"] = (
            round(float(value)) for value in spread[suffix].newly[:, build]
        )
        price = _price(float(costs[build]), row["median"])
        if price is not None:
            row["cost_per_newly_covered"] = price
        rows.append(row)
        build_id = str(row["build_id"])
        change = views.changed(build, (year, earlier), (year, this))
        if len(change.cells):
            changes[build_id] = change
        moments.append(
            build_columns(
                f"proposed{suffix}",
                build_id,
                service,
                bench,
                people=step.after,
                reached=step.reached,
                mean=step.means[1],
                spread=spread[suffix].after[build],
            )
        )
    effects = pd.DataFrame(rows, columns=COLUMNS)
    order = np.lexsort((effects["build_id"].to_numpy(dtype=object), effects["opens"]))
    return effects.iloc[order].reset_index(drop=True), changes, joined(moments)


@dataclass(frozen=True)
class _Spread:
    """Low end, median and high end of the draws: `newly` (3, B) persons, `after` by build the two ends, (areas,) each."""

    newly: NDArray[np.float64]
    after: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]]


def _spread(ranges: Ranges, bench: Bench) -> _Spread:
    """Those of all builds in one go: a call for each of them would cost more than the sums."""
    draws = bench.standards.draws
    ends = [draws.low.value, draws.high.value]
    builds = sorted(ranges.after)
    newly = np.full((3, ranges.newly.shape[1]), np.nan)
    if not builds:
        return _Spread(newly, {})
    newly[:, builds] = np.percentile(ranges.newly[:, builds], [ends[0], 50, ends[1]], axis=0)
    after = np.percentile(np.stack([ranges.after[build] for build in builds]), ends, axis=1)
    if len(ranges.newly) == 1:
        after = np.full_like(after, np.nan)
    return _Spread(newly, {build: (after[0, at], after[1, at]) for at, build in enumerate(builds)})


@dataclass
class _Views:
    """The classes by which the map colours cells, before and after a build; those of a state are kept for the next build."""

    scene: Scene
    service: Service
    _before: dict[tuple[int, bytes], tuple[NDArray[np.float32], NDArray[np.uint8]]] = field(
        default_factory=dict
    )

    def changed(
        self, build: int, before: tuple[int, NDArray[np.bool_]], after: tuple[int, NDArray[np.bool_]]
    ) -> Change:
        """Cells whose class a build changes."""
        scene, service = self.scene, self.service
        key = (before[0], before[1].tobytes())
        if key not in self._before:
            typical = scene.typical(*before)
            self._before[key] = typical, classes(typical, service)
        was, seen = self._before[key]
        closes = int(scene.replaces[build]) >= 0
        now = scene.typical(*after) if closes else scene.build_costs[build]
        cells = np.flatnonzero(now != was if closes else now < was)
        told = classes(now[cells], service)
        differs = told != seen[cells]
        cells = cells[differs]
        return Change(cells=cells.astype(np.int32), before=seen[cells], after=told[differs])


def _step(
    scene: Scene,
    states: States,
    build: int,
    before: tuple[int, NDArray[np.bool_]],
    after: tuple[int, NDArray[np.bool_]],
) -> _Step:
    """From what stands at the end of one year with some builds to what stands with one more."""
    was = states.at("before", *before)
    stood, stands = (scene.standing(*state) for state in (before, after))
    same = np.array_equal(stood, stands)
    known = np.minimum(was.known, scene.build_costs[build]) if same else scene.known(*after)
    if scene.drawn_key(stood) == scene.drawn_key(stands):
        shift = was.shift(known)
        reached = was.reached + shift.reached
        return _Step(was.covered(0), shift.gained, shift.lost, reached, (was.mean(), was.mean(shift)))
    now = states.at("after", *after)
    gained, lost = was.changed(_drawn(scene, stands), known)
    return _Step(was.covered(0), gained, lost, now.reached, (was.mean(), now.mean()))


def _drawn(scene: Scene, stands: NDArray[np.bool_]) -> Drawn | None:
    """Costs of the standing facilities whose place is drawn, in order; None if there is none."""
    costs = scene.drawn(stands)
    return None if costs is None else scene.in_order(scene.drawn_key(stands), costs)


def _price(cost: float, people: object) -> int | None:
    """Tenge per person newly covered; None where the cost is not known or nobody is."""
    if not np.isfinite(cost) or not isinstance(people, int) or people <= 0:
        return None
    return round(cost * _TENGE_PER_MILLION / people)


def _measured(step: _Step, service: Service, bench: Bench) -> dict[str, object]:
    by_area = step.gained.mean(axis=0)[:-1]
    best = int(np.argmax(by_area))
    before, after = step.means
    return step.counts() | {
        "mean_min_before": _mean_minutes(before, service, bench),
        "mean_min_after": _mean_minutes(after, service, bench),
        "district_most_helped": bench.demand.areas[best] if by_area[best] > 0 else "",
    }


@dataclass(frozen=True)
class _Full:
    """The full plan: of all its builds the lowest cost of each cell, which build that is, and the lowest of the others."""

    first: NDArray[np.float32]
    by: NDArray[np.int64]
    second: NDArray[np.float32]


def _full(scene: Scene, active: NDArray[np.bool_]) -> _Full:
    builds = np.flatnonzero(active)
    cells = scene.build_costs.shape[1]
    first = np.full(cells, np.inf, dtype=np.float32)
    second, by = first.copy(), np.full(cells, -1, dtype=np.int64)
    for build in builds.tolist():
        cost = scene.build_costs[build]
        lower = cost < first
        second = np.where(lower, first, np.minimum(second, cost))
        by[lower] = build
        first = np.where(lower, cost, first)
    return _Full(first, by, second)


def _order_free(
    scene: Scene, states: States, build: int, active: NDArray[np.bool_], full: _Full
) -> dict[str, object]:
    """Gain on the baseline alone, and loss from the full plan: what does not depend on any order of opening."""
    nothing = np.zeros_like(active)
    start = scene.baseline_year
    replaced = int(scene.replaces[build])
    last = int(scene.opens[active | _one(active, build)].max())
    if replaced >= 0:
        return {
            "gain_alone": _alone(scene, states, build, replaced),
            "loss_if_dropped": _dropped(scene, states, build, active, last),
        }
    base = states.at("baseline", start, nothing)
    alone = base.shift(np.minimum(base.known, scene.build_costs[build]))
    gain = _Step(base.covered(0), alone.gained, alone.lost, base.reached, (base.mean(), base.mean()))
    whole = states.at("full", last, active)
    others = np.where(full.by == build, full.second, full.first)
    fixed = scene.fixed(scene.standing(last, active))
    without = whole.shift(np.minimum(fixed, others))
    change = without.lost[:, -1] - without.gained[:, -1]
    return {
        "gain_alone": gain.net[0] - gain.net[1],
        "loss_if_dropped": round(float(middle_of(change))),
    }


def _alone(scene: Scene, states: States, build: int, replaced: int) -> int:
    """Gain on the baseline of one build, and what it replaces closed, whatever year it opens."""
    nothing = np.zeros(len(scene.builds), dtype=bool)
    base = states.at("baseline", scene.baseline_year, nothing)
    stands = scene.standing(scene.baseline_year, nothing)
    stands[replaced] = False
    known = np.minimum(scene.fixed(stands), scene.build_costs[build])
    gained, lost = base.changed(_drawn(scene, stands), known)
    won, gone = _Step(base.covered(0), gained, lost, base.reached, (base.mean(), base.mean())).net
    return won - gone


def _dropped(scene: Scene, states: States, build: int, active: NDArray[np.bool_], year: int) -> int:
    """Loss from the full plan of a build that had replaced something, which stands again."""
    rest = active.copy()
    rest[build] = False
    drawn = _drawn(scene, scene.standing(year, rest))
    gained, lost = states.at("full", year, active).changed(drawn, scene.known(year, rest))
    return round(float(middle_of((lost - gained)[:, -1])))


def _one(active: NDArray[np.bool_], build: int) -> NDArray[np.bool_]:
    out = np.zeros_like(active)
    out[build] = True
    return out


def _known_columns(scene: Scene, service: Service) -> list[dict[str, object]]:
    """What of each build's row is known before anything is counted."""
    builds, opens = scene.builds, scene.opens.tolist()
    return [
        {
            "build_id": build_id, "service": service.name, "opens": year, "step": year, "threshold": service.headline,
            "threshold_unit": service.unit, "site_status": status, "standing": standing,
        }
        for build_id, year, status, standing in zip(
            builds["build_id"], opens, builds["site_status"], builds["standing"].fillna(""), strict=True
        )
    ]  # fmt: skip


def _no_effect(
    scene: Scene,
    service: Service,
    bench: Bench,
    build: int,
    active: NDArray[np.bool_],
    states: States,
) -> dict[str, object]:
    """An annex or a renovation: the state of its year, unchanged."""
    year = int(scene.opens[build])
    state = states.at("before", year, active & (scene.opens < year))
    people = round(float(middle_of(state.covered(0)[:, -1])))
    mean = _mean_minutes(state.mean(), service, bench)
    zero = dict.fromkeys(
        ("newly_covered", "gained", "lost", "gain_alone", "loss_if_dropped", "low", "median", "high"), 0
    )
    return {
        "covered_before": people, "covered_after": people, "mean_min_before": mean, "mean_min_after": mean,
        "district_most_helped": "", **zero,
    }  # fmt: skip


def _mean_minutes(mean: NDArray[np.float64], service: Service, bench: Bench) -> float:
    """Mean minutes of those in the city who reach a facility, over people and draws; the mean_min of coverage.csv."""
    return round(float(minutes(mean[-1:], service, bench.standards)[0]), 3)
