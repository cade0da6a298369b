"""Overview: the sections of the index that the plans fill - by year, districts' gaps, golden hour, stated and proposed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from geoplan.maps._cover import Share, coverage, views
from geoplan.report.charts import coverage_chart
from geoplan.report.palette import gap_bins, gap_colour, gap_ink

if TYPE_CHECKING:
    from geoplan.maps._languages import Languages, Words
    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["by_year", "gap_rows", "gap_scale", "golden_hour", "share_range", "statuses"]


def by_year(plans: list[Plan], texts: Languages, *, baseline_year: int) -> list[dict[str, Any]]:
    """Return each service's chart and its figures by year; nothing for plans without a year after the baseline.

    Raises
    ------
    InputError
        If a plan lacks a moment.
    """
    years = [int(moment) for plan in plans for moment in plan.moments if moment != "baseline"]
    if not years:
        return []
    out = []
    for plan in plans:
        name, city = plan.service.name, plan.city.name
        shown = {view.key: view for view in views(plan)}
        drawn = coverage(plan, shown["proposed"])
        placed = coverage(plan, shown["placed"]) if "placed" in shown else [None] * len(drawn)
        svg = coverage_chart(plan, baseline_year=baseline_year, horizon=max(years))
        bound = texts(f"unit.{plan.service.unit}", value=texts.number(plan.threshold))
        out.append(
            {
                "service": name,
                "name": texts(f"service.{name}.name"),
                "within": texts(f"service.{name}.within", bound=bound),
                "svg": Markup(svg),  # noqa: S704 - drawn from numbers alone
                "rows": [
                    {
                        "year": str(baseline_year) if moment == "baseline" else moment,
                        "median": texts.percent(step[city].share),
                        "range": share_range(step[city], texts),
                        "best": texts.percent(_best(step[city])),
                        "placed": None if known is None else texts.percent(known[city].share),
                    }
                    for moment, step, known in zip(plan.moments, drawn, placed, strict=True)
                ],
            }
        )
    return out


def gap_rows(
    shares: dict[str, tuple[dict[str, Share], dict[str, Share]]],
    names: dict[str, Words],
    texts: Languages,
    *,
    city: str,
) -> list[dict[str, Any]]:
    """The heat table: the city, then districts, the one with the largest share left out on average first."""

    def mean(slug: str) -> float:
        return math.fsum(after[slug].share for _, after in shares.values()) / len(shares)

    order = [city, *sorted(names, key=lambda slug: (mean(slug), slug))]
    return [
        {
            "slug": slug,
            "name": names.get(slug, texts("index.matrix_city")),
            "city": slug == city,
            "cells": [
                _gap(name, before[slug], after[slug], texts) for name, (before, after) in shares.items()
            ],
        }
        for slug in order
    ]


def gap_scale(texts: Languages) -> list[dict[str, Any]]:
    """Return the legend of the heat table."""
    return [
        {
            "colour": colour,
            "ink": gap_ink(low),
            "text": texts(
                "number.percent",
                value=texts("number.range", low=texts.number(low * 100), high=texts.number(high * 100)),
            ),
        }
        for low, high, colour in gap_bins()
    ]


def share_range(share: Share, texts: Languages) -> Words | None:
    """Return the range of a share over the draws, or None where there is none."""
    if share.low is None or share.high is None:
        return None
    low, high = texts.number(share.low * 100, 1), texts.number(share.high * 100, 1)
    return texts("number.percent", value=texts("number.range", low=low, high=high))


def golden_hour(
    plans: list[Plan], names: dict[str, Words], texts: Languages, standards: Standards, *, baseline_year: int
) -> dict[str, Any] | None:
    """Return who is in a capable hospital within the golden hour, at the baseline and at the end; None if not computed."""
    plan = next((plan for plan in plans if plan.service.name == "ambulance"), None)
    if plan is None or "measure" not in plan.measures_table:
        return None
    table = plan.measures_table
    table = table[(table["measure"] == "golden_hour_within") & (table["scenario"] == "proposed")]
    if table.empty:
        return None
    rows = {(str(row["moment"]), str(row["district"])): row for row in table.to_dict("records")}
    rule, service = standards.golden_hour, plan.service
    first, last, city = plan.moments[0], plan.moments[-1], plan.city.name

    def cell(moment: str, area: str) -> Words:
        return texts.percent(float(rows[moment, area]["share"]))

    def spread(moment: str) -> Words | None:
        row = rows[moment, city]
        population = float(plan.cells["persons"].sum())
        low, high = float(row["low"]) / population, float(row["high"]) / population
        if not low < high:
            return None
        ends = {"low": texts.number(low * 100, 1), "high": texts.number(high * 100, 1)}
        return texts("number.percent", value=texts("number.range", **ends))

    minutes = {
        "call": service.call_handling, "turnout": service.turnout, "scene": rule.on_scene, "hand": rule.hand_over,
    }  # fmt: skip
    return {
        "limit": texts("unit.min", value=texts.number(rule.limit.value)),
        "before": cell(first, city),
        "after": cell(last, city),
        "before_range": spread(first),
        "after_range": spread(last),
        "years": {"from": str(baseline_year), "to": str(baseline_year) if last == "baseline" else last},
        "parts": {
            name: texts("unit.min", value=texts.number(0 if figure is None else figure.value, 1))
            for name, figure in minutes.items()
        },
        "rows": [
            {"name": names[slug], "before": cell(first, slug), "after": cell(last, slug)}
            for slug in sorted(names, key=lambda slug: (float(rows[last, slug]["share"]), slug))
        ],
    }


def statuses(plans: list[Plan], texts: Languages) -> list[dict[str, Any]]:
    """Return how many builds of each service have a place stated or known, proposed, or add no point."""
    out = []
    for plan in plans:
        status = plan.builds["site_status"]
        counts = [
            len(status),
            int(status.isin(["stated", "register"]).sum()),
            int((status == "proposed").sum()),
            int((status == "none").sum()),
        ]
        if counts[0]:
            name = texts(f"service.{plan.service.name}.short")
            out.append({"name": name, "counts": [texts.number(count) for count in counts]})
    return out


def _best(share: Share) -> float:
    return share.share if share.best is None else share.best


def _gap(service: str, before: Share, after: Share, texts: Languages) -> dict[str, Any]:
    left = 1 - after.share
    return {
        "service": service,
        "left": texts.count(after.left),
        "share": texts.percent(left),
        "before": texts("index.matrix_before", before=texts.count(before.left)),
        "colour": gap_colour(left),
        "ink": gap_ink(left),
    }
