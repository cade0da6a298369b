"""Tags: what OSM's tags of a way say about who may use it, which way and how fast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geoplan.layers.osm.ways import DRIVE, STEPLESS, WALK

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["REVERSIBLE", "direction", "posted_speed", "way_row"]

REVERSIBLE = "reversible"
_FORWARD = frozenset({"yes", "true", "1"})
_BACKWARD = frozenset({"-1", "reverse"})
# https://wiki.openstreetmap.org/wiki/Key:oneway, "implied oneway restriction"
_IMPLIED_CLASS = frozenset({"motorway"})
_IMPLIED_JUNCTION = frozenset({"roundabout", "circular"})

# https://wiki.openstreetmap.org/wiki/Key:access: the most specific key that is there decides.
_CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_FOOT_KEYS = ("foot", "access")
_ONE_WAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
# Values that shut a way to the public. Customers, destination and delivery do not: whoever goes there may.
_SHUT = frozenset(
    {
        "no",
        "private",
        "agricultural",
        "forestry",
        "emergency",
        "permit",
        "residents",
        "military",
        "use_sidepath",
    }
)
_SHUT_TO_CARS = _SHUT | {"psv", "bus"}
# Shut to the public, but a crew on a call drives in.
_OPEN_TO_CREWS = frozenset({"private", "emergency", "permit", "residents", "psv", "bus"})
_YES = frozenset({"yes", "designated", "permissive", "official"})
_NO = frozenset({"", "no"})

# https://wiki.openstreetmap.org/wiki/Key:surface, https://wiki.openstreetmap.org/wiki/Key:smoothness
_SOFT = frozenset(
    {
        "unpaved",
        "gravel",
        "ground",
        "dirt",
        "earth",
        "grass",
        "sand",
        "mud",
        "rock",
        "pebblestone",
        "cobblestone",
    }
    | {
        "unhewn_cobblestone",
        "woodchips",
        "stepping_stones",
        "clay",
        "grass_paver",
        "soil",
        "stone",
        "snow",
        "ice",
    }
)
_HARD = frozenset(
    {
        "paved",
        "asphalt",
        "concrete",
        "concrete:plates",
        "concrete:lanes",
        "paving_stones",
        "sett",
        "bricks",
        "tartan",
    }
    | {"wood", "metal", "compacted", "fine_gravel", "rubber", "paving_stones:lanes", "chipseal"}
)
_ROUGH = frozenset({"very_bad", "horrible", "very_horrible", "impassable"})
_SPEED = re.compile(r"^\s*(\d{1,3})(?:\.\d+)?\s*(mph|km/h|kmh|kph)?\s*$", re.IGNORECASE)
_KM_PER_MILE = 1.609344


def way_row(tags: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of `Ways.table` for one way; `oneway` is 1, -1, 0 or `REVERSIBLE` here.

    `known` tells whether the class is one that any mode may use.

    Parameters
    ----------
    tags
        The way's tags.
    """
    highway = tags.get("highway", "")
    area = tags.get("area") == "yes"
    access = _first(tags, _CAR_KEYS)
    car_class = highway in DRIVE and not area
    special = tags.get("service") == "emergency_access"
    drive = car_class and access not in _SHUT_TO_CARS and not special
    called = tags.get("emergency") in _YES or special or access in _OPEN_TO_CREWS
    allowed = tags.get("emergency") != "no"
    walk = _walk(tags, highway)
    one_way = direction(tags)
    return {
        "known": highway in DRIVE or highway in WALK,
        "highway": highway,
        "name": tags.get("name", "").strip(),
        "oneway": one_way,
        "maxspeed_kmh": posted_speed(tags),
        "bridge": tags.get("bridge", "") not in _NO,
        "tunnel": tags.get("tunnel", "") not in _NO,
        # which way a reversible street runs now is not known: no car is sent there
        "drive": drive and one_way != REVERSIBLE,
        "walk": walk,
        "wheelchair": walk and _stepless(tags, highway),
        "surface": tags.get("surface", ""),
        "access": access,
        "emergency": allowed
        and one_way != REVERSIBLE
        and (
            drive or (called and not area and highway in (DRIVE | WALK) - {"steps"} and _wide(tags, highway))
        ),
    }


def direction(tags: Mapping[str, str]) -> int | str:
    """Return 1 (only along the line), -1 (only against it), 0 (both ways) or `REVERSIBLE`, for cars.

    A way that says nothing is one-way if it is a motorway or a roundabout. `alternating` is both ways: drivers take turns.
    """
    value = _first(tags, _ONE_WAY_KEYS)
    if value in _FORWARD:
        return 1
    if value in _BACKWARD:
        return -1
    if value == REVERSIBLE:
        return REVERSIBLE
    implied = tags.get("highway") in _IMPLIED_CLASS or tags.get("junction") in _IMPLIED_JUNCTION
    return 1 if implied and value == "" else 0


def posted_speed(tags: Mapping[str, str]) -> int:
    """Return the posted limit in km/h, 0 where none is given as a number.

    Where each direction has its own, the lower one. Words (`KZ:urban`, `none`, `walk`) are not turned into figures.
    """
    found = [_kmh(tags.get(key, "")) for key in ("maxspeed", "maxspeed:forward", "maxspeed:backward")]
    if found[0]:
        return found[0]
    directed = [speed for speed in found[1:] if speed]
    return min(directed) if directed else 0


def _kmh(text: str) -> int:
    match = _SPEED.match(text)
    if match is None:
        return 0
    unit = (match.group(2) or "").lower()
    return round(int(match.group(1)) * (_KM_PER_MILE if unit == "mph" else 1.0))


def _first(tags: Mapping[str, str], keys: tuple[str, ...]) -> str:
    """Return the value of the first key that is there, '' if none is; of a list the first value."""
    for key in keys:
        if key in tags:
            return tags[key].split(";")[0].strip()
    return ""


def _walk(tags: Mapping[str, str], highway: str) -> bool:
    own = tags.get("foot", "")
    if own in _YES:
        return highway in WALK or highway in DRIVE
    if highway not in WALK or tags.get("motorroad") == "yes":
        return False
    return _first(tags, _FOOT_KEYS) not in _SHUT


def _stepless(tags: Mapping[str, str], highway: str) -> bool:
    """Tell whether a wheelchair passes where a walker does: its own tag, else surface, else the road class."""
    own = tags.get("wheelchair", "")
    if own in _YES or (highway == "steps" and tags.get("ramp:wheelchair") == "yes"):
        return True
    surface = tags.get("surface", "").split(";")[0].strip()
    if own == "no" or highway == "steps" or surface in _SOFT or tags.get("smoothness") in _ROUGH:
        return False
    return highway in STEPLESS or surface in _HARD


def _wide(tags: Mapping[str, str], highway: str) -> bool:
    """A footway or path carries an ambulance only where its own tag says so."""
    return highway in DRIVE or tags.get("emergency") in _YES
