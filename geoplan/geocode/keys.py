"""Keys of names, for those who build a gazetteer: names with one key are looked up as one."""

from __future__ import annotations

from geoplan.geocode._names import (
    FORMER,
    ONE_STREET_M,
    MicroKey,
    StreetKey,
    landmark_key,
    micro_key,
    street_key,
)
from geoplan.geocode._parse import parse
from geoplan.geocode._text import words

__all__ = [
    "FORMER",
    "ONE_STREET_M",
    "MicroKey",
    "StreetKey",
    "addressed_micros",
    "landmark_key",
    "micro_key",
    "street_key",
    "words",
]


def addressed_micros(address: str) -> list[MicroKey]:
    """Return the keys of the microdistricts that an address names.

    Raises
    ------
    None
    """
    return [micro_key(asked.name) for asked in parse(address) if asked.kind == "microdistrict"]
