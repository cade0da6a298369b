"""Keys of names, for those who build a gazetteer: names with one key are looked up as one."""

from __future__ import annotations

from geoplan.geocode._names import MicroKey, StreetKey, landmark_key, micro_key, street_key
from geoplan.geocode._text import words

__all__ = ["MicroKey", "StreetKey", "landmark_key", "micro_key", "street_key", "words"]
