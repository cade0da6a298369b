"""Groups: coverage of each population group (age_0_5 …) whose number is known by district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Demand

__all__ = ["group_measures", "group_rows"]

_PERSONS = ("population", "covered", "unreachable")
_MEASURE = ["service", "moment", "scenario", "measure", "group", "mode", "threshold", "threshold_unit"]
# Means that are told of groups, and the measure of those who reach no facility and have no part in them.
_MEANS = {"mean": "unreachable", "car_mean": "car_unreachable"}
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


def group_measures(measures: pd.DataFrame, population: pd.DataFrame, demand: Demand) -> pd.DataFrame:
    """Rows of measures.csv for each group beside those of all people.

    Parameters
    ----------
    measures
        Rows of all people, the city's own among them.
    population
        As in `group_rows`.
    demand
        The city's people.

    Returns
    -------
    pandas.DataFrame
        The same columns, under the same assumption as `group_rows`: persons and means, by district and for the city. Where a
        group's people live as all people do, how unevenly they are served inside a district is told by the rows of all, and
        is not said again. The city's range does not follow from the districts' and is empty.
    """
    *districts, city = demand.areas
    share = _shares(population, districts)
    people = pd.Series(demand.totals[:-1], index=districts)
    rows = measures[measures["district"] != city]
    counted, means = rows[rows["unit"] == "persons"], rows[rows["measure"].isin(_MEANS)]
    parts = []
    for group in share.columns:
        own = share[group]
        part = counted.assign(group=group)
        for name in ("value", "low", "high"):
            part[name] = np.round(
                part[name].to_numpy(dtype=float) * part["district"].map(own).to_numpy(dtype=float)
            )
        whole = _summed(part, people=float((people * own).round().sum()))
        parts += [part, whole.assign(district=city)]
        part = means.assign(group=group)
        parts += [part, _averaged(part, counted, people * own, own).assign(district=city)]
    return pd.concat(parts, ignore_index=True)[list(measures.columns)] if parts else measures.iloc[:0]


def _summed(part: pd.DataFrame, *, people: float) -> pd.DataFrame:
    """The city's persons: the sum of the districts', each already whole."""
    out = part.drop_duplicates(_MEASURE).set_index(_MEASURE)
    value: pd.Series = part.groupby(_MEASURE, sort=False, dropna=False)["value"].sum()
    share = np.round(value / people, 4) if people > 0 else np.nan
    return out.assign(value=value, low=np.nan, high=np.nan, share=share).reset_index()


def _averaged(part: pd.DataFrame, counted: pd.DataFrame, people: pd.Series, own: pd.Series) -> pd.DataFrame:
    """The city's mean: the districts', weighted by the group's people who reach a facility.

    `people` and `own`: the group's people, and their share of all, by district.
    """
    beyond = counted[counted["measure"].isin(_MEANS.values())]
    lost = beyond.set_index(["moment", "scenario", "measure", "district"])["value"]
    keys = [part["moment"], part["scenario"], part["measure"].map(_MEANS), part["district"]]
    gone = lost.reindex(pd.MultiIndex.from_arrays(keys)).to_numpy(dtype=float)
    share = part["district"].map(own).to_numpy(dtype=float)
    reached = part["district"].map(people).to_numpy(dtype=float) - gone * share
    weight = np.where(part["value"].notna(), reached, 0.0)
    sums = (
        part.assign(_weight=weight, _total=part["value"].fillna(0) * weight)
        .groupby(_MEASURE, sort=False, dropna=False)[["_weight", "_total"]]
        .sum()
    )
    mean = (sums["_total"] / sums["_weight"].where(sums["_weight"] > 0)).round(2)
    return part.drop_duplicates(_MEASURE).set_index(_MEASURE).assign(value=mean).reset_index()


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
