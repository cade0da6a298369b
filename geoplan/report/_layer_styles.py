"""Layer styles: which style each layer of the GeoPackage carries, in the pages' colours."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geoplan.report._qml import Look, by_category, by_range
from geoplan.report._words import Words, load_words
from geoplan.report.palette import UNREACHABLE_COLOUR, class_colours, share_bins

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.scenario import Plan

__all__ = ["CASES", "UNREACHABLE", "Style", "band_labels", "layer_styles"]

# Column suffix of the cells -> the plan's view and moment.
CASES = {"before": ("proposed", 0), "after": ("proposed", -1), "after_placed": ("placed", -1)}
UNREACHABLE = 255
_STATED, _PROPOSED, _INK = "#b3261e", "#ffffff", "#2b2b2b"
# Services told apart by colour and shape.
_SERVICES = {
    "ambulance": ("#b3261e", "cross_fill"), "polyclinic": ("#0b7a75", "square"), "school": ("#1c5fa8", "triangle"),
    "kindergarten": ("#8a5a00", "circle"), "hospital": ("#6a3d9a", "diamond"), "other": ("#6b6b6b", "star"),
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """One style of one layer; `default` is the one that QGIS opens it in."""

    layer: str
    name: str
    qml: str
    default: bool


def layer_styles(plans: list[Plan], tables: dict[str, pd.DataFrame]) -> list[Style]:
    """Return the styles of all layers, a default one for each."""
    words = load_words()
    styles = [*_cells(plans, words), *_districts(plans, words)]
    if "builds" in tables:
        looks = [
            Look(words("style.stated"), _STATED, _INK, "triangle", 3.2),
            Look(words("style.proposed"), _PROPOSED, _STATED, "diamond", 3.0),
        ]
        styles.append(
            Style(
                "builds",
                words("style.status"),
                by_category("status", ["stated", "proposed"], looks),
                default=True,
            )
        )
        styles.append(_by_service("builds", tables["builds"], words, default=False))
    if "facilities" in tables:
        styles.append(_by_service("facilities", tables["facilities"], words, default=True))
    if "gaps" in tables:
        styles.append(_by_service("gaps", tables["gaps"], words, default=True))
    return styles


def band_labels(plan: Plan, words: Words) -> list[str]:
    """Return the name of each access class of a service, the open one last."""
    unit = words(f"unit.{plan.service.unit}")
    bounds = [words.number(value) for value in plan.breaks]
    labels = [words("picture.under", high=f"{bounds[0]} {unit}")]
    labels += [
        words("picture.between", low=low, high=f"{high} {unit}") for low, high in itertools.pairwise(bounds)
    ]
    return [*labels, words("picture.over", low=f"{bounds[-1]} {unit}")]


def _cells(plans: list[Plan], words: Words) -> list[Style]:
    out = []
    for plan in plans:
        colours = [*class_colours(plan.breaks, plan.threshold), UNREACHABLE_COLOUR]
        labels = [*band_labels(plan, words), words("picture.unreachable")]
        looks = [Look(label, colour) for label, colour in zip(labels, colours, strict=True)]
        codes = [*range(len(plan.breaks) + 1), UNREACHABLE]
        for case in CASES:
            name = words(f"style.{case}", service=words(f"service.{plan.service.name}"))
            column = f"{plan.service.name}_{case}"
            first = plan is plans[0] and case == "after"
            out.append(Style("cells", name, by_category(column, codes, looks), default=first))
    return out


def _districts(plans: list[Plan], words: Words) -> list[Style]:
    bins = share_bins()
    looks = [
        Look(f"{words.number(low * 100)}–{words.percent(high, 0)}", colour, _INK)
        for low, high, colour in bins
    ]
    bounds = [(low, high) for low, high, _ in bins]
    return [
        Style(
            "districts",
            words("style.share_after", service=words(f"service.{plan.service.name}")),
            by_range(f"{plan.service.name}_after", bounds, looks),
            default=plan is plans[0],
        )
        for plan in plans
    ]


def _by_service(layer: str, table: pd.DataFrame, words: Words, *, default: bool) -> Style:
    met = [name for name in _SERVICES if name in set(table["service"])]
    looks = [
        Look(words(f"service.{name}"), _SERVICES[name][0], "#ffffff", _SERVICES[name][1], 2.2) for name in met
    ]
    return Style(layer, words("style.services"), by_category("service", met, looks), default=default)
