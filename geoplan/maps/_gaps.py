"""Gaps: the clusters of people left out as a page carries them, by scenario and moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable

    from geoplan.scenario import Plan

__all__ = ["gaps"]

# Farther from the microdistrict it is named after, a cluster lies near it, not in it.
_IN_PLACE_M = 700.0
_DIGITS = 5


def gaps(plan: Plan) -> dict[str, list[list[dict[str, Any]]]]:
    """Return, for each scenario, the clusters beyond the headline threshold at every moment, the largest first.

    Raises
    ------
    None
    """
    table = plan.gaps_table
    if table.empty:
        return {}
    rows = table[(table["threshold"] == plan.threshold) & table["moment"].isin(plan.moments)]
    out = {}
    for scenario, of_scenario in rows.groupby("scenario", sort=True):
        found = of_scenario.sort_values("rank", kind="stable")
        out[str(scenario)] = [
            [_cluster(row) for row in found[found["moment"] == moment].to_dict("records")]
            for moment in plan.moments
        ]
    return out


def _cluster(row: dict[Hashable, Any]) -> dict[str, Any]:
    return {
        "place": str(row["place"] or ""),
        "near": bool(row["place_m"] > _IN_PLACE_M),
        "district": str(row["district"] or ""),
        "persons": int(row["persons"]),
        "nearest": None if pd.isna(row["nearest"]) else float(row["nearest"]),
        "lon": round(float(row["lon"]), _DIGITS),
        "lat": round(float(row["lat"]), _DIGITS),
    }
