"""A house on a street: a known one, or where its number lies among the street's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geoplan.geocode._axis import Axis, nearest
from geoplan.geocode._gazetteer import EXACT, FORMER_SCORE
from geoplan.geocode._names import ONE_STREET_M
from geoplan.geocode._numbers import Known, Spread, Street, narrowest, usual_numbering
from geoplan.geocode._option import HOUSE_RADIUS_M, UNSURE, Option, closeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.geocode._gazetteer import Gazetteer, Match
    from geoplan.geocode._parse import Asked, House

__all__ = ["Houses", "exact"]

# A street that its numbers, as far as they can be foretold, leave before the one asked for, in more than 19 cases of 20,
# or ten times as surely as another street of the name, is not meant.
_FITS, _FITS_BESIDE = 0.05, 0.1
# Known houses of the same side of the street this many numbers off or fewer bear witness.
_WITNESS_NUMBERS = 80
# An answer off by more than three radii is wrong, not only imprecise: where the street ends before that it cannot be.
_FAR = 3.0
# Below this chance that the street's numbers run as far as the one asked for, or with less than this share of it in the
# district stated, another street of the name may be meant, or another district.
_LONG_ENOUGH = 0.25
# A house that lies in another district than its point more often than this is not surely placed; where its certainty lies
# beyond the border more often than that, the district would be a toss of a coin: both parts of the street are named instead.
_OTHER_DISTRICT, _TOSS = 0.1, 0.2
_KNOWN = ("известных домов рядом нет", "известен дом ", "известны дома ")


class _Numbered(NamedTuple):
    """A street in the districts asked for: its rows by how well the name fits, its numbers, and where one lies."""

    match: Match
    street: Street
    allowed: NDArray[np.bool_]
    found: Spread


class Houses:
    """Houses on streets, in the districts asked for (empty: any)."""

    def __init__(self, gazetteer: Gazetteer, slugs: tuple[str, ...], tolerance_m: float) -> None:
        self.at = gazetteer
        self.slugs = slugs
        self.tolerance = tolerance_m

    def on(self, asked: Asked, inside: list[Match]) -> Option | None:
        """Return the house on the street asked for, None where namesakes could hold it, or none is long enough."""
        # "Абая (Акбулак)" is so named to tell it from the avenue: without its locality it is not meant.
        plain = [m for m in inside if any(not key.locality for key in self.at.street_keys[m.row])]
        streets = self.whole(plain or inside)
        if asked.house is None or not streets:
            return None
        both = [(street, self.rows(street)) for street in streets]
        sure = {
            answer.point.coords[0]: answer
            for street, own in both
            if (answer := self._exact(asked.house, own, street[0].score))
        }
        # Namesakes that hold the number both are told apart by where their houses stand, not by what these are called.
        if sure:
            return next(iter(sure.values())) if len(sure) == 1 else None
        if asked.house.number < 1:
            # Houses are counted from 1.
            return None
        numbered = [one for street, own in both if (one := self._numbered(asked.house, own, street[0]))]
        numbered.sort(key=lambda one: one.street.axis.length, reverse=True)
        if not numbered:
            return None
        best = max(one.found.fits for one in numbered)
        longest, *others = [one for one in numbered if one.found.fits >= _FITS_BESIDE * best]
        if others and not _tells(asked.house, longest, others):
            return None
        return self._answer(asked.house, longest)

    def may_hold(self, house: House, match: Match) -> bool:
        """Tell whether a street's numbers run as far as a house, within the districts asked for."""
        one = self._numbered(house, self.rows([match]), match)
        return one is not None and one.found.inside >= _FITS

    def whole(self, inside: list[Match]) -> list[list[Match]]:
        """Join the rows of one street that runs through several districts; namesakes apart stay apart."""
        streets: list[list[Match]] = []
        for match in inside:
            shape = self.at.shapes[match.row]
            near = [
                street
                for street in streets
                if any(
                    self._one_name(match, other)
                    and shapely.dwithin(self.at.shapes[other.row], shape, ONE_STREET_M)
                    for other in street
                )
            ]
            streets = [street for street in streets if street not in near]
            streets.append([*(other for street in near for other in street), match])
        return streets

    def _one_name(self, one: Match, other: Match) -> bool:
        """Tell whether two rows bear one name: that asked for, or the same fuller or other spelling of it."""
        asked_for = one.score in {EXACT, FORMER_SCORE} and other.score == one.score
        return asked_for or other.row in self.at.same_name(one.row)

    def rows(self, street: list[Match]) -> tuple[int, ...]:
        """Return all rows of a street: its numbers run on over a district border, its houses there bear witness too."""
        kinds = {key.kind for match in street for key in self.at.street_keys[match.row]}
        same = sorted({row for match in street for row in self.at.same_name(match.row)})
        same = [row for row in same if any(key.kind in kinds for key in self.at.street_keys[row])]
        return tuple(
            row
            for row in same
            if any(shapely.dwithin(self.at.shapes[row], self.at.shapes[m.row], ONE_STREET_M) for m in street)
        )

    def known(self, rows: tuple[int, ...]) -> list[tuple[House, int]]:
        """Return the known houses of a street, each with its row."""
        if rows not in self.at.street_houses:
            stems = {key.stems for row in rows for key in self.at.street_keys[row]}
            known = [pair for key in sorted(stems) for pair in self.at.houses.get(key, [])]
            line = self._line(rows)
            near = (shapely.dwithin(self.at.points[row], line, 2 * HOUSE_RADIUS_M) for _, row in known)
            self.at.street_houses[rows] = [pair for pair, close in zip(known, near, strict=True) if close]
        return self.at.street_houses[rows]

    def _line(self, rows: tuple[int, ...]) -> shapely.Geometry:
        return shapely.union_all([self.at.shapes[row] for row in rows])

    def _exact(self, house: House, street: tuple[int, ...], score: float) -> Option | None:
        rows = [row for known, row in self.known(street) if known == house]
        if self.slugs:
            where = {row: self.at.within(self.at.points[row], self.slugs, self.tolerance) for row in rows}
        else:
            where = {row: self.at.districts[row] for row in rows}
        rows = [row for row in rows if where[row]]
        return exact(self.at, rows, where[rows[0]])._replace(score=score) if rows else None

    def learnt(self, rows: tuple[int, ...]) -> Street:
        """Return how the numbers of a street run."""
        if rows not in self.at.streets_learnt:
            axis = Axis(self._line(rows))
            known = self.known(rows)
            points = np.array([self.at.points[row].coords[0] for _, row in known]).reshape(-1, 2)
            numbers = np.array([house.number for house, _ in known], dtype=np.float64)
            self.at.streets_learnt[rows] = Street(axis, Known(numbers, axis.where(points)), usual_numbering())
        return self.at.streets_learnt[rows]

    def _numbered(self, house: House, rows: tuple[int, ...], match: Match) -> _Numbered | None:
        if not any(shapely.length(self.at.shapes[row]) for row in rows):
            # A street drawn as a point, or not at all: there is nothing to count along.
            return None
        learnt = self.learnt(rows)
        allowed = self._allowed(learnt.axis)
        found = learnt.where(house.number, allowed=allowed)
        if found.fits < _FITS:
            return None
        return _Numbered(match, learnt, allowed, found)

    def _allowed(self, axis: Axis) -> NDArray[np.bool_]:
        """Return which steps of an axis lie in the districts asked for, or near enough to their border."""
        if not self.slugs:
            return np.ones(len(axis.steps), dtype=bool)
        near = [axis.near(slug, self.at.areas[slug], self.tolerance) for slug in self.slugs]
        return np.asarray(np.any(near, axis=0))

    def _answer(self, house: House, one: _Numbered) -> Option | None:
        if one.found.inside < _FITS:
            # By the count of numbers the house stands before the street begins, or in another district than was stated.
            return None
        axis, usual, below, above = one.street.axis, one.street.usual, *_beside(house, one)
        middle_step, half = narrowest(one.found.shares, axis.steps)
        # Where the street leaves the district and comes back the middle may lie outside.
        step = nearest(middle_step, one.allowed)
        radius = half * usual.stretch + abs(float(axis.steps[step] - axis.steps[middle_step]))
        beyond = bool(below) != bool(above)
        radius = max(radius * usual.stretch_beyond if beyond else radius, usual.least_radius)
        point, reach = axis.places[step], axis.reach(axis.places[step], one.allowed)
        middle = axis.middle(one.allowed)
        whole = axis.reach(middle, one.allowed)
        if whole <= radius:
            # The count tells no more than that the house stands on the street.
            point, reach, radius = middle, whole, whole
        near = self._districts(axis, one.found)
        spot = shapely.Point(point)
        district = self.at.within(spot, tuple(near), 0.0) or max(
            near, key=lambda slug: near[slug], default=""
        )
        if not district or 1.0 - near.get(district, 0.0) > _TOSS:
            return None
        others = [slug for slug, share in near.items() if slug != district and share > _OTHER_DISTRICT]
        # Beyond the last known house it hangs on how the numbers run on. Where none is known the radius says all there is.
        cut_off = not one.allowed.all() and (
            one.found.inside < _LONG_ENOUGH * one.street.where(house.number).inside
        )
        unsure = (beyond and reach > _FAR * radius) or others or cut_off or one.found.fits < _LONG_ENOUGH
        score = min(one.match.score, UNSURE) if unsure else one.match.score
        radius = min(radius, max(reach, HOUSE_RADIUS_M))
        name = self.at.names[one.match.row]
        how = f"улица «{name}»{closeness(one.match.score)}, {_borne_out(below, above, others)}"
        return Option(spot, district, "street", radius, score, how, f"улица {name}")

    def _districts(self, axis: Axis, found: Spread) -> dict[str, float]:
        """Return the districts asked for that the house may lie in, border included, and how likely that is."""
        near = {
            slug: float(found.shares[axis.near(slug, self.at.areas[slug], self.tolerance)].sum())
            for slug in self.slugs or sorted(self.at.areas)
        }
        return {slug: share for slug, share in near.items() if share}


def _tells(house: House, longest: _Numbered, others: list[_Numbered]) -> bool:
    """Tell whether known houses say that the longest street of a name is meant.

    Those on either side of the number do unless another street has such too; any near it do where no other street has one:
    the numbers of a shorter namesake hardly run as far.
    """
    own, *rest = [_beside(house, one) for one in (longest, *others)]
    between = all(own) and not any(all(sides) for sides in rest)
    return between or (any(own) and not any(any(sides) for sides in rest))


def _borne_out(below: list[int], above: list[int], others: list[str]) -> str:
    """Say which known houses the count goes by, and which districts else the house may lie in."""
    told = list(dict.fromkeys((*below[-1:], *above[:1])))
    how = f"по счёту номеров, {_KNOWN[len(told)]}{' и '.join(map(str, told))}"
    return f"{how}; район может быть и {', '.join(others)}" if others else how


def _beside(house: House, one: _Numbered) -> tuple[list[int], list[int]]:
    """Return the known numbers near the one asked for, of its side of the street: up to it, and from it on."""
    side = {int(number) for number in one.found.witnesses if number % 2 == house.number % 2}
    near = sorted(number for number in side if abs(number - house.number) <= _WITNESS_NUMBERS)
    return [number for number in near if number <= house.number], [n for n in near if n >= house.number]


def exact(gazetteer: Gazetteer, rows: list[int], district: str) -> Option:
    """Return a known house; one that is known in several places lies between them.

    Raises
    ------
    None
    """
    shapes = shapely.multipoints([gazetteer.points[row] for row in rows])
    point = shapely.centroid(shapes)
    spread = float(shapely.hausdorff_distance(shapes, point)) if len(rows) > 1 else 0.0
    first = rows[0]
    how = f"известный адрес «{gazetteer.names[first]}» ({gazetteer.sources[first]})"
    radius = max(float(gazetteer.radius[first]), spread)
    return Option(point, district, "address", radius, 100.0, how, gazetteer.names[first])
