"""Index: the overview - an answer for each service, a map of districts, and the sections that other modules make."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geoplan.maps._audit import downloads, findings, promises
from geoplan.maps._cover import Share, headline
from geoplan.maps._languages import Words
from geoplan.maps._notes import sources
from geoplan.maps._overview import by_year, gap_rows, gap_scale, golden_hour, share_range, statuses
from geoplan.maps._page import fill_template, plain_page
from geoplan.maps._people import people_note
from geoplan.maps._standards import assumptions
from geoplan.report.palette import share_colour, share_ink

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geoplan.maps._languages import Languages
    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["index_page"]

_WIDTH = 640


def index_page(
    plans: list[Plan],
    ground: dict[str, Any],
    texts: Languages,
    *,
    standards: Standards,
    folder: Path,
    tables: dict[str, pd.DataFrame],
) -> str:
    """Return the overview page of a city's plans.

    Parameters
    ----------
    standards
        The baseline year, and every assumption, listed on the page.
    folder
        Where the page will lie: the files of data/ and pictures/ in it are offered with their sizes.
    tables
        Tables of the run: promises and findings; a section without its table is left out.

    Raises
    ------
    InputError
        If a plan lacks a moment or district.
    OutputError
        If the page would load anything from outside itself.
    """
    baseline_year = int(standards.baseline.year.value)
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
        charts=by_year(plans, texts, baseline_year=baseline_year),
        rows=gap_rows(shares, names, texts, city=plans[0].city.name),
        scale=gap_scale(texts),
        golden=golden_hour(plans, names, texts, standards, baseline_year=baseline_year),
        promises=promises(tables.get("promises"), texts, standards),
        audit=findings(tables.get("findings"), texts),
        statuses=statuses(plans, texts),
        assumptions=assumptions(standards, texts),
        shapes=shapes,
        width=_WIDTH,
        height=height,
        files=downloads(folder, texts),
        unplaced=_unplaced(plans, texts),
        people=people_note(plans[0].city, plans[0].cells, texts, planned=planned),
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
        "range": texts("index.answer_range", range=share_range(now, texts)) if now.low is not None else None,
        "best": texts("index.answer_best", best=texts.percent(now.best)) if now.best is not None else None,
        "left": texts(
            "index.answer_left",
            left=texts.people(now.left),
        ),
        "last": texts("index.answer_last", district=names[last], share=texts.percent(districts[last].share)),
    }


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
