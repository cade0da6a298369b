"""Build from files: the layers of any city from a user's own files, for each that is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geoplan.errors import InputError
from geoplan.layers.osm.features import osm_features
from geoplan.layers.osm.file import is_osm_file
from geoplan.layers.own.districts import districts_from, read_own_districts
from geoplan.layers.own.facilities import facilities_of_osm, read_own_facilities
from geoplan.layers.own.mapping import Mapping, read_mapping
from geoplan.layers.own.places import own_places
from geoplan.layers.own.totals import read_own_population
from geoplan.layers.package import Told
from geoplan.layers.schema import layer_named
from geoplan.layers.streets import read_streets

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geoplan.layers._grid import Grid
    from geoplan.layers.own.mapping import FileSpec
    from geoplan.layers.streets import Streets

__all__ = ["CITY_NAME", "OwnFiles", "OwnParts"]

CITY_NAME = re.compile(r"^[a-z][a-z0-9_-]{1,40}$")
_OSM = ("OpenStreetMap contributors", "https://www.openstreetmap.org/copyright")
# A city has a handful of districts; a file of a whole country's says nothing of which are meant.
_MOST_DISTRICTS = 60


@dataclass(frozen=True)
class OwnFiles:
    """A user's own files; None where none was given.

    Attributes
    ----------
    streets
        OSM data, roads in Geofabrik's layout, or a graph of osmnx; see `geoplan.layers.streets.read_streets`.
    districts, facilities
        Vector files or tables.
    population
        A raster, points or polygons.
    totals
        CSV of official totals to scale to.
    mapping
        TOML of column names and origins.
    """

    streets: Path | None = None
    districts: Path | None = None
    population: Path | None = None
    facilities: Path | None = None
    totals: Path | None = None
    mapping: Path | None = None

    def need_enough(self, city: str) -> None:
        """Say before any work what is missing to build a city from files alone.

        Raises
        ------
        InputError
            If the streets or the population are not given, or the districts are neither given nor in an OSM file.
        """
        if self.streets is None or self.population is None:
            what = "--streets" if self.streets is None else "--population"
            msg = f"{city}: give {what} (or --sources, for the cities whose source files are known)"
            raise InputError(msg)
        for name in ("districts", "facilities"):
            if getattr(self, name) is None and not is_osm_file(self.streets):
                msg = f"{city}: give --{name}: only an OSM file (.osm.pbf, .osm) of streets holds them too"
                raise InputError(msg)

    def told(self, mapping: Mapping, *, alone: bool) -> dict[str, Told]:
        """Return, for each layer made from own files, its origin, vintage and licence.

        `alone`: there are no other sources, so that the file of streets gives whatever has no file of its own.
        """
        out: dict[str, Told] = {}
        if self.streets is not None:
            streets = _told(self.streets, mapping.streets, osm=is_osm_file(self.streets))
            out |= {"streets.parquet": streets, "restrictions.parquet": streets}
            if alone:
                out |= dict.fromkeys(("places.parquet", "districts.geojson", "facilities.parquet"), streets)
            else:
                known = layer_named("places.parquet")
                both = tuple(dict.fromkeys((*streets.origins, *known.origins)))
                out["places.parquet"] = Told(
                    f"streets {streets.vintage}; others {known.vintage}", both, known.licence
                )
        if self.districts is not None:
            out["districts.geojson"] = _told(self.districts, mapping.districts, osm=False)
        if self.population is not None:
            people = _told(self.population, mapping.population, osm=False)
            out |= {"population.tif": people, "population.csv": people}
            if self.totals is not None:
                out["population.csv"] = _told(self.totals, mapping.totals, osm=False)
        if self.facilities is not None:
            out["facilities.parquet"] = _told(self.facilities, mapping.facilities, osm=False)
        return out


def _told(path: Path, spec: FileSpec, *, osm: bool) -> Told:
    licence = spec.licence if spec.licence != "not-stated" or not osm else "ODbL-1.0"
    name = spec.source or path.name
    return Told(spec.vintage, ((name, ""), _OSM) if osm else ((name, ""),), licence)


class OwnParts:
    """Layers made from a user's own files, one after the other.

    Parameters
    ----------
    files
        The files.
    city
        Slug of the city.
    """

    def __init__(self, files: OwnFiles, *, city: str) -> None:
        self.files = files
        self.city = city
        self.mapping = read_mapping(files.mapping)

    def districts(self) -> tuple[gpd.GeoDataFrame, list[str]]:
        """Read the districts from their file, or from the boundaries of the OSM file of streets.

        Raises
        ------
        InputError
            If they cannot be used.
        """
        if self.files.districts is not None:
            return read_own_districts(self.files.districts, self.mapping.districts, city=self.city)
        path = _given(self.files.streets)
        found = osm_features(path, ["districts"])["districts"]
        if found.empty:
            msg = f"{path}: holds no boundaries of districts; give --districts"
            raise InputError(msg)
        counts = found["admin_level"].value_counts()
        several = counts[counts > 1]
        level = int(several.index.max()) if len(several) else int(counts.index.max())
        chosen = found[found["admin_level"] == level].reset_index(drop=True)
        if len(chosen) > _MOST_DISTRICTS:
            msg = f"{path}: holds {len(chosen)} boundaries of level {level}: of which city? give --districts"
            raise InputError(msg)
        districts, notes = districts_from(chosen, path, city=self.city)
        return districts, [f"{len(districts)} boundaries of admin_level {level} of OpenStreetMap", *notes]

    def streets(self, districts: gpd.GeoDataFrame) -> Streets:
        """Read the streets from their file.

        Raises
        ------
        InputError
            If they cannot be used, or are not those of the districts; said of the districts if theirs are swapped.
        """
        path = _given(self.files.streets)
        try:
            return read_streets(path, districts=districts)
        except InputError:
            if self.files.districts is not None and _fits_swapped(path, districts):
                msg = f"{self.files.districts}: coordinates are swapped: latitude stands where longitude belongs"
                raise InputError(msg) from None
            raise

    def population(
        self, districts: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
    ) -> tuple[Grid, pd.DataFrame, list[str]]:
        """Read the population from its file.

        Raises
        ------
        InputError
            If it cannot be used.
        """
        path = _given(self.files.population)
        return read_own_population(
            path, self.files.totals, self.mapping, city=self.city, districts=districts, streets=streets
        )

    @property
    def streets_source(self) -> str:
        """What the mapping calls the origin of the streets, else their file's name."""
        return self.mapping.streets.source or _given(self.files.streets).name

    def places(
        self, districts: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
    ) -> tuple[gpd.GeoDataFrame, list[str]]:
        """Build the gazetteer from the file of streets.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        path = _given(self.files.streets)
        features: dict[str, gpd.GeoDataFrame] = {}
        if is_osm_file(path):
            features = osm_features(path, ["places", "addresses"], area=_box(districts))
        return own_places(districts, streets, features, source=self.streets_source)

    def facilities(
        self, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame
    ) -> tuple[gpd.GeoDataFrame, list[str]]:
        """Read the facilities from their file, or from the features of the OSM file of streets.

        Raises
        ------
        InputError
            If they cannot be used.
        """
        if self.files.facilities is not None:
            return read_own_facilities(self.files.facilities, self.mapping.facilities, districts, places)
        path = _given(self.files.streets)
        found = osm_features(path, ["facilities"], area=_box(districts))["facilities"]
        return facilities_of_osm(found, path, districts, places)


def _given(path: Path | None) -> Path:
    if path is None:
        msg = "a file that `need_enough` asks for"
        raise ValueError(msg)
    return Path(path)


def _fits_swapped(path: Path, districts: gpd.GeoDataFrame) -> bool:
    """Tell whether the streets lie inside the districts once their coordinates change places."""
    turned = shapely.transform(districts.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    if not (np.abs(shapely.bounds(turned)[:, [1, 3]]) <= 90).all():
        return False
    try:
        read_streets(path, districts=districts.set_geometry(turned, crs=districts.crs))
    except InputError:
        return False
    return True


def _box(districts: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = (float(edge) for edge in districts.total_bounds)
    return west, south, east, north
