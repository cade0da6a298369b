"""Choice tables: the rows of the page of proposed sites - sites, districts, other plans, the curve, the roadmap's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from geoplan.maps._languages import Languages, Words
    from geoplan.scenario.choose import Answer, Suggestion

__all__ = [
    "alternative_rows",
    "curve_rows",
    "district_rows",
    "plan_name",
    "quality",
    "roadmap_rows",
    "site_rows",
    "year_rows",
]


def site_rows(
    answer: Answer, plan: Suggestion, names: dict[str, Words], texts: Languages
) -> list[dict[str, Any]]:
    """Return the proposed sites in the order of their gain, each with its reason."""
    question = answer.question
    service = question.service
    bound = texts(f"unit.{service.unit}", value=texts.number(service.headline))
    survives: dict[tuple[float, float], float] = {}
    if answer.sensitivity is not None and plan is answer.best:
        survives = {(r.lon, r.lat): float(r.survives) for r in answer.sensitivity.itertuples()}  # type: ignore[arg-type, misc]
    return [
        {
            "number": str(number),
            "place": str(row.get("place") or ""),
            "corner": str(row.get("corner") or row.get("parcel") or ""),
            "district": names.get(str(row["district"]), texts("district.unknown")),
            "opens": texts("choice.opens", year=texts.plain(str(row["opens"]))) if "opens" in row else None,
            "gained": texts.count(float(row["newly_covered"])),
            "reason": texts(
                f"choice.reason_{question.objective}",
                people=texts.people(float(row["newly_covered"])),
                bound=bound,
            ),
            "survives": texts.percent(survives[row["lon"], row["lat"]], 0) if survives else None,
        }
        for number, row in enumerate(plan.sites.to_dict("records"), start=1)
    ]


def district_rows(table: pd.DataFrame, names: dict[str, Words], texts: Languages) -> list[dict[str, Any]]:
    """Return the city, then the districts, the one that gains most first."""
    rows = table.to_dict("records")
    city, others = rows[-1], sorted(rows[:-1], key=lambda row: (-round(row["change"]), row["district"]))
    return [
        {
            "name": names.get(str(row["district"]), texts("index.matrix_city")),
            "city": row is city,
            "before": texts.percent(float(row["share_before"])),
            "after": texts.percent(float(row["share_after"])),
            "change": _signed(float(row["change"]), texts),
            "left": texts.count(float(row["uncovered"])),
            "shares": (float(row["share_before"]), float(row["share_after"])),
        }
        for row in (city, *others)
    ]


def plan_name(name: str, texts: Languages) -> Words:
    """Return what a plan is called: by its number, or that it sites each year by itself."""
    if name == "yearly":
        return texts("choice.plan_yearly")
    return texts("choice.plan", number=texts.plain(name))


def year_rows(answer: Answer, texts: Languages) -> list[dict[str, Any]] | None:
    """Return the plan of the whole horizon beside that of each year by itself, moment by moment."""
    if answer.years is None:
        return None
    return [
        {
            "when": texts.plain(
                f"{row['year']}" if row["year"] == row["until"] else f"{row['year']}–{row['until']}"
            ),
            "sites": texts.number(row["sites"]),
            "without": texts.count(float(row["without"])),
            "covered": texts.count(float(row["covered"])),
            "yearly": texts.count(float(row["covered_yearly"])),
            "more": _signed(float(row["more"]), texts),
        }
        for row in answer.years.to_dict("records")
    ]


def alternative_rows(answer: Answer, names: dict[str, Words], texts: Languages) -> dict[str, Any] | None:
    """Return the plans side by side: what each reaches, and by district what it gains or loses against the best one."""
    if len(answer.plans) < 2:
        return None
    tables = [plan.districts.set_index("district")["covered_after"] for plan in answer.plans]
    changes = [(table - tables[0]).round() for table in tables]
    city = str(tables[0].index[-1])
    slugs = [slug for slug in tables[0].index if any(change[slug] for change in changes)]
    slugs = [city, *(slug for slug in slugs if slug != city)]
    return {
        "plans": [texts("choice.plan", number=texts.plain(str(k))) for k in range(1, len(tables) + 1)],
        "reached": [texts.percent(float(plan.districts["share_after"].iloc[-1]), 2) for plan in answer.plans],
        "gaps": [texts.percent(plan.gap, 2) for plan in answer.plans],
        "rows": [
            {
                "name": names.get(str(slug), texts("index.matrix_city")),
                "city": slug == city,
                "cells": [
                    {"text": _signed(float(change[slug]), texts), "worse": bool(change[slug] < 0)}
                    for change in changes
                ],
            }
            for slug in slugs
        ],
    }


def curve_rows(answer: Answer, texts: Languages) -> list[dict[str, Any]] | None:
    """Return what the first, the second, … site is worth, with bars."""
    if answer.curve is None:
        return None
    # Of the first site nothing can be said where without it somebody is reached by nothing: no bar.
    most = max(float(answer.curve["worth"].max()), 1e-9)
    return [
        {
            "count": texts.number(row["count"]),
            "worth": worth(answer, float(row["worth"]), texts),
            "width": f"{100 * (0.0 if pd.isna(row['worth']) else float(row['worth'])) / most:.2f}",
        }
        for row in answer.curve.to_dict("records")
    ]


def worth(answer: Answer, value: float, texts: Languages) -> Words:
    """Return what a site is worth: people newly covered, or what a way or the worst share changes by."""
    return cost(value * answer.question.scale, answer.best.unit, texts)


def cost(value: float, unit: str, texts: Languages) -> Words:
    """Return an objective in its unit: people, a share, metres, or minutes from seconds."""
    if not math.isfinite(value):
        return texts("choice.nobody")
    if unit == "people":
        return texts.people(value)
    if unit == "person-years":
        return texts("choice.person_years", value=texts.count(value))
    if unit == "share":
        return texts.percent(value, 2)
    if unit == "m":
        return texts("unit.m", value=texts.number(value))
    return texts("unit.min", value=texts.number(value / 60, 2))


def roadmap_rows(answer: Answer, texts: Languages) -> list[dict[str, Any]] | None:
    """Return the roadmap's own sites beside the best ones of as many."""
    if answer.roadmap is None:
        return None
    return [
        {
            "name": texts(f"choice.versus_{str(row['plan']).replace(' ', '_')}"),
            "best": str(row["plan"]).startswith("best"),
            "sites": texts.number(row["sites"]),
            "covered": texts.count(float(row["covered"])),
            "more": None
            if pd.isna(row["more_than_roadmap"])
            else _signed(float(row["more_than_roadmap"]), texts),
        }
        for row in answer.roadmap.to_dict("records")
    ]


def quality(answer: Answer, texts: Languages) -> list[tuple[Words, Words]]:
    """Return how good the answer is: objective, what no choice can beat, gap, how the search ended, when."""
    best, question = answer.best, answer.question
    aim = "years" if answer.yearly else question.objective
    excluded: list[tuple[Words, Words]] = []
    if question.areas is not None:
        excluded = [(texts("choice.excluded"), texts.number(question.excluded))]
    if question.unreached:
        excluded.append((texts("choice.unreached"), texts.people(question.unreached)))
    return [
        (texts("choice.objective"), texts(f"choice.objective_{aim}")),
        (texts("choice.value_before"), cost(question.shown(question.nothing), best.unit, texts)),
        (texts("choice.value"), cost(best.objective, best.unit, texts)),
        (texts("choice.bound"), cost(best.bound, best.unit, texts)),
        (texts("choice.gap"), texts.percent(best.gap, 2)),
        (texts("choice.status"), texts(f"choice.status_{best.status.replace(' ', '_')}")),
        (texts("choice.tried"), texts.number(best.candidates)),
        *excluded,
        (texts("choice.year"), texts.plain(str(best.year))),
    ]


def _signed(value: float, texts: Languages) -> Words:
    shown = texts.count(value)
    plus = "+" if round(value / 10) > 0 else ""
    return texts.each(lambda table: plus + shown[table.language])
