"""`geoplan site`: where to build next."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from geoplan.cli._shared import (
    CityOption,
    FacilitiesOption,
    JsonOption,
    LayersOption,
    open_asked,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from geoplan.scenario.choose import Answer

__all__ = ["site"]

Number = TypeVar("Number", int, float)


class Objective(StrEnum):
    """What the sites should make best."""

    COVERAGE = "coverage"
    MEAN = "mean"
    MAX = "max"
    EQUITY = "equity"
    CAPACITY = "capacity"


def site(
    service: Annotated[str, typer.Argument(help="ambulance, polyclinic, school, kindergarten.")],
    *,
    count: Annotated[int | None, typer.Option("--count", help="How many sites.")] = None,
    years: Annotated[
        str | None, typer.Option("--years", help="Instead: sites that open by year, as 2026:2,2028:1.")
    ] = None,
    budgets: Annotated[
        str | None,
        typer.Option("--budgets", help="Instead: what may be spent by year; the parcels have a cost."),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="What stands at the end of this year is given.")
    ] = None,
    district: Annotated[str | None, typer.Option("--district", help="Slug of the district.")] = None,
    objective: Annotated[
        Objective,
        typer.Option(
            "--objective",
            help="Most people covered; least mean, or largest, way; worst district first; most seated.",
        ),
    ] = Objective.COVERAGE,
    candidates: Annotated[
        Path | None, typer.Option("--candidates", help="Vector file of parcels; street corners by default.")
    ] = None,
    apart: Annotated[
        float, typer.Option("--apart", min=0, help="Metres to any facility that stands, at the least.")
    ] = 0.0,
    exclude: Annotated[
        Path | None, typer.Option("--exclude", help="Vector file of areas where nothing may stand.")
    ] = None,
    capacities: Annotated[
        Path | None, typer.Option("--capacities", help="CSV facility_id,capacity: objective capacity.")
    ] = None,
    room: Annotated[
        float | None, typer.Option("--room", help="Places of a new site; by default its parcel's capacity.")
    ] = None,
    seekers: Annotated[
        float | None, typer.Option("--seekers", help="Share of people who seek a place; schools have one.")
    ] = None,
    plans: Annotated[
        int, typer.Option("--plans", min=1, help="So many different plans, the best one first.")
    ] = 1,
    curve: Annotated[bool, typer.Option("--curve", help="What the first, second, … site is worth.")] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Which sites stay when speeds, people, threshold vary.")
    ] = False,
    versus: Annotated[
        bool, typer.Option("--compare-roadmap", help="The roadmap's own sites beside the best of as many.")
    ] = False,
    gap: Annotated[
        float, typer.Option("--gap", min=0, max=1, help="Stop once proven this near the best.")
    ] = 0.0,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0, help="Seconds; then the best plan so far, with its gap."),
    ] = None,
    heuristic: Annotated[bool, typer.Option("--heuristic", help="Greedy and swaps, with a bound.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for a page and its tables; or one file: .html, .csv, .gpkg."),
    ] = None,
    city: CityOption = "almaty",
    layers: LayersOption = None,
    facilities: FacilitiesOption = None,
    json: JsonOption = False,
) -> None:
    """Propose sites, with the bound no choice can beat; a calculation, not a decision."""
    counts, money = _by_year("--years", years, int), _by_year("--budgets", budgets, float)
    if sum(given is not None for given in (count, counts, money)) > 1:
        msg = "give one of --count, --years and --budgets."
        raise typer.BadParameter(msg)
    # A plan over years is asked for by its years; the count is then that of all of them.
    over = counts is not None or money is not None
    count = sum(counts.values()) if counts else 1 if money else count
    if count is None and ((exclude is not None and not versus) or out is not None):
        msg = "--exclude and --out go with an answer: they need --count too."
        raise typer.BadParameter(msg)
    from geoplan.maps import check_destination, write_choice
    from geoplan.scenario.choose import (
        answer_question,
        ask,
        compare_roadmap,
        over_years,
        with_seats,
        without_areas,
    )
    from geoplan.scenario.points import read_areas, read_features
    from geoplan.siting import Limits

    if out is not None:
        check_destination(out)
    seated = objective is Objective.CAPACITY and capacities is not None
    if not seated and not capacities is room is seekers is None:
        msg = "--capacities, --room and --seekers go together with --objective capacity."
        raise typer.BadParameter(msg)
    areas = None if exclude is None else read_areas(exclude)
    opened = open_asked(city, layers, facilities)
    limits = Limits(gap=gap, seconds=time_limit, heuristic=heuristic)
    if versus and count is None:
        table = compare_roadmap(opened, service=service, year=year, limits=limits, areas=areas)
        if json:
            print_json({"roadmap": table})
        else:
            print_table(table)
        return
    if count is None:
        msg = "Missing option '--count' (or ask for --compare-roadmap alone)."
        raise typer.BadParameter(msg)
    question = ask(
        opened,
        service=service,
        count=count,
        year=year,
        district=district,
        objective="coverage" if seated else objective.value,
        parcels=None if candidates is None else read_features(candidates),
        apart_m=apart,
    )
    if areas is not None:
        question = without_areas(question, areas)
    if capacities is not None:
        question = with_seats(question, capacities, room=room, seekers=seekers)
    if over:
        question = over_years(question, counts=counts, budgets=money)
    found = answer_question(
        question, limits=limits, plans=plans, curve=curve, sensitivity=sensitivity, versus=versus
    )
    if out is not None:
        write_choice(found, out)
    _show(found, json=json)


def _by_year(option: str, text: str | None, number: Callable[[str], Number]) -> dict[int, Number] | None:
    """Read "2026:2,2028:1" as numbers by year; each year once."""
    if text is None:
        return None
    out: dict[int, Number] = {}
    for part in text.split(","):
        year, _, value = part.partition(":")
        try:
            known = (int(year), number(value))
        except ValueError:
            known = None
        if known is None or known[0] in out:
            msg = f"{option}: {part.strip()!r}: write each year once, with its number, as 2026:2,2028:1."
            raise typer.BadParameter(msg)
        out[known[0]] = known[1]
    return out


def _show(found: Answer, *, json: bool) -> None:
    """Print an answer: one JSON document, or its tables and what they rest on."""
    if json:
        print_json(_document(found))
        return
    for number, (title, table) in enumerate(found.tables().items()):
        if number:
            typer.echo("")
        typer.echo(title, err=True)
        print_table(table)
    for line in found.lines():
        typer.echo(line, err=True)


def _document(found: Answer) -> dict[str, Any]:
    """The JSON document: the best plan's fields, and whatever else was asked for."""
    best = found.best
    fields = (
        "sites",
        "objective",
        "unit",
        "bound",
        "gap",
        "status",
        "seconds",
        "before",
        "after",
        "year",
        "districts",
    )
    return {name: getattr(best, name) for name in fields} | found.extras()
