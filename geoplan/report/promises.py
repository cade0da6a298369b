"""Promises: what the roadmap itself says will be reached, read from its tables, beside what the model gives for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.report._headline import headline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["PROMISE_COLUMNS", "promises_table"]

PROMISE_COLUMNS = [
    "promise", "project", "line", "column", "year", "promised", "unit", "text", "measure", "computable", "modelled", "low",
    "high", "modelled_unit", "reason", "as_of", "source",
]  # fmt: skip
# What the press and the akimat publish about a promise: metric of published.csv, the row's measure, unit.
_PUBLISHED = {
    "seat_deficit": ("seat deficit", "published_deficit", "seats"),
    "preschool_cover": ("queue", "published_queue", "children"),
}
# The cells of a project that may hold a promise, and the year that an indicator's column names.
_YEAR_OF = {"kpi_2025": 2025, "kpi_2030": 2030}
_TEXTS = ("kpi_2025", "kpi_2030", "note")
# A full stop ends a sentence, save that of an abbreviated thousand.
_SENTENCE_ENDS = re.compile(r"(?<!тыс)[.;](?:\s+|$)")
_NUMBER = r"(?P<number>\d[\d\u00a0\u202f ]*(?:,\d+)?)"


@dataclass(frozen=True)
class _Kind:
    """One kind of promise: how the document words it, what it counts, and the service whose plan answers it."""

    name: str
    words: re.Pattern[str]
    unit: str
    service: str


_KINDS = (
    _Kind(
        "within_reach",
        re.compile(rf"доступност\w* ПМСП для (?:более )?{_NUMBER} ?(?P<thousand>тыс)?", re.IGNORECASE),
        "persons",
        "polyclinic",
    ),
    _Kind(
        "seat_deficit",
        re.compile(rf"дефицит\w* ученических мест до {_NUMBER} ?(?P<thousand>тыс)?", re.IGNORECASE),
        "seats",
        "school",
    ),
    _Kind(
        "preschool_cover",
        re.compile(rf"охват\w* дошкольн[^.;]*? до {_NUMBER} ?(?P<thousand>)%", re.IGNORECASE),
        "%",
        "kindergarten",
    ),
    _Kind(
        "pupils_bused",
        re.compile(
            rf"{_NUMBER} ?(?P<thousand>тыс)?\.? ?(?:учащихся|школьник\w+),? у котор\w+ усложнен",
            re.IGNORECASE,
        ),
        "pupils",
        "school",
    ),
    _Kind(
        "share_bused",
        re.compile(
            rf"{_NUMBER} ?(?P<thousand>)% охват\w* учащихся подвозом",
            re.IGNORECASE,
        ),
        "%",
        "school",
    ),
)  # fmt: skip


def promises_table(
    projects: pd.DataFrame,
    builds: pd.DataFrame,
    plans: list[Plan],
    standards: Standards,
    *,
    published: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return every promise of the kinds known, as the document words it, beside what the model can say.

    A promise that the model cannot answer has a row of its own measure with `computable` False and the reason, and rows of
    what stands closest to it and can be computed.

    Parameters
    ----------
    projects, builds
        projects.csv and builds.csv of the run.
    plans
        The plans of the run; a promise of a service that was not run has no modelled rows.
    standards
        Pupils per person and the distance beyond which pupils are bused.
    published
        published.csv: the latest figure of a deficit or queue of the whole city stands beside a promise about it.

    Returns
    -------
    pandas.DataFrame
        The columns of `PROMISE_COLUMNS`: promised and modelled figures in the units told beside them, `low` and `high` the
        range of the draws where there is one.
    """
    by_service = {plan.service.name: plan for plan in plans}
    rows: list[dict[str, object]] = []
    for item in projects.to_dict("records"):
        for column in _TEXTS:
            text = item.get(column)
            for kind, found in _matches(text):
                year = _YEAR_OF.get(column) or _last_year(item["period_end"], by_service.get(kind.service))
                number = float(re.sub(r"[\s\u00a0\u202f]", "", found["number"]).replace(",", "."))
                base: dict[str, object] = {
                    "promise": kind.name,
                    "project": item["project"],
                    "line": item["line"],
                    "column": column,
                    "year": year,
                    "promised": number * (1000 if found["thousand"] else 1),
                    "unit": kind.unit,
                    "text": _sentence(str(text), found),
                }
                plan = by_service.get(kind.service)
                if plan is None:
                    rows.append(base | _unknown(kind.name, "service_not_run"))
                    continue
                rows += [
                    base | row for row in _answers(kind, plan, builds, str(item["project"]), year, standards)
                ]
                rows += [base | row for row in _published(kind, published, plan.city.name)]
    table = pd.DataFrame(rows, columns=PROMISE_COLUMNS)
    return table.astype({"promised": float, "modelled": float, "low": float, "high": float})


def _matches(text: object) -> Iterator[tuple[_Kind, re.Match[str]]]:
    if not isinstance(text, str) or not text:
        return
    for kind in _KINDS:
        for found in kind.words.finditer(text):
            yield kind, found


def _last_year(period_end: object, plan: Plan | None) -> int:
    """The year by which a promise without a year of its own falls due: the end of its project's period, or the plan's."""
    if not pd.isna(period_end):  # type: ignore[call-overload]
        return int(period_end)  # type: ignore[call-overload]
    return int(plan.moments[-1]) if plan is not None else 0


def _sentence(text: str, found: re.Match[str]) -> str:
    """The sentence that holds the promise, as published."""
    ends = list(_SENTENCE_ENDS.finditer(text))
    start = max((end.end() for end in ends if end.end() <= found.start()), default=0)
    stop = min((end.start() for end in ends if end.start() >= found.end()), default=len(text))
    return text[start:stop].strip()


def _answers(
    kind: _Kind, plan: Plan, builds: pd.DataFrame, project: str, year: int, standards: Standards
) -> list[dict[str, object]]:
    if kind.name == "within_reach":
        return _within_reach(plan, builds, project, year)
    if kind.name == "seat_deficit":
        return [_unknown(kind.name, "no_capacities"), _seats(plan, builds, year)]
    if kind.name == "preschool_cover":
        return [_unknown(kind.name, "no_capacities_no_ages"), _seats(plan, builds, year)]
    return [_unknown(kind.name, "no_addresses"), *_far_pupils(plan, standards)]


def _within_reach(plan: Plan, builds: pd.DataFrame, project: str, year: int) -> list[dict[str, object]]:
    """People whom all builds of the service bring inside the threshold, and those of this project alone at best."""
    start, end = headline(plan, "baseline"), headline(plan, _moment(plan, year))
    drawn, before = end["drawn"], start["drawn"]
    # Draws of two moments share their places only where the baseline has none; else the ends cannot be subtracted.
    spread = {} if before.drawn else {"low": drawn.low, "high": drawn.high}
    alone = set(builds.loc[builds["project"] == project, "build_id"])
    gains: dict[str, float] = {
        "gain_of_all_builds": drawn.people - before.people,
        "gain_of_all_builds_best": end["proposed"].people - start["proposed"].people,
        "gain_of_project_best": _union_of_gains(plan, alone, year),
    }
    rows: list[dict[str, object]] = [
        {"measure": name, "computable": True, "modelled": round(gain), "modelled_unit": "persons"}
        for name, gain in gains.items()
    ]
    rows[0] |= {name: round(share * drawn.population - before.people) for name, share in spread.items()}
    return rows


def _union_of_gains(plan: Plan, build_ids: set[str], year: int) -> float:
    """People of the cells that at least one of the builds brings inside the threshold in the year it opens."""
    inside = plan.breaks.index(plan.threshold)
    opens = plan.builds.set_index("build_id")["opens"].astype(int)
    gained = np.zeros(len(plan.cells), dtype=bool)
    for build_id, change in plan.changes.items():
        if build_id in build_ids and opens[build_id] <= year:
            gained[change.cells[(change.before > inside) & (change.after <= inside)]] = True
    return float(plan.cells["persons"].to_numpy()[gained].sum())


def _seats(plan: Plan, builds: pd.DataFrame, year: int) -> dict[str, object]:
    """Seats that builds of the service open up to a year, private ones too; not computable where one states none."""
    mine = builds[(builds["service"] == plan.service.name) & (builds["opens"].astype(int) <= year)]
    mine = mine[mine["action"].isin(["new", "annex", "replacement", "conversion"])]
    seats = pd.to_numeric(mine["capacity"], errors="coerce")
    if seats.isna().any():
        return _unknown("seats_added", "capacity_not_stated")
    return {
        "measure": "seats_added",
        "computable": True,
        "modelled": float(seats.sum()),
        "modelled_unit": "seats",
    }


def _published(kind: _Kind, published: pd.DataFrame | None, city: str) -> list[dict[str, object]]:
    """The latest published figure of the whole city that a promise is about, with its date and source."""
    if published is None or kind.name not in _PUBLISHED:
        return []
    metric, measure, unit = _PUBLISHED[kind.name]
    mine = published[(published["service"] == kind.service) & (published["district"] == city)]
    mine = mine[(mine["metric"] == metric) & mine["value"].notna()].sort_values("as_of", kind="stable")
    if mine.empty:
        return []
    last = mine.iloc[-1]
    told = re.match(r"\d{4}(?:-\d\d){0,2}", str(last["as_of"]))
    return [
        {
            "measure": measure, "computable": True, "modelled": float(last["value"]), "modelled_unit": unit,
            "as_of": told[0] if told else str(last["as_of"]), "source": last["source"],
        }
    ]  # fmt: skip


def _far_pupils(plan: Plan, standards: Standards) -> list[dict[str, object]]:
    """Pupils beyond the distance of the school bus at the baseline, at the city's mean share, as measures.csv has them."""
    reach = standards.capacity.school_reach.value
    if reach not in plan.breaks:
        return [_unknown("pupils_beyond_bus_distance", "distance_not_a_band")]
    classes = plan.views["placed"][0]
    # Those without a way to any school in the data (the class after all bands) are far from one too.
    beyond = classes > plan.breaks.index(reach)
    people = float(plan.cells["persons"].to_numpy()[beyond].sum())
    pupils = people * standards.capacity.school_seekers.value
    return [
        {
            "measure": "pupils_beyond_bus_distance", "computable": True, "modelled": round(pupils),
            "modelled_unit": "pupils",
        }
    ]  # fmt: skip


def _moment(plan: Plan, year: int) -> str:
    """The last moment of the plan that is not after a year."""
    return [moment for moment in plan.moments if moment == "baseline" or int(moment) <= year][-1]


def _unknown(measure: str, reason: str) -> dict[str, object]:
    return {"measure": measure, "computable": False, "reason": reason}
