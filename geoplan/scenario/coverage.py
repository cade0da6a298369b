"""Coverage table: people within each threshold, by scenario, moment and district, with the range of the draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from geoplan.access import Tally, covered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Demand
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.ranges import Ranges
    from geoplan.scenario.scene import Scene
    from geoplan.scenario.states import States
    from geoplan.standards import Reading, Service, Standards

__all__ = [
    "COLUMNS",
    "Columns",
    "build_columns",
    "coverage_rows",
    "coverage_table",
    "joined",
    "last_drawn",
    "middle_of",
    "minutes",
]

COLUMNS = [
    "scenario", "moment", "service", "group", "district", "mode", "threshold", "threshold_unit", "population",
    "covered", "unreachable", "share", "share_low", "share_high", "mean_min", "median_min", "p90_min",
]  # fmt: skip

Columns = dict[str, Any]


class Spread(NamedTuple):
    """Persons by area over the draws: their median, the low and the high end, and how many draws there are."""

    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    draws: int


def coverage_table(
    scene: Scene,
    service: Service,
    bench: Bench,
    *,
    scopes: dict[str, NDArray[np.bool_]],
    ranges: dict[str, Ranges],
    states: States,
) -> pd.DataFrame:
    """Build coverage.csv for one service.

    Scenarios: `placed` (known places only), `without` (no build of the roadmap at all in that year), `proposed` (the best
    case: proposed sites where the document gives none) and `drawn` (median of the draws); the last two also `+private`.
    `proposed-may_stand` is the best case without the builds that may already be a register row: were all of them, they
    would be counted twice in `proposed`.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`; shares between 0 and 1, times in minutes of those who reach a facility, persons.
    """
    parts: list[Columns] = []
    spreads: dict[tuple[str, int], dict[int, Spread]] = {}
    demand, standards = bench.demand, bench.standards
    none = np.zeros(len(scene.builds), dtype=bool)
    known = scopes[""] & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    unsure = scopes[""] & (scene.builds["standing"] == "may stand").to_numpy() & scene.everywhere
    everyone = np.logical_or.reduce(list(scopes.values()))

    def told(
        name: str,
        year: int,
        active: NDArray[np.bool_],
        spread: dict[int, Spread] | None = None,
    ) -> None:
        tally = states.at(name, year, active, known_only=name == "placed")
        moment = "baseline" if year == scene.baseline_year else str(year)
        parts.extend(_of_tally(tally, name, moment, service, standards, spread=spread))

    for year in [scene.baseline_year, *scene.moments(everyone)]:
        moment = "baseline" if year == scene.baseline_year else str(year)
        for suffix, active in scopes.items():
            last = last_drawn(ranges[suffix], year)
            if (suffix, last) not in spreads:
                spreads[suffix, last] = {
                    position: _spread(ranges[suffix].coverage[last, position], standards)
                    for position in range(len(service.readings))
                }
            drawn = spreads[suffix, last]
            told(f"proposed{suffix}", year, active, drawn)
            parts.extend(_straight(scene, active, year, f"proposed{suffix}", moment, service, bench))
            parts.extend(_drawn(drawn, f"drawn{suffix}", moment, service, demand))
        told("placed", year, known)
        parts.extend(_straight(scene, known, year, "placed", moment, service, bench))
        told("without", year, none)
        if unsure.any():
            told("proposed-may_stand", year, scopes[""] & ~unsure)
    return joined(parts)[COLUMNS]


def joined(parts: list[Columns], columns: list[str] = COLUMNS) -> pd.DataFrame:
    """Put columns that were made apart into one table; a single value stands for a whole part, a row per district."""
    if not parts:
        return pd.DataFrame(columns=columns)
    lengths = [len(part["district"]) for part in parts]
    return pd.DataFrame(
        {
            name: np.concatenate(
                [
                    np.full(length, value, dtype=object if isinstance(value, str) else None)
                    if np.isscalar(value)
                    else np.asarray(value)
                    for value, length in zip([part[name] for part in parts], lengths, strict=True)
                ]
            )
            for name in columns
        }
    )


def build_columns(
    scenario: str,
    build_id: str,
    service: Service,
    bench: Bench,
    *,
    people: NDArray[np.float64],
    reached: NDArray[np.float64],
    mean: NDArray[np.float64],
    spread: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Columns:
    """The row of one build per area: the headline reading, without median and 90th percentile.

    Parameters
    ----------
    people, reached
        (draws, areas) persons within the headline limit, and who reach a facility at all.
    mean
        (areas,) mean cost of the latter.
    spread
        (areas,) persons within the limit at the low and at the high end of the draws; NaN where there is one draw.
    """
    empty = np.full_like(mean, np.nan)
    times = minutes(np.column_stack([mean, empty, empty]), service, bench.standards)
    return _frame(
        scenario,
        build_id,
        service,
        bench.demand,
        service.headline_reading,
        covered=middle_of(people),
        unreachable=bench.demand.totals - middle_of(reached),
        spread=spread,
        times=times,
    )


def coverage_rows(
    costs: NDArray[np.float32],
    scenario: str,
    moment: str,
    service: Service,
    bench: Bench,
    *,
    readings: list[Reading],
    draws: dict[int, NDArray[np.float64]] | None = None,
) -> pd.DataFrame:
    """Rows of coverage.csv for one state of the network.

    Parameters
    ----------
    costs
        (draws, cells) cost to the nearest facility.
    readings
        Thresholds to compare with.
    draws
        Persons covered per draw, (draws, areas) by position of the reading, for share_low and share_high; those of `costs`
        by default, where it has more than one draw.
    """
    known = np.full(costs.shape[1], np.inf, dtype=np.float32) if len(costs) > 1 else costs[0]
    tally = Tally(
        costs if len(costs) > 1 else None,
        known,
        bench.demand,
        [0.0, *(reading.limit for reading in readings)],
    )
    spread = {at: _spread(found, bench.standards) for at, found in draws.items()} if draws else None
    return joined(
        _of_tally(tally, scenario, moment, service, bench.standards, readings=readings, spread=spread)
    )


def _of_tally(
    tally: Tally,
    scenario: str,
    moment: str,
    service: Service,
    standards: Standards,
    *,
    readings: list[Reading] | None = None,
    spread: dict[int, Spread] | None = None,
) -> list[Columns]:
    """Rows of a tally whose limits are one of any kind and then those of the readings, all of the service by default."""
    times = minutes(tally.times(), service, standards)
    unreachable = tally.demand.totals - middle_of(tally.reached)
    nothing = np.full_like(unreachable, np.nan)
    out = []
    for position, reading in enumerate(service.readings if readings is None else readings):
        counts = tally.covered(position + 1)
        own = _spread(counts, standards) if spread is None else spread[position]
        out.append(
            _frame(
                scenario,
                moment,
                service,
                tally.demand,
                reading,
                covered=middle_of(counts),
                unreachable=unreachable,
                spread=(own.low, own.high) if own.draws > 1 else (nothing, nothing),
                times=times if reading.mode != "drive" else _drive_times(times, service),
            )
        )
    return out


def minutes(costs: NDArray[np.float64], service: Service, standards: Standards) -> NDArray[np.float64]:
    """Turn network costs (s of driving, m of walking) into minutes of the headline reading."""
    if service.unit == "min":
        return (costs + service.before_driving) / 60
    return costs / (standards.speeds.walk.default / 3.6) / 60


def _drive_times(times: NDArray[np.float64], service: Service) -> NDArray[np.float64]:
    return times - service.before_driving / 60


def _drawn(
    drawn: dict[int, Spread],
    scenario: str,
    moment: str,
    service: Service,
    demand: Demand,
) -> list[Columns]:
    """Rows whose share is the median of the draws; times differ from draw to draw and are left empty."""
    blank = np.full((len(demand.areas), 3), np.nan)
    nobody = np.full(len(demand.areas), np.nan)
    return [
        _frame(
            scenario,
            moment,
            service,
            demand,
            reading,
            covered=drawn[position].middle,
            unreachable=nobody,
            spread=(drawn[position].low, drawn[position].high),
            times=blank,
        )
        for position, reading in enumerate(service.readings)
    ]


def _straight(
    scene: Scene,
    active: NDArray[np.bool_],
    year: int,
    scenario: str,
    moment: str,
    service: Service,
    bench: Bench,
) -> list[Columns]:
    """The reading as the crow flies, for services with a radius; nothing for the others."""
    if service.unit != "m":
        return []
    metres = scene.straight(year, active)
    blank = np.full((len(bench.demand.areas), 3), np.nan)
    nothing = blank[:, 0]
    return [
        _frame(
            scenario,
            moment,
            service,
            bench.demand,
            reading.model_copy(update={"mode": "straight"}),
            covered=covered(metres, reading.limit, bench.demand),
            unreachable=np.zeros(len(bench.demand.areas)),
            spread=(nothing, nothing),
            times=blank,
        )
        for reading in service.readings
    ]


def _frame(
    scenario: str,
    moment: str,
    service: Service,
    demand: Demand,
    reading: Reading,
    *,
    covered: NDArray[np.float64],
    unreachable: NDArray[np.float64],
    spread: tuple[NDArray[np.float64], NDArray[np.float64]],
    times: NDArray[np.float64],
) -> Columns:
    totals = demand.totals
    low, high = spread
    return {
            "scenario": scenario, "moment": moment, "service": service.name, "group": "total",
            "district": demand.areas, "mode": reading.mode, "threshold": reading.threshold,
            "threshold_unit": reading.unit, "population": totals.round().astype(int),
            "covered": np.round(covered).astype(int), "unreachable": np.round(unreachable),
            "share": (covered / totals).round(4), "share_low": (low / totals).round(4),
            "share_high": (high / totals).round(4), "mean_min": times[:, 0].round(2),
            "median_min": times[:, 1].round(2), "p90_min": times[:, 2].round(2),
        }  # fmt: skip


def middle_of(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median over the draws: (areas,) of (draws, areas) persons."""
    return people[0] if len(people) == 1 else np.median(people, axis=0)


def _spread(people: NDArray[np.float64], standards: Standards) -> Spread:
    """Spread of (draws, areas) persons."""
    ends = [standards.draws.low.value, 50, standards.draws.high.value]
    low, middle, high = np.percentile(people, ends, axis=0) if len(people) > 1 else people.repeat(3, axis=0)
    return Spread(middle, low, high, len(people))


def last_drawn(ranges: Ranges, year: int) -> int:
    """The latest year of a range that is not after `year`: between its own moments nothing changes."""
    return max(known for known, _ in ranges.coverage if known <= year)
