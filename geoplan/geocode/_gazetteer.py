"""The gazetteer, ready to be looked up: keys to rows, points and lines in metres."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geoplan.errors import InputError
from geoplan.geocode._names import FORMER, MicroKey, StreetKey, is_class, landmark_key, micro_key, street_key
from geoplan.geocode._parse import House, house_number
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geoplan.geocode._numbers import Street

__all__ = ["BARE_PART_SCORE", "EXACT", "FORMER_SCORE", "Gazetteer", "Match"]

_COLUMNS = ("name", "kind", "district", "aliases", "radius_m", "source")
EXACT, _PART, FORMER_SCORE, _TYPO = 100.0, 90.0, 85.0, 80.0
# Part of a fuller name where nothing says what kind of place is meant: below the accept line.
BARE_PART_SCORE = 88.0
# Fewest letters of a name that may hold one typing error, and two.
_ONE_EDIT, _TWO_EDITS = 6, 10
# A fuller name has a first name, a title or both: more words are another name ("На гору Фурманова и Панораму").
_MORE_WORDS = 2
# A street that reaches no farther than this is a stub.
_STUB_M = 75.0
_DIGITS = re.compile(r"\d+")


class Match(NamedTuple):
    """A row of the gazetteer that a name was found to mean, with a score of 0 to 100."""

    row: int
    score: float


class Gazetteer:
    """Places and districts indexed by name.

    Parameters
    ----------
    places
        name, kind (microdistrict, street, landmark, address, …), district, aliases ('|'-joined), radius_m (metres
        that the point may be off), source, geometry; EPSG:4326. Optional: extent_m, how far the place itself reaches from
        the point (radius_m where there is none), and doubt_m, how far off another source has it (0: none does).
    districts
        district, geometry; EPSG:4326. They give the metric CRS.

    Raises
    ------
    InputError
        If a column is missing.
    """

    def __init__(self, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> None:
        missing = [name for name in _COLUMNS if name not in places.columns]
        if missing or "district" not in districts.columns:
            msg = f"places or districts lack a column: {', '.join(missing) or 'district'}"
            raise InputError(msg)
        self.crs = metric_crs(districts)
        self.names: list[str] = places["name"].tolist()
        self.kinds: list[str] = places["kind"].tolist()
        self.districts: list[str] = places["district"].fillna("").tolist()
        self.sources: list[str] = places["source"].fillna("").tolist()
        self.radius: NDArray[np.float64] = places["radius_m"].to_numpy(dtype=float)
        extent = places["extent_m"] if "extent_m" in places else places["radius_m"]
        reach = extent.fillna(0.0).clip(lower=places["radius_m"].fillna(0.0))
        self.extent: NDArray[np.float64] = reach.to_numpy(dtype=float)
        doubt = places["doubt_m"] if "doubt_m" in places else pd.Series(0.0, index=places.index)
        self.doubt: NDArray[np.float64] = np.asarray(doubt.fillna(0.0), dtype=np.float64)
        self.shapes: NDArray[np.object_] = places.geometry.to_crs(self.crs).to_numpy()
        self.points = _points_on(self.shapes)
        self.areas = dict(
            zip(districts["district"], districts.geometry.to_crs(self.crs).to_numpy(), strict=True)
        )
        for area in self.areas.values():
            shapely.prepare(area)
        self._index(places["aliases"].fillna("").tolist())
        # What is found out about a street when first asked for, by its rows: its known houses, and how its numbers run.
        self.street_houses: dict[tuple[int, ...], list[tuple[House, int]]] = {}
        self.streets_learnt: dict[tuple[int, ...], Street] = {}

    def _index(self, aliases: list[str]) -> None:
        self.streets: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.former: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.street_keys: dict[int, list[StreetKey]] = defaultdict(list)
        self.micros: dict[MicroKey, list[int]] = defaultdict(list)
        self.landmarks: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.houses: dict[tuple[str, ...] | MicroKey, list[tuple[House, int]]] = defaultdict(list)
        for row, (name, kind, more) in enumerate(zip(self.names, self.kinds, aliases, strict=True)):
            for called in dict.fromkeys([name, *(part for part in more.split("|") if part)]):
                if kind == "street":
                    self._add_street(row, called)
                elif kind == "microdistrict":
                    _add(self.micros[micro_key(called)], row)
                elif kind == "landmark":
                    _add(self.landmarks[landmark_key(called)], row)
                elif kind == "address":
                    self._add_house(row, called)
        self.tokens, self.former_tokens = _by_token(self.streets), _by_token(self.former)
        self.landmark_tokens = _by_token(self.landmarks)
        self._street_texts = {key: "".join(key) for key in sorted(self.streets) if key}
        self._bare_streets: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for key in sorted(self.streets):
            self._bare_streets[tuple(part.rstrip("*") for part in key)].append(key)
        self._micro_texts: dict[str, dict[MicroKey, str]] = defaultdict(dict)
        for micro in sorted(self.micros):
            self._micro_texts[micro.number][micro] = micro.base
        self._landmark_texts = {key: "".join(key) for key in sorted(self.landmarks) if key}

    def _add_street(self, row: int, called: str) -> None:
        key = street_key(called.removeprefix(FORMER))
        _add((self.former if called.startswith(FORMER) else self.streets)[key.stems], row)
        # A former name is another street's own name today: it does not say which houses are this street's.
        if not called.startswith(FORMER) or called == self.names[row]:
            self.street_keys[row].append(key)

    def _add_house(self, row: int, called: str) -> None:
        owner, _, number = called.rpartition(", ")
        house = house_number(number)
        if house is None:
            return
        if owner.startswith("мкр"):
            self.houses[micro_key(owner)].append((house, row))
        else:
            self.houses[street_key(owner.removeprefix(FORMER)).stems].append((house, row))

    def same_name(self, row: int) -> list[int]:
        """Return the streets that bear a name of this one, as they bear it: today, or formerly."""
        index = self.former if self.names[row].startswith(FORMER) else self.streets
        return self._rows(index, [key.stems for key in self.street_keys[row]])

    def misspelt_street(self, name: str) -> list[Match]:
        """Return the streets one or two typing errors away from a name that others bear: "Габдулина" for "Габдуллина"."""
        asked = street_key(name)
        others = {key: text for key, text in self._street_texts.items() if key != asked.stems}
        rows = self._rows(self.streets, _nearest("".join(asked.stems), others))
        return [Match(row, _TYPO) for row in self._same_type(rows, asked)]

    def find_street(self, name: str, *, typos: bool = True) -> list[list[Match]]:
        """Return the streets of a name, surest reading first; each reading may mean several streets.

        Readings: the name itself; streets that bore it once; part of a fuller name ("Толстого" for "Льва Толстого"),
        or a fuller name of it; the surname of a man where a woman's is written and the other way round; and, with
        `typos`, a name one or two typing errors away.
        """
        asked = street_key(name)
        if not asked.stems:
            return []
        now, once = self.streets.get(asked.stems, []), self.former.get(asked.stems, [])
        readings = [(now, EXACT), (once, FORMER_SCORE)]
        if once and all(self.radius[row] < _STUB_M for row in now):
            # A stub of some metres does not keep a former avenue from its name: neither is meant more surely.
            readings = [([*now, *once], FORMER_SCORE)]
        if typos:
            readings.append((self._rows(self.streets, self._fuller(asked.stems)), _PART))
            bare = tuple(part.rstrip("*") for part in asked.stems)
            other = [key for key in self._bare_streets.get(bare, []) if key != asked.stems]
            readings.append((self._rows(self.streets, other), _PART))
            readings.append((self._rows(self.former, _longer(asked.stems, self.former_tokens)), FORMER_SCORE))
            known = asked.stems in self.streets
            near = [] if known else _nearest("".join(asked.stems), self._street_texts)
            readings.append((self._rows(self.streets, near), _TYPO))
        return [
            [Match(row, score) for row in self._same_type(rows, asked)] for rows, score in readings if rows
        ]

    def _fuller(self, stems: tuple[str, ...]) -> list[tuple[str, ...]]:
        longer = _longer(stems, self.tokens)
        if longer or len(stems) == 1:
            return longer
        return [(part,) for part in stems if len(part) >= _ONE_EDIT and (part,) in self.streets]

    def _same_type(self, rows: list[int], asked: StreetKey) -> list[int]:
        """Keep streets from lanes where both carry the name."""
        same = [row for row in rows if any(key.kind == asked.kind for key in self.street_keys[row])]
        return same or rows

    def find_micro(self, name: str, *, typos: bool = True) -> list[Match]:
        """Return the microdistricts of a name, with its number where one is given."""
        asked = micro_key(name)
        rows, score = self.micros.get(asked, []), EXACT
        if not rows and typos and asked.base:
            near = _nearest(asked.base, self._micro_texts.get(asked.number, {}))
            rows, score = self._rows(self.micros, near), _TYPO
        return [Match(row, score) for row in rows]

    def find_landmark(self, name: str, *, typos: bool = True) -> list[Match]:
        """Return the landmarks of a name."""
        asked = landmark_key(name)
        rows, score = self.landmarks.get(asked, []), EXACT
        if not rows and typos and asked:
            near = _nearest("".join(asked), self._landmark_texts)
            rows, score = self._rows(self.landmarks, near), _TYPO
            if not rows and not is_class(name):
                # "Аэропорт" for "Международный аэропорт Алматы"; another place may bear the shorter name: unsure.
                rows, score = (
                    self._rows(self.landmarks, _longer(asked, self.landmark_tokens)),
                    BARE_PART_SCORE,
                )
        return [Match(row, score) for row in rows]

    @staticmethod
    def _rows(index: dict, keys: Iterable) -> list[int]:
        rows: list[int] = []
        for key in keys:
            for row in index[key]:
                _add(rows, row)
        return rows

    def within(self, shape: shapely.Geometry, slugs: tuple[str, ...], tolerance_m: float) -> str:
        """Return the slug of `slugs` that `shape` lies in, or within `tolerance_m` of; '' for none."""
        gaps = [(float(shapely.distance(self.areas[slug], shape)), slug) for slug in slugs]
        near = [gap for gap in gaps if gap[0] <= tolerance_m]
        return min(near)[1] if near else ""

    def district_of(self, point: shapely.Point, tolerance_m: float) -> str:
        """Return the district that `point` lies in, or the nearest within `tolerance_m`; '' outside the city."""
        return self.within(point, tuple(sorted(self.areas)), tolerance_m)

    def lonlat(self, points: Iterable[shapely.Point]) -> list[tuple[float, float]]:
        """Turn metric points into longitude and latitude, 6 decimals."""
        series = gpd.GeoSeries(list(points), crs=self.crs).to_crs("EPSG:4326")
        return list(zip(series.x.round(6).tolist(), series.y.round(6).tolist(), strict=True))


def _by_token(index: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    """Index the names of several words by each of their words."""
    tokens: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for stems in index:
        for part in stems if len(stems) > 1 else ():
            tokens[part].append(stems)
    return tokens


def _longer(stems: tuple[str, ...], tokens: dict[str, list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """Return the fuller names that a name is part of."""
    return [
        key
        for key in tokens.get(stems[0], [])
        if set(stems) < set(key) and len(key) <= len(stems) + _MORE_WORDS
    ]


def _add(rows: list[int], row: int) -> None:
    if row not in rows:
        rows.append(row)


def _points_on(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return for each shape the point of it that lies nearest to its centre of mass."""
    centres = shapely.centroid(shapes)
    lines = shapely.shortest_line(shapes, centres)
    points = shapely.get_point(lines, 0)
    return np.where(shapely.is_missing(points) | shapely.is_empty(points), centres, points)


def _nearest(asked: str, known: dict) -> list:
    """Return the keys whose text is fewest edits from `asked`, as many as its length bears."""
    allowed = 2 if len(asked) >= _TWO_EDITS else 1 if len(asked) >= _ONE_EDIT else 0
    if not allowed:
        return []
    found = process.extract(asked, known, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    # A first letter is seldom mistyped, and without it short names drift into one another.
    # A number is never mistyped: school 97 is not school 99.
    near = [
        (distance, key)
        for text, distance, key in found
        if text[:1] == asked[:1] and _DIGITS.findall(text) == _DIGITS.findall(asked)
    ]
    least = min((distance for distance, _ in near), default=0)
    return [key for distance, key in near if distance == least]
