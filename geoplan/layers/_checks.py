"""The checks themselves: frames in, one line out, or CheckError with what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.layers._segments import largest_part
from geoplan.layers.streets import MODES
from geoplan.metric import metric_crs
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.layers._grid import Grid

__all__ = [
    "CheckError",
    "check_builds",
    "check_connected",
    "check_districts",
    "check_facilities",
    "check_findings",
    "check_grid",
    "check_places",
    "check_restrictions",
    "check_segments",
    "check_totals",
]

PRECISIONS = ("address", "intersection", "street", "landmark", "microdistrict", "district", "city")
SERVICES = ("school", "kindergarten", "polyclinic", "hospital", "ambulance")
# Builds may be of kinds that no register holds and no access model measures.
BUILD_SERVICES = (*SERVICES, "other")
KINDS = ("district", "microdistrict", "street", "intersection", "landmark", "address")
# Two districts may touch along a rounded border: areas up to this are no overlap and no hole.
_TOUCH_M2 = 1.0


class CheckError(ValueError):
    """A layer does not hold what it must."""


def check_districts(districts: gpd.GeoDataFrame) -> str:
    """Check that districts are valid, named, and cover the city without holes or overlaps.

    Raises
    ------
    CheckError
        If they do not.
    """
    _unique(districts["district"], "district")
    names = districts[["district", "name_ru", "name_kk", "name_en"]]
    _need(names.notna().all(axis=1) & names.ne("").all(axis=1), districts["district"], "has an empty name")
    _need(districts.is_valid & ~districts.is_empty, districts["district"], "has no valid geometry")
    metric = districts.geometry.to_crs(metric_crs(districts))
    union = metric.union_all()
    overlap = metric.area.sum() - union.area
    holes = [shapely.Polygon(ring).area for part in shapely.get_parts(union) for ring in part.interiors]
    if overlap > _TOUCH_M2:
        msg = f"districts overlap by {overlap:.0f} m2"
        raise CheckError(msg)
    if sum(holes) > _TOUCH_M2:
        msg = f"{len(holes)} holes between districts, {sum(holes) / 1e4:.1f} ha"
        raise CheckError(msg)
    return f"{len(districts)} valid districts cover {union.area / 1e6:.0f} km2 without a hole or an overlap"


def check_segments(streets: gpd.GeoDataFrame) -> str:
    """Check segments: node numbers, lengths, and that all which share a node meet in one point.

    Raises
    ------
    CheckError
        If they do not.
    """
    lines = streets.geometry.to_numpy()
    row = pd.Series(streets.index)
    _need(pd.Series(shapely.get_type_id(lines) == 1), row, "is no line")
    _need(streets.is_valid, row, "has no valid geometry")
    _need((streets["length_m"] > 0).reset_index(drop=True), row, "has no length")
    ends = np.concatenate([streets["u"], streets["v"]])
    count = len(np.unique(ends))
    if len(streets) and (ends.min() != 0 or ends.max() != count - 1):
        msg = f"nodes are not numbered 0..{count - 1}"
        raise CheckError(msg)
    points = np.vstack(
        [
            shapely.get_coordinates(shapely.get_point(lines, 0)),
            shapely.get_coordinates(shapely.get_point(lines, -1)),
        ]
    )
    first = np.empty((count, 2))
    first[ends] = points
    if not np.array_equal(first[ends], points):
        msg = "segments that share a node do not meet in one point"
        raise CheckError(msg)
    return f"{len(streets)} segments between {count} junctions meet in their nodes"


def check_connected(streets: gpd.GeoDataFrame) -> str:
    """Check that each mode's network is one strongly connected part.

    Raises
    ------
    CheckError
        If one is not, or is empty.
    """
    told = []
    for mode in MODES:
        part = streets[streets[mode]]
        one_way = part["oneway"].to_numpy() if mode == "drive" else np.zeros(len(part), dtype=bool)
        _, inside, nodes = largest_part(part["u"].to_numpy(), part["v"].to_numpy(), one_way)
        if not nodes or inside != nodes:
            apart = f"{nodes - inside} of {nodes} junctions lie apart"
            msg = f"the {mode} network is not strongly connected: {apart}"
            raise CheckError(msg)
        told.append(f"{mode} {nodes} junctions, {2 * len(part) - int(one_way.sum())} directed segments")
    return "each mode is one strongly connected part: " + "; ".join(told)


def check_restrictions(restrictions: pd.DataFrame, streets: gpd.GeoDataFrame) -> str:
    """Check that the turns are between nodes of the streets.

    Raises
    ------
    CheckError
        If one is not.
    """
    nodes = np.union1d(streets["u"], streets["v"])
    known = restrictions[["from_u", "via", "to_v"]].isin(nodes).all(axis=1)
    _need(known, pd.Series(restrictions.index), "names a node that streets.parquet lacks")
    return f"{len(restrictions)} turns that are forbidden, or the only ones allowed"


def check_totals(totals: pd.DataFrame, districts: gpd.GeoDataFrame, *, city: str) -> str:
    """Check that the estimate rows are the districts and sum to the city's latest official total, where one is known.

    Raises
    ------
    CheckError
        If they do not.
    """
    estimate = totals[(totals["basis"] == "estimate") & (totals["group"] == "total")]
    if sorted(estimate["district"]) != sorted(districts["district"]):
        msg = "the estimate rows are not one for each district"
        raise CheckError(msg)
    _need(
        totals["district"].isin([city, *districts["district"]]),
        totals["district"],
        "is no district of the city",
    )
    summed = int(estimate["persons"].sum())
    official = totals[
        (totals["district"] == city) & (totals["basis"] == "official") & (totals["group"] == "total")
    ]
    if official.empty:
        return f"district estimates sum to {summed:,}; the city has no official total"
    latest = official.sort_values("year", na_position="first").iloc[-1]
    city_total, year = int(latest["persons"]), latest["year"]
    if summed != city_total:
        msg = f"district estimates sum to {summed:,}, the city has {city_total:,}"
        raise CheckError(msg)
    return f"district estimates sum to the city's {city_total:,} of {year}"


def check_grid(grid: Grid, totals: pd.DataFrame, districts: gpd.GeoDataFrame) -> str:
    """Check that the raster's district sums are the estimate rows, and that nobody lives outside.

    Raises
    ------
    CheckError
        If they do not.
    """
    rows = totals[(totals["basis"] == "estimate") & (totals["group"] == "total")]
    estimate = rows.set_index("district")["persons"]
    cells = grid.cells(districts)
    sums = cells.groupby("district")["persons"].sum()
    outside = int(sums.get("", 0))
    if outside:
        msg = f"{outside} persons live outside the districts"
        raise CheckError(msg)
    for slug, told in estimate.items():
        if sums.get(slug, 0) != told:
            msg = f"{slug} has {int(sums.get(slug, 0)):,} persons, population.csv tells {told:,}"
            raise CheckError(msg)
    return f"{len(cells)} cells; the sum of each district is its estimate row"


def check_places(places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> str:
    """Check the gazetteer: names, kinds, districts, a geometry each.

    Raises
    ------
    CheckError
        If a row is wrong.
    """
    label = places["name"]
    _need(label.fillna("") != "", pd.Series(places.index), "has no name")
    _need(places["kind"].isin(KINDS), label, "has an unknown kind")
    _need(places["district"].isin(["", *districts["district"]]), label, "has an unknown district")
    _need(~(places.geometry.isna() | places.is_empty) & places.is_valid, label, "has no valid geometry")
    told = ", ".join(
        f"{number} {kind}" for kind, number in places["kind"].value_counts().sort_index().items()
    )
    return f"{len(places)} places: {told}"


def check_facilities(facilities: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> str:
    """Check facilities: unique ids, known words, placed ones in the city and in the district they name.

    Raises
    ------
    CheckError
        If a row is wrong.
    """
    label = facilities["facility_id"]
    _unique(label, "facility_id")
    _need(facilities["service"].isin(SERVICES), label, "has an unknown service")
    _need(facilities["precision"].isin([*PRECISIONS, "none"]), label, "has an unknown precision")
    _need(facilities["district"].isin(["", *districts["district"]]), label, "has an unknown district")
    placed = ~(facilities.geometry.isna() | facilities.is_empty)
    _need(
        placed | facilities["precision"].isin(["none", "district", "city"]),
        label,
        "has a precision but no point",
    )
    _need(~placed | (facilities["precision"] != "none"), label, "has a point but no precision")
    here = facilities[placed]
    _in_district(here.geometry, here["district"], here["facility_id"], districts)
    told = ", ".join(
        f"{int(mask.sum())} of {len(mask)} {service}"
        for service, mask in placed.groupby(facilities["service"])
    )
    return f"{len(facilities)} facilities with unique ids; placed: {told}"


def check_builds(
    builds: pd.DataFrame, projects: pd.DataFrame, facilities: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> str:
    """Check builds: unique ids, known projects, districts and facilities, points in the city.

    Raises
    ------
    CheckError
        If a row is wrong.
    """
    label = builds["build_id"]
    _unique(label, "build_id")
    _need(builds["service"].isin(BUILD_SERVICES), label, "has an unknown service")
    _need(builds["project"].isin(projects["project"]), label, "names a project that projects.csv lacks")
    _need(builds["district"].isin(["", *districts["district"]]), label, "has an unknown district")
    _need(builds["precision"].isin(["", "none", *PRECISIONS]), label, "has an unknown precision")
    _need(builds["facility_id"].isin(["", *facilities["facility_id"]]), label, "names an unknown facility")
    _need(builds["lon"].isna() == builds["lat"].isna(), label, "has half a point")
    here = builds[builds["lon"].notna()]
    points = gpd.GeoSeries(gpd.points_from_xy(here["lon"], here["lat"]), crs="EPSG:4326", index=here.index)
    _in_district(points, here["district"], here["build_id"], districts)
    return f"{len(builds)} builds with unique ids, {len(here)} with a point"


def check_findings(findings: pd.DataFrame) -> str:
    """Check that each finding says something.

    Raises
    ------
    CheckError
        If one is empty.
    """
    _need((findings["kind"] != "") & (findings["message"] != ""), pd.Series(findings.index), "is empty")
    return f"{len(findings)} findings"


def _in_district(
    points: gpd.GeoSeries, stated: pd.Series, label: pd.Series, districts: gpd.GeoDataFrame
) -> None:
    """Raise if a point lies off the city, or farther than `geocode.border_tolerance` from the district it names."""
    near = load_standards().geocode.border_tolerance.value
    metric = metric_crs(districts)
    shapes = districts.set_index("district").geometry.to_crs(metric)
    points = points.to_crs(metric)
    off_city: NDArray[np.float64] = shapely.distance(points.to_numpy(), shapes.union_all())
    _need(pd.Series(off_city <= near), label, "lies outside the city")
    named = (stated != "").to_numpy()
    own = shapes.reindex(stated[named]).to_numpy()
    away = shapely.distance(points.to_numpy()[named], own)
    _need(pd.Series(away <= near), label[named], "lies in another district than it names")


def _unique(values: pd.Series, what: str) -> None:
    repeated = values[values.duplicated()]
    if len(repeated):
        msg = f"{what} {repeated.iloc[0]!r} occurs more than once"
        raise CheckError(msg)


def _need(good: pd.Series, label: pd.Series, fault: str) -> None:
    """Raise with the first bad row's label and how many there are."""
    bad = ~good.to_numpy(dtype=bool)
    if bad.any():
        msg = f"{label.to_numpy()[bad][0]} {fault}" + (
            f" (and {bad.sum() - 1} more)" if bad.sum() > 1 else ""
        )
        raise CheckError(msg)
