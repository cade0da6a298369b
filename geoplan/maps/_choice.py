"""Choice: what the page of proposed sites carries for its scripts, and the values of its template."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geoplan.maps._cells import cell_data, focus
from geoplan.maps._choice_tables import (
    alternative_rows,
    curve_rows,
    district_rows,
    plan_name,
    quality,
    roadmap_rows,
    site_rows,
    year_rows,
)
from geoplan.maps._encode import pack_classes
from geoplan.maps._languages import Words
from geoplan.maps._notes import basis_key, sources
from geoplan.maps._people import people_note
from geoplan.maps._standards import assumptions, source
from geoplan.scenario.choose import cell_changes

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.maps._languages import Languages
    from geoplan.scenario.choose import Answer, Suggestion

__all__ = ["CHOICE_TEXT_PARTS", "choice_data", "choice_values"]

# The parts of the text table that the scripts of this page read.
CHOICE_TEXT_PARTS = (
    "plural.", "number.", "unit.", "map.", "change.", "change_short.", "choice_map.",
)  # fmt: skip
# Of the standards, what this page's figures hang on besides the service's own.
_ENTRIES = ("siting.", "draws.", "snap.", "speeds.", "times_of_day.")
_DIGITS = 5


def choice_data(answer: Answer, ground: dict[str, Any], texts: Languages) -> dict[str, Any]:
    """Return everything the scripts show, ready for JSON.

    Raises
    ------
    InputError
        If a cell lies outside the city's frame.
    """
    question = answer.question
    cells = question.bench.demand.cells
    names = _names(ground, texts)
    return {
        "texts": texts.part(*CHOICE_TEXT_PARTS),
        "cells": cell_data(question.bench.city, cells, ground["box"]),
        "districts": ground["districts"],
        "streets": ground["streets"],
        "labels": ground["labels"],
        "focus": focus(cells),
        "colours": [],
        "unreachable_colour": "",
        "nearer": question.objective in {"mean", "max"},
        "facilities": [
            [round(float(row["lon"]), _DIGITS), round(float(row["lat"]), _DIGITS), row["status"], row["name"]]
            for row in question.facilities.to_dict("records")
            if math.isfinite(row["lon"])
        ],
        "plans": [_plan(answer, plan, names, texts) for plan in answer.all_plans.values()],
    }


def _plan(answer: Answer, plan: Suggestion, names: dict[str, Words], texts: Languages) -> dict[str, Any]:
    city = plan.districts.iloc[-1]
    after, before = float(city["covered_after"]), float(city["covered_before"])
    rows = site_rows(answer, plan, names, texts)
    return {
        "cells": pack_classes(cell_changes(answer.question, plan.sites)),
        "within": before,
        "gained": after - before,
        "out": float(city["uncovered"]),
        "sites": [
            {
                "lon": round(float(site["lon"]), _DIGITS),
                "lat": round(float(site["lat"]), _DIGITS),
                "place": row["place"],
                "corner": row["corner"],
                "district": row["district"].as_dict(),
                "reason": row["reason"].as_dict(),
            }
            for site, row in zip(plan.sites.to_dict("records"), rows, strict=True)
        ],
    }


def choice_values(answer: Answer, ground: dict[str, Any], texts: Languages) -> dict[str, Any]:
    """Return the values of the template; `texts` with the figures that many texts name put in.

    Raises
    ------
    InputError
        If the text table lacks a text.
    """
    question, best = answer.question, answer.best
    service, standards = question.service, question.bench.standards
    names = _names(ground, texts)
    texts = texts.filled(snap=texts("unit.m", value=texts.number(standards.snap.limit.value)))
    bound = texts(f"unit.{service.unit}", value=texts.number(service.headline))
    figure = service.headline_figure
    city = best.districts.iloc[-1]
    where = names.get(question.district or "")
    return {
        "texts": texts,
        "service": texts(f"service.{service.name}.name"),
        "within": texts(f"service.{service.name}.within", bound=bound),
        "lead": texts(
            "choice.lead_years" if answer.yearly else f"choice.lead_{question.objective}",
            sites=texts.plural("choice.sites_count", len(best.sites)),
            year=texts.plain(str(best.year)),
            candidates=texts.plural("choice.candidates", best.candidates),
        ),
        "where": texts("choice.where", district=where) if where else None,
        "before": {
            "share": texts.percent(float(city["share_before"])),
            "people": texts.people(float(city["covered_before"])),
        },
        "after": {
            "share": texts.percent(float(city["share_after"])),
            "people": texts.people(float(city["covered_after"])),
        },
        "change": texts("choice.change", people=texts.people(float(city["change"]))),
        "points": texts.points(float(city["share_after"]) - float(city["share_before"])),
        "bar": _bar(float(city["share_before"]), float(city["share_after"])),
        "best_case": _best_case(question.facilities, texts),
        "plans": [
            {
                "name": plan_name(name, texts),
                "now": texts(
                    "choice.now",
                    sites=texts.plural("choice.sites_count", len(plan.sites)),
                    people=texts.people(float(plan.districts["change"].iloc[-1])),
                ),
                "sites": site_rows(answer, plan, names, texts),
                "districts": [
                    row | {"bar": _bar(*row["shares"])} for row in district_rows(plan.districts, names, texts)
                ],
            }
            for name, plan in answer.all_plans.items()
        ],
        "years": year_rows(answer, texts),
        "others": alternative_rows(answer, names, texts),
        "exhausted": answer.exhausted,
        "curve": curve_rows(answer, texts),
        "roadmap": roadmap_rows(answer, texts),
        "survives": answer.sensitivity is not None,
        "draws": None
        if answer.sensitivity is None
        else texts.plural("choice.draws", int(answer.sensitivity["draws"].iloc[0])),
        "quality": quality(answer, texts),
        "basis_key": basis_key(figure.basis),
        "basis": texts("panel.basis", bound=bound, source=source(figure.source, texts)),
        "notes": _notes(answer, texts),
        "sources": sources(question.bench.city, texts),
        "assumptions": assumptions(standards, texts, only=(f"services.{service.name}.", *_ENTRIES)),
    }


def _names(ground: dict[str, Any], texts: Languages) -> dict[str, Words]:
    """Names of the districts by slug, in the order of the page's languages."""
    return {
        row["slug"]: Words({code: row["name"][code] for code in texts.names}) for row in ground["districts"]
    }


def _bar(before: float, after: float) -> dict[str, str]:
    """Left ends and widths of a bar, in per cent."""
    low, high = min(before, after), max(before, after)
    return {"was": f"{100 * before:.2f}", "from": f"{100 * low:.2f}", "more": f"{100 * (high - low):.2f}"}


def _best_case(facilities: pd.DataFrame, texts: Languages) -> Words | None:
    """That builds of the roadmap count at sites proposed for them, where there are any: shares are the best case then."""
    count = int((facilities["status"] == "proposed").sum())
    return texts("choice.best_case", count=texts.number(count)) if count else None


def _notes(answer: Answer, texts: Languages) -> list[Words]:
    """What a reader must know: a calculation, what it does not know, what is drawn, whose people."""
    question = answer.question
    facilities = question.facilities
    unplaced = int((facilities["lon"].isna() & (facilities["status"] == "existing")).sum())
    out = [texts("choice.note_proposed"), texts("choice.note_unknown")]
    if unplaced:
        drawn = question.service.draw_existing
        out.append(texts(f"choice.note_{'drawn' if drawn else 'unplaced'}", count=texts.number(unplaced)))
    bench = question.bench
    people = people_note(bench.city, bench.demand.cells, texts, planned=False)
    return [*out, people, texts("notes.capacity"), texts("notes.district_borders")]
