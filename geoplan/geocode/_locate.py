"""One text -> one place, or the honest statement that there is none or more than one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import shapely

from geoplan.geocode._gazetteer import EXACT
from geoplan.geocode._parse import Asked, parse, two_names
from geoplan.geocode._search import Search

if TYPE_CHECKING:
    from geoplan.geocode._gazetteer import Gazetteer
    from geoplan.geocode._option import Option

__all__ = ["CITY", "PRECISIONS", "Found", "locate"]

PRECISIONS = ("address", "intersection", "street", "landmark", "microdistrict", "district", "city", "none")
_RANK = {name: rank for rank, name in enumerate(PRECISIONS)}
CITY = frozenset({"алматы", "алма-ата", "almaty", "алмат"})


class Found(NamedTuple):
    """What a text was found to mean: `place` is None where nothing, or more than one thing, was found."""

    place: Option | None
    how: str
    alternatives: tuple[Option, ...]


def _agree(options: list[Option]) -> Option | None:
    """Return the one place that the options speak of, None where they speak of several.

    Options agree when the finest of them lies within the radius of every other; the answer is the finest, or
    among equals the one whose circle holds the rest.
    """
    if len(options) == 1:
        return options[0]
    finest = min(options, key=lambda o: (_RANK[o.precision], o.radius, o.point.x, o.point.y))
    others = [option for option in options if option is not finest]
    gaps = [float(shapely.distance(finest.point, option.point)) for option in others]
    if finest.precision == "landmark" and all(
        option.precision == "landmark" and gap <= finest.radius
        for option, gap in zip(others, gaps, strict=True)
    ):
        # Stops of one name on both sides of a district border.
        return finest._replace(radius=max([finest.radius, *gaps]))
    if any(option.precision == finest.precision for option in others):
        return None
    return finest if all(gap <= o.radius for o, gap in zip(others, gaps, strict=True)) else None


def locate(text: str, gazetteer: Gazetteer, slugs: tuple[str, ...], *, tolerance_m: float) -> Found:
    """Find the place that a text speaks of.

    Parameters
    ----------
    text
        An address or the name of a place.
    gazetteer
        Where to look.
    slugs
        Districts that the place must lie in, or within `tolerance_m` of; empty for the whole city.
    tolerance_m
        Metres by which a district border may be off.

    Returns
    -------
    Found
        The place with its precision; or None with what was found instead, never one of several equals.

    Raises
    ------
    None
    """
    search = Search(gazetteer, slugs, tolerance_m)
    placed: list[Option] = []
    doubts: list[tuple[str, list[Option]]] = []
    context: list[Option] = []
    names = [asked for asked in parse(text) if asked.name.strip(" .") not in CITY]
    # Microdistricts first: they tell which of several streets of one name is meant.
    for asked in sorted(names, key=lambda one: one.kind != "microdistrict"):
        inside, elsewhere = _ask(search, asked, context)
        answer = _agree(inside) if inside else None
        if answer is None:
            doubts.append((asked.name, inside or elsewhere))
            continue
        placed.append(answer)
        if answer.precision in {"microdistrict", "address"} and asked.kind == "microdistrict":
            context = [answer]
    if not placed:
        return Found(
            None, _why_not(names, doubts, slugs), tuple(_unique([o for _, found in doubts for o in found]))
        )
    best = min(placed, key=lambda option: (_RANK[option.precision], option.radius))
    strays = [o for o in placed if float(shapely.distance(o.point, best.point)) > o.radius + best.radius]
    if strays:
        # Two names that lie apart: the coarser one is the safer, since a finer name recurs more often.
        best = max(placed, key=lambda option: (_RANK[option.precision], option.radius))
    how = "; ".join([best.how, *(f"«{name}» {_doubt(found)}" for name, found in doubts)])
    if strays:
        how += "; второе название лежит в другом месте и не использовано"
    if 0 < best.centre < best.radius:
        how += f"; простирается до {math.ceil(best.radius)} м от точки"
        # What is asked for in a microdistrict may stand anywhere in it; asked for itself, it is where its middle is.
        if len(names) > 1 or names[0].house is not None:
            best = best._replace(centre=best.radius)
    return Found(best, how, ())


def _ask(search: Search, asked: Asked, context: list[Option]) -> tuple[list[Option], list[Option]]:
    if asked.kind == "microdistrict":
        found = search.microdistricts(asked)
        return found if found[1] else search.landmarks(asked, typos=False)
    if asked.kind == "street":
        found = search.streets(asked, context)
        pieces = two_names(asked.name)
        called_so = len(found[0]) == 1 and found[0][0].score >= EXACT
        if called_so or asked.house is not None or len(pieces) != 2:
            return found
        # "ул. Абая-Жарокова": one word for two streets, where none is called so.
        crossing = search.crossing(Asked("crossing", pieces[0], pieces[1], None))
        return crossing if crossing[1] else found
    if asked.kind == "crossing":
        return search.crossing(asked)
    return search.anything(asked)


def _doubt(found: list[Option]) -> str:
    if not found:
        return "не найдено"
    where = ", ".join(sorted({option.district or "вне города" for option in found}))
    return f"найдено в {where} ({len(found)}), не использовано"


def _why_not(names: list[Asked], doubts: list[tuple[str, list[Option]]], slugs: tuple[str, ...]) -> str:
    if not names:
        return ""
    inside = [o for _, found in doubts for o in found if not slugs or o.district in slugs]
    total = sum(len(found) for _, found in doubts)
    if not total:
        return f"«{names[0].name}» в газеттире не найдено"
    if slugs and not inside:
        return f"«{names[0].name}» найдено только вне {', '.join(slugs)}: не размещено"
    return f"«{names[0].name}» неоднозначно, мест с таким именем: {total}, не размещено"


def _unique(options: list[Option]) -> list[Option]:
    seen: dict[tuple[str, str, int, int], Option] = {}
    for option in options:
        seen.setdefault((option.label, option.district, int(option.point.x), int(option.point.y)), option)
    return list(seen.values())
