"""Golden hour: from the call to the hand-over in a capable hospital, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["golden_hour", "golden_hour_by_area"]


def golden_hour(
    to_scene: NDArray[np.float32],
    to_hospital: NDArray[np.float32],
    *,
    before: Mapping[str, float],
    between: Mapping[str, float],
    after: Mapping[str, float],
) -> pd.DataFrame:
    """Add up the chain from the call to the hand-over for each cell.

    Parameters
    ----------
    to_scene, to_hospital
        (cells,) seconds of driving from the nearest station, and on to the nearest capable hospital; inf: no way.
    before, between, after
        Seconds of the parts before the drive to the scene (call handling, turnout), between the drives (on scene) and after
        them (hand-over), by name.

    Returns
    -------
    pandas.DataFrame
        A row per cell: a column per part in the order of the chain (with `drive_to_scene`, `drive_to_hospital`), `total`,
        and `dominating`, the name of the longest part (the earliest of equals; empty where the total is inf). Seconds.

    Raises
    ------
    InputError
        If the two drives do not have the same cells, or a part is negative or not a number.

    Notes
    -----
    Total prehospital interval, its parts as Carr et al. (2006) and Newgard et al. (2010) define them. The hour is a planning
    convention: Newgard et al. found no significant link between intervals and mortality (3,656 patients).
    """
    if to_scene.shape != to_hospital.shape:
        msg = f"drives cover {len(to_scene)} and {len(to_hospital)} cells: build both from one city"
        raise InputError(msg)
    for name, value in {**before, **between, **after}.items():
        if not np.isfinite(value) or value < 0:
            msg = f"golden hour: {name} = {value:g} s: a part is a time of 0 or more"
            raise InputError(msg)
    chain = {
        **before,
        "drive_to_scene": to_scene,
        **between,
        "drive_to_hospital": to_hospital,
        **after,
    }
    parts = pd.DataFrame(
        {
            name: np.broadcast_to(np.asarray(value, dtype=float), to_scene.shape)
            for name, value in chain.items()
        }
    )
    seconds = parts.to_numpy()
    # Driving comes in hundredths of a second; the sum is rounded alike, so that an hour to the dot is within the hour.
    total = np.round(seconds.sum(axis=1), 2)
    longest = np.asarray(parts.columns, dtype=object)[seconds.argmax(axis=1)]
    return parts.assign(total=total, dominating=np.where(np.isfinite(total), longest, ""))


def golden_hour_by_area(chain: pd.DataFrame, demand: Demand, *, limit: float) -> pd.DataFrame:
    """Sum up the chain over the people of each area.

    Parameters
    ----------
    chain
        What `golden_hour` gives for the same cells.
    demand
        People.
    limit
        Seconds; a total equal to it is within.

    Returns
    -------
    pandas.DataFrame
        Indexed by area: population, within, share, unreachable (persons), the population-weighted mean of every part and of
        the total over those who reach a hospital (seconds), and the dominating part of most of those people.

    Raises
    ------
    InputError
        If the chain and the demand do not have the same cells.
    """
    if len(chain) != len(demand.cells):
        msg = f"the chain covers {len(chain)} cells, the demand has {len(demand.cells)}: build both from one city"
        raise InputError(msg)
    people = demand.weights.astype(np.float64)
    total = chain["total"].to_numpy()
    reached = np.isfinite(total)
    within = (total <= limit) @ people
    out = pd.DataFrame(
        {
            "population": demand.totals,
            "within": within,
            "share": np.divide(within, demand.totals, out=np.zeros_like(within), where=demand.totals > 0),
            "unreachable": ~reached @ people,
        },
        index=pd.Index(demand.areas, name="district"),
    )
    some = reached @ people
    for name in chain.columns.drop("dominating"):
        summed = chain[name].to_numpy()[reached] @ people[reached]
        out[name] = np.divide(summed, some, out=np.full_like(summed, np.nan), where=some > 0)
    votes = pd.get_dummies(chain["dominating"]).drop(columns="", errors="ignore")
    held = votes.to_numpy(dtype=float).T @ people
    names = np.asarray([*votes.columns, ""], dtype=object)
    out["dominating"] = names[np.where(some > 0, held.argmax(axis=0), -1)] if len(held) else ""
    return out
