"""Spellings: one street written in two ways by the map, told by its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import shapely
from rapidfuzz.distance import OSA

from geoplan.geocode.keys import street_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["one_street", "other_spellings"]

# Parts of one street touch, or lie on both sides of a junction.
_TOUCH_M = 100.0
_SAME_LINE_M = 30.0
_ALONG = 0.6
_ONE_EDIT, _TWO_EDITS = 5, 10
_DIGITS = re.compile(r"\d+")


def _text(name: str) -> str:
    return "".join(part.rstrip("*") for part in street_key(name).stems)


def _edits(one: str, two: str) -> int:
    """Return the edits between two names that may be spellings of one, 9 where they may not."""
    shorter = min(len(one), len(two))
    allowed = 2 if shorter >= _TWO_EDITS else 1 if shorter >= _ONE_EDIT else 0
    # "12 линия" is not "13 линия".
    if _DIGITS.findall(one) != _DIGITS.findall(two):
        return 9
    edits = OSA.distance(one, two, score_cutoff=allowed)
    return edits if edits <= allowed else 9


def one_street(one: str, two: str) -> bool:
    """Tell whether two names of one line are one name: spelt otherwise, or one a fuller form of the other.

    Raises
    ------
    None
    """
    first, second = ({part.rstrip("*") for part in street_key(name).stems} for name in (one, two))
    return first <= second or second <= first or _edits(_text(one), _text(two)) < 9


def other_spellings(names: list[str], kinds: list[str], shapes: NDArray[np.object_]) -> list[list[str]]:
    """Find for each street the other spellings of its name, told by lines that continue or run along each other.

    Parameters
    ----------
    names, kinds
        Name and class (`street_key`) of each street.
    shapes
        Their lines, in metres.

    Returns
    -------
    list of list of str
        Names one edit away that somewhere come within 100 m ("Сәтбаев көшесі", "улица Сатпаева"), or two edits away that
        somewhere run along the same line for 60 % of the shorter; numbers must agree. What is one name in one place is
        one name everywhere.

    Raises
    ------
    None
    """
    texts = [_text(name) for name in names]
    spelt: dict[str, set[str]] = {text: set() for text in texts}
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    for left, right in sorted(zip(*pairs.tolist(), strict=True)):
        if left == right or texts[left] == texts[right] or kinds[left] != kinds[right]:
            continue
        edits = _edits(texts[left], texts[right])
        if edits == 1 or (edits == 2 and _side_by_side(shapes[left], shapes[right])):
            spelt[texts[left]].add(names[right])
    return [sorted(spelt[text]) for text in texts]


def _side_by_side(one: shapely.Geometry, two: shapely.Geometry) -> bool:
    shorter, longer = sorted((one, two), key=shapely.length)
    along = shapely.length(shapely.intersection(shorter, shapely.buffer(longer, _SAME_LINE_M)))
    return bool(along >= _ALONG * shapely.length(shorter))
