"""Answer: everything that was asked about where to build next, in tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.scenario.choose.curve import marginal_curve
from geoplan.scenario.choose.plans import best_plans
from geoplan.scenario.choose.settle import settle
from geoplan.scenario.choose.suggest import Suggestion, suggest
from geoplan.scenario.choose.survival import survival
from geoplan.scenario.choose.versus import compare_roadmap
from geoplan.scenario.choose.years import years_table
from geoplan.siting import solve_year_by_year

if TYPE_CHECKING:
    from geoplan.scenario.choose.question import Question
    from geoplan.siting import Limits

__all__ = ["Answer", "answer_question"]


@dataclass(frozen=True)
class Answer:
    """The best plan, and what else was asked for (None where it was not).

    Attributes
    ----------
    plans
        The best plan first; the others differ from those before them (see `best_plans`).
    exhausted
        Fewer plans than asked for differ enough.
    curve, sensitivity, roadmap
        As `marginal_curve`, `survival`, `compare_roadmap` give them.
    yearly, years
        Of a plan over years: the plan that sites each year's builds for that year alone, and both side by side, as
        `years_table` gives them.
    """

    question: Question
    plans: list[Suggestion]
    exhausted: bool
    curve: pd.DataFrame | None
    sensitivity: pd.DataFrame | None
    roadmap: pd.DataFrame | None
    yearly: Suggestion | None = None
    years: pd.DataFrame | None = None

    @property
    def best(self) -> Suggestion:
        """The best plan."""
        return self.plans[0]

    @property
    def all_plans(self) -> dict[str, Suggestion]:
        """Every plan by its name: 1, 2, … and `yearly`."""
        named = {str(number): plan for number, plan in enumerate(self.plans, start=1)}
        return named if self.yearly is None else named | {"yearly": self.yearly}

    def alternatives(self) -> pd.DataFrame:
        """Every plan's sites and figures, and what it gains or loses by district against the best one."""
        first = self.plans[0].districts.set_index("district")["covered_after"]
        rows = []
        for number, plan in enumerate(self.plans, start=1):
            change = plan.districts.set_index("district")["covered_after"] - first
            moved = {f"change_{name}": round(float(value)) for name, value in change.items()}
            rows.append(
                {"plan": number, "objective": plan.objective, "gap": plan.gap, "status": plan.status} | moved
            )
        return pd.DataFrame(rows)

    def sites(self) -> pd.DataFrame:
        """Sites of every plan, the best one's first; with `survives` where sensitivity was asked for."""
        table = pd.concat(
            [plan.sites.assign(plan=name) for name, plan in self.all_plans.items()], ignore_index=True
        )
        if self.yearly is None:
            table["plan"] = table["plan"].astype(int)
        if self.sensitivity is not None:
            known = self.sensitivity[["lon", "lat", "survives"]]
            table = table.merge(known.assign(plan=1), on=["plan", "lon", "lat"], how="left")
        return table if len(self.all_plans) > 1 else table.drop(columns="plan")

    def coverage(self) -> pd.DataFrame:
        """Coverage by district before and after, of every plan."""
        table = pd.concat(
            [plan.districts.assign(plan=name) for name, plan in self.all_plans.items()], ignore_index=True
        )
        return table if len(self.all_plans) > 1 else table.drop(columns="plan")

    def tables(self) -> dict[str, pd.DataFrame]:
        """What to print, by title."""
        out = {"sites": self.sites(), "districts": self.best.districts}
        if len(self.plans) > 1:
            out["plans"] = self.alternatives()
        others = {"years": self.years, "curve": self.curve, "roadmap": self.roadmap}
        return out | {name: table for name, table in others.items() if table is not None}

    def extras(self) -> dict[str, Any]:
        """What was asked for beside the best plan, for a JSON document."""
        question = self.question
        out: dict[str, Any] = {
            "candidates": self.best.candidates,
            "excluded": question.excluded,
            "unreached": round(question.unreached),
            "without": question.shown(question.nothing),
        }
        if len(self.plans) > 1:
            out["plans"] = [
                {"sites": plan.sites, "objective": plan.objective, "bound": plan.bound, "gap": plan.gap,
                 "status": plan.status, "districts": plan.districts}
                for plan in self.plans
            ]  # fmt: skip
            out["no_more_plans"] = self.exhausted
        if self.yearly is not None:
            out["yearly"] = {
                "sites": self.yearly.sites,
                "objective": self.yearly.objective,
                "after": self.yearly.after,
            }
        others = {
            "years": self.years,
            "curve": self.curve,
            "sensitivity": self.sensitivity,
            "roadmap": self.roadmap,
        }
        return out | {name: table for name, table in others.items() if table is not None}

    def lines(self) -> list[str]:
        """What is said beside the tables, a line each: what was excluded, then the figures."""
        return [
            line
            for line in (self.exclusion(), *self.question.notes, self.unreached(), self.sentence())
            if line
        ]

    def unreached(self) -> str:
        """How many people a largest way leaves out, in one line; '' if none."""
        people = self.question.unreached
        if people <= 0:
            return ""
        return f"left out: {people:,.0f} people whom nothing that stands and no candidate reaches"

    def exclusion(self) -> str:
        """How many candidates the excluded areas took, in one line; '' if none were given."""
        question = self.question
        if question.areas is None:
            return ""
        areas = f"{len(question.areas):,} excluded area" + ("" if len(question.areas) == 1 else "s")
        if question.excluded:
            tried = question.excluded + len(question.candidates)
            return f"excluded: {question.excluded:,} of {tried:,} candidates lie in the {areas}"
        city = question.bench.city
        ground = city.districts.to_crs(city.crs).union_all()
        if question.areas.to_crs(city.crs).make_valid().intersects(ground).any():
            return f"excluded: none; no candidate lies in the {areas}"
        return f"excluded: none; no part of the {areas} lies in the city"

    def sentence(self) -> str:
        """The figures in one line, with what they rest on."""
        best, question = self.best, self.question
        before = question.shown(question.nothing)
        if self.yearly is not None:
            first, last = question.problem.phases[0].year, question.year
            figures = (
                f"covered at the end of {last} {best.before:,.0f} -> {best.after:,.0f} people; {first} to {last} "
                f"{before:,.0f} -> {best.objective:,.0f} person-years, year by year {self.yearly.objective:,.0f}"
            )
            beaten = f"covers more than {best.bound:,.0f}"
        elif question.objective == "coverage":
            figures = f"covered {best.before:,.0f} -> {best.after:,.0f} people"
            beaten = f"covers more than {best.bound:,.0f}"
        elif question.objective == "capacity":
            figures = f"with a place {before:,.0f} -> {best.objective:,.0f} of {question.problem.weights.sum():,.0f}"
            beaten = f"gives a place to more than {best.bound:,.0f}"
        elif question.objective == "equity":
            figures = f"covered in the worst district {before:.2%} -> {best.objective:.2%}"
            beaten = f"lifts it above {best.bound:.2%}"
        else:
            word = "largest" if question.objective == "max" else "mean"
            whom = "all people whom anything reaches" if question.objective == "max" else "all people"
            was = f"{before:,.1f}" if np.isfinite(before) else "no way"
            figures = f"{word} {was} -> {best.objective:,.1f} {best.unit} of {whom}"
            beaten = f"gives less than {best.bound:,.1f}"
        figures += f"; no choice of the {best.candidates:,} candidates {beaten}"
        end = "; fewer plans differ enough than were asked for" if self.exhausted else ""
        return (
            f"{figures} (gap {best.gap:.2%}, {best.status}, {best.seconds:.1f} s){end}; "
            f"proposed sites are a calculation, not a decision"
        )


def answer_question(
    question: Question,
    *,
    limits: Limits | None = None,
    plans: int = 1,
    curve: bool = False,
    sensitivity: bool = False,
    versus: bool = False,
) -> Answer:
    """Solve a question, and whatever else is asked about it.

    Parameters
    ----------
    question
        As `ask` puts it.
    limits
        When the solver may stop.
    plans
        How many plans that differ.
    curve, sensitivity, versus
        Also the value of each further site; which sites stay under other assumptions; the roadmap's own sites.

    Raises
    ------
    InputError
        As `best_plans`, `survival` and `compare_roadmap` do; or if the curve or sensitivity is asked of a plan over years.
    """
    if question.problem.phases and (curve or sensitivity):
        msg = "the curve and the sensitivity are computed for sites that open at once, not over years"
        raise InputError(msg)
    first = settle(question, question.problem, limits)
    found = best_plans(question, first, count=plans, limits=limits)
    yearly = solve_year_by_year(question.problem, first, limits) if question.problem.phases else None
    city, service = question.bench.city, question.service.name
    return Answer(
        question=question,
        plans=[suggest(question, answer) for answer in found.answers],
        exhausted=found.exhausted,
        curve=marginal_curve(question, limits=limits) if curve else None,
        sensitivity=survival(question, first.sites) if sensitivity else None,
        roadmap=compare_roadmap(
            city, service=service, year=question.year, limits=limits, areas=question.areas
        )
        if versus
        else None,
        yearly=None if yearly is None else suggest(question, yearly),
        years=None if yearly is None else years_table(question, first, yearly),
    )
