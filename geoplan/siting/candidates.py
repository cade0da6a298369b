"""Candidates: the places a proposed site is chosen from, one per populated hexagon and district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3
import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["candidate_sites"]


def candidate_sites(cells: pd.DataFrame, *, resolution: int) -> pd.DataFrame:
    """Choose one candidate site per populated H3 hexagon and district.

    The candidate is the populated cell nearest to the people's centre of gravity in that hexagon and district: a place
    where somebody lives, by a street, inside the district whose quota it counts for.

    Parameters
    ----------
    cells
        Columns lon, lat, x, y, district, persons.
    resolution
        H3 resolution, 0 to 15.

    Returns
    -------
    pandas.DataFrame
        Index 0..K-1, ordered by hexagon and district: lon, lat, district, persons (of the hexagon in that district), cell
        (position of the chosen cell).
    """
    hexagon = [
        h3.latlng_to_cell(lat, lon, resolution) for lat, lon in zip(cells["lat"], cells["lon"], strict=True)
    ]
    table = cells[["lon", "lat", "x", "y", "district", "persons"]].assign(
        hexagon=hexagon, cell=np.arange(len(cells))
    )
    keys = ["hexagon", "district"]
    table["wx"], table["wy"] = table["x"] * table["persons"], table["y"] * table["persons"]
    sums = table.groupby(keys, sort=True)[["wx", "wy", "persons"]].transform("sum")
    table["off"] = np.hypot(
        table["x"] - sums["wx"] / sums["persons"], table["y"] - sums["wy"] / sums["persons"]
    )
    table["persons"] = sums["persons"]
    chosen = table.sort_values([*keys, "off", "cell"], kind="stable").drop_duplicates(keys)
    return chosen[["lon", "lat", "district", "persons", "cell"]].reset_index(drop=True)
