"""Pages: writes a city's pages - the overview and one map for each service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.files import write_text
from geoplan.maps._index import index_page
from geoplan.maps._languages import load_languages
from geoplan.maps._notes import basis_key, notes, sources
from geoplan.maps._page import fill_template, map_page
from geoplan.maps._payload import ground_data, service_data
from geoplan.maps._place import city_name
from geoplan.maps._standards import source
from geoplan.maps._tiles import OPENSTREETMAP
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

    from geoplan.maps._languages import Languages
    from geoplan.maps._tiles import Tiles
    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["write"]


def write(
    plans: Plan | Sequence[Plan],
    folder: Path | str,
    *,
    language: str = "ru",
    tables: Mapping[str, pd.DataFrame] | None = None,
    tiles: bool = False,
) -> list[Path]:
    """Write index.html and <service>.html into a folder.

    Every page is one file with all it needs inside: it opens from the file system with the network off. The same plans
    give the same bytes.

    Parameters
    ----------
    plans
        One plan or several, of one city, a service each; pages link to each other in this order.
    folder
        Where the pages go; made if it is not there. The overview offers the files of data/ and pictures/ in it.
    language
        The language shown first; a reader can switch to any other there is a text table of.
    tables
        Tables of a run; with `promises` and `findings` the overview shows what the document promises and where it errs.
    tiles
        Offer a layer of OpenStreetMap's tiles on the maps. It stays off, and nothing is loaded, until a reader switches it
        on; the page's policy allows no other host.

    Returns
    -------
    list of Path
        The pages, the overview first.

    Raises
    ------
    InputError
        If there is no plan, plans are of several cities or share a service, a plan lacks what a page shows, or there is
        no text table of the language.
    OutputError
        If a page would load anything from outside itself, or cannot be written.
    """
    chosen = list(plans) if isinstance(plans, Sequence) else [plans]
    _check(chosen)
    standards = load_standards()
    texts = _with_city(_with_figures(load_languages(language), standards), chosen)
    ground = ground_data(chosen[0].city, texts)
    year = int(standards.baseline.year.value)
    names = [plan.service.name for plan in chosen]
    pages = {
        "index": index_page(
            chosen, ground, texts, standards=standards, folder=Path(folder), tables=dict(tables or {})
        )
    }
    horizon = max((int(m) for plan in chosen for m in plan.moments if m != "baseline"), default=year)
    for plan in chosen:
        pages[plan.service.name] = _service_page(
            plan, names, ground, texts, (year, horizon), OPENSTREETMAP if tiles else None
        )
    paths = []
    for name, page in pages.items():
        path = Path(folder) / f"{name}.html"
        write_text(page, path)
        paths.append(path)
    return paths


def _with_figures(texts: Languages, standards: Standards) -> Languages:
    """The texts with the figures of the standards that many of them name."""
    draws = standards.draws
    spread = texts("number.range", low=texts.number(draws.low.value), high=texts.number(draws.high.value))
    return texts.filled(
        draws=texts.number(draws.count.value),
        spread=texts("number.percent", value=spread),
        snap=texts("unit.m", value=texts.number(standards.snap.limit.value)),
    )


def _with_city(texts: Languages, plans: list[Plan]) -> Languages:
    """The texts with the city's name, the year its plan runs to, and what the pages answer: a plan's promise, or today."""
    city = plans[0].city
    opens = [int(year) for plan in plans for year in plan.builds["opens"]]
    kind = "planned" if opens else "unplanned"
    year = texts.plain(str(max(opens, default="")))
    return texts.filled(
        place=texts(f"nav.{kind}", city=city_name(city, texts), year=year),
        promise=texts(f"nav.promise_{kind}"),
    )


def _check(plans: list[Plan]) -> None:
    if not plans:
        msg = "no plan to draw: give at least one service"
        raise InputError(msg)
    cities = sorted({plan.city.name for plan in plans})
    if len(cities) > 1:
        msg = f"plans of several cities ({', '.join(cities)}) cannot share pages"
        raise InputError(msg)
    names = [plan.service.name for plan in plans]
    if len(set(names)) < len(names):
        msg = f"two plans of one service among {', '.join(names)}"
        raise InputError(msg)


def _service_page(
    plan: Plan,
    names: list[str],
    ground: dict[str, Any],
    texts: Languages,
    years: tuple[int, int],
    tiles: Tiles | None,
) -> str:
    name = plan.service.name
    bound = texts(f"unit.{plan.service.unit}", value=texts.number(plan.threshold))
    figure = plan.service.headline_figure
    body = fill_template(
        "service.html",
        texts,
        service=name,
        services=names,
        planned=bool(len(plan.builds)),
        bound=bound,
        basis_key=basis_key(figure.basis),
        basis_source=source(figure.source, texts),
        notes=notes(plan, texts),
        sources=sources(plan.city, texts),
    )
    return map_page(
        body,
        service_data(plan, ground, texts, baseline_year=years[0], horizon=years[1]),
        texts,
        name=name,
        title=texts(f"service.{name}.title"),
        label=texts("map.label", service=texts(f"service.{name}.name")),
        location=[float(plan.cells["lat"].mean()), float(plan.cells["lon"].mean())],
        tiles=tiles,
    )
