"""Kinds of features: which tags of OSM mean a district, a facility, a place or an address, and what is kept of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

__all__ = ["KINDS", "KINDS_KEYS", "Kind"]

# https://wiki.openstreetmap.org/wiki/Key:amenity. A polyclinic is a clinic in OSM; doctors are smaller practices.
_AMENITY = {
    "school": "school",
    "kindergarten": "kindergarten",
    "clinic": "polyclinic",
    "doctors": "polyclinic",
    "hospital": "hospital",
    "ambulance_station": "ambulance",
}
_MICRODISTRICTS = frozenset({"suburb", "quarter", "neighbourhood", "city_block", "borough"})
_LANDMARKS = {
    "amenity": frozenset({"university", "theatre", "marketplace", "cinema", "bus_station"}),
    "leisure": frozenset({"park", "stadium", "sports_centre"}),
    "shop": frozenset({"mall", "department_store"}),
    "railway": frozenset({"station"}),
    "tourism": frozenset({"museum", "zoo"}),
}
# https://wiki.openstreetmap.org/wiki/Key:operator:type
_OWNERS = {"public": "state", "government": "state", "private": "private", "business": "private"}
_NUMBER = re.compile(r"^\s*(\d{1,6})\s*$")
_NAMES = ("name:ru", "name:kk", "name:en", "alt_name", "old_name", "short_name", "official_name")


@dataclass(frozen=True)
class Kind:
    """One kind of feature.

    Attributes
    ----------
    fits
        Whether tags mean this kind.
    row
        Columns made of the tags.
    columns
        Their names.
    finish
        What is done with the whole table.
    relations_only
        Whether only relations that close are of this kind.
    """

    fits: Callable[[Mapping[str, str]], bool]
    row: Callable[[Mapping[str, str]], dict[str, Any]]
    columns: tuple[str, ...]
    finish: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]
    relations_only: bool = False


def _address(tags: Mapping[str, str]) -> str:
    street = (tags.get("addr:street") or tags.get("addr:place") or "").strip()
    number = tags.get("addr:housenumber", "").strip()
    return f"{street}, {number}" if street and number else street


def _service(tags: Mapping[str, str]) -> str:
    if tags.get("emergency") == "ambulance_station":
        return "ambulance"
    return _AMENITY.get(tags.get("amenity", ""), "")


def _facility(tags: Mapping[str, str]) -> dict[str, Any]:
    service = _service(tags)
    told = _NUMBER.match(tags.get("capacity", "") or (tags.get("beds", "") if service == "hospital" else ""))
    return {
        "service": service,
        "name": (tags.get("name") or tags.get("name:ru") or "").strip(),
        "address": _address(tags),
        "capacity": float(told.group(1)) if told else np.nan,
        "owner": _OWNERS.get(tags.get("operator:type", ""), ""),
    }


def _place_kind(tags: Mapping[str, str]) -> str:
    if not tags.get("name", "").strip():
        return ""
    if tags.get("place") in _MICRODISTRICTS or tags.get("landuse") == "residential":
        return "microdistrict"
    return "landmark" if any(tags.get(key) in values for key, values in _LANDMARKS.items()) else ""


def _place(tags: Mapping[str, str]) -> dict[str, Any]:
    name = tags["name"].strip()
    others = {part.strip() for key in _NAMES for part in tags.get(key, "").split(";")}
    return {"name": name, "kind": _place_kind(tags), "aliases": "|".join(sorted(others - {"", name}))}


def _district(tags: Mapping[str, str]) -> dict[str, Any]:
    return {
        "admin_level": int(tags["admin_level"]),
        "name": tags.get("name", "").strip(),
        **{f"name_{code}": tags.get(f"name:{code}", "").strip() for code in ("ru", "kk", "en")},
    }


def _whole_city_district(tags: Mapping[str, str]) -> bool:
    level = tags.get("admin_level", "")
    return tags.get("boundary") == "administrative" and level.isdecimal() and len(level) <= 2


def _on_point(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A point for each: of an area its centre if that lies on it, else a point that does."""
    shapes = frame.geometry.to_numpy()
    centres = shapely.centroid(shapes)
    inside = shapely.intersects(shapes, centres) | (shapely.get_dimensions(shapes) < 2)
    centres[~inside] = shapely.point_on_surface(shapes[~inside])
    return frame.set_geometry(centres, crs=frame.crs)


def _one_each(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop nodes that lie on grounds of their own service: OSM often draws both."""
    shapes = frame.geometry.to_numpy()
    grounds = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    points = np.flatnonzero(shapely.get_dimensions(shapes) == 0)
    if len(grounds) and len(points):
        point, ground = shapely.STRtree(shapes[grounds]).query(shapes[points], predicate="intersects")
        service = frame["service"].to_numpy()
        same = service[points[point]] == service[grounds[ground]]
        frame = frame.drop(index=frame.index[np.unique(points[point[same]])])
    return _on_point(frame.reset_index(drop=True))


def _with_radius(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    pointed = _on_point(frame)
    radius = np.full(len(frame), np.nan)
    drawn = shapely.get_dimensions(frame.geometry.to_numpy()) > 0
    if drawn.any():
        metric = metric_crs(frame)
        shapes, centres = frame.geometry[drawn].to_crs(metric), pointed.geometry[drawn].to_crs(metric)
        radius[drawn] = np.ceil(shapely.hausdorff_distance(shapes.to_numpy(), centres.to_numpy()))
    return pointed.assign(radius_m=radius)


KINDS: dict[str, Kind] = {
    "districts": Kind(
        fits=_whole_city_district,
        row=_district,
        columns=("admin_level", "name", "name_ru", "name_kk", "name_en"),
        finish=lambda frame: frame,
        relations_only=True,
    ),
    "facilities": Kind(
        fits=lambda tags: _service(tags) != "",
        row=_facility,
        columns=("service", "name", "address", "capacity", "owner"),
        finish=_one_each,
    ),
    "places": Kind(
        fits=lambda tags: _place_kind(tags) != "",
        row=_place,
        columns=("name", "kind", "aliases"),
        finish=_with_radius,
    ),
    "addresses": Kind(
        fits=lambda tags: "," in _address(tags) and "addr:housenumber" in tags,
        row=lambda tags: {"address": _address(tags)},
        columns=("address",),
        finish=_on_point,
    ),
}
# The keys that features of a kind bear at least one of; all else is skipped while the file is read.
KINDS_KEYS: dict[str, tuple[str, ...]] = {
    "districts": ("boundary",),
    "facilities": ("amenity", "emergency"),
    "places": ("place", "landuse", *_LANDMARKS),
    "addresses": ("addr:housenumber",),
}
