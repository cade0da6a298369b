"""Index: the overview - an answer for each service, districts against services, a map of districts, the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geoplan.maps._cover import Share, headline
from geoplan.maps._languages import Words
from geoplan.maps._notes import sources
from geoplan.maps._page import fill_template, plain_page
from geoplan.report.palette import share_bins, share_colour, share_ink

if TYPE_CHECKING:
    from geoplan.maps._languages import Languages
    from geoplan.scenario import Plan

__all__ = ["index_page"]

_WIDTH = 640
_FILES = ("coverage", "effects", "builds", "findings")


def index_page(plans: list[Plan], ground: dict[str, Any], texts: Languages, *, baseline_year: int) -> str:
    """Return the overview page of a city's plans.

    Raises
    ------
    InputError
        If a plan lacks a moment or district.
    OutputError
        If the page would load anything from outside itself.
    """
    shares = {plan.service.name: headline(plan) for plan in plans}
    # years sort before "baseline"
    last = max(
        (moment for plan in plans for moment in plan.moments if moment != "baseline"), default="baseline"
    )
    planned = any(len(plan.builds) for plan in plans)
    years = {"from": str(baseline_year), "to": str(baseline_year) if last == "baseline" else last}
    names = {row["slug"]: Words(row["name"]) for row in ground["districts"]}
    shapes, height = _shapes(ground["districts"])
    body = fill_template(
        "index.html",
        texts,
        years=years,
        planned=planned,
        answers=[_answer(plan, *shares[plan.service.name], names, texts) for plan in plans],
        services=[plan.service.name for plan in plans],
        rows=_rows(shares, ground, texts, city=plans[0].city.name),
        scale=[
            {"colour": colour, "ink": share_ink(low), "text": _bin(low, high, texts)}
            for low, high, colour in share_bins()
        ],
        shapes=shapes,
        width=_WIDTH,
        height=height,
        files=_FILES,
        unplaced=_unplaced(plans, texts),
        sources=sources(plans[0].city, texts),
    )
    return plain_page(body, _data(plans, shares, texts), texts, name="index", title=texts("index.title"))


def _answer(
    plan: Plan, before: dict[str, Share], after: dict[str, Share], names: dict[str, Words], texts: Languages
) -> dict[str, Words | str | None]:
    name, city = plan.service.name, plan.city.name
    was, now = before[city], after[city]
    bound = texts(f"unit.{plan.service.unit}", value=texts.number(plan.threshold))
    districts = {slug: share for slug, share in after.items() if slug != city}
    last = min(districts, key=lambda slug: districts[slug].share)
    return {
        "service": name,
        "name": texts(f"service.{name}.name"),
        "within": texts("index.answer_within", within=texts(f"service.{name}.within", bound=bound)),
        "before": texts.percent(was.share),
        "after": texts.percent(now.share),
        "change": texts.points(now.share - was.share),
        "range": texts("index.answer_range", range=_range(now, texts)) if now.low is not None else None,
        "best": texts("index.answer_best", best=texts.percent(now.best)) if now.best is not None else None,
        "left": texts(
            "index.answer_left",
            left=texts.people((1 - now.share) * now.population),
        ),
        "last": texts("index.answer_last", district=names[last], share=texts.percent(districts[last].share)),
    }


def _rows(
    shares: dict[str, tuple[dict[str, Share], dict[str, Share]]],
    ground: dict[str, Any],
    texts: Languages,
    *,
    city: str,
) -> list[dict[str, Any]]:
    """The matrix: the city, then districts, the one least covered on average first."""
    names = {row["slug"]: Words(row["name"]) for row in ground["districts"]}

    def mean(slug: str) -> float:
        return math.fsum(after[slug].share for _, after in shares.values()) / len(shares)

    order = [city, *sorted(names, key=lambda slug: (mean(slug), slug))]
    return [
        {
            "slug": slug,
            "name": names.get(slug, texts("index.matrix_city")),
            "city": slug == city,
            "cells": [
                _cell(name, before[slug], after[slug], texts) for name, (before, after) in shares.items()
            ],
        }
        for slug in order
    ]


def _cell(service: str, before: Share, after: Share, texts: Languages) -> dict[str, Any]:
    return {
        "service": service,
        "share": texts.percent(after.share),
        "change": texts.points(after.share - before.share),
        "range": _range(after, texts),
        "colour": share_colour(after.share),
        "ink": share_ink(after.share),
    }


def _range(share: Share, texts: Languages) -> Words | None:
    if share.low is None or share.high is None:
        return None
    low, high = texts.number(share.low * 100, 1), texts.number(share.high * 100, 1)
    return texts("number.percent", value=texts("number.range", low=low, high=high))


def _bin(low: float, high: float, texts: Languages) -> Words:
    return texts(
        "number.percent",
        value=texts("number.range", low=texts.number(low * 100), high=texts.number(high * 100)),
    )


def _shapes(districts: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """District outlines as SVG paths, north up, true in shape at the city's latitude."""
    points = [point for row in districts for ring in row["rings"] for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (_WIDTH - 8) / ((east - west) * squeeze)

    def place(point: list[float]) -> tuple[float, float]:
        return 4 + (point[0] - west) * squeeze * scale, 4 + (north - point[1]) * scale

    shapes = []
    for row in districts:
        rings = [
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(place, ring[:-1])) + "Z"
            for ring in row["rings"]
        ]
        x, y = place(row["label"])
        shapes.append(
            {
                "slug": row["slug"],
                "name": Words(row["name"]),
                "path": "".join(rings),
                "x": f"{x:.0f}",
                "y": f"{y:.0f}",
            }
        )
    return shapes, math.ceil(8 + (north - south) * scale)


def _unplaced(plans: list[Plan], texts: Languages) -> Words:
    def one(plan: Plan) -> Words:
        name = f"service.{plan.service.name}.short"
        count = plan.unplaced["existing"]
        return texts.each(lambda table: f"{table(name).lower()} \u2013 {table.number(count)}")

    return texts.join(", ", map(one, plans))


def _data(
    plans: list[Plan], shares: dict[str, tuple[dict[str, Share], dict[str, Share]]], texts: Languages
) -> dict[str, Any]:
    def part(side: dict[str, Share]) -> dict[str, list[Any]]:
        return {
            slug: [texts.percent(share.share).as_dict(), share_colour(share.share), share_ink(share.share)]
            for slug, share in side.items()
            if slug != plans[0].city.name
        }

    return {
        "texts": texts.part("plural.", "number."),
        "services": {
            name: {"before": part(before), "after": part(after)} for name, (before, after) in shares.items()
        },
    }
