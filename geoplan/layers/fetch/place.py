"""Place: which area a city's name means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from geoplan.errors import InputError
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.layers.fetch.polite import Polite

__all__ = ["Place", "find_place"]


@dataclass(frozen=True)
class Place:
    """An area found by its name.

    Attributes
    ----------
    name
        Its name in full, as Nominatim gives it.
    names
        ru, kk, en; the plain name where one is not known.
    shape
        Polygon or multipolygon, degrees.
    metric
        The CRS of its UTM zone.
    km2
        Its area.
    """

    name: str
    names: dict[str, str]
    shape: shapely.Geometry
    metric: CRS
    km2: float


def find_place(text: str, polite: Polite, *, max_km2: float) -> Place:
    """Ask Nominatim which area a name means.

    Parameters
    ----------
    text
        Such as "Астана, Казахстан".
    polite
        How to ask.
    max_km2
        Largest area taken.

    Returns
    -------
    Place
        The first answer that is an area; Nominatim sorts by importance.

    Raises
    ------
    InputError
        If nothing bears the name, no answer is an area, or it is larger than `max_km2`.
    """
    answers = polite.search(text)
    areas = [found for found in map(_area, answers) if found is not None]
    if not areas:
        what = "knows no such place" if not answers else "has no area for this name, only points or lines"
        msg = f"{text!r}: {polite.nominatim} {what}; name city and country, such as «Астана, Казахстан»"
        raise InputError(msg)
    answer, shape = areas[0]
    frame = gpd.GeoSeries([shape], crs="EPSG:4326")
    metric = metric_crs(frame)
    km2 = float(frame.to_crs(metric).area.iloc[0]) / 1e6
    name = " ".join(str(answer.get("display_name", text)).split())
    if km2 > max_km2:
        msg = (
            f"{text!r} is {name}, {km2:,.0f} km2, more than the {max_km2:,.0f} that are fetched at once:"
            " name a city, or raise --max-km2"
        )
        raise InputError(msg)
    details = answer.get("namedetails")
    told = details if isinstance(details, dict) else {}
    plain = str(told.get("name") or name.split(",")[0])
    names = {code: str(told.get(f"name:{code}") or plain) for code in ("ru", "kk", "en")}
    return Place(name=name, names=names, shape=shape, metric=metric, km2=km2)


def _area(answer: dict[str, Any]) -> tuple[dict[str, Any], shapely.Geometry] | None:
    """Return an answer with its polygon; None if it has none, or a broken one."""
    told = answer.get("geojson")
    if not isinstance(told, dict) or told.get("type") not in {"Polygon", "MultiPolygon"}:
        return None
    try:
        shape = shapely.make_valid(shapely.geometry.shape(told))
    except (ValueError, TypeError, KeyError, IndexError, shapely.errors.ShapelyError):
        return None
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    shape = shapely.union_all(parts)
    west, south, east, north = shapely.bounds(shape)
    if shape.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return answer, shape
