"""Texts -> points: the geocoder for a column of addresses or place names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.geocode._clean import LONGEST, clean, cyrillic, in_another_town, names_city
from geoplan.geocode._gazetteer import Gazetteer
from geoplan.geocode._locate import CITY, Found, locate
from geoplan.geocode._option import Option
from geoplan.geocode._parse import parse
from geoplan.geocode.districts import resolve_districts
from geoplan.standards import load_standards

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["ACCEPT", "COLUMNS", "anywhere_in", "geocode"]

# The accept line: an answer of this score or more was found without mending a typing error.
ACCEPT = 90.0

COLUMNS = ("district", "lon", "lat", "precision", "radius_m", "score", "how", "alternatives", "extent_m")

_PREPOSITIONS = frozenset({"в", "во", "на", "по", "г", "г.", "для"})


def geocode(
    texts: pd.Series,
    *,
    places: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    district: pd.Series | None = None,
    border_tolerance_m: float | None = None,
) -> pd.DataFrame:
    """Place addresses and names of places in the city.

    Parameters
    ----------
    texts
        What to place, any index: "пр. Достык, 220а", "мкр. Айгерим", "Абая-Жарокова", "Медеуский район".
    places
        Gazetteer: name, kind, district, aliases ('|'-joined), radius_m, source, geometry (EPSG:4326); optional extent_m,
        doubt_m (see `geoplan.layers.places.read_places`).
    districts
        district, geometry (EPSG:4326).
    district
        Slug of the district that each text is known to lie in, '' where unknown, on the index of `texts`. A district
        named in the text itself goes before it.
    border_tolerance_m
        Metres by which a district border may be off; `geocode.border_tolerance` of the standards by default.

    Returns
    -------
    pandas.DataFrame
        On the index of `texts`: district (slug or ''), lon, lat (degrees, 6 decimals; NaN where not placed),
        precision (address, intersection, street, landmark, microdistrict, district, city, none), radius_m (metres
        around the point that hold the place asked for: of a microdistrict asked for itself its middle), extent_m (metres
        around the point that hold all of it, and so whatever stands in it), score (0-100), how (what matched, in words),
        alternatives ('; '-joined "name (district) lon lat").

    Raises
    ------
    InputError
        If `district` is on another index, holds an unknown slug, or a column of the gazetteer is missing.

    Notes
    -----
    A name borne by several places in the districts asked for is not placed: the alternatives are listed instead.
    The radius of a street is the distance to its farthest end in the district. A microdistrict has two: its middle is
    known to radius_m, and it reaches extent_m from there. Where the text names a house or a street in it and only the
    microdistrict is found, radius_m is extent_m: the thing asked for may stand anywhere in it (`anywhere_in`).
    """
    gazetteer = Gazetteer(places, districts)
    if border_tolerance_m is None:
        border_tolerance_m = load_standards().geocode.border_tolerance.value
    known = _known_districts(texts, district, gazetteer)
    answers: dict[tuple[str, str], _Answer] = {}
    keys = [(text if isinstance(text, str) else "", slug) for text, slug in zip(texts, known, strict=True)]
    for key in dict.fromkeys(keys):
        answers[key] = _answer(*key, gazetteer, border_tolerance_m)
    return _table(answers, keys, texts.index, gazetteer)


def anywhere_in(found: pd.DataFrame) -> pd.DataFrame:
    """Turn answers about places into answers about what stands in them: radius_m becomes extent_m.

    Parameters
    ----------
    found
        What `geocode` gave.

    Returns
    -------
    pandas.DataFrame
        A copy: a school "in мкр. Айгерим" may stand anywhere in it, not only near its middle.

    Raises
    ------
    None
    """
    return found.assign(radius_m=found["extent_m"])


class _Answer:
    """What is said about one text: the point may be empty while the district is known."""

    def __init__(self, district: str, precision: str, found: Found, option: Option | None = None) -> None:
        self.district = district
        self.precision = precision
        self.found = found
        self.option = option


def _known_districts(texts: pd.Series, district: pd.Series | None, gazetteer: Gazetteer) -> list[str]:
    if district is None:
        return [""] * len(texts)
    if not district.index.equals(texts.index):
        msg = f"districts are given for {len(district)} rows, texts for {len(texts)}: use one index"
        raise InputError(msg)
    known = [slug if isinstance(slug, str) else "" for slug in district]
    unknown = sorted({slug for slug in known if slug and slug not in gazetteer.areas})
    if unknown:
        msg = f"unknown district {unknown[0]!r}: known are {', '.join(sorted(gazetteer.areas))}"
        raise InputError(msg)
    return known


def _answer(raw: str, known: str, gazetteer: Gazetteer, tolerance_m: float) -> _Answer:
    text = clean(raw)
    refused = _refused(text)
    if refused:
        return _Answer("", "none", Found(None, refused, ()))
    named = [slug for slug in resolve_districts(text) if slug in gazetteer.areas]
    slugs = tuple(named or ([known] if known else []))
    asked = [part for part in parse(text) if part.name not in _PREPOSITIONS]
    # "Медеуский район", "в Алмалы": nothing is asked but the district itself.
    if named and all(part.kind == "any" and resolve_districts(part.name) for part in asked):
        return _whole_district(slugs, gazetteer)
    found = _found(text, gazetteer, slugs, tolerance_m)
    if found.place is not None:
        return _Answer(found.place.district, found.place.precision, found, found.place)
    if len(slugs) == 1:
        how = "; ".join(part for part in (found.how, "известен только район") if part)
        return _Answer(slugs[0], "district", found._replace(how=how))
    city = all(part.name.strip(" .") in CITY for part in asked) and (bool(asked) or names_city(text))
    how = "сам город" if city else found.how if asked else "названия места в тексте нет"
    return _Answer("", "city" if city else "none", found._replace(how=how))


def _refused(text: str) -> str:
    """Say why a text is not searched at all, '' where it is."""
    if not text:
        return "пустой текст"
    if len(text) > LONGEST:
        return f"длиннее {LONGEST} знаков: не адрес"
    return "назван другой город или область: не размещено" if in_another_town(text) else ""


def _found(text: str, gazetteer: Gazetteer, slugs: tuple[str, ...], tolerance_m: float) -> Found:
    """Search a text as it is written and, where that finds nothing, with its Latin words spelt in Cyrillic."""
    found = locate(text, gazetteer, slugs, tolerance_m=tolerance_m)
    spelt = cyrillic(text)
    if found.place is not None or found.alternatives or not spelt:
        return found
    again = locate(spelt, gazetteer, slugs, tolerance_m=tolerance_m)
    return again._replace(how=f"латиница прочтена как «{spelt}»: {again.how}")


def _whole_district(slugs: tuple[str, ...], gazetteer: Gazetteer) -> _Answer:
    options = tuple(_district_option(slug, gazetteer) for slug in slugs)
    if len(options) == 1:
        return _Answer(slugs[0], "district", Found(options[0], options[0].how, ()), options[0])
    return _Answer("", "none", Found(None, f"названо районов: {len(slugs)}, не размещено", options))


def _district_option(slug: str, gazetteer: Gazetteer) -> Option:
    area = gazetteer.areas[slug]
    point = shapely.point_on_surface(area)
    radius = float(shapely.hausdorff_distance(area, point))
    return Option(point, slug, "district", radius, 100.0, "сам район", f"район {slug}")


def _table(
    answers: dict[tuple[str, str], _Answer],
    keys: list[tuple[str, str]],
    index: pd.Index,
    gazetteer: Gazetteer,
) -> pd.DataFrame:
    order = list(answers)
    options = [option for key in order for option in _options(answers[key])]
    where = dict(zip(map(id, options), gazetteer.lonlat(option.point for option in options), strict=True))
    rows = {}
    for key in order:
        answer = answers[key]
        option = answer.option
        lon, lat = where[id(option)] if option else (np.nan, np.nan)
        extent = np.ceil(option.radius) if option else np.nan
        radius = np.ceil(option.centre or option.radius) if option else np.nan
        score = option.score if option else 0.0
        others = "; ".join(
            f"{other.label} ({other.district}) {where[id(other)][0]} {where[id(other)][1]}"
            for other in answer.found.alternatives
        )
        rows[key] = (
            answer.district,
            lon,
            lat,
            answer.precision,
            radius,
            score,
            answer.found.how,
            others,
            extent,
        )
    table = pd.DataFrame([rows[key] for key in keys], columns=list(COLUMNS), index=index)
    floats = ["lon", "lat", "radius_m", "extent_m", "score"]
    return table.astype(dict.fromkeys(floats, float))


def _options(answer: _Answer) -> list[Option]:
    own = [answer.option] if answer.option else []
    return [*own, *answer.found.alternatives]
