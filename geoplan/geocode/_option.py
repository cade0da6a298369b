"""One place that a text may mean, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geoplan.geocode._gazetteer import FORMER_SCORE

if TYPE_CHECKING:
    import shapely

__all__ = ["HOUSE_RADIUS_M", "UNSURE", "Option", "closeness"]

# A known house stands for the address within the error of the registers' points (docs/data.md, register points).
HOUSE_RADIUS_M = 100.0
# Score of what is likely and not sure, below the accept line, as that of a name that a street bore once: a place that
# another source has elsewhere, a street that hardly holds the number asked for, a house beyond the last known one.
UNSURE = FORMER_SCORE


class Option(NamedTuple):
    """One place that a text may mean; `radius` holds all of it, `centre` its middle (the same but for microdistricts)."""

    point: shapely.Point
    district: str
    precision: str
    radius: float
    score: float
    how: str
    label: str
    centre: float = 0.0


def closeness(score: float) -> str:
    """Say in words how near a name of this score is to the one asked for, '' where it is the same.

    Raises
    ------
    None
    """
    return (
        ""
        if score >= 100
        else " (более полная или другая форма имени)"
        if score > UNSURE
        else " (прежнее имя)"
        if score >= UNSURE
        else " (опечатка исправлена)"
    )
