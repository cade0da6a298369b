"""Plans: a roadmap document read, geocoded and matched to what already stands."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from geoplan.files import safe_cells
from geoplan.geocode import geocode_builds
from geoplan.layers.read import typed_table
from geoplan.layers.standing import match_standing
from geoplan.roadmap import read_roadmap

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Plans", "as_layer", "place_builds", "read_plans"]


@dataclass(frozen=True)
class Plans:
    """A roadmap's tables, as the layers of that name hold them.

    Attributes
    ----------
    projects, builds, findings
        Tables with the columns of projects.csv, builds.csv and findings.csv.
    facilities
        The facilities that the builds were matched to, with what the match taught about them (`opens`, new
        rows).
    notes
        One line for each thing matched, dropped or doubted.
    """

    projects: pd.DataFrame
    builds: pd.DataFrame
    findings: pd.DataFrame
    facilities: gpd.GeoDataFrame
    notes: list[str]


def read_plans(
    document: Path,
    *,
    places: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    opened: pd.DataFrame,
) -> Plans:
    """Read a roadmap document, place its builds, and match them to what already stands.

    Used when layers are built and when a document is read afresh: the same document and layers give the same
    tables, down to the types of their columns.

    Parameters
    ----------
    document
        The roadmap document.
    places, districts, facilities
        The layers of that name; `districts` with its column `district`.
    opened
        The layer opened.csv: objects reported opened.

    Returns
    -------
    Plans
        Tables and notes.

    Raises
    ------
    InputError
        If the document cannot be read.
    """
    roadmap = read_roadmap(Path(document))
    builds = geocode_builds(roadmap.builds, places=places, districts=districts)
    builds, facilities, notes = match_standing(builds, facilities, opened)
    return Plans(
        projects=as_layer(roadmap.projects, "projects.csv"),
        builds=as_layer(builds, "builds.csv"),
        findings=as_layer(roadmap.findings, "findings.csv"),
        facilities=facilities,
        notes=notes,
    )


def place_builds(
    builds: pd.DataFrame,
    facilities: gpd.GeoDataFrame,
    opened: pd.DataFrame,
    *,
    places: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Place builds and match them to what already stands.

    Parameters
    ----------
    builds
        builds.csv columns as `read_roadmap` gives them.
    facilities, opened, places, districts
        The layers of that name; `districts` with its column `district` or indexed by it.

    Returns
    -------
    pandas.DataFrame
        The same rows and index; lon, lat, precision, radius_m, alternatives, district, facility_id, standing
        and note filled.
    """
    if "district" not in districts.columns:
        districts = districts.reset_index()
    placed = geocode_builds(builds, places=places, districts=districts)
    matched, _, _ = match_standing(placed, facilities, opened)
    return matched


def as_layer(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return a table as reading its layer back would give it: same cells, same types."""
    text = safe_cells(table).to_csv(index=False, lineterminator="\n")
    cells = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return typed_table(cells, Path(file))
