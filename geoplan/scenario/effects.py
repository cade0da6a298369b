"""Effects: what each build changes, on top of earlier years, alone, and if it were dropped from the whole plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import covered, time_statistics
from geoplan.scenario.coverage import coverage_rows, minutes
from geoplan.scenario.plan import Change
from geoplan.scenario.scene import middle_draw
from geoplan.scenario.views import classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Demand
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.ranges import Ranges
    from geoplan.scenario.scene import Scene
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
    """Costs before and after one thing happens, (draws, cells) each."""

    before: NDArray[np.float32]
    after: NDArray[np.float32]

    def counts(self, limit: float, demand: Demand) -> _Counts:
        """Count people before and after.

        Where existing stations are drawn there is an outcome per draw. `before` and `after` are medians over the draws;
        gained and lost are those of the draw whose net change is the median one, so that net = gained - lost. The median
        change is not the change of the medians.
        """
        inside = np.float32(limit)
        was, now = self.before <= inside, self.after <= inside
        gained = (now & ~was).astype(np.float32) @ demand.weights
        lost = (was & ~now).astype(np.float32) @ demand.persons
        net = gained[:, -1] - lost
        middle = int(np.argsort(net, kind="stable")[(len(net) - 1) // 2])
        return _Counts(
            before=round(float(np.median(covered(self.before, limit, demand)[:, -1]))),
            after=round(float(np.median(covered(self.after, limit, demand)[:, -1]))),
            gained=round(float(gained[middle, -1])),
            lost=round(float(lost[middle])),
            gained_by_area=gained.mean(axis=0, dtype=np.float64),
        )


@dataclass(frozen=True)
class _Counts:
    """People covered before and after, gained and lost; mean gain by area over the draws."""

    before: int
    after: int
    gained: int
    lost: int
    gained_by_area: NDArray[np.float64]

    @property
    def net(self) -> int:
        return self.gained - self.lost


def effects_table(
    scene: Scene,
    service: Service,
    bench: Bench,
    *,
    scopes: dict[str, NDArray[np.bool_]],
    ranges: dict[str, Ranges],
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
    moments: list[pd.DataFrame] = []
    limit = service.headline_reading.limit
    private = (scene.builds["owner"] == "private").to_numpy()
    costs = scene.builds["cost"].to_numpy(dtype=float, na_value=np.nan)
    for build in range(len(scene.builds)):
        suffix = "+private" if private[build] else ""
        active = scopes[suffix]
        row = _known_columns(scene, service, build)
        if not scene.everywhere[build]:
            rows.append(row | _no_effect(scene, service, bench, build, active))
            continue
        step = _opening(scene, build, active)
        row |= _measured(step, service, bench, limit)
        row |= _order_free(scene, build, active, bench.demand, limit)
        newly = ranges[suffix].newly[:, build]
        standards = bench.standards.draws
        share = [standards.low.value, 50, standards.high.value]
        row["low"], row["median"], row["high"] = (
            round(float(value)) for value in np.percentile(newly, share)
        )
        price = _price(float(costs[build]), row["median"])
        if price is not None:
            row["cost_per_newly_covered"] = price
        rows.append(row)
        build_id = str(row["build_id"])
        before, after = classes(middle_draw(step.before), service), classes(middle_draw(step.after), service)
        cells = np.flatnonzero(before != after).astype(np.int32)
        if len(cells):
            changes[build_id] = Change(cells=cells, before=before[cells], after=after[cells])
        moments.append(
            coverage_rows(
                step.after,
                f"proposed{suffix}",
                build_id,
                service,
                bench,
                readings=[service.headline_reading],
                spread={0: ranges[suffix].after[build]},
                percentiles=False,
            )
        )
    effects = pd.DataFrame(rows, columns=COLUMNS)
    order = np.lexsort((effects["build_id"].to_numpy(dtype=object), effects["opens"]))
    coverage = pd.concat(moments, ignore_index=True) if moments else pd.DataFrame()
    return effects.iloc[order].reset_index(drop=True), changes, coverage


def _price(cost: float, people: object) -> int | None:
    """Tenge per person newly covered; None where the cost is not known or nobody is."""
    if not np.isfinite(cost) or not isinstance(people, int) or people <= 0:
        return None
    return round(cost * _TENGE_PER_MILLION / people)


def _opening(scene: Scene, build: int, active: NDArray[np.bool_]) -> _Step:
    """The year a build opens: everything of earlier years, then this build (and what it replaces closed)."""
    year = int(scene.opens[build])
    earlier = active & (scene.opens < year)
    this = earlier.copy()
    this[build] = True
    return _Step(before=scene.costs(year, earlier), after=scene.costs(year, this))


def _measured(step: _Step, service: Service, bench: Bench, limit: float) -> dict[str, object]:
    counts = step.counts(limit, bench.demand)
    districts = bench.demand.areas[:-1]
    by_area = counts.gained_by_area[:-1]
    best = int(np.argmax(by_area))
    return {
        "covered_before": counts.before,
        "covered_after": counts.after,
        "newly_covered": counts.net,
        "gained": counts.gained,
        "lost": counts.lost,
        "mean_min_before": _mean_minutes(step.before, service, bench),
        "mean_min_after": _mean_minutes(step.after, service, bench),
        "district_most_helped": districts[best] if by_area[best] > 0 else "",
    }


def _order_free(
    scene: Scene, build: int, active: NDArray[np.bool_], demand: Demand, limit: float
) -> dict[str, object]:
    """Gain on the baseline alone, and loss from the full plan: what does not depend on any order of opening."""
    year = int(scene.opens[active | _one(active, build)].max())
    nothing = np.zeros_like(active)
    alone = _Step(
        before=scene.costs(scene.baseline_year, nothing), after=_alone(scene, build, nothing)
    ).counts(limit, demand)
    dropped = active.copy()
    dropped[build] = False
    without = covered(scene.costs(year, dropped), limit, demand)[:, -1]
    full = covered(scene.costs(year, active), limit, demand)[:, -1]
    return {
        "gain_alone": alone.net,
        "loss_if_dropped": round(float(np.median(full - without))),
    }


def _alone(scene: Scene, build: int, nothing: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Costs of the baseline with one build, and what it replaces closed, whatever year it opens."""
    stands = scene.standing(scene.baseline_year, nothing)
    replaced = int(scene.builds["replaced"].to_numpy()[build])
    if replaced >= 0:
        stands[replaced] = False
    known = np.minimum(scene.fixed(stands), scene.build_costs[build])
    drawn = scene.drawn(stands)
    return known[None, :] if drawn is None else np.minimum(drawn, known)


def _one(active: NDArray[np.bool_], build: int) -> NDArray[np.bool_]:
    out = np.zeros_like(active)
    out[build] = True
    return out


def _known_columns(scene: Scene, service: Service, build: int) -> dict[str, object]:
    year = int(scene.opens[build])
    return {
        "build_id": scene.builds["build_id"].iat[build],
        "service": service.name,
        "opens": year,
        "step": year,
        "threshold": service.headline,
        "threshold_unit": service.unit,
        "site_status": scene.builds["site_status"].iat[build],
        "standing": scene.builds["standing"].fillna("").iat[build],
    }


def _no_effect(
    scene: Scene, service: Service, bench: Bench, build: int, active: NDArray[np.bool_]
) -> dict[str, object]:
    """An annex or a renovation: the state of its year, unchanged."""
    year = int(scene.opens[build])
    state = scene.costs(year, active & (scene.opens < year))
    people = round(float(np.median(covered(state, service.headline_reading.limit, bench.demand)[:, -1])))
    mean = _mean_minutes(state, service, bench)
    zero = dict.fromkeys(
        ("newly_covered", "gained", "lost", "gain_alone", "loss_if_dropped", "low", "median", "high"), 0
    )
    return {
        "covered_before": people, "covered_after": people, "mean_min_before": mean, "mean_min_after": mean,
        "district_most_helped": "", **zero,
    }  # fmt: skip


def _mean_minutes(costs: NDArray[np.float32], service: Service, bench: Bench) -> float:
    """Mean minutes of those who reach a facility, over people and draws; the mean_min of coverage.csv."""
    mean = time_statistics(costs, bench.demand, percentiles=False)[-1:, 0]
    return round(float(minutes(mean, service, bench.standards)[0]), 3)
