"""Where is it? Addresses and names of places -> point, district and an honest precision."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from geoplan.geocode.builds import geocode_builds
from geoplan.geocode.districts import resolve_districts
from geoplan.geocode.texts import ACCEPT, anywhere_in, geocode

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ACCEPT", "anywhere_in", "geocode", "geocode_builds", "resolve_districts"]


class _Places(Protocol):
    """What can place builds: an opened city, which lies above this folder."""

    def place_builds(self, builds: pd.DataFrame) -> pd.DataFrame: ...


class _Callable(ModuleType):
    """The folder itself can be called: `geoplan.geocode(builds, city)`, as `import geoplan.geocode` takes the name."""

    def __call__(self, builds: pd.DataFrame, city: _Places) -> pd.DataFrame:
        """Place builds: the point of those with a stated place, and what already stands matched to its register row.

        Parameters
        ----------
        builds
            builds.csv columns as `geoplan.read_roadmap` gives them.
        city
            An opened city.

        Returns
        -------
        pandas.DataFrame
            The same rows and index; lon, lat, precision, radius_m, alternatives, facility_id, standing, note filled.
        """
        return city.place_builds(builds)


sys.modules[__name__].__class__ = _Callable
