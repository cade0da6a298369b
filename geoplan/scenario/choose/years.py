"""Years: sites that open one after another: the whole horizon at once, beside each year by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import covered
from geoplan.errors import InputError
from geoplan.scenario.choose.aims import closer
from geoplan.scenario.choose.seats import parcel_figures
from geoplan.siting import Phase, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geoplan.scenario.choose.question import Question
    from geoplan.siting import Solution

__all__ = ["over_years", "years_table"]


def over_years(
    question: Question, *, counts: Mapping[int, int] | None = None, budgets: Mapping[int, float] | None = None
) -> Question:
    """Ask for sites that open in given years, so that most person-years are covered until the year of the question.

    Parameters
    ----------
    question
        Of the objective `coverage`; its year ends the horizon, that year included.
    counts
        Year -> sites that open in it.
    budgets
        Instead: year -> what may be spent on sites that open in it, in the unit of the parcels' `cost`; what one year
        leaves over is not carried on.

    Returns
    -------
    Question
        Maximal covering over a horizon. A moment lasts until the next; its people are the mean over its years of those
        whom nothing that stands by then covers (builds of the roadmap open as planned).

    Raises
    ------
    InputError
        If the objective is another one, a year lies outside the horizon, a number is not above 0, there are too few
        candidates, or sites have no cost.
    """
    if question.objective != "coverage":
        msg = f"years are planned for the objective coverage, not {question.objective}"
        raise InputError(msg)
    asked: Mapping[int, float] = budgets if counts is None else counts  # type: ignore[assignment]
    _check(question, asked, "budgets" if counts is None else "years")
    prices = None
    if counts is None:
        if "cost" not in question.candidates.columns:
            msg = "budgets need what each site costs: give --candidates FILE with a column cost"
            raise InputError(msg)
        prices = parcel_figures(question.candidates, "cost")
    years = sorted(asked)
    people, limit = question.bench.demand.persons.astype(float), np.float32(question.limit)
    phases, standing, ever = [], [], np.zeros(len(people), dtype=bool)
    for year, following in zip(years, [*years[1:], question.year + 1], strict=True):
        left = np.zeros(len(people))
        for each in range(year, following):
            costs = question.scene.costs(each, question.counted)
            left += (costs > limit).mean(axis=0) * people
            standing.append(
                (each, float(covered(costs, question.limit, question.bench.demand)[:, -1].mean()))
            )
        ever |= left > 0
        phases.append(
            Phase(
                year=year,
                count=None if counts is None else counts[year],
                budget=None if budgets is None else budgets[year],
                weights=left / (following - year),
                span=following - year,
            )
        )
    problem = Problem(
        model="maximal_covering",
        costs=closer(
            question.bench.reach(question.service), question.candidates, np.where(ever, question.limit, -1.0)
        ),
        weights=people,
        threshold=float(limit),
        site_costs=prices,
        phases=tuple(phases),
    )
    return replace(question, problem=problem, standing_by_year=tuple(standing))


def _check(question: Question, asked: Mapping[int, float], name: str) -> None:
    if not asked:
        msg = f"{name}: none given"
        raise InputError(msg)
    first, last = question.scene.baseline_year, question.year
    for year, number in asked.items():
        if not first <= year <= last:
            msg = f"{name}: {year} lies outside {first} to {last}; --year sets where the horizon ends"
            raise InputError(msg)
        if not (np.isfinite(number) and number > 0):
            msg = f"{name}: {year}: {number:g} is not a number above 0"
            raise InputError(msg)


def years_table(question: Question, whole: Solution, yearly: Solution) -> pd.DataFrame:
    """Set the plan of the whole horizon beside that of someone who sites each year's builds for that year alone.

    Returns
    -------
    pandas.DataFrame
        year, until, sites, sites_yearly (that open in the year), without, covered, covered_yearly (people within the
        threshold, mean of the years from `year` to `until`), more (covered less covered_yearly, person-years).
    """
    standing = dict(question.standing_by_year)
    rows = []
    for at, phase in enumerate(question.problem.phases):
        span = int(phase.span)
        without = float(np.mean([standing[phase.year + k] for k in range(span)]))
        own, other = (plan.by_phase[at] / span for plan in (whole, yearly))
        rows.append(
            {
                "year": phase.year,
                "until": phase.year + span - 1,
                "sites": int((whole.opens == phase.year).sum()),
                "sites_yearly": int((yearly.opens == phase.year).sum()),
                "without": round(without),
                "covered": round(without + own),
                "covered_yearly": round(without + other),
                "more": round((own - other) * span),
            }
        )
    return pd.DataFrame(rows)
