"""Quality: what a planner should know of a city's layers before trusting a figure made from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy import ndimage

from geoplan.layers.population import street_metres
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.layers._grid import Grid
    from geoplan.standards import Standards

__all__ = ["Quality", "assess"]

# Ways that rarely have a name of their own.
_NAMELESS = ("service", "footway", "path", "steps", "track", "cycleway", "pedestrian", "bridleway")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Which column of the streets a service's travel mode uses.
_COLUMN = {"walk": "walk", "wheelchair": "wheelchair", "drive": "drive", "emergency": "drive"}
_SHOWN = 5


@dataclass
class Quality:
    """What was found: facts, warnings (one line each) and the figures behind them."""

    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def tell(self, line: str, *, warn: bool) -> None:
        """Add a line, to the warnings if it is one."""
        (self.warnings if warn else self.facts).append(line)


def assess(
    package: Mapping[str, Any],
    *,
    districts: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    grid: Grid,
    totals: pd.DataFrame,
    facilities: gpd.GeoDataFrame,
) -> Quality:
    """Look at a city's layers as a planner would.

    Parameters
    ----------
    package
        The data package.
    districts, streets, grid, totals, facilities
        The layers, each sound in itself.

    Returns
    -------
    Quality
        Vintage, streets where people live, named streets, people against official totals, districts without a facility,
        facilities without a place, off the network, and twice within `quality.duplicate`.

    Raises
    ------
    None
    """
    standards = load_standards()
    out = Quality()
    _vintage(out, package, standards)
    _streets_by_people(out, streets, grid, standards)
    _names(out, streets, standards)
    _official(out, totals, package["name"])
    _services(out, facilities, districts, standards)
    _off_network(out, facilities, streets, grid, standards)
    _duplicates(out, facilities, grid, standards)
    return out


def _vintage(out: Quality, package: Mapping[str, Any], standards: Standards) -> None:
    told = {str(item["path"]): str(item.get("vintage") or "not stated") for item in package["resources"]}
    chosen = {
        name: told[name]
        for name in ("streets.parquet", "population.tif", "facilities.parquet")
        if name in told
    }
    out.figures["vintage"] = told
    out.facts.append("vintage: " + "; ".join(f"{name} {text}" for name, text in chosen.items()))
    unknown = [name for name, text in told.items() if text == "not stated"]
    if unknown:
        out.warnings.append(f"vintage: not stated for {', '.join(unknown)}; say it in the mapping")
    years = {name: max(map(int, _YEAR.findall(text))) for name, text in chosen.items() if _YEAR.search(text)}
    if len(years) > 1:
        old, new = min(years, key=lambda name: years[name]), max(years, key=lambda name: years[name])
        apart = years[new] - years[old]
        out.figures["vintages_apart_years"] = apart
        if apart > standards.quality.vintages_apart.value:
            out.warnings.append(
                f"vintage: {old} is {apart} years older than {new}; what was built between is missing"
            )


def _streets_by_people(out: Quality, streets: gpd.GeoDataFrame, grid: Grid, standards: Standards) -> None:
    metres = street_metres(grid, streets[streets["walk"]], kinds=None).reshape(grid.persons.shape)
    around = ndimage.uniform_filter(metres, size=3, mode="constant")
    lived = grid.persons > 0
    sparse = lived & (around < standards.quality.sparse_streets.value)
    people, total = int(grid.persons[sparse].sum()), int(grid.persons.sum())
    mean = float(metres[lived].mean()) if lived.any() else 0.0
    out.figures |= {"street_m_per_cell": round(mean, 1), "people_without_streets": people, "people": total}
    out.facts.append(
        f"streets: {streets['length_m'].sum() / 1000:,.0f} km; {mean:,.0f} m in a populated cell on average"
    )
    line = f"streets: {people:,} of {total:,} people ({people / max(total, 1):.1%}) live where hardly any street is drawn"
    out.tell(line, warn=people > 0)


def _names(out: Quality, streets: gpd.GeoDataFrame, standards: Standards) -> None:
    named = streets[~streets["highway"].isin(_NAMELESS)]
    length = float(named["length_m"].sum())
    share = float(named.loc[named["name"].fillna("") != "", "length_m"].sum()) / length if length else 0.0
    out.figures["named_streets"] = round(share, 4)
    low = share * 100 < standards.quality.named_streets.value
    out.tell(f"streets: {share:.0%} of their length has a name (paths and yards aside)", warn=low)


def _official(out: Quality, totals: pd.DataFrame, city: str) -> None:
    rows = totals[(totals["basis"] == "official") & (totals["group"] == "total")]
    estimate = totals[(totals["basis"] == "estimate") & (totals["group"] == "total")]
    summed = int(estimate["persons"].sum())
    if rows.empty:
        out.warnings.append(
            f"population: {summed:,} people by the file alone; no official total to compare with"
        )
        return
    of_city = rows[rows["district"] == city]
    if len(of_city):
        latest = of_city.sort_values("year").iloc[-1]
        out.facts.append(
            f"population: {summed:,} people, the city's official {int(latest['persons']):,} of {latest['year']}"
        )
    parts = rows[rows["district"] != city].groupby("district")["persons"].last()
    if len(parts):
        factor = summed / parts.sum() if parts.sum() else np.nan
        out.figures["official_district_sum"] = int(parts.sum())
        line = f"population: the districts' official figures sum to {int(parts.sum()):,}, the layer holds {factor:.3f} of it"
        out.tell(line, warn=abs(factor - 1) > 0.01)


def _services(
    out: Quality, facilities: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, standards: Standards
) -> None:
    placed = ~(facilities.geometry.isna() | facilities.is_empty)
    for service in [*standards.services, "hospital"]:
        mine = facilities["service"] == service
        if not mine.any():
            out.warnings.append(f"{service}: none in the layer; nothing can be said of it")
            continue
        here = set(facilities.loc[mine & placed, "district"])
        bare = [slug for slug in districts["district"] if slug not in here]
        out.figures.setdefault("districts_without", {})[service] = bare
        if bare:
            out.warnings.append(f"{service}: no placed one in {', '.join(bare)}")
        lost = int((mine & ~placed).sum())
        if lost:
            out.warnings.append(f"{service}: {lost} of {int(mine.sum())} have no place")


def _off_network(
    out: Quality, facilities: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, grid: Grid, standards: Standards
) -> None:
    limit = standards.snap.limit.value
    placed = facilities[~(facilities.geometry.isna() | facilities.is_empty)]
    metric = placed.geometry.to_crs(grid.crs)
    for service, known in standards.services.items():
        mine = (placed["service"] == service).to_numpy()
        lines = streets.loc[streets[_COLUMN[known.mode]], "geometry"].to_crs(grid.crs).to_numpy()
        if not mine.any() or not len(lines):
            continue
        _, away = shapely.STRtree(lines).query_nearest(
            metric.to_numpy()[mine], return_distance=True, all_matches=False
        )
        far = away > limit
        if far.any():
            names = ", ".join(placed["facility_id"].to_numpy()[mine][far][:_SHOWN])
            out.warnings.append(
                f"{service}: {int(far.sum())} lie more than {limit:.0f} m off the streets: {names}"
            )
        out.figures.setdefault("off_network", {})[service] = int(far.sum())


def _duplicates(out: Quality, facilities: gpd.GeoDataFrame, grid: Grid, standards: Standards) -> None:
    near = standards.quality.duplicate.value
    placed = facilities[~(facilities.geometry.isna() | facilities.is_empty)]
    points: NDArray[np.object_] = placed.geometry.to_crs(grid.crs).to_numpy()
    left, right = shapely.STRtree(points).query(points, predicate="dwithin", distance=near)
    service = placed["service"].to_numpy()
    pairs = (left < right) & (service[left] == service[right])
    names = placed["facility_id"].to_numpy()
    for kind in sorted(set(service[left[pairs]])):
        mine = pairs & (service[left] == kind)
        first = "; ".join(
            f"{names[a]} {names[b]}" for a, b in zip(left[mine][:_SHOWN], right[mine][:_SHOWN], strict=True)
        )
        count = int(mine.sum())
        out.figures.setdefault("duplicates", {})[str(kind)] = count
        out.warnings.append(
            f"{kind}: {count} pairs stand within {near:.0f} m of each other, one may be there twice: {first}"
        )
