"""One name -> the places that it may mean: microdistricts, streets, houses, landmarks, crossings."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import shapely

from geoplan.geocode._crossing import Spot, approaches, crossings
from geoplan.geocode._gazetteer import BARE_PART_SCORE, EXACT
from geoplan.geocode._houses import Houses, exact
from geoplan.geocode._names import FORMER, MicroKey, is_class, micro_key
from geoplan.geocode._option import HOUSE_RADIUS_M, UNSURE, Option, closeness
from geoplan.geocode._parse import Asked, two_names

if TYPE_CHECKING:
    from geoplan.geocode._gazetteer import Gazetteer, Match

__all__ = ["Search"]

# Streets that come so near each other without meeting are taken to cross there: one of them is drawn short.
ALMOST_M = 100.0
_MEET_M = 30.0
# Streets that end farther from each other than that, but within a block, came together once or are meant to.
_NEAR_M = 200.0
# Names of neighbouring streets are exchanged or moved on by a block or two.
_MOVED_M = 300.0
# Crossings of the same two streets within this of a point between them are answered by that point.
_SEVERAL_M = 300.0

if TYPE_CHECKING:
    # How sure two readings of two names are together, and what they mean.
    _Pair = tuple[int, list[Match], list[Match]]
    # Where they cross, what they mean, and the score.
    _Crossed = tuple[list[Spot], list[Match], list[Match], float]


class Search:
    """One search: the gazetteer, and the districts that the answer must lie in (empty: any)."""

    def __init__(self, gazetteer: Gazetteer, slugs: tuple[str, ...], tolerance_m: float) -> None:
        self.at = gazetteer
        self.slugs = slugs
        self.tolerance = tolerance_m

    def _district(self, row: int) -> str:
        """Return the district in which a row may answer, '' where it lies outside the districts asked for."""
        own = self.at.districts[row]
        if not self.slugs or own in self.slugs:
            return own
        return self.at.within(self.at.shapes[row], self.slugs, self.tolerance)

    def _inside(self, matches: list[Match]) -> list[Match]:
        """Keep what lies in the districts asked for; what only comes near their border counts if nothing does."""
        if not self.slugs:
            return matches
        own = [match for match in matches if self.at.districts[match.row] in self.slugs]
        return own or [match for match in matches if self._district(match.row)]

    def _option(self, match: Match, precision: str, word: str, district: str) -> Option:
        row = match.row
        how = f"{word} «{self.at.names[row]}»{closeness(match.score)} ({self.at.sources[row]})"
        point, extent, centre = self.at.points[row], float(self.at.extent[row]), float(self.at.radius[row])
        score, doubt = match.score, float(self.at.doubt[row])
        if doubt:
            score = min(score, UNSURE)
            how += f", другой источник указывает место в {doubt / 1000:.1f} км отсюда".replace(".", ",")
        return Option(point, district, precision, extent, score, how, f"{word} {self.at.names[row]}", centre)

    def _options(self, matches: list[Match], precision: str, word: str, *, anywhere: bool) -> list[Option]:
        if anywhere:
            return [self._option(m, precision, word, self.at.districts[m.row]) for m in matches]
        return [self._option(m, precision, word, self._district(m.row)) for m in self._inside(matches)]

    # Each search below gives what lies in the districts asked for and, beside it, what lies elsewhere.

    def microdistricts(self, asked: Asked, *, typos: bool = True) -> tuple[list[Option], list[Option]]:
        matches = self.at.find_micro(asked.name, typos=typos)
        inside = self._options(matches, "microdistrict", "микрорайон", anywhere=False)
        if asked.house is not None and len(inside) == 1:
            inside = self._house_in(asked, matches, inside)
        return inside, self._options(matches, "microdistrict", "микрорайон", anywhere=True)

    def _house_in(self, asked: Asked, matches: list[Match], inside: list[Option]) -> list[Option]:
        known = self.at.houses.get(micro_key(asked.name), [])
        rows = [row for house, row in known if house == asked.house and self._district(row)]
        return [exact(self.at, rows, inside[0].district)] if rows and matches else inside

    def streets(
        self, asked: Asked, context: list[Option], *, typos: bool = True
    ) -> tuple[list[Option], list[Option]]:
        """Return the streets, or the one house; a part of a fuller name is unsure where no word says "street"."""
        readings = self.at.find_street(asked.name, typos=typos)
        if not readings:
            return [], []
        readings = self._local(readings, asked.locality) if asked.locality else readings
        elsewhere = self._options(readings[0], "street", "улица", anywhere=True)
        # The surest reading that has a street in the districts asked for.
        inside = next((found for found in map(self._inside, readings) if found), [])
        if context and inside:
            inside = [match for match in inside if self._near(match.row, context[0])]
        houses = Houses(self.at, self.slugs, self.tolerance)
        if asked.house is not None and inside:
            placed = houses.on(asked, inside)
            if placed is not None:
                return [placed], elsewhere
        if asked.kind == "any":
            inside = [
                match if match.score >= EXACT else match._replace(score=min(match.score, BARE_PART_SCORE))
                for match in inside
            ]
        found = self._options(inside, "street", "улица", anywhere=False)
        house = asked.house
        if house is not None and len(found) == 1 and not any(houses.may_hold(house, m) for m in inside):
            # Another street of this name, which the gazetteer does not hold, is as likely meant.
            how = f"{found[0].how}, по счёту номеров дома {house.text} на ней нет"
            found = [found[0]._replace(score=min(found[0].score, UNSURE), how=how)]
        return found, elsewhere

    def _local(self, readings: list[list[Match]], locality: str) -> list[list[Match]]:
        """Keep the streets that bear a locality in brackets, else those near the microdistrict of its name.

        Where there are neither it is another name of the street.
        """
        asked, at = micro_key(locality), self.at
        areas = [match.row for match in at.find_micro(locality, typos=False)]
        so_named = [[m for m in found if self._bears(m.row, asked)] for found in readings]
        close = [
            [
                m
                for m in found
                if any(self._beside(m.row, at.points[row], float(at.extent[row])) for row in areas)
            ]
            for found in readings
        ]
        return [m for m in so_named if m] or [m for m in close if m] or readings

    def _bears(self, row: int, locality: MicroKey) -> bool:
        # "бывш. пр. Достык (Ленина)": brackets of a former name hold another name.
        keys = () if self.at.names[row].startswith(FORMER) else self.at.street_keys[row]
        return any(key.locality and micro_key(key.locality) == locality for key in keys)

    def _near(self, row: int, area: Option) -> bool:
        return self._beside(row, area.point, area.radius)

    def _beside(self, row: int, point: shapely.Point, radius: float) -> bool:
        return float(shapely.distance(self.at.shapes[row], point)) <= max(radius, HOUSE_RADIUS_M)

    def landmarks(self, asked: Asked, *, typos: bool = True) -> tuple[list[Option], list[Option]]:
        matches = self.at.find_landmark(asked.name, typos=typos)
        inside = self._options(matches, "landmark", "ориентир", anywhere=False)
        return inside, self._options(matches, "landmark", "ориентир", anywhere=True)

    def crossing(self, asked: Asked) -> tuple[list[Option], list[Option]]:
        # The surest readings of both names that meet; a namesake that does not is not meant.
        readings = [self.at.find_street(name) for name in (asked.name, asked.second)]
        ranked = _ranked(readings)
        found = self._first_that_meet(ranked, _MEET_M) or self._first_that_meet(ranked, ALMOST_M)
        if found is None and all(readings):
            # Streets of these names there are, none of them meet: a name may be misspelt, or a street may have been cut.
            misspelt = [[self.at.misspelt_street(name)] for name in (asked.name, asked.second)]
            spelt = _ranked([known + other for known, other in zip(readings, misspelt, strict=True)])
            found = self._first_that_meet(spelt, _MEET_M) or self._first_that_come_near(ranked)
        if found is None:
            return [], []
        spots, first, second, score = found
        if score >= UNSURE:
            spots = self._moved(
                spots, [(one, two) for _, one, two in ranked if (one, two) != (first, second)]
            )
        inside, elsewhere = [], []
        close = closeness(min(first[0].score, second[0].score))
        for spot in spots:
            names = f"{self._nearest_name(first, spot)} × {self._nearest_name(second, spot)}"
            how = f"пересечение {names}{close}, по линиям улиц"
            how += f": не сходятся на {math.ceil(spot.gap)} м, точка между ними" if spot.gap else ""
            own = self.at.district_of(spot.point, self.tolerance)
            radius = max(spot.radius, 1.0)
            option = Option(spot.point, own, "intersection", radius, score, how, f"пересечение {names}")
            elsewhere.append(option)
            slug = self.at.within(spot.shape, self.slugs, self.tolerance) if self.slugs else own
            if slug:
                inside.append(option._replace(district=slug))
        return _one_of(inside), elsewhere

    def _first_that_meet(self, ranked: list[_Pair], within_m: float) -> _Crossed | None:
        """Return the crossings of the surest two readings that come as near to each other as that."""
        return next(
            (
                (spots, first, second, min(first[0].score, second[0].score))
                for _, first, second in ranked
                if (spots := self._meet(first, second, within_m))
            ),
            None,
        )

    def _first_that_come_near(self, ranked: list[_Pair]) -> _Crossed | None:
        """Return where two streets that do not meet come near each other: not sure, they may once have met elsewhere."""
        for _, first, second in ranked:
            lines = ([self.at.shapes[match.row] for match in matches] for matches in (first, second))
            spots = approaches(*lines, within_m=_NEAR_M)
            if spots:
                return spots, first, second, min(first[0].score, second[0].score, UNSURE)
        return None

    def _meet(self, first: list[Match], second: list[Match], within_m: float) -> list[Spot]:
        lines = ([self.at.shapes[match.row] for match in matches] for matches in (first, second))
        return crossings(*lines, within_m=within_m)

    def _moved(self, spots: list[Spot], others: list[tuple[list[Match], list[Match]]]) -> list[Spot]:
        """Widen a crossing to where streets that bore the names meet close by: the text may mean either."""
        former = [pair for pair in others if min(match.score for one in pair for match in one) == UNSURE]
        more = [other for one, two in former for other in self._meet(one, two, _MEET_M)]
        return [
            spot._replace(
                radius=max(
                    spot.radius,
                    *(
                        gap + other.radius
                        for other in more
                        if (gap := float(shapely.distance(spot.point, other.point))) <= _MOVED_M
                    ),
                    0.0,
                )
            )
            for spot in spots
        ]

    def _nearest_name(self, matches: list[Match], spot: Spot) -> str:
        gaps = [float(shapely.distance(self.at.shapes[match.row], spot.point)) for match in matches]
        return self.at.names[matches[gaps.index(min(gaps))].row]

    def anything(self, asked: Asked) -> tuple[list[Option], list[Option]]:
        """Search a bare name: exact names of every kind, then a crossing, then looser readings of the name."""
        whole = (
            asked
            if asked.house is None
            else asked._replace(name=f"{asked.name} {asked.house.text}", house=None)
        )
        if is_class(asked.name):
            # "школа №97", "11": a number and a kind of place are no street and no microdistrict.
            return self.landmarks(whole, typos=False)
        if asked.house is not None:
            # "Аксай 3" is the third Аксай, not house 3 in all of Аксай, nor on the street of that name.
            numbered = self.microdistricts(whole, typos=False)
            if numbered[1]:
                return numbered
        for typos in (False, True):
            pairs = [
                self.landmarks(whole, typos=typos),
                self.microdistricts(whole, typos=typos),
                self.microdistricts(asked, typos=typos) if asked.house else ([], []),
                self.streets(asked, [], typos=typos),
            ]
            inside = [option for pair in pairs for option in pair[0]]
            known = [option for option in inside if option.precision == "address"]
            if len(known) == 1:
                # A house that is known tells "Достык, 220" the avenue from Достык the microdistrict.
                return known, _elsewhere(pairs)
            elsewhere = _elsewhere(pairs)
            if inside or elsewhere:
                return inside, elsewhere
            pieces = two_names(asked.name)
            if len(pieces) == 2 and all(self.at.find_street(piece) for piece in pieces):
                return self.crossing(Asked("crossing", pieces[0], pieces[1], None))
        return [], []


def _ranked(readings: list[list[list[Match]]]) -> list[_Pair]:
    """Pair the readings of two names, surest first."""
    pairs = product(*(enumerate(found) for found in readings))
    return sorted((i + j, one, two) for (i, one), (j, two) in pairs if one and two and set(one) != set(two))


def _one_of(crossings: list[Option]) -> list[Option]:
    """Answer two streets that meet more than once, close by, with one point whose radius holds every crossing."""
    if len(crossings) < 2 or len({option.district for option in crossings}) > 1:
        return crossings
    ring = shapely.minimum_bounding_circle(shapely.multipoints([option.point for option in crossings]))
    point = shapely.centroid(ring)
    radius = max(float(shapely.distance(point, one.point)) + one.radius for one in crossings)
    if radius > _SEVERAL_M:
        return crossings
    how = f"{crossings[0].how}, рядом таких пересечений: {len(crossings)}, точка между ними"
    return [crossings[0]._replace(point=point, radius=radius, how=how)]


def _elsewhere(pairs: list[tuple[list[Option], list[Option]]]) -> list[Option]:
    return [option for pair in pairs for option in pair[1]]
