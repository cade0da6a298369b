"""Groups: coverage of each population group (age_0_5 …) whose number is known by district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["group_rows"]

_PERSONS = ("population", "covered", "unreachable")
_STATE = ["scenario", "moment", "mode", "threshold", "threshold_unit"]


def group_rows(coverage: pd.DataFrame, population: pd.DataFrame, *, city: str) -> pd.DataFrame:
    """Rows of coverage.csv for each group beside those of the total.

    Parameters
    ----------
    coverage
        Rows of the total, the city's own among them.
    population
        district, year, group, persons, basis: population.csv.
    city
        Name of the area that stands for all districts together.

    Returns
    -------
    pandas.DataFrame
        The same columns, a row per group known in every district; none where there is no such group. A group's people
        are taken to live in a district as all its people do (an assumption: the grid holds the total only), so shares, range
        and times of a district are those of its total. The city's people are the sum of the districts', whole persons; its
        mean is theirs, weighted by the group's people who reach a facility; its range, median and 90th percentile do not
        follow from the districts' and are empty.
    """
    rows = coverage[coverage["district"] != city]
    share = _shares(population, sorted(rows["district"].unique()))
    parts = []
    for group in share.columns:
        part = rows.assign(group=group)
        factor = part["district"].map(share[group]).to_numpy(dtype=float)
        for name in _PERSONS:
            part[name] = np.round(part[name].to_numpy(dtype=float) * factor)
        parts += [part, _whole_city(part, city)]
    if not parts:
        return coverage.iloc[:0]
    out = pd.concat(parts, ignore_index=True)[list(coverage.columns)]
    return out.astype({"population": int, "covered": int})


def _shares(population: pd.DataFrame, districts: list[str]) -> pd.DataFrame:
    """Share of each group in a district's people, by district; only groups known in every district.

    Group and total are taken from rows of one year and basis: the estimate that the grid sums to where there is one.
    """
    table = population.assign(year=pd.to_numeric(population["year"], errors="coerce").fillna(-1))
    total = table[table["group"] == "total"]
    groups = table[(table["group"] != "total") & table["district"].isin(districts)]
    both = groups.merge(total, on=["district", "year", "basis"], suffixes=("", "_total"))
    both = both[both["persons_total"] > 0].assign(estimated=both["basis"] == "estimate")
    last = both.sort_values(["estimated", "year"], kind="stable").drop_duplicates(
        ["district", "group"], keep="last"
    )
    share = (last["persons"] / last["persons_total"]).to_numpy(dtype=float)
    frame = last.assign(share=share).pivot_table(index="district", columns="group", values="share")
    return frame.reindex(districts).dropna(axis=1) if len(last) else pd.DataFrame(index=districts)


def _whole_city(part: pd.DataFrame, city: str) -> pd.DataFrame:
    """Sum up a group's rows of the districts."""
    reached: NDArray[np.float64] = (part["population"] - part["unreachable"]).to_numpy(dtype=float)
    reached = np.where(part["mean_min"].notna(), reached, 0.0)
    weighted = part["mean_min"].fillna(0).to_numpy(dtype=float) * reached
    keys = part.assign(_reached=reached, _weighted=weighted).groupby(_STATE, sort=False)
    out = keys[["population", "covered", "_reached", "_weighted"]].sum()
    # What is not known of a district (draws tell no unreachable people) is not known of the city.
    out["unreachable"] = keys["unreachable"].sum(min_count=part["district"].nunique())
    people = out["population"].to_numpy(dtype=float)
    out["share"] = np.divide(out["covered"], people, out=np.full(len(out), np.nan), where=people > 0).round(4)
    some = out["_reached"].to_numpy(dtype=float)
    mean = np.divide(out["_weighted"], some, out=np.full(len(out), np.nan), where=some > 0)
    out = out.assign(mean_min=np.round(mean, 2), median_min=np.nan, p90_min=np.nan)
    out = out.assign(share_low=np.nan, share_high=np.nan, district=city)
    first = part.iloc[0]
    return out.reset_index().assign(service=first["service"], group=first["group"])
