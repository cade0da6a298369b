"""An opened city: its layers read when first asked for, each verified against its hash."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoplan._shipped import shipped_layers
from geoplan.errors import InputError, LayerError
from geoplan.files import sha256
from geoplan.layers.package import PACKAGE, read_package
from geoplan.layers.read import read_grid_layer, read_layer, read_restrictions, read_table
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from pyproj import CRS

__all__ = ["City", "known_cities", "open_city"]

SITES = "sites.csv"


class City:
    """One city's layers.

    Every attribute is read once, when first asked for, and is then the same object: treat frames as read-only
    and copy before changing them. A missing or changed file raises LayerError with one line that names it.

    Parameters
    ----------
    name
        Name of the city; in tables it stands for all districts together.
    folder
        Folder with the layer files and datapackage.json.

    Attributes
    ----------
    time_of_day
        When its streets are driven: free flow, unless `at_time` said otherwise.
    own_facilities
        Name and hash of a user's list that was laid over the facilities; empty if none was.
    """

    time_of_day = "free"
    own_facilities: Mapping[str, str] = MappingProxyType({})

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"City({self.name!r}, {str(self.folder)!r})"

    def with_facilities(self, facilities: gpd.GeoDataFrame) -> City:
        """Return the same city with other facilities, e.g. those that a document read afresh was matched to.

        Layers already read are shared, not read again.
        """
        return self._with(facilities=facilities)

    def with_own_facilities(self, path: Path) -> tuple[City, list[str]]:
        """Return the same city with a user's list laid over its facilities, and notes on what that changed.

        Raises
        ------
        InputError
            If a row of the list cannot be used; see `geoplan.layers.own.overlay.overlay_facilities`.
        """
        from geoplan.layers.own.overlay import overlay_facilities

        facilities, notes = overlay_facilities(
            self.facilities, Path(path), districts=self.districts.reset_index(), places=self.places
        )
        gone = set(self.facilities["facility_id"]) - set(facilities["facility_id"])
        builds = self.builds.loc[self.builds["facility_id"].isin(gone), "build_id"]
        if len(builds):
            notes.append(
                f"removed, but matched to builds that now count as not yet standing: {', '.join(builds)}"
            )
        told = {"name": Path(path).name, "hash": f"sha256:{sha256(path)}"}
        return self._with(facilities=facilities, own_facilities=told), notes

    def at_time(self, time_of_day: str) -> City:
        """Return the city at a time of day, itself if it is; see `geoplan.network.build_network` for those known."""
        return self if time_of_day == self.time_of_day else self._with(time_of_day=time_of_day)

    def _with(self, **changed: Any) -> City:
        other = City(self.name, self.folder)
        kept = {name: value for name, value in self.__dict__.items() if not name.startswith("_")}
        other.__dict__.update(kept, **changed)
        return other

    def place_builds(self, builds: pd.DataFrame) -> pd.DataFrame:
        """Place builds, and match what already stands to its register row; see `geoplan.layers.projects.place_builds`."""
        from geoplan.layers.projects import place_builds

        return place_builds(
            builds, self.facilities, self.opened, places=self.places, districts=self.districts.reset_index()
        )

    @cached_property
    def package(self) -> dict[str, Any]:
        """The data package: resources with path, hash, bytes, vintage, sources, notes."""
        return read_package(self.folder)

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        """Districts indexed by slug: name_ru, name_kk, name_en, geometry in EPSG:4326."""
        frame = read_layer(self.folder, self.package, "districts.geojson")
        return frame.set_index("district").sort_index()

    @cached_property
    def crs(self) -> CRS:
        """The metric CRS: that of the city's UTM zone."""
        return metric_crs(self.districts)

    @cached_property
    def streets(self) -> gpd.GeoDataFrame:
        """Street segments in EPSG:4326; see `geoplan.layers.streets.read_streets`."""
        return read_layer(self.folder, self.package, "streets.parquet")

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Populated cells: row, col, x, y (metres, centre), lon, lat, district, persons; index 0..n-1."""
        grid = read_grid_layer(self.folder, self.package, "population.tif")
        if grid.crs.to_epsg() != self.crs.to_epsg():
            path = self.folder / "population.tif"
            msg = f"{path}: is in {grid.crs}, the city's metric CRS is {self.crs.to_string()}"
            raise LayerError(msg)
        cells = grid.cells(self.districts)
        outside = cells["district"] == ""
        if outside.any():
            path = self.folder / "population.tif"
            msg = f"{path}: {int(cells.loc[outside, 'persons'].sum()):,} people live in no district of districts.geojson"
            raise LayerError(msg)
        return cells

    @cached_property
    def population(self) -> pd.DataFrame:
        """Totals: district, year, group, persons, basis (official|estimate), source."""
        return read_table(self.folder, self.package, "population.csv")

    @cached_property
    def facilities(self) -> gpd.GeoDataFrame:
        """Existing facilities of every service, placed or not (geometry None)."""
        return read_layer(self.folder, self.package, "facilities.parquet")

    @cached_property
    def restrictions(self) -> pd.DataFrame:
        """Turns that are forbidden, or the only ones allowed: from_u, via, to_v (nodes of the streets), kind (no, only)."""
        return read_restrictions(self.folder, self.package)

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """The gazetteer."""
        return read_layer(self.folder, self.package, "places.parquet")

    @cached_property
    def projects(self) -> pd.DataFrame:
        """The roadmap's projects as read."""
        return read_table(self.folder, self.package, "projects.csv")

    @cached_property
    def builds(self) -> pd.DataFrame:
        """Planned builds, geocoded and matched to what stands."""
        return read_table(self.folder, self.package, "builds.csv")

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What the reader found in the roadmap."""
        return read_table(self.folder, self.package, "findings.csv")

    @cached_property
    def opened(self) -> pd.DataFrame:
        """Objects reported opened, against which builds are matched."""
        return read_table(self.folder, self.package, "opened.csv")

    @cached_property
    def published(self) -> pd.DataFrame:
        """Deficits, pupils, queues and attached people as published, with their dates.

        No row where the city has no such layer. Columns:
        service, district, place, metric, value (NaN: a range or words), published, unit, as_of, confidence, source, note.
        """
        return read_table(self.folder, self.package, "published.csv")

    @cached_property
    def sites(self) -> pd.DataFrame | None:
        """Proposed sites that `make sites` wrote, with the hash of their inputs; None if it has not.

        Raises
        ------
        LayerError
            If the file cannot be read.
        """
        path = self.folder / SITES
        if not path.exists():
            return None
        try:
            return pd.read_csv(path, dtype={"district": str}, keep_default_na=True, encoding="utf-8")
        except (ValueError, OSError) as error:
            msg = f"{path}: cannot be read: {str(error).splitlines()[0]}; run `make sites` or remove the file"
            raise LayerError(msg) from error


def known_cities(layers: Path | None = None) -> list[str]:
    """Return the names of the cities that a folder of layers holds, the shipped folder by default.

    Raises
    ------
    InputError
        If there is no such folder.
    LayerError
        If the shipped layers are missing.
    """
    folder = shipped_layers() if layers is None else Path(layers)
    if not folder.is_dir():
        msg = f"{folder}: no such folder of layers"
        raise InputError(msg)
    return sorted(
        path.parent.name for path in folder.glob(f"*/{PACKAGE}") if not path.parent.name.startswith(".")
    )


def open_city(name: str = "almaty", layers: Path | None = None) -> City:
    """Open a city's layers.

    Parameters
    ----------
    name
        Name of the city, the name of its folder.
    layers
        Folder that holds city folders; the shipped one by default.

    Returns
    -------
    City
        Its layers are read when first asked for.

    Raises
    ------
    InputError
        If there is no such city; the text lists those there are.
    LayerError
        If its datapackage.json cannot be used.
    """
    folder = shipped_layers() if layers is None else Path(layers)
    known = known_cities(folder)
    # the folder alone is enough to open it, so that a lost datapackage.json is told as such
    if name in {"", ".", ".."} or Path(name).name != name or not (folder / name).is_dir():
        msg = f"{name!r}: no such city in {folder}; known: {', '.join(known) or 'none'}"
        raise InputError(msg)
    city = City(name, folder / name)
    _ = city.package
    return city
