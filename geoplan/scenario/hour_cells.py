"""Hour by cell: every part of the golden hour where each person lives, and which part is the longest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.scenario.bench import Bench
    from geoplan.scenario.chain import Chain

__all__ = ["hour_cells"]


def hour_cells(
    chain: Chain, bench: Bench, *, years: list[int], costs: dict[str, NDArray[np.float32]]
) -> pd.DataFrame:
    """The golden hour of every populated cell at the baseline and in the last year (golden_hour.csv).

    Parameters
    ----------
    years
        The baseline year and those that change anything, rising.
    costs
        (moments, cells) seconds of driving to the scene by scenario, those of the middle draw of stations.

    Returns
    -------
    pandas.DataFrame
        moment, lon, lat, district, persons, a column of minutes per part in the order of the chain, total_min, within (1:
        inside the limit), dominating (the longest part; empty where no hospital is reached). The best case of stations and
        hospitals.
    """
    cells = bench.demand.cells
    out = []
    for position in sorted({0, len(years) - 1}):
        parts = chain.each(
            costs["proposed"][position].astype(np.float32), chain.to_hospital(years[position], "proposed")
        )
        minutes = parts.drop(columns="dominating")
        told = (minutes.where(np.isfinite(minutes)) / 60).round(2).add_suffix("_min")
        first = pd.DataFrame(
            {
                "moment": "baseline" if position == 0 else str(years[position]),
                "lon": cells["lon"].round(6).to_numpy(),
                "lat": cells["lat"].round(6).to_numpy(),
                "district": cells["district"].to_numpy(),
                "persons": np.round(bench.demand.persons).astype(np.int64),
            }
        )
        inside = (parts["total"] <= chain.limit).astype(int)
        out.append(pd.concat([first, told.assign(within=inside, dominating=parts["dominating"])], axis=1))
    return pd.concat(out, ignore_index=True)
