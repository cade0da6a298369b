"""Maps: pages that show one city's plans, open from the file system and load nothing."""

from __future__ import annotations

from geoplan.maps.choice import check_destination, choice_page, write_choice
from geoplan.maps.pages import write

__all__ = ["check_destination", "choice_page", "write", "write_choice"]
