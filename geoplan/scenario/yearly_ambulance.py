"""Yearly measures of ambulances: stations and crews within reach, and the golden hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import golden_hour_by_area, people_by_count
from geoplan.scenario.crews import counts_by_year

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.scenario.bench import Bench
    from geoplan.scenario.chain import Chain
    from geoplan.scenario.scene import Scene
    from geoplan.scenario.yearly import Sheet
    from geoplan.standards import Service

__all__ = ["chain_rows", "crew_rows"]


def crew_rows(
    sheet: Sheet,
    scene: Scene,
    service: Service,
    bench: Bench,
    *,
    years: list[int],
    state: NDArray[np.bool_],
    picks: NDArray[np.int64],
    drawn: NDArray[np.bool_],
) -> None:
    """Add redundant, expected and expected_one_crew (persons under each threshold, the headline's first) of every year.

    See `redundancy_at` and `expected_at` of geoplan.scenario.measures for what they mean.
    """
    standards = bench.standards
    crews, busy = int(standards.crews.per_station.value), standards.crews.busy_fraction
    bases = {figure.value: figure.basis for figure in service.thresholds}
    limits = f"services.{service.name}.thresholds"
    first = service.headline_reading
    for reading in [first, *(other for other in service.readings if other != first)]:
        counts = counts_by_year(
            scene,
            years,
            state=state,
            certain=state & scene.builds["site_status"].isin(["stated", "register"]).to_numpy(),
            rows=bench.candidate_rows(service),
            picks=picks,
            drawn=drawn,
            limit=reading.limit,
        )
        for year, found in counts:
            moment = "baseline" if year == scene.baseline_year else str(year)
            told = {
                scenario: _by_crews(people_by_count(count, bench.demand), crews, busy)
                for scenario, count in found.items()
            }
            for scenario in ("placed", "proposed"):
                for measure, people in told[scenario].items():
                    sheet.add(
                        measure,
                        np.median(people, axis=0),
                        at=(moment, scenario),
                        unit="persons",
                        basis=bases[reading.threshold] if measure == "redundant" else "assumption",
                        source=limits if measure == "redundant" else f"{limits}, crews",
                        spread=_range(told["drawn"][measure], bench) if scenario == "proposed" else None,
                        reading=reading,
                    )


def chain_rows(
    sheet: Sheet,
    scene: Scene,
    bench: Bench,
    chain: Chain,
    *,
    years: list[int],
    state: NDArray[np.bool_],
    costs: dict[str, NDArray[np.float32]],
    drawn_within: dict[int, NDArray[np.float64]],
) -> None:
    """Add the golden hour of every year: persons within, mean minutes, and persons by the part that dominates.

    Parameters
    ----------
    costs
        As `typical_costs` gives them: means and the dominating part are those of the middle draw of stations.
    drawn_within
        Year -> (draws, areas) persons within the limit with stations and hospitals where the draws put them.

    Notes
    -----
    Scenarios: `placed`, `proposed`, and `proposed-hospitals`, the best case without the hospitals of the roadmap.
    """
    demand, rule = bench.demand, bench.standards.golden_hour
    weights = demand.weights.astype(np.float64)
    known = state & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    for position, year in enumerate(years):
        moment = "baseline" if year == scene.baseline_year else str(year)
        outcomes = {
            "placed": ("placed", scene.costs(year, known, known_only=True)),
            "proposed": ("proposed", scene.costs(year, state)),
        }
        without = chain.to_hospital(year, "without")
        if not np.array_equal(without, chain.to_hospital(year, "proposed")):
            outcomes["proposed-hospitals"] = ("without", outcomes["proposed"][1])
        for scenario, (ends, to_scene) in outcomes.items():
            to_hospital = chain.to_hospital(year, ends)
            within = np.median(chain.within(to_scene, to_hospital, demand), axis=0)
            spread = _range(drawn_within[year], bench) if scenario == "proposed" else None
            source, at = "golden_hour", (moment, scenario)
            sheet.add(
                "golden_hour_within", within, at=at, unit="persons", basis=rule.limit.basis, source=source, spread=spread
            )  # fmt: skip
            middle = costs["placed" if scenario == "placed" else "proposed"][position]
            parts = chain.each(middle, to_hospital)
            table = golden_hour_by_area(parts, demand, limit=chain.limit)
            for column in ("total", "drive_to_scene", "drive_to_hospital"):
                mean = table[column].to_numpy() / 60
                sheet.add(f"golden_hour_{column}", mean, at=at, unit="min", basis="computed", source=source)
            for part in parts.columns.drop(["total", "dominating"]):
                people = (parts["dominating"] == part).to_numpy(dtype=np.float64) @ weights
                sheet.add(
                    f"golden_hour_longest_{part}", people, at=at, unit="persons", basis="computed", source=source
                )  # fmt: skip


def _by_crews(people: NDArray[np.float64], crews: int, busy: float) -> dict[str, NDArray[np.float64]]:
    """Redundant and expected persons, (draws, areas), from persons by number of stations."""
    stations = np.arange(people.shape[-1], dtype=float)
    return {
        "redundant": people[..., 2:].sum(axis=-1),
        "expected": people @ (1 - busy ** (stations * crews)),
        "expected_one_crew": people @ (1 - busy**stations),
    }


def _range(people: NDArray[np.float64], bench: Bench) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draws = bench.standards.draws
    low, high = np.percentile(people, [draws.low.value, draws.high.value], axis=0)
    return low, high
