"""`geoplan run`: the main job."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli._shared import (
    CityOption,
    FacilitiesOption,
    JsonOption,
    LayersOption,
    open_asked,
    print_json,
    steps,
)

if TYPE_CHECKING:
    from geoplan.city import City
    from geoplan.job import Result

__all__ = ["run"]


def run(
    *,
    city: CityOption = "almaty",
    roadmap: Annotated[
        Path | None, typer.Option("--roadmap", help="Roadmap document to read afresh.")
    ] = None,
    layers: LayersOption = None,
    facilities: FacilitiesOption = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", help="Only this service; repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of maps.")] = Path("maps"),
    tiles: Annotated[
        bool,
        typer.Option(
            "--tiles",
            help="Offer OpenStreetMap's tiles as a layer, loaded only when a reader switches it on. Its server "
            "refuses pages opened from a file: serve the folder.",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Read the roadmap, place every build, compute access before and after, write maps and tables."""
    from geoplan.job import run_job

    command = ["geoplan", "run", "--city", city]
    command += ["--roadmap", roadmap.name] if roadmap else []
    command += ["--facilities", facilities.name] if facilities else []
    command += [part for name in service or [] for part in ("--service", name)]
    command += ["--tiles"] if tiles else []
    opened = open_asked(city, layers, facilities)
    services = service or _known_services(opened)
    bar, advance = steps(len(services) + 6)
    with bar:
        result = run_job(
            opened,
            out=out,
            document=roadmap,
            services=services,
            command=command,
            tiles=tiles,
            progress=advance,
        )
    for plan in result.plans:
        for measure, why in plan.not_computable:
            typer.echo(f"{plan.service.name}: not computable: {measure}: {why}", err=True)
    if json:
        print_json(_summary(result))
        return
    for line in [*_astray(result), *_lines(result)]:
        typer.echo(line)


def _known_services(city: City) -> list[str]:
    """The services that the city has a facility of; what is left out for want of one is said on stderr."""
    from geoplan.standards import load_standards

    here = set(city.facilities["service"])
    wanted = list(load_standards().services)
    missing = [name for name in wanted if name not in here]
    if missing:
        typer.echo(f"{city.name}: no {', no '.join(missing)} in the facilities layer: left out", err=True)
    # with none at all the first one's fault is told by the run itself
    return [name for name in wanted if name in here] or wanted[:1]


def _summary(result: Result) -> dict[str, object]:
    return {
        "folder": str(result.folder),
        "pages": [str(page) for page in result.pages],
        "seconds": result.seconds,
        "coverage": {
            plan.service.name: plan.coverage(by="city").drop(columns=["service", "group"])
            for plan in result.plans
        },
    }


def _astray(result: Result) -> list[str]:
    """How many facilities and builds of each service have a place that no street is near."""
    from geoplan.scenario.astray import OFF_NETWORK
    from geoplan.standards import load_standards

    limit = load_standards().snap.limit.value
    return [
        f"{plan.service.name:13} {len(plan.astray)} with a place but no street for mode {plan.service.mode} within "
        f"{limit:g} m: see {OFF_NETWORK} in data/findings.csv"
        for plan in result.plans
        if len(plan.astray)
    ]


def _lines(result: Result) -> list[str]:
    lines = []
    for plan in result.plans:
        table = plan.coverage(by="city")
        reading = plan.service.headline_reading
        rows = table[(table["threshold"] == reading.threshold) & (table["mode"] == reading.mode)]
        share = {
            (scenario, moment): values
            for scenario, moment, *values in rows[
                ["scenario", "moment", "share", "share_low", "share_high"]
            ].itertuples(index=False)
        }
        last = plan.moments[-1]
        lines.append(
            f"{plan.service.name:13} within {reading.threshold:g} {reading.unit}: {_span(share['without', 'baseline'])} at "
            f"the baseline ({share['placed', 'baseline'][0]:.1%} by known places only); {last}: "
            f"{_span(share['drawn', last])} with builds drawn at random, {share['proposed', last][0]:.1%} at proposed sites"
        )
    return [*lines, f"open {result.folder / 'index.html'}"]


def _span(share: list[float]) -> str:
    """A share with the range of its draws, where it has one."""
    middle, low, high = share
    return f"{middle:.1%}" if math.isnan(low) or low == high else f"{middle:.1%} ({low:.1%} to {high:.1%})"
