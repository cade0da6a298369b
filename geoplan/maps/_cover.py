"""Cover: the coverage table as the pages show it - a median with its range, and the best case beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from geoplan.scenario import Plan

__all__ = ["Share", "View", "coverage", "headline", "readings", "views", "without_plan"]

# Shares are rounded to four digits in the table: a smaller difference is none.
_SAME = 0.00005
_Rows: TypeAlias = "dict[tuple[str, str], dict[Hashable, Any]]"


@dataclass(frozen=True)
class View:
    """One way to count sites: its key in the plan, its text key, and the scenarios whose shares stand for it."""

    key: str
    text: str
    best: str
    drawn: str | None

    @property
    def private(self) -> bool:
        """Whether private builds count."""
        return self.key.endswith("+private")

    @property
    def proposed(self) -> bool:
        """Whether proposed sites count."""
        return self.drawn is not None


@dataclass(frozen=True)
class Share:
    """A share of people covered: the median of the draws where there are draws, its 5-95 % range, the best case.

    `covered` is the table's own count: a share of four digits would miss it by some tens of people.
    """

    share: float
    low: float | None
    high: float | None
    best: float | None
    population: float
    covered: float

    @property
    def left(self) -> float:
        """People who are not covered."""
        return self.population - self.covered

    def as_dict(self) -> dict[str, Any]:
        """Return it as the pages' data."""
        return {
            "share": self.share, "low": self.low, "high": self.high, "best": self.best, "population": self.population,
            "covered": self.covered,
        }  # fmt: skip


_VIEWS = [
    View("proposed", "proposed", "proposed", "drawn"),
    View("placed", "placed", "placed", None),
    View("proposed+private", "private", "proposed+private", "drawn+private"),
]


def views(plan: Plan) -> list[View]:
    """Return the views a plan has, the one shown first first.

    Raises
    ------
    InputError
        If the plan lacks the view `proposed`.
    """
    found = [view for view in _VIEWS if view.key in plan.views]
    if not found or found[0].key != "proposed":
        msg = f"plan of {plan.service.name}: no view 'proposed' among {sorted(plan.views)}"
        raise InputError(msg)
    return found


def coverage(plan: Plan, view: View) -> list[dict[str, Share]]:
    """Return, for each moment, the share of each district and the city under the headline reading.

    Raises
    ------
    InputError
        If the coverage table lacks a moment or district.
    """
    reading = plan.service.headline_reading
    table = _of_reading(plan, reading.mode, reading.threshold)
    best = _by_scenario(table, view.best)
    drawn = _by_scenario(table, view.drawn) if view.drawn else None
    areas = [*map(str, plan.city.districts.index), plan.city.name]
    return [{area: _share(plan, best, drawn, moment, area) for area in areas} for moment in plan.moments]


def headline(plan: Plan) -> tuple[dict[str, Share], dict[str, Share]]:
    """Return the shares at the baseline and at the last moment in the first view.

    Raises
    ------
    InputError
        If the coverage table lacks a moment or district.
    """
    steps = coverage(plan, views(plan)[0])
    return steps[0], steps[-1]


def without_plan(plan: Plan) -> list[float]:
    """Return the city's share at each moment if no build of the roadmap opened.

    Raises
    ------
    InputError
        If the coverage table lacks a moment.
    """
    reading = plan.service.headline_reading
    rows = _by_scenario(_of_reading(plan, reading.mode, reading.threshold), "without")
    return [_share(plan, rows, None, moment, plan.city.name).share for moment in plan.moments]


def readings(plan: Plan) -> tuple[list[dict[str, Any]], bool]:
    """Return the city's shares at every moment under every reading, and whether they are the best case.

    Straight-line readings know no draws: where there is one, all rows show the best case, so that they compare.

    Raises
    ------
    None
    """
    table = plan.coverage_table
    city = table[table["district"] == plan.city.name]
    modes = city[["mode", "threshold", "threshold_unit"]].drop_duplicates()
    best_case = "straight" in set(modes["mode"])
    out = []
    for mode, threshold, unit in modes.itertuples(index=False):
        of_reading = city[(city["mode"] == mode) & (city["threshold"] == threshold)]
        shares = {}
        for view in views(plan):
            scenario = view.best if best_case or view.drawn is None else view.drawn
            rows = of_reading[of_reading["scenario"] == scenario].set_index("moment")["share"]
            if set(plan.moments) <= set(rows.index):
                shares[view.key] = [float(rows[moment]) for moment in plan.moments]
        if shares:
            out.append(
                {"mode": str(mode), "threshold": float(threshold), "unit": str(unit), "shares": shares}
            )
    return out, best_case


def _of_reading(plan: Plan, mode: str, threshold: float) -> pd.DataFrame:
    table = plan.coverage_table
    return table[
        (table["mode"] == mode) & (table["threshold"] == threshold) & table["moment"].isin(plan.moments)
    ]


def _by_scenario(table: pd.DataFrame, scenario: str | None) -> _Rows:
    rows = table[table["scenario"] == scenario].to_dict("records")
    return {(str(row["moment"]), str(row["district"])): row for row in rows}


def _share(plan: Plan, best: _Rows, drawn: _Rows | None, moment: str, area: str) -> Share:
    key = (moment, area)
    if key not in best or (drawn is not None and key not in drawn):
        msg = f"plan of {plan.service.name}: coverage has no row for {moment}, {area}"
        raise InputError(msg)
    case = float(best[key]["share"])
    population = float(best[key]["population"])
    if drawn is None:
        return Share(case, None, None, None, population, float(best[key]["covered"]))
    middle = float(drawn[key]["share"])
    low, high = float(drawn[key]["share_low"]), float(drawn[key]["share_high"])
    known = high - low > _SAME  # not so where they are NaN
    return Share(
        middle,
        low if known else None,
        high if known else None,
        case if abs(case - middle) > _SAME else None,
        population,
        float(drawn[key]["covered"]),
    )
