"""Payload: one service's plan as the data a page carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoplan.layers.standing import replaced_facility
from geoplan.maps._cells import cell_data, focus
from geoplan.maps._cover import coverage, readings, views, without_plan
from geoplan.maps._encode import UNREACHABLE, pack, pack_classes
from geoplan.maps._gaps import gaps
from geoplan.maps._ground import city_box, district_shapes, labels, street_lines
from geoplan.report.palette import UNREACHABLE_COLOUR, class_colours

if TYPE_CHECKING:
    from collections.abc import Hashable

    from geoplan.city import City
    from geoplan.maps._languages import Languages
    from geoplan.scenario import Plan

__all__ = ["TEXT_PARTS", "ground_data", "service_data"]

# The parts of the text table that the scripts of a service page read.
TEXT_PARTS = (
    "plural.", "number.", "unit.", "unit_short.", "phase.", "base.", "view.", "view_hint.", "now.", "map.", "legend.",
    "change.", "change_short.", "sign.", "site.", "kind.", "action.", "capacity.", "opens_basis.", "standing.", "owner.",
    "precision.", "district.", "popup.", "build.", "card.", "panel.", "table.", "reading.",
    "step.", "slider.", "swipe.", "area.", "search.", "gaps.", "facilities.",
)  # fmt: skip
_DIGITS = 5
_SLUGS = {"end of period": "end_of_period", "may stand": "may_stand"}


def ground_data(city: City, texts: Languages) -> dict[str, Any]:
    """Return what all pages of a city share: districts, streets, names.

    Raises
    ------
    LayerError
        If a layer cannot be read.
    """
    box = city_box(city)
    return {
        "box": box,
        "districts": district_shapes(city, texts),
        "streets": street_lines(city, box),
        "labels": labels(city, texts),
    }


def service_data(
    plan: Plan, ground: dict[str, Any], texts: Languages, *, baseline_year: int, horizon: int
) -> dict[str, Any]:
    """Return everything one service page shows, ready for JSON.

    Parameters
    ----------
    plan
        One service's plan.
    ground
        What `ground_data` gives.
    texts
        Strings of the page's language.
    baseline_year
        The year shown for the moment `baseline`.
    horizon
        The last year of the story: the last in which a build of any service opens.

    Raises
    ------
    InputError
        If the plan lacks a view, moment or district, or a class cannot be drawn.
    """
    shown = views(plan)
    others, best_case = readings(plan)
    return {
        "texts": texts.part(*TEXT_PARTS),
        "city": plan.city.name,
        "service": plan.service.name,
        "unit": plan.service.unit,
        "drawn_existing": plan.service.draw_existing,
        "moments": [_moment(moment, baseline_year) for moment in plan.moments],
        "years": list(range(baseline_year + 1, horizon + 1)) if len(plan.moments) > 1 else [],
        "breaks": [float(value) for value in plan.breaks],
        "threshold": float(plan.threshold),
        "colours": class_colours(plan.breaks, plan.threshold),
        "unreachable_colour": UNREACHABLE_COLOUR,
        "views": [
            {"key": v.key, "text": v.text, "private": v.private, "proposed": v.proposed} for v in shown
        ],
        "cells": cell_data(plan.city, plan.cells, ground["box"]),
        "classes": {v.key: [pack_classes(step) for step in plan.views[v.key]] for v in shown},
        "changes": _changes(plan),
        "districts": ground["districts"],
        "streets": ground["streets"],
        "labels": ground["labels"],
        "focus": focus(plan.cells),
        "facilities": _facilities(plan),
        "builds": _builds(plan, baseline_year),
        "coverage": {
            v.key: [{area: share.as_dict() for area, share in step.items()} for step in coverage(plan, v)]
            for v in shown
        },
        "without": without_plan(plan),
        "gaps": gaps(plan),
        "readings": others,
        "readings_best_case": best_case,
    }


def _moment(moment: str, baseline_year: int) -> dict[str, Any]:
    year = baseline_year if moment == "baseline" else int(moment)
    return {"year": year, "label": str(year)}


def _changes(plan: Plan) -> dict[str, Any]:
    """Every build's changed cells, one after the other, with where each build's part starts and ends."""
    spans: dict[str, list[int]] = {}
    cells, values = [], []
    end = 0
    for build_id in plan.builds["build_id"]:
        change = plan.changes.get(build_id)
        if change is None:
            continue
        start, end = end, end + len(change.cells)
        spans[str(build_id)] = [start, end]
        cells.append(np.asarray(change.cells, dtype=np.int64))
        values.append(_nibble(change.before) | (_nibble(change.after) << 4))
    positions = np.concatenate(cells) if cells else np.zeros(0, dtype=np.int64)
    wide = len(plan.cells) > 65_536
    return {
        "spans": spans,
        "wide": wide,
        "cells": pack(positions, "uint32" if wide else "uint16"),
        "values": pack(np.concatenate(values) if values else np.zeros(0, dtype=np.uint8), "uint8"),
    }


def _nibble(classes: np.ndarray) -> np.ndarray:
    flat = np.asarray(classes, dtype=np.uint8)
    return np.where(flat == UNREACHABLE, 15, flat).astype(np.uint8)


def _facilities(plan: Plan) -> list[dict[str, Any]]:
    """Existing facilities. One that is a build of the plan is drawn as that build; one replaced closes when it is."""
    builds = plan.builds
    own = builds[builds["action"] != "replacement"]
    as_build = set(own["facility_id"].dropna()) - {""}
    closing = _replaced(plan)
    rows = []
    for item in plan.facilities.to_dict("records"):
        closes = [year for year in (int(item["closes"]), closing.get(str(item["facility_id"]), 0)) if year]
        rows.append(
            {
                "name": _text(item["name"]),
                "address": _text(item["address"]),
                "district": _text(item["district"]),
                "lon": _degrees(item["lon"]),
                "lat": _degrees(item["lat"]),
                "precision": _text(item["precision"]),
                "radius": _whole(item["radius_m"]),
                "opens": int(item["opens"]),
                "closed": min(closes) if closes else 0,
                "owner": _text(item["owner"]),
                "build": item["facility_id"] in as_build,
            }
        )
    return rows


def _replaced(plan: Plan) -> dict[str, int]:
    """Year in which each replaced facility closes, where the document says which one it is."""
    existing = plan.facilities.assign(service=plan.service.name)
    years = plan.builds["opens"].astype(int).groupby(replaced_facility(plan.builds, existing)).min()
    return {str(key): int(year) for key, year in years.items() if key}


def _builds(plan: Plan, baseline_year: int) -> list[dict[str, Any]]:
    years = [baseline_year if moment == "baseline" else int(moment) for moment in plan.moments]
    effects = {str(row["build_id"]): row for row in plan.effects_table.to_dict("records")}
    rows = []
    for item in plan.builds.to_dict("records"):
        build_id = str(item["build_id"])
        opens = int(item["opens"])
        private = item["owner"] == "private"
        rows.append(
            {
                "id": build_id,
                "project": _text(item["project"]),
                "action": _text(item["action"]),
                "kind": _text(item["kind"]),
                "capacity": _whole(item["capacity"]),
                "unit": _text(item["capacity_unit"]),
                "capacity_basis": _text(item["capacity_basis"]),
                "opens": opens,
                "opens_basis": _slug(item["opens_basis"]),
                "district": _text(item["district"]),
                "place": _text(item["place"]),
                "site_district": _text(item["site_district"]),
                "replaces": _text(item["replaces"]),
                "precision": _text(item["precision"]),
                "radius": _whole(item["site_radius_m"]),
                "owner": _text(item["owner"]),
                "standing": _slug(item["standing"]),
                "cost": _number(item["cost"]),
                "site": _text(item["site_status"]),
                "lon": _degrees(item["site_lon"]),
                "lat": _degrees(item["site_lat"]),
                "base": max(k for k, year in enumerate(years) if k == 0 or year < opens),
                "base_view": "proposed+private"
                if private and "proposed+private" in plan.views
                else "proposed",
                "effect": _effect(effects[build_id]) if build_id in effects else None,
            }
        )
    return rows


def _effect(row: dict[Hashable, Any]) -> dict[str, Any]:
    per = _number(row["cost_per_newly_covered"])
    return {
        "newly": _number(row["newly_covered"]),
        "gained": _number(row["gained"]),
        "lost": _number(row["lost"]),
        "low": _number(row["low"]),
        "high": _number(row["high"]),
        "alone": _number(row["gain_alone"]),
        "dropped": _number(row["loss_if_dropped"]),
        "mean_before": _number(row["mean_min_before"]),
        "mean_after": _number(row["mean_min_after"]),
        "helped": _text(row["district_most_helped"]),
        "cost_per": per,
    }


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]


def _slug(value: object) -> str:
    text = _text(value)
    return _SLUGS.get(text, text)


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else round(number)


def _degrees(value: object) -> float | None:
    number = _number(value)
    return None if number is None else round(number, _DIGITS)
