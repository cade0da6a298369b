"""Maps: pages that show one city's plans, open from the file system and load nothing."""

from __future__ import annotations

from geoplan.maps.pages import write

__all__ = ["write"]
