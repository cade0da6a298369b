"""Kindergartens: the city's register of April 2026, state and private."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoplan.layers._sources import read_source_table
from geoplan.layers.facilities._common import numbered, table_of
from geoplan.layers.facilities._evidence import Witness
from geoplan.layers.facilities._register import list_disagreements, settle

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["read_kindergartens"]

REGISTER = "facilities/kindergartens_open-almaty_2026-04.csv"
_OWNERS = {"public": "state", "private": "private"}


def read_kindergartens(
    sources: Path, *, districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, limit_m: float
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the kindergartens.

    Parameters
    ----------
    sources
        Folder of source files.
    districts, places
        The city's districts and gazetteer.
    limit_m
        Radius in metres beyond which a kindergarten is not placed.

    Returns
    -------
    tuple
        Table with the columns of facilities.parquet, in the order of the register; and notes. The register gives
        no capacities and no districts.

    Raises
    ------
    InputError
        If the source file is missing or lacks a column.
    """
    raw = read_source_table(sources, REGISTER, columns=["name", "address", "lat", "lon", "funding"])
    register = pd.DataFrame(
        {
            "name": raw["name"],
            "address": raw["address"],
            "stated": "",
            "lon": pd.to_numeric(raw["lon"]),
            "lat": pd.to_numeric(raw["lat"]),
        }
    )
    settled, notes = settle(
        register,
        districts=districts,
        places=places,
        limit_m=limit_m,
        witness=Witness.none(register.index),
        in_blocks=True,
    )
    settled = settled.assign(
        facility_id=numbered("kindergarten", len(settled)),
        capacity_unit="seats",
        owner=raw["funding"].map(_OWNERS).fillna(""),
        source=REGISTER,
    )
    notes = [*notes, *list_disagreements(settled)]
    return table_of(settled, service="kindergarten"), [f"kindergartens: {note}" for note in notes]
